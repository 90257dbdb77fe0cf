"""The right column of Explore: the selected node, or the evidence behind the selected tie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import polars as pl
import streamlit as st

from graph.errors import BadRequest
from graph.explore import Details, Evidence, Figure, Picture, View, ViewEdge, collapse, expand
from graph.explore.evidence import provenance
from graph.explore.read import split, year_of
from graph.i18n import Language, date, euros, number, t
from graph.i18n.format import UNKNOWN
from graph.network.incidence import CNRS
from views.parts import explore_reads, explore_state, frame, reads, state, tables
from views.parts.canvas import kind_name, tie_name

FIRST: Final = 5
BAR: Final = 12
FRAMEWORKS: Final = {"HORIZON": "Horizon Europe", "H2020": "H2020", "FP7": "FP7"}


def draw(shown: View, picture: Picture, language: Language) -> None:
    """Draw the panel of what is selected; with nothing selected, of the centre, or how to begin."""
    key = explore_state.selected()
    edge = shown.edge(key) if key else None
    if edge is not None:
        _tie(shown, edge, language)
    elif key is not None and "|" not in key:
        _node(key, picture, language)
    elif picture.centre is not None:
        _node(picture.centre, picture, language)
    else:
        _hint(shown, language)


def _hint(shown: View, language: Language) -> None:
    st.subheader(t("explore.begin", language), anchor=False)
    st.markdown(t("explore.begin_how", language))
    countries = [node for node in shown.nodes if node.label == "Country"][: 2 * FIRST]
    if countries:
        st.markdown(f"**{t('explore.first_countries', language)}**")
        _links([(node.key, node.name(language), node.projects or 0) for node in countries], language)


def _node(key: str, picture: Picture, language: Language) -> None:
    label, identity = split(key)
    try:
        found = explore_reads.details(label, identity, state.scope())
    except BadRequest as error:
        frame.failure(error, language)
        return
    st.subheader(frame.plain(found.node.name(language)), anchor=False)
    st.caption(_byline(found, language))
    _actions(found, picture, language)
    if found.figures:
        _figures(found.figures, language)
    if found.ties:
        _bars(found.ties, language)
    if found.first:
        st.markdown(f"**{t('explore.first_partners', language)}**")
        _links(found.first, language)
    if key != CNRS and label in ("Country", "Institution", "Region"):
        _summary(key, CNRS, language)
    _own_facts(found, language)
    st.caption(_said(found.source, found.snapshot, found.record, language))


def _byline(found: Details, language: Language) -> str:
    kind = kind_name(found.node.label, language)
    places = reads.names("Country", language)
    city = found.facts.get("city")
    country = places.get(found.place or "", found.place) if found.node.label != "Country" else None
    place = ", ".join(frame.plain(str(each)) for each in (city, country) if each)
    since = t("explore.since", language, year=found.since) if found.since else ""
    note = found.node.note if found.node.label in ("Lab", "Programme", "Agreement") else None
    return " · ".join(filter(None, (kind, frame.plain(note) if note else "", place, since)))


def _actions(found: Details, picture: Picture, language: Language) -> None:
    key = found.node.key
    with st.container(horizontal=True, gap="small", key="explore-actions"):
        if picture.centre != key:
            _action("open", key, Picture(key), language, primary=True)
        if picture.centre is not None and key not in picture.opened and picture.centre != key:
            _action("expand", key, expand(picture, key), language)
        if collapse(picture, key) != picture:
            _action("collapse" if key in picture.opened else "hide", key, collapse(picture, key), language)
        briefed = found.node.label in ("Country", "Institution") and key != CNRS
        if briefed and st.button(t("explore.brief", language), key=f"explore.brief.{key}"):
            state.set_param("subject", found.node.id if found.node.label == "Country" else key)
            st.switch_page("views/briefing.py")
        if found.node.label == "Institution" and st.button(t("explore.path", language), key=f"explore.path.{key}"):
            state.set_param("question", "path_between")
            state.set_param("param.from", found.node.id)
            st.switch_page("views/ask.py")


def _action(name: str, key: str, target: Picture, language: Language, *, primary: bool = False) -> None:
    st.button(
        t(f"explore.{name}", language),
        key=f"explore.{name}.{key}",
        type="primary" if primary else "secondary",
        on_click=explore_state.go,
        args=(target,),
    )


def _figures(figures: Sequence[Figure], language: Language) -> None:
    rows = [f"| {t(f'explore.figure_{each.name}', language)} | {_value(each, language)} |" for each in figures]
    scope = state.scope().sentence(language)
    how = [t(f"explore.figure_{each.name}_says", language) for each in figures]
    says = "\n".join(f"- {text}" for text in dict.fromkeys(how))
    st.markdown("\n".join(["| | |", "|:--|--:|", *rows]), help=f"{t('explore.counted_in', language)} {scope}\n\n{says}")


def _value(figure: Figure, language: Language) -> str:
    if figure.value is None:
        return UNKNOWN
    if figure.unit == "euros":
        return euros(float(figure.value), language)
    if figure.unit in ("year", "text"):
        return frame.plain(str(figure.value))
    return number(float(figure.value), language)


def _bars(ties: Sequence[tuple[str, int]], language: Language) -> None:
    most = max(count for _, count in ties)
    rows = [
        f"| {tie_name(tie, language, 2)} | {'▬' * max(round(BAR * count / most), 1)} | {number(count, language)} |"
        for tie, count in ties
    ]
    st.markdown(f"**{t('explore.ties_by_kind', language)}**")
    with st.container(key="explore-bars"):
        st.markdown("\n".join(["| | | |", "|:--|:--|--:|", *rows]))


def _links(rows: Sequence[tuple[str, str, int]], language: Language) -> None:
    with st.container(gap=None, key="explore-links"):
        for key, name, count in rows:
            st.button(
                f"{frame.plain(name)} :gray[{number(count, language)}]",
                key=f"explore.link.{key}",
                type="tertiary",
                on_click=explore_state.go,
                args=(Picture(key),),
            )


def _own_facts(found: Details, language: Language) -> None:
    hidden = {"id", "name", "name_fr", "name_en", "country", "city", "named", "identifiers", "aliases"}
    rows = {name: value for name, value in found.facts.items() if name not in hidden and value not in (None, "", [])}
    identifiers = found.facts.get("identifiers") or [found.node.id]
    with st.expander(t("explore.all_facts", language), expanded=False):
        lines = [f"`{name}`: {frame.plain(_fact(value, language))}" for name, value in rows.items()]
        lines.append(f"`id`: {', '.join(frame.plain(str(each)) for each in identifiers)}")
        if found.facts.get("aliases"):
            lines.append(f"`aliases`: {frame.plain('; '.join(found.facts['aliases'][:FIRST]))}")
        st.markdown("  \n".join(lines))


def _fact(value: Any, language: Language) -> str:
    if hasattr(value, "isoformat"):
        return date(value, language)
    return "; ".join(str(each) for each in value) if isinstance(value, list) else str(value)


def _summary(a: str, b: str, language: Language) -> None:
    found = explore_reads.evidence(a, b, state.scope())
    lines = _lines(found, language)
    if not lines:
        return
    some = replace(found, agreements=found.agreements[:2])
    st.markdown(f"**{t('explore.evidence', language)}**")
    st.markdown("\n".join(f"- {line}" for line in _lines(some, language)[:FIRST]))
    if len(lines) > FIRST:
        with st.popover(t("explore.evidence_all", language, count=number(len(lines), language)), width="stretch"):
            _evidence(found, f"{a}.{b}", language)


def _tie(shown: View, edge: ViewEdge, language: Language) -> None:
    first, second = shown.node(edge.a), shown.node(edge.b)
    if first is None or second is None:
        return
    names = [frame.plain(node.name(language)) for node in (first, second)]
    st.subheader(" – ".join(names), anchor=False)
    found = explore_reads.evidence(edge.a, edge.b, state.scope())
    counts = (("projects", len(found.projects)), ("agreements", len(found.agreements)))
    parts = [f"{number(count, language)} {tie_name(tie, language, count)}" for tie, count in counts if count]
    works = max((int(row["works"]) for row in found.works), default=0)
    parts += [f"{number(works, language)} {tie_name('copublications', language, works)}"] if works else []
    parts += [tie_name(str(fact["type"]).lower(), language) for fact in found.facts]
    st.caption(" · ".join(dict.fromkeys(parts)))
    with st.container(horizontal=True, gap="small"):
        for node in (first, second):
            st.button(
                t("explore.select", language, name=frame.plain(node.caption(language))),
                key=f"explore.end.{node.key}",
                type="tertiary",
                on_click=explore_state.select,
                args=(node.key,),
            )
    if found.empty:
        st.info(t("explore.no_evidence", language))
    _evidence(found, edge.key, language)


def _evidence(found: Evidence, key: str, language: Language) -> None:
    """List every record behind a tie with its source, and offer it as CSV."""
    lines = _lines(found, language, sourced=True)
    with st.container(height=420 if len(lines) > 2 * FIRST else "content", border=False, gap=None):
        st.markdown("\n".join(f"- {line}" for line in lines))
    rows = [*found.projects, *found.agreements, *found.works]
    if rows:
        table = pl.DataFrame(
            [{name: _cell(value) for name, value in row.items()} for row in rows], infer_schema_length=None
        )
        tables.csv_button(table, "evidence", f"explore.evidence.{key}", language)


def _cell(value: Any) -> Any:
    return value if isinstance(value, int | float | str) or value is None else str(value)


def _lines(found: Evidence, language: Language, *, sourced: bool = False) -> list[str]:
    lines: list[str] = []
    for row in found.agreements:
        name = row["acronym"] or row["name"]
        years = _years(row["start"], row["end"], language)
        lines.append(_line([f"**{frame.plain(str(name))}**", row["instrument"], years], row, language, sourced=sourced))
    for row in found.projects:
        framework = FRAMEWORKS.get(str(row["framework"]), row["framework"])
        years = _years(year_of(row["start"]), year_of(row["end"]), language)
        money = euros(row["contribution"], language) if row["contribution"] is not None else ""
        parts = [f"**{frame.plain(str(row['name']))}**", framework, years, money]
        lines.append(_line(parts, row, language, sourced=sourced))
    for row in found.works:
        works = f"{number(row['works'], language)} {tie_name('copublications', language, int(row['works']))}"
        lines.append(_line([works, _years(row["start"], row["end"], language)], row, language, sourced=sourced))
    for fact in found.facts:
        values = [
            f"{name} {frame.plain(_fact(value, language))}" for name, value in fact["properties"].items() if value
        ]
        lines.append(_line([tie_name(str(fact["type"]).lower(), language), *values], fact, language, sourced=sourced))
    return lines


def _line(parts: Sequence[Any], row: dict[str, Any], language: Language, *, sourced: bool) -> str:
    text = " · ".join(str(part) for part in parts if part)
    if not sourced:
        return text
    _, snapshot, record = provenance(row)
    said = t("explore.said_short", language, snapshot=frame.plain(snapshot), record=frame.plain(record))
    return f"{text} :gray[{said}]"


def _years(start: Any, end: Any, language: Language) -> str:
    if start and end:
        return str(start) if start == end else f"{start}–{end}"
    if start or end:
        return t("explore.since_year" if start else "explore.until_year", language, year=start or end)
    return ""


def _said(source: str, snapshot: str, record: str, language: Language) -> str:
    title, dated = explore_reads.sources(language).get(snapshot, (source, snapshot))
    return t("explore.said", language, source=frame.plain(title), date=dated, record=frame.plain(record))
