"""The tables of a briefing: agreements, partners, programmes, labs, brokers, published figures."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import polars as pl

from graph.briefing import covered
from graph.briefing.case import Case, city, country_name, display, framework_name
from graph.briefing.model import Column, Table, Value
from graph.briefing.reading import FRAMEWORKS, Agreement
from graph.i18n import keys, number, t
from graph.network import Incidence, Scope, measure_info, measure_table, project

_LAB_UNITS: Final = ("IRL", "UMI", "UMIFRE", "USR", "IRC")
_BROKERS: Final = 8
_PARTS: Final = (6, 4, 4)
"""Parts told of each framework programme, its largest."""
_PARTS_DEPTH: Final = 2


def agreements(case: Case) -> Table:
    """Every agreement on record, laboratories first, newest first within an instrument."""
    order = {name: place for place, name in enumerate(("IRL", "UMI", "IRC", "IRP", "IRN", "LIA", "GDRI"))}
    ranked = sorted(
        case.reading.agreements,
        key=lambda one: (order.get(one.instrument, 99), one.instrument, -(one.year_start or 0), one.title),
    )
    rows: list[tuple[Value, ...]] = [
        (
            _instrument(case, one),
            one.title,
            ", ".join(one.institutes),
            _parties(case, one),
            f"{one.year_start} *" if one.conflict and one.year_start else one.year_start,
            one.year_end,
        )
        for one in ranked
    ]
    columns = (
        Column(case.text("col_instrument"), width=0.95),
        Column(case.text("col_agreement"), width=3.2),
        Column(case.text("col_cnrs_institute"), width=0.85),
        Column(case.text("col_parties"), width=3.3),
        Column(case.text("col_start"), "year", 0.55),
        Column(case.text("col_end"), "year", 0.45),
    )
    remarks = [case.text("remark_unknown_dates")] if any(not (row[4] and row[5]) for row in rows) else []
    if any(one.conflict for one in ranked):
        remarks.append(case.text("remark_conflict"))
    return Table(
        "agreements",
        case.kind_text("cap_agreements"),
        columns,
        tuple(rows),
        case.fact(len(rows), "agreements", "agreements"),
        0,
        case.kind_text("none_agreements"),
        " ".join(remarks),
    )


def _instrument(case: Case, one: Agreement) -> str:
    """Its type as people say it, and its unit number where there is one."""
    plain = re.sub(r"\s*\(.*\)", "", one.instrument)
    key = f"briefing.instrument_{plain.lower()}"
    name = t(key, case.language) if key in keys() else plain
    return f"{name} {one.code}" if one.code else name


def _parties(case: Case, one: Agreement) -> str:
    """Partners of the country first; the subject itself is not its own partner."""
    home = case.subject.country
    others = [party for party in one.partners if party[0] != case.subject.id]
    named = [name for _, name, country in sorted(others, key=lambda party: party[2] != home)]
    return "; ".join(dict.fromkeys(named))


def partners(case: Case) -> Table:
    """For a country its institutions, for an institution those who stand in the same projects."""
    country = case.subject.kind == "Country"
    rows: list[tuple[Value, ...]] = []
    for row in case.totals.iter_rows(named=True):
        counts = tuple(int(row[one]) for one in FRAMEWORKS)
        name = display(row["name"], row["acronym"])
        rows.append(
            (name, city(row["city"]), *counts, row["net"])
            if country
            else (name, country_name(row["country"], case.language), *counts)
        )
    columns = (
        Column(case.text("col_institution"), width=3.3),
        Column(case.text("col_city" if country else "col_country"), width=1.3 if country else 1.1),
        *(Column(case.text(f"col_{one.lower()}"), "number", 0.6) for one in FRAMEWORKS),
        *((Column(case.text("col_net"), "euros", 0.95),) if country else ()),
    )
    remark = case.text("remark_partners") if country and any(row[-1] == 0 for row in rows) else ""
    return Table(
        "partners",
        case.kind_text("cap_partners"),
        columns,
        tuple(rows),
        case.fact(len(rows), "partners", *FRAMEWORKS),
        0,
        case.kind_text("none_partners"),
        remark,
    )


def programmes(case: Case) -> Table:
    """Joint projects and money by framework programme and by its largest parts."""
    rows: list[tuple[Value, ...]] = []
    present = [framework for framework in FRAMEWORKS if case.projects[framework]]
    rows = [_programme(case, framework_name(one, case.language), case.own_in(one)) for one in present]
    for framework, most in zip(FRAMEWORKS, _PARTS, strict=True):
        rows.extend(_parts(case, framework)[:most])
    columns = (
        Column(case.text("col_programme"), width=3.4),
        Column(case.text("col_projects"), "number", 0.75),
        Column(case.text("col_cnrs_leads"), "number", 0.8),
        Column(case.kind_text("col_they_lead"), "number", 0.8),
        Column(case.text("col_gross"), "euros", 1.1),
        Column(case.text("col_net"), "euros", 1.1),
    )
    return Table(
        "programmes",
        case.kind_text("cap_programmes"),
        columns,
        tuple(rows),
        case.fact(len(rows), "programmes", *FRAMEWORKS),
        0,
        case.kind_text("none_partners"),
        case.text("remark_programmes"),
    )


def _programme(case: Case, name: str, rows: pl.DataFrame) -> tuple[Value, ...]:
    """Name, projects, who leads, money; leads are unknown where the source gives no roles."""
    known = bool(rows["role"].drop_nulls().filter(rows["role"].drop_nulls() != "").len())
    theirs, ours = case.coordinated(rows)
    roles: tuple[Value, Value] = (ours, theirs) if known else (None, None)
    return (name, rows["project"].n_unique(), *roles, *case.money(rows))


def _parts(case: Case, framework: str) -> list[tuple[Value, ...]]:
    own = case.own_in(framework)
    members: dict[str, list[str]] = {}
    for identity in own["project"].unique().sort().to_list():
        known = case.reading.projects.get(identity)
        for part in {_part(case, leaf, framework) for leaf in (known.programmes if known else ())} - {None}:
            members.setdefault(str(part), []).append(identity)
    largest = sorted(members.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    rows: list[tuple[Value, ...]] = []
    for part, projects in largest:
        _, english, french = case.reading.programmes[part]
        name = case.text(
            "part", what=case.text(f"short_{framework.lower()}"), name=french if case.language == "fr" else english
        )
        rows.append(_programme(case, name, own.filter(pl.col("project").is_in(projects))))
    return rows


def _part(case: Case, leaf: str, framework: str) -> str | None:
    """The ancestor of a programme two steps below its framework, or the nearest there is."""
    path = [leaf]
    while path[-1] in case.reading.programmes and (above := case.reading.programmes[path[-1]][0]) and above not in path:
        path.append(above)
    if path[-1] != framework:
        return None
    below = path[:-1]
    return below[-min(_PARTS_DEPTH, len(below))] if below else None


def labs(case: Case) -> Table:
    """The units that carry the tie: joint laboratories, then labs with joint works, five of each in turn."""
    joint = [
        (
            _instrument(case, one),
            one.acronym or one.name,
            "; ".join(party for _, party, _ in one.partners if party),
            None,
        )
        for one in case.current
        if one.instrument in _LAB_UNITS
    ]
    by_lab: dict[str, list[dict[str, object]]] = {}
    for row in case.reading.copublications:
        by_lab.setdefault(str(row["lab"]), []).append(row)
    works: list[tuple[Value, ...]] = []
    for lab, found in by_lab.items():
        strongest = max(found, key=lambda row: (int(str(row["works"])), str(row["institution"])))
        where = str(strongest["institution_name"]) if case.subject.kind == "Country" else case.subject.name
        named = str(strongest["acronym"] or strongest["name"])
        works.append((lab, named, where, int(str(strongest["works"]))))
    works.sort(key=lambda row: (-int(str(row[3])), str(row[0])))
    rows: list[tuple[Value, ...]] = [*joint[:4], *works[:5], *joint[4:], *works[5:]]
    columns = (
        Column(case.text("col_unit"), width=1.1),
        Column(case.text("col_lab"), width=2.0),
        Column(case.text("col_with"), width=2.0),
        Column(case.text("col_works"), "number", 0.6),
    )
    return Table(
        "labs",
        case.kind_text("cap_labs"),
        columns,
        tuple(rows),
        case.fact(len(rows), "labs", "agreements", "copublications"),
        0,
        case.text("none_labs" if covered.covers(case) else "none_labs_uncovered", **covered.words(case)),
        case.text("remark_labs", **covered.words(case)) if works else "",
    )


def broker_scope(case: Case) -> Scope:
    """The network in which brokers are looked for: projects, the country, the CNRS set aside."""
    return Scope(
        ties=frozenset({"projects"}), countries=(case.subject.country,), weighting="newman", include_cnrs=False
    )


def _among(incidence: Incidence, country: str) -> Incidence:
    """The country's institutions only, in their projects: brokers are sought among themselves."""
    home = incidence.actors.filter((pl.col("country") == country) & (pl.col("label") == "Institution"))
    own = pl.col("actor").is_in(home["actor"].implode())
    return replace(incidence, actors=home, members=incidence.members.filter(own))


def brokers(case: Case, incidence: Incidence | None) -> Table:
    """Who lies between the others: betweenness and constraint among the country's institutions.

    Newman's weights count the country's own members of a project, so that a
    consortium weighs by how many of them it brings together.
    """
    scope = broker_scope(case)
    rows: list[tuple[Value, ...]] = []
    remark = ""
    if incidence is not None and case.subject.country:
        projection = project(_among(incidence, case.subject.country), scope)
        table = measure_table(projection, ["betweenness", "constraint"])
        counted = table.filter(pl.col("betweenness") > 0).with_row_index("place", offset=1)
        shown = counted.filter((pl.col("place") <= _BROKERS) | (pl.col("id") == case.subject.id))
        rows = [
            (row["place"], display(row["name"]), row["betweenness"], row["constraint"])
            for row in shown.iter_rows(named=True)
        ]
        remark = case.text(
            "remark_brokers",
            count=number(projection.nodes.height, case.language),
            scope=scope.sentence(case.language),
            method=measure_info(projection, "betweenness").method(case.language),
        )
    columns = (
        Column(case.text("col_rank"), "number", 0.5),
        Column(case.text("col_institution"), width=3.2),
        Column(case.text("col_betweenness"), "score", 1.15),
        Column(case.text("col_constraint"), "score", 0.95),
    )
    return Table(
        "brokers",
        case.text("cap_brokers", country=case.subject.country_name),
        columns,
        tuple(rows),
        case.fact(len(rows), "brokers", *FRAMEWORKS, country=case.subject.country_name),
        0,
        case.text("none_brokers"),
        remark,
    )


def published(case: Case) -> Table:
    """Figures that somebody published about the subject, its country or its region."""
    wanted = [case.subject.name_en, *(case.reading.regions if case.subject.kind == "Country" else ())]
    rows: list[tuple[Value, ...]] = [
        (f"{row['scope']}: {row['measure']}", str(row["value"] or ""), str(row["period"]), str(row["url"]))
        for row in case.reading.figures
        if any(_about(str(row["scope"]), name) for name in wanted if name)
    ]
    columns = (
        Column(case.text("col_published"), width=3.2),
        Column(case.text("col_value"), "number", 0.7),
        Column(case.text("col_period"), width=1.25),
        Column(case.text("col_where"), "url", 1.5),
    )
    return Table(
        "published",
        case.kind_text("cap_published"),
        columns,
        tuple(rows),
        case.fact(len(rows), "published", "figures"),
        0,
        case.kind_text("none_published"),
        case.text("remark_published"),
    )


def _about(scope: str, name: str) -> bool:
    """Whether a published scope is this place: the name itself, or the name and a remark on it."""
    return re.fullmatch(rf"{re.escape(name)}(\s*[-(,].*)?", scope, re.IGNORECASE) is not None
