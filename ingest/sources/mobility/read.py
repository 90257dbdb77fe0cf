"""Missions, stays and recruits as the department enters them."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.department.reading import checked_table
from ingest.reading import Reading, SourceFiles

LEVELS: Final = ("Institution", "CnrsInstitute", "Lab")


def read_published(files: SourceFiles) -> Reading:
    """Mobility of the CNRS, an institute or a unit to a country, one relationship a year."""
    rows = checked_table(files, "mobility").with_columns(
        level=pl.col("who").str.extract(r"^(\w+):"), start=pl.col("who").str.extract(r"^\w+:(.+)$")
    )
    return files.reading(
        nodes={},
        relationships={
            ("MOBILITY_TO", level, "Country"): rows.filter(pl.col("level") == level).select(
                "start",
                "year",
                "missions",
                "stays",
                "recruits",
                "note",
                end="country",
                record=pl.format("{}/{}/{}", "year", "start", "country"),
            )
            for level in LEVELS
        },
    )
