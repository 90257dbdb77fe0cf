"""How much and how well connected an actor is: volume, status, embeddedness."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import eigsh

from graph.network.projection import Floats, Projection

_DENSE = 200
"""Components up to this size are solved densely: exact, and faster than iterating."""


def strength(projection: Projection) -> Floats:
    """Sum of tie weights, in units of the scope's weighting; under newman the events with a partner."""
    n = projection.nodes.height
    ends, weights = np.concatenate([projection.a, projection.b]), np.tile(projection.weight, 2)
    return np.bincount(ends, weights, n).astype(float)


def degree(projection: Projection) -> Floats:
    """Number of distinct partners."""
    n = projection.nodes.height
    return np.bincount(np.concatenate([projection.a, projection.b]), minlength=n).astype(float)


def pagerank(projection: Projection) -> Floats:
    """Weighted PageRank, damping 0.85, summing to 1 (Brin & Page 1998)."""
    if projection.nodes.is_empty():
        return np.zeros(0)
    return np.array(projection.igraph.pagerank(weights="weight", damping=0.85))


def eigenvector(projection: Projection) -> Floats:
    """Weighted eigenvector centrality within each connected component, Euclidean norm 1 (Bonacich 1987).

    Values of two components are not comparable. nan for an actor without a tie.
    """
    values = np.full(projection.nodes.height, np.nan)
    if projection.edges.is_empty():
        return values
    adjacency = projection.adjacency
    _, component = csgraph.connected_components(adjacency, directed=False)
    order = np.argsort(component, kind="stable")
    for vertices in np.split(order, np.flatnonzero(np.diff(component[order])) + 1):
        if len(vertices) > 1:
            values[vertices] = _leading(adjacency[vertices][:, vertices])
    return values


def core(projection: Projection) -> Floats:
    """Largest k whose k-core holds the actor, ties unweighted (Seidman 1983)."""
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
