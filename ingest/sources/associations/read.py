"""How each country stands to a framework programme, and in which period."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.reading import Reading, SourceFiles
from ingest.tidy import date, text

STATUSES: Final = ("member", "associated", "transitional", "candidate", "territory")


def read(files: SourceFiles) -> Reading:
    """One relationship a row, its record the row's id; a date that cannot be read is unknown, and listed."""
    rows = files.table("associations")
    rows = files.reject("associations", rows, ~pl.col("status").is_in(STATUSES), "no status", "status")
    for day in ("start_date", "end_date"):
        unread = pl.col(day).is_not_null() & date(day).is_null()
        rows = files.unknown("associations", rows, day, unread, "not a date")
    return files.reading(
        nodes={},
        relationships={
            ("HAS_STATUS_IN", "Country", "Programme"): rows.select(
                start="country",
                end="programme",
                status="status",
                scope=text("scope"),
                start_date=date("start_date"),
                end_date=date("end_date"),
                note=text("note"),
                # of several pages, the first says most
                url=pl.col("source").str.extract(r"(https?://[^\s;]+)"),
                record="id",
            )
        },
    )
