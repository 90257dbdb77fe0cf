"""The commands of `python -m graph`; heavy modules are imported by the command that needs them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.cli.measuring import measure
from graph.cli.output import Format, FrameFormat, console, errors, progress_bar, show, show_rows, write, write_frame
from graph.cli.sharing import Data, ScopeText, built_store, pairs, settings_for
from graph.settings import Settings

if TYPE_CHECKING:
    from graph.network import Projection
    from graph.queries import Question

app = typer.Typer(
    help="Ask, measure, export and brief from the partnership graph.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

As = Annotated[Format, typer.Option("--format", help="How to write the answer.")]


class GraphFormat(StrEnum):
    """File formats of a network."""

    graphml = "graphml"
    gexf = "gexf"
    csv = "csv"


class Lang(StrEnum):
    """Languages of a briefing."""

    fr = "fr"
    en = "en"


app.command()(measure)


@app.command()
def status(data: Data = None) -> None:
    """Say which engine answers, what is loaded, and when it was built."""
    from graph.store import open_store  # noqa: PLC0415

    with open_store(settings_for(data)) as store:
        found = store.status()
    built = found.build.built_at if found.build else "no complete build: run python -m ingest build"
    console.print(f"Engine   {found.engine} {found.version}\nAddress  {found.uri}\nBuilt    {built}", highlight=False)
    show(["kind", "count"], [[kind, count] for kind, count in found.counts.items() if count], Format.table)


@app.command()
def cypher(
    statement: Annotated[str, typer.Argument(help="A reading statement; writes are refused.")],
    form: As = Format.table,
    seconds: Annotated[float | None, typer.Option(help="Time limit.", min=0.1, max=600)] = None,
    rows: Annotated[int | None, typer.Option(help="Most rows to return.", min=1, max=1_000_000)] = None,
    data: Data = None,
) -> None:
    """Run one read-only Cypher statement within limits of time and rows."""
    with built_store(data) as store:
        show_rows(store.console(statement, seconds=seconds, rows=rows), form)


@app.command()
def ask(
    question_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="A question; without one, all are listed.")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", help="A parameter, as in country=JP; repeatable.")
    ] = None,
    form: As = Format.table,
    data: Data = None,
) -> None:
    """Answer a named question."""
    from graph import queries  # noqa: PLC0415

    if question_id is None:
        listed: list[list[object]] = [[one.id, one.title["en"], _takes(one)] for one in queries.questions()]
        show(["id", "question", "parameters"], listed, form)
        return
    values = pairs(param)
    asked = queries.question(question_id)  # a wrong id is told before a store is started
    with built_store(data) as store:
        rows = queries.ask(store, question_id, **values)
    show_rows(rows, form)
    if asked.needs and not rows.rows:
        errors.print(f"The answer comes from the source '{asked.needs}'; `ingest status` says whether it is loaded.")


@app.command(name="export")
def export_network(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    form: Annotated[GraphFormat, typer.Option("--format", help="File format.")] = GraphFormat.graphml,
    scope: ScopeText = "",
    data: Data = None,
) -> None:
    """Write the network in scope to a file: GraphML, GEXF, or its ties as CSV."""
    from graph import export  # noqa: PLC0415

    projection = _projection(scope, data)
    if form is GraphFormat.graphml:
        content = export.graphml(projection.graph)
    elif form is GraphFormat.gexf:
        content = export.gexf(projection.graph)
    else:
        content = export.csv(export.ties(projection.graph))
    write(out, content)


@app.command(name="project")
def project_table(
    file: Annotated[Path, typer.Argument(help="Participations, one a row: .parquet or .csv.")],
    out: Annotated[Path, typer.Option(help="The file of ties to write: .csv, .json or .parquet.")],
    event: Annotated[str, typer.Option(help="Its column of projects or other joint events.")] = "event",
    actor: Annotated[str, typer.Option(help="Its column of actors.")] = "actor",
    weighting: Annotated[str, typer.Option(help="full, fractional or newman.")] = "full",
) -> None:
    """Project a table of participations past this machine's memory into ties, by DuckDB or by Spark."""
    from graph.network.large import project_file  # noqa: PLC0415 - the dataframe engines

    form = FrameFormat.of(out)
    settings = Settings()
    ties = project_file(
        file,
        event,
        actor,
        weighting=weighting,
        engine=settings.dataframe_engine,
        spark_master=settings.spark_master,
    )
    write_frame(out, ties, form)
    console.print(f"{ties.height:,} ties.", highlight=False)


@app.command()
def brief(
    subject: Annotated[
        str, typer.Argument(help="A country (JP), or Institution:<id> as in Institution:ror:02gfc7t72.")
    ],
    out: Annotated[Path, typer.Option(help="The file to write: .pdf or .html.")],
    lang: Annotated[Lang, typer.Option(help="Language.")] = Lang.fr,
    data: Data = None,
) -> None:
    """Write the two-page briefing for a visit."""
    from graph.briefing import brief_to_file  # noqa: PLC0415

    with built_store(data) as store:
        brief_to_file(store, subject, lang.value, out)
    console.print(f"{out}: {out.stat().st_size:,} bytes", highlight=False)


@app.command()
def dump(
    file: Annotated[Path, typer.Argument(help="The archive to write, such as graph.zip.")], data: Data = None
) -> None:
    """Write the whole graph to one file: a backup, and the way to another engine."""
    with built_store(data) as store, progress_bar() as progress:
        found = store.dump(file, progress)
    console.print(f"{file}: {found.records:,} records, {file.stat().st_size:,} bytes", highlight=False)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="What `dump` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Also where the store holds another graph.")] = False,
    data: Data = None,
) -> None:
    """Make the store hold what an archive holds; every file in it is checked before the first write."""
    from graph.store import open_store  # noqa: PLC0415

    with open_store(settings_for(data)) as store, progress_bar() as progress:
        total = store.load(file, replace=replace, progress=progress).total
    changes = ("new", total.new), ("changed", total.changed), ("removed", total.removed), ("unchanged", total.unchanged)
    show(["records", "count"], [list(each) for each in changes], Format.table)


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the graph to this program's schema; a build does so by itself."""
    from graph.store import open_store  # noqa: PLC0415

    with open_store(settings_for(data)) as store:
        applied = store.migrate()
    console.print(f"Applied: {', '.join(applied)}." if applied else "The schema is up to date.", highlight=False)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="Part of a name or acronym; accents do not matter.")],
    form: As = Format.table,
    data: Data = None,
) -> None:
    """Find a body, country, programme, project or agreement by name."""
    with built_store(data) as store:
        show_rows(store.search(text), form)


@app.command()
def schema(write_file: Annotated[bool, typer.Option("--write", help="Write docs/schema.md.")] = False) -> None:
    """Print the kinds of node and relationship, or write them to docs/schema.md."""
    from graph.schema_doc import PAGE, page  # noqa: PLC0415

    if write_file:
        write(PAGE, page().encode("utf-8"))
    else:
        typer.echo(page())


@app.command()
def start(data: Data = None) -> None:
    """Start the embedded engine of a data directory, or join it; every other command does so by itself."""
    from graph.store import open_store  # noqa: PLC0415

    with open_store(settings_for(data)) as store:
        console.print(f"The {store.engine} engine answers at {store.uri}.", highlight=False)


@app.command()
def stop(data: Data = None) -> None:
    """Stop the embedded engine of a data directory; the next command starts it again."""
    from graph.store import stop_store  # noqa: PLC0415

    settings = settings_for(data)
    stopped = stop_store(settings)
    console.print(
        f"The engine of {settings.data_dir} {'is stopped' if stopped else 'was not running'}.", highlight=False
    )


def _takes(one: Question) -> str:
    """Name a question's parameters, optional ones in brackets."""
    return " ".join(p.name if p.required else f"[{p.name}]" for p in one.parameters)


def _projection(scope: str, data: Path | None) -> Projection:
    from graph import network  # noqa: PLC0415

    wanted = network.Scope.parse(scope)  # a wrong scope is told before a store is started
    with built_store(data) as store:
        incidence = network.cache_incidence(store, settings_for(data))
    return network.project(incidence, wanted)
