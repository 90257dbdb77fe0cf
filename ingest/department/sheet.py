"""A department's csv file as lines of text, whatever the spreadsheet made of it; refused where that is not sure."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from graph.errors import BadRequest
from graph.store.text import fold
from ingest.department.findings import FileRefused, Finding, Problem

LARGEST: Final = 64 * 1024**2
"""Bytes; a table filled by hand is far smaller."""

_DELIMITERS: Final = (";", ",")
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PERSON: Final = re.compile(
    r"\b(?:nom|noms|name|names|prenom|prenoms|surname|contact|contacts|e ?mails?|mail|courriel|telephone|tel|phone"
    r"|personne|personnes|person|persons|people|participants?|chef|head|leader|delegate|delegates|delegues?"
    r"|agents?)\b"
)
_COUNTED: Final = re.compile(r"(?:nombre|nb|number|count)\b")
_HEAD: Final = 64 * 1024
_SHOWN: Final = 60


@dataclass(frozen=True)
class Sheet:
    """The lines of a file under the columns of its table.

    Attributes:
        frame: `line` and every column of the table as text; an empty cell, or a column the file lacks, is null.
        findings: lines that are none, and columns nobody knows.
        headings: column -> its heading in the file.
    """

    frame: pl.DataFrame
    findings: tuple[Finding, ...]
    headings: Mapping[str, str]


def read_sheet(path: Path, headings: Mapping[str, str], required: Sequence[str], shown: Mapping[str, str]) -> Sheet:
    """Read a table.

    Args:
        headings: folded heading -> column.
        required: columns the file must have.
        shown: column -> heading to name it by in messages.

    Raises:
        BadRequest: there is no such file.
        FileRefused: it is a workbook, not UTF-8, no csv, or lacks a column; nothing of it is read.
    """
    text = _text(path)
    lines = text[:_HEAD].split("\n")
    before = 1 if lines and re.fullmatch(r"sep=.", lines[0].strip()) else 0
    delimiter, first = _delimiter(lines[before:], headings, path, list(shown.values()))
    body = io.StringIO(text, newline="")
    for _ in range(before + first):
        body.readline()
    return _rows(body, delimiter, before + first, headings, required, shown, path)


def _text(path: Path) -> str:
    if not path.is_file():
        raise BadRequest(f"There is no file {path}.", "Give the path of a file on this machine.")
    size = path.stat().st_size
    if size > LARGEST:
        raise _refused(path, Problem("department.file_large", {"largest": LARGEST // 1024**2}))
    data = path.read_bytes()
    if data.startswith(_WORKBOOKS) or path.suffix.lower() in (".xlsx", ".xls", ".xlsm", ".ods"):
        raise _refused(path, Problem("department.file_workbook"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(path, Problem("department.file_utf16"))
    if b"\x00" in data or data.lstrip().startswith((b"%PDF", b"<")):
        raise _refused(path, Problem("department.file_not_csv"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(path, Problem("department.file_encoding", {"line": line}), line) from error
    if not text.strip():
        raise _refused(path, Problem("department.file_empty"))
    # One kind of line end: the one of old Macs too.
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _delimiter(lines: Sequence[str], headings: Mapping[str, str], path: Path, shown: Sequence[str]) -> tuple[str, int]:
    """The separator, and how many empty lines stand before the header."""
    first = next((number for number, line in enumerate(lines) if line.strip(" ;,")), 0)
    header = lines[first] if lines else ""
    hits = {mark: sum(fold(cell) in headings for cell in next(csv.reader([header], delimiter=mark), []))
            for mark in _DELIMITERS}  # fmt: skip
    best = max(_DELIMITERS, key=lambda mark: hits[mark])
    if not hits[best]:
        values = {"begins": header[:_SHOWN], "columns": "; ".join(shown)}
        raise _refused(path, Problem("department.file_header", values), first + 1)
    return best, first


def _rows(
    body: io.StringIO,
    delimiter: str,
    before: int,
    headings: Mapping[str, str],
    required: Sequence[str],
    shown: Mapping[str, str],
    path: Path,
) -> Sheet:
    reader = csv.reader(body, delimiter=delimiter, strict=True)
    began = before + 1
    try:
        header = [" ".join(cell.split()) for cell in next(reader)]
        findings, places = _columns(header, headings, required, shown, path, began)
        kept: list[list[str]] = []
        numbers: list[int] = []
        began = before + reader.line_num + 1
        for cells in reader:
            line, began = began, before + reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[len(header) :]):
                findings.append(_ragged(line, cells, header, delimiter, "department.line_long"))
            elif len(cells) < len(header):
                findings.append(_ragged(line, cells, header, delimiter, "department.line_short"))
            else:
                kept.append(cells)
                numbers.append(line)
    except csv.Error as error:
        raise _refused(path, Problem("department.file_quote", {"line": began}), began) from error
    columns = {
        column: pl.Series([row[places[column]].strip() for row in kept] if column in places else [None] * len(kept),
                          dtype=pl.String)
        for column in shown
    }  # fmt: skip
    frame = pl.DataFrame({"line": pl.Series(numbers, dtype=pl.Int64), **columns}).with_columns(
        pl.when(pl.col(column) != "").then(pl.col(column)).alias(column) for column in shown
    )
    return Sheet(frame, tuple(findings), {column: header[place] for column, place in places.items()})


def _columns(
    header: Sequence[str],
    headings: Mapping[str, str],
    required: Sequence[str],
    shown: Mapping[str, str],
    path: Path,
    line: int,
) -> tuple[list[Finding], dict[str, int]]:
    findings: list[Finding] = []
    places: dict[str, int] = {}
    for place, heading in enumerate(header):
        column = headings.get(fold(heading))
        if column in places:
            raise _refused(path, Problem("department.file_column_twice", {"column": heading}), line)
        if column:
            places[column] = place
        elif _PERSON.search(fold(heading)) and not _COUNTED.match(fold(heading)):
            raise _refused(path, Problem("department.file_column_person", {"column": heading}), line)
        elif heading:
            findings.append(Finding(line, "", Problem("department.column_unknown", {"column": heading}), "warning"))
    unknown = [heading for heading in header if heading and fold(heading) not in headings]
    for column in required:
        if column not in places:
            close = difflib.get_close_matches(fold(shown[column]), [fold(one) for one in unknown], n=1, cutoff=0.6)
            likely = next((one for one in unknown if close and fold(one) == close[0]), "")
            key = "department.file_column_renamed" if likely else "department.file_column_missing"
            values = {"column": shown[column], **({"likely": likely} if likely else {})}
            raise _refused(path, Problem(key, values), line)
    return findings, places


def _ragged(line: int, cells: Sequence[str], header: Sequence[str], delimiter: str, key: str) -> Finding:
    problem = Problem(key, {"cells": len(cells), "header": len(header)})
    return Finding(line, "", problem, value=delimiter.join(cells)[:_SHOWN])


def _refused(path: Path, problem: Problem, line: int = 0) -> FileRefused:
    return FileRefused(Finding(line, "", problem), path.name)
