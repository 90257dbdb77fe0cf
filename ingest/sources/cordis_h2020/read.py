"""Horizon 2020 as CORDIS published it in December 2020."""

from __future__ import annotations

import polars as pl

from ingest import cordis
from ingest.reading import Reading, SourceFiles
from ingest.tidy import amount, date, programmes_of, repaired, text

FRAMEWORK = "H2020"


def read(files: SourceFiles) -> Reading:
    """Projects, participants by PIC and participations; a body without a name is called by its number."""
    projects = files.table("projects")
    organisations = repaired(files.table("organisations"), "name", "city")
    participations = cordis.with_both_ends(files, files.table("participations"), organisations, projects)
    return files.reading(
        nodes={
            "Institution": organisations.select(*cordis.BODY),
            "Project": projects.select(
                id=_project("rcn"),
                name=text("acronym").fill_null(pl.format("RCN {}", "rcn")),
                acronym=text("acronym"),
                framework=pl.lit(FRAMEWORK),
                grant=text("grant_id"),
                start_date=date("start_date"),
                end_date=date("end_date"),
                scheme=text("funding_scheme"),
                call=text("call"),
                ec_contribution_eur=amount("ec_max_contribution_eur"),
                total_cost_eur=amount("total_cost_eur"),
                record="rcn",
            ),
        },
        relationships={
            ("PARTICIPATES_IN", "Institution", "Project"): participations.select(
                start=pl.format("pic:{}", "pic"),
                end=_project("rcn"),
                role=text("role"),
                contribution_eur=amount("ec_contribution_eur"),
                source_id="pic",
                record=pl.format("{}/{}", "rcn", "pic"),
            ),
            ("FUNDED_UNDER", "Project", "Programme"): _funding(projects, files.table("parts")),
        },
    )


def read_published(files: SourceFiles) -> Reading:
    """Read `cordis-h2020projects-csv.zip`."""
    return cordis.published(files, FRAMEWORK)


def _project(column: str) -> pl.Expr:
    return pl.format("{}:{}", pl.lit(FRAMEWORK), column)


def _funding(projects: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Most specific codes of the legal basis; without one, the programme part; without either, Horizon 2020."""
    codes = dict(parts.select("part", "programme").iter_rows())
    joined = {
        cell: "|".join(codes.get(part, part) for part in cell.split("|"))
        for cell in projects["programme_part"].unique().drop_nulls()
    }
    basis = projects.with_columns(
        basis=pl.coalesce(
            text("legal_basis"),
            pl.col("programme_part").replace_strict(joined, default=None, return_dtype=pl.String),
            pl.lit(FRAMEWORK),
        )
    )
    return programmes_of(basis.select("rcn", "basis"), "basis").select(
        start=_project("rcn"), end="programme", record=pl.format("{}/{}", "rcn", "programme")
    )
