"""How ties mix across groups: shares of weight, participation, E-I index, assortativity, and groups found again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from scipy import sparse

from graph.network.projection import Floats, Ints, Projection

_CLOSE: Final = 1e-9
"""Relative difference below which two values are one, for sums of thirds are not exact."""


def numbered(places: pl.Series) -> Ints:
    """Return each value as the number of its group, from 0 in their order; -1 where it is unknown."""
    return places.rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1


def shares(projection: Projection, groups: Ints) -> sparse.csr_array:
    """Return the tie weight of each vertex with each group, vertices by groups.

    Args:
        projection: the network.
        groups: group by vertex, numbered from 0; -1 for a vertex of none, whose ties are in no column.
    """
    inside = np.flatnonzero(groups >= 0)
    shape = (len(groups), int(groups.max(initial=-1)) + 1)
    members = sparse.csr_array((np.ones(len(inside)), (inside, groups[inside])), shape=shape)
    return (projection.adjacency @ members).tocsr()


def participation(weights: sparse.csr_array) -> Floats:
    """Participation coefficient 1 - sum over c of (s_ic/s_i)² (Guimerà & Amaral 2005, Nature 433, 895).

    0 where all ties lead into one group, near 1 - 1/C where they are spread evenly over C. Weights may be scaled.

    Args:
        weights: tie weight of each vertex with each group; s_i is its sum, so ties with nobody of a group do not count.

    Returns:
        By vertex; nan without a tie.
    """
    total = weights.sum(axis=1)
    squares = weights.power(2).sum(axis=1)
    found: Floats = 1 - np.divide(squares, total**2, out=np.full(len(total), np.nan), where=total > 0)
    return np.clip(found, 0, 1)


def ei_index(external: Floats, internal: Floats) -> Floats:
    """E-I index (E - I)/(E + I) of ties to others and to one's own group (Krackhardt & Stern 1988).

    Soc. Psychol. Q. 51, 123. Here of tie weights; -1 all inward, 1 all outward, nan without either.
    """
    both = external + internal
    found: Floats = np.divide(external - internal, both, out=np.full(len(both), np.nan), where=both > 0)
    return found


def recovery(groups: Ints, others: Sequence[Ints]) -> Floats:
    """How well each group is found again in other partitions: mean over them of its largest Jaccard similarity.

    1 means the same members each time; under 0.5 the group has dissolved (Hennig 2007, Comput. Stat. Data Anal. 52,
    258, there over resamples).

    Args:
        groups: group by vertex, numbered from 0 without gaps; -1 is left out, here and in the others.
        others: further partitions of the same vertices.
    """
    kept = groups >= 0
    sizes = np.bincount(groups[kept])
    found = np.zeros(len(sizes))
    for other in others:
        again = np.unique(other[kept], return_inverse=True)[1]
        joint = sparse.coo_array((np.ones(len(again)), (groups[kept], again))).tocsr().tocoo()
        union = sizes[joint.row] + np.bincount(again)[joint.col] - joint.data
        best = np.zeros(len(sizes))
        np.maximum.at(best, joint.row, joint.data / union)
        found += best / len(others)
    return found


def degree_assortativity(projection: Projection, values: Floats) -> float | None:
    """Correlation of a value at the two ends of a tie, each tie taken both ways (Newman 2002, PRL 89, 208701).

    With degrees it is networkx's `degree_assortativity_coefficient`, with strengths the one with `weight`.

    Args:
        projection: the network.
        values: by vertex, such as degrees.

    Returns:
        From -1 to 1; None without ties or where all ends have one value.
    """
    x = np.concatenate([values[projection.a], values[projection.b]])
    y = np.concatenate([values[projection.b], values[projection.a]])
    if len(x) == 0 or np.ptp(x) <= _CLOSE * np.abs(x).max():
        return None
    return float(np.corrcoef(x, y)[0, 1])


def group_assortativity(projection: Projection, groups: Ints) -> float | None:
    """Do ties stay among their kind: (sum e_cc - sum a_c²)/(1 - sum a_c²) (Newman 2003, PRE 67, 026126), unweighted.

    e_cd is the share of tie ends that join group c to d, a_c the share that lies in c. As networkx's
    `attribute_assortativity_coefficient`, over ties whose two ends have a known group.

    Args:
        projection: the network.
        groups: by vertex, numbered from 0; -1 where unknown.

    Returns:
        1 all inside, 0 as by chance; None without such a tie or where all ends are of one group.
    """
    first, second = placed(projection, groups)
    if not len(first):
        return None
    ends = np.bincount(np.concatenate([first, second])) / (2 * len(first))
    chance = float((ends**2).sum())
    return None if chance > 1 - _CLOSE else (float((first == second).mean()) - chance) / (1 - chance)


def placed(projection: Projection, groups: Ints) -> tuple[Ints, Ints]:
    """Return the groups at both ends of each tie where both are known.

    Args:
        projection: the network.
        groups: by vertex, numbered from 0; -1 where unknown.
    """
    first, second = groups[projection.a], groups[projection.b]
    known = (first >= 0) & (second >= 0)
    return first[known], second[known]
