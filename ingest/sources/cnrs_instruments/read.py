"""Agreements, their parties, the units that embody them and where they are."""

from __future__ import annotations

import polars as pl

from ingest.reading import Reading, SourceFiles
from ingest.tidy import boolean, integer, text

CNRS = "ror:02feahw73"
ON_ITS_SOIL = ("OFFICE", "UMIFRE")


def read(files: SourceFiles) -> Reading:
    """Agreements (id as in the table), parties (`name:cc:…`), hosts and the programme each is an instrument of."""
    agreements = files.table("instruments")
    parties = files.table("parties")
    parties = files.ignore(
        "parties", parties, pl.col("kind") == "unnamed", "party without a name", "party_as_published"
    )
    parties = files.ignore(
        "parties", parties, pl.col("kind") == "cnrs", "the CNRS, a party to each already", "party_as_published"
    )
    parties = files.reject(
        "parties",
        parties,
        ~pl.col("agreement").is_in(agreements["id"].to_list()),
        "agreement not in the file",
        "agreement",
    )
    bodies = parties.filter(pl.col("kind") == "institution")
    labs = parties.filter(pl.col("kind") == "lab")
    hosts = _many(agreements, "countries", ";")
    return files.reading(
        nodes={
            "Agreement": agreements.select(
                id="id",
                name="name",
                acronym=text("acronym"),
                instrument="instrument",
                code=text("code"),
                year_start=integer("start_year"),
                year_end=integer("end_year"),
                dates_note=text("year_note"),
                dates_conflict=boolean("dates_conflict"),
                city=text("city"),
                verification="verification",
                url=pl.col("source").str.extract(r"(https?://\S+)"),
                record="id",
            ),
            "Institution": bodies.unique("party_id", maintain_order=True).select(
                id="party_id",
                name="name",
                named=pl.lit(True),
                country=text("country"),
                record=pl.format("{}/{}", "agreement", "position"),
            ),
        },
        relationships={
            ("PARTY_TO", "Institution", "Agreement"): pl.concat(
                [
                    bodies.select(
                        start="party_id",
                        end="agreement",
                        source_name="party_as_published",
                        record=pl.format("{}/{}", "agreement", "position"),
                    ),
                    agreements.select(
                        start=pl.lit(CNRS), end="id", source_name=pl.lit("CNRS"), record=pl.format("{}/CNRS", "id")
                    ),
                ]
            ),
            ("PARTY_TO", "Lab", "Agreement"): pl.concat(
                [
                    labs.select(
                        start="lab",
                        end="agreement",
                        source_name="party_as_published",
                        record=pl.format("{}/{}", "agreement", "position"),
                    ),
                    # the first label is the unit's present one, those after it are its former ones
                    agreements.filter(pl.col("units").is_not_null()).select(
                        start=pl.col("units").str.split("|").list.first(),
                        end="id",
                        source_name=pl.col("units").str.split("|").list.first(),
                        record=pl.format("{}/unit", "id"),
                    ),
                ]
            ),
            ("PARTY_TO", "CnrsInstitute", "Agreement"): _many(agreements, "cnrs_institutes", ";").select(
                start="cnrs_institutes",
                end="id",
                source_name="cnrs_institutes",
                record=pl.format("{}/{}", "id", "cnrs_institutes"),
            ),
            ("HOSTED_IN", "Agreement", "Country"): hosts.select(
                start="id", end="countries", record=pl.format("{}/{}", "id", "countries")
            ),
            ("FUNDED_UNDER", "Agreement", "Programme"): agreements.select(start="id", end="programme", record="id"),
            ("COVERED_BY", "Country", "Agreement"): hosts.filter(pl.col("instrument").is_in(ON_ITS_SOIL)).select(
                start="countries", end="id", record=pl.format("{}/{}", "countries", "id")
            ),
        },
    )


def _many(frame: pl.DataFrame, column: str, separator: str) -> pl.DataFrame:
    return (
        frame.with_columns(pl.col(column).str.split(separator))
        .explode(column)
        .with_columns(text(column))
        .drop_nulls(column)
    )
