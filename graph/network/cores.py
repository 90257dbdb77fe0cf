"""Who stays in the network as it is peeled: cores by strength."""

from __future__ import annotations

from typing import Final

import numpy as np

from graph.network.centrality import strength
from graph.network.projection import Floats, Ints, Projection

_CLOSE: Final = 1e-9
"""Relative difference below which two strengths are one, for sums of thirds are not exact."""


def strength_core(projection: Projection) -> Floats:
    """Largest s for which an actor stays in a group where each has strength s or more within it.

    The s-core decomposition (Eidsaa & Almaas 2013, PRE 88, 062819), a generalised core by weight (Batagelj & Zaveršnik
    2011): whoever has least strength among those left goes, until nobody is left; with all weights 1 it is the k-core.
    Scaling all weights scales the values.

    Returns:
        By vertex, in units of the scope's weighting; 0 without a tie.
    """
    adjacency = projection.adjacency
    starts, partners, weights = adjacency.indptr, adjacency.indices, adjacency.data
    left = strength(projection)
    values, level = np.zeros(len(left)), 0.0
    # All that fall at one level fall together: some thousands of rounds, of array work each.
    while len(left) and np.isfinite(lowest := left.min()):
        level = max(level, float(lowest))
        gone = np.flatnonzero(left <= level * (1 + _CLOSE))
        values[gone], left[gone] = level, np.inf
        ties = _stretches(starts[gone], starts[gone + 1])
        left -= np.bincount(partners[ties], weights[ties], len(left))
    return values


def _stretches(starts: Ints, ends: Ints) -> Ints:
    """Return the numbers from each start up to its end, one stretch after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    numbers: Ints = np.arange(lengths.sum()) + np.repeat(starts - before, lengths)
    return numbers
