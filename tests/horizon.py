"""The complete Horizon Europe of the publisher's archive: every project and participant, not only the CNRS's."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import polars as pl

from graph.store import Tables
from graph.store.text import fold
from tests.samples import provenance
from tests.serving import ROOT

SHARED = Path(os.environ.get("EXPLORER_SHARED_DATA", ROOT.parent / "shared" / "data"))
ARCHIVE = SHARED / "cordis" / "cordis-HORIZONprojects-csv.zip"
"""Too large for git; a test that wants it is left out, with a word, where it is absent."""


def horizon() -> Tables:
    """Institutions, projects and who takes part in what, as the archive has them."""
    with zipfile.ZipFile(ARCHIVE) as packed:
        rows = _csv(packed, "organization.csv")
        projects = _csv(packed, "project.csv")
    rows = rows.filter(pl.col("projectID").is_in(projects["id"].implode())).select(
        pl.format("pic:{}", "organisationID").alias("start"),
        pl.format("HORIZON:{}", "projectID").alias("end"),
        pl.col("organisationID").alias("source_id"),
        "role",
        "name",
        "country",
    )
    bodies = rows.unique("start", keep="first", maintain_order=True)
    institutions = bodies.select(
        pl.col("start").alias("id"),
        "name",
        pl.lit(value=True).alias("named"),
        "country",
        pl.concat_list("start").alias("identifiers"),
        pl.col("name").map_elements(fold, return_dtype=pl.String).alias("search"),
    )
    funded = projects.select(
        pl.format("HORIZON:{}", "id").alias("id"),
        pl.coalesce("acronym", "id").alias("name"),
        pl.lit("HORIZON").alias("framework"),
        pl.col("startDate").str.to_date(strict=False).alias("start_date"),
        pl.col("endDate").str.to_date(strict=False).alias("end_date"),
        pl.coalesce("acronym", "id").str.to_lowercase().alias("search"),
    )
    return Tables(
        {"Institution": provenance(institutions, "cordis"), "Project": provenance(funded, "cordis")},
        {("PARTICIPATES_IN", "Institution", "Project"): provenance(rows.drop("name", "country"), "cordis")},
    )


def _csv(packed: zipfile.ZipFile, name: str) -> pl.DataFrame:
    return pl.read_csv(packed.read(name), separator=";", infer_schema=False)
