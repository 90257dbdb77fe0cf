"""How likely two actors that are not tied are to become so: scores of who stands near whom, and their joint rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl
from scipy import sparse
from scipy.stats import rankdata

from graph.network.bipartite import Bipartite, Flags
from graph.network.incidence import Incidence
from graph.network.projection import Floats, Ints

FUSION: Final = 60
"""Constant of reciprocal rank fusion, as published: first and second place are then near to each other."""

WEIGHTS: Final[Mapping[str, float]] = {"resource_allocation": 4, "affinity_gap": 1, "topic_cosine": 1}
"""What a score's rank counts for in the combined one.

Held against a later period (FP7 to H2020, H2020 to Horizon Europe; `back_test`), resource allocation alone foresees
most, at nearly every length of list. Equal weights fall below it; Adamic–Adar, which says nearly the same, is told
beside and not added.
"""


def tied(joint: sparse.csr_array) -> sparse.csr_array:
    """Return 1 where there is a tie, of a symmetric matrix of counts or weights."""
    return sparse.csr_array((np.ones(joint.nnz), joint.indices, joint.indptr), shape=joint.shape)


def components(
    incidence: Incidence,
    shape: Bipartite,
    ties: sparse.csr_array,
    egos: sparse.csr_array,
    partners: Floats,
    owners: Ints,
) -> dict[str, Floats]:
    """Return the four scores of everybody for some actors, each egos by actors, nan where unknown.

    Args:
        incidence: the store's ties, for the topics of projects.
        shape: who took part in what.
        ties: actors by actors, 1 where tied, nothing on the diagonal.
        egos: egos by actors, 1 where tied; rows of `ties`, or of one that is not in it.
        partners: number of partners of each actor.
        owners: the egos' numbers; none where they took part in nothing: affinity and topics are unknown then.
    """
    found = {
        "resource_allocation": resource_allocation(ties, egos, partners),
        "adamic_adar": adamic_adar(ties, egos, partners),
    }
    if not len(owners):
        unknown = np.full(egos.shape, np.nan)
        return found | {"affinity_gap": unknown, "topic_cosine": unknown}
    output = shape.weights.sum(axis=1)
    profiles, _ = topic_profiles(incidence, shape)
    return found | {
        "affinity_gap": affinity_gap(shape.weights[owners].toarray(), output[owners], output),
        "topic_cosine": cosine(profiles, profiles[owners]),
    }


def resource_allocation(ties: sparse.csr_array, egos: sparse.csr_array, partners: Floats) -> Floats:
    """Sum of 1/k over the common partners, k their number of partners (Zhou, Lü & Zhang 2009, EPJ B 71, 623).

    Returns:
        Egos by actors; 0 without a common partner.
    """
    return _shared(ties, egos, _inverse(partners))


def adamic_adar(ties: sparse.csr_array, egos: sparse.csr_array, partners: Floats) -> Floats:
    """Sum of 1/log k over the common partners, k their number of partners (Adamic & Adar 2003, Soc. Networks 25, 211).

    Returns:
        Egos by actors; 0 without a common partner. A common partner has two at least, so a logarithm above 0.
    """
    return _shared(ties, egos, _inverse(np.log(np.maximum(partners, 1))))


def affinity_gap(joint: Floats, of_egos: Floats, of_all: Floats) -> Floats:
    """Joint output that proportion would give less what there is, C_x·C_y/C - C_xy; the diagonal of C does not count.

    It is the difference of what the probabilistic affinity index divides (Zitt, Bassecoulard & Okubo 2000).

    Args:
        joint: C_xy, egos by actors.
        of_egos: C_x, by ego.
        of_all: C_y, by actor; sums to C.

    Returns:
        Egos by actors, in the units of C; nan for an actor without any output.
    """
    total = of_all.sum()
    expected = np.outer(of_egos, of_all) / total if total else np.zeros_like(joint)
    found: Floats = np.where(of_all > 0, expected - joint, np.nan)
    return found


def cosine(profiles: sparse.csr_array, egos: sparse.csr_array) -> Floats:
    """Cosine of profiles, egos by rows of `profiles`; nan where either has none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        lengths = np.outer(_length(egos), _length(profiles))
        found: Floats = (egos @ profiles.T).toarray() / lengths
    found[lengths == 0] = np.nan
    return found


def fused(scores: Mapping[str, Floats], candidates: Flags, weights: Mapping[str, float] = WEIGHTS) -> Floats:
    """One score of several: sum of w/(60 + rank) (reciprocal rank fusion; Cormack, Clarke & Büttcher 2009, SIGIR).

    Ranks are among an ego's candidates, best 1, equal ones at their mean; a score that is unknown adds nothing.

    Args:
        scores: by name, each egos by actors, nan where unknown.
        candidates: egos by actors.
        weights: w by name; a score without one does not count.

    Returns:
        Egos by actors, nan for those who are no candidates.
    """
    total = np.where(candidates, 0.0, np.nan)
    for name, score in scores.items():
        if name not in weights:
            continue
        known = candidates & ~np.isnan(score)
        # Those not ranked stand behind all others, where they move no rank.
        ranks = rankdata(np.where(known, -score, np.inf), axis=1)
        total += np.where(known, weights[name] / (FUSION + ranks), 0)
    return total


def topic_profiles(
    incidence: Incidence, shape: Bipartite, *, above: bool = True
) -> tuple[sparse.csr_array, pl.DataFrame]:
    """Return how many of each actor's events are about each topic.

    Args:
        incidence: the store's ties.
        shape: who took part in what.
        above: what is about a topic is about those above it, too.

    Returns:
        Actors by topics, and the rows of `incidence.topics` in the order of the columns.
    """
    topics = incidence.topics.sort("topic")
    events = shape.events.select("event", pl.row_index("e").cast(pl.Int64))
    about = incidence.subjects.join(events, on="event").select("e", "topic")
    step = about
    while above and step.height:
        step = step.join(topics, on="topic").select("e", pl.col("parent").alias("topic")).drop_nulls().unique()
        about = pl.concat([about, step])
    rows = about.unique().join(topics.select("topic", pl.row_index("t").cast(pl.Int64)), on="topic")
    subjects = sparse.csr_array(
        (np.ones(rows.height), (rows["e"].to_numpy(), rows["t"].to_numpy())), shape=(shape.events.height, topics.height)
    )
    return (shape.matrix.T @ subjects).tocsr(), topics


def _shared(ties: sparse.csr_array, egos: sparse.csr_array, worth: Floats) -> Floats:
    found: Floats = (egos @ sparse.diags_array(worth) @ ties).toarray()
    return found


def _inverse(values: Floats) -> Floats:
    found: Floats = np.divide(1, values, out=np.zeros_like(values), where=values > 0)
    return found


def _length(rows: sparse.csr_array) -> Floats:
    found: Floats = np.sqrt(rows.multiply(rows).sum(axis=1))
    return found
