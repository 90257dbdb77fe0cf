"""FP7 as CORDIS published it: participants without roles, dates or money."""

from __future__ import annotations

import polars as pl

from ingest import cordis
from ingest.reading import Reading, SourceFiles
from ingest.tidy import country, repaired, text

FRAMEWORK = "FP7"


def read(files: SourceFiles) -> Reading:
    """Projects, participants and participations; a nine-digit organisation number is its PIC.

    A project number met only among the participations is kept, with nothing
    else known of it; its record begins with `participations/`.
    """
    projects = files.table("projects")
    organisations = repaired(files.table("organisations"), "name", "city")
    participations = files.table("participations")
    known = set(organisations["org_id"])
    participations = files.reject(
        "participations", participations, ~pl.col("org_id").is_in(list(known)), "organisation not in the file", "org_id"
    )
    extra = (
        participations.filter(~pl.col("rcn").is_in(projects["rcn"].to_list()))
        .unique("rcn", maintain_order=True)
        .select("rcn", pl.lit(None, pl.String).alias("call"), pl.format("participations/{}", "rcn").alias("record"))
    )
    described = pl.concat([projects.select("rcn", "call", pl.col("rcn").alias("record")), extra])
    return files.reading(
        nodes={
            "Institution": organisations.select(
                id=_identifier("org_id"),
                name=text("name"),
                acronym=text("short_name"),
                named=pl.lit(True),
                country=country("country"),
                city=text("city"),
                url=text("url"),
                record="org_id",
            ),
            "Project": described.select(
                id=_project("rcn"),
                name=pl.format("RCN {}", "rcn"),
                framework=pl.lit(FRAMEWORK),
                call="call",
                record="record",
            ),
        },
        relationships={
            ("PARTICIPATES_IN", "Institution", "Project"): participations.select(
                start=_identifier("org_id"),
                end=_project("rcn"),
                source_id="org_id",
                record=pl.format("{}/{}", "rcn", "org_id"),
            ),
            ("FUNDED_UNDER", "Project", "Programme"): _funding(projects, extra, files.table("prefixes")),
        },
    )


def read_published(files: SourceFiles) -> Reading:
    """Read `cordis-fp7projects-csv.zip`."""
    return cordis.published(files, FRAMEWORK)


def _identifier(column: str) -> pl.Expr:
    is_pic = pl.col(column).str.contains(r"^\d{9}$")
    return pl.when(is_pic).then(pl.format("pic:{}", column)).otherwise(pl.format("fp7:{}", column))


def _project(column: str) -> pl.Expr:
    return pl.format("{}:{}", pl.lit(FRAMEWORK), column)


def _funding(projects: pl.DataFrame, extra: pl.DataFrame, prefixes: pl.DataFrame) -> pl.DataFrame:
    """One row a project: theme if given, else by the longest prefix of its call, else FP7 as a whole."""
    table = dict(prefixes.select("prefix", "programme").iter_rows())
    longest_first = sorted(table, key=len, reverse=True)

    def programme(theme: str | None, call: str | None) -> str:
        if theme in table:
            return str(table[theme])
        for prefix in longest_first:
            if call is not None and call.startswith(prefix):
                return str(table[prefix])
        return FRAMEWORK

    rows = [
        (rcn, programme(theme, call)) for rcn, theme, call in projects.select("rcn", "theme", "call").iter_rows()
    ] + [(rcn, FRAMEWORK) for rcn in extra["rcn"]]
    frame = pl.DataFrame(rows, schema=["rcn", "end"], orient="row")
    return frame.select(start=_project("rcn"), end="end", record=pl.format("{}/{}", "rcn", "end"))
