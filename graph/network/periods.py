"""Two periods to compare: by framework programme, where dates are unknown, or by the year an event starts in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from graph.errors import BadRequest
from graph.network.answer import Parameter
from graph.network.incidence import Incidence
from graph.network.notes import Note
from graph.network.projection import subtree

PARAMETERS: Final = (
    Parameter("by", "choice", "programme", choices=("programme", "years")),
    Parameter("before", "programme", "FP7"),
    Parameter("after", "programme", "H2020"),
    Parameter("years_before", "years", (2007, 2013)),
    Parameter("years_after", "years", (2014, 2020)),
)
"""How an analysis is told the two periods: `before` and `after` count by programme, the years by years."""

_GROWING: Final = ("H2020", "HORIZON")
"""Programmes that went on signing grants after the snapshot of the bundled data."""


@dataclass(frozen=True, eq=False)
class Periods:
    """The events of two periods, none in both.

    Attributes:
        before: `event` of the earlier one.
        after: `event` of the later one.
        notes: what is compared and what is in neither, as catalogue keys and values.
    """

    before: pl.DataFrame
    after: pl.DataFrame
    notes: tuple[Note, ...]


def two_periods(
    incidence: Incidence,
    events: pl.DataFrame,
    *,
    by: str,
    before: str,
    after: str,
    years_before: tuple[int, int],
    years_after: tuple[int, int],
) -> Periods:
    """Part events into two periods.

    By programme an event belongs to the one it is funded under, with all of its subtree; by years to the one its start
    year lies in. An event without a known start is in neither, and said to be: it is not taken to start with its
    programme. An event funded under both programmes is in neither either.

    Args:
        incidence: for the programmes.
        events: `event` and `first`, one row each.
        by, before, after, years_before, years_after: as `PARAMETERS`.

    Raises:
        BadRequest: a programme is unknown or within the other, or the years overlap or stand in the wrong order.
    """
    if by == "years":
        return _by_years(events, years_before, years_after)
    within = [subtree(incidence.programmes, [one], "programme") for one in (before, after)]
    if within[0] & within[1]:
        raise BadRequest.of("refused.not_apart", before=before, after=after)
    notes: list[Note] = [("change.compared", {"before": before, "after": after})]
    early, late = (_funded(incidence, events, one) for one in within)
    both = early.join(late, on="event", how="semi")
    if both.height:
        notes.append(("change.in_both", {"count": both.height}))
    early, late = early.join(both, on="event", how="anti"), late.join(both, on="event", how="anti")
    found = pl.concat([early, late])["event"]
    notes += [(f"change.still_{one}", {}) for one in _GROWING if found.str.starts_with(f"Project:{one}:").any()]
    return Periods(early, late, tuple(notes))


def _by_years(events: pl.DataFrame, before: tuple[int, int], after: tuple[int, int]) -> Periods:
    if before[1] >= after[0]:
        raise BadRequest.of("refused.years_overlap", before=_written(before), after=_written(after))
    notes: list[Note] = [("change.compared", {"before": _written(before), "after": _written(after)})]
    undated = events["first"].null_count()
    if undated:
        notes.append(("change.undated", {"count": undated}))
    last = events["first"].max()
    if isinstance(last, int) and last <= after[1]:
        notes.append(("change.last_start", {"year": last}))
    early, late = (events.filter(pl.col("first").is_between(*one)).select("event") for one in (before, after))
    return Periods(early, late, tuple(notes))


def _funded(incidence: Incidence, events: pl.DataFrame, programmes: set[str]) -> pl.DataFrame:
    funded = incidence.funding.filter(pl.col("programme").is_in(programmes))
    return events.select("event").join(funded, on="event", how="semi")


def _written(years: tuple[int, int]) -> str:
    return f"{years[0]}–{years[1]}"
