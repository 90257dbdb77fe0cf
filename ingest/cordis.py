"""CORDIS in its publisher's csv layout, any framework programme and vintage, and the records common to all of them."""

from __future__ import annotations

from typing import Final

import polars as pl

from graph.errors import SourceError
from ingest.cordis_xml import TABLES, is_xml, read_xml
from ingest.reading import Ends, Reading, SourceFiles
from ingest.tidy import amount, boolean, country, date, name_or_missing, programmes_of, repaired, text

CNRS_PIC: Final = "999997930"
"""The CNRS; the council of Lebanon has the short name `CNRS` too, under another number."""

_RECORD_NUMBER: Final = r"^\d{1,12}$"
_THOUSANDS: Final = r"^-?[1-9]\d{0,2}[.,]\d{3}$"
"""CORDIS gives cents at most: three figures behind a single sign may be either."""

_MONEY: Final = ("ec_contribution", "net_ec_contribution", "total_cost")


BODY: Final = (
    pl.format("pic:{}", "pic").alias("id"),
    name_or_missing("name").fill_null(pl.format("PIC {} · {}", "pic", country("country").fill_null("–"))).alias("name"),
    name_or_missing("short_name").alias("acronym"),
    name_or_missing("name").is_not_null().alias("named"),
    text("activity_type").alias("type"),
    country("country").alias("country"),
    text("city").alias("city"),
    text("url").alias("url"),
    pl.col("pic").alias("record"),
)
"""An organisation as `Institution`; one without a name is called by its number."""


def records(
    files: SourceFiles,
    framework: str,
    projects: pl.DataFrame,
    organisations: pl.DataFrame,
    participations: pl.DataFrame,
    titles: pl.DataFrame,
) -> Reading:
    """Projects, participants by PIC, participations and fields of science.

    One body may have several rows in a project (third party and participant):
    each stays its own relationship, told apart by role and order.
    """
    organisations = repaired(organisations, "name", "city")
    participations = with_both_ends(files, participations, organisations, projects)
    # A latitude alone is no place.
    organisations = files.unknown(
        "organisations" if "organisations" in files.spec.files else "participations",
        organisations,
        "geolocation",
        ~_on_earth("geolocation"),
        "geolocation is no place on Earth",
    )
    place = pl.col("geolocation").str.split(",")
    topics, topic_relationships = _topics(files, framework, projects, titles)
    return files.reading(
        nodes={
            "Institution": organisations.select(
                *BODY,
                latitude=place.list.get(0, null_on_oob=True).cast(pl.Float64, strict=False),
                longitude=place.list.get(1, null_on_oob=True).cast(pl.Float64, strict=False),
            ),
            "Project": projects.select(
                id=_project(framework),
                name=text("acronym").fill_null(pl.format("RCN {}", "rcn")),
                acronym=text("acronym"),
                framework=pl.lit(framework),
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
                end=_project(framework),
                role=text("role"),
                contribution_eur=amount("ec_contribution"),
                net_contribution_eur=amount("net_ec_contribution"),
                total_cost_eur=pl.when(amount("total_cost") > 0).then(amount("total_cost")),
                sme=boolean("sme"),
                terminated=boolean("terminated"),
                source_id="pic",
                record=_participation(),
            ),
            ("FUNDED_UNDER", "Project", "Programme"): programmes_of(
                projects.select("rcn", basis=text("legal_basis").fill_null(framework)), "basis"
            ).select(start=_project(framework), end="programme", record=pl.format("{}/{}", "rcn", "programme")),
            **topic_relationships,
        },
    )


def with_both_ends(
    files: SourceFiles, participations: pl.DataFrame, organisations: pl.DataFrame, projects: pl.DataFrame
) -> pl.DataFrame:
    """Return the participations whose organisation (`pic`) and project (`rcn`) are there; the others are rejected."""
    for column, table, reason in (
        ("pic", organisations, "organisation not in the file"),
        ("rcn", projects, "project not in the file"),
    ):
        absent = ~pl.col(column).is_in(table[column].implode())
        participations = files.reject("participations", participations, absent, reason, column)
    return participations


def published(files: SourceFiles, framework: str) -> Reading:
    """Read the official archive of one framework programme, csv or XML.

    An organisation is described by its first row that names it. A participation
    repeated cell by cell is ignored; amounts below zero or unreadable, dates
    unreadable, are told and left unknown, their row is used. Unless the whole
    archive is wanted, projects without the CNRS are ignored.
    """
    tables = _tables(files)
    projects = _projects(files, tables["projects"])
    rows = _participations(files, tables["participations"], projects)
    if not files.whole:
        ours = projects["rcn"].is_in(rows.filter(pl.col("pic") == CNRS_PIC)["rcn"].implode())
        kept = projects.filter(ours)["rcn"].implode()
        if projects.height and not ours.any():
            raise SourceError(
                f"None of the {projects.height:,} {framework} projects has the CNRS (number {CNRS_PIC}).",
                "Check the column of organisation numbers, or build with --projects all.",
            )
        rule = "project without the CNRS"
        projects = files.ignore("projects", projects, ~pl.col("rcn").is_in(kept), rule, "grant_id")
        rows = files.ignore("participations", rows, ~pl.col("rcn").is_in(kept), rule, "projectID")
    described = pl.col("name").is_not_null().any().over("pic").not_() | pl.col("name").is_not_null()
    organisations = rows.filter(described).unique("pic", keep="first", maintain_order=True)
    codes, titles = _fields(files, tables["fields"], projects)
    projects = projects.join(codes, on="grant_id", how="left", maintain_order="left")
    basis = _bases(files, tables["bases"], projects)
    projects = projects.join(basis, on="grant_id", how="left", maintain_order="left").with_columns(
        # Older vintages join several by semicolons.
        legal_basis=pl.coalesce("legal_bases", text("legalBasis").str.replace_all(r"\s*;\s*", "|"))
    )
    return records(files, framework, projects, organisations, rows, titles)


def _tables(files: SourceFiles) -> dict[str, pl.DataFrame]:
    """The publisher's four tables, from the csv archive or from XML, one file a project."""
    path = files.spec.files["projects"].path
    if not is_xml(path):
        return {table: files.table(table) for table in TABLES}
    tables, rejects = read_xml(path)
    return {table: files.account(table, tables[table], rejects if table == "projects" else None) for table in TABLES}


def _projects(files: SourceFiles, raw: pl.DataFrame) -> pl.DataFrame:
    frame = raw.select(
        "line",
        rcn=text("rcn"),
        grant_id=text("id"),
        acronym=text("acronym"),
        start="startDate",
        end="endDate",
        status="status",
        total_cost="totalCost",
        ec_contribution="ecMaxContribution",
        legalBasis="legalBasis",
        sub_call=pl.coalesce(text("subCall"), text("masterCall")),
        funding_scheme="fundingScheme",
    )
    frame = repaired(frame, "acronym")
    number = pl.col("rcn").str.contains(_RECORD_NUMBER).fill_null(False) & pl.col("grant_id").is_not_null()
    frame = files.reject("projects", frame, ~number, "no record number or grant number", "grant_id")
    frame = files.ignore(
        "projects", frame, pl.col("rcn").is_first_distinct().not_(), "the same project again", "grant_id"
    )
    # Participations name the grant: with two projects under one, they would be counted in both.
    frame = files.reject(
        "projects", frame, pl.col("grant_id").is_first_distinct().not_(), "grant number of another project", "grant_id"
    )
    frame = _readable(files, "projects", frame, ("total_cost", "ec_contribution"), ("start", "end"))
    return files.unknown("projects", frame, "end", date("end") < date("start"), "end before the start")


def _participations(files: SourceFiles, raw: pl.DataFrame, projects: pl.DataFrame) -> pl.DataFrame:
    frame = raw.select(
        "line",
        projectID=text("projectID"),
        pic=text("organisationID"),
        name=text("name"),
        short_name=text("shortName"),
        activity_type=text("activityType").str.strip_prefix("/"),
        country=text("country"),
        city=text("city"),
        url=text("organizationURL"),
        geolocation=text("geolocation"),
        role=text("role"),
        order=text("order").fill_null("0"),
        ec_contribution="ecContribution",
        net_ec_contribution="netEcContribution",
        total_cost="totalCost",
        sme="SME",
        terminated="endOfParticipation",
    )
    number = pl.col("pic").str.contains(r"^\d{5,10}$").fill_null(False)
    frame = files.reject("participations", frame, ~number, "no organisation number", "pic")
    frame = frame.join(
        projects.select(projectID="grant_id", rcn="rcn"), on="projectID", how="left", maintain_order="left"
    )
    frame = files.reject("participations", frame, pl.col("rcn").is_null(), "project not in the file", "projectID")
    frame = frame.with_columns(participation=_participation())
    again = pl.struct("participation", *_MONEY).is_first_distinct().not_()
    frame = files.ignore("participations", frame, again, "the same participation again", "pic")
    # What differs in money alone is told apart by its place, or one of the two would be lost.
    place = pl.int_range(pl.len()).over("participation")
    frame = frame.with_columns(
        order=pl.when(place > 0).then(pl.format("{}.{}", "order", place)).otherwise(pl.col("order"))
    )
    frame = _readable(files, "participations", frame, _MONEY, ())
    for column in ("sme", "terminated"):
        neither = text(column).is_not_null() & boolean(column).is_null()
        frame = files.unknown("participations", frame, column, neither, f"{column} is neither true nor false")
    return frame


def _readable(
    files: SourceFiles, key: str, frame: pl.DataFrame, money: tuple[str, ...], dates: tuple[str, ...]
) -> pl.DataFrame:
    """Tell amounts and dates that are none, and leave them unknown."""
    for column in money:
        value = amount(column)
        given = text(column).is_not_null()
        frame = files.unknown(key, frame, column, given & value.is_null(), f"{column} is not an amount")
        doubtful = text(column).str.contains(_THOUSANDS)
        frame = files.unknown(key, frame, column, doubtful, f"{column} is thousands or three decimals")
        frame = files.unknown(key, frame, column, value < 0, f"{column} is below zero")
    for column in dates:
        given = text(column).is_not_null()
        frame = files.unknown(key, frame, column, given & date(column).is_null(), f"{column} is not a date")
    return frame


def _on_earth(column: str) -> pl.Expr:
    """Whether a place, where given, is `latitude,longitude` in degrees."""
    place = text(column).str.split(",")
    latitude, longitude = (place.list.get(n, null_on_oob=True).cast(pl.Float64, strict=False) for n in (0, 1))
    there = latitude.is_between(-90, 90).fill_null(False) & longitude.is_between(-180, 180).fill_null(False)
    return text(column).is_null() | there


def _bases(files: SourceFiles, raw: pl.DataFrame, projects: pl.DataFrame) -> pl.DataFrame:
    """Every legal basis of a project, `|`-joined."""
    rows = raw.select("line", grant_id=text("projectID"), basis=text("legalBasis"))
    rows = _known(files, "bases", rows, projects)
    return rows.drop_nulls("basis").group_by("grant_id").agg(pl.col("basis").str.join("|").alias("legal_bases"))


def _fields(files: SourceFiles, raw: pl.DataFrame, projects: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fields of science of each project, `|`-joined, and their titles: the archive's own, else those at hand."""
    path, code = text("euroSciVocPath"), text("euroSciVocCode")
    # HORIZON has the numbers in both columns, H2020 words in the path; either may lack its leading slash.
    numbers = pl.when(code.str.contains(r"^/?\d")).then(code).otherwise(path)
    rows = raw.select(
        "line",
        grant_id=text("projectID"),
        code=pl.format("/{}", numbers.str.strip_chars("/")),
        title_en=text("euroSciVocTitle"),
    )
    rows = _known(files, "fields", rows, projects)
    rows = files.reject(
        "fields", rows, ~pl.col("code").str.contains(r"^(/\d+)+$").fill_null(False), "no code of a field", "code"
    )
    titles = pl.concat(
        [
            rows.select("line", "code", "title_en").drop_nulls(),
            files.table("euroscivoc").select("line", "code", "title_en"),
        ]
    ).unique("code", keep="first", maintain_order=True)
    return rows.group_by("grant_id").agg(pl.col("code").str.join("|").alias("euroscivoc")), titles


def _known(files: SourceFiles, key: str, rows: pl.DataFrame, projects: pl.DataFrame) -> pl.DataFrame:
    """Rows of projects that are kept."""
    known = pl.col("grant_id").is_in(projects["grant_id"].implode())
    rule = "project not kept or not in the file"
    return files.ignore(key, rows, ~known.fill_null(False), rule, "grant_id")


def _project(framework: str) -> pl.Expr:
    return pl.format("{}:{}", pl.lit(framework), "rcn")


def _participation() -> pl.Expr:
    return pl.format("{}/{}/{}/{}", "rcn", "pic", pl.col("role").fill_null("–"), "order")


def _topics(
    files: SourceFiles, framework: str, projects: pl.DataFrame, titles: pl.DataFrame
) -> tuple[pl.DataFrame, dict[Ends, pl.DataFrame]]:
    """Topics used by a project, and all above them."""
    about = (
        projects.select("line", "rcn", pl.col("euroscivoc").str.split("|").alias("topic"))
        .explode("topic")
        .drop_nulls("topic")
        .unique(["rcn", "topic"], maintain_order=True)
    )
    about = files.drop_values(
        "projects",
        about,
        ~pl.col("topic").is_in(titles["code"].implode()),
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
                start=_project(framework), end="topic", record=pl.format("{}{}", "rcn", "topic")
            ),
            ("PART_OF", "Topic", "Topic"): parents.select(start="code", end="parent", record="code"),
        },
    )
