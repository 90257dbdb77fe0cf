"""Does the score of `untapped` foresee anything: lists of one period held against who worked together later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from scipy.stats import rankdata

from graph.errors import BadRequest
from graph.network import link_prediction
from graph.network.answer import Analysis, Answer, Column, Parameter
from graph.network.bipartite import Bipartite, Flags, bipartite, once
from graph.network.expectation import wilson
from graph.network.incidence import CNRS, Incidence
from graph.network.notes import Note
from graph.network.projection import Floats, Ints
from graph.network.scope import Scope

LENGTHS: Final = (10, 50, 100)
"""Lengths of the lists."""

BEFORE: Final = "FP7"
AFTER: Final = "H2020"
EGOS: Final = 100
_SEED: Final = 7
_SCHEMA: Final = {
    "own": pl.Boolean,
    "method": pl.String,
    "k": pl.Int64,
    "n": pl.Int64,
    "hits": pl.Int64,
    "precision": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "random": pl.Float64,
    "lift": pl.Float64,
    "over_popularity": pl.Float64,
}


@dataclass(frozen=True, eq=False)
class Trial:
    """Lists to draw up and what came of them, all egos by actors.

    Attributes:
        scores: by method, nan where unknown.
        candidates: who may stand on an ego's list.
        hits: who was tied to it later.
        notes: what either period had to leave out.
    """

    scores: Mapping[str, Floats]
    candidates: Flags
    hits: Flags
    notes: tuple[Note, ...] = ()


def back_test(
    incidence: Incidence,
    scope: Scope,
    before: str = BEFORE,
    after: str = AFTER,
    before_years: tuple[int, int] | None = None,
    after_years: tuple[int, int] | None = None,
    egos: int = EGOS,
) -> Answer:
    """State how many of the first 10, 50 and 100 on each list came to work together in a later period.

    Lists are those of the CNRS, where some actors of the first period were not tied to it, and of stand-ins: the actors
    with most partners, in the network without the CNRS. Candidates have a common partner with the list's owner, no tie
    to it, and take part in both periods.

    Args:
        incidence: the store's ties.
        scope: ties, places and weighting of both periods; its programmes and years are not used.
        before: programme to learn on.
        after: programme to be right about.
        before_years: years to learn on, within the programme.
        after_years: years to be right about.
        egos: number of stand-ins.

    Returns:
        One row a list length and method, none where nobody could be foretold.

    Raises:
        BadRequest: both periods are the same, the scope is by country or has joint works alone, or the graph has no
            such programme.
    """
    _check(scope)
    learn, later = (
        replace(scope, programmes=(one,), years=years) for one, years in ((before, before_years), (after, after_years))
    )
    if learn == later:
        raise BadRequest.of("refused.same_periods")
    notes: list[Note] = [("next.held_out", {"before": _period(learn), "after": _period(later)})]
    own = _rows(trial(incidence, learn, later, 1, own=True), own=True) if scope.include_cnrs else []
    others = trial(incidence, learn, later, egos, own=False)
    table = pl.DataFrame([*own, *_rows(others, own=False)], schema=_SCHEMA, orient="row")
    if table.is_empty():
        notes.append(("next.nothing_to_foretell", {}))
    if scope.include_cnrs and not own:
        notes.append(("next.own_all_tied", {}))
    if np.isnan(others.scores["topic_cosine"]).all():
        notes.append(("next.no_topics", {}))
    notes += [("next.lists_overlap", {}), *others.notes]
    figures = {
        "egos": len(others.candidates),
        "candidates": int(others.candidates.sum()),
        "new_ties": int((others.hits & others.candidates).sum()),
    }
    return Answer(replace(scope, programmes=(), years=None), table, figures, once(notes))


def trial(incidence: Incidence, learn: Scope, later: Scope, egos: int, *, own: bool) -> Trial:
    """Return what could be foretold from one scope and what the other says of it.

    Args:
        incidence: the store's ties.
        learn: the network the lists are drawn up on.
        later: the network that says who was right.
        egos: number of stand-ins.
        own: the CNRS's own list in place of those of stand-ins, from whose network it is taken out.
    """
    first = bipartite(incidence, replace(learn, include_cnrs=own))
    second = bipartite(incidence, replace(later, include_cnrs=own))
    ties = link_prediction.tied(first.joint)
    partners = ties.sum(axis=1)
    where = _numbers_in(first, second)
    stays = where >= 0
    best = np.flatnonzero(first.nodes["key"] == CNRS) if own else np.argsort(-partners, kind="stable")
    owners = best[stays[best]][:egos]
    scores = link_prediction.components(incidence, first, ties, ties[owners], partners, owners)
    candidates = (scores["resource_allocation"] > 0) & (ties[owners].toarray() == 0) & stays
    candidates[np.arange(len(owners)), owners] = False
    hits = np.zeros_like(candidates)
    hits[:, stays] = second.joint[where[owners]].toarray()[:, where[stays]] > 0
    combined = {"combined": link_prediction.fused(scores, candidates)}
    popularity = {"popularity": np.broadcast_to(partners, candidates.shape)}
    return Trial(combined | scores | popularity, candidates, hits, (*first.notes, *second.notes))


def precision(one: Trial, method: str) -> dict[int, tuple[int, int]]:
    """Return, by length of list, the places on all lists and how many of them hit; none where the score is unknown.

    A list is shorter where there are fewer candidates. Equal scores stand in the order of a fixed draw.
    """
    known = one.candidates & ~np.isnan(one.scores[method])
    if not known.any():
        return {}
    drawn = np.random.default_rng(_SEED).permutation(known.shape[1])
    known, hits = known[:, drawn], one.hits[:, drawn]
    ranks = rankdata(np.where(known, -one.scores[method][:, drawn], np.inf), axis=1, method="ordinal")
    lists = {k: known & (ranks <= k) for k in LENGTHS}
    return {k: (int(listed.sum()), int((listed & hits).sum())) for k, listed in lists.items()}


def by_chance(one: Trial, k: int) -> float:
    """Return the precision to expect of lists of k drawn at random among the candidates."""
    many = one.candidates.sum(axis=1)
    places = np.minimum(many, k)
    share = np.divide((one.candidates & one.hits).sum(axis=1), many, out=np.zeros(len(many)), where=many > 0)
    return float((places * share).sum() / places.sum())


def _rows(one: Trial, *, own: bool) -> list[tuple[object, ...]]:
    if not one.candidates.any():
        return []
    found = {method: precision(one, method) for method in one.scores}
    rows: list[tuple[object, ...]] = []
    for k in LENGTHS:
        random = by_chance(one, k)
        popular = found["popularity"][k][1] / found["popularity"][k][0]
        for method in [method for method, counts in found.items() if counts]:
            n, hits = found[method][k]
            share = hits / n
            low, high = (float(end[0]) for end in wilson(np.array([hits]), np.array([n])))
            lift = _over(share, random), _over(share, popular)
            rows.append((own, method, k, n, hits, share, low, high, random, *lift))
    return rows


def _over(share: float, other: float) -> float | None:
    return share / other if other else None


def _numbers_in(first: Bipartite, second: Bipartite) -> Ints:
    """Return the number in the second of each actor of the first, -1 where it is not there."""
    numbers = second.nodes.select("key", pl.row_index("number").cast(pl.Int64))
    found = first.nodes.select("key").join(numbers, on="key", how="left", maintain_order="left")
    return found["number"].fill_null(-1).to_numpy()


def _check(scope: Scope) -> None:
    if scope.level == "country":
        raise BadRequest.of("refused.bodies_only")
    if not scope.ties & {"projects", "agreements"}:
        raise BadRequest.of("refused.works_no_programme")


def _period(scope: Scope) -> str:
    years = f" {scope.years[0]}–{scope.years[1]}" if scope.years else ""
    return f"{', '.join(scope.programmes)}{years}"


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "back_test",
        "next",
        back_test,
        (
            Column("own", "flag"),
            Column("method", "word"),
            Column("k"),
            Column("n"),
            Column("hits"),
            Column("precision", "percent", 1, "low", "high"),
            Column("low", "percent", 1),
            Column("high", "percent", 1),
            Column("random", "percent", 1),
            Column("lift", decimals=2),
            Column("over_popularity", decimals=2),
        ),
        (
            Parameter("before", "programme", BEFORE),
            Parameter("after", "programme", AFTER),
            Parameter("before_years", "years"),
            Parameter("after_years", "years"),
            Parameter("egos", "count", EGOS, most=1_000),
        ),
    ),
)
