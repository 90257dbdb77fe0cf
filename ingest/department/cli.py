"""What `python -m ingest template` and `validate` do and print."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import typer

from graph.errors import BadRequest
from graph.i18n import Language, number, t
from ingest.catalogue import BUNDLED_DIR
from ingest.department import tables
from ingest.department.checking import check
from ingest.department.curated import check_curated
from ingest.department.findings import FileRefused, Finding
from ingest.department.known import FIRST_YEAR, Known, known
from ingest.department.tables import TABLES, Table, table_named
from ingest.report import table as print_table

CURATED: Final = "curated"
MOST: Final = 200
"""Findings printed; a file with more has one thing wrong throughout."""

_EXAMPLES: Final = {
    "year": "2025",
    "who": "CNRS | INP | UMR 7198",
    "country": "JP",
    "missions": "120",
    "stays": "3",
    "recruits": "2",
    "start": "2026-03-14",
    "end": "2026-03-16",
    "visitor": "JP",
    "institutions": "University of Tokyo [ror:057zh3y96] | RIKEN",
    "host": "FR",
    "place": "Paris",
    "due": "2026-09-30",
    "reference": "2026-014",
}
_LENGTHS: Final = {
    "note": tables.NOTE,
    "place": tables.PLACE,
    "purpose": tables.PURPOSE,
    "commitments": tables.COMMITMENTS,
    "follow_up": tables.FOLLOW_UP,
}


def template(name: str, language: Language, out: Path | None, *, explain: bool) -> None:
    """Write an empty template, to a file or to standard output, or print what each column means.

    UTF-8 with a byte order mark and `;`, which spreadsheets open as they should. Nothing but the
    headings: an example would be loaded with the rest one day.

    Raises:
        BadRequest: there is no such table, or the file exists.
    """
    table = table_named(name)
    if explain:
        print_table(name, _titles(language, "heading", "meaning", "allowed", "filled", "example"),
                    _explained(table, language, known()))  # fmt: skip
        typer.echo(t("department.template_rules", language))
        if out is None:
            return
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow(c.heading(language) for c in table.columns)
    data = text.getvalue().encode("utf-8-sig")
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        with out.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise BadRequest(f"{out} exists already.", "Give another name: a filled table is never overwritten.") from error
    typer.echo(t("department.template_written", language, path=out))


def validate(name: str, path: Path | None, language: Language) -> bool:
    """Print what is wrong with a table, line by line; returns whether there is no error.

    Args:
        name: mobility, delegations or curated.
        path: the file; of the curated tables their folder, the repository's own if left out.

    Raises:
        BadRequest: there is no such table or file.
    """
    if name == CURATED:
        return _validate_curated(path or BUNDLED_DIR / CURATED, language)
    if name not in TABLES:
        raise BadRequest(f"There is no table '{name}'.", f"Choose one of {', '.join((*TABLES, CURATED))}.")
    table = table_named(name)
    if path is None:
        raise BadRequest("No file is given.", f"Run python -m ingest validate {name} FILE.")
    try:
        found = check(path, table, known())
    except FileRefused as refusal:
        _show([refusal.finding], language, table)
        typer.echo(t("department.verdict_refused", language, name=path.name))
        return False
    _show(found.findings, language, table)
    values = {
        "name": path.name,
        "rows": number(found.frame.height, language),
        "warnings": number(len(found.findings) - found.errors, language),
    }
    if found.errors:
        typer.echo(t("department.verdict_errors", language, errors=number(found.errors, language), **values))
        return False
    typer.echo(t("department.verdict_ok", language, **values))
    return True


def require_fit(name: str, paths: Sequence[Path]) -> None:
    """Refuse a department's file that cannot be read at all, before a copy of it is kept.

    Raises:
        FileRefused: it is a workbook, not UTF-8, lacks a column or has one for people.
    """
    if name in TABLES:
        for path in paths:
            check(path, table_named(name), known())


def _validate_curated(folder: Path, language: Language) -> bool:
    found = check_curated(folder)
    _show(found.findings, language)
    counts = {weight: sum(f.weight == weight for f in found.findings) for weight in ("error", "warning", "note")}
    values = {
        "folder": folder,
        "warnings": number(counts["warning"], language),
        "notes": number(counts["note"], language),
    }
    if counts["error"]:
        typer.echo(t("department.verdict_curated_errors", language, errors=number(counts["error"], language), **values))
        return False
    read = {"rows": number(found.rows, language), "files": number(found.files, language)}
    typer.echo(t("department.verdict_curated_ok", language, **read, **values))
    return True


def _show(findings: Sequence[Finding], language: Language, table: Table | None = None) -> None:
    """One line a finding, in a form a person and an editor both follow: file, line, column, weight, text."""
    for finding in findings[:MOST]:
        column = table.column(finding.column).heading(language) if table and finding.column else finding.column
        place = [finding.file] if finding.file else []
        place += [f"{t('department.table_line', language)} {finding.line}"] if finding.line else []
        place += [column] if column else []
        weight = t(f"department.weight_{finding.weight}", language)
        typer.echo(" · ".join((*place, weight, finding.problem.text(language))))
    if len(findings) > MOST:
        typer.echo(t("department.more", language, count=number(len(findings) - MOST, language)))


def _explained(table: Table, language: Language, known: Known) -> list[tuple[str, ...]]:
    allowed = {
        "year": t("department.allowed_year", language, first=FIRST_YEAR, last=known.last_year),
        "who": t(
            "department.allowed_who", language, institutes=", ".join(sorted(set(known.institutes.values())))
        ),
        "country": t("department.allowed_country", language),
        "host": t("department.allowed_country", language),
        "visitor": t("department.allowed_countries", language),
        "institutions": t("department.allowed_institutions", language),
        "reference": t("department.allowed_reference", language),
        "state": t("department.allowed_state", language),
        **dict.fromkeys(("missions", "stays", "recruits"), t("department.allowed_count", language)),
        **dict.fromkeys(
            ("start", "end", "due"),
            t("department.allowed_date", language, first=FIRST_YEAR, last=known.last_year),
        ),
        **{name: t("department.allowed_text", language, longest=longest) for name, longest in _LENGTHS.items()},
    }  # fmt: skip
    examples = {**_EXAMPLES, **{name: t(f"department.example_{name}", language) for name in (*_LENGTHS, "state")
                                if name not in _EXAMPLES}}  # fmt: skip
    return [
        (
            column.heading(language),
            t(f"department.meaning_{column.name}", language),
            allowed[column.name],
            t("department.always" if column.filled else "department.where_known", language),
            examples[column.name],
        )
        for column in table.columns
    ]


def _titles(language: Language, *names: str) -> tuple[str, ...]:
    return tuple(t(f"department.table_{name}", language) for name in names)
