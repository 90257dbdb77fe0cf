"""The CNRS itself and its institutes."""

from __future__ import annotations

import polars as pl

from ingest.reading import Reading, SourceFiles
from ingest.tidy import amount

CNRS = "ror:02feahw73"


def read(files: SourceFiles) -> Reading:
    """The CNRS as an Institution and its institutes (id is the acronym)."""
    bodies = files.table("institutions")
    institutes = files.table("institutes")
    return files.reading(
        nodes={
            "Institution": bodies.select(
                "id",
                "name",
                "acronym",
                pl.lit(True).alias("named"),
                "type",
                "country",
                "city",
                "url",
                amount("latitude"),
                amount("longitude"),
                pl.col("id").alias("record"),
            ),
            "CnrsInstitute": institutes.select("id", "name_en", "name_fr", record="id"),
        },
        relationships={
            ("PART_OF", "CnrsInstitute", "Institution"): institutes.select(start="id", end=pl.lit(CNRS), record="id")
        },
    )
