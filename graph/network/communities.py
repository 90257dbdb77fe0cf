"""Which actors work among themselves: Leiden blocks, seeded, with their stability."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from typing import Final

import igraph as ig
import numpy as np

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
    _, first, block, sizes = np.unique(membership, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes))
    rank[np.lexsort((first, -sizes))] = np.arange(1, len(sizes) + 1)
    values = rank[block]
    values[~tied] = np.nan
    modularity = float(projection.igraph.modularity(membership, weights="weight"))
    return Blocks(values, modularity, int((sizes > 1).sum()), membership)


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
