"""Co-publications of every CNRS unit with every institution, year by year."""

from __future__ import annotations

from typing import Final

import polars as pl

from graph.errors import SourceError
from graph.settings import Settings
from ingest.catalogue import FileSpec
from ingest.copublications import NO_NUMBER, NO_YEAR, count
from ingest.reading import Reading, SourceFiles
from ingest.sources.openalex_lorraine.read import MISTAKEN, TYPES
from ingest.tidy import text
from ingest.works import fields

WEAK: Final = "acronym_unique(check)"

_CONFIRMED: Final = {"code_in_ror_name": 0, "name": 1}


def read_published(files: SourceFiles) -> Reading:
    """Ties of units (id is the label, else `rnsr:…`) and institutions (`openalex:I…`), one a year, counted both ways.

    Units come with name and ROR number only, so that the ties have their ends where no other source is read.
    """
    spec = files.spec.files["works"]
    for path in spec.paths:
        if not path.is_file():
            raise SourceError(f"Source '{files.spec.name}' lacks {path.name}.", "Fetch it again.")
    labs = _labs(files)
    names, settings = set[str]().union(*map(fields, spec.paths)), Settings()
    found = count(
        spec.paths, labs.select("ror", "lab"), engine=settings.dataframe_engine, spark_master=settings.spark_master
    )
    works = files.account("works", _in_file(found.works, spec))
    files.signal("works", sorted(names - {*spec.columns, *spec.optional, *spec.ignored}))
    for reason in (NO_NUMBER, NO_YEAR):
        works = files.reject("works", works, pl.col("reason") == reason, reason, "work")
    for reason in works["reason"].drop_nulls().unique().sort():
        works = files.ignore("works", works, pl.col("reason") == reason, reason, "work")
    strangers = _in_file(found.strangers, spec).with_columns(
        told=pl.format("{} {} {}", "institution", _shown("ror"), _shown("name"))
    )
    files.drop_values("works", strangers, pl.lit(True), "body of the CNRS not known as a unit", "told")
    first = labs.unique("lab", keep="first", maintain_order=True)
    bodies = found.institutions.with_columns(line=pl.lit(None, pl.Int64))
    rule = "a body OpenAlex takes for the CNRS by its acronym"
    bodies = files.drop_values("works", bodies, pl.col("id").is_in(list(MISTAKEN)), rule, "id")
    ties = found.ties.join(bodies, left_on="institution", right_on="id", how="semi", maintain_order="left")
    ties = ties.join(first, on="lab", how="left", maintain_order="left")
    return files.reading(
        nodes={
            "Lab": first.join(ties, on="lab", how="semi", maintain_order="left").select(
                id="lab", name="name", label="label", ror="ror", record="ror"
            ),
            "Institution": _institutions(files, bodies),
        },
        relationships={
            ("COPUBLISHES_WITH", "Lab", "Institution"): ties.select(
                start="lab",
                end=pl.format("openalex:{}", "institution"),
                year_from=pl.col("year").cast(pl.Int64),
                year_to=pl.col("year").cast(pl.Int64),
                full_count="full_count",
                fractional_count="fractional_count",
                record=pl.format("{}/{}/{}", "ror", "institution", "year"),
            )
        },
        identities=bodies.select(left=pl.format("openalex:{}", "id"), right=pl.format("ror:{}", "ror")),
    )


def _in_file(frame: pl.DataFrame, spec: FileSpec) -> pl.DataFrame:
    """Rows with the name of their file in the place of its number."""
    names = {number: path.name for number, path in enumerate(spec.paths)}
    return frame.with_columns(file=pl.col("file").replace_strict(names, return_dtype=pl.String))


def _labs(files: SourceFiles) -> pl.DataFrame:
    """ROR number, unit (its label, else `rnsr:…`) and name; of two numbers of a unit, the better confirmed is first."""
    children = files.table("children").with_columns(
        lab=pl.coalesce(text("lab_label"), pl.format("rnsr:{}", text("lab_rnsr_id")))
    )
    unlabelled = "child of the CNRS in ROR without label or RNSR number"
    children = files.ignore("children", children, pl.col("lab").is_null(), unlabelled, "ror_id")
    children = files.ignore(
        "children", children, pl.col("match") == WEAK, "joined to a unit by acronym alone", "ror_id"
    )
    strength = pl.col("match").replace_strict(_CONFIRMED, default=2, return_dtype=pl.Int64)
    return children.sort("lab", strength, "line").select(
        ror=pl.col("ror_id").str.strip_prefix("https://ror.org/"),
        lab="lab",
        label=text("lab_label"),
        name=pl.coalesce(text("lab_name"), text("ror_label")),
    )


def _institutions(files: SourceFiles, found: pl.DataFrame) -> pl.DataFrame:
    found = found.with_columns(name=text("name"), type=text("type"))
    strange = pl.col("type").is_not_null() & ~pl.col("type").is_in(list(TYPES))
    found = files.unknown("works", found, "type", strange, "a type of institution nobody knows")
    return found.select(
        id=pl.format("openalex:{}", "id"),
        name=pl.coalesce("name", "id"),
        named=pl.col("name").is_not_null(),
        type=pl.col("type").replace_strict(TYPES, default=None, return_dtype=pl.String),
        country=text("country").str.to_uppercase(),
        record="id",
    )


def _shown(column: str) -> pl.Expr:
    return pl.col(column).fill_null("–")
