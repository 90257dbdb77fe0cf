"""Horizon Europe as CORDIS published it in December 2025."""

from __future__ import annotations

import polars as pl

from ingest.reading import Ends, Reading, SourceFiles
from ingest.tidy import amount, boolean, country, date, name_or_missing, programmes_of, repaired, text

FRAMEWORK = "HORIZON"


def read(files: SourceFiles) -> Reading:
    """Projects, participants by PIC, participations and fields of science.

    One body may have several rows in a project (third party and participant):
    each stays its own relationship, told apart by role and order.
    """
    projects = files.table("projects")
    organisations = repaired(files.table("organisations"), "name", "city")
    participations = files.table("participations")
    participations = files.reject(
        "participations",
        participations,
        ~pl.col("pic").is_in(organisations["pic"].to_list()),
        "organisation not in the file",
        "pic",
    )
    participations = files.reject(
        "participations",
        participations,
        ~pl.col("rcn").is_in(projects["rcn"].to_list()),
        "project not in the file",
        "rcn",
    )
    place = pl.col("geolocation").str.split(",")
    topics, topic_relationships = _topics(files, projects)
    return files.reading(
        nodes={
            "Institution": organisations.select(
                id=pl.format("pic:{}", "pic"),
                name=name_or_missing("name").fill_null(
                    pl.format("PIC {} · {}", "pic", country("country").fill_null("–"))
                ),
                acronym=name_or_missing("short_name"),
                named=name_or_missing("name").is_not_null(),
                type=text("activity_type"),
                country=country("country"),
                city=text("city"),
                url=text("url"),
                latitude=place.list.get(0, null_on_oob=True).cast(pl.Float64, strict=False),
                longitude=place.list.get(1, null_on_oob=True).cast(pl.Float64, strict=False),
                record="pic",
            ),
            "Project": projects.select(
                id=_project("rcn"),
                name=text("acronym").fill_null(pl.format("RCN {}", "rcn")),
                acronym=text("acronym"),
                framework=pl.lit(FRAMEWORK),
                grant=text("grant_id"),
                start_date=date("start"),
                end_date=date("end"),
                status=text("status"),
                scheme=text("funding_scheme").str.strip_prefix("/"),
                call=text("sub_call"),
                ec_contribution_eur=amount("ec_contribution"),
                # lump sums and unit grants carry a cost of 0 beside a contribution: the cost is not known
                total_cost_eur=pl.when(amount("total_cost") > 0).then(amount("total_cost")),
                record="rcn",
            ),
            "Topic": topics,
        },
        relationships={
            ("PARTICIPATES_IN", "Institution", "Project"): participations.select(
                start=pl.format("pic:{}", "pic"),
                end=_project("rcn"),
                role=text("role"),
                contribution_eur=amount("ec_contribution"),
                net_contribution_eur=amount("net_ec_contribution"),
                total_cost_eur=pl.when(amount("total_cost") > 0).then(amount("total_cost")),
                sme=boolean("sme"),
                terminated=boolean("terminated"),
                source_id="pic",
                record=pl.format("{}/{}/{}/{}", "rcn", "pic", "role", "order"),
            ),
            ("FUNDED_UNDER", "Project", "Programme"): programmes_of(
                projects.select("rcn", basis=text("legal_basis").fill_null(FRAMEWORK)), "basis"
            ).select(start=_project("rcn"), end="programme", record=pl.format("{}/{}", "rcn", "programme")),
            **topic_relationships,
        },
    )


def _project(column: str) -> pl.Expr:
    return pl.format("{}:{}", pl.lit(FRAMEWORK), column)


def _topics(files: SourceFiles, projects: pl.DataFrame) -> tuple[pl.DataFrame, dict[Ends, pl.DataFrame]]:
    """Topics used by a project, and all above them."""
    titles = files.table("euroscivoc")
    about = (
        projects.select("line", "rcn", pl.col("euroscivoc").str.split("|").alias("topic"))
        .explode("topic")
        .drop_nulls("topic")
        .unique(["rcn", "topic"], maintain_order=True)
    )
    about = files.drop_values(
        "projects",
        about,
        ~pl.col("topic").is_in(titles["code"].to_list()),
        "field-of-science code whose title is not at hand",
        "topic",
    )
    wanted = {
        "/".join(path[: depth + 1])
        for path in (code.split("/") for code in about["topic"].unique())
        for depth in range(1, len(path))
    }
    titles = files.ignore(
        "euroscivoc", titles, ~pl.col("code").is_in(list(wanted)), "field of science of no project here", "code"
    )
    parents = titles.with_columns(parent=pl.col("code").str.replace(r"/[^/]+$", "")).filter(pl.col("parent") != "")
    return (
        titles.select(id="code", name_en="title_en", code=pl.col("code").str.split("/").list.last(), record="code"),
        {
            ("ABOUT", "Project", "Topic"): about.select(
                start=_project("rcn"), end="topic", record=pl.format("{}{}", "rcn", "topic")
            ),
            ("PART_OF", "Topic", "Topic"): parents.select(start="code", end="parent", record="code"),
        },
    )
