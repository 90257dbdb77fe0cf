"""Which actors work among themselves: Leiden blocks, seeded, with their stability."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from typing import Final

import igraph as ig
import numpy as np
import numpy.typing as npt
from scipy.sparse import csgraph

from graph.network.projection import Floats, Ints, Projection

SEED: Final = 7
_OTHER_SEEDS: Final = (11, 13, 17)

RANDOM: Final = threading.Lock()
"""igraph draws from one generator for the whole process: whoever seeds it holds this."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """A partition.

    Attributes:
        values: block by vertex, 1 the largest; nan for an actor without a tie.
        modularity: weighted modularity of the partition.
        count: blocks of two actors and more.
        membership: block by vertex as the algorithm numbered it.
    """

    values: Floats
    modularity: float
    count: int
    membership: Ints


def blocks(projection: Projection) -> Blocks:
    """Partition by the Leiden algorithm on weighted modularity (Traag, Waltman & van Eck 2019), seed fixed."""
    return projection.memo("blocks", _blocks)


def community(projection: Projection) -> Floats:
    """Block of each actor, numbered by size from 1; equal sizes by their first key. nan without a tie."""
    return blocks(projection).values


def component(projection: Projection) -> Floats:
    """Connected component of each actor, ties unweighted, numbered as blocks are; an actor without a tie is its own."""
    if projection.nodes.is_empty():
        return np.zeros(0)
    return by_size(csgraph.connected_components(projection.adjacency, directed=False)[1].astype(float))


def by_size(groups: Floats, kept: npt.NDArray[np.bool_] | None = None) -> Floats:
    """Number groups by size from 1, equal sizes by their first member; nan for who is not `kept`."""
    _, first, group, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes))
    rank[np.lexsort((first, -sizes))] = np.arange(1, len(sizes) + 1)
    values = rank[group]
    if kept is not None:
        values[~kept] = np.nan
    return values


def modularity(projection: Projection, groups: Floats) -> float:
    """Weighted modularity (Newman 2004) of groups by vertex; nan is a group of its own. 0 without ties."""
    if projection.edges.is_empty():
        return 0.0
    alone = np.isnan(groups)
    numbered = np.where(alone, np.arange(len(groups)) + np.nanmax(groups, initial=0) + 1, groups)
    membership = np.unique(numbered, return_inverse=True)[1]
    return float(projection.igraph.modularity(membership, weights="weight"))


def stability(projection: Projection) -> float:
    """Mean normalised mutual information of the partition with those of three other seeds; 1 means the same."""
    return projection.memo("stability", _stability)


def _stability(projection: Projection) -> float:
    found = blocks(projection)
    if not found.count:
        return 1.0
    others = [_leiden(projection, seed) for seed in _OTHER_SEEDS]
    return float(np.mean([ig.compare_communities(found.membership, other, method="nmi") for other in others]))


def _blocks(projection: Projection) -> Blocks:
    n = projection.nodes.height
    tied = np.zeros(n, dtype=bool)
    tied[projection.a] = True
    tied[projection.b] = True
    if not tied.any():
        return Blocks(np.full(n, np.nan), 0.0, 0, np.arange(n))
    membership = _leiden(projection, SEED)
    values = by_size(membership.astype(float), tied)
    count = int((np.unique(membership, return_counts=True)[1] > 1).sum())
    return Blocks(values, modularity(projection, values), count, membership)


def _leiden(projection: Projection, seed: int) -> Ints:
    with RANDOM:
        ig.set_random_number_generator(random.Random(seed))  # noqa: S311 - a partition needs no secret
        try:
            found = projection.igraph.community_leiden(
                objective_function="modularity", weights="weight", n_iterations=5
            )
        finally:
            ig.set_random_number_generator(random)
    return np.array(found.membership, dtype=np.int64)
