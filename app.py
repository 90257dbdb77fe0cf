"""The router: page configuration, language, navigation. Everything else is in views/."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from graph.i18n import t
from views.parts import frame, state

ROOT = Path(__file__).parent
PAGES = ("explore", "centrality", "strategy", "ask", "briefing", "sources")


def main() -> None:
    """Draw the page the address asks for, in the language it asks for."""
    language = state.arrive()
    st.set_page_config(
        page_title=t("frame.app_title", language), page_icon=str(ROOT / "views/parts/icon.svg"), layout="wide"
    )
    pages = [st.Page(f"views/{name}.py", title=t(f"frame.page_{name}", language), url_path=name) for name in PAGES]
    # Streamlit serves its default page at the root only; this one hands over, so that /explore is an address too.
    root = st.Page(str(ROOT / "views" / f"{PAGES[0]}.py"), url_path="root", default=True, visibility="hidden")
    page = st.navigation([*pages, root], position="top")
    if page == root:
        st.switch_page(pages[0], query_params=st.query_params.to_dict())
    state.enter(page.url_path)
    frame.run(page.run)


main()
