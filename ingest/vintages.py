"""Snapshots of one source over time: a newer record replaces the older one, a dropped one is closed with a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from ingest.reading import Ends, Reading

CLOSED: Final = "FORMERLY"
"""Relationship type of what an older snapshot said and a newer one no longer says."""

KEPT: Final = ("PARTICIPATES_IN", "PARTY_TO", "SUPERVISED_BY")
"""Types that are closed when they go, so that a unit that leaves a register stays known with who supervised it. The
others describe a node that is still there, or are counted anew each time: co-publications of a window of years that
moved on have not ended."""

TIES: Final = ("PARTICIPATES_IN", "PARTY_TO", "COPUBLISHES_WITH")
"""Types that a difference between snapshots counts as ties of a partner."""

PARTNER: Final = "Institution"


@dataclass(frozen=True, slots=True)
class Vintage:
    """One snapshot of a source as read.

    Attributes:
        reading: the records a graph takes of it.
        whole: everything it holds, projects without the CNRS included: what is in there has not been withdrawn.
    """

    date: dt.date
    reading: Reading
    whole: Reading


def closed(vintages: Sequence[Vintage]) -> list[Reading]:
    """Return, of each older reading, what no newer snapshot says any more.

    A relationship between two nodes that no newer snapshot joins becomes `FORMERLY`, with its type and the day of
    the snapshot after its own, the first without it. Its ends come with it where no newer reading describes them; a
    project that no newer snapshot has carries that day. Vintages are never added.

    Args:
        vintages: of one source, oldest first; the newest is last and has nothing to close.

    Returns:
        As many readings as there are older ones, with their rows and audit; empty of records where nothing went.
    """
    found = []
    for place, vintage in enumerate(vintages[:-1]):
        day, newer = vintages[place + 1].date, vintages[place + 1 :]
        relationships: dict[Ends, pl.DataFrame] = {}
        ends_of: dict[str, list[pl.Series]] = {}
        for (type_, start, end), frame in vintage.reading.relationships.items():
            if type_ not in KEPT:
                continue
            gone = frame.unique(["start", "end"], keep="first", maintain_order=True)
            for each in newer:
                gone = _without(gone, each.whole.relationships.get((type_, start, end)), ["start", "end"])
            if gone.height:
                told = gone.select("start", "end", "record", type=pl.lit(type_), withdrawn_on=pl.lit(day, pl.Date))
                relationships[CLOSED, start, end] = told
                ends_of.setdefault(start, []).append(told["start"])
                ends_of.setdefault(end, []).append(told["end"])
        nodes = {}
        for label, ends in ends_of.items():
            if label not in vintage.reading.nodes:
                continue  # another source describes them
            lost = vintage.reading.nodes[label].filter(pl.col("id").is_in(pl.concat(ends).implode()))
            for each in newer:
                lost = _without(lost, each.reading.nodes.get(label), ["id"])
            if label == "Project":
                held = [each.whole.nodes[label]["id"] for each in newer if label in each.whole.nodes]
                published = pl.col("id").is_in(pl.concat(held).implode()) if held else pl.lit(False)
                lost = lost.with_columns(withdrawn_on=pl.when(~published).then(pl.lit(day, pl.Date)))
            nodes[label] = lost
        found.append(replace(vintage.reading, nodes=nodes, relationships=relationships))
    return found


def carried(readings: Sequence[Reading]) -> list[Reading]:
    """Return, of each older reading, the records no newer one has: of a table that only grows, such as one a year.

    Args:
        readings: of one source, oldest first.

    Returns:
        As many readings as there are older ones.
    """
    found = []
    for place, reading in enumerate(readings[:-1]):
        newer = readings[place + 1 :]
        nodes, relationships = dict(reading.nodes), dict(reading.relationships)
        for each in newer:
            nodes = {label: _without(frame, each.nodes.get(label), ["id"]) for label, frame in nodes.items()}
            relationships = {
                ends: _without(frame, each.relationships.get(ends), ["start", "end", "record"])
                for ends, frame in relationships.items()
            }
        found.append(replace(reading, nodes=nodes, relationships=relationships))
    return found


def _without(frame: pl.DataFrame, other: pl.DataFrame | None, keys: list[str]) -> pl.DataFrame:
    return frame if other is None else frame.join(other, on=keys, how="anti", maintain_order="left")


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two snapshots of a source.

    Attributes:
        kinds: kind -> records new, gone and changed.
        partners: id, name, country, before, after (relationships of the body), change (new, ended, changed);
            the largest change first.
    """

    kinds: Mapping[str, tuple[int, int, int]]
    partners: pl.DataFrame


def difference(older: Reading, newer: Reading, *, by_record: bool = True) -> Difference:
    """Compare two readings of one source, record by record and partner by partner.

    Args:
        by_record: False where the two name their records differently: relationships are then told apart by their ends.
    """
    kinds: dict[str, tuple[int, int, int]] = {}
    for label in sorted({*older.nodes, *newer.nodes}):
        kinds[label] = _compared(older.nodes.get(label), newer.nodes.get(label), ["id"])
    for ends in sorted({*older.relationships, *newer.relationships}):
        keys = ["start", "end", "record"] if by_record else ["start", "end"]
        found = _compared(older.relationships.get(ends), newer.relationships.get(ends), keys)
        before = kinds.get(ends[0], (0, 0, 0))
        kinds[ends[0]] = (before[0] + found[0], before[1] + found[1], before[2] + found[2])
    return Difference(kinds, _partners(older, newer))


def _compared(older: pl.DataFrame | None, newer: pl.DataFrame | None, keys: list[str]) -> tuple[int, int, int]:
    if older is None or newer is None:
        return (0 if newer is None else newer.height, 0 if older is None else older.height, 0)
    older, newer = older.unique(keys, keep="first"), newer.unique(keys, keep="first")
    new = newer.join(older, on=keys, how="anti").height
    gone = older.join(newer, on=keys, how="anti").height
    columns = [c for c in newer.columns if c in older.columns and c not in (*keys, "record")]
    both = newer.join(older, on=keys, how="inner", suffix=" before")
    differs = (
        pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c} before")) for c in columns) if columns else pl.lit(False)
    )
    return new, gone, both.filter(differs).height


def _partners(older: Reading, newer: Reading) -> pl.DataFrame:
    counts = _ties(older).join(_ties(newer), on="id", how="full", coalesce=True, suffix=" after")
    counts = counts.select("id", before=pl.col("ties"), after=pl.col("ties after")).filter(
        pl.col("before").ne_missing(pl.col("after"))
    )
    nothing = pl.DataFrame(schema={"id": pl.String, "name": pl.String, "country": pl.String})
    bodies = [frame for frame in (newer.nodes.get(PARTNER), older.nodes.get(PARTNER)) if frame is not None]
    described = pl.concat(
        [nothing, *(frame.select(c for c in nothing.columns if c in frame.columns) for frame in bodies)], how="diagonal"
    ).unique("id", keep="first", maintain_order=True)
    change = (
        pl.when(pl.col("before").is_null())
        .then(pl.lit("new"))
        .when(pl.col("after").is_null())
        .then(pl.lit("ended"))
        .otherwise(pl.lit("changed"))
    )
    size = (pl.col("after").fill_null(0) - pl.col("before").fill_null(0)).abs()
    return (
        counts.join(described, on="id", how="left")
        .with_columns(change=change, size=size)
        .sort(["size", "id"], descending=[True, False])
        .select("id", "name", "country", "before", "after", "change")
    )


def _ties(reading: Reading) -> pl.DataFrame:
    """Relationships of each partner body with projects, agreements and labs; a place or a field of science is none."""
    ends = [
        frame.select(pl.col(column).alias("id"))
        for (type_, start, end), frame in reading.relationships.items()
        if type_ in TIES
        for column, label in (("start", start), ("end", end))
        if label == PARTNER
    ]
    if not ends:
        return pl.DataFrame(schema={"id": pl.String, "ties": pl.Int64})
    return pl.concat(ends).group_by("id").agg(pl.len().cast(pl.Int64).alias("ties"))
