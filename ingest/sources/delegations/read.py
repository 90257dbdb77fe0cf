"""Official visits as the department enters them."""

from __future__ import annotations

import hashlib

import polars as pl

from graph.store.text import fold
from ingest.department import known
from ingest.department.bodies import Body, bodies
from ingest.department.cells import SEPARATOR
from ingest.department.reading import checked_table
from ingest.reading import IDENTITIES, Reading, SourceFiles

NAMED = 2
"""Institutions in the name of a visit, of those that have one; the others are tied to it like these."""


def read_published(files: SourceFiles) -> Reading:
    """Visits (id `visit:<reference>`, else of day, countries and visitors), who came, and where.

    A visit keeps its id when its purpose, place, commitments or follow-up are corrected.
    """
    table = checked_table(files, "delegations")
    came = {row["line"]: _came(row) for row in table.iter_rows(named=True)}
    visits = table.with_columns(
        id=pl.Series([_id(row) for row in table.iter_rows(named=True)], dtype=pl.String),
        name=pl.Series([_name(row, came[row["line"]]) for row in table.iter_rows(named=True)], dtype=pl.String),
    )
    guests = pl.DataFrame(
        [
            (body.ids[0], body.called, bool(body.name), body.country or None, visit, body.ids)
            for line, visit in visits.select("line", "id").iter_rows()
            for body in came[line]
        ],
        schema={"id": pl.String, "name": pl.String, "named": pl.Boolean, "country": pl.String, "visit": pl.String,
                "ids": pl.List(pl.String)},
        orient="row",
    ).unique(["id", "visit"], keep="first", maintain_order=True)  # fmt: skip
    seats = visits.select("id", visitor=pl.col("visitor").str.split(SEPARATOR)).explode("visitor")
    return files.reading(
        nodes={
            "Event": visits.select(
                "id",
                "name",
                "purpose",
                "follow_up",
                start_date="start",
                end_date="end",
                city="place",
                commitments=pl.col("commitments").str.split(SEPARATOR),
                follow_up_due="due",
                follow_up_state="state",
                record="id",
            ),
            "Institution": guests.sort(pl.col("named").not_(), maintain_order=True)
            .unique("id", keep="first", maintain_order=True)
            .select("id", "name", "named", "country", record=pl.format("{}/{}", "visit", "id")),
        },
        relationships={
            ("VISITED", "Institution", "Event"): guests.select(
                start="id",
                end="visit",
                source_name=pl.when("named").then("name"),
                record=pl.format("{}/{}", "visit", "id"),
            ),
            ("VISITED", "Country", "Event"): seats.select(
                start="visitor", end="id", source_name="visitor", record=pl.format("{}/{}", "id", "visitor")
            ),
            ("HOSTED_IN", "Event", "Country"): visits.select(start="id", end="host", record="id"),
        },
        identities=pl.DataFrame(
            [ids for ids in guests["ids"].to_list() if len(ids) > 1], schema=IDENTITIES, orient="row"
        ).unique(maintain_order=True),
    )


def _came(row: dict[str, object]) -> tuple[Body, ...]:
    visitor = str(row["visitor"])
    cell = row["institutions"]
    return bodies(str(cell) if cell else None, "" if SEPARATOR in visitor else visitor, known())


def _id(row: dict[str, object]) -> str:
    if row["reference"]:
        return f"visit:{row['reference']}"
    rest = f"{row['host']} {fold(str(row['institutions'] or ''))}"
    digest = hashlib.sha256(rest.encode()).hexdigest()[:8]
    return f"visit:{row['start']}:{str(row['visitor']).replace(SEPARATOR, '-')}:{digest}"


def _name(row: dict[str, object], came: tuple[Body, ...]) -> str:
    names = [body.name for body in came if body.name]
    named = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
    head = f"{str(row['visitor']).replace(SEPARATOR, ', ')} {row['start']}"
    return f"{head} · {named}" if named else head
