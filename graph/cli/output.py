"""Answers as a terminal table, CSV or JSON."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from graph.errors import BadRequest
from graph.files import whole

if TYPE_CHECKING:
    import polars as pl

    from graph.store import Rows

_PIPED: Final = 160
"""Columns of what goes to a file or another program."""

_READABLE: Final = 10
"""Columns below which a cell of text is hard to read: a table that would press more than that writes rows as lists."""

console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPED)
errors = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class About:
    """What a table says it is of, in every form it is written in.

    Attributes:
        scope: a sentence: ties, programmes, years, places, weighting.
        notes: what the scope leaves out, and traps.
        methods: how each measure came about, or the analysis.
        figures: what the whole comes to.
    """

    scope: str
    notes: tuple[str, ...] = ()
    methods: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, float | int | str | None] = field(default_factory=dict)

    def above(self) -> None:
        """Say on the screen what the table below is of."""
        preface(self.scope, self.notes)
        for name, method in self.methods.items():
            console.print(f"{name}: {method}", style="dim", highlight=False)

    def beside(self, *, rows: int) -> None:
        """Say on standard error what has no place in a table of columns; of one without rows, the scope as well."""
        if not rows:
            errors.print(Text(self.scope))
        for note in self.notes:
            errors.print(Text(note), style="yellow")
        for method in self.methods.values():
            errors.print(Text(method), style="dim")
        for name, value in self.figures.items():
            errors.print(Text(f"{name}: {cell(value)}"))


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    csv = "csv"
    json = "json"


class FrameFormat(StrEnum):
    """How a table of measures is written; Parquet keeps the types of its columns."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"

    @classmethod
    def of(cls, path: Path) -> FrameFormat:
        """Return the format a file's name asks for.

        Raises:
            BadRequest: it asks for none of them.
        """
        for form in (cls.csv, cls.json, cls.parquet):
            if path.suffix.lower() == f".{form}":
                return form
        raise BadRequest(f"{path} says no format.", "End its name in .csv, .json or .parquet.")


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


def preface(scope: str, notes: Iterable[str]) -> None:
    """Say what a table of measures is about: the sentence of its scope, and what that leaves out."""
    console.print(scope, highlight=False)
    for note in notes:
        console.print(note, style="yellow", highlight=False)


def show_frame(frame: pl.DataFrame, form: FrameFormat, about: About | None = None) -> None:
    """Write a table of a measure to standard output, with what it is about (see `packed`).

    Raises:
        BadRequest: Parquet would go to a screen.
    """
    if form is FrameFormat.table:
        show(frame.columns, [[*row] for row in frame.iter_rows()], Format.table)
        return
    if form is FrameFormat.parquet and sys.stdout.isatty():
        raise BadRequest("Parquet is no text for a screen.", "Name a file with --out.")
    content = packed(frame, form, about)
    if form is FrameFormat.parquet:
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write(content.decode("utf-8-sig"))


def write_frame(path: Path, frame: pl.DataFrame, form: FrameFormat, about: About | None = None) -> None:
    """Write a table to a file, whole or not at all, with what it is about (see `packed`)."""
    write(path, packed(frame, form, about))


def packed(frame: pl.DataFrame, form: FrameFormat, about: About | None) -> bytes:
    """Return a table as CSV, JSON or Parquet.

    What it is about goes with it: JSON is then an object with `scope`, `notes`, `methods`, `figures` and `rows`; CSV
    and Parquet have a column `scope`, and the rest stands in Parquet's metadata or, for CSV, on standard error.
    """
    from graph.export import csv  # noqa: PLC0415 - brings networkx along

    if form is FrameFormat.json:
        rows = [{name: plain(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]
        answer = {**asdict(about), "rows": rows} if about else rows
        return (json.dumps(answer, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
    if about:
        frame = frame.with_columns(scope=_constant(about.scope))
    if form is FrameFormat.csv:
        if about:
            about.beside(rows=frame.height)
        return csv(frame)
    buffer = io.BytesIO()
    told = {name: json.dumps(value, ensure_ascii=False) for name, value in asdict(about).items()} if about else None
    frame.write_parquet(buffer, metadata=told)
    return buffer.getvalue()


def deliver(frame: pl.DataFrame, top: int, form: FrameFormat, out: Path | None, about: About) -> None:
    """Write every row to a file, or the first (0: all) to standard output, on a screen below what it is about."""
    if out is not None:
        write_frame(out, frame, form, about)
        return
    if form is FrameFormat.table:
        about.above()
    show_frame(frame.head(top) if top else frame, form, about)


def _constant(text: str) -> pl.Expr:
    import polars as pl  # noqa: PLC0415 - half of the start-up time of a command

    return pl.lit(text)


def show(columns: list[str], rows: list[list[object]], form: Format) -> None:
    """Write columns and rows to standard output in the form asked for."""
    if form is Format.json:
        answer = [dict(zip(columns, map(plain, row), strict=True)) for row in rows]
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    elif form is Format.csv:
        sys.stdout.write(csv_text(columns, rows))
    else:
        _draw(columns, rows)


def _draw(columns: list[str], rows: list[list[object]]) -> None:
    """Draw a table, without the columns in which nothing is known; rows as lists where the screen is too narrow."""
    known = [place for place in range(len(columns)) if not rows or any(row[place] is not None for row in rows)]
    unknown = [name for place, name in enumerate(columns) if place not in known]
    caption = f"{len(rows):,} rows" + (f"; not known of any: {', '.join(unknown)}" if unknown else "")
    names = [columns[place] for place in known]
    # Text, not markup: a name with brackets is a name.
    cells = [[Text(cell(row[place])) for place in known] for row in rows]
    widths = [max([len(name), *(line[place].cell_len for line in cells)]) for place, name in enumerate(names)]
    if cells and sum(min(width, _READABLE) + 3 for width in widths) + 1 > console.width:
        for line in cells:
            pairs = Table.grid(padding=(0, 2))
            for name, value in zip(names, line, strict=True):
                pairs.add_row(Text(name, style="dim"), value)
            console.print(pairs)
            console.print()
    elif names:
        # Column headings are names of our own or aliases of a statement: shown as text, never as markup.
        table = Table(*map(escape, names))
        for place, column in enumerate(table.columns):
            if rows and all(isinstance(row[known[place]], int | float | None) for row in rows):
                column.justify = "right"
        for line in cells:
            table.add_row(*line)
        console.print(table)
    console.print(Text(caption, style="italic"))


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
