"""How far two computations of one measure agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import igraph as ig
import numpy as np
from scipy.stats import spearmanr

from graph.network.projection import Floats, Ints

PARTITIONS: Final = frozenset({"community", "component"})
"""Measures whose values are names of groups: they have no rank and no difference."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two columns of one measure, compared over the same actors.

    Attributes:
        measure: its name.
        actors: how many were compared.
        spearman: rank correlation, ties sharing their mean rank (Spearman 1904); None for a
            partition, and where a column has one value only.
        difference: largest absolute difference; None for a partition.
        information: normalised mutual information (Danon et al. 2005) of two partitions, 1 the same; else None.
    """

    measure: str
    actors: int
    spearman: float | None = None
    difference: float | None = None
    information: float | None = None


def agreement(measure: str, one: Floats, other: Floats) -> Agreement:
    """Compare a measure computed twice; an actor for whom neither has a value is left out.

    Raises:
        ValueError: the columns differ in length, or only one of them has a value for an actor.
    """
    if one.shape != other.shape or not np.array_equal(np.isnan(one), np.isnan(other)):
        raise ValueError(f"{measure}: the two columns are not over the same actors")
    held = ~np.isnan(one)
    one, other = one[held], other[held]
    if measure in PARTITIONS:
        same = ig.compare_communities(_blocks(one), _blocks(other), method="nmi") if len(one) else 1.0
        return Agreement(measure, len(one), information=float(same))
    difference = float(np.abs(one - other).max(initial=0))
    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return Agreement(measure, len(one), difference=difference)
    return Agreement(measure, len(one), float(spearmanr(one, other).statistic), difference)


def _blocks(values: Floats) -> Ints:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
