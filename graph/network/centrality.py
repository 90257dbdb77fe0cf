"""How much and how well connected an actor is: volume, status, embeddedness."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import eigsh

from graph.network.projection import Floats, Projection

_DENSE = 200
"""Components up to this size are solved densely: exact, and faster than iterating."""


def strength(projection: Projection) -> Floats:
    """Sum of tie weights s_i = sum over j of w_ij (Barrat et al. 2004, PNAS 101, 3747).

    In units of the scope's weighting; under newman the number of events with a partner.

    Returns:
        By vertex; 0 for an actor without a tie, empty for an empty network.
    """
    n = projection.nodes.height
    weight = projection.weight
    return (np.bincount(projection.a, weight, n) + np.bincount(projection.b, weight, n)).astype(float)


def degree(projection: Projection) -> Floats:
    """Number of distinct partners k_i, whatever the weight of the ties (Freeman 1978, Social Networks 1, 215).

    Returns:
        By vertex, in partners, not divided by n - 1; 0 for an actor without a tie, empty for an empty network.
    """
    partners: Floats = np.diff(projection.adjacency.indptr).astype(float)
    return partners


def pagerank(projection: Projection) -> Floats:
    """Weighted PageRank p_i = (1 - d)/n + d · sum over j of (w_ij/s_j) p_j, d = 0.85 (Brin & Page 1998).

    Computer Networks 30, 107. An actor without a tie has nowhere to go on to: who is there leaps to anybody, itself
    included. Scaling all weights changes nothing.

    Returns:
        By vertex, a share; sums to 1. Where nobody has a tie all have 1/n. Empty for an empty network.
    """
    if projection.nodes.is_empty():
        return np.zeros(0)
    return np.array(projection.igraph.pagerank(weights="weight", damping=0.85))


def eigenvector(projection: Projection) -> Floats:
    """Weighted eigenvector centrality λ x_i = sum over j of w_ij x_j, λ the largest (Bonacich 1972).

    J. Math. Sociol. 2, 113. Within each connected component, Euclidean norm 1 there: values of two components are not
    comparable. Scaling all weights changes nothing.

    Returns:
        By vertex, from 0 to 1; nan for an actor without a tie, empty for an empty network.
    """
    values = np.full(projection.nodes.height, np.nan)
    if projection.edges.is_empty():
        return values
    adjacency = projection.adjacency
    pieces = projection.pieces
    order = np.argsort(pieces, kind="stable")
    for vertices in np.split(order, np.flatnonzero(np.diff(pieces[order])) + 1):
        if len(vertices) > 1:
            values[vertices] = _leading(adjacency[vertices][:, vertices])
    return values


def core(projection: Projection) -> Floats:
    """Largest k whose k-core holds the actor, ties unweighted (Seidman 1983, Social Networks 5, 269).

    The k-core is the largest group of actors each of whom has k partners or more within it.

    Returns:
        By vertex, in partners; 0 for an actor without a tie, empty for an empty network.
    """
    return np.array(projection.igraph.coreness(), dtype=float)


def _leading(adjacency: sparse.csr_array) -> Floats:
    size = adjacency.shape[0]
    if size <= _DENSE:
        vector = np.linalg.eigh(adjacency.toarray())[1][:, -1]
    else:
        # A fixed start, for the same figures every time.
        vector = eigsh(adjacency, k=1, which="LA", v0=np.ones(size))[1][:, 0]
    positive: Floats = np.abs(vector)
    return positive
