"""The frame of every page: search, language, the scope line; and how failures are said."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from graph.errors import BadRequest, ExplorerError, NotBuilt, StoreUnavailable
from graph.i18n import Language, t
from graph.settings import Settings
from views.parts import reads, scope_line, state

_log = logging.getLogger(__name__)
_HERE = Path(__file__).parent
_style = st.components.v2.component(
    "explorer_frame",
    css=(_HERE / "frame.css").read_text(encoding="utf-8"),
    js=(_HERE / "frame.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def page(title_key: str) -> None:
    """Draw search, language switch and scope line; every page calls it first.

    Stops the page, with what to do next, where the store cannot be reached or is not built.
    """
    language = state.language()
    with st.container(key="frame-top", horizontal=True, vertical_alignment="center", gap="small"):
        _search(language)
        _language_switch(language)
    state.publish()
    reads.fingerprint()
    scope_line.draw(language)
    reason = state.refused()
    if reason:
        st.warning(t("frame.link_refused", language, reason=plain(reason)))
    st.header(t(title_key, language), anchor=False)


def run(draw: Callable[[], None]) -> None:
    """Run a page; a failure becomes a message with a next action, never a traceback."""
    _style(key="frame.style")
    with guard():
        draw()
        state.publish()


@contextmanager
def guard() -> Iterator[None]:
    """Show what fails inside as a message; a page wraps its fragments in it, which rerun on their own."""
    try:
        yield
    except ExplorerError as error:
        failure(error, state.language())
    except Exception:
        _log.exception("page %s failed", state.page())
        language = state.language()
        st.error(f"**{t('frame.broken', language)}**\n\n{t('frame.broken_next', language)}")
        _retry(language)


def failure(error: ExplorerError, language: Language, forget: Callable[[], None] | None = None) -> None:
    """Show one failure: what happened, what is safe, what to do next; a retry first calls `forget`."""
    what, next_action = error.said(language)
    text = f"**{plain(what)}**\n\n{plain(next_action)}"
    if isinstance(error, NotBuilt):
        st.info(text)
        st.code(_build_command(), language="bash")
    elif isinstance(error, StoreUnavailable):
        st.error(f"**{t('frame.store_down', language)}** {t('frame.nothing_lost', language)}\n\n{text}")
    elif isinstance(error, BadRequest):
        st.warning(text)
        return
    else:
        st.error(text)
    _retry(language, forget)


def _build_command() -> str:
    """Return what to type to build the graph this app looks at."""
    data = Settings().data_dir
    elsewhere = "" if data == Settings.model_fields["data_dir"].default else f' --data "{data}"'
    return f"python -m ingest build{elsewhere}"


def plain(text: str) -> str:
    """Escape what Markdown would read, so that a value in a message is only ever text."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>$#~:|" else sign for sign in text)


def _retry(language: Language, forget: Callable[[], None] | None = None) -> None:
    if st.button(t("frame.retry", language), key="frame.retry", on_click=forget or reads.forget):
        st.rerun()


def _language_switch(language: Language) -> None:
    def choose() -> None:
        state.set_language(st.session_state[key])

    key = f"frame.language.{language}"
    st.segmented_control(
        t("frame.language", language),
        ("fr", "en"),
        default=language,
        format_func=str.upper,
        key=key,
        on_change=choose,
        required=True,
        label_visibility="collapsed",
    )


@st.fragment
def _search(language: Language) -> None:
    """Find any node by name while typing; choosing one opens it in Explore."""
    with guard(), st.container(key="frame-search"):
        key = f"frame.search.{state.searches()}"
        wanted = st.text_input(
            t("frame.search", language),
            key=key,
            type="search",
            live=True,
            placeholder=t("frame.search_hint", language),
            label_visibility="collapsed",
        )
        text = (wanted or "").strip()
        if len(text) < 2:
            return
        with st.container(key="frame-hits", gap=None):
            hits = reads.search(text)
            if not hits:
                st.caption(t("frame.no_hit", language, text=plain(text)))
            for hit in hits:
                if st.button(_hit_label(hit, language), key=f"frame.hit.{hit['label']}.{hit['id']}", type="tertiary"):
                    state.search_done()
                    state.open_in_explore(str(hit["label"]), str(hit["id"]))


def _hit_label(hit: dict[str, object], language: Language) -> str:
    kind = t(f"kinds.{hit['label']}", language)
    place = f" · {hit['country']}" if hit.get("country") and hit["label"] != "Country" else ""
    return f"{plain(str(hit['name']))} :gray[{kind}{place}]"
