"""`measure`: rank the actors of a network by measures, or run one of the analyses."""

from __future__ import annotations

import difflib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.text import Text

from graph.cli.output import About, FrameFormat, console, deliver, preface, show_frame
from graph.cli.sharing import Data, Engine, ScopeText, built_store, pairs, settings_for
from graph.errors import BadRequest

if TYPE_CHECKING:
    import polars as pl

    from graph.network import Analysis, Answer, Incidence, Scope

_IN_WORDS: Final = 5


def measure(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A measure, or several joined by commas of which the first ranks; or an analysis. "
            "Without one, all are listed."
        ),
    ] = None,
    scope: ScopeText = "",
    param: Annotated[
        list[str] | None, typer.Option("--param", help="A parameter of an analysis, as in country=BR; repeatable.")
    ] = None,
    top: Annotated[int, typer.Option(help="How many to show; 0 shows all.", min=0)] = 20,
    engine: Annotated[
        Engine,
        typer.Option(help="local: on this machine; gds: in the Neo4j server, by Graph Data Science."),
    ] = Engine.local,
    compare: Annotated[
        bool, typer.Option("--compare", help="With --engine gds: compute here too, and show how far both agree.")
    ] = False,
    form: Annotated[FrameFormat, typer.Option("--format", help="How to write the answer.")] = FrameFormat.table,
    out: Annotated[
        Path | None, typer.Option(help="A file to write instead: .csv, .json or .parquet; it holds every row.")
    ] = None,
    data: Data = None,
) -> None:
    """Rank bodies by a measure of the network in scope, or answer one of a strategist's questions."""
    from graph import network  # noqa: PLC0415 - half of the start-up time of a command

    if name is None:
        _listed(form)
        return
    if out is not None:
        form = FrameFormat.of(out)
    if compare and engine is Engine.local:
        raise BadRequest("--compare has nothing to compare with.", "Add --engine gds.")
    names = [part.strip() for part in name.split(",") if part.strip()]
    unknown = [one for one in names if one not in network.MEASURES]
    if len(names) == 1 and names[0] in network.ANALYSES:
        if engine is not Engine.local:
            raise BadRequest(f"The server does not compute '{names[0]}'.", "Leave --engine out.")
        _analysed(network.ANALYSES[names[0]], scope, pairs(param), data, top, form, out)
        return
    if unknown or not names:
        known = [*network.MEASURES, *network.ANALYSES]
        near = difflib.get_close_matches("".join(unknown[:1]), known, 1)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        raise BadRequest(f"There is no measure '{name}'.", f"{hint}Choose among {', '.join(known)}.")
    if param:
        raise BadRequest("A measure takes no --param.", "Narrow what is counted with --scope.")
    if engine is Engine.gds:
        from graph.cli import server_measures  # noqa: PLC0415

        wanted = network.Scope.parse(scope)
        server_measures.check(names)  # a wrong request is told before a store is started
        with built_store(data) as store:
            server_measures.show_measures(store, wanted, names, top=top, compare=compare, form=form, out=out)
        return
    wanted, incidence = _incidence(scope, data)
    projection = network.project(incidence, wanted)
    table = network.measure_table(projection, names)
    methods = {
        one: f"{network.MEASURES[one].definition('en')} {network.measure_info(projection, one).method('en')}"
        for one in names
    }
    about = About(projection.scope.sentence("en"), projection.note_texts("en"), methods)
    deliver(table, top, form, out, about)


def _listed(form: FrameFormat) -> None:
    import polars as pl  # noqa: PLC0415

    from graph import network  # noqa: PLC0415

    rows = [(one.name, one.title("en"), "") for one in network.MEASURES.values()]
    rows += [(one.name, one.text("question", "en"), _takes(one)) for one in network.ANALYSES.values()]
    show_frame(pl.DataFrame(rows, schema=["name", "what it answers", "parameters"], orient="row"), form)


def _takes(one: Analysis) -> str:
    return " ".join(p.name if p.required else f"[{p.name}]" for p in one.parameters)


def _analysed(
    one: Analysis, scope: str, given: dict[str, str], data: Path | None, top: int, form: FrameFormat, out: Path | None
) -> None:
    one.arguments(given)  # a wrong request is told before a store is started
    wanted, incidence = _incidence(scope, data)
    answer = one.answer(incidence, wanted, given)
    if form is FrameFormat.table and out is None:
        _prefaced(one, answer)
        shown = answer.table.head(top) if top else answer.table
        show_frame(_readable(one, shown), form)
        if one.in_words:
            for place, row in enumerate(shown.head(_IN_WORDS).iter_rows(named=True), start=1):
                console.print(Text(f"{place}. {one.in_words(row, 'en')}"))
        return
    methods = {one.name: one.text("method", "en")}
    about = About(answer.scope.sentence("en"), answer.note_texts("en"), methods, answer.figures)
    deliver(answer.table, top, form, out, about)


def _prefaced(one: Analysis, answer: Answer) -> None:
    preface(answer.scope.sentence("en"), answer.note_texts("en"))
    console.print(one.text("method", "en"), style="dim", highlight=False)
    for name, value in answer.figures.items():
        console.print(f"{one.figure(name, 'en')}: {one.written(name, value, 'en')}", highlight=False)


def _readable(one: Analysis, table: pl.DataFrame) -> pl.DataFrame:
    """Return what fits a screen: names without their keys, shares in percent, an interval in one column."""
    import polars as pl  # noqa: PLC0415

    from graph.i18n import number, percent  # noqa: PLC0415

    shown: dict[str, list[str | None] | pl.Series] = {}
    ends = {end for column in one.columns for end in (column.low, column.high) if end}
    for column in one.columns:
        if column.kind == "key" or column.name in ends:
            continue
        write = (
            partial(percent, language="en")
            if column.kind == "percent"
            else partial(number, language="en", decimals=column.decimals)
        )
        values = table[column.name]
        numeric = column.kind in ("number", "percent") and values.dtype.is_numeric()
        if column.kind == "node":
            values = values.str.replace(r"^\w+:", "")
        elif column.kind == "flag":
            values = values.replace_strict({True: "yes", False: "no"}, default=None, return_dtype=pl.String)
        elif column.kind == "word":
            values = values.replace_strict({word: one.word(word, "en") for word in values.drop_nulls().unique()})
        shown[column.name] = [None if v is None else write(v) for v in values] if numeric else values
        if column.low and column.high:
            both = zip(table[column.low], table[column.high], strict=True)
            shown[f"{column.name}, interval"] = [
                None if low is None or high is None else f"{write(low)} to {write(high)}" for low, high in both
            ]
    return pl.DataFrame(shown)


def _incidence(scope: str, data: Path | None) -> tuple[Scope, Incidence]:
    from graph import network  # noqa: PLC0415

    wanted = network.Scope.parse(scope)  # a wrong scope is told before a store is started
    with built_store(data) as store:
        return wanted, network.cache_incidence(store, settings_for(data))
