"""Whom to turn to next in a country, and which common partner could introduce us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl
from scipy import sparse

from graph.errors import BadRequest
from graph.i18n import Language, number, t
from graph.network import link_prediction
from graph.network.answer import ACTOR, Analysis, Answer, Column, Parameter, Picture
from graph.network.back_test import AFTER, BEFORE, EGOS, by_chance, precision, trial
from graph.network.bipartite import Bipartite, bipartite, once
from graph.network.incidence import CNRS, Incidence
from graph.network.notes import Note
from graph.network.projection import Floats, Ints, events_in, places_in
from graph.network.scope import Scope

_COLUMNS: Final = (
    *ACTOR,
    Column("score", decimals=4),
    Column("resource_allocation", decimals=3),
    Column("adamic_adar", decimals=3),
    Column("affinity_gap", decimals=2),
    Column("topic_cosine", decimals=2),
    Column("topic", "text"),
    Column("with_us"),
    Column("events"),
    Column("common"),
    Column("introducer_key", "key"),
    Column("introducer", "text"),
    Column("introducer_country", "country"),
    Column("n_us"),
    Column("n_them"),
    Column("works_them"),
)

_TOLD: Final = 0.05
"""Least affinity gap that is said in words, with one decimal."""

_FORETOLD: Final = ("precision_10", "precision_50", "precision_100", "precision_10_popularity", "precision_10_random")


def untapped(
    incidence: Incidence,
    scope: Scope,
    country: str,
    fewer_than: int = 1,
    absent_programme: str | None = None,
    absent_years: tuple[int, int] | None = None,
    floor: int = 1,
) -> Answer:
    """Rank the institutions of a country that have no tie with the CNRS but have one with its partners or labs.

    A lab is one of us: to write with it makes it a common partner and is no tie with the CNRS itself.

    Args:
        incidence: the store's ties.
        scope: the network in which common partners are looked for.
        country: where the institutions lie.
        fewer_than: projects and agreements with the CNRS from which one no longer counts as untapped; 1 means none at
            all. They count wherever the scope's places are.
        absent_programme: count these under this programme alone, so that partners who dropped out appear as well.
        absent_years: count these in these years alone.
        floor: least number of common partners.

    Returns:
        Best first by `score`, the components' ranks fused (`link_prediction.WEIGHTS`); one that is unknown adds
        nothing, Adamic–Adar stands beside. The figures say how far lists by the same scores were right. `introducer` is
        the common partner of the largest term in the resource allocation once ties have weights, n_us·n_them/k.

    Raises:
        BadRequest: the scope is by country or without the CNRS, or the graph has no such country or programme.
    """
    _check(scope)
    places_in(incidence, replace(scope, countries=(country,)))
    shape = bipartite(incidence, scope)
    notes = [*shape.notes]
    narrowed = replace(
        scope,
        programmes=(absent_programme,) if absent_programme else scope.programmes,
        years=absent_years or scope.years,
    )
    with_us = _with_us(incidence, narrowed, notes)
    network = _seen_from_us(shape)
    components = link_prediction.components(incidence, shape, network.ties, network.ours, network.partners, network.us)
    nodes = (
        shape.nodes.with_columns(
            pl.row_index("number").cast(pl.Int64),
            pl.Series("common", (network.ours @ network.ties).toarray()[0]).cast(pl.Int64),
            pl.Series("events", shape.taken),
        )
        .join(with_us, on="key", how="left", maintain_order="left")
        .with_columns(pl.col("with_us").fill_null(0))
    )
    there = (pl.col("label") == "Institution") & (pl.col("country") == country) & (pl.col("key") != CNRS)
    enough = (pl.col("with_us") < fewer_than) & (pl.col("common") >= floor)
    chosen = nodes.select((there & enough).fill_null(value=False)).to_series()
    candidates = np.flatnonzero(chosen)
    score = link_prediction.fused(components, chosen.to_numpy()[None, :])
    table = (
        nodes.with_columns(
            pl.Series(name, values[0]).fill_nan(None) for name, values in (components | {"score": score}).items()
        )
        .filter(chosen)
        .join(_introducers(shape, network, candidates), on="number", how="left")
        .join(_topics(incidence, shape, network, candidates), on="number", how="left")
        .sort("score", "id", descending=[True, False])
        .select(column.name for column in _COLUMNS)
    )
    known = [name for name in link_prediction.WEIGHTS if table[name].count() or table.is_empty()]
    foretold = _foretold(incidence, scope, known)
    means = "next.untapped_none" if fewer_than == 1 else "next.untapped_means"
    notes += [(means, {"fewer_than": fewer_than, "floor": floor}), ("next.untapped_score", {})]
    if shape.events.height and shape.taken[network.us].sum() == shape.events.height:
        notes.insert(0, ("next.untapped_ego", {}))
    if known == ["resource_allocation"]:
        notes.append(("next.untapped_alone", {}))
    if not foretold:
        notes.append(("next.untapped_not_tested", {}))
    return Answer(scope, table, {"untapped": table.height, **foretold}, once(notes))


@dataclass(frozen=True, eq=False)
class _Network:
    """Who is tied to whom by any kind of tie, seen from the CNRS.

    Attributes:
        ties: actors by actors, 1 where tied.
        ours: one row, 1 for a partner of the CNRS and for each of its labs.
        partners: number of partners by actor; the CNRS is one of each lab's.
        us: number of the CNRS; empty where no project or agreement is in scope.
    """

    ties: sparse.csr_array
    ours: sparse.csr_array
    partners: Floats
    us: Ints


def _seen_from_us(shape: Bipartite) -> _Network:
    ties = link_prediction.tied(shape.joint + shape.joint_works("full"))
    us = np.flatnonzero(shape.nodes["key"] == CNRS)
    direct = ties[us].sum(axis=0)
    ours = np.maximum(direct, (shape.nodes["label"] == "Lab").to_numpy())
    return _Network(ties, sparse.csr_array(ours[None, :]), ties.sum(axis=1) + ours - direct, us)


def _with_us(incidence: Incidence, scope: Scope, notes: list[Note]) -> pl.DataFrame:
    """Return key and number of projects and agreements with the CNRS in a scope, whatever its places."""
    ours = events_in(incidence, scope, notes).join(
        incidence.members.filter(pl.col("actor") == CNRS), on="event", how="semi"
    )
    joint = incidence.members.join(ours, on="event", how="semi")
    return joint.group_by(pl.col("actor").alias("key")).agg(pl.len().cast(pl.Int64).alias("with_us"))


def _introducers(shape: Bipartite, network: _Network, candidates: Ints) -> pl.DataFrame:
    """Return the common partner of each candidate that shares most with both sides for the partners it has.

    Unweighted, the largest term would be that of the smallest body there is, whoever met it once.
    """
    common = shape.nodes.select(
        pl.row_index("by").cast(pl.Int64),
        pl.col("key").alias("introducer_key"),
        pl.col("name").alias("introducer"),
        pl.col("country").alias("introducer_country"),
        pl.Series("ours", network.ours.toarray()[0] > 0),
        pl.Series("n_us", shape.joint[network.us].sum(axis=0)).cast(pl.Int64),
        pl.Series("partners", network.partners),
    ).filter("ours")
    pair = ["number", "by"]
    return (
        _entries(network.ties, candidates, "tie")
        .join(common, on="by")
        .join(_entries(shape.joint, candidates, "n_them"), on=pair, how="left")
        .join(_entries(shape.joint_works("full"), candidates, "works_them"), on=pair, how="left")
        .with_columns(pl.col("n_them").fill_null(0))
        .with_columns(
            (
                pl.max_horizontal("n_us", 1)
                * (pl.col("n_them") + pl.col("works_them").fill_null(0))
                / pl.col("partners")
            ).alias("term")
        )
        .sort("number", "term", "introducer_key", descending=[False, True, False])
        .unique("number", keep="first", maintain_order=True)
    )


def _topics(incidence: Incidence, shape: Bipartite, network: _Network, candidates: Ints) -> pl.DataFrame:
    """Return the topic most frequent in a candidate's events times the CNRS's, as published, none above it."""
    profiles, topics = link_prediction.topic_profiles(incidence, shape, above=False)
    shared = (profiles @ sparse.diags_array(profiles[network.us].sum(axis=0))).tocsr()
    names = topics.select(pl.row_index("by").cast(pl.Int64), "topic", "name")
    return (
        _entries(shared, candidates, "weight")
        .join(names, on="by")
        .sort("number", "weight", "topic", descending=[False, True, False])
        .unique("number", keep="first", maintain_order=True)
        .select("number", pl.col("name").alias("topic"))
    )


def _entries(matrix: sparse.csr_array, rows: Ints, name: str) -> pl.DataFrame:
    """Return what is not 0 in some rows: `number` of the row, `by` of the column, and the value."""
    found = matrix[rows].tocoo()
    columns = {"number": rows[found.row], "by": found.col.astype(np.int64), name: found.data.astype(np.int64)}
    return pl.DataFrame(columns).filter(pl.col(name) != 0)


def _foretold(incidence: Incidence, scope: Scope, known: Sequence[str]) -> dict[str, float]:
    """Return how far lists by the scores that are known here were right about H2020, where the graph can tell."""
    if "projects" not in scope.ties or not {BEFORE, AFTER} <= set(incidence.programmes["child"]):
        return {}
    learn, later = (replace(scope, programmes=(one,), years=None) for one in (BEFORE, AFTER))
    tested = trial(incidence, learn, later, EGOS, own=False)
    if not tested.candidates.any():
        return {}
    score = link_prediction.fused({name: tested.scores[name] for name in known}, tested.candidates)
    held = replace(tested, scores={"same": score, "popularity": tested.scores["popularity"]})
    found = {
        f"precision_{k}{end}": hits / n
        for end, method in (("", "same"), ("_popularity", "popularity"))
        for k, (n, hits) in precision(held, method).items()
    }
    return {name: found[name] for name in _FORETOLD[:-1]} | {_FORETOLD[-1]: by_chance(tested, 10)}


def _in_words(row: Mapping[str, Any], lang: Language) -> str:
    """Say why a candidate is on the list: whom both know, who could introduce, what size and topics add to it."""
    common, name = row["common"], row["name"] or row["key"].partition(":")[2]
    said = [t("next.why_one" if common == 1 else "next.why_common", lang, name=name, common=number(common, lang))]
    if row["introducer_key"] is not None:
        told = {"introducer": row["introducer"] or row["introducer_key"].partition(":")[2], "name": name}
        them, works = number(row["n_them"], lang), number(row["works_them"] or 0, lang)
        if not row["introducer_key"].startswith("Lab:"):
            said.append(t("next.why_introducer", lang, us=number(row["n_us"], lang), them=them, **told))
        elif row["works_them"]:
            said.append(t("next.why_lab_works", lang, works=works, **told))
        else:
            said.append(t("next.why_lab", lang, them=them, **told))
    if (row["affinity_gap"] or 0) >= _TOLD:
        said.append(t("next.why_gap", lang, gap=number(row["affinity_gap"], lang, 1)))
    if row["topic"] is not None:
        said.append(t("next.why_topic", lang, topic=row["topic"]))
    return " ".join(said)


def _check(scope: Scope) -> None:
    if scope.level == "country":
        raise BadRequest.of("refused.bodies_only")
    if not scope.include_cnrs:
        raise BadRequest.of("refused.without_cnrs")


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "untapped",
        "next",
        untapped,
        _COLUMNS,
        (
            Parameter("country", "country", required=True),
            Parameter("fewer_than", "count", 1),
            Parameter("absent_programme", "programme"),
            Parameter("absent_years", "years"),
            Parameter("floor", "count", 1),
        ),
        Picture("network", "introducer_key", "key"),
        shares=_FORETOLD,
        in_words=_in_words,
    ),
)
