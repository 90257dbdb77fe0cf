"""The tables kept by hand under data/curated: every row has a source, points at what exists, and says sane years."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ingest.department.findings import Finding, Problem, Weight
from ingest.department.known import Known, known
from ingest.sources.associations.read import STATUSES

FIRST_YEAR: Final = 1850
"""No French institute abroad is older."""
LAST_YEAR: Final = 2060
_AHEAD: Final = 2
"""Years ahead of today in which something that is announced may begin."""

_YEAR: Final = re.compile(r"(?<!\d)(?:18|19|20)\d\d(?!\d)")
_SPAN: Final = re.compile(r"(?<!\d)(\d\d)(\d\d)/(\d\d)(?!\d)")
_EITHER: Final = re.compile(r"(?<!\d)\d{4}/(?:\d{2}){1,2}(?!\d)")

Row = Mapping[str, str]
Rows = Mapping[str, "tuple[tuple[int, Row], ...]"]


@dataclass(frozen=True, slots=True)
class Curated:
    """One table and what its columns must hold.

    Attributes:
        key: columns that together are unique.
        filled: columns without an empty cell, the key, source and vintage besides.
        countries: columns of country codes with `;` between them.
        years: columns of years.
        texts: columns of text that may be empty.
        dates: columns of days.
        choices: column -> the words it may hold.
        points: column -> table whose first key it names; several with the separator between them.
    """

    key: tuple[str, ...]
    filled: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    booleans: tuple[str, ...] = ()
    points: Mapping[str, str] = field(default_factory=dict)
    begin_end: tuple[str, str] | None = None
    texts: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckedCurated:
    """What the tables hold: how many rows and files, and what is to be said of them, file by file, line by line."""

    rows: int
    files: int
    findings: tuple[Finding, ...]


TABLES: Final[Mapping[str, Curated]] = {
    "programmes": Curated(
        ("id",), ("name_en", "name_fr", "family"), years=("year_start", "year_end"), points={"parent": "programmes"},
        begin_end=("year_start", "year_end"),
    ),
    "instruments": Curated(
        ("id",), ("name", "instrument", "programme", "dates_conflict", "verification"), ("countries",),
        ("start_year", "end_year"), ("dates_conflict",),
        {"programme": "programmes", "cnrs_institutes": "cnrs_institutes"},
        begin_end=("start_year", "end_year"), texts=("year_note",),
    ),
    "agreement_parties": Curated(
        ("agreement", "position"), ("party_as_published", "kind"), ("country",), points={"agreement": "instruments"},
    ),
    "institutions": Curated(("id",), ("name", "country"), ("country",)),
    "cnrs_institutes": Curated(("id",), ("name_en", "name_fr")),
    "h2020_parts": Curated(("part",), ("programme",), points={"programme": "programmes"}),
    "fp7_call_prefixes": Curated(("prefix",), ("programme",), points={"programme": "programmes"}),
    "published_statistics": Curated(("id",), ("scope", "measure", "period")),
    "associations": Curated(
        ("id",), ("country", "programme", "status"), ("country",),
        points={"programme": "programmes", "scope": "programmes"}, begin_end=("start_date", "end_date"),
        texts=("note",), dates=("start_date", "end_date"), choices={"status": STATUSES},
    ),
}  # fmt: skip


def check_curated(folder: Path) -> CheckedCurated:
    """Check every curated table of a folder; reads only."""
    vocabulary = known()
    findings: list[Finding] = []
    tables: dict[str, tuple[tuple[int, Row], ...]] = {}
    for name, table in TABLES.items():
        tables[name], found = _read(folder / f"{name}.csv", table)
        findings += found
    for name, table in TABLES.items():
        for finding in _findings(name, table, tables, vocabulary):
            findings.append(_in_file(finding, name))
    for check, name in ((_circles, "programmes"), (_families, "programmes"), (_conflicts, "instruments")):
        findings += [_in_file(finding, name) for finding in check(tables[name])]
    order = list(TABLES)
    findings.sort(key=lambda finding: (order.index(finding.file.removesuffix(".csv")), finding.line))
    return CheckedCurated(sum(map(len, tables.values())), len(tables), tuple(findings))


def _read(path: Path, table: Curated) -> tuple[tuple[tuple[int, Row], ...], list[Finding]]:
    """The rows of a table with their lines; nothing of one that cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows: list[tuple[int, Row]] = []
            began = 2
            for row in reader:
                if None in row or None in row.values():
                    raise csv.Error
                rows.append((began, row))
                began = reader.line_num + 1
            header = reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error):
        return (), [Finding(0, "", Problem("department.curated_unreadable"), file=path.name)]
    wanted = (*table.key, *table.filled, *table.countries, *table.years, *table.booleans, *table.points)
    wanted += (*table.texts, *table.dates, *table.choices, "source", "vintage")
    missing = sorted({column for column in wanted if column not in header})
    if missing:
        problems = [Problem("department.curated_header", {"column": column}) for column in missing]
        return (), [Finding(1, "", problem, file=path.name) for problem in problems]
    return tuple(rows), []


def _in_file(finding: Finding, name: str) -> Finding:
    return Finding(finding.line, finding.column, finding.problem, finding.weight, finding.value, f"{name}.csv")


def _found(line: int, column: str, key: str, weight: Weight = "error", **values: object) -> Finding:
    return Finding(line, column, Problem(key, values), weight)


def _findings(name: str, table: Curated, tables: Rows, vocabulary: Known) -> Iterator[Finding]:
    ids = {other: {row[TABLES[other].key[0]] for _, row in tables[other]} for other in set(table.points.values())}
    seen: dict[tuple[str, ...], int] = {}
    for line, row in tables[name]:
        for column in dict.fromkeys((*table.key, *table.filled, "source", "vintage")):
            if not row[column].strip():
                yield _found(line, column, "department.curated_empty")
        key = tuple(row[column] for column in table.key)
        if key in seen:
            yield _found(line, table.key[-1], "department.curated_twice", value="/".join(key), earlier=seen[key])
        seen.setdefault(key, line)
        for column, other in table.points.items():
            # a table that could not be read has been told already
            for value in _strange(row[column], ids[other]) if ids[other] else ():
                yield _found(line, column, "department.curated_reference", value=value, table=f"{other}.csv")
        for column in table.countries:
            for value in _strange(row[column], vocabulary.countries):
                yield _found(line, column, "department.curated_country", value=value)
        yield from _words(line, row, table)
        if row["vintage"] and not _past(row["vintage"], vocabulary.today):
            yield _found(line, "vintage", "department.curated_vintage", value=row["vintage"])
        yield from _years(line, row, table, vocabulary.today)
        yield from _dates(line, row, table)


def _strange(cell: str, allowed: Collection[str]) -> list[str]:
    """The values of a cell, `;` between them, that are not among those allowed."""
    return [value for value in cell.split(";") if value and value not in allowed]


def _words(line: int, row: Row, table: Curated) -> Iterator[Finding]:
    for column in table.booleans:
        if row[column] and row[column] not in ("true", "false"):
            yield _found(line, column, "department.curated_boolean", value=row[column])
    for column, words in table.choices.items():
        if row[column] and row[column] not in words:
            yield _found(line, column, "department.curated_choice", value=row[column], words=", ".join(words))


def _years(line: int, row: Row, table: Curated, today: dt.date) -> Iterator[Finding]:
    read: dict[str, int] = {}
    for column in table.years:
        begins = table.begin_end is not None and column == table.begin_end[0]
        last = today.year + _AHEAD if begins else LAST_YEAR
        text = row[column]
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= last):
            yield _found(line, column, "department.curated_year", value=text, first=FIRST_YEAR, last=last)
        else:
            read[column] = int(text)
    if table.begin_end and all(column in read for column in table.begin_end):
        start, end = (read[column] for column in table.begin_end)
        if end < start:
            yield _found(line, table.begin_end[1], "department.curated_years", start=start, end=end)


def _dates(line: int, row: Row, table: Curated) -> Iterator[Finding]:
    read: dict[str, dt.date] = {}
    for column in table.dates:
        if not row[column]:
            continue
        try:
            read[column] = dt.datetime.strptime(row[column], "%Y-%m-%d").date()
        except ValueError:
            yield _found(line, column, "department.curated_date", value=row[column])
    if table.begin_end and all(column in read for column in table.begin_end):
        start, end = (read[column] for column in table.begin_end)
        if end < start:
            yield _found(line, table.begin_end[1], "department.curated_years", start=f"{start}", end=f"{end}")


def _past(text: str, today: dt.date) -> bool:
    """Whether a vintage is a day or a year that has been."""
    if re.fullmatch(r"\d{4}", text):
        return FIRST_YEAR <= int(text) <= today.year
    try:
        return dt.date(FIRST_YEAR, 1, 1) <= dt.date.fromisoformat(text) <= today
    except ValueError:
        return False


def _circles(rows: tuple[tuple[int, Row], ...]) -> Iterator[Finding]:
    parents = {row["id"]: row["parent"] for _, row in rows}
    for line, row in rows:
        way, above = [row["id"]], row["parent"]
        while above and above not in way:
            way.append(above)
            above = parents.get(above, "")
        if above == row["id"]:
            circle = " < ".join((*way, above))
            yield _found(line, "parent", "department.curated_circle", value=row["id"], circle=circle)


def _families(rows: tuple[tuple[int, Row], ...]) -> Iterator[Finding]:
    families = {row["id"]: row["family"] for _, row in rows}
    for line, row in rows:
        parent = families.get(row["parent"])
        if parent is not None and parent != row["family"]:
            yield _found(line, "family", "department.curated_family", value=row["family"], parent=parent)


def _conflicts(rows: tuple[tuple[int, Row], ...]) -> Iterator[Finding]:
    """Rows whose sources give several start years: marked, both kept, listed."""
    for line, row in rows:
        note, marked, years = row["year_note"], row["dates_conflict"] == "true", _named_years(row["year_note"])
        if marked and len(years) < 2:
            yield _found(line, "year_note", "department.curated_conflict_lost", note=note)
        elif marked and row["start_year"] and row["start_year"] not in years:
            yield _found(line, "start_year", "department.curated_conflict_year", year=row["start_year"], note=note)
        elif marked:
            yield _found(line, row["id"], "department.curated_conflict", "note", note=note)
        elif note.upper().startswith("CONFLICT"):
            yield _found(line, "dates_conflict", "department.curated_conflict_unmarked", note=note)
        elif _EITHER.fullmatch(note):
            yield _found(line, row["id"], "department.curated_conflict_likely", "warning", note=note)


def _named_years(note: str) -> set[str]:
    """The years a note names; 2023/24 names two."""
    return set(_YEAR.findall(note)) | {century + year for century, _, year in _SPAN.findall(note)}
