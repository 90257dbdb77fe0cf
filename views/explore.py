"""Explore: the partnership network as pictures one can open, fold, question and take away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl
import streamlit as st

from graph import export
from graph.errors import BadRequest
from graph.explore import MOST_NODES, History, Picture, View, collapse, expand, more, only
from graph.i18n import Language, number, t
from graph.network import CNRS, Scope
from views.parts import explore_filters, explore_panel, explore_reads, explore_state, explore_table, frame, reads, state
from views.parts.canvas import CanvasEvent, CanvasOptions, network_canvas
from views.parts.canvas.style import NAMED_GROUPS

_style = st.components.v2.component(
    "explorer_explore", css=(Path(__file__).parent / "parts/explore.css").read_text("utf-8"), isolate_styles=False
)
CANVAS: Final = "explore.canvas"


def draw() -> None:
    frame.page("frame.page_explore")
    _style(key="explore.style")
    explore_reads.warm(reads.fingerprint())
    body(state.scope())


@st.fragment
def body(drawn_in: Scope) -> None:
    """Draw filters, canvas, panel and table; reruns alone, except when the scope of the whole page changed."""
    if state.scope() != drawn_in:
        st.rerun(scope="app")
    with frame.guard():
        language = state.language()
        history = explore_state.history()
        state.publish()
        try:
            whole = explore_reads.view(history.present, drawn_in)
        except BadRequest:
            centre = history.present.centre
            if centre is None or explore_reads.names((centre,), language):
                raise
            _unknown(centre, language)
            return
        _page(whole, history, drawn_in, language)


def _page(whole: View, history: History, scope: Scope, language: Language) -> None:
    picture = history.present
    hidden = explore_state.hidden_kinds()
    shown = only(whole, set(whole.kinds()) - hidden) if hidden else whole
    values = _values(shown, picture, scope)
    counted = explore_filters.chosen_size() in explore_filters.COUNTS
    table = explore_table.frame_of(shown, {} if counted else values, language)
    table_key = explore_table.key_of(f"{picture!r}{scope!r}{sorted(hidden)}", language)
    explore_table.follow(table, table_key)
    with st.container(key="explore-page", horizontal=True, gap="medium"):
        filters = st.container(key="explore-filters", width=250)
        middle = st.container(key="explore-middle")
        panel = st.container(key="explore-panel", width=340)
        # The columns take their places before anything is read for them.
        for column in (filters, middle, panel):
            column.empty()
        with filters:
            explore_filters.draw(whole, picture, language)
        with middle:
            _crumbs(history, language)
            if not whole.shown or all(node.key in (shown.centre, CNRS) for node in shown.nodes):
                _nothing(picture, scope, language)
            _canvas(shown, history, scope, values, language)
        with panel:
            explore_panel.draw(shown, picture, language)
    measure = explore_filters.chosen_size()
    title = "" if measure in explore_filters.COUNTS else explore_filters.size_name(measure, language)
    with st.container(key="explore-table"):
        explore_table.draw(table, table_key, title, language)
        _exports(shown, table, language)


def _canvas(
    shown: View, history: History, scope: Scope, values: Mapping[str, float | None], language: Language
) -> None:
    picture = history.present
    groups, names = _groups(shown, picture, scope, language)
    size = explore_filters.chosen_size()
    options = CanvasOptions(
        language=language,
        positions=explore_reads.places(picture, scope),
        values=values,
        size_name=explore_filters.size_name(size, language),
        groups=groups,
        group_names=names,
        selected=explore_state.selected(),
        centre=shown.centre,
        epoch=repr((picture.centre, picture.limit, picture.through, scope)),
        note=_note(shown, picture, scope, language),
        more=t("explore.more", language) if _has_more(shown, picture) else "",
        caption=[_title(shown, picture, language), scope.sentence(language), t("explore.caption_source", language)],
        can_undo=bool(history.past),
        can_redo=bool(history.future),
        name=_file_name(picture),
    )
    phone = "shown" if explore_state.canvas_on_phone() else "asked"
    with st.container(key="explore-canvas-switch"):
        st.button(
            t(f"explore.canvas_{phone}", language), key="explore.canvas_switch", on_click=explore_state.ask_canvas
        )
    with st.container(key=f"explore-canvas-{phone}"):
        network_canvas(shown.nodes, shown.edges, key=CANVAS, options=options, on_event=_handle)


def _handle(event: CanvasEvent) -> None:
    """Turn what was done on the canvas into the next picture or selection."""
    picture = explore_state.history().present
    if event.type in ("select", "edge"):
        explore_state.select(event.key)
    elif event.type == "clear":
        explore_state.select(None)
    elif event.type == "undo":
        explore_state.undo()
    elif event.type == "redo":
        explore_state.redo()
    elif event.type == "more":
        explore_state.go(more(picture))
    elif event.type == "expand" and event.key is not None:
        explore_state.go(expand(picture, event.key))
    elif event.type == "collapse" and event.key is not None:
        explore_state.go(collapse(picture, event.key))


def _values(shown: View, picture: Picture, scope: Scope) -> dict[str, float | None]:
    size = explore_filters.chosen_size()
    if size not in explore_filters.COUNTS:
        measured = explore_reads.measured(scope, size, countries=picture.centre is None)
        return {node.key: measured.get(node.key) for node in shown.nodes}
    return {node.key: getattr(node, size) for node in shown.nodes}


def _groups(shown: View, picture: Picture, scope: Scope, language: Language) -> tuple[dict[str, int] | None, list[str]]:
    """Return the group of each node and the groups' names when colour means country or community."""
    colour = explore_filters.chosen_colour()
    if colour == "kind":
        return None, []
    if colour == "country":
        places = reads.names("Country", language)
        of = {node.key: node.country or node.id for node in shown.nodes if node.country or node.label == "Country"}
        largest = [code for code, _ in Counter(of.values()).most_common(NAMED_GROUPS)]
        return {key: largest.index(code) for key, code in of.items() if code in largest}, [
            places.get(code, code) for code in largest
        ]
    measured = explore_reads.measured(scope, "community", countries=picture.centre is None)
    member = {node.key: measured[node.key] for node in shown.nodes if measured.get(node.key) is not None}
    blocks = [block for block, _ in Counter(member.values()).most_common(NAMED_GROUPS)]
    captions = {node.key: node.caption(language) for node in shown.nodes}
    names = []
    for block in blocks:
        first = [captions[key] for key, value in member.items() if value == block][:2]
        names.append(t("explore.community_name", language, number=blocks.index(block) + 1, members=", ".join(first)))
    return {key: blocks.index(block) for key, block in member.items() if block in blocks}, names


def _note(shown: View, picture: Picture, scope: Scope, language: Language) -> str:
    if picture.centre is None:
        text = t("explore.note_world", language, count=number(shown.total, language))
    else:
        text = t(
            "explore.note",
            language,
            shown=number(shown.shown, language),
            total=number(shown.total, language),
            by=t(f"explore.by_{shown.ranked_by}", language),
        )
    undated = explore_reads.undated(scope)
    if undated:
        text += " " + t("explore.undated", language, count=number(undated, language))
    if len(shown.nodes) >= MOST_NODES:
        text += " " + t("explore.full_picture", language, count=number(MOST_NODES, language))
    return text


def _has_more(shown: View, picture: Picture) -> bool:
    return picture.centre is not None and shown.shown < shown.total and picture.limit < MOST_NODES


def _title(shown: View, picture: Picture, language: Language) -> str:
    centre = shown.node(shown.centre) if picture.centre and shown.centre else None
    return centre.name(language) if centre else t("explore.world", language)


def _file_name(picture: Picture) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in picture.centre or "world")


def _crumbs(history: History, language: Language) -> None:
    with st.container(horizontal=True, gap="small", key="explore-crumbs"):
        if history.present.centre is None:
            st.markdown(f"**{t('explore.world', language)}**")
            return
        _crumb(t("explore.world", language), Picture(), "world")
        trail = history.trail()
        names = explore_reads.names(trail, language)
        for key in trail[:-1]:
            _crumb(names.get(key, key), Picture(key), key)
        st.markdown(f"**{frame.plain(names.get(trail[-1], trail[-1]))}**")


def _crumb(name: str, picture: Picture, key: str) -> None:
    words = f"{frame.plain(name)}  ›"
    st.button(words, key=f"explore.crumb.{key}", type="tertiary", on_click=explore_state.go, args=(picture,))


def _nothing(picture: Picture, scope: Scope, language: Language) -> None:
    """Say that nothing matches, which is not the same as nothing loaded or something broken."""
    st.info(f"**{t('explore.nothing', language)}**\n\n{t('explore.nothing_next', language)}")
    with st.container(horizontal=True):
        if scope != Scope():
            st.button(t("explore.widen", language), key="explore.widen", on_click=state.set_scope, args=(Scope(),))
        if explore_state.hidden_kinds():
            st.button(t("explore.all_kinds", language), key="explore.all_kinds", on_click=explore_state.show_all)
        if picture.centre is not None:
            _to_world(language)


def _unknown(centre: str, language: Language) -> None:
    """Say that a link names something this graph does not have."""
    what = t("explore.unknown", language, what=frame.plain(centre))
    st.warning(f"**{what}**\n\n{t('explore.unknown_next', language)}")
    _to_world(language)


def _to_world(language: Language) -> None:
    st.button(t("explore.to_world", language), key="explore.to_world", on_click=explore_state.go, args=(Picture(),))


def _exports(shown: View, table: pl.DataFrame, language: Language) -> None:
    picture = explore_state.history().present
    name = _file_name(picture)
    with st.container(horizontal=True, gap="small", key="explore-exports"):
        st.caption(t("explore.take_away", language))
        for kind, write, mime in (
            ("GraphML", export.graphml, "application/graphml+xml"),
            ("GEXF", export.gexf, "application/gexf+xml"),
        ):
            st.download_button(
                kind,
                lambda write=write: write(explore_reads.network(shown, language)),
                file_name=f"{name}.{kind.lower()}",
                mime=mime,
                key=f"explore.{kind}",
                on_click="ignore",
            )
        explore_table.csv(table, name, language)


draw()
