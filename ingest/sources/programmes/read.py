"""The tree of programmes."""

from __future__ import annotations

import polars as pl

from ingest.reading import Reading, SourceFiles
from ingest.tidy import integer, text


def read(files: SourceFiles) -> Reading:
    """Programmes (id is the code without trailing dot) and the part each belongs to."""
    programmes = files.table("programmes")
    return files.reading(
        nodes={
            "Programme": programmes.select(
                id="id",
                name_en="name_en",
                name_fr="name_fr",
                acronym=text("acronym"),
                family="family",
                year_start=integer("year_start"),
                year_end=integer("year_end"),
                record="id",
            )
        },
        relationships={
            ("PART_OF", "Programme", "Programme"): programmes.filter(pl.col("parent").is_not_null()).select(
                start="id", end="parent", record="id"
            )
        },
    )
