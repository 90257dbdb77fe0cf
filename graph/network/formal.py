"""Formal ties over actual ones: agreements nothing begins under, cooperation nobody signed for, agreements that end."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from graph.errors import BadRequest
from graph.network.answer import ACTOR, Analysis, Answer, Column, Parameter, Picture
from graph.network.formal_ties import formal_ties, with_counts
from graph.network.incidence import Incidence
from graph.network.joint_events import home, in_places, named
from graph.network.notes import Note
from graph.network.projection import places_in
from graph.network.scope import Scope

THIS_YEAR: Final = dt.datetime.now(tz=dt.UTC).year
"""Of the program's start: a default that a form can show."""


def dormant(incidence: Incidence, scope: Scope, *, since: int) -> Answer:
    """Return the agreements under which no actual tie is known to have begun in a year or later.

    A tie is a joint project with an institution abroad that is a party (by country: with anybody in a country that
    hosts the agreement or has a party), or joint works with one counted into that year. An agreement that ended before
    is over, not dormant; one of which nobody abroad is known is not judged. The named question `dormant_agreements`
    looks from the same year, at each party and at projects alone: by projects an agreement is dormant where the
    question lists every party abroad.

    Raises:
        BadRequest: the scope has no kind of actual tie, or a programme, country or region the graph does not have.
    """
    _check(scope)
    ties = formal_ties(incidence, scope)
    counted = with_counts(ties, since)
    standing = counted.filter((pl.col("last") < since).fill_null(value=False).not_())
    judged = standing.filter("judged")
    asleep = judged.filter(pl.col("recent").fill_null(0) == 0, (pl.col("works_last") < since).fill_null(value=True))
    table = asleep.sort("projects", "first", "event", descending=[True, False, False], nulls_last=True)
    figures: dict[str, float | int | str | None] = {
        "agreements": counted.height,
        "over": counted.height - standing.height,
        "unjudged": standing.height - judged.height,
        "judged": judged.height,
        "dormant": asleep.height,
    }
    return Answer(
        scope, _rows(table, _DORMANT), figures, (("change.dormant_signal", {}), *ties.notes, *_undated(asleep))
    )


def undeclared(incidence: Incidence, scope: Scope, *, since: int, floor: int, works: int) -> Answer:
    """Return the partners of strong actual ties that are party to no agreement of the graph, past ones included.

    Strong is `floor` joint projects begun in `since` or later, or `works` joint works of one lab counted into that
    year. Partners in the CNRS's own country are left out, the agreements being of international instruments, unless
    the scope's places name it.

    Raises:
        BadRequest: as `dormant`.
    """
    _check(scope)
    ties = formal_ties(incidence, scope)
    begun = ties.projects.filter(pl.col("first") >= since).group_by("key")
    recent = begun.agg(pl.len().cast(pl.Int64).alias("recent"), pl.col("last").max().alias("last_end"))
    joint = ties.works.filter(pl.col("works_last") >= since).select("key", "works")
    partners = recent.join(joint, on="key", how="full", coalesce=True)
    if ties.with_projects:
        partners = partners.with_columns(pl.col("recent").fill_null(0))
    enough = (pl.col("recent") >= floor).fill_null(value=False) | (pl.col("works") >= works).fill_null(value=False)
    strong = in_places(incidence, scope, named(incidence, partners.filter(enough)))
    own, places = home(incidence), places_in(incidence, scope)
    if places is None or own not in places:
        strong = strong.filter(pl.col("country").ne_missing(pl.lit(own)))
    found = strong.join(ties.sides, on="key", how="anti")
    table = found.sort("recent", "works", "key", descending=[True, True, False], nulls_last=True)
    figures: dict[str, float | int | str | None] = {
        "strong": strong.height,
        "declared": strong.height - found.height,
        "undeclared": found.height,
    }
    return Answer(scope, table.select(column.name for column in _UNDECLARED), figures, ties.notes)


def expiry(incidence: Incidence, scope: Scope, *, year: int, ahead: int) -> Answer:
    """Return the agreements that end within some years, then those of unknown end, with the cooperation beside each.

    Args:
        incidence: the store's ties.
        scope: the actual ties to count, and the places whose agreements to list.
        year: the first year looked at.
        ahead: years looked at after it; the graph knows years of end, not months.

    Raises:
        BadRequest: for a programme, country or region the graph does not have.
    """
    ties = formal_ties(incidence, scope)
    counted = with_counts(ties, year)
    last = pl.col("last")
    state = (
        pl.when(last.is_null())
        .then(pl.lit("unknown_end"))
        .when(last < year)
        .then(pl.lit("ended"))
        .when(last <= year + ahead)
        .then(pl.lit("ending"))
        .otherwise(pl.lit("later"))
    )
    stated = counted.with_columns(state.alias("state"))
    listed = stated.filter(pl.col("state").is_in(["ending", "unknown_end"])).sort(
        "last", "running", "projects", "event", descending=[False, True, True, False], nulls_last=True
    )
    words = stated["state"].to_list()
    figures: dict[str, float | int | str | None] = {
        "agreements": counted.height,
        **{word: words.count(word) for word in ("ending", "later", "ended", "unknown_end")},
    }
    span: Note = ("change.span", {"first": year, "last": year + ahead})
    return Answer(scope, _rows(listed, _EXPIRY), figures, (span, *ties.notes, *_undated(listed)))


def _check(scope: Scope) -> None:
    if scope.ties == {"agreements"}:
        raise BadRequest.of("refused.no_actual_ties")


def _undated(agreements: pl.DataFrame) -> tuple[Note, ...]:
    """Say where projects of unknown date hang on agreements shown, for they may run, or have begun lately."""
    count = agreements.filter(pl.col("undated") > 0).height
    return (("change.undated_under", {"count": count}),) if count else ()


def _rows(agreements: pl.DataFrame, columns: tuple[Column, ...]) -> pl.DataFrame:
    return agreements.rename({"event": "key"}).select(column.name for column in columns)


_AGREEMENT: Final = (
    Column("key", "key"),
    Column("name", "text"),
    Column("instrument", "text"),
    Column("country", "country"),
    Column("parties", "text"),
    Column("first", "year"),
)

_DORMANT: Final = (*_AGREEMENT, Column("projects"), Column("undated"), Column("last_start", "year"), Column("works"))

_UNDECLARED: Final = (
    *ACTOR,
    Column("recent"),
    Column("last_end", "year"),
    Column("works"),
)

_EXPIRY: Final = (
    *_AGREEMENT,
    Column("last", "year"),
    Column("state", "word"),
    Column("projects"),
    Column("running"),
    Column("undated"),
    Column("works"),
)

ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis("dormant", "change", dormant, _DORMANT, (Parameter("since", "count", 2021),)),
    Analysis(
        "undeclared",
        "change",
        undeclared,
        _UNDECLARED,
        (Parameter("since", "count", 2021), Parameter("floor", "count", 5), Parameter("works", "count", 50)),
        Picture("bars", "name", "recent"),
    ),
    Analysis(
        "expiry", "change", expiry, _EXPIRY, (Parameter("year", "count", THIS_YEAR), Parameter("ahead", "count", 2))
    ),
)
