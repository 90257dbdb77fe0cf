"""A file against the rules of its table: rows to load, and what is wrong line by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from graph.store.text import fold
from ingest.department.cells import puts_day_first, reads_month_first
from ingest.department.findings import Finding, Problem
from ingest.department.sheet import Sheet, read_sheet
from ingest.tabular import REJECTS

if TYPE_CHECKING:
    from ingest.department.known import Known
    from ingest.department.tables import Column, Table

SEVERAL: Final = "; "


@dataclass(frozen=True)
class Checked:
    """What a file holds.

    Attributes:
        frame: `line` and the table's columns, typed, of the rows that can be loaded.
        repeated: lines that say once more what another says; they are no rows of the frame.
        findings: in the order of the lines.
    """

    table: Table
    frame: pl.DataFrame
    repeated: pl.DataFrame
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return sum(finding.weight == "error" for finding in self.findings)

    @property
    def rejects(self) -> pl.DataFrame:
        """The lines that cannot be loaded, each once with its reasons in English, as `REJECTS`."""
        lines: dict[int, tuple[list[str], str]] = {}
        for finding in self.findings:
            if finding.weight == "error":
                heading = f"{self.table.column(finding.column).heading('en')}: " if finding.column else ""
                reasons, _ = lines.setdefault(finding.line, ([], finding.value))
                reasons.append(heading + finding.problem.text("en"))
        rows = [(line, SEVERAL.join(reasons), value) for line, (reasons, value) in sorted(lines.items())]
        return pl.DataFrame(rows, schema=REJECTS, orient="row")

    @property
    def unknown_columns(self) -> list[str]:
        """Headings of the file that are no column of the table."""
        return [
            str(finding.problem.values["column"])
            for finding in self.findings
            if finding.problem.key == "department.column_unknown"
        ]


def check(path: Path, table: Table, known: Known) -> Checked:
    """Read a file by the rules of its table; neither writes anything nor stops at the first error.

    Raises:
        BadRequest: there is no such file.
        FileRefused: it cannot be read as this table.
    """
    shown = {column.name: column.heading("en") for column in table.columns}
    required = [column.name for column in table.columns if not column.optional]
    sheet = read_sheet(path, table.headings, required, shown)
    findings = list(sheet.findings)
    known = replace(known, day_first=_day_first(sheet, table))
    frame = sheet.frame
    for column in table.columns:
        frame, found = _parsed(frame, column, known)
        findings += found
    frame = _without(frame, findings)
    findings += _valued(table.rules(frame, known), sheet.frame)
    frame = _without(frame, findings)
    frame, repeated, found = _distinct(frame, table)
    findings += _valued(found, sheet.frame)
    return Checked(table, frame, repeated, tuple(sorted(findings, key=lambda finding: finding.line)))


def _day_first(sheet: Sheet, table: Table) -> bool | None:
    """Whether dates with slashes put the day first: the file's own dates tell, else French headings do."""
    dates = [column.name for column in table.columns if column.type == pl.Date]
    texts = [text for column in dates for text in sheet.frame[column].drop_nulls().unique()]
    told = puts_day_first(texts)
    if told is not None or reads_month_first(texts):
        return told
    french = [fold(sheet.headings.get(column, "")) == fold(table.column(column).heading("fr")) for column in dates]
    return True if any(french) else None


def _parsed(frame: pl.DataFrame, column: Column, known: Known) -> tuple[pl.DataFrame, list[Finding]]:
    """The frame with a column's values in place of its texts; each different text is understood once."""
    name = column.name
    understood = {text: column.parse(text, known) for text in frame[name].unique().drop_nulls()}
    findings: list[Finding] = []
    told = {text for text, cell in understood.items() if cell.error or cell.warning}
    for line, text in frame.select("line", name).filter(pl.col(name).is_in(told)).iter_rows():
        cell = understood[text]
        if cell.error:
            findings.append(Finding(line, name, cell.error, value=text))
        elif cell.warning:
            findings.append(Finding(line, name, cell.warning, "warning", text))
    if column.filled:
        empty = frame.filter(pl.col(name).is_null())["line"]
        findings += [Finding(line, name, Problem("department.empty")) for line in empty]
    lookup = pl.DataFrame(
        {name: list(understood), "value": [cell.value for cell in understood.values()]},
        schema={name: pl.String, "value": column.type},
    )
    joined = frame.join(lookup, on=name, how="left", maintain_order="left")
    return joined.with_columns(pl.col("value").alias(name)).drop("value"), findings


def _without(frame: pl.DataFrame, findings: Iterable[Finding]) -> pl.DataFrame:
    lost = {finding.line for finding in findings if finding.weight == "error"}
    return frame.filter(~pl.col("line").is_in(lost))


def _valued(findings: Iterable[Finding], texts: pl.DataFrame) -> list[Finding]:
    """Findings of rules between cells, with the cell as it stands."""
    found = []
    for finding in findings:
        cell = texts.filter(pl.col("line") == finding.line)[finding.column] if finding.column else None
        found.append(replace(finding, value=str(cell[0] or "")) if cell is not None and len(cell) else finding)
    return found


def _distinct(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, pl.DataFrame, list[Finding]]:
    """Each thing once: the first line stands, the same again is set aside, another word on it is an error."""
    key, rest = list(table.key), [column.name for column in table.columns]
    written = frame
    if "institutions" in key:
        # As in the id of a visit: two spellings of one name are one visit.
        spelt = {text: fold(text) for text in frame["institutions"].unique().drop_nulls()}
        frame = frame.with_columns(pl.col("institutions").fill_null("").replace(spelt))
    if "reference" in key:
        # What has a number of its own is known by it alone.
        numbered = pl.col("reference").is_not_null()
        keys = pl.when(numbered).then(pl.format("#{}", "reference")).otherwise(_joined(key[1:]))
    else:
        keys = _joined(key)
    marked = frame.with_columns(_key=keys, _all=_joined(rest))
    first = marked.group_by("_key", maintain_order=True).agg(
        pl.col("line").first().alias("_line"), pl.col("_all").first().alias("_first")
    )
    joined = marked.join(first, on="_key", how="left", maintain_order="left")
    again = joined.filter(pl.col("line") != pl.col("_line"))
    same = again.filter(pl.col("_all") == pl.col("_first"))
    findings = [
        Finding(line, "", Problem("department.line_again", {"line": earlier}), "warning")
        for line, earlier in same.select("line", "_line").iter_rows()
    ]
    findings += [
        Finding(line, "", Problem("department.line_contradicts", {"line": earlier}))
        for line, earlier in again.join(same, on="line", how="anti").select("line", "_line").iter_rows()
    ]
    kept = joined.filter(pl.col("line") == pl.col("_line"))
    return _of(kept, written), _of(same, written), findings


def _of(some: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("line").is_in(some["line"].implode()))


def _joined(columns: list[str]) -> pl.Expr:
    return pl.concat_str([pl.col(column).cast(pl.String).fill_null("\x00") for column in columns], separator="\x01")
