"""The two tables a department fills: their columns, in the order of the template, and the rules between cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from graph.errors import BadRequest
from graph.i18n import LANGUAGES, Language, t
from graph.store.text import fold
from ingest.department import cells
from ingest.department.bodies import bodies, institutions
from ingest.department.findings import Finding, Parsed, Problem
from ingest.department.known import Known

NOTE: Final = 300
PURPOSE: Final = 300
COMMITMENTS: Final = 1000
FOLLOW_UP: Final = 500
PLACE: Final = 100


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: its key; the headings are `department.heading_<name>` in the catalogue of texts.
        parse: from a cell that is not empty to its value.
        filled: whether no cell of it may be empty.
        optional: whether a file may come without it.
        also: other headings it is known by.
    """

    name: str
    type: pl.DataType
    parse: Callable[[str, Known], Parsed]
    filled: bool = False
    optional: bool = True
    also: tuple[str, ...] = ()

    def heading(self, language: Language) -> str:
        """Its heading in the template."""
        return t(f"department.heading_{self.name}", language)


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        key: columns by which two lines are about the same thing.
        rules: on a frame of typed rows, each row's other findings.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: Callable[[pl.DataFrame, Known], Sequence[Finding]]

    @property
    def headings(self) -> dict[str, str]:
        """Folded heading, in either language or as the column's own name, -> column."""
        found: dict[str, str] = {}
        for column in self.columns:
            written = (column.name, *column.also, *(column.heading(language) for language in LANGUAGES))
            found |= {fold(one): column.name for one in written}
        return found

    def column(self, name: str) -> Column:
        """One column by its key."""
        return next(column for column in self.columns if column.name == name)


def _mobility_rules(frame: pl.DataFrame, known: Known) -> list[Finding]:
    nothing = frame.filter(pl.all_horizontal(pl.col("missions", "stays", "recruits").is_null()))
    return [Finding(line, "", Problem("department.mobility_nothing")) for line in nothing["line"]]


def _visit_rules(frame: pl.DataFrame, known: Known) -> list[Finding]:
    found: list[Finding] = []
    for row in frame.iter_rows(named=True):
        line = row["line"]
        if row["end"] is not None and row["end"] < row["start"]:
            values = {"end": row["end"].isoformat(), "start": row["start"].isoformat()}
            found.append(Finding(line, "end", Problem("department.end_before_start", values)))
        if row["due"] is not None and row["due"] < row["start"]:
            values = {"due": row["due"].isoformat(), "start": row["start"].isoformat()}
            found.append(Finding(line, "due", Problem("department.due_before_start", values)))
        if row["follow_up"] is None and (row["due"] is not None or row["state"] is not None):
            found.append(Finding(line, "follow_up", Problem("department.follow_up_missing"), "warning"))
        seat = row["visitor"] if cells.SEPARATOR not in row["visitor"] else ""
        unplaced = [one.name for one in bodies(row["institutions"], seat, known) if one.ids[0].startswith("name::")]
        if unplaced:
            problem = Problem("department.institution_unplaced", {"value": unplaced[0]})
            found.append(Finding(line, "institutions", problem))
    return found


_WHOLE: Final = pl.Int64()
_TEXT: Final = pl.String()
_DATE: Final = pl.Date()

MOBILITY: Final = Table(
    "mobility",
    (
        Column("year", _WHOLE, cells.year, filled=True, optional=False),
        Column("who", _TEXT, cells.who, filled=True, optional=False, also=("unité", "unit", "institut", "institute")),
        Column("country", _TEXT, cells.country, filled=True, optional=False),
        Column("missions", _WHOLE, cells.count),
        Column("stays", _WHOLE, cells.count, also=("séjours longs", "long stays", "séjours", "stays")),
        Column("recruits", _WHOLE, cells.count, also=("recrutements étrangers", "foreign recruitments")),
        Column("note", _TEXT, cells.prose(NOTE), also=("remarque", "notes", "remark")),
    ),
    ("year", "who", "country"),
    _mobility_rules,
)

DELEGATIONS: Final = Table(
    "delegations",
    (
        Column("reference", _TEXT, cells.reference, also=("référence", "numéro", "number")),
        Column("start", _DATE, cells.start, filled=True, optional=False, also=("date", "début", "start date")),
        Column("end", _DATE, cells.date, also=("fin", "end date")),
        Column("visitor", _TEXT, cells.countries, filled=True, optional=False, also=("pays", "country")),
        Column("institutions", _TEXT, institutions, also=("institution",)),
        Column("host", _TEXT, cells.country, filled=True, optional=False),
        Column("place", _TEXT, cells.prose(PLACE), also=("ville", "city")),
        Column("purpose", _TEXT, cells.prose(PURPOSE)),
        Column("commitments", _TEXT, cells.prose_list(COMMITMENTS), also=("engagement", "commitment")),
        Column("follow_up", _TEXT, cells.prose(FOLLOW_UP), also=("suite", "follow-up")),
        Column("due", _DATE, cells.date, also=("due date", "date limite")),
        Column("state", _TEXT, cells.state, also=("statut", "status")),
    ),
    ("reference", "start", "visitor", "host", "institutions"),
    _visit_rules,
)

TABLES: Final = {table.name: table for table in (MOBILITY, DELEGATIONS)}


def table_named(name: str) -> Table:
    """One table by name.

    Raises:
        BadRequest: there is no such table; names those there are.
    """
    if name not in TABLES:
        raise BadRequest(f"There is no table '{name}'.", f"Choose one of {', '.join(TABLES)}.")
    return TABLES[name]
