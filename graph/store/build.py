"""The mark of a complete build: taken off before the first write, put on after the last.

The embedded store keeps a copy of it in a file, so that a program can tell that
nothing is to be done without starting the engine. Kept free of heavy imports.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graph import schema
from graph.errors import NewerSchema
from graph.files import whole

_STAMP: Final = "build.json"

READ: Final = "MATCH (b:Build) RETURN b.fingerprint, b.schema_version, b.built_at ORDER BY b.built_at DESC LIMIT 1"
REMOVE: Final = "MATCH (b:Build) DETACH DELETE b"
WRITE: Final = (
    "MERGE (b:Build {id: 'current'}) SET b.fingerprint = $fingerprint, b.schema_version = $schema_version, "
    "b.built_at = $built_at, b.source = 'build', b.snapshot = $built_at, b.record = $fingerprint, "
    "b.digest = $fingerprint"
)


@dataclass(frozen=True)
class BuildInfo:
    """The last complete build of the graph in a store."""

    fingerprint: str
    schema_version: int
    built_at: str

    @property
    def current(self) -> bool:
        """False where the store was built for another version of the schema."""
        return self.schema_version == schema.VERSION


def newer(found: int) -> NewerSchema:
    """What to raise where a graph has a schema version this program does not know."""
    return NewerSchema.of("refused.newer_schema", found=found, known=schema.VERSION)


def stamped(store_dir: Path) -> str | None:
    """Fingerprint of the build an embedded store directory holds; None if there is none or one is under way."""
    try:
        value = json.loads((store_dir / _STAMP).read_text(encoding="utf-8"))["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(value)


def stamp(store_dir: Path, value: str | None) -> None:
    """Note the build an embedded store directory holds; None while one is under way."""
    path = store_dir / _STAMP
    if value is None:
        path.unlink(missing_ok=True)
        return
    with whole(path) as part:
        part.write_text(json.dumps({"fingerprint": value}), encoding="utf-8")
