"""`python -m ingest`: build the graph from the bundled sources, say what is loaded, check it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.cli.runner import run
from graph.settings import Settings

if TYPE_CHECKING:
    from ingest.build import BuildOutcome

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Build the graph from its sources, say what is loaded, check it.",
)
DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Directory of the store, snapshots and rejects (default: data).", show_default=False),
]


def _settings(data: Path | None) -> Settings:
    return Settings() if data is None else Settings(data_dir=data)


def _never_built(settings: Settings) -> bool:
    """Whether the embedded store has no files yet: asking it would create it."""
    return settings.neo4j_uri is None and not settings.store_dir.exists()


@app.command("build")
def build_command(data: DataOption = None) -> None:
    """Bring the store to the bundled sources; does nothing when it already is."""
    from ingest.build import build, is_up_to_date  # noqa: PLC0415 - keeps --help quick

    settings = _settings(data)
    if is_up_to_date(settings):
        typer.echo("up to date: no source, judgement, reader or schema has changed since the last build")
        return
    from graph.cli.output import progress_bar  # noqa: PLC0415

    with progress_bar() as progress:
        outcome = build(settings, progress)
    _report(outcome, settings)


@app.command("status")
def status_command(data: DataOption = None) -> None:
    """Say what is loaded, and from which snapshots."""
    from graph.store import open_store  # noqa: PLC0415 - keeps --help quick
    from ingest.fingerprint import fingerprint  # noqa: PLC0415

    settings = _settings(data)
    if _never_built(settings):
        typer.echo("not built: run `python -m ingest build`")
        return
    with open_store(settings) as store:
        held = store.build()
        if held is None:
            typer.echo("not built: run `python -m ingest build`")
            return
        state = (
            "up to date" if held.fingerprint == fingerprint() else "behind its sources: run `python -m ingest build`"
        )
        typer.echo(f"built {held.built_at} · schema {held.schema_version} · {store.engine} · {state}")
        rows = store.read(
            "MATCH (s:Snapshot) RETURN s.id AS id, s.rows AS rows, s.used AS used, s.ignored AS ignored,"
            " s.rejected AS rejected ORDER BY s.id"
        ).rows
        _table("Snapshots", ("snapshot", "rows", "used", "ignored", "rejected"), rows)
        _table("Loaded", ("kind", "count"), sorted(store.counts().items()))


@app.command("check")
def check_command(data: DataOption = None) -> None:
    """Compare the graph with its expected counts and known figures; exit 1 if one is not met."""
    from graph.errors import NotBuilt  # noqa: PLC0415 - keeps --help quick
    from graph.store import open_store  # noqa: PLC0415
    from ingest.check import check  # noqa: PLC0415

    settings = _settings(data)
    missing = NotBuilt("The store holds no complete graph.", "Run `python -m ingest build`.")
    if _never_built(settings):
        raise missing
    with open_store(settings) as store:
        if store.build() is None:
            raise missing
        findings = check(store)
    _table(
        "Check",
        ("source", "what", "expected", "actual", ""),
        [(f.source, f.what, f.expected, f.actual, "ok" if f.met else "NOT MET") for f in findings],
    )
    missed = sum(not finding.met for finding in findings)
    if missed:
        typer.echo(f"{missed} of {len(findings)} expectations not met.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{len(findings)} expectations met")


def _report(outcome: BuildOutcome, settings: Settings) -> None:
    if outcome.up_to_date:
        typer.echo("up to date: the store already holds these sources")
        return
    _table(
        "Sources",
        ("source", "rows", "used", "ignored", "rejected"),
        [(source, *figures) for source, figures in outcome.audit.items()],
    )
    _table(
        "Records",
        ("source", "kind", "records"),
        [(source, kind, count) for source, kinds in outcome.counts.items() for kind, count in sorted(kinds.items())],
    )
    if outcome.load is not None:
        _table(
            "Store",
            ("kind", "new", "changed", "removed", "unchanged"),
            [(kind, c.new, c.changed, c.removed, c.unchanged) for kind, c in sorted(outcome.load.kinds.items())],
        )
    if outcome.conflicts:
        typer.echo(f"{len(outcome.conflicts)} links between identifiers were refused, see identifiers.csv")
    typer.echo(f"rows not used are listed under {settings.data_dir / 'rejects'}")


def _table(title: str, columns: tuple[str, ...], rows: object) -> None:
    from rich.console import Console  # noqa: PLC0415 - keeps --help quick
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=title, title_justify="left")
    listed = [tuple(row) for row in rows]  # type: ignore[attr-defined]
    for position, column in enumerate(columns):
        numeric = bool(listed) and all(isinstance(row[position], int) for row in listed)
        table.add_column(column, justify="right" if numeric else "left")
    for row in listed:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    Console(highlight=False, width=None if sys.stdout.isatty() else 160).print(table)


if __name__ == "__main__":
    sys.exit(run(app, "python -m ingest"))
