"""What the commands print: tables, and the progress of downloads."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

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


def amount(done: int, total: int) -> str:
    """Records that came, of how many; of an unknown number if `total` is 0."""
    return f"{done:,}/{total:,} records" if total else f"{done:,} records"


@contextmanager
def transfer() -> Iterator[Tell]:
    """Show bytes, rate and remaining time of files as they come; on standard error, so that answers stay clean.

    Of a file told as `Records` (see `ingest.download`), its records.
    """
    from rich.console import Console  # noqa: PLC0415 - keeps --help quick
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        ProgressColumn,
        Task,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.text import Text  # noqa: PLC0415

    from ingest.download import Records  # noqa: PLC0415

    class Either(ProgressColumn):
        """A column of bytes, but for a file whose records are counted."""

        def __init__(self, of_bytes: ProgressColumn, of_records: Callable[[Task], str]) -> None:
            super().__init__()
            self.of_bytes, self.of_records = of_bytes, of_records

        def render(self, task: Task) -> RenderableType:
            if task.fields.get("records"):
                return Text(self.of_records(task), style="progress.download")
            return self.of_bytes.render(task)

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        Either(DownloadColumn(), lambda task: amount(int(task.completed), int(task.total or 0))),
        Either(TransferSpeedColumn(), lambda task: f"{task.finished_speed or task.speed or 0:,.0f} records/s"),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def tell(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, records=isinstance(name, Records))
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
    if done.aside:
        typer.echo(f"the edited list of unsure pairs cannot be read; it was put aside as {done.aside}")
    if done.conflicts:
        typer.echo(f"{len(done.conflicts)} links between identifiers were refused, see identifiers.csv")
    typer.echo(f"rows not used are listed under {rejects}")
