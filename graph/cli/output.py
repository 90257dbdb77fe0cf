"""Answers as a terminal table, CSV or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from graph.errors import BadRequest
from graph.files import whole

if TYPE_CHECKING:
    import polars as pl

    from graph.network import Scope
    from graph.store import Rows

console = Console()
errors = Console(stderr=True)


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    csv = "csv"
    json = "json"


def plain(value: object) -> Any:
    """Turn a value of the driver into what JSON can hold: nodes and relationships as objects, dates as ISO text."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if type(value).__module__.startswith("neo4j."):
        return _graph_value(value)
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    iso = getattr(value, "isoformat", None)
    return iso() if iso else str(value)


def _graph_value(value: object) -> Any:
    from neo4j.graph import Node, Path, Relationship  # noqa: PLC0415 - brings pandas along, a second of every --help

    if isinstance(value, Node):
        return {"labels": sorted(value.labels), **{name: plain(item) for name, item in value.items()}}
    if isinstance(value, Relationship):
        ends = [node.get("id") if node else None for node in value.nodes]
        return {"type": value.type, "start": ends[0], "end": ends[1], **{k: plain(v) for k, v in value.items()}}
    if isinstance(value, Path):
        return {
            "nodes": [plain(node) for node in value.nodes],
            "relationships": [plain(r) for r in value.relationships],
        }
    iso = getattr(value, "iso_format", None)
    return iso() if iso else str(value)


def cell(value: object) -> str:
    """Write one value on one line; unknown is an en dash."""
    value = plain(value)
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}".removesuffix(".00")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def show_rows(rows: Rows, form: Format) -> None:
    """Write an answer to standard output; what was cut is said on standard error."""
    show(list(rows.columns), [[*row] for row in rows.rows], form)
    if rows.truncated:
        errors.print(f"Only the first {len(rows.rows):,} rows are shown.", style="yellow")


def preface(scope: Scope, notes: Iterable[str]) -> None:
    """Say what a table of measures is about: its scope, and what that leaves out."""
    console.print(scope.sentence("en"), highlight=False)
    for note in notes:
        console.print(note, style="yellow", highlight=False)


def show_frame(frame: pl.DataFrame, form: Format) -> None:
    """Write a table of a measure to standard output."""
    show(frame.columns, [[*row] for row in frame.iter_rows()], form)


def show(columns: list[str], rows: list[list[object]], form: Format) -> None:
    """Write columns and rows to standard output in the form asked for."""
    if form is Format.json:
        answer = [dict(zip(columns, map(plain, row), strict=True)) for row in rows]
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    elif form is Format.csv:
        sys.stdout.write(csv_text(columns, rows))
    else:
        # Column headings are names of our own or aliases of a statement: shown as text, never as markup.
        table = Table(*map(escape, columns), caption=f"{len(rows):,} rows", caption_justify="left")
        for name, column in zip(columns, table.columns, strict=True):
            values = [row[columns.index(name)] for row in rows]
            if values and all(isinstance(v, int | float) or v is None for v in values):
                column.justify = "right"
        for row in rows:
            # Text, not markup: a name with brackets is a name.
            table.add_row(*[Text(cell(value)) for value in row])
        console.print(table)


def csv_text(columns: list[str], rows: list[list[object]]) -> str:
    """Write CSV that a spreadsheet cannot take for formulas (see `graph.export.csv`)."""
    import polars as pl  # noqa: PLC0415 - half of the start-up time of a command

    from graph.export import csv  # noqa: PLC0415

    def text(value: object) -> object:
        value = plain(value)
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value

    columnar = {name: [text(row[i]) for row in rows] for i, name in enumerate(columns)}
    return csv(pl.DataFrame(columnar, strict=False)).decode("utf-8").removeprefix("\ufeff")


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show how far long work is; yields what to tell: what is done, how much, of how much. Silent without a screen."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True, disable=not sys.stdout.isatty()) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and say where."""
    try:
        with whole(path) as part:
            part.write_bytes(content)
    except OSError as error:
        raise BadRequest(
            f"{path} cannot be written: {error.strerror}.", "Choose a folder that exists and is yours."
        ) from error
    errors.print(Text(f"{path}: {len(content):,} bytes"))
