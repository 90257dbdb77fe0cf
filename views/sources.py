"""Where every figure comes from: snapshots, what each covers and leaves out, published figures beside counted ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl
import streamlit as st

from graph.i18n import Language, date, number, t, vintage
from graph.queries import ask, cells, question
from graph.schema import CONTENT, NODES, RELATIONSHIPS
from graph.settings import Settings
from views.parts import frame, reads, state, tables
from views.parts.tables import Column

FIRST_REJECTS: Final = 500
ASIDE_COLUMNS: Final = ("file", "line", "outcome", "reason", "value")


def draw() -> None:
    language = state.language()
    frame.page("frame.page_sources")
    st.markdown(t("sources.intro", language))
    chosen = snapshots(language)
    if chosen is not None:
        one_source(chosen, language)
    figures(language)
    holds(language)
    refresh(language)


def snapshots(language: Language) -> Mapping[str, Any] | None:
    """Draw one row a snapshot; return the selected one, or the one the link names."""
    st.subheader(t("sources.snapshots", language), anchor=False)
    loaded = cells.frame(reads.rows("questions_snapshots"))
    if loaded.is_empty():
        st.info(t("sources.no_snapshot", language))
        return None
    columns = {
        f"name_{language}": Column(t("sources.source", language), width=300),
        f"publisher_{language}": Column(t("sources.publisher", language), width=220),
        f"licence_{language}": Column(t("sources.licence", language), width=150),
        "vintage": Column(t("sources.date", language), width=245),
        "rows": Column(t("sources.rows", language), "number", help=t("sources.rows_help", language)),
        "used": Column(t("sources.used", language), "number"),
        "ignored": Column(t("sources.ignored", language), "number", help=t("sources.ignored_help", language)),
        "rejected": Column(t("sources.rejected", language), "number", help=t("sources.rejected_help", language)),
    }
    written = [
        vintage(str(day), language, dated=bool(dated)) for day, dated in loaded.select("date", "dated").iter_rows()
    ]
    shown = loaded.with_columns(pl.Series("vintage", written))
    picked = tables.table(shown, f"sources.snapshots.{language}", language, columns=columns, on_select="row")
    with st.container(horizontal=True, vertical_alignment="center"):
        tables.csv_button(loaded, "sources", "sources.snapshots.csv", language)
        if picked is None:
            st.caption(t("sources.select_hint", language))
    if picked is not None:
        state.set_param("source", str(picked["source"]))
        return picked
    return next(loaded.filter(pl.col("source") == state.param("source")).iter_rows(named=True), None)


def one_source(chosen: Mapping[str, Any], language: Language) -> None:
    """Say what one source covers, what the graph holds from it, and what was set aside."""
    with st.container(border=True, key="sources.one"):
        st.subheader(str(chosen[f"name_{language}"]), anchor=False)
        facts = (
            ("publisher", chosen[f"publisher_{language}"]),
            ("licence", chosen[f"licence_{language}"]),
            ("date", vintage(str(chosen["date"]), language, dated=bool(chosen["dated"]))),
            ("address", chosen["url"]),
            ("snapshot", chosen["snapshot"]),
            ("checksum", chosen["checksum"]),
        )
        st.text(str(chosen[f"coverage_{language}"]))
        lines = [f"{t(f'sources.{key}', language)} · {frame.plain(str(value))}" for key, value in facts if value]
        st.caption("  \n".join(lines))
        aside(str(chosen["source"]), chosen, language)


def aside(source: str, chosen: Mapping[str, Any], language: Language) -> None:
    """Show the rows and values set aside; nothing set aside, no file, and a broken file are three messages."""
    st.markdown(f"**{t('sources.aside', language)}**")
    path = Settings().data_dir / "rejects" / f"{source}.csv"
    if not path.is_file():
        expected = int(chosen["ignored"] or 0) + int(chosen["rejected"] or 0)
        st.caption(t("sources.aside_missing" if expected else "sources.aside_none", language))
        return
    try:
        rows = pl.read_csv(path, infer_schema=False).select(ASIDE_COLUMNS)
    except (pl.exceptions.PolarsError, OSError):
        st.warning(t("sources.aside_broken", language))
        return
    if rows.is_empty():
        st.caption(t("sources.aside_none", language))
        return
    reasons = rows.group_by("outcome", "reason").len("count").sort("count", descending=True)
    words = {outcome: t(f"sources.outcome_{outcome}", language) for outcome in ("rejected", "ignored", "value")}
    tables.table(
        reasons.with_columns(pl.col("outcome").replace(words)),
        f"sources.reasons.{source}",
        language,
        columns={
            "outcome": Column(t("sources.outcome", language), width="small"),
            "reason": Column(t("sources.reason", language), width="large"),
            "count": Column(t("sources.count", language), "number"),
        },
    )
    tables.table(
        rows.head(FIRST_REJECTS).with_columns(
            pl.col("outcome").replace(words), pl.col("line").cast(pl.Int64, strict=False)
        ),
        f"sources.aside.{source}",
        language,
        columns={
            "file": Column(t("sources.file", language)),
            "line": Column(t("sources.line", language), "number"),
            "outcome": Column(t("sources.outcome", language), width="small"),
            "reason": Column(t("sources.reason", language), width="large"),
            "value": Column(t("sources.value", language)),
        },
        height=min(rows.height, 8) * 35 + 38,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        tables.csv_button(rows, f"aside_{source}", f"sources.aside.csv.{source}", language)
        counted, shown = number(rows.height, language), number(min(rows.height, FIRST_REJECTS), language)
        st.caption(t("sources.aside_count", language, count=counted, shown=shown))


def figures(language: Language) -> None:
    """Put published figures beside what the graph counts, with the reason they differ."""
    st.subheader(t("sources.figures", language), anchor=False)
    asked = question("published_and_counted")
    answer = cells.typed_frame(asked, ask(reads.store(), asked.id))
    if answer.is_empty():
        st.info(t("sources.figures_none", language))
        return
    st.markdown(t("sources.figures_intro", language))
    headings = {column.name: Column(column.heading[language]) for column in asked.columns}
    for row in answer.filter(pl.col("explanation").is_not_null()).iter_rows(named=True):
        with st.container(border=True):
            published, counted, right = st.columns((2, 1, 7), vertical_alignment="center")
            published.metric(t("sources.published", language), _figure(str(row["published"]), language))
            counted.metric(t("sources.counted", language), number(row["counted"], language))
            words = (_capital(str(row["measure"])), str(row["scope"]), str(row["period"]))
            measure, scope, period = (frame.plain(word) for word in words)
            right.markdown(f"**{measure}** · {scope} · {period}")
            right.markdown(t(f"sources.explain_{row['explanation']}", language))
            right.caption(frame.plain(row["url"]))
    others = answer.filter(pl.col("explanation").is_null())
    with st.expander(t("sources.figures_others", language)):
        columns = {name: headings[name] for name in ("scope", "measure", "published", "period", "url")}
        tables.table(others, f"sources.figures.{language}", language, columns=columns)
        tables.csv_button(answer, "published_figures", "sources.figures.csv", language)


def holds(language: Language) -> None:
    """Count what the graph holds, kind by kind, nothing left out because it is empty."""
    st.subheader(t("sources.holds", language), anchor=False)
    counts = reads.store().counts()
    left, right = st.columns(2)
    for place, title, names in (
        (left, "nodes", [kind.label for kind in CONTENT]),
        (right, "ties", [kind.type for kind in RELATIONSHIPS]),
    ):
        rows = [(_word(name, language), name, counts.get(name, 0)) for name in names]
        with place:
            tables.table(
                pl.DataFrame(rows, schema=["kind", "name", "count"], orient="row"),
                f"sources.holds.{title}.{language}",
                language,
                columns={
                    "kind": Column(t(f"sources.{title}", language)),
                    "name": Column(t("sources.name_in_cypher", language)),
                    "count": Column(t("sources.count", language), "number"),
                },
            )
    st.caption(t("sources.empty_kind", language))


def refresh(language: Language) -> None:
    """Say how the data is renewed, and which build is on screen."""
    st.subheader(t("sources.refresh", language), anchor=False)
    st.markdown(t("sources.refresh_text", language))
    st.code(t("sources.refresh_commands", language), language="bash")
    store, build = reads.store(), reads.store().build()
    if build is not None:
        when = f"{date(str(build.built_at), language)} {str(build.built_at)[11:16]}"
        engine = t(f"sources.engine_{store.engine}", language)
        version, fingerprint = build.schema_version, str(build.fingerprint)[:12]
        st.caption(t("sources.build", language, when=when, version=version, engine=engine, fingerprint=fingerprint))


def _figure(published: str, language: Language) -> str:
    """Write a published figure: a bare number as the language does, anything else as it was published."""
    return number(int(published), language) if published.isdigit() else published


def _word(name: str, language: Language) -> str:
    is_node = any(kind.label == name for kind in NODES)
    text = t(f"kinds.{name}_many" if is_node else f"kinds.tie_{name.lower()}_many", language)
    return _capital(text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


draw()
