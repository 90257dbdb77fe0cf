"""ROR numbers of CNRS units, and units only ROR knows: the bundled table of June 2026, or a ROR dump."""

from __future__ import annotations

import polars as pl

from ingest.reading import Reading, SourceFiles
from ingest.sources.ror import published
from ingest.sources.ror.published import WEAK
from ingest.tidy import text
from ingest.unit_codes import unit_type


def read(files: SourceFiles) -> Reading:
    """Labs with their ROR number; one without a trusted label is `rnsr:…`, else `ror:…`.

    A second ROR record of one unit is ignored: exact matches of the code come first.
    """
    children = files.table("children").with_columns(ror=pl.col("ror_id").str.strip_prefix("https://ror.org/"))
    children = files.ignore(
        "children", children, pl.col("match") == WEAK, "joined to a unit by acronym alone", "ror_id"
    )
    children = children.with_columns(
        id=pl.coalesce(text("lab_label"), pl.format("rnsr:{}", "lab_rnsr_id"), pl.format("ror:{}", "ror"))
    )
    strength = pl.col("match").replace_strict(
        {"code_in_ror_name": 0, "name": 1, "acronym+city": 2, "acronym, checked by hand": 2},
        default=3,
        return_dtype=pl.Int64,
    )
    ordered = children.sort("id", strength, "line")
    children = files.ignore(
        "children", ordered, pl.col("id").is_first_distinct().not_(), "second ROR record of one unit", "ror_id"
    )
    return files.reading(
        nodes={
            "Lab": children.select(
                id="id",
                name="ror_label",
                label=text("lab_label"),
                unit_type=unit_type(text("lab_label")),
                rnsr=text("lab_rnsr_id"),
                ror="ror",
                record="ror_id",
            )
        }
    )


def read_published(files: SourceFiles) -> Reading:
    """Read a ROR dump, schema 1 or 2."""
    return published.read(files)
