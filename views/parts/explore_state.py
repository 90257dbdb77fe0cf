"""What a person has done on Explore: the history of pictures, the selection, what is switched off.

The centre of the picture is `state.focus`, so that links and other pages can set it; the rest of the picture
is the page parameter `view`.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from graph.explore import History, Picture, decode, encode
from graph.explore.read import split
from views.parts import reads, state

_HISTORY: Final = "explore.history"
_SELECTED: Final = "explore.selected"
_HIDDEN_KINDS: Final = "explore.hidden_kinds"
_ARRIVAL: Final = "explore.arrival"
_TABLE: Final = "explore.table_row"
_CANVAS: Final = "explore.canvas_on_phone"


def history() -> History:
    """Return the history, brought up to date with a link or another page that set the focus."""
    kept: History | None = st.session_state.get(_HISTORY)
    focus = _known(state.focus())
    centre = f"{focus[0]}:{focus[1]}" if focus else None
    arrived = state.arrivals() != st.session_state.get(_ARRIVAL)
    st.session_state[_ARRIVAL] = state.arrivals()
    if kept is None or arrived:
        wanted = decode(centre, state.param("view"))
        kept = History(wanted) if kept is None else kept.to(wanted)
        select(None)
    elif kept.present.centre != centre:
        kept = kept.to(Picture(centre))
        select(None)
    _keep(kept)
    return kept


def _known(focus: tuple[str, str] | None) -> tuple[str, str] | None:
    """The focus by its id of today: an old link may name an institution by an identifier it was known by before."""
    if focus is None or focus[0] != "Institution":
        return focus
    rows = reads.rows("questions_identified_institution", {"id": focus[1]}).rows
    if rows and rows[0][0] != focus[1]:
        state.set_focus("Institution", str(rows[0][0]))
    return state.focus()


def go(picture: Picture) -> None:
    """Go to another picture; the one before stays behind Undo."""
    before = history()
    if before.present.centre != picture.centre:
        select(None)
    _keep(before.to(picture))


def undo() -> None:
    """Go back one picture."""
    _keep(history().undo())


def redo() -> None:
    """Take back the last undo."""
    _keep(history().redo())


def _keep(history: History) -> None:
    st.session_state[_HISTORY] = history
    centre = history.present.centre
    state.set_focus(*(split(centre) if centre else (None, None)))
    state.set_param("view", encode(history.present))


def selected() -> str | None:
    """Return the key of the selected node or tie."""
    kept: str | None = st.session_state.get(_SELECTED)
    return kept


def select(key: str | None) -> None:
    """Select a node or a tie, or nothing."""
    st.session_state[_SELECTED] = key


def hidden_kinds() -> frozenset[str]:
    """Return the kinds switched off."""
    kept: frozenset[str] = st.session_state.get(_HIDDEN_KINDS, frozenset())
    return kept


def show_kind(kind: str, *, shown: bool) -> None:
    """Switch a kind on or off."""
    st.session_state[_HIDDEN_KINDS] = hidden_kinds() - {kind} if shown else hidden_kinds() | {kind}


def table_row() -> str | None:
    """Return the key of the table row selected at the last run."""
    kept: str | None = st.session_state.get(_TABLE)
    return kept


def set_table_row(key: str | None) -> None:
    """Remember the table's selection."""
    st.session_state[_TABLE] = key


def canvas_on_phone() -> bool:
    """Return whether the canvas was asked for where the screen is too narrow to show it at once."""
    return bool(st.session_state.get(_CANVAS, False))


def ask_canvas() -> None:
    """Show or hide the canvas on a narrow screen."""
    st.session_state[_CANVAS] = not canvas_on_phone()


def show_all() -> None:
    """Switch every kind on again."""
    st.session_state[_HIDDEN_KINDS] = frozenset()
