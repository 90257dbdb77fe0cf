"""Every session-state key and address parameter of the app, with its default: the one place that names them.

The session is the truth while a page is open and the address is its copy: `publish` writes it, so that the
link restores the view, and `arrive` adopts an address that this session did not write itself.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from graph.errors import BadRequest
from graph.i18n import LANGUAGES, Language
from graph.network import ANALYSES, Scope
from graph.queries import parameter_names
from graph.schema import NODE_BY_LABEL

DEFAULT_LANGUAGE: Final[Language] = "fr"
HOME: Final = "views/explore.py"
OVERTAKEN_SECONDS: Final = 2.0
SCOPE_PARAMS: Final = ("ties", "programmes", "years", "countries", "regions", "weighting", "level", "cnrs")

_LANGUAGE = "state.language"
_SCOPE = "state.scope"
_FOCUS = "state.focus"
_PARAMS = "state.params"
_PAGE = "state.page"
_WRITTEN = "state.written"
_REVISION = "state.revision"
_REFUSED = "state.refused"
_ARRIVALS = "state.arrivals"
_SEARCHES = "state.searches"
_KEPT = "state.kept"


@dataclass(frozen=True, slots=True)
class Param:
    """An address parameter that belongs to one page: kept across pages, written only on its own."""

    page: str
    default: str = ""


PARAMS: Final[dict[str, Param]] = {
    "view": Param("explore"),
    "size": Param("explore"),
    "colour": Param("explore"),
    "measures": Param("centrality", "strength,degree,betweenness,constraint"),
    "rank": Param("centrality", "strength"),
    "x": Param("centrality", "strength"),
    "y": Param("centrality", "betweenness"),
    "top": Param("centrality", "50"),
    "log": Param("centrality", "1"),
    "country": Param("centrality"),
    "kind": Param("centrality"),
    "within": Param("centrality"),
    "question": Param("ask"),
    "section": Param("ask", "questions"),
    **{f"param.{name}": Param("ask") for name in parameter_names()},
    "analysis": Param("strategy"),
    **{
        f"given.{name}": Param("strategy")
        for name in sorted({p.name for one in ANALYSES.values() for p in one.parameters})
    },
    "subject": Param("briefing"),
    "brief_lang": Param("briefing"),
    "source": Param("sources"),
}
"""Page parameters by name; a page adds its line here and reads it by `param`."""


def arrive() -> Language:
    """Adopt what the address says, if this session did not write it, and return the language.

    A parameter that cannot be read is left out and remembered for `refused`.
    """
    query = st.query_params.to_dict()
    known = {"lang", "focus", *PARAMS, *SCOPE_PARAMS}
    given = {name: value for name, value in query.items() if name in known}
    if given and not _ours(given):
        _adopt(given)
    return language()


def _ours(given: Mapping[str, str]) -> bool:
    """Tell an address we wrote from one that a link, a hand or the back button brought.

    A click that overtakes our writing still carries the address before it, for a moment.
    """
    written, before, when = st.session_state.get(_WRITTEN, (None, None, 0.0))
    return given == written or (given == before and time.monotonic() - when < OVERTAKEN_SECONDS)


def _adopt(given: Mapping[str, str]) -> None:
    if given.get("lang") in LANGUAGES:
        st.session_state[_LANGUAGE] = given["lang"]
    wanted: dict[str, str] = {}
    unread: list[str] = []
    for name in SCOPE_PARAMS:
        if name in given and _readable(name, given[name]):
            wanted[name] = given[name]
        elif name in given:
            unread.append(f"{name}={given[name]}")
    set_scope(Scope.from_query(wanted))
    if unread:
        st.session_state[_REFUSED] = ", ".join(unread)
    label, _, identity = given.get("focus", "").partition(":")
    st.session_state[_FOCUS] = (label, identity) if label in NODE_BY_LABEL and identity else None
    params = dict(st.session_state.get(_PARAMS, {}))
    params.update({name: value for name, value in given.items() if name in PARAMS})
    st.session_state[_PARAMS] = params
    st.session_state[_ARRIVALS] = arrivals() + 1


def _readable(name: str, value: str) -> bool:
    try:
        Scope.from_query({name: value})
    except BadRequest:
        return False
    return True


def arrivals() -> int:
    """Return how many addresses were adopted; keys of widgets seeded from `param` carry it."""
    return int(st.session_state.get(_ARRIVALS, 0))


def refused() -> str | None:
    """Return, once, what the address asked for that could not be read."""
    reason: str | None = st.session_state.pop(_REFUSED, None)
    return reason


def enter(page: str) -> None:
    """Remember which page is drawn, by its url path."""
    st.session_state[_PAGE] = page


def page() -> str:
    """Return the url path of the page being drawn."""
    return str(st.session_state.get(_PAGE, "explore"))


def publish() -> None:
    """Copy the session's view into the address bar; what stands at its default is left out."""
    written = _address(page())
    if st.query_params.to_dict() != written:
        st.query_params.from_dict(written)
    _remember(written)


def _address(of_page: str) -> dict[str, str]:
    written = {"lang": language(), **scope().to_query()}
    looked_at = focus()
    if looked_at and of_page == "explore":
        written["focus"] = f"{looked_at[0]}:{looked_at[1]}"
    for name, about in PARAMS.items():
        if about.page == of_page and param(name) != about.default:
            written[name] = param(name)
    return written


def _remember(written: dict[str, str]) -> None:
    last, _, _ = st.session_state.get(_WRITTEN, (None, None, 0.0))
    if written != last:
        st.session_state[_WRITTEN] = (written, last, time.monotonic())


def language() -> Language:
    """Return the chosen language; until one is chosen, the browser's, and French if that is neither."""
    chosen = st.session_state.get(_LANGUAGE)
    if chosen in LANGUAGES:
        return chosen  # type: ignore[no-any-return]
    try:
        browser = (st.context.locale or "")[:2].lower()
    except Exception:  # without a browser (a test, a bare run) there is no locale to read
        browser = ""
    return "en" if browser == "en" else DEFAULT_LANGUAGE


def set_language(chosen: Language) -> None:
    """Choose the language for the rest of the session."""
    st.session_state[_LANGUAGE] = chosen


def scope() -> Scope:
    """Return the scope that every figure on screen is counted in."""
    kept: Scope | None = st.session_state.get(_SCOPE)
    return kept if kept is not None else Scope()


def set_scope(wanted: Scope) -> None:
    """Change the scope for every page; the scope line follows."""
    if wanted != scope():
        st.session_state[_REVISION] = revision() + 1
    st.session_state[_SCOPE] = wanted


def revision() -> int:
    """Return a number that rises with every change of scope; keys of widgets that show it carry it."""
    return int(st.session_state.get(_REVISION, 0))


def focus() -> tuple[str, str] | None:
    """Return (label, id) of what Explore looks at; None is the world."""
    kept: tuple[str, str] | None = st.session_state.get(_FOCUS)
    return kept


def set_focus(label: str | None, identity: str | None = None) -> None:
    """Let Explore look at one node; without arguments, at the world."""
    st.session_state[_FOCUS] = (label, identity) if label and identity else None


def open_in_explore(label: str, identity: str) -> None:
    """Look at one node in Explore; leaves the current page."""
    set_focus(label, identity)
    # The address goes along: written after the switch it would be a second step of the back button.
    address = _address("explore")
    _remember(address)
    st.switch_page(HOME, query_params=address)


def param(name: str) -> str:
    """Return a page parameter of `PARAMS`, or its default."""
    return str(st.session_state.get(_PARAMS, {}).get(name, PARAMS[name].default))


def set_param(name: str, value: str) -> None:
    """Set a page parameter of `PARAMS`; the address follows when the page is drawn."""
    if name not in PARAMS:
        raise KeyError(name)
    st.session_state[_PARAMS] = {**st.session_state.get(_PARAMS, {}), name: value}


def keep(name: str, value: Any) -> None:
    """Keep what a page must find again after a rerun or a visit elsewhere, such as a console answer."""
    st.session_state[_KEPT] = {**st.session_state.get(_KEPT, {}), name: value}


def kept(name: str) -> Any:
    """Return what `keep` kept under this name in this session, else None."""
    return st.session_state.get(_KEPT, {}).get(name)


def searches() -> int:
    """Return how many searches were finished; the field's key carries it, so that a finished one is emptied."""
    return int(st.session_state.get(_SEARCHES, 0))


def search_done() -> None:
    """Empty the search field."""
    st.session_state[_SEARCHES] = searches() + 1
