"""Co-publications lab by lab, the one such layer at hand."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.reading import Reading, SourceFiles
from ingest.tidy import integer, text

TYPES: Final = {
    "education": "HES",
    "facility": "REC",
    "company": "PRC",
    "government": "PUB",
    "healthcare": "OTH",
    "nonprofit": "OTH",
    "archive": "OTH",
    "other": "OTH",
    "funder": "OTH",
}
"""OpenAlex types in the classes CORDIS uses."""

FIRST, LAST = 2019, 2023

MISTAKEN: Final = ("I4210155240",)
"""The Canadian Nautical Research Society, CNRS for short: units in France have it among their addresses."""


def read(files: SourceFiles) -> Reading:
    """Partners (by ROR, else OpenAlex id; one row gives both to one body) and joint works a lab and partner."""
    pairs = files.table("pairs").with_columns(
        openalex=pl.format("openalex:{}", "partner_openalex"),
        ror=pl.format("ror:{}", pl.col("partner_ror").str.strip_prefix("https://ror.org/")),
        works=integer("co_works"),
    )
    pairs = files.reject("pairs", pairs, pl.col("works").is_null(), "the number of works is not a number", "co_works")
    mistaken = pl.col("partner_openalex").is_in(list(MISTAKEN))
    pairs = files.ignore("pairs", pairs, mistaken, "a body OpenAlex takes for the CNRS by its acronym", "partner_name")
    partners = pairs.unique("openalex", maintain_order=True)
    return files.reading(
        nodes={
            "Institution": partners.select(
                id="openalex",
                name="partner_name",
                named=pl.lit(True),
                type=pl.col("type_openalex").replace_strict(TYPES, default=None, return_dtype=pl.String),
                country=text("country_code"),
                record="partner_openalex",
            )
        },
        relationships={
            ("COPUBLISHES_WITH", "Lab", "Institution"): pairs.select(
                start="lab_label",
                end="openalex",
                year_from=pl.lit(FIRST, pl.Int64),
                year_to=pl.lit(LAST, pl.Int64),
                full_count="works",
                record=pl.format("{}/{}", "lab_ror", "partner_openalex"),
            )
        },
        identities=partners.select(left="openalex", right="ror"),
    )
