"""One measure in slices of time: who came to the front of the network, and who fell back."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from graph.errors import BadRequest
from graph.network.answer import Analysis, Answer, Column, Parameter, Picture
from graph.network.bipartite import once
from graph.network.incidence import Incidence
from graph.network.measures import values
from graph.network.notes import Note
from graph.network.projection import events_in, project
from graph.network.scope import Scope
from graph.network.trend import incomplete_years, known_years

Years = tuple[int, int]

MEASURES: Final = ("strength", "degree", "pagerank", "core")
"""Those that are computed exactly and fast: one is needed for each slice."""

_SCHEMA: Final = {
    "key": pl.String,
    "name": pl.String,
    "country": pl.String,
    "begin": pl.Int32,
    "end": pl.Int32,
    "rank": pl.Int64,
    "value": pl.Float64,
    "actors": pl.Int64,
    "complete": pl.Boolean,
}
_COLUMNS: Final = (
    Column("key", "key"),
    Column("name", "text"),
    Column("country", "country"),
    Column("begin", "year"),
    Column("end", "year"),
    Column("rank"),
    Column("value", decimals=3),
    Column("actors"),
    Column("complete", "flag"),
)


def slices(
    incidence: Incidence,
    scope: Scope,
    measure: str = "strength",
    years: Years = (2014, 2030),
    width: int = 3,
    top: int = 4,
) -> Answer:
    """Measure the network of each span of years by itself, and follow those who are first in the earliest or latest.

    An event is in every slice it surely overlaps, as in `Scope.years`, so that neighbouring slices share the events
    that run through both. Ranks are places in the whole network of the slice, equal values sharing the best.

    Args:
        incidence: the store's ties.
        scope: what to count; its years bound the slices.
        measure: one of `MEASURES`, in its own unit.
        years: first and last year, within those in which events of the scope are known to begin.
        width: years of a slice; the last may be shorter.
        top: how many to follow from either end; of equal ones the first by key.

    Returns:
        One row an actor and slice: the first of the latest slice before those of the earliest, each by year. `value`
        and `rank` are null in a slice whose network the actor is not in; `actors` is how many are. `complete` is false
        for a slice that is shorter than the others, or has a year of which not all events are known
        (`incomplete_years`). Empty where no event has a known beginning.

    Raises:
        BadRequest: the scope has joint works alone, or names a programme, country or region the graph does not have.
    """
    if scope.ties == {"copublications"}:
        raise BadRequest.of("refused.works_not_followed")
    events = events_in(incidence, replace(scope, years=None), [])
    known = known_years(events["first"], years, scope.years)
    spans = [(start, min(start + width - 1, known[-1])) for start in known[::width]]
    notes: list[Note] = []
    if not spans:
        why: Note = ("change.slices_none", {})
        if events["first"].count():
            why = ("change.slices_outside", {"years": f"{years[0]}–{years[1]}"})
        return Answer(scope, pl.DataFrame(schema=_SCHEMA), {"slices": 0, "followed": 0}, (why,))
    events_in(incidence, replace(scope, years=(spans[0][0], spans[-1][1])), notes)
    unsure = incomplete_years(events.select("event", "first"))
    complete = {
        span: span[1] - span[0] + 1 == width and unsure.isdisjoint(range(span[0], span[1] + 1)) for span in spans
    }
    found = pl.concat(_slice(incidence, scope, measure, span, notes, complete=complete[span]) for span in spans)
    table = _followed(found, spans, top)
    notes.append(("change.slices_overlap", {}))
    lacking = [f"{first}–{last}" if first < last else f"{first}" for first, last in spans if not complete[first, last]]
    if lacking:
        notes.append(("change.slices_incomplete", {"spans": ", ".join(lacking)}))
    return Answer(scope, table, {"slices": len(spans), "followed": table["key"].n_unique()}, once(notes))


def _slice(
    incidence: Incidence, scope: Scope, measure: str, span: Years, notes: list[Note], *, complete: bool
) -> pl.DataFrame:
    projection = project(incidence, replace(scope, years=span))
    said = {key for key, _ in notes}  # what counts events of no date is said of all slices together
    notes += [note for note in projection.notes if note[0] not in said and not note[0].startswith("network.undated_")]
    value = pl.Series("value", values(projection, measure), dtype=pl.Float64).fill_nan(None)
    table = projection.nodes.select("key", "name", "country").with_columns(
        begin=pl.lit(span[0]),
        end=pl.lit(span[1]),
        value=value,
        rank=value.rank("min", descending=True),
        actors=pl.lit(projection.nodes.height),
        complete=pl.lit(complete),
    )
    return table.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def _followed(found: pl.DataFrame, spans: list[Years], top: int) -> pl.DataFrame:
    """Return the first of the latest slice, then of the earliest, a row for each slice of all of them."""
    ends = [
        found.filter(pl.col("begin") == first).drop_nulls("rank").sort("rank", "key").head(top)["key"]
        for first, _ in (spans[-1], spans[0])
    ]
    keys = pl.concat(ends).unique(maintain_order=True).to_frame().with_row_index("order")
    every = found.unique("begin").select("begin", "end", "actors", "complete")
    told = keys.join(found.unique("key", keep="last").select("key", "name", "country"), on="key")
    return (
        told.join(every, how="cross")
        .join(found.select("key", "begin", "value", "rank"), on=["key", "begin"], how="left")
        .sort("order", "begin")
        .select(*_SCHEMA)
    )


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "slices",
        "change",
        slices,
        _COLUMNS,
        (
            Parameter("measure", "choice", "strength", choices=MEASURES),
            Parameter("years", "years", (2014, 2030)),
            Parameter("width", "count", 3, most=50),
            Parameter("top", "count", 4, most=1_000),
        ),
        Picture("lines", "begin", "value", "key", whole="complete"),
    ),
)
