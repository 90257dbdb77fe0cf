"""One node in a panel: what it is, five figures, its ties by kind, and who says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from graph.errors import BadRequest
from graph.explore.branches import parts_of, tied
from graph.explore.money import money, total
from graph.explore.read import properties, view_node, year_of
from graph.explore.scoped import HOME, Scoped, scoped
from graph.explore.view import ViewNode
from graph.network.incidence import CNRS, Incidence
from graph.network.projection import below
from graph.network.scope import Scope

if TYPE_CHECKING:
    from graph.store import Store

Unit = Literal["count", "euros", "year", "text"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the panel; `name` is its key in the texts, None as value is unknown."""

    name: str
    value: float | int | str | None
    unit: Unit = "count"


@dataclass(frozen=True, slots=True)
class Details:
    """What the panel beside the canvas shows.

    Attributes:
        place: ISO code of its country, if it has one.
        since: its own first year (start or creation), where the source gives one.
        figures: five at most, in reading order, within the scope.
        ties: how many neighbours it has by kind of tie, most first.
        first: keys, names and counts of its first partners (countries and regions only).
        facts: the node's own properties, without provenance.
        source: who says so.
        snapshot: which dated retrieval, `source@date`.
        record: the publisher's record id.
    """

    node: ViewNode
    place: str | None
    since: int | None
    figures: tuple[Figure, ...]
    ties: tuple[tuple[str, int], ...]
    first: tuple[tuple[str, str, int], ...]
    facts: dict[str, Any]
    source: str
    snapshot: str
    record: str


@dataclass(frozen=True)
class _Subject:
    store: Store
    counted: Scoped
    key: str
    label: str
    id: str
    row: dict[str, Any]


_HIDDEN: Final = {"source", "snapshot", "record", "digest", "search"}


def details(
    store: Store,
    label: str,
    id: str,  # noqa: A002 -- the schema's own name for the key
    scope: Scope | None = None,
    *,
    incidence: Incidence | None = None,
) -> Details:
    """Return the panel of one node.

    Args:
        store: the graph.
        label: its kind.
        id: its key.
        scope: what the figures count; everything, if left out.
        incidence: the caller's copy of the store's ties.

    Raises:
        BadRequest: no such kind, or no such node.
    """
    found = properties(store, label, [id])
    if id not in found:
        raise BadRequest.of("refused.no_node", node=f"{label}:{id}")
    row = found[id]
    counted = scoped(store, scope or Scope(), incidence)
    subject = _Subject(store, counted, f"{label}:{id}", label, id, row)
    figures, ties = _FIGURES.get(label, _other)(subject)
    since = year_of(row.get("year_start") or row.get("year_created") or row.get("start_date"))
    return Details(
        view_node(label, row),
        row.get("country") or (id if label == "Country" else None),
        since,
        figures[:5],
        tuple(sorted(((tie, count) for tie, count in ties.items() if count), key=lambda each: -each[1])),
        _first(subject),
        {name: value for name, value in row.items() if name not in _HIDDEN},
        *(str(row.get(name) or "") for name in ("source", "snapshot", "record")),
    )


def _place_rows(subject: _Subject) -> tuple[pl.DataFrame, pl.DataFrame]:
    codes = sorted(below(subject.counted.incidence.places, [subject.id]))
    counted = subject.counted
    return counted.members.filter(pl.col("country").is_in(codes)), counted.hosts.filter(pl.col("country").is_in(codes))


def _events(rows: pl.DataFrame, tie: str) -> int:
    return rows.filter(pl.col("tie") == tie)["event"].n_unique()


def _country(subject: _Subject) -> tuple[tuple[Figure, ...], dict[str, int]]:
    rows, hosts = _place_rows(subject)
    projects = rows.filter(pl.col("tie") == "projects")["event"].unique()
    agreements = pl.concat([rows.filter(pl.col("tie") == "agreements")["event"], hosts["event"]]).n_unique()
    partners = rows.filter(pl.col("tie") == "projects", pl.col("label") == "Institution")["actor"].n_unique()
    seated = subject.counted.incidence.actors.filter(pl.col("country") == subject.id, pl.col("label") == "Institution")
    working = subject.counted.works.filter(pl.col("institution").is_in(seated["id"].implode()))
    known = money(subject.store)
    paid = known.parts.filter(pl.col("event").is_in(projects.implode()), pl.col("actor").is_in(rows["actor"].implode()))
    figures: tuple[Figure, ...] = (
        Figure("joint_projects", len(projects)),
        Figure("partners", partners),
        Figure("agreements", agreements),
        Figure("money_country", total(paid["contribution"]), "euros"),
        Figure("latest_project", _latest(known.latest(projects)), "year"),
    )
    if subject.label == "Region":
        countries = rows.filter(pl.col("country") != HOME)["country"].n_unique()
        figures = (Figure("countries", countries), *figures[:3])
    ties = {"projects": len(projects), "agreements": agreements, "copublishing_labs": working["lab"].n_unique()}
    return figures, ties


def _institution(subject: _Subject) -> tuple[tuple[Figure, ...], dict[str, int]]:
    ours = subject.key == CNRS
    rows = subject.counted.events if ours else subject.counted.members.filter(pl.col("actor") == subject.key)
    projects = rows.filter(pl.col("tie") == "projects")["event"].unique()
    part = money(subject.store).of(subject.key).filter(pl.col("event").is_in(projects.implode()))
    roles = part["role"].drop_nulls()
    working = subject.counted.works.filter(pl.col("institution") == subject.id)
    figures = (
        Figure("joint_projects" if not ours else "projects", len(projects)),
        Figure("led", int((roles == "coordinator").sum()) if roles.len() else None),
        Figure("money_institution", total(part["contribution"]), "euros"),
        Figure("agreements", _events(rows, "agreements")),
        Figure("latest_project", _latest(part), "year"),
    )
    ties = {
        "projects": len(projects),
        "agreements": _events(rows, "agreements"),
        "copublishing_labs": working["lab"].n_unique(),
        "supervised_by": len(tied(subject.store, "explore_in", "Institution", subject.id, ["SUPERVISED_BY"])),
    }
    return figures, ties


def _project(subject: _Subject) -> tuple[tuple[Figure, ...], dict[str, int]]:
    parts = money(subject.store).parts.filter(pl.col("event") == subject.key)
    bodies = subject.counted.incidence.actors.filter(pl.col("actor").is_in(parts["actor"].implode()))
    figures = (
        Figure("participants", parts.height),
        Figure("countries", bodies.filter(pl.col("country") != HOME)["country"].n_unique()),
        Figure("money_project", subject.row.get("ec_contribution_eur"), "euros"),
        Figure("money_cnrs", total(parts.filter(pl.col("actor") == CNRS)["contribution"]), "euros"),
        Figure("ends", year_of(subject.row.get("end_date")), "year"),
    )
    labs = subject.counted.incidence.parts.filter(pl.col("event") == subject.key).height
    return figures, {
        "participates_in": parts.height,
        "labs_with_a_part": labs,
        **_tied(subject, "explore_out", "FUNDED_UNDER", "ABOUT"),
    }


def _agreement(subject: _Subject) -> tuple[tuple[Figure, ...], dict[str, int]]:
    parties = tied(subject.store, "explore_in", "Agreement", subject.id, ["PARTY_TO"])
    hosts = tied(subject.store, "explore_out", "Agreement", subject.id, ["HOSTED_IN"])
    figures = (
        Figure("instrument", subject.row.get("instrument"), "text"),
        Figure("parties", len({key for _, key in parties})),
        Figure("hosts", len(hosts)),
        Figure("starts", subject.row.get("year_start"), "year"),
        Figure("ends", subject.row.get("year_end"), "year"),
    )
    return figures, {"party_to": len(parties), "hosted_in": len(hosts)}


def _programme(subject: _Subject) -> tuple[tuple[Figure, ...], dict[str, int]]:
    inside = below(subject.counted.incidence.programmes, [subject.id])
    funded = subject.counted.incidence.funding.filter(pl.col("programme").is_in(sorted(inside)))["event"].unique()
    rows = subject.counted.members.filter(pl.col("event").is_in(funded.implode()))
    events = subject.counted.events.filter(pl.col("event").is_in(funded.implode()))
    budgets = money(subject.store).latest(events["event"])
    figures = (
        Figure("projects", _events(events, "projects")),
        Figure("agreements", _events(events, "agreements")),
        Figure("partners", rows.filter(pl.col("label") == "Institution")["actor"].n_unique()),
        Figure("countries", rows.filter(pl.col("country") != HOME)["country"].n_unique()),
        Figure("money_programme", total(budgets["budget"]), "euros"),
    )
    ties = {"projects": _events(events, "projects"), "agreements": _events(events, "agreements")}
    return figures, {**ties, "parts": len(inside) - 1}


def _lab(subject: _Subject) -> tuple[tuple[Figure, ...], dict[str, int]]:
    working = subject.counted.works.filter(pl.col("lab") == subject.id)
    bodies = subject.counted.incidence.actors.filter(
        pl.col("label") == "Institution", pl.col("id").is_in(working["institution"].implode())
    )
    ties = _tied(subject, "explore_out", "SUPERVISED_BY", "PARTY_TO", "PART_OF")
    figures = (
        Figure("unit_type", subject.row.get("unit_type"), "text"),
        Figure("partners_works", working["institution"].n_unique() or None),
        Figure("countries_works", bodies["country"].drop_nulls().n_unique() or None),
        Figure("supervisors", ties.get("supervised_by", 0)),
        Figure("agreements", ties.get("party_to", 0)),
    )
    projects = parts_of(subject.counted, subject.key).len()
    return figures, {"projects": projects, "copublishing_institutions": working["institution"].n_unique(), **ties}


def _latest(rows: pl.DataFrame) -> int | None:
    return year_of(rows["start"].max())


def _other(subject: _Subject) -> tuple[tuple[Figure, ...], dict[str, int]]:
    types = ("PART_OF", "ABOUT", "PARTY_TO", "HOSTED_IN", "VISITED")
    ties = _tied(subject, "explore_out", *types)
    for tie, count in _tied(subject, "explore_in", *types).items():
        ties[tie] = ties.get(tie, 0) + count
    return (), ties


def _tied(subject: _Subject, query: str, *types: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for kind, _ in tied(subject.store, query, subject.label, subject.id, list(types)):
        counts[kind.lower()] = counts.get(kind.lower(), 0) + 1
    return counts


def _first(subject: _Subject) -> tuple[tuple[str, str, int], ...]:
    if subject.label not in ("Country", "Region") and subject.key != CNRS:
        return ()
    counted = subject.counted
    partners = counted.partners().filter(pl.col("label") == "Institution", pl.col("projects") > 0)
    if subject.key != CNRS:
        codes = sorted(below(counted.incidence.places, [subject.id]))
        partners = partners.filter(pl.col("country").is_in(codes))
    names = dict(counted.incidence.actors.select("actor", "name").iter_rows())
    return tuple(
        (actor, str(names.get(actor) or actor), projects)
        for actor, projects in partners.select("actor", "projects").head(5).iter_rows()
    )


_FIGURES: Final[dict[str, Callable[[_Subject], tuple[tuple[Figure, ...], dict[str, int]]]]] = {
    "Country": _country,
    "Region": _country,
    "Institution": _institution,
    "Project": _project,
    "Agreement": _agreement,
    "Programme": _programme,
    "Lab": _lab,
}
