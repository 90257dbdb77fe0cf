"""Ask: named questions with typed parameters, and free read-only Cypher; answers as table, network and CSV."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

import networkx as nx
import streamlit as st

from graph.errors import BadRequest, ExplorerError, StatementRefused, StatementTimedOut
from graph.i18n import Language, number, t
from graph.network import layout
from graph.queries import Question, ask, cells, legend, question, questions, resolved
from graph.queries.catalogue import Column as Returned
from graph.settings import Settings
from graph.store import Rows
from views.parts import frame, parameters, reads, state, tables
from views.parts.canvas import CanvasOptions, canvas_from_rows, kind_name, network_canvas

SECTIONS: Final = ("questions", "cypher")
UNRESTRICTED: Final = "*"  # in the address: an optional parameter left open although its question has a default
CANVAS_NODES: Final = 300
CANVAS_SPREAD: Final = (520.0, 300.0)
STATEMENT: Final = "ask.statement"
TEXT: Final = "ask.text"
ANSWER: Final = "ask.answer"
REFUSALS: Final[dict[type[ExplorerError], str]] = {
    StatementRefused: "ask.refused",
    StatementTimedOut: "ask.timed_out",
    BadRequest: "ask.not_understood",
}


def draw() -> None:
    language = state.language()
    frame.page("frame.page_ask")
    section = st.segmented_control(
        t("ask.section", language),
        SECTIONS,
        default=state.param("section") if state.param("section") in SECTIONS else SECTIONS[0],
        format_func=lambda name: t(f"ask.section_{name}", language),
        key=f"ask.section.{state.arrivals()}.{state.param('section')}.{language}",
        required=True,
        label_visibility="collapsed",
    )
    if section is not None and section != state.param("section"):
        state.set_param("section", section)
        st.rerun()
    if section == "cypher":
        console(language)
    else:
        named(language)


# ---- named questions


def named(language: Language) -> None:
    """Pick a question, give its parameters, read the answer."""
    asked = _chosen(language)
    picked = st.selectbox(
        t("ask.question", language),
        [one.id for one in questions()],
        index=None if asked is None else [one.id for one in questions()].index(asked.id),
        format_func=lambda name: question(name).title[language],
        placeholder=t("ask.question_pick", language),
        key=f"ask.question.{state.arrivals()}.{asked.id if asked else ''}.{language}",
    )
    if picked != (asked.id if asked else None):
        _pick(picked)
    if asked is None:
        _catalogue(language)
        return
    left, right = st.columns([1, 3], gap="large")
    with left:
        st.markdown(frame.plain(asked.description[language]))
        given = parameters.draw(asked, _applied(asked), language)
        if asked.parameters and st.button(t("ask.run", language), type="primary", key="ask.run", width="stretch"):
            _apply(asked, given)
        if given != _applied(asked):
            st.caption(t("ask.changed", language))
        _query(asked, language)
    with right, frame.guard():
        _answer(asked, language)


def _chosen(language: Language) -> Question | None:
    wanted = state.param("question")
    if not wanted:
        return None
    try:
        return question(wanted)
    except BadRequest:
        st.warning(t("ask.question_unknown", language, name=frame.plain(wanted)))
        return None


def _pick(name: str | None) -> None:
    state.set_param("question", name or "")
    for parameter in {parameter.name for one in questions() for parameter in one.parameters}:
        state.set_param(f"param.{parameter}", "")
    st.rerun()


def _catalogue(language: Language) -> None:
    """List every question with what it answers and for whom; a click asks it."""
    st.caption(t("ask.questions_intro", language, count=len(questions())))
    for one in questions():
        left, right = st.columns([2, 5], gap="medium", vertical_alignment="top")
        if left.button(one.title[language], key=f"ask.pick.{one.id}", type="tertiary"):
            _pick(one.id)
        roles = ", ".join(t(f"ask.role_{role}", language) for role in one.roles)
        right.caption(f"{frame.plain(one.description[language])} *{t('ask.for_whom', language)} {roles}.*")


def _applied(asked: Question) -> dict[str, object]:
    """Return the parameters the answer on screen is for: those of the address, else the defaults."""
    values: dict[str, object] = {}
    for parameter in asked.parameters:
        text = state.param(f"param.{parameter.name}")
        if text == UNRESTRICTED and not parameter.required:
            values[parameter.name] = None
        elif text:
            whole = parameter.type in ("year", "integer") and text.isdigit()
            values[parameter.name] = int(text) if whole else text
        else:
            values[parameter.name] = parameter.default
    return values


def _apply(asked: Question, given: Mapping[str, object]) -> None:
    for parameter in asked.parameters:
        value = given[parameter.name]
        text = UNRESTRICTED if value is None else str(value)
        state.set_param(f"param.{parameter.name}", "" if value == parameter.default else text)
    st.rerun()


@st.cache_resource(show_spinner=False, max_entries=32)
def _asked(build: str, name: str, given: tuple[tuple[str, Any], ...]) -> Rows:
    del build
    return ask(reads.store(), name, **dict(given))


def _answer(asked: Question, language: Language) -> None:
    rows = _asked(reads.fingerprint(), asked.id, tuple(_applied(asked).items()))
    answer = cells.typed_frame(asked, rows)
    st.caption(f"{_count(answer.height, language)} · {t('ask.not_scoped', language)}")
    if answer.is_empty():
        st.info(t("ask.empty_question", language))
        return
    columns = {column.name: _column(column, language) for column in cells.shown(asked, language)}
    local = cells.written(asked, answer, language, reads.names("Country", language))
    first = next((column for column in asked.columns if column.type == "id" and column.kind != "Figure"), None)
    key = f"ask.table.{asked.id}.{language}"
    picked = tables.table(local, key, language, columns=columns, on_select="row" if first else "ignore")
    with st.container(horizontal=True, vertical_alignment="center"):
        tables.csv_button(answer, asked.id, f"ask.csv.{asked.id}", language)
        if first is not None:
            _open_button(first, picked, language)
    if any(column.type == "graph" for column in asked.columns):
        _network(rows, f"ask.network.{asked.id}", language)


def _open_button(column: Returned, picked: Mapping[str, Any] | None, language: Language) -> None:
    if picked is None or column.kind is None:
        st.caption(t("ask.select_hint", language))
        return
    identity = str(picked[column.name])
    name = next((value for key, value in picked.items() if key != column.name and isinstance(value, str)), identity)
    if st.button(t("ask.open", language, name=frame.plain(name)), key="ask.open"):
        state.open_in_explore(column.kind, identity)


def _query(asked: Question, language: Language) -> None:
    """Show the query behind the answer, and let it be changed."""
    with st.expander(t("ask.show_cypher", language)):
        st.code(asked.cypher, language="cypher", wrap_lines=True)
        if asked.parameters:
            st.caption(t("ask.parameters_used", language))
            st.json(_applied(asked), expanded=True)
        if st.button(t("ask.edit_cypher", language), key="ask.edit"):
            _write(_literal(asked))
            state.set_param("section", "cypher")
            st.rerun()


def _literal(asked: Question) -> str:
    """Return the query with its parameters written out, for the console, which takes none."""
    return cells.with_values(asked.cypher, resolved(reads.store(), asked, _applied(asked)))


def _column(column: Returned, language: Language) -> tables.Column:
    kinds = {"number": "number", "year": "year", "date": "date", "euros": "euros"}
    width = 110 if column.type in ("number", "year") else None
    return tables.Column(column.heading[language], kinds.get(column.type, "text"), width=width)  # type: ignore[arg-type]


# ---- free Cypher


def console(language: Language) -> None:
    """Write a statement, run it within limits, read the answer of the last run."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        _example(language)
        limits = Settings()
        if TEXT not in st.session_state:  # the page is new, or was left and is entered again
            st.session_state[TEXT] = state.kept(STATEMENT) or ""
        with st.form("ask.console", border=False):
            text = st.text_area(
                t("ask.statement", language),
                height=200,
                placeholder=t("ask.statement_hint", language),
                key=TEXT,
            )
            with st.container(horizontal=True, vertical_alignment="bottom"):
                seconds = st.number_input(
                    t("ask.seconds", language),
                    1.0,
                    limits.console_seconds,
                    limits.console_seconds,
                    1.0,
                    "%.0f",
                    width=160,
                )
                most = st.number_input(t("ask.row_limit", language), 1, limits.console_rows, 1_000, 500, width=160)
                run = st.form_submit_button(t("ask.run", language), type="primary")
    with right:
        _legend(language)
    if run:
        _run(text or "", float(seconds), int(most), language)
    _last(language)


def _example(language: Language) -> None:
    titles = {one.id: one.title[language] for one in legend.examples()}

    def take() -> None:
        picked = st.session_state[key]
        _write(next((one.cypher for one in legend.examples() if one.id == picked), None))

    key = f"ask.example.{language}"
    st.selectbox(
        t("ask.example", language),
        list(titles),
        index=None,
        format_func=lambda name: titles[name],
        placeholder=t("ask.example_pick", language),
        key=key,
        on_change=take,
    )


def _write(cypher: str | None) -> None:
    """Put a statement into the console; it is not run."""
    if cypher is not None:
        state.keep(STATEMENT, cypher)
        st.session_state[TEXT] = cypher


def _run(text: str, seconds: float, most: int, language: Language) -> None:
    """Run one statement; the answer, or why there is none, is kept until the next run."""
    state.keep(STATEMENT, text)
    began = time.perf_counter()
    with st.spinner(t("ask.running", language, seconds=number(seconds, language))):
        try:
            answer: object = reads.store().console(text, seconds=seconds, rows=most)
        except ExplorerError as error:
            answer = error
    state.keep(ANSWER, (answer, time.perf_counter() - began) if isinstance(answer, Rows) else answer)


def _last(language: Language) -> None:
    kept = state.kept(ANSWER)
    if kept is None:
        st.caption(t("ask.before_first", language))
        return
    if isinstance(kept, ExplorerError):
        _refusal(kept, language)
        return
    rows, took = kept
    answer = cells.frame(rows)
    counted = t("ask.took", language, rows=_count(answer.height, language), seconds=number(took, language, 2))
    st.caption(f"{counted} · {t('ask.scoped_by_statement', language)}")
    if answer.is_empty():
        st.info(t("ask.empty_statement", language))
        return
    if rows.truncated:
        most = number(Settings().console_rows, language)
        st.warning(t("ask.truncated", language, count=number(answer.height, language), most=most))
    _network(rows, "ask.console.network", language)
    tables.table(answer, f"ask.console.table.{language}", language)
    tables.csv_button(answer, "answer", "ask.console.csv", language)


def _refusal(error: ExplorerError, language: Language) -> None:
    """Say why a statement gave no answer, in the page's language, with the store's own words."""
    headline = next((key for kind, key in REFUSALS.items() if isinstance(error, kind)), None)
    if headline is None:
        frame.failure(error, language)
        return
    st.warning(f"**{t(headline, language)}**\n\n{frame.plain(error.what)} {frame.plain(error.next_action)}")


def _legend(language: Language) -> None:
    """Say which kinds, properties and ties a statement can name, from the schema."""
    st.markdown(f"**{t('ask.legend', language)}**", help=t("ask.legend_intro", language))
    with st.container(height=340):
        nodes, ties = st.tabs([t("ask.legend_kinds", language), t("ask.legend_ties", language)])
        for label, properties, description in legend.kinds().iter_rows():
            nodes.markdown(f"`:{label}` {kind_name(label, language)}", help=description)
            nodes.caption(properties)
        for pattern, properties, description in legend.ties().iter_rows():
            ties.markdown(f"`{pattern}`", help=description)
            if properties:
                ties.caption(properties)


# ---- both


def _count(rows: int, language: Language) -> str:
    return t("ask.rows_one" if rows == 1 else "ask.rows_many", language, count=number(rows, language))


def _network(rows: Rows, key: str, language: Language) -> None:
    """Draw the nodes and relationships an answer holds; an answer without nodes draws nothing."""
    nodes, edges = canvas_from_rows(rows, language)
    if not nodes:
        return
    drawn = nx.Graph((edge.a, edge.b) for edge in edges if edge.a != edge.b)
    drawn.add_nodes_from(node.key for node in nodes)
    ranked = sorted(nodes, key=lambda node: -drawn.degree(node.key))[:CANVAS_NODES]
    shown = drawn.subgraph([node.key for node in ranked])
    places = {name: (x * CANVAS_SPREAD[0], y * CANVAS_SPREAD[1]) for name, (x, y) in layout(shown).items()}
    counted = {"nodes": number(len(nodes), language), "ties": number(len(edges), language)}
    note = t("ask.network_of", language, **counted)
    if len(ranked) < len(nodes):
        shown_of = {"shown": number(len(ranked), language), "total": number(len(nodes), language)}
        note = t("ask.network_cut", language, **shown_of)
    options = CanvasOptions(
        language=language, positions=places, note=note, epoch=str(hash(tuple(places))), name="answer"
    )
    event = network_canvas(ranked, edges, key=key, height=480, options=options)
    if event is not None and event.type == "expand" and event.key is not None:
        label, _, identity = event.key.partition(":")
        state.open_in_explore(label, identity)


draw()
