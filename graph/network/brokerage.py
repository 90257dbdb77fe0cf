"""Who stands between others: betweenness, Burt's constraint and effective size; and who is near to all."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse

from graph.network import paths
from graph.network.paths import Estimate
from graph.network.projection import Floats, Projection

_HUBS: Final = 100
"""Actors of most partners: their part in a constraint is added tie by tie, a sparse product would be dense in them."""


def betweenness(projection: Projection) -> Estimate:
    """Share of unordered pairs whose shortest path runs through an actor (Freeman 1977), ties 1/w long.

    Exact on networks that can be walked in seconds (one framework programme), else
    estimated from sampled sources; `measure_info` says which, and how far off (see `paths.betweenness`).
    """
    return projection.memo("betweenness", paths.betweenness)


def harmonic(projection: Projection) -> Estimate:
    """Sum of inverse distances to all others, ties 1/w long; an actor out of reach adds 0 (Marchiori & Latora 2000)."""
    return projection.memo("harmonic", paths.harmonic)


def constraint(projection: Projection) -> Floats:
    """Burt's constraint, sum over partners j of (p_ij + sum_q p_iq p_qj)² (Burt 1992); low means broker.

    p_ij is the share of i's tie weight that goes to j. nan for an actor without a
    tie, for whom it is undefined.
    """
    n = projection.nodes.height
    if projection.edges.is_empty():
        return np.full(n, np.nan)
    adjacency = projection.adjacency
    strength = adjacency.sum(axis=1)
    share = (sparse.diags_array(np.divide(1, strength, out=np.zeros(n), where=strength > 0)) @ adjacency).tocsr()
    # Actors of one and the same event have the same constraint: one stands for all.
    unit = paths.skeleton(projection).unit
    own = share[np.unique(unit, return_index=True)[1]]
    partners = own.tocoo()
    invested = partners.data.copy()
    by_partner = own.tocsc()
    hubs = np.argsort(-np.diff(share.indptr), kind="stable")[:_HUBS]
    for hub in hubs:
        invested += by_partner[:, [hub]].toarray()[partners.row, 0] * share[[hub]].toarray()[0, partners.col]
    others = sparse.diags_array(np.isin(np.arange(n), hubs, invert=True).astype(float))
    indirect = _without_zeros(own @ others) @ _without_zeros(others @ share)
    direct = sparse.coo_array((invested, (partners.row, partners.col)), shape=own.shape).tocsr()
    total = direct + indirect.multiply(direct.astype(bool))
    values: Floats = total.power(2).sum(axis=1)[unit]
    values[strength == 0] = np.nan
    return values


def effective_size(projection: Projection) -> Floats:
    """Burt's effective size, k - 2t/k of k partners with t ties among them (Burt 1992), unweighted.

    Close to k it tells a broker.

    The formula is Borgatti's (1997, Connections 20(1), 35), which is Burt's own where all ties are alike. Partners tied
    to each other reach the same others and count for less: k partners none of whom knows another have effective size
    k, those of a clique 1. The scope's weighting matters only for the joint works it leaves out.

    Returns:
        By vertex, a number of partners from 1 to k; nan for an actor without a partner, for whom it is undefined. Empty
        for an empty network.
    """
    partners = np.array(projection.igraph.degree(), dtype=float)
    # Clustering is t of the k(k - 1)/2 pairs of partners, so 2t/k = (k - 1) clustering; one partner has no pair.
    clustering = np.array(projection.igraph.transitivity_local_undirected(mode="zero"), dtype=float)
    return np.where(partners > 0, partners - (partners - 1) * clustering, np.nan)


def _without_zeros(matrix: sparse.csr_array) -> sparse.csr_array:
    matrix = matrix.tocsr()
    matrix.eliminate_zeros()
    return matrix
