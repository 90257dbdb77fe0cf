"""Pages run by AppTest over the real embedded store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
PAGES = ("explore", "centrality", "strategy", "ask", "briefing", "sources")
Opener = Callable[..., AppTest]


@pytest.fixture
def caches() -> Iterator[None]:
    """Empty before and after: what is cached of one data directory is not seen with another."""
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


def start(**query: str) -> AppTest:
    """An app that was opened with this address and has not run yet."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    return app


@pytest.fixture
def open_page(bundled_data: Path, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Open a page of the app over the built graph, with an address."""
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(bundled_data))
    monkeypatch.delenv("NEO4J_URI", raising=False)

    def opened(page: str, **query: str) -> AppTest:
        # The first run adopts the address, as a browser's first run does; then the page is switched to.
        app = start(**query).run()
        return app if page == PAGES[0] else app.switch_page(f"views/{page}.py").run()

    return opened


def said(app: AppTest) -> str:
    """Every message a person sees: errors, warnings, notes."""
    return "\n".join(
        str(element.value) for kind in (app.error, app.warning, app.info, app.exception) for element in kind
    )


def address(app: AppTest) -> dict[str, str]:
    """The parameters in the address bar."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}
