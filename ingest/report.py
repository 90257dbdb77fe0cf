"""What the commands print: tables, and the progress of downloads."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from ingest.build import BuildOutcome
    from ingest.download import Tell


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows; whole numbers to the right, with separators; what is not known as an en dash."""
    from rich.console import Console  # noqa: PLC0415 - keeps --help quick
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    drawn = Table(title=title, title_justify="left")
    listed = [tuple(row) for row in rows]
    for position, column in enumerate(columns):
        numeric = bool(listed) and all(isinstance(row[position], int | None) for row in listed)
        drawn.add_column(column, justify="right" if numeric else "left")
    for row in listed:
        drawn.add_row(*(Text(_cell(value)) for value in row))
    Console(highlight=False, width=None if sys.stdout.isatty() else 160).print(drawn)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


@contextmanager
def transfer() -> Iterator[Tell]:
    """Show the bytes, rate and remaining time of files as they come; on standard error, so that answers stay clean."""
    from rich.console import Console  # noqa: PLC0415 - keeps --help quick
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def tell(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name)
            progress.update(tasks[name], completed=done, total=total or None)

        yield tell


def outcome(done: BuildOutcome, rejects: object) -> None:
    """Print what a build did."""
    if done.up_to_date:
        typer.echo("up to date: the store already holds these sources")
        return
    table(
        "Sources",
        ("source", "rows", "used", "ignored", "rejected"),
        [(source, *figures) for source, figures in done.audit.items()],
    )
    table(
        "Records",
        ("source", "kind", "records"),
        [(source, kind, count) for source, kinds in done.counts.items() for kind, count in sorted(kinds.items())],
    )
    if done.load is not None:
        table(
            "Store",
            ("kind", "new", "changed", "removed", "unchanged"),
            [(kind, c.new, c.changed, c.removed, c.unchanged) for kind, c in sorted(done.load.kinds.items())],
        )
    for source, column in done.columns:
        typer.echo(f"{source}: a column nobody knows, '{column}'; it is left out until its source.toml names it")
    if done.conflicts:
        typer.echo(f"{len(done.conflicts)} links between identifiers were refused, see identifiers.csv")
    typer.echo(f"rows not used are listed under {rejects}")
