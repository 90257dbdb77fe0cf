"""`python -m ingest`: fetch the sources, build the graph from them, say what is loaded, check it."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.cli.runner import run
from graph.errors import BadRequest
from graph.i18n import Language
from graph.settings import Settings
from ingest.resolve.commands import review_command
from ingest.selection import Projects, Resolve, choose, remember
from ingest.sources.hal.commands import compare_app

if TYPE_CHECKING:
    from ingest.catalogue import SourceSpec

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Fetch the sources, build the graph from them, say what is loaded, check it.",
)
app.command("review")(review_command)
app.add_typer(compare_app, name="compare")
DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Directory of the store, snapshots and rejects (default: data).", show_default=False),
]


def _settings(data: Path | None) -> Settings:
    return Settings() if data is None else Settings(data_dir=data)


def _never_built(settings: Settings) -> bool:
    """Whether the embedded store has no files yet: asking it would create it."""
    return settings.neo4j_uri is None and not settings.store_dir.exists()


@app.command("fetch")
def fetch_command(
    source: Annotated[str, typer.Argument(help="Name of the source; `python -m ingest sources` lists them.")],
    given: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            help="A file you already have, instead of a download; repeatable. OpenAlex: also its folder data/works.",
        ),
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", help="Day of the data, 2026-11-25; else taken from file, server or archive.")
    ] = None,
    url: Annotated[
        list[str] | None,
        typer.Option("--url", help="Another address to take it from; DOWNLOAD=ADDRESS where there are several."),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Take the place of the snapshot of the same day, such as a table corrected."),
    ] = False,
    data: DataOption = None,
) -> None:
    """Keep today's file of a source as a dated snapshot, untouched; broken off, it goes on where it was."""
    from ingest.catalogue import source as named  # noqa: PLC0415 - keeps --help quick
    from ingest.download import Client  # noqa: PLC0415
    from ingest.report import table, transfer  # noqa: PLC0415
    from ingest.snapshot import adopt, fetch  # noqa: PLC0415

    spec, settings = named(source), _settings(data)
    if given:
        from ingest.department.cli import require_fit  # noqa: PLC0415

        require_fit(spec.name, given)
    with transfer() as tell:
        if given:
            snapshot = adopt(spec, settings.data_dir, given, _day(date), tell, replace=replace)
        else:
            snapshot = fetch(
                spec, settings.data_dir, Client(), tell, _addresses(spec, url or []), _day(date), replace=replace
            )
    table(
        f"{spec.name} of {snapshot.date}" + ("" if snapshot.dated else " (day it was fetched)"),
        ("file", "bytes", "sha256"),
        [(file.name, file.size, file.sha256) for file in snapshot.files],
    )
    for file in snapshot.files:
        if file.note:
            typer.echo(f"{file.name}: {file.note} came; the publisher's list ended there")
    if snapshot.unchanged:
        typer.echo(f"nothing has changed since the snapshot in {snapshot.folder}")
    else:
        typer.echo(f"kept in {snapshot.folder}; the next build uses it")


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequest(f"'{text}' is not a day.", "Write it as 2026-11-25.") from error


def _addresses(spec: SourceSpec, urls: list[str]) -> dict[str, str]:
    """Download -> address; an address without a download's name is that of the only one."""
    downloads = list(spec.live.downloads) if spec.live else []
    found: dict[str, str] = {}
    for text in urls:
        name, _, address = text.partition("=")
        if "://" in name:
            name, address = (downloads or [""])[0], text
        if name not in downloads:
            raise BadRequest(f"'{spec.name}' has no download '{name}'.", f"It has {', '.join(downloads) or 'none'}.")
        found[name] = address
    return found


@app.command("build")
def build_command(
    only: Annotated[
        str | None, typer.Option("--only", help="Sources, by commas, that this directory's graph is made of; or all.")
    ] = None,
    projects: Annotated[
        Projects | None,
        typer.Option("--projects", help="Of a complete archive: the CNRS's projects (default), or all (with --only)."),
    ] = None,
    resolve: Annotated[
        Resolve | None,
        typer.Option(
            "--resolve", help="all: likeness of names too (default); ids: identifiers and people's word only."
        ),
    ] = None,
    accept_counts: Annotated[
        bool, typer.Option("--accept-counts", help="Also from a download much larger or smaller than expected.")
    ] = False,
    data: DataOption = None,
) -> None:
    """Bring the store to its sources, each at its newest snapshot; does nothing when it already is."""
    from graph.store.build import stamped  # noqa: PLC0415 - keeps --help quick
    from ingest.build import build, is_up_to_date  # noqa: PLC0415

    settings = _settings(data)
    selection = choose(
        settings.data_dir,
        only.split(",") if only is not None else None,
        projects,
        resolve,
        built=settings.neo4j_uri is None and stamped(settings.store_dir) is not None,
    )
    if is_up_to_date(settings, selection):
        remember(settings.data_dir, selection)
        typer.echo("up to date: no source, judgement, reader or schema has changed since the last build")
        return
    from graph.cli.output import progress_bar  # noqa: PLC0415
    from ingest.report import outcome  # noqa: PLC0415

    with progress_bar() as progress:
        done = build(settings, progress, selection, accept_counts=accept_counts)
    outcome(done, settings.data_dir / "rejects")


@app.command("sources")
def sources_command(data: DataOption = None) -> None:
    """List the sources, what of each a build would use, and how it is renewed."""
    from ingest.catalogue import sources  # noqa: PLC0415 - keeps --help quick
    from ingest.report import table  # noqa: PLC0415
    from ingest.snapshot import newest  # noqa: PLC0415

    settings = _settings(data)
    rows = []
    for spec in sources():
        snapshot = newest(settings.data_dir, spec.name)
        held = f"snapshot of {snapshot.date}" if snapshot else f"bundled, {spec.date}" if spec.files else "not there"
        rows.append((spec.name, spec.publisher_en, held, spec.live.cadence_en if spec.live else "kept by hand"))
    table("Sources", ("source", "publisher", "in use", "renewed"), rows)


@app.command("diff")
def diff_command(
    source: Annotated[str, typer.Argument(help="Name of the source.")],
    older: Annotated[str | None, typer.Option("--older", help="Date of a snapshot, or bundled.")] = None,
    newer: Annotated[str | None, typer.Option("--newer", help="Date of a snapshot; the newest, if left out.")] = None,
    top: Annotated[int, typer.Option("--top", help="Partners to list, the largest changes first; 0 for all.")] = 20,
    data: DataOption = None,
) -> None:
    """Say what changed between two snapshots of a source: records by kind, partners new, ended and changed."""
    from ingest.compare import compare  # noqa: PLC0415 - keeps --help quick
    from ingest.report import table  # noqa: PLC0415

    first, second, found = compare(_settings(data).data_dir, source, older, newer)
    table(
        f"{source}: {first} → {second}",
        ("kind", "new", "gone", "changed"),
        [(kind, *counts) for kind, counts in found.kinds.items()],
    )
    shown = found.partners.head(top) if top else found.partners
    title = f"Partners whose ties changed: {found.partners.height:,}"
    if shown.height < found.partners.height:
        title += f", the {shown.height} largest changes shown"
    table(title, ("partner", "name", "country", "ties before", "ties after", "change"), shown.rows())


@app.command("template")
def template_command(
    table: Annotated[str, typer.Argument(help="mobility or delegations.")],
    lang: Annotated[Language, typer.Option(help="Language of the headings.")] = "fr",
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; standard output if left out.", show_default=False)
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what each column means, allows and looks like.")
    ] = False,
) -> None:
    """Write an empty table for the department to fill, or explain its columns."""
    from ingest.department.cli import template  # noqa: PLC0415 - keeps --help quick

    template(table, lang, out, explain=explain)


@app.command("validate")
def validate_command(
    table: Annotated[str, typer.Argument(help="mobility, delegations, or curated for the tables kept by hand.")],
    file: Annotated[
        Path | None, typer.Argument(help="The filled table; of the curated ones, their folder.", show_default=False)
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the messages.")] = "fr",
) -> None:
    """Say what is wrong with a table, line by line, before it is fetched; exit 1 if a line would not be loaded."""
    from ingest.department.cli import validate  # noqa: PLC0415 - keeps --help quick

    if not validate(table, file, lang):
        raise typer.Exit(1)


@app.command("status")
def status_command(data: DataOption = None) -> None:
    """Say what is loaded, and from which snapshots."""
    from graph.store import open_store  # noqa: PLC0415 - keeps --help quick
    from ingest.build import wanted  # noqa: PLC0415
    from ingest.report import table  # noqa: PLC0415

    settings = _settings(data)
    if _never_built(settings):
        typer.echo("not built: run `python -m ingest build`")
        return
    with open_store(settings) as store:
        held = store.build()
        if held is None:
            typer.echo("not built: run `python -m ingest build`")
            return
        current = held.fingerprint == wanted(settings)
        state = "up to date" if current else "behind its sources: run `python -m ingest build`"
        typer.echo(f"built {held.built_at} · schema {held.schema_version} · {store.engine} · {state}")
        rows = store.read(
            "MATCH (s:Snapshot) RETURN s.id AS id, s.rows AS rows, s.used AS used, s.ignored AS ignored,"
            " s.rejected AS rejected ORDER BY s.id"
        ).rows
        table("Snapshots", ("snapshot", "rows", "used", "ignored", "rejected"), rows)
        table("Loaded", ("kind", "count"), sorted(store.counts().items()))


@app.command("check")
def check_command(data: DataOption = None) -> None:
    """Compare the graph with its expected counts and known figures; exit 1 if one is not met."""
    from graph.errors import NotBuilt  # noqa: PLC0415 - keeps --help quick
    from graph.store import open_store  # noqa: PLC0415
    from ingest.check import check  # noqa: PLC0415
    from ingest.report import table  # noqa: PLC0415
    from ingest.selection import specs  # noqa: PLC0415

    settings = _settings(data)
    if _never_built(settings):
        raise NotBuilt("The store holds no complete graph.", "Run `python -m ingest build`.")
    with open_store(settings) as store:
        store.built()
        findings = check(store, specs(settings.data_dir))
    table(
        "Check",
        ("source", "what", "expected", "actual", ""),
        [(f.source, f.what, f.expected, f.actual, "ok" if f.met else "NOT MET") for f in findings],
    )
    missed = sum(not finding.met for finding in findings)
    if missed:
        typer.echo(f"{missed} of {len(findings)} expectations not met.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{len(findings)} expectations met")


if __name__ == "__main__":
    sys.exit(run(app, "python -m ingest"))
