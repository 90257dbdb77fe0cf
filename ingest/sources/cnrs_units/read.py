"""CNRS units with their institute and supervising bodies."""

from __future__ import annotations

import polars as pl

from ingest.reading import Reading, SourceFiles
from ingest.tidy import integer, text
from ingest.unit_codes import unit_type
from ingest.units import with_body


def read(files: SourceFiles) -> Reading:
    """Labs (id is the label, else `rnsr:…`), their institute and their supervising bodies (`name:fr:…`).

    Where two rows bear one label, the later vintage stands.
    """
    institutes = files.table("institutes")
    units = files.table("units").with_columns(
        id=pl.coalesce(text("label"), pl.format("rnsr:{}", "rnsr_id"), pl.format("ror:{}", _ror("ror_id")))
    )
    units = files.reject("units", units, pl.col("id").is_null(), "neither label nor RNSR nor ROR number", "name")
    later_first = units.sort("id", pl.col("vintage") == "2019", pl.col("line"))
    units = files.ignore(
        "units", later_first, pl.col("id").is_first_distinct().not_(), "older row of the same label", "id"
    )
    return files.reading(
        nodes={
            "Lab": units.select(
                id="id",
                name="name",
                acronym=text("acronym"),
                label=text("label"),
                unit_type=unit_type(text("label")),
                country=text("country"),
                city=text("city"),
                rnsr=text("rnsr_id"),
                ror=_ror("ror_id"),
                year_created=integer("year_created"),
                year_closed=integer("year_closed"),
                record=pl.format("line {}", "line"),
            ),
            "Institution": _bodies(units),
        },
        relationships={
            ("PART_OF", "Lab", "CnrsInstitute"): _institutes(files, units, institutes),
            ("SUPERVISED_BY", "Lab", "Institution"): _supervision(units).select(
                start="id", end="body", record=pl.format("{}/{}", "id", "body")
            ),
        },
    )


def _ror(column: str) -> pl.Expr:
    return pl.col(column).str.strip_prefix("https://ror.org/")


def _institutes(files: SourceFiles, units: pl.DataFrame, institutes: pl.DataFrame) -> pl.DataFrame:
    codes = dict(institutes.select("name_in_unit_dictionary", "id").iter_rows())
    named = (
        units.select("line", "id", pl.col("institutes").str.split("|"))
        .explode("institutes")
        .drop_nulls("institutes")
        .with_columns(code=pl.col("institutes").replace_strict(codes, default=None, return_dtype=pl.String))
    )
    known = files.drop_values(
        "units", named, pl.col("code").is_null(), "not one of today's ten institutes", "institutes"
    )
    return known.select(start="id", end="code", record=pl.format("{}/{}", "id", "code"))


def _supervision(units: pl.DataFrame) -> pl.DataFrame:
    named = (
        units.select("id", "line", pl.col("tutelles").str.split("|").alias("name"))
        .explode("name")
        .drop_nulls("name")
        .unique(["id", "name"], maintain_order=True)
    )
    return with_body(named, pl.lit(True)).unique(["id", "body"], maintain_order=True)


def _bodies(units: pl.DataFrame) -> pl.DataFrame:
    """Supervising bodies as RNSR names them; every one is French."""
    return (
        _supervision(units)
        .unique("body", maintain_order=True)
        .select(
            id="body",
            name="name",
            named=pl.lit(True),
            country=pl.lit("FR"),
            record=pl.format("line {}", "line"),
        )
    )
