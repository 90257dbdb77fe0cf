"""Where countries and partners stand out in a programme, against their part in all that the CNRS does with others."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from graph.errors import BadRequest
from graph.network.affinity import INDEX
from graph.network.answer import ACTOR, Analysis, Answer, Column, Parameter, Picture
from graph.network.bipartite import once
from graph.network.expectation import binomial_interval, bounded, standing
from graph.network.incidence import Incidence
from graph.network.joint_events import in_places, joint_events, named
from graph.network.notes import Note
from graph.network.projection import subtree
from graph.network.scope import LEVELS, Level, Scope

_COLUMNS: Final = (
    *ACTOR,
    Column("programme", "node"),
    Column("n"),
    Column("expected", decimals=1),
    *INDEX,
    Column("all"),
    Column("part_here", "percent", 1),
    Column("part_all", "percent", 1),
)


def representation(
    incidence: Incidence, scope: Scope, level: Level = "country", floor: int = 5, first: str = "clear"
) -> Answer:
    """Hold each partner's joint events with the CNRS in a programme against its part in all the CNRS's joint events.

    It needs no event without the CNRS, which in a graph of the CNRS's own projects there is none of: expected is the
    partner's joint events times the programme's part of all participations, C_x·C_y/C with programmes for x. PAI and
    its bounded form are as in `affinities`; the interval is exact for a share of the partner's events, the programme's
    part taken as given (Clopper & Pearson 1934). Participations, not events, make the parts, so that a programme of
    large consortia is not above expectation with everybody.

    Args:
        incidence: the store's ties.
        scope: its programmes are those to look at, each of them, the roots where none is named; what is expected comes
            from all programmes. Ties, years and the CNRS count as in `joint_events`, places choose among the rows.
        level: what the partners are, whatever the scope's own level.
        floor: least number of joint events, or of expected ones.
        first: `clear` puts the rows first whose interval is farthest from 1, `over` and `under` one end of the list.

    Returns:
        One row a partner and programme, those expected and not met among them. Empty without a joint event.

    Raises:
        BadRequest: the scope has only joint works, or names what the graph does not have.
    """
    ties = scope.ties - {"copublications"}
    if not ties:
        raise BadRequest.of("refused.works_no_programme")
    notes: list[Note] = [] if ties == scope.ties else [("affinity.no_works", {})]
    whole = replace(scope, ties=ties, level=level, programmes=(), weighting="full")
    joint = joint_events(incidence, whole, notes).select("event", "key")
    under = _under(incidence, scope.programmes)
    table = _counted(joint, under).filter((pl.col("n") >= floor) | (pl.col("expected") >= floor))
    table = in_places(incidence, scope, named(incidence, _indexed(table)))
    shown = _ordered(table, first).select(column.name for column in _COLUMNS)
    notes.append(("affinity.representation_base", {"events": joint["event"].n_unique()}))
    notes.append(("affinity.floor", {"floor": floor}))
    if level == "institution":
        notes.append(("affinity.renamed", {}))
    if scope.weighting != "full":
        notes.append(("affinity.whole_events", {}))
    if scope.countries or scope.regions:
        notes.append(("affinity.places", {}))
    figures: dict[str, float | int | str | None] = {
        "rows": shown.height,
        "over": shown.filter(standing="over").height,
        "under": shown.filter(standing="under").height,
        "actors": joint["key"].n_unique(),
        "events": joint["event"].n_unique(),
    }
    return Answer(replace(scope, ties=ties, level=level, weighting="full"), shown, figures, once(notes))


def _under(incidence: Incidence, programmes: tuple[str, ...]) -> pl.DataFrame:
    """Return `event` and `programme`, each of those named, or each root, that the event is funded under."""
    tree = incidence.programmes
    roots = programmes or tuple(tree.filter(pl.col("parent").is_null())["child"].sort())
    found = [incidence.funding.clear().select("event", "programme")]
    for root in roots:
        within = subtree(tree, [root], "programme")
        funded = incidence.funding.filter(pl.col("programme").is_in(within)).select("event").unique()
        found.append(funded.with_columns(programme=pl.format("Programme:{}", pl.lit(root))))
    return pl.concat(found)


def _counted(joint: pl.DataFrame, under: pl.DataFrame) -> pl.DataFrame:
    """Return `key`, `programme`, `n`, `all` and `expected` of every partner and programme, and both their parts."""
    of_partner = joint.group_by("key").agg(all=pl.len().cast(pl.Int64))
    inside = joint.join(under, on="event")
    of_programme = inside.group_by("programme").agg(here=pl.len().cast(pl.Int64))
    pairs = inside.group_by("key", "programme").agg(n=pl.len().cast(pl.Int64))
    return (
        of_partner.join(of_programme, how="cross")
        .join(pairs, on=["key", "programme"], how="left")
        .with_columns(pl.col("n").fill_null(0))
        .with_columns(
            expected=pl.col("all") * pl.col("here") / joint.height,
            part_here=pl.col("n") / pl.col("here"),
            part_all=pl.col("all") / joint.height,
        )
    )


def _indexed(table: pl.DataFrame) -> pl.DataFrame:
    n, whole, expected = (table[name].to_numpy() for name in ("n", "all", "expected"))
    low, high = binomial_interval(n, whole)
    return table.with_columns(
        pl.Series("pai", n / expected, dtype=pl.Float64),
        pl.Series("pai_low", low * whole / expected, dtype=pl.Float64),
        pl.Series("pai_high", high * whole / expected, dtype=pl.Float64),
        pl.Series("bounded", bounded(n / expected), dtype=pl.Float64),
    ).with_columns(standing("pai_low", "pai_high"))


def _ordered(table: pl.DataFrame, first: str) -> pl.DataFrame:
    if first != "clear":
        falling = [first == "over", True, False, False]
        return table.sort("bounded", "expected", "key", "programme", descending=falling)
    # How far the near end of the interval lies from 1, as a factor: 0.5 is as far as 2.
    margin = pl.max_horizontal(pl.col("pai_low").log(), -pl.col("pai_high").log())
    return table.sort(margin, "expected", "key", "programme", descending=[True, True, False, False])


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "representation",
        "affinity",
        representation,
        _COLUMNS,
        (
            Parameter("level", "choice", "country", choices=LEVELS),
            Parameter("floor", "count", 5),
            Parameter("first", "choice", "clear", choices=("clear", "over", "under")),
        ),
        Picture("dots", "name", "pai", line=1.0),
    ),
)
