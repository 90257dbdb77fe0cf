"""How sure a rank is: where it would lie with other projects of the same kind, and under each weighting."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from graph.errors import BadRequest
from graph.network import bootstrap
from graph.network.answer import Analysis, Answer, Column, Parameter, Picture
from graph.network.bipartite import bipartite, once
from graph.network.incidence import Incidence
from graph.network.measures import values
from graph.network.notes import Note
from graph.network.projection import project
from graph.network.scope import WEIGHTINGS, Scope

_ENDS: Final = (0.025, 0.975)
_WEIGHTINGS: Final = tuple(f"rank_{weighting}" for weighting in WEIGHTINGS)
_COLUMNS: Final = (
    Column("key", "key"),
    Column("rank", low="low", high="high"),
    Column("low"),
    Column("high"),
    Column("name", "text"),
    Column("country", "country"),
    Column("value", decimals=3),
    Column("events"),
    *(Column(name) for name in _WEIGHTINGS),
    Column("unstable", "flag"),
)


def certainty(
    incidence: Incidence,
    scope: Scope,
    measure: str = "strength",
    draws: int = bootstrap.DRAWS,
    top: int = 50,
    width: float = 0.5,
    seed: int = bootstrap.SEED,
) -> Answer:
    """State the range of ranks an actor could have had, and its rank under each weighting.

    Bootstrap over the events (Efron 1979, Ann. Stat. 7, 1): of the scope's N projects and agreements N are drawn with
    replacement, the measure is computed and ranked anew, and so many times over; the 2.5 % and 97.5 % quantiles of an
    actor's ranks are the ends of its interval (Efron & Tibshirani 1993, ch. 13). The three weightings make a joint
    event of d members count 1, 1/d or 1/(d - 1) for each tie (the last Newman 2001, PRE 64, 016132). Ranks are places,
    equal values sharing the best; `value` is in the measure's unit.

    Args:
        incidence: the store's ties.
        scope: what to count; its weighting ranks.
        measure: strength, degree or pagerank; betweenness on small networks.
        draws: number of bootstrap draws.
        top: how many of the first to show.
        width: share of a rank by which it may vary, though always by one place, before it is called unstable.
        seed: of the draws.

    Returns:
        Best first. `rank` is that of the table of measures, `low` and `high` hold 95 % of the draws, a weighting that
        leaves the actor out has no rank of it, and `unstable` is set where the draws or the weightings lie further
        apart than `width` of the rank. An actor known by joint works alone has no interval, since none of its ties is
        ever drawn. No row where nobody is in scope.

    Raises:
        BadRequest: the scope has joint works alone, the measure is not computed on draws, or as for `project`.
    """
    if not scope.ties & {"projects", "agreements"}:
        raise BadRequest.of("refused.works_not_drawn")
    projections = {weighting: project(incidence, replace(scope, weighting=weighting)) for weighting in WEIGHTINGS}
    notes: list[Note] = [note for one in projections.values() for note in one.notes]
    own = projections[scope.weighting]
    whole = bipartite(incidence, scope)
    shape = whole.of(whole.nodes["key"].is_in(own.nodes["key"].implode()).to_numpy())
    drawn = bootstrap.ranks(shape, measure, draws, seed)
    low, high = np.quantile(drawn, _ENDS, axis=1, method="inverted_cdf")
    nodes = own.nodes.with_columns(
        pl.Series("value", values(own, measure)),
        pl.Series("events", shape.taken),
        pl.Series("low", low).cast(pl.Int64),
        pl.Series("high", high).cast(pl.Int64),
    )
    drawable = pl.col("events") > 0
    for name, one in zip(_WEIGHTINGS, projections.values(), strict=True):
        ranked = one.nodes.select("key", pl.Series(name, values(one, measure))).with_columns(_rank(pl.col(name)))
        nodes = nodes.join(ranked, on="key", how="left", maintain_order="left")
    bearable = pl.max_horizontal(pl.col("rank") * width, 1)
    apart = pl.max_horizontal(_WEIGHTINGS) - pl.min_horizontal(_WEIGHTINGS)
    table = (
        nodes.with_columns(_rank(pl.col("value")).alias("rank"))
        .sort("rank", "id")
        .head(top)
        .with_columns((pl.max_horizontal(pl.col("high") - pl.col("low"), apart) > bearable).alias("unstable"))
        .with_columns(pl.when(drawable).then(name).alias(name) for name in ("low", "high", "unstable"))
        .select(column.name for column in _COLUMNS)
    )
    notes += [("certainty.sampling", {"draws": draws}), ("certainty.unstable", {"width": width})]
    if shape.works.height:
        notes.append(("certainty.works_stay", {}))
    figures = {"actors": nodes.height, "events": shape.events.height, "unstable": int(table["unstable"].sum())}
    return Answer(scope, table, figures, once(notes))


def _rank(value: pl.Expr) -> pl.Expr:
    return value.rank("min", descending=True).cast(pl.Int64)


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "certainty",
        "certainty",
        certainty,
        _COLUMNS,
        (
            Parameter("measure", "choice", "strength", choices=tuple(bootstrap.MEASURES)),
            Parameter("top", "count", 50),
            Parameter("draws", "count", bootstrap.DRAWS, most=10_000),
            Parameter("width", "share", 0.5),
            Parameter("seed", "count", bootstrap.SEED),
        ),
        Picture("dots", "name", "rank"),
    ),
)
