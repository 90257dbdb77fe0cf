"""Measures of a network whose projects and agreements are drawn anew many times, without projecting any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import igraph as ig
import numpy as np
import polars as pl
from scipy.stats import rankdata

from graph.errors import BadRequest
from graph.i18n import number
from graph.network import paths
from graph.network.bipartite import Bipartite
from graph.network.projection import Floats, Ints

DRAWS: Final = 200
SEED: Final = 7

_DAMPING: Final = 0.85
_CLOSE: Final = 1e-7
"""Change of a draw's PageRanks, summed, at which its walk stops."""

_BATCH: Final = 50
"""Draws held at once: 50 of 36,000 actors are 14 MB a matrix."""


def ranks(shape: Bipartite, measure: str, draws: int = DRAWS, seed: int = SEED) -> Ints:
    """Return the rank of each actor in each draw of as many events as there are, with replacement (Efron 1979).

    Args:
        shape: who took part in what. Joint works, known as counts alone, stay as they are in every draw.
        measure: one of `MEASURES`.
        draws: number of draws.
        seed: of the draws.

    Returns:
        Actors by draws; 1 is the best, equal values share it. Who has no event in a draw ranks last.

    Raises:
        BadRequest: there is no such measure here, or it would take minutes.
    """
    if measure not in MEASURES:
        raise BadRequest.of("refused.not_on_draws", name=measure, measures=", ".join(MEASURES))
    times = drawn(shape.events.height, draws, seed)
    found = np.empty((shape.nodes.height, draws), dtype=np.int64)
    for start in range(0, draws, _BATCH):
        batch = slice(start, start + _BATCH)
        found[:, batch] = rankdata(-MEASURES[measure](shape, times[:, batch]), method="min", axis=0)
    return found


def drawn(events: int, draws: int, seed: int) -> Floats:
    """Return how many times each event comes up, events by draws; a draw adds up to the number of events."""
    if not events:
        return np.zeros((0, draws))
    return np.random.default_rng(seed).multinomial(events, np.full(events, 1 / events), size=draws).T.astype(float)


def strength(shape: Bipartite, times: Floats) -> Floats:
    """Sum of tie weights where each event counts so many times; actors by draws."""
    return shape.strength(times)


def degree(shape: Bipartite, times: Floats) -> Floats:
    """Number of distinct partners where each event counts so many times; actors by draws."""
    n = shape.nodes.height
    columns = [np.bincount(np.concatenate([a, b]), minlength=n) for a, b, _ in _networks(shape, times)]
    return np.column_stack(columns).astype(float)


def pagerank(shape: Bipartite, times: Floats) -> Floats:
    """Weighted PageRank, damping 0.85 (Brin & Page 1998), where each event counts so many times; actors by draws.

    A step goes from actors to their events and back, for all draws at once; who is tied to nobody leaps anywhere.
    """
    n, draws = shape.nodes.height, times.shape[1]
    if not n:
        return np.zeros((0, draws))
    took_part, works = shape.matrix, shape.joint_works("weight")
    weighted = times * shape.events["weight"].to_numpy()[:, None]
    itself = took_part.T @ weighted
    outside = ~shape.within[:, None]

    def step(x: Floats) -> Floats:
        reached: Floats = took_part.T @ (weighted * (took_part @ x)) - itself * x + works @ x
        if outside.any():
            # Two actors outside the scope's places are not tied, though they meet in an event.
            apart = np.where(outside, x, 0)
            reached -= np.where(outside, took_part.T @ (weighted * (took_part @ apart)) - itself * apart, 0)
        return reached

    strength = shape.strength(times)
    tied = strength > 0
    share = np.divide(1, strength, out=np.zeros_like(strength), where=tied)
    found, change = np.full((n, draws), 1 / n), np.inf
    while change > _CLOSE:
        leaping = 1 - _DAMPING * (found * tied).sum(axis=0)
        new = _DAMPING * step(found * share) + leaping / n
        change = np.abs(new - found).sum(axis=0).max()
        found = new
    return found


def betweenness(shape: Bipartite, times: Floats) -> Floats:
    """Number of pairs an actor lies between, ties 1/w long (Freeman 1977), where each event counts so many times.

    Raises:
        BadRequest: the network is so large that the draws would take minutes.
    """
    n = shape.nodes.height
    if n * shape.joint.nnz * times.shape[1] > paths.BUDGET * _BATCH:
        raise BadRequest.of("refused.too_many_paths", count=partial(number, n))
    columns = [
        ig.Graph(n, np.column_stack([a, b])).betweenness(weights=(1 / weight).tolist())
        for a, b, weight in _networks(shape, times)
    ]
    return np.column_stack(columns)


MEASURES: Final[dict[str, Callable[[Bipartite, Floats], Floats]]] = {
    "strength": strength,
    "degree": degree,
    "pagerank": pagerank,
    "betweenness": betweenness,
}


def _networks(shape: Bipartite, times: Floats) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Give the ties of each draw: two ends and the weight, those of weight 0 left out."""
    rows = pl.DataFrame({"event": shape.event, "a": shape.actor})
    pairs = rows.join(rows.rename({"a": "b"}), on="event").filter(pl.col("a") < pl.col("b"))
    pairs = pairs.filter(pl.Series(shape.within[pairs["a"].to_numpy()] | shape.within[pairs["b"].to_numpy()]))
    ends = pl.min_horizontal("lab", "institution").alias("a"), pl.max_horizontal("lab", "institution").alias("b")
    # A joint work stands as an event of two that comes up once in every draw.
    works = shape.works.select((shape.events.height + pl.int_range(pl.len())).alias("event"), *ends)
    ties = pl.concat([pairs.select("event", "a", "b"), works]).sort("a", "b", "event")
    starts = np.flatnonzero((ties["a"].diff().fill_null(1) != 0) | (ties["b"].diff().fill_null(1) != 0))
    a, b, event = (ties[name].to_numpy() for name in ("a", "b", "event"))
    each = np.concatenate([shape.events["weight"].to_numpy(), shape.works["weight"].to_numpy()])[event]
    once = np.ones(shape.works.height)
    for draw in times.T:
        weight = np.add.reduceat(np.concatenate([draw, once])[event] * each, starts) if len(starts) else np.zeros(0)
        found = weight > 0
        yield a[starts][found], b[starts][found], weight[found]
