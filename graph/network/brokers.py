"""Who stands between two countries: paths from the bodies of one to those of the other, and joint events with both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from graph.errors import BadRequest
from graph.network import paths
from graph.network.answer import ACTOR, Analysis, Answer, Column, Parameter, Picture
from graph.network.bipartite import Bipartite, Flags, bipartite
from graph.network.caveats import caveats
from graph.network.incidence import Incidence
from graph.network.paths import Skeleton, dependencies, standard_error, with_pendants
from graph.network.projection import Floats, Ints, Projection, places_in, project
from graph.network.scope import Scope

BUDGET: Final = 120_000_000
"""Sources times ties walked before sources are sampled: about six seconds on one core; nearly all pairs take one."""

_COLUMNS: Final = (
    *ACTOR,
    Column("role", "word"),
    Column("pairs_share", "percent", 1),
    Column("pairs", decimals=1),
    Column("with_a"),
    Column("with_b"),
    Column("with_both"),
)


@dataclass(frozen=True, eq=False)
class Between:
    """How many pairs of two groups each vertex lies between.

    Attributes:
        pairs: by vertex, a pair with several shortest paths counting for the part that runs through it.
        joined: pairs with any path between them; the most a vertex can lie between.
        sources: vertices the paths were walked from; of the group that takes fewer walks.
        bound: error no `pairs / joined` exceeds with probability `paths.CONFIDENCE`, for all at once; 0 if exact.
        error: largest standard error of a `pairs / joined` observed; 0 if exact.
    """

    pairs: Floats
    joined: int
    sources: int
    bound: float = 0.0
    error: float = 0.0


def between(projection: Projection, first: Flags, second: Flags, budget: float = BUDGET) -> Between:
    """Betweenness over the pairs of one vertex of each group alone, ties 1/w long.

    Sum over s in `first`, t in `second` of the share of shortest s-t paths through a vertex that is neither of them
    (a variant in Brandes 2008, Soc. Networks 30, 136); twice networkx's `betweenness_centrality_subset` without
    normalisation, which halves undirected pairs. Past `budget`, sources are drawn without replacement with a fixed
    seed and the sum is scaled up.

    Args:
        projection: the network; may be empty or disconnected.
        first: by vertex.
        second: by vertex; no vertex is in both.
        budget: sources times ties to walk at most.
    """
    n = projection.nodes.height
    joined = _joined(projection, first, second)
    if not joined:
        return Between(np.zeros(n), 0, 0)
    bones = paths.skeleton(projection)
    if len(np.unique(bones.unit[first])) > len(np.unique(bones.unit[second])):
        first, second = second, first
    graph, lengths, _ = with_pendants(bones)
    walker = graph, lengths, _targets(bones, second)
    sources = np.flatnonzero(first)
    population = len(sources)
    walks = len(np.unique(bones.unit[sources])) * graph.ecount()
    wanted = population if walks <= budget else max(paths.BATCHES, int(budget / walks * population))
    if wanted >= population:
        return Between(_pairs(bones, walker, sources), joined, population)
    drawn = np.array_split(np.random.default_rng(paths.SEED).permutation(sources)[:wanted], paths.BATCHES)
    parts = np.array([_pairs(bones, walker, part) for part in drawn])
    per_source = parts / np.array([len(part) for part in drawn])[:, None] * population
    error = float(standard_error(per_source, wanted, population).max()) / joined
    bound = paths.hoeffding(n, wanted, population) * population * int(second.sum()) / joined
    return Between(parts.sum(axis=0) * population / wanted, joined, wanted, bound, error)


def met(shape: Bipartite, first: Flags, second: Flags) -> pl.DataFrame:
    """Count each actor's events with another body of one group, of the other, and of both at once.

    Returns:
        `key`, `with_a`, `with_b`, `with_both`, in the order of `shape.nodes`. Joint works are no events.
    """
    groups = (first, second)
    there = [shape.matrix @ group.astype(float) for group in groups]
    # A tie counts if one end lies in the scope's places; a group, being of one country, does as a whole or not at all.
    counts = [shape.within | (group.any() and bool(shape.within[group].all())) for group in groups]

    def events(needed: tuple[int, ...]) -> Floats:
        """Events where each wanted group has another member, for actors of neither, of the first, of the second."""
        found = np.zeros(shape.nodes.height)
        for own in (None, 0, 1):
            enough = np.all([there[group] >= (2 if group == own else 1) for group in needed], axis=0)
            actors = ~first & ~second if own is None else groups[own]
            found[actors] = (shape.matrix.T @ enough.astype(float))[actors]
        found[~np.all([counts[group] for group in needed], axis=0)] = 0
        return found

    columns = {"with_a": events((0,)), "with_b": events((1,)), "with_both": events((0, 1))}
    return pl.DataFrame({"key": shape.nodes["key"], **columns}).with_columns(pl.exclude("key").cast(pl.Int64))


def brokers(incidence: Incidence, scope: Scope, b: str = "JP", a: str = "FR") -> Answer:
    """Rank who stands between the bodies of two countries.

    The role is that of Gould & Fernandez (1989, Sociological Methodology 19, 89) for a path from A to B, whose ends lie
    in two groups: of the five roles there, `representative` (broker of A), `gatekeeper` (of B) and `liaison` (of a
    third country) are the possible ones. Null where the broker's country is unknown.

    Args:
        incidence: the store's ties.
        scope: the network the paths run in.
        b: country at one end.
        a: country at the other.

    Returns:
        Whoever lies between a pair or has an event with both, by share of pairs; empty where no pair is joined and
        nobody meets both.

    Raises:
        BadRequest: both are one country, or the graph has no such country.
    """
    if a == b:
        raise BadRequest.of("refused.both_sides", country=a)
    places_in(incidence, replace(scope, countries=(a, b)))
    projection, shape = project(incidence, scope), bipartite(incidence, scope)
    first, second = _of(projection.nodes, a), _of(projection.nodes, b)
    found = between(projection, first, second)
    table = (
        projection.nodes.with_columns(pl.Series("pairs", found.pairs))
        .join(met(shape, _of(shape.nodes, a), _of(shape.nodes, b)), on="key", how="left")
        .filter((pl.col("pairs") > 1e-9) | (pl.col("with_both") > 0))
        .with_columns(
            (pl.col("pairs") / found.joined if found.joined else pl.lit(None, pl.Float64)).alias("pairs_share"),
            pl.when(pl.col("country") == a)
            .then(pl.lit("representative"))
            .when(pl.col("country") == b)
            .then(pl.lit("gatekeeper"))
            .when(pl.col("country").is_not_null())
            .then(pl.lit("liaison"))
            .alias("role"),
        )
        .sort("pairs_share", "with_both", "key", descending=[True, True, False], nulls_last=True)
        .select(column.name for column in _COLUMNS)
    )
    figures: dict[str, float | int | str | None] = {
        "actors_a": int(first.sum()),
        "actors_b": int(second.sum()),
        "pairs_joined": found.joined,
        "pairs_tied": _tied(projection, first, second) / found.joined if found.joined else None,
        **_events(shape, a, b),
    }
    notes = [*caveats(incidence, projection), ("structure.brokers_paths", {})]
    if found.bound:
        figures |= {"sources": found.sources, "bound": found.bound, "error": found.error}
        notes.append(("structure.brokers_sampled", {}))
    if shape.works.height:
        notes.append(("structure.brokers_works", {}))
    if projection.nodes["country"].null_count():
        notes.append(("structure.unplaced", {"count": projection.nodes["country"].null_count()}))
    return Answer(scope, table, figures, tuple(notes))


def _of(nodes: pl.DataFrame, country: str) -> Flags:
    return (nodes["country"] == country).fill_null(value=False).to_numpy()


def _joined(projection: Projection, first: Flags, second: Flags) -> int:
    """Return how many pairs lie in one component each."""
    if not first.any() or not second.any():
        return 0
    pieces = projection.pieces
    count = int(pieces.max()) + 1
    return int(np.bincount(pieces[first], minlength=count) @ np.bincount(pieces[second], minlength=count))


def _pairs(bones: Skeleton, walker: tuple[Any, list[float], list[int]], sources: Ints) -> Floats:
    """Sum over sources of the share of each one's shortest paths to the walker's targets through each vertex."""
    times = np.bincount(bones.unit[sources], minlength=bones.size)
    found = np.zeros(len(bones.unit))
    # igraph halves each undirected pair, for from all to all it would meet it twice.
    found[bones.core] = 2 * dependencies(walker, times)[: len(bones.core)]
    return found


def _targets(bones: Skeleton, group: Flags) -> list[int]:
    """Return the walker's vertices for a group; of the actors hung on one event, all alike, as many as are in it."""
    cores = len(bones.core)
    units = bones.unit[group]
    hung = bones.many[cores:]
    wanted = np.bincount(units[units >= cores] - cores, minlength=len(hung))
    place = np.arange(hung.sum()) - np.repeat(np.cumsum(hung) - hung, hung)
    pendants = bones.size + np.flatnonzero(place < np.repeat(wanted, hung))
    return [*units[units < cores].tolist(), *pendants.tolist()]


def _tied(projection: Projection, first: Flags, second: Flags) -> int:
    a, b = projection.a, projection.b
    return int(((first[a] & second[b]) | (second[a] & first[b])).sum())


def _events(shape: Bipartite, a: str, b: str) -> dict[str, int | float | None]:
    """Return the events with bodies of both countries, and the share of them where no third one takes part."""
    first, second = (shape.matrix @ _of(shape.nodes, country).astype(float) for country in (a, b))
    both = (first > 0) & (second > 0)
    if not (shape.within[_of(shape.nodes, a) | _of(shape.nodes, b)]).any():
        both[:] = False
    alone = both & (first + second == shape.matrix.sum(axis=1))
    count = int(both.sum())
    return {"events_both": count, "events_alone": int(alone.sum()) / count if count else None}


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "brokers",
        "structure",
        brokers,
        _COLUMNS,
        (Parameter("a", "country", "FR"), Parameter("b", "country", "JP")),
        Picture("bars", "name", "pairs_share"),
        shares=("pairs_tied", "events_alone"),
    ),
)
