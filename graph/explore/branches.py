"""Neighbours of the kinds read straight from the store: projects, agreements, programmes, labs and the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from graph.explore.money import money
from graph.explore.read import labelled
from graph.explore.scoped import Scoped
from graph.explore.view import ViewEdge
from graph.network.projection import below
from graph.queries import internal

if TYPE_CHECKING:
    from graph.store import Store

Through = Literal["direct", "partners"]
Counts = dict[str, tuple[int | None, int | None, int | None]]
"""Projects, agreements and works by key; None is not counted."""

MOST: Final = 20_000
"""Most incoming neighbours read of one node."""


@dataclass(frozen=True)
class Asked:
    """One node whose neighbours are wanted."""

    store: Store
    counted: Scoped
    label: str
    id: str
    limit: int
    through: Through

    @property
    def key(self) -> str:
        """Its node key."""
        return f"{self.label}:{self.id}"


@dataclass(frozen=True)
class Found:
    """Neighbours before they are drawn.

    Attributes:
        keys: neighbours' keys, strongest first; those beyond the limit are dropped.
        edges: ties; those with an end that is not drawn are dropped.
        total: neighbours there are.
        counts: projects, agreements and works by key.
        notes: what the neighbour is here (a role in a project), by key.
        companions: keys drawn beside the neighbours and not counted among them.
        ranked_by: what the order means.
    """

    keys: Sequence[str]
    edges: Sequence[ViewEdge]
    total: int
    counts: Counts = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    companions: Sequence[str] = ()
    ranked_by: str = "projects"


def keys(store: Store, query: str, params: Mapping[str, object]) -> list[str]:
    """Return the `key` column of an internal query, each once; `query` is a name, or its text."""
    text = query if query.startswith("MATCH") else internal(query)
    rows = store.read(text, params).dicts()
    return list(dict.fromkeys(str(row["key"]) for row in rows))


def pairs(asked: Asked, query: str, types: list[str]) -> list[tuple[str, str]]:
    """Return (type, key) of a node's relationships of some types, outgoing or incoming by the query."""
    return tied(asked.store, query, asked.label, asked.id, types)


def tied(store: Store, query: str, label: str, identity: str, types: list[str]) -> list[tuple[str, str]]:
    """Return what `pairs` does, of a node named by kind and id."""
    params = {"id": identity, "types": types, "most": MOST}
    return [(str(row["type"]), str(row["key"])) for row in store.read(labelled(query, label), params).dicts()]


def latest(counted: Scoped, agreements: list[str]) -> list[str]:
    """Order agreements: the latest start first, unknown starts last."""
    first = dict(
        counted.incidence.events.filter(pl.col("event").is_in(agreements)).select("event", "first").iter_rows()
    )
    return sorted(agreements, key=lambda event: (-(first.get(event) or 0), event))


def parties(counted: Scoped, agreements: list[str]) -> list[ViewEdge]:
    """Return the ties of agreements to their parties, the CNRS apart."""
    rows = counted.members.filter(pl.col("event").is_in(agreements)).select("actor", "event")
    return [ViewEdge(actor, event, "party_to") for actor, event in rows.iter_rows()]


def parts_of(counted: Scoped, key: str) -> pl.Series:
    """Return the projects in scope that a lab has a part in."""
    mine = counted.incidence.parts.filter(pl.col("lab") == key)["event"]
    return counted.events.filter(pl.col("event").is_in(mine.implode()))["event"].unique()


def joint_works(working: pl.DataFrame) -> list[ViewEdge]:
    """Return the ties of labs and institutions that published together."""
    rows = working.select("lab", "institution", "full").iter_rows()
    return [ViewEdge(f"Lab:{lab}", f"Institution:{body}", "copublishes_with", works) for lab, body, works in rows]


def project(asked: Asked) -> Found:
    """Programmes and topics, labs with a part in it, and participants: the coordinator first, then by contribution."""
    rows = money(asked.store).parts.filter(pl.col("event") == asked.key)
    first = (pl.col("role") == "coordinator").fill_null(value=False).alias("first")
    order = [True, True, False]
    rows = rows.with_columns(first).sort("first", "contribution", "actor", descending=order, nulls_last=True)
    people = rows["actor"].to_list()
    out = pairs(asked, "explore_out", ["FUNDED_UNDER", "ABOUT"])
    others = [key for _, key in out]
    here = asked.key
    parts = asked.counted.incidence.parts
    labs = parts.filter(pl.col("event") == here)["lab"].sort().to_list()
    edges = [ViewEdge(key, here, "participates_in") for key in (*people, *labs)]
    edges += [ViewEdge(here, key, kind.lower()) for kind, key in out]
    notes = {actor: role for actor, role in rows.select("actor", "role").iter_rows() if role}
    total = len(people) + len(labs) + len(others)
    return Found([*others[:8], *labs, *people], edges, total, notes=notes, ranked_by="contribution")


def agreement(asked: Asked) -> Found:
    """Parties, host country and family of instruments."""
    here = asked.key
    out = pairs(asked, "explore_out", ["HOSTED_IN", "FUNDED_UNDER"])
    into = pairs(asked, "explore_in", ["PARTY_TO", "COVERED_BY"])
    edges = [ViewEdge(here, key, kind.lower()) for kind, key in out]
    edges += [ViewEdge(key, here, kind.lower()) for kind, key in into]
    found = [key for _, key in (*out, *into)]
    return Found(found, edges, len(set(found)), ranked_by="agreements")


def programme(asked: Asked) -> Found:
    """Parent and parts, agreements of the family, then the latest and largest projects of the whole subtree."""
    here = asked.key
    out = pairs(asked, "explore_out", ["PART_OF"])
    children = [key for _, key in pairs(asked, "explore_in", ["PART_OF"])]
    inside = below(asked.counted.incidence.programmes, [asked.id])
    funding = asked.counted.incidence.funding
    under = funding.filter(pl.col("programme").is_in(sorted(inside)))["event"].unique()
    ours = asked.counted.events.filter(pl.col("event").is_in(under.implode()))["event"]
    projects = money(asked.store).latest(ours)["event"].to_list()
    direct = set(funding.filter(pl.col("programme") == asked.id)["event"])
    agreements = latest(asked.counted, [event for event in direct if event.startswith("Agreement:")])
    via = _carrier(asked.counted, children)
    edges = [ViewEdge(here, key, kind.lower()) for kind, key in out]
    edges += [ViewEdge(key, here, "part_of") for key in children]
    drawn = [*projects[: asked.limit], *agreements]
    edges += [ViewEdge(event, via.get(event, here) if event not in direct else here, "funded_under") for event in drawn]
    found = [*(key for _, key in out), *children[: asked.limit // 2], *agreements[: asked.limit // 2], *projects]
    total = len(out) + len(children) + len(agreements) + len(projects)
    return Found(found, edges, total, ranked_by="date")


def _carrier(counted: Scoped, children: list[str]) -> dict[str, str]:
    """Return, for each project, the drawn part of the programme it is funded under."""
    carried: dict[str, str] = {}
    for child in children:
        inside = below(counted.incidence.programmes, [child.partition(":")[2]])
        events = counted.incidence.funding.filter(pl.col("programme").is_in(sorted(inside)))["event"]
        carried |= dict.fromkeys(events.to_list(), child)
    return carried


def lab(asked: Asked) -> Found:
    """Institute, supervising bodies, country and agreements, its latest projects, then institutions by joint works."""
    here = asked.key
    out = pairs(asked, "explore_out", ["PART_OF", "SUPERVISED_BY", "LOCATED_IN", "PARTY_TO"])
    working = asked.counted.works.filter(pl.col("lab") == asked.id).sort(
        "full", "institution", descending=[True, False]
    )
    edges = [ViewEdge(here, key, kind.lower()) for kind, key in out]
    edges += joint_works(working)
    bodies = [f"Institution:{body}" for body in working["institution"]]
    projects = money(asked.store).latest(parts_of(asked.counted, here))["event"].to_list()
    edges += [ViewEdge(here, project, "participates_in") for project in projects]
    first = projects[: max(asked.limit // 2, asked.limit - len(out) - len(bodies))]
    found = list(dict.fromkeys([*(key for _, key in out), *first, *bodies, *projects]))
    return Found(found, edges, len(found), ranked_by="works")


def generic(asked: Asked) -> Found:
    """Everything tied to a node of a kind without a picture of its own, in the order of the store."""
    here = asked.key
    every = [
        *("PART_OF", "ABOUT", "PARTY_TO", "VISITED", "HOSTED_IN", "SUPERVISED_BY", "MOBILITY_TO"),
        *("LOCATED_IN", "FUNDED_UNDER", "COVERED_BY"),
    ]
    out = pairs(asked, "explore_out", every)
    into = pairs(asked, "explore_in", every)
    edges = [ViewEdge(here, key, kind.lower()) for kind, key in out]
    edges += [ViewEdge(key, here, kind.lower()) for kind, key in into]
    found = list(dict.fromkeys(key for _, key in (*out, *into)))
    return Found(found, edges, len(found), ranked_by="name")


READERS: Final[dict[str, Callable[[Asked], Found]]] = {
    "Project": project,
    "Agreement": agreement,
    "Programme": programme,
    "Lab": lab,
}
