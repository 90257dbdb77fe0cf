"""Which actors work among themselves: Leiden blocks, seeded, with their stability."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from typing import Final

import igraph as ig
import numpy as np
import numpy.typing as npt

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
    """Partition by the Leiden algorithm on weighted modularity (Traag, Waltman & van Eck 2019), seed fixed.

    Sci. Rep. 9, 5233; the modularity is that of `modularity`. Made once a projection. An actor without a tie is in no
    block; without any tie there is none, and the modularity is 0.
    """
    return projection.memo("blocks", _blocks)


def community(projection: Projection) -> Floats:
    """Block of each actor, numbered by size from 1; equal sizes by their first key. nan without a tie."""
    return blocks(projection).values


def component(projection: Projection) -> Floats:
    """Connected component of each actor: whom some path of ties joins (Hopcroft & Tarjan 1973, Comm. ACM 16, 372).

    Ties are unweighted.

    Returns:
        By vertex, numbered by size from 1 as blocks are; an actor without a tie is one of its own. Empty for an empty
        network.
    """
    return by_size(projection.pieces)


def by_size(groups: Floats | Ints, kept: npt.NDArray[np.bool_] | None = None) -> Floats:
    """Number groups by size from 1, equal sizes by their first member; nan for who is not `kept`."""
    _, first, group, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes))
    rank[np.lexsort((first, -sizes))] = np.arange(1, len(sizes) + 1)
    values = rank[group]
    if kept is not None:
        values[~kept] = np.nan
    return values


def modularity(projection: Projection, groups: Floats) -> float:
    """Weighted modularity of groups by vertex (Newman 2004, PRE 70, 056131); nan is a group of its own. 0 without ties.

    Q = 1/2m · sum over i, j of (w_ij - s_i s_j/2m) within groups, 2m being the sum of all s_i; 1 at most, and 0 for one
    group of all.
    """
    if projection.edges.is_empty():
        return 0.0
    alone = np.isnan(groups)
    numbered = np.where(alone, np.arange(len(groups)) + np.nanmax(groups, initial=0) + 1, groups)
    membership = np.unique(numbered, return_inverse=True)[1]
    return float(projection.igraph.modularity(membership, weights="weight"))


def stability(projection: Projection) -> float:
    """Mean normalised mutual information of the partition with those of three other seeds; 1 means the same.

    2 I(X, Y)/(H(X) + H(Y)) of the blocks X and Y two seeds give an actor (Danon et al. 2005, J. Stat. Mech., P09008);
    1 as well where there is no block of two.
    """
    return projection.memo("stability", _stability)


def others(projection: Projection) -> list[Ints]:
    """Partitions by the same algorithm from three other seeds, as it numbered them; none without ties.

    Made once a projection.
    """
    seeds = () if projection.edges.is_empty() else _OTHER_SEEDS
    return projection.memo("others", lambda one: [_leiden(one, seed) for seed in seeds])


def _stability(projection: Projection) -> float:
    found = blocks(projection)
    if not found.count:
        return 1.0
    compared = [ig.compare_communities(found.membership, other, method="nmi") for other in others(projection)]
    return float(np.mean(compared))


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
