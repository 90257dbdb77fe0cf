"""The console: a free read-only statement, run within limits, stoppable, its answer kept until the next."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import polars as pl
import streamlit as st

from graph.errors import (
    BadRequest,
    ExplorerError,
    StatementCancelled,
    StatementPostponed,
    StatementRefused,
    StatementTimedOut,
)
from graph.i18n import Language, number, t
from graph.queries import cells, legend
from graph.settings import Settings
from graph.store import Rows, Running
from views.parts import answers, frame, reads, state, tables
from views.parts.canvas import kind_name

STATEMENT: Final = "ask.statement"
TEXT: Final = "ask.text"
ANSWER: Final = "ask.answer"
RUNNING: Final = "ask.running"
AT_ONCE_SECONDS: Final = 0.7  # an answer that comes so soon needs no button to stop it
REFUSALS: Final[dict[type[ExplorerError], str]] = {
    StatementRefused: "ask.refused",
    StatementPostponed: "ask.postponed",
    StatementTimedOut: "ask.timed_out",
    StatementCancelled: "ask.stopped",
    BadRequest: "ask.not_understood",
}


@dataclass(frozen=True)
class Started:
    """A console statement of this session that has not been answered: since when, and how long it may run."""

    statement: Running
    began: float
    seconds: float


def draw(language: Language) -> None:
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
        # Beside the button, not under the legend: on a phone that is below the fold.
        if run:
            _run(text or "", float(seconds), int(most), language)
        told = None
        if _settled():
            told = _said(language)
        else:
            _waiting(language)
    with right:
        _legend(language)
    if told is not None:
        _answer(*told, language)


def _example(language: Language) -> None:
    titles = {one.id: one.title[language] for one in legend.examples()}

    def take() -> None:
        picked = st.session_state[key]
        write(next((one.cypher for one in legend.examples() if one.id == picked), None))

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


def write(cypher: str | None) -> None:
    """Put a statement into the console; it is not run."""
    if cypher is not None:
        state.keep(STATEMENT, cypher)
        st.session_state[TEXT] = cypher


def _run(text: str, seconds: float, most: int, language: Language) -> None:
    """Start one statement, ending the session's former one; its answer is kept until the next run."""
    state.keep(STATEMENT, text)
    former = state.kept(RUNNING)
    if former is not None:
        former.statement.cancel()
    try:
        statement = reads.store().start(text, seconds=seconds, rows=most)
    except ExplorerError as error:
        state.keep(RUNNING, None)
        state.keep(ANSWER, error)
        return
    state.keep(RUNNING, Started(statement, time.perf_counter(), seconds))
    with st.spinner(t("ask.running", language, seconds=number(seconds, language))):
        statement.wait(AT_ONCE_SECONDS)


def _settled() -> bool:
    """Whether nothing runs; what has just ended leaves its answer, or why there is none."""
    started = state.kept(RUNNING)
    if started is None:
        return True
    if not started.statement.done:
        return False
    try:
        answer: object = (started.statement.result(), time.perf_counter() - started.began)
    except ExplorerError as error:
        answer = error
    state.keep(ANSWER, answer)
    state.keep(RUNNING, None)
    return True


@st.fragment(run_every=0.3)
def _waiting(language: Language) -> None:
    """Say how long the statement has run of the time it may, and let it be stopped; the page stays usable."""
    started = state.kept(RUNNING)
    if started is None or _settled():
        st.rerun()
    elapsed = time.perf_counter() - started.began
    left, right, _ = st.columns([5, 1, 4], gap="medium", vertical_alignment="bottom")
    if right.button(t("ask.stop", language), key="ask.stop", width="stretch"):
        started.statement.cancel()
        _settled()
        st.rerun()
    text = t("ask.running", language, seconds=number(started.seconds, language))
    left.progress(min(elapsed / started.seconds, 1.0), text)


def _said(language: Language) -> tuple[Rows, pl.DataFrame] | None:
    """Say what became of the last statement; returns its answer, if there is something to show."""
    kept = state.kept(ANSWER)
    if kept is None:
        st.caption(t("ask.before_first", language))
        return None
    if isinstance(kept, ExplorerError):
        _refusal(kept, language)
        return None
    rows, took = kept
    answer = cells.frame(rows)
    counted = t("ask.took", language, rows=answers.count(answer.height, language), seconds=number(took, language, 2))
    st.caption(f"{counted} · {t('ask.scoped_by_statement', language)}")
    if answer.is_empty():
        st.info(t("ask.empty_statement", language))
        return None
    return rows, answer


def _answer(rows: Rows, answer: pl.DataFrame, language: Language) -> None:
    if rows.truncated:
        most = number(Settings().console_rows, language)
        st.warning(t("ask.truncated", language, count=number(answer.height, language), most=most))
    answers.network(rows, "ask.console.network", language)
    tables.table(answer, f"ask.console.table.{language}", language)
    tables.csv_button(answer, "answer", "ask.console.csv", language)


def _forget() -> None:
    """Let go of a store that failed and of the answer it did not give; the statement stays, to be run again."""
    reads.forget()
    state.keep(ANSWER, None)


def _refusal(error: ExplorerError, language: Language) -> None:
    """Say why a statement gave no answer, in the page's language, the engine's own words within."""
    headline = next((key for kind, key in REFUSALS.items() if isinstance(error, kind)), None)
    if headline is None:
        frame.failure(error, language, _forget)
        return
    what, next_action = error.said(language)
    st.warning(f"**{t(headline, language)}**\n\n{frame.plain(what)} {frame.plain(next_action)}")


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
