"""Ask: named questions with typed parameters, and free read-only Cypher; answers as table, network and CSV."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from graph.errors import BadRequest
from graph.i18n import Language, t
from graph.queries import Question, ask, cells, question, questions, resolved
from graph.queries.catalogue import Column as Returned
from graph.store import Rows
from views.parts import answers, ask_console, frame, parameters, reads, state, tables

SECTIONS: Final = ("questions", "cypher")
UNRESTRICTED: Final = "*"  # in the address: an optional parameter left open although its question has a default


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
        ask_console.draw(language)
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
    st.caption(f"{answers.count(answer.height, language)} · {t('ask.not_scoped', language)}")
    if answer.is_empty():
        st.info(t("ask.empty_question", language))
        if asked.needs:
            st.info(t("ask.empty_needs", language, source=asked.needs))
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
        answers.network(rows, f"ask.network.{asked.id}", language)


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
            ask_console.write(_literal(asked))
            state.set_param("section", "cypher")
            st.rerun()


def _literal(asked: Question) -> str:
    """Return the query with its parameters written out, for the console, which takes none."""
    return cells.with_values(asked.cypher, resolved(reads.store(), asked, _applied(asked)))


def _column(column: Returned, language: Language) -> tables.Column:
    kinds = {"number": "number", "year": "year", "date": "date", "euros": "euros"}
    width = 110 if column.type in ("number", "year") else None
    return tables.Column(column.heading[language], kinds.get(column.type, "text"), width=width)  # type: ignore[arg-type]


draw()
