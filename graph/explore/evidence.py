"""What stands behind a tie: the projects, agreements and joint works, each with who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from graph.explore.branches import parts_of
from graph.explore.read import labelled, native, split
from graph.explore.scoped import Scoped, scoped
from graph.network.incidence import CNRS, Incidence
from graph.network.projection import below
from graph.network.scope import Scope
from graph.queries import internal

if TYPE_CHECKING:
    from graph.store import Store


@dataclass(frozen=True, slots=True)
class Evidence:
    """The records behind one tie, each list the latest or strongest first.

    Attributes:
        projects: id, name, framework, grant, start, end, contribution, scheme, source, snapshot, record.
        agreements: id, name, acronym, instrument, start, end, note, verification, url, source, snapshot, record.
        works: lab, lab_name, institution, institution_name, start, end, works, source, snapshot, record.
        facts: bare relationships between the two: type, its properties, source, snapshot, record.
    """

    projects: tuple[dict[str, Any], ...] = ()
    agreements: tuple[dict[str, Any], ...] = ()
    works: tuple[dict[str, Any], ...] = ()
    facts: tuple[dict[str, Any], ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether nothing stands behind the tie."""
        return not (self.projects or self.agreements or self.works or self.facts)


_PLACES: Final = ("Country", "Region")
_PROVENANCE: Final = ("source", "snapshot", "record")


def evidence(
    store: Store, a: str, b: str, scope: Scope | None = None, *, incidence: Incidence | None = None
) -> Evidence:
    """Return what stands behind the tie of two nodes.

    Two bodies: the projects and agreements both take part in, and their joint works. A country or
    region and a body: those of any body seated there (agreements: also hosted there). Any other
    pair: the relationships between the two as published.

    Args:
        store: the graph.
        a: key of one end.
        b: key of the other.
        scope: what counts; everything, if left out.
        incidence: the caller's copy of the store's ties.

    Raises:
        BadRequest: a key that names no kind.
    """
    ends = (split(a), split(b))
    labels = [label for label, _ in ends]
    counted = scoped(store, scope or Scope(), incidence)
    facts = () if "Region" in labels and CNRS in (a, b) else _facts(store, ends)
    if not all(label in (*_PLACES, "Institution", "Lab") for label in labels) or labels == ["Country", "Region"]:
        return Evidence(facts=facts)
    shared = _events(counted, a) & _events(counted, b)
    works = _works(store, ends) if set(labels) == {"Lab", "Institution"} else ()
    facts = tuple(fact for fact in facts if fact["type"] != "COPUBLISHES_WITH")
    return Evidence(
        _read(store, "explore_projects", shared, "Project:"),
        _read(store, "explore_agreements", shared, "Agreement:"),
        works,
        facts,
    )


def provenance(row: dict[str, Any]) -> tuple[str, str, str]:
    """Return source, snapshot and the publisher's record id of one row."""
    source, snapshot, record = (str(row.get(name) or "") for name in _PROVENANCE)
    return source, snapshot, record


def _events(counted: Scoped, key: str) -> set[str]:
    label, identity = split(key)
    if key == CNRS:
        return set(counted.events["event"])
    if label in _PLACES:
        codes = below(counted.incidence.places, [identity])
        seats = counted.members.filter(pl.col("country").is_in(sorted(codes)))["event"]
        hosts = counted.hosts.filter(pl.col("country").is_in(sorted(codes)))["event"]
        return {*seats, *hosts}
    parts = parts_of(counted, key) if label == "Lab" else ()
    return {*counted.members.filter(pl.col("actor") == key)["event"], *parts}


def _read(store: Store, query: str, events: set[str], prefix: str) -> tuple[dict[str, Any], ...]:
    ids = sorted(event.removeprefix(prefix) for event in events if event.startswith(prefix))
    if not ids:
        return ()
    rows = store.read(internal(query), {"ids": ids}).dicts()
    rows.sort(key=lambda row: (str(row.get("start") or ""), row.get("contribution") or 0, str(row["id"])), reverse=True)
    return tuple(rows)


def _works(store: Store, ends: tuple[tuple[str, str], ...]) -> tuple[dict[str, Any], ...]:
    ids = {label: [identity] for label, identity in ends}
    rows = store.read(internal("explore_works"), {"labs": ids["Lab"], "institutions": ids["Institution"]}).dicts()
    return tuple(sorted(rows, key=lambda row: -int(str(row["works"]))))


def _facts(store: Store, ends: tuple[tuple[str, str], ...]) -> tuple[dict[str, Any], ...]:
    (one, first), (two, second) = ends
    rows = store.read(labelled("explore_between", one, two), {"a": first, "b": second}).dicts()
    facts: list[dict[str, Any]] = []
    for row in rows:
        given = _mapping(row["properties"])
        properties = {str(name): native(value) for name, value in given.items() if name != "digest"}
        said = {name: properties.pop(name, None) for name in _PROVENANCE}
        facts.append({"type": str(row["type"]), "properties": properties, **said})
    return tuple(facts)


def _mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
