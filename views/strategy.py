"""Strategy: a strategist's questions, each with its answer in the scope of the scope line, a picture and a table."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from graph.i18n import Language, t
from graph.network import ANALYSES, Analysis, Answer
from views.parts import analysis_parameters, analysis_picture, analysis_table, frame, reads, state, tables

PICTURE_FIRST: Final = "network"
IN_WORDS: Final = 3
# Questions by what they are about, in two columns.
THEMES: Final = (
    {
        "bridges": ("brokers", "links", "bridges", "communities", "backbone", "structure"),
        "losses": ("what_if", "replaceable", "cut_points"),
        "agreements": ("dormant", "undeclared", "expiry"),
    },
    {
        "expected": ("representation", "affinity", "specialisation", "carriers", "crossing"),
        "time": ("changes", "trend", "slices", "continuity"),
        "next": ("untapped", "back_test"),
        "certainty": ("certainty", "beyond_chance"),
    },
)


def draw() -> None:
    language = state.language()
    frame.page("frame.page_strategy")
    chosen = _chosen(language)
    if chosen is None:
        _catalogue(language)
        return
    given = analysis_parameters.applied(chosen)
    wanted = analysis_parameters.draw(chosen, given, language)
    if wanted != given and st.button(t("strategy.answer", language), key="strategy.answer", type="primary"):
        analysis_parameters.apply(chosen, wanted)
        st.rerun()
    lacking = [one.name for one in chosen.parameters if one.required and given[one.name] is None]
    undecided = chosen.one_of and sum(given[name] is not None for name in chosen.one_of) != 1
    if lacking or undecided:
        names = ", ".join(t(f"{chosen.area}.parameter_{name}", language) for name in lacking or chosen.one_of)
        key = "strategy.lacking" if lacking else "strategy.one_of"
        st.info(t(key, language, names=frame.plain(names)))
        return
    with st.spinner(t("strategy.computing", language)):
        answer = reads.answer(chosen.name, state.scope(), given)
    _answer(chosen, given, answer, language)


def _chosen(language: Language) -> Analysis | None:
    name = state.param("analysis")
    current = ANALYSES.get(name)
    listed = [one for column in THEMES for names in column.values() for one in names]
    picked = st.selectbox(
        t("strategy.question", language),
        listed,
        index=listed.index(name) if current else None,
        format_func=lambda one: ANALYSES[one].text("question", language),
        placeholder=t("strategy.pick", language),
        key=f"strategy.question.{state.arrivals()}.{name}.{language}",
    )
    if picked != (name if current else None):
        state.set_param("analysis", picked or "")
        st.rerun()
    return current


def _catalogue(language: Language) -> None:
    """List every question by what it is about; a click asks it."""
    st.caption(t("strategy.intro", language))
    with st.container(key="strategy-catalogue"):
        for column, themes in zip(st.columns(2, gap="large"), THEMES, strict=True):
            for theme, names in themes.items():
                with column.container(gap="xxsmall"):
                    st.subheader(t(f"strategy.theme_{theme}", language), anchor=False)
                    for name in names:
                        question = ANALYSES[name].text("question", language)
                        if st.button(question, key=f"strategy.pick.{name}", type="tertiary"):
                            state.set_param("analysis", name)
                            st.rerun()


def _answer(asked: Analysis, given: Mapping[str, Any], answer: Answer, language: Language) -> None:
    _figures(asked, answer, language)
    notes = [*answer.note_texts(language)]
    if answer.scope != state.scope():  # what the question leaves of the page's scope
        notes.insert(0, t("strategy.counted_in", language, scope=answer.scope.sentence(language)))
    st.caption("  \n".join(frame.plain(note) for note in notes))
    if answer.table.is_empty():
        st.info(t("strategy.nothing", language))
        _method(asked, given, language)
        return
    _words(asked, answer, language)
    if asked.picture is None or asked.picture.kind == PICTURE_FIRST:
        analysis_picture.draw(asked, answer, language)
        picked = _table(asked, answer, language)
    else:
        left, right = st.columns([13, 8], gap="medium")
        with left:
            picked = _table(asked, answer, language)
        with right:
            analysis_picture.draw(asked, answer, language)
    _method(asked, given, language)
    if picked is not None:
        _open(asked, picked)


def _figures(asked: Analysis, answer: Answer, language: Language) -> None:
    """Write what the whole comes to, each figure with its name."""
    if not answer.figures:
        return
    names = reads.names("Country", language)
    with st.container(key="strategy-figures", horizontal=True, gap="large"):
        for name, value in answer.figures.items():
            written = asked.written(name, value, language)
            if isinstance(value, str):
                written = ", ".join(names.get(part, part) for part in value.split(", "))
            st.metric(asked.figure(name, language), written, width="content")


def _table(asked: Analysis, answer: Answer, language: Language) -> dict[str, Any] | None:
    picked = analysis_table.draw(asked, answer, language)
    quotable = analysis_table.quotable(asked, answer, language)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        tables.csv_button(quotable, asked.name, f"strategy.csv.{asked.name}", language)
        if any(column.kind == "key" for column in asked.columns):
            st.caption(t("strategy.click", language))
    return picked


def _words(asked: Analysis, answer: Answer, language: Language) -> None:
    """Say of the first rows why they are there."""
    if asked.in_words is None:
        return
    rows = analysis_table.local(asked, answer.table.head(IN_WORDS), language).to_dicts()
    st.markdown(
        "\n".join(f"{place}. {frame.plain(asked.in_words(row, language))}" for place, row in enumerate(rows, 1))
    )


def _method(asked: Analysis, given: Mapping[str, Any], language: Language) -> None:
    with st.expander(t("strategy.method", language)):
        st.markdown(frame.plain(asked.text("method", language)))
        for column in asked.columns:
            says = asked.help(column.name, language)
            if says:
                st.caption(f"**{frame.plain(asked.heading(column.name, language))}** — {frame.plain(says)}")
        st.caption(t("strategy.command", language))
        st.code(_command(asked, given), language="bash")


def _command(asked: Analysis, given: Mapping[str, Any]) -> str:
    """Return the command that gives the same answer on the command line."""
    words = ["python", "-m", "graph", "measure", asked.name]
    for name, value in given.items():
        if value is not None:
            words += ["--param", f"{name}={analysis_parameters.typed(value)}"]
    scope = ";".join(f"{field}={value}" for field, value in state.scope().to_query().items())
    return shlex.join([*words, *(["--scope", scope] if scope else [])])


def _open(asked: Analysis, picked: Mapping[str, Any]) -> None:
    key = next((str(picked[column.name]) for column in asked.columns if column.kind == "key"), None)
    label, _, identity = (key or "").partition(":")
    if label and identity:
        state.open_in_explore(label, identity)


draw()
