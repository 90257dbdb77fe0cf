"""An embedded engine of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.settings import Settings
from graph.store import stop_store


@pytest.fixture
def own_settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty data directory for tests that kill or restart."""
    settings = Settings(data_dir=tmp_path / "data", heap="512m", neo4j_uri=None)
    yield settings
    stop_store(settings)
