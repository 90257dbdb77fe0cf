"""The catalogue of measures: by name, as a dict, as one table, and how each was computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from graph.errors import BadRequest
from graph.i18n import Language, number, t
from graph.network import brokerage, centrality, communities, cores, paths
from graph.network.paths import Estimate
from graph.network.projection import Floats, Projection
from graph.network.scope import Scope

Values = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the catalogue.

    Attributes:
        name: its key in `MEASURES`; texts `network.measure_<name>` and `network.definition_<name>`.
        compute: values by vertex, nan where undefined.
        whole: values are whole numbers.
        low_first: the lowest value ranks first.
    """

    name: str
    compute: Callable[[Projection], Floats | Estimate]
    whole: bool = False
    low_first: bool = False

    def title(self, lang: Language) -> str:
        """Return its name for a heading."""
        return t(f"network.measure_{self.name}", lang)

    def definition(self, lang: Language) -> str:
        """Return what it is in one sentence, with the published source."""
        return t(f"network.definition_{self.name}", lang)


@dataclass(frozen=True, slots=True)
class MeasureInfo:
    """How a measure was computed on one projection.

    Attributes:
        exact: False where sources were sampled.
        sources: vertices the paths were walked from; None where no path is walked.
        bound: error that holds for all values at once with 90 % probability, where one is known.
        error: largest standard error observed, where sampled; relative for harmonic.
        scope: the sentence a figure is quoted with is `projection.scope.sentence(lang)`.
    """

    name: str
    nodes: int
    exact: bool
    sources: int | None = None
    bound: float | None = None
    error: float | None = None
    modularity: float | None = None
    blocks: int | None = None
    stability: float | None = None

    def method(self, lang: Language) -> str:
        """Return one sentence on how the values came about."""
        if self.name == "community":
            return t(
                "network.method_community",
                lang,
                modularity=number(self.modularity, lang, 2),
                count=number(self.blocks, lang),
                stability=number(self.stability, lang, 2),
            )
        if self.exact:
            return t("network.method_exact", lang)
        return t(
            f"network.method_sampled_{self.name}",
            lang,
            sources=number(self.sources, lang),
            count=number(self.nodes, lang),
            bound=number(self.bound, lang, 3),
            error=number(self.error, lang, 4),
        )


MEASURES: Final[dict[str, Measure]] = {
    one.name: one
    for one in (
        Measure("strength", centrality.strength),
        Measure("degree", centrality.degree, whole=True),
        Measure("betweenness", brokerage.betweenness),
        Measure("harmonic", brokerage.harmonic),
        Measure("pagerank", centrality.pagerank),
        Measure("eigenvector", centrality.eigenvector),
        Measure("core", centrality.core, whole=True),
        Measure("strength_core", cores.strength_core),
        Measure("constraint", brokerage.constraint, low_first=True),
        Measure("effective_size", brokerage.effective_size),
        Measure("community", communities.community, whole=True, low_first=True),
        Measure("component", communities.component, whole=True, low_first=True),
    )
}


def measure(projection: Projection, name: str) -> Values:
    """Return one measure by node key, None where it is undefined.

    Computed once a projection. betweenness and harmonic are estimates on large
    networks; `measure_info` says so.

    Raises:
        BadRequest: no such measure; lists those there are.
    """
    column = _series(projection.scope, name, values(projection, name))
    return dict(zip(projection.keys, column.to_list(), strict=True))


def measure_info(projection: Projection, name: str) -> MeasureInfo:
    """Return how one measure is computed on this projection, computing it if it has not been.

    Raises:
        BadRequest: no such measure; lists those there are.
    """
    n = projection.nodes.height
    result = _result(projection, name)
    if name == "community":
        blocks = communities.blocks(projection)
        stability = communities.stability(projection)
        return MeasureInfo(name, n, exact=True, modularity=blocks.modularity, blocks=blocks.count, stability=stability)
    if not isinstance(result, Estimate):
        return MeasureInfo(name, n, exact=True)
    if result.error is None:
        return MeasureInfo(name, n, exact=True, sources=result.sources)
    if name == "betweenness":
        bound = paths.hoeffding(n, result.sources)
        return MeasureInfo(name, n, False, result.sources, bound, float(result.error.max()))
    positive = result.values > 0
    relative = result.error[positive] / result.values[positive]
    return MeasureInfo(name, n, exact=False, sources=result.sources, error=float(relative.max(initial=0)))


def measure_table(projection: Projection, names: Sequence[str]) -> pl.DataFrame:
    """Return several measures side by side, best first by the first of them.

    Returns:
        `rank` (1 the best of the first measure, equal values share it, null where it is
        undefined), `id`, `label`, `name`, `country`, then one column a measure.

    Raises:
        BadRequest: no measure, or an unknown one.
    """
    if not names:
        raise BadRequest.of("refused.no_measure_named", measures=", ".join(MEASURES))
    return ranked(projection.nodes, projection.scope, {name: values(projection, name) for name in dict.fromkeys(names)})


def ranked(nodes: pl.DataFrame, scope: Scope, columns: Mapping[str, Floats]) -> pl.DataFrame:
    """Return the table of `measure_table` from values by row of `nodes`; the first of `columns` ranks."""
    first = next(iter(columns))
    return (
        nodes.drop("key")
        .with_columns(_series(scope, name, found) for name, found in columns.items())
        .with_columns(pl.col(first).rank("min", descending=not MEASURES[first].low_first).cast(pl.Int64).alias("rank"))
        .sort(pl.col("rank"), pl.col("id"), nulls_last=True)
        .select("rank", "id", "label", "name", "country", *columns)
    )


def values(projection: Projection, name: str) -> Floats:
    """Return one measure by vertex, nan where it is undefined.

    Raises:
        BadRequest: no such measure; lists those there are.
    """
    result = _result(projection, name)
    return np.asarray(result.values if isinstance(result, Estimate) else result, dtype=float)


def _result(projection: Projection, name: str) -> Floats | Estimate:
    if name not in MEASURES:
        raise BadRequest.of("refused.no_measure", name=name, measures=", ".join(MEASURES))
    return projection.memo(f"measure:{name}", MEASURES[name].compute)


def _series(scope: Scope, name: str, found: Floats) -> pl.Series:
    column = pl.Series(name, found, dtype=pl.Float64).fill_nan(None)
    if MEASURES[name].whole or (name in ("strength", "strength_core") and scope.weighting == "full"):
        column = column.cast(pl.Int64)
    return column
