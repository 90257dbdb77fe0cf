"""A node's neighbourhood: its strongest neighbours first, and how many there are in all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from graph.errors import BadRequest
from graph.explore import branches
from graph.explore.branches import Asked, Counts, Found, Through
from graph.explore.money import money
from graph.explore.read import nodes
from graph.explore.scoped import Scoped, scoped
from graph.explore.view import View, ViewEdge, ViewNode
from graph.network.incidence import CNRS, Incidence
from graph.network.projection import below
from graph.network.scope import Scope

if TYPE_CHECKING:
    from graph.store import Store

LIMIT: Final = 60
AGREEMENTS, LABS = 18, 8
"""Most agreements and labs among the neighbours of a country or an institution, so that partners keep their room."""


def neighbourhood(
    store: Store,
    label: str,
    id: str,  # noqa: A002 -- the schema's own name for the key
    scope: Scope,
    limit: int = LIMIT,
    *,
    through: Through = "direct",
    incidence: Incidence | None = None,
) -> View:
    """Draw a node with its strongest neighbours.

    Country: institutions by joint projects with the CNRS, agreements, co-publishing labs, the CNRS.
    Institution: projects (latest and largest first), agreements, labs, country, the CNRS; with
    `through="partners"`, and always for the CNRS, the institutions it shares projects with.
    Project: participants, programmes, topics. Agreement: parties, host. Programme: parts, projects,
    agreements. Lab: institute, supervising bodies, co-publishing institutions, agreements.

    Args:
        store: the graph.
        label: kind of the centre.
        id: its key.
        scope: what counts.
        limit: most neighbours to draw.
        through: whether an institution opens to its projects or to its partners.
        incidence: the caller's copy of the store's ties, to save reading them.

    Returns:
        The picture; `shown` and `total` count the neighbours, not the centre. A node without a
        neighbour in scope gives a picture of itself alone.

    Raises:
        BadRequest: no such kind, or no such node.
    """
    key = f"{label}:{id}"
    centre = nodes(store, [key]).get(key)
    if centre is None:
        raise BadRequest.of("refused.no_node", node=key)
    asked = Asked(store, scoped(store, scope, incidence), label, id, limit, through)
    return _drawn(store, centre, _READERS.get(label, _anything)(asked), limit)


def _drawn(store: Store, centre: ViewNode, found: Found, limit: int) -> View:
    kept = [key for key in dict.fromkeys(found.keys) if key != centre.key][:limit]
    read = nodes(store, [*kept, *found.companions])
    read.pop(centre.key, None)

    def dressed(node: ViewNode) -> ViewNode:
        projects, agreements, works = found.counts.get(node.key, (None, None, None))
        note = found.notes.get(node.key, node.note)
        return replace(node, projects=projects, agreements=agreements, works=works, note=note)

    drawn = (dressed(centre), *(dressed(node) for node in read.values()))
    keys = {node.key for node in drawn}
    ended = {node.key for node in drawn if node.label == "Agreement" and not node.active}
    edges = (edge for edge in found.edges if edge.a in keys and edge.b in keys and edge.a != edge.b)
    styled = tuple(replace(edge, active=False) if {edge.a, edge.b} & ended else edge for edge in edges)
    unique = {edge.key: edge for edge in styled}
    shown = sum(1 for key in kept if key in keys)
    return View(drawn, tuple(unique.values()), shown, max(found.total, shown), centre.key, found.ranked_by)


def _country(asked: Asked) -> Found:
    counted, identity, place = asked.counted, asked.id, asked.key
    here = counted.members.filter(pl.col("country") == identity)
    partners = counted.partners().filter(pl.col("country") == identity)
    hosted = counted.hosts.filter(pl.col("country") == identity)["event"]
    agreements = pl.concat([here.filter(pl.col("tie") == "agreements")["event"], hosted]).unique().to_list()
    working = _works_in(counted, partners["id"].to_list(), identity)
    placed = branches.keys(asked.store, "explore_labs_in", {"id": identity})
    placed = placed if "agreements" in counted.scope.ties else []
    labs = list(dict.fromkeys([*placed, *(f"Lab:{lab}" for lab in working["lab"].unique(maintain_order=True))]))
    agreements = branches.latest(counted, agreements)
    bodies = [f"Institution:{row}" for row in working["institution"].unique(maintain_order=True)]
    institutions = list(dict.fromkeys([*partners["actor"].to_list(), *bodies]))
    institutions = [key for key in institutions if key.startswith("Institution:") and key != CNRS]
    keys = _shared_out(asked.limit, institutions, agreements, labs)
    edges = [ViewEdge(key, place, "located_in") for key in (*institutions, *placed)]
    edges += _with_cnrs(partners)
    edges += branches.joint_works(working)
    edges += [ViewEdge(agreement, place, "hosted_in") for agreement in hosted]
    edges += branches.parties(counted, agreements)
    counts = _counts(partners)
    row = counted.by_country().filter(pl.col("country") == identity)
    if row.height:
        counts[place] = (row["projects"][0], row["agreements"][0], None)
    return Found(keys, edges, len(institutions) + len(agreements) + len(labs), counts, companions=[CNRS])


def _institution(asked: Asked) -> Found:
    counted, identity, key = asked.counted, asked.id, asked.key
    if key == CNRS or asked.through == "partners":
        return _partners(counted, key)
    mine = counted.members.filter(pl.col("actor") == key)
    known = money(asked.store)
    projects = known.latest(mine.filter(pl.col("tie") == "projects")["event"].unique())["event"].to_list()
    agreements = branches.latest(counted, mine.filter(pl.col("tie") == "agreements")["event"].unique().to_list())
    working = counted.works.filter(pl.col("institution") == identity).sort("full", "lab", descending=[True, False])
    labs = [f"Lab:{lab}" for lab in working["lab"].unique(maintain_order=True)]
    into = branches.pairs(asked, "explore_in", ["SUPERVISED_BY"])
    supervised = [lab for _, lab in into]
    out = branches.pairs(asked, "explore_out", ["LOCATED_IN"])
    own = [lab for lab in supervised if lab not in labs]
    keys = _shared_out(asked.limit, projects, agreements, [*labs, *own])
    edges = [ViewEdge(key, project, "participates_in") for project in projects]
    edges += branches.parties(counted, agreements)
    edges += branches.joint_works(working)
    edges += [ViewEdge(lab, key, "supervised_by") for lab in supervised]
    edges += [ViewEdge(key, country, kind.lower()) for kind, country in out]
    counts = _counts(counted.partners().filter(pl.col("actor") == key))
    edges += _with_cnrs(counted.partners().filter(pl.col("actor") == key))
    counts |= {f"Lab:{lab}": (None, None, works) for lab, works in working.select("lab", "full").iter_rows()}
    roles = {event: role for event, role in known.of(key).select("event", "role").iter_rows() if role}
    total = len(projects) + len(agreements) + len(labs) + len(own)
    companions = [CNRS, *(country for _, country in out)]
    return Found(keys, edges, total, counts, roles, companions, "date")


def _partners(counted: Scoped, key: str) -> Found:
    if key == CNRS:
        table = counted.partners()
        institutions = table.filter(pl.col("label") == "Institution", counted.here())
        edges = _with_cnrs(institutions)
        counts = _counts(institutions)
    else:
        mine = counted.members.filter(pl.col("actor") == key).select("event")
        shared = counted.members.join(mine, on="event").filter(pl.col("actor") != key, pl.col("label") == "Institution")
        institutions = replace(counted, members=shared).partners().filter(counted.here())
        counts = _counts(institutions)
        ours = counted.partners().filter(pl.col("actor") == key)
        shares = institutions.select("actor", "projects", "agreements").iter_rows()
        edges = [_tie(key, actor, projects, agreements) for actor, projects, agreements in shares]
        edges += _with_cnrs(ours)
        counts |= _counts(ours)
    return Found(institutions["actor"].to_list(), edges, institutions.height, counts, companions=[CNRS])


def _region(asked: Asked) -> Found:
    counted, identity, place = asked.counted, asked.id, asked.key
    places = counted.incidence.places
    children = places.filter(pl.col("parent") == identity)["child"].to_list()
    countries = set(counted.incidence.countries["id"])
    groups = [child for child in children if child not in countries]
    table = counted.by_country()
    inside = sorted(below(places, [identity]))
    direct = table.filter(pl.col("country").is_in([child for child in children if child in countries]))
    elsewhere = pl.col("country").is_in(direct["country"].implode()).not_()
    inner = table.filter(pl.col("country").is_in(inside), elsewhere)
    rows = pl.concat([direct, inner]).sort(["projects", "agreements", "country"], descending=[True, True, False])
    parent = {child: above for child, above in places.iter_rows() if above}
    keys = [f"Country:{code}" for code in rows["country"]]
    edges = [ViewEdge(f"Region:{group}", place, "part_of") for group in groups]
    edges += [ViewEdge(f"Country:{code}", f"Region:{parent[code]}", "located_in") for code in rows["country"]]
    edges += [_tie(f"Country:{code}", CNRS, projects, agreements) for code, projects, agreements in rows.iter_rows()]
    counts: Counts = {
        f"Country:{code}": (projects, agreements, None) for code, projects, agreements in rows.iter_rows()
    }
    companions = [CNRS, *(f"Region:{group}" for group in groups)]
    return Found(keys, edges, len(keys), counts, companions=companions)


def _anything(asked: Asked) -> Found:
    found = branches.READERS.get(asked.label, branches.generic)(asked)
    counted = asked.counted
    counts = _counts(counted.partners().filter(pl.col("actor").is_in(list(found.keys))))
    if asked.label == "Lab":
        working = counted.works.filter(pl.col("lab") == asked.id).select("institution", "full")
        for body, works in working.iter_rows():
            projects, agreements, _ = counts.get(f"Institution:{body}", (None, None, None))
            counts[f"Institution:{body}"] = (projects, agreements, works)
    return replace(found, counts=counts)


_READERS: Final[dict[str, Callable[[Asked], Found]]] = {
    "Country": _country,
    "Institution": _institution,
    "Region": _region,
}


def _shared_out(limit: int, main: Sequence[str], agreements: Sequence[str], labs: Sequence[str]) -> list[str]:
    """Give agreements and labs their share of the room, the strongest partners the rest."""
    room = max(limit - len(main), 0)
    some = list(agreements[: max(AGREEMENTS * limit // LIMIT, room)])
    few = list(labs[: max(LABS * limit // LIMIT, room - len(some))])
    first = list(main[: limit - len(some) - len(few)])
    return [*first, *some, *few]


def _works_in(counted: Scoped, partners: list[str], country: str) -> pl.DataFrame:
    actors = counted.incidence.actors
    here = actors.filter(pl.col("country") == country, pl.col("label") == "Institution")["id"].to_list()
    kept = counted.works.filter(pl.col("institution").is_in(sorted({*partners, *here})))
    return kept.sort("full", "lab", "institution", descending=[True, False, False])


def _with_cnrs(partners: pl.DataFrame) -> list[ViewEdge]:
    return [
        _tie(actor, CNRS, projects, agreements)
        for actor, projects, agreements in partners.select("actor", "projects", "agreements").iter_rows()
        if actor != CNRS and actor.startswith("Institution:")
    ]


def _tie(a: str, b: str, projects: int, agreements: int) -> ViewEdge:
    return ViewEdge(a, b, "projects", projects) if projects else ViewEdge(a, b, "agreements", agreements)


def _counts(partners: pl.DataFrame) -> Counts:
    rows: Iterable[tuple[Any, ...]] = partners.select("actor", "projects", "agreements").iter_rows()
    return {actor: (projects, agreements, None) for actor, projects, agreements in rows}
