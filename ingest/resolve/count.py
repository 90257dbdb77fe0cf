"""`python -m ingest.resolve.count`: how rare each word of a body's name is, counted anew.

The shipped table was counted over the bundled sources and the complete Horizon Europe of 2025-12-06. Another table
changes every score: its number of names goes into `names.NAMES_COUNTED`, and precision and recall are measured again
(`python -m ingest review --quality`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from graph.cli.runner import run
from graph.settings import Settings
from ingest.resolve.names import tokens

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def count_words(names: Iterable[str], at_least: int = 3) -> pl.DataFrame:
    """Count in how many distinct names each word occurs: word, count; rare words are left to the default weight."""
    listed = pl.Series("word", [tokens(name) for name in set(names)], dtype=pl.List(pl.String))
    return (
        listed.to_frame()
        .explode("word")
        .drop_nulls()
        .group_by("word")
        .agg(pl.len().alias("count"))
        .filter(pl.col("count") >= at_least)
        .sort("count", "word", descending=[True, False])
    )


@app.command()
def count_command(
    out: Annotated[Path, typer.Argument(help="File to write: word, count.")],
    data: Annotated[
        Path | None, typer.Option("--data", help="Directory of the snapshots (default: data).", show_default=False)
    ] = None,
) -> None:
    """Count the words of the names of all bodies in the bundled sources and the newest snapshots."""
    from ingest.build import read_source  # noqa: PLC0415 - keeps --help quick
    from ingest.selection import Selection, specs  # noqa: PLC0415

    data_dir = (Settings() if data is None else Settings(data_dir=data)).data_dir
    selection = Selection((), "all")
    names: set[str] = set()
    for spec in specs(data_dir, selection):
        bodies = read_source(spec, selection).nodes.get("Institution")
        if bodies is not None and "name" in bodies.columns:
            names.update(bodies["name"].drop_nulls())
    counted = count_words(names)
    counted.write_csv(out)
    typer.echo(f"{counted.height:,} words of {len(names):,} names, in {out}")


if __name__ == "__main__":
    sys.exit(run(app, "python -m ingest.resolve.count"))
