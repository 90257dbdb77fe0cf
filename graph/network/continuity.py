"""Which groups of partners last from one period to the next, and which merge, split, appear or dissolve."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import igraph as ig
import numpy as np
import polars as pl

from graph.network import communities
from graph.network.answer import Analysis, Answer, Column, Parameter
from graph.network.centrality import strength
from graph.network.incidence import CNRS, Incidence
from graph.network.joint_events import one_kind
from graph.network.notes import Note
from graph.network.periods import PARAMETERS, two_periods
from graph.network.projection import Projection, events_in, project
from graph.network.scope import Scope

LEADERS: Final = 3
"""Actors a block is told by."""

_SIDES: Final = ("before", "after")


def fates(shared: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """Match the blocks of two partitions of the same actors and say what became of each.

    Two blocks match where their Jaccard coefficient, common members by members of either, reaches `threshold` (Greene,
    Doyle & Cunningham 2010, ASONAM), and where they have as many common members as chance would give them at least:
    two large blocks overlap anyhow. One matched with one has survived; with several it has split, several with one
    have merged, and where both happened they are mixed; one without a match has died, or was born.

    Args:
        shared: `before`, `after` and `common` members of every pair of blocks that has any.
        before: `before` (block) and `size_before`, counted over the same actors.
        after: `after` and `size_after`.
        threshold: above 0, up to 1.

    Returns:
        `before`, `after` (null where there is none), `size_before`, `size_after`, `common`, `expected` (common members
        by chance), `jaccard`, `fate`; every block stands in one row at least.
    """
    pairs = shared.join(before, on="before").join(after, on="after")
    either = pl.col("size_before") + pl.col("size_after") - pl.col("common")
    pairs = pairs.with_columns(
        (pl.col("size_before") * pl.col("size_after") / shared["common"].sum()).alias("expected"),
        (pl.col("common") / either).alias("jaccard"),
    ).filter(pl.col("jaccard") >= threshold, pl.col("common") >= pl.col("expected"))
    several_after, several_before = pl.len().over("before") > 1, pl.len().over("after") > 1
    matched = pairs.with_columns(
        pl.when(several_after & several_before)
        .then(pl.lit("mixed"))
        .when(several_after)
        .then(pl.lit("split"))
        .when(several_before)
        .then(pl.lit("merged"))
        .otherwise(pl.lit("survived"))
        .alias("fate")
    )
    died = before.join(matched, on="before", how="anti").with_columns(pl.lit("died").alias("fate"))
    born = after.join(matched, on="after", how="anti").with_columns(pl.lit("born").alias("fate"))
    return pl.concat([matched, died, born], how="diagonal")


def continuity(
    incidence: Incidence,
    scope: Scope,
    *,
    by: str,
    before: str,
    after: str,
    years_before: tuple[int, int],
    years_after: tuple[int, int],
    threshold: float,
    floor: int,
) -> Answer:
    """Return what became of each block of actors from one period to the next.

    Blocks are found in the whole network of each period, in the scope's weighting, and compared over the actors tied
    in both; the CNRS, tied to all, is not counted as a member. Blocks of fewer than `floor` of them are left out.

    Raises:
        BadRequest: as `two_periods`, and for a programme, country or region the graph does not have.
    """
    notes: list[Note] = []
    narrow = one_kind(scope, notes)
    periods = two_periods(
        incidence,
        events_in(incidence, narrow, notes).select("event", "first"),
        by=by,
        before=before,
        after=after,
        years_before=years_before,
        years_after=years_after,
    )
    networks = [
        project(replace(incidence, events=incidence.events.join(one, on="event", how="semi")), narrow)
        for one in (periods.before, periods.after)
    ]
    early, late = (_members(network) for network in networks)
    actors = early.select("key", pl.col("block").alias("before")).join(
        late.select("key", pl.col("block").alias("after")), on="key"
    )
    sizes = [
        actors.group_by(side).agg(pl.len().cast(pl.Int64).alias(f"size_{side}")).filter(pl.col(f"size_{side}") >= floor)
        for side in _SIDES
    ]
    shared = actors.group_by(_SIDES).agg(pl.len().cast(pl.Int64).alias("common"))
    table = _told(fates(shared, sizes[0], sizes[1], threshold), early, late)
    small = sum(actors[side].n_unique() - size.height for side, size in zip(_SIDES, sizes, strict=True))
    notes = [*periods.notes, *notes, *(note for network in networks for note in network.notes)]
    if actors.is_empty():
        counted = periods.before.height, periods.after.height
        notes.append(("change.nothing_to_compare", {"before": counted[0], "after": counted[1]}))
    if small:
        notes.append(("change.small_blocks", {"count": small, "floor": floor}))
    if scope.include_cnrs:
        notes.append(("change.hub", {}))
    words = table["fate"].to_list()
    figures: dict[str, float | int | str | None] = {
        "actors_before": early.height,
        "actors_after": late.height,
        "actors_both": actors.height,
        "nmi": _likeness(actors, "nmi"),
        "ari": _likeness(actors, "adjusted_rand"),
        "stability_before": communities.stability(networks[0]) if early.height else None,
        "stability_after": communities.stability(networks[1]) if late.height else None,
        **{word: words.count(word) for word in ("survived", "split", "merged", "mixed", "born", "died")},
    }
    return Answer(scope, table, figures, tuple(notes))


def _members(network: Projection) -> pl.DataFrame:
    """Return `key`, `name`, `block` and `strength` of the actors in a block, the CNRS left out."""
    return network.nodes.select(
        "key",
        # A code is read in both languages.
        pl.when(pl.col("label") == "Country").then("id").otherwise("name").alias("name"),
        pl.Series("block", communities.community(network), dtype=pl.Float64).fill_nan(None).cast(pl.Int64),
        pl.Series("strength", strength(network), dtype=pl.Float64),
    ).filter(pl.col("block").is_not_null(), pl.col("key") != CNRS)


def _told(found: pl.DataFrame, early: pl.DataFrame, late: pl.DataFrame) -> pl.DataFrame:
    """Return the table of the answer, the likest blocks first, the largest of those without a match next."""
    return (
        found.join(_leaders(early).rename({"block": "before", "names": "leaders_before"}), on="before", how="left")
        .join(_leaders(late).rename({"block": "after", "names": "leaders_after"}), on="after", how="left")
        .sort(
            "jaccard",
            pl.max_horizontal("size_before", "size_after"),
            "before",
            "after",
            descending=[True, True, False, False],
            nulls_last=True,
        )
        .select(column.name for column in _COLUMNS)
    )


def _leaders(members: pl.DataFrame) -> pl.DataFrame:
    ranked = members.sort("strength", "key", descending=[True, False])
    return ranked.group_by("block").agg(pl.col("name").head(LEADERS).str.join(" · ").alias("names"))


def _likeness(actors: pl.DataFrame, method: str) -> float | None:
    if actors.is_empty():
        return None
    found = ig.compare_communities(actors["before"].to_list(), actors["after"].to_list(), method=method)
    return float(found) if np.isfinite(found) else None


_COLUMNS: Final = (
    Column("fate", "word"),
    Column("leaders_before", "text"),
    Column("leaders_after", "text"),
    Column("size_before"),
    Column("size_after"),
    Column("common"),
    Column("expected", decimals=1),
    Column("jaccard", decimals=2),
    Column("before"),
    Column("after"),
)

ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "continuity",
        "change",
        continuity,
        _COLUMNS,
        (*PARAMETERS, Parameter("threshold", "share", 0.2), Parameter("floor", "count", 5)),
    ),
)
