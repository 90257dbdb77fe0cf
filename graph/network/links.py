"""What links two actors: chains of joint projects, agreements and works, with the evidence of each step."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import igraph as ig
import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

from graph.errors import BadRequest
from graph.network.answer import Analysis, Answer, Column, Parameter, Picture
from graph.network.bipartite import Bipartite, bipartite, check_actor
from graph.network.incidence import CNRS, Incidence
from graph.network.notes import Note
from graph.network.scope import Scope

_SCHEMA: Final = {
    "path": pl.Int64,
    "step": pl.Int64,
    "strongest": pl.Boolean,
    "from": pl.String,
    "from_name": pl.String,
    "to": pl.String,
    "to_name": pl.String,
    "weight": pl.Float64,
    "joint": pl.Int64,
    "tie": pl.String,
    "via": pl.String,
    "works": pl.Int64,
    "first": pl.Int64,
    "last": pl.Int64,
}


def links(incidence: Incidence, scope: Scope, a: str, b: str, paths: int = 3, evidence: int = 3) -> Answer:
    """Find how two actors are linked: in fewest steps, and by the strongest ties.

    A lab is tied to those it shares an agreement or joint works with, and to all in a project it has a part in. The
    strongest path is the shortest where a tie of weight w is 1/w long, as for betweenness (Freeman 1977; Newman 2001,
    PRE 64, 016132); paths of equally few steps are put in that order.

    Args:
        incidence: the store's ties.
        scope: what makes a tie.
        a: where the paths start, a node key.
        b: where they end.
        paths: most paths of fewest steps.
        evidence: most joint projects and agreements of one step, the latest first.

    Returns:
        One row for each piece of evidence: `joint` projects and agreements of the step, of which `via` is one,
        or the number of joint `works` and their years. The strongest path comes last where it takes more steps. Without
        any path the table is empty and a note says so.

    Raises:
        BadRequest: `a` and `b` are the same, or one is no actor of the graph at the scope's level.
    """
    for key in (a, b):
        check_actor(incidence, scope, key)
    if a == b:
        raise BadRequest.of("refused.both_ends", actor=a)
    shape = bipartite(incidence, scope, parts=True)
    notes: list[Note] = [*shape.notes]
    weights = (shape.weights + shape.joint_works("weight")).tocsr()
    found, many, strongest = _paths(weights, shape.number(a), shape.number(b), paths)
    if not found:
        notes.append(("certainty.no_path", {}))
    if any(shape.number(CNRS) in path[1:-1] for path in found):
        notes.append(("certainty.through_cnrs", {}))
    rows = [
        {"path": number, "step": step, "strongest": path == strongest, "weight": weights[one, other], **row}
        for number, path in enumerate(found, 1)
        for step, (one, other) in enumerate(pairwise(path), 1)
        for row in _evidence(shape, one, other, evidence)
    ]
    figures: dict[str, float | int | str | None] = {"steps": len(found[0]) - 1 if found else None, "fewest": many}
    return Answer(scope, pl.DataFrame(rows, schema=_SCHEMA), figures, tuple(notes))


def _paths(
    weights: sparse.csr_array, a: int | None, b: int | None, most: int
) -> tuple[list[list[int]], int, list[int]]:
    """Return the paths to show, the number of those of fewest steps, and the strongest."""
    if a is None or b is None:
        return [], 0, []
    found, many = fewest(weights, a, b, most)
    strongest = shortest(weights, a, b)
    return found if strongest in found or not strongest else [*found, strongest], many, strongest


def fewest(weights: sparse.csr_array, a: int, b: int, most: int) -> tuple[list[list[int]], int]:
    """Return paths of fewest steps, those shortest at lengths 1/w first, and how many there are.

    Args:
        weights: actors by actors, symmetric, positive.
        a: where they start.
        b: where they end; another one.
        most: how many to return.

    Returns:
        Numbers of actors along each path, and the number of all paths of as few steps; none without a path.
    """
    steps = csgraph.dijkstra(weights, indices=[a, b], unweighted=True)
    if np.isinf(steps[0, b]):
        return [], 0
    between = np.flatnonzero(steps[0] + steps[1] == steps[0, b])
    ties = weights[between][:, between].tocoo()
    ahead = steps[0, between[ties.row]] < steps[0, between[ties.col]]
    onward = ig.Graph(len(between), np.column_stack([ties.row[ahead], ties.col[ahead]]), directed=True)
    start, end = np.searchsorted(between, [a, b]).tolist()
    found = onward.get_k_shortest_paths(start, end, most, mode="out", weights=(1 / ties.data[ahead]).tolist())
    step = sparse.csr_array((np.ones(ahead.sum()), (ties.row[ahead], ties.col[ahead])), shape=ties.shape)
    reached = np.zeros(len(between))
    reached[start] = 1
    for _ in range(int(steps[0, b])):
        reached = reached @ step
    return [between[path].tolist() for path in found], int(reached[end])


def shortest(weights: sparse.csr_array, a: int, b: int) -> list[int]:
    """Return the path that is shortest where a tie of weight w is 1/w long; empty without one."""
    lengths = sparse.csr_array((1 / weights.data, weights.indices, weights.indptr), shape=weights.shape)
    _, before = csgraph.dijkstra(lengths, indices=a, return_predecessors=True)
    path = [b]
    while path[-1] != a:
        if before[path[-1]] < 0:
            return []
        path.append(int(before[path[-1]]))
    return path[::-1]


def _evidence(shape: Bipartite, one: int, other: int, most: int) -> list[dict[str, object]]:
    """Return what ties two actors, a row each: their latest joint events, and the count of their joint works."""
    both = np.intersect1d(shape.event[shape.actor == one], shape.event[shape.actor == other])
    latest = shape.events[both].sort("last", "first", "event", descending=[True, True, False], nulls_last=True)
    works = shape.works.filter(pl.col("lab").is_in([one, other]) & pl.col("institution").is_in([one, other]))
    ends = shape.nodes[[one, other]]
    step = {
        "from": ends["key"][0],
        "from_name": ends["name"][0],
        "to": ends["key"][1],
        "to_name": ends["name"][1],
        "joint": latest.height,
    }
    events = latest.head(most).select("tie", pl.col("event").alias("via"), "first", "last").to_dicts()
    counts = works.select(
        pl.lit("copublications").alias("tie"), pl.col("full").alias("works"), "first", "last"
    ).to_dicts()
    return [step | row for row in (*events, *counts)]


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "links",
        "certainty",
        links,
        (
            Column("path"),
            Column("step"),
            Column("strongest", "flag"),
            Column("from", "key"),
            Column("from_name", "text"),
            Column("to", "key"),
            Column("to_name", "text"),
            Column("weight", decimals=2),
            Column("joint"),
            Column("tie", "word"),
            Column("via", "node"),
            Column("works"),
            Column("first", "year"),
            Column("last", "year"),
        ),
        (
            Parameter("a", "actor", required=True),
            Parameter("b", "actor", required=True),
            Parameter("paths", "count", 3, most=100),
            Parameter("evidence", "count", 3),
        ),
        Picture("network", "from", "to"),
    ),
)
