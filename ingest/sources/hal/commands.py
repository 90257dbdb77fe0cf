"""`python -m ingest compare hal`: HAL's count of joint works held against OpenAlex's."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import polars as pl

    from ingest.catalogue import SourceSpec

compare_app = typer.Typer(no_args_is_help=True, help="Hold two sources' counts of the same things side by side.")


class By(StrEnum):
    """What a row of the comparison is about, beside the lab."""

    country = "country"
    partner = "partner"


@compare_app.callback()
def _compare() -> None:
    """Hold two sources' counts of the same things side by side."""


@compare_app.command("hal")
def hal_command(
    by: Annotated[By, typer.Option("--by", help="A row for each lab and country, or each lab and partner.")] = (
        By.country
    ),
    top: Annotated[int, typer.Option("--top", min=0, help="Rows, most joint works first; 0 for all.")] = 20,
    data: Annotated[
        Path | None, typer.Option("--data", help="Directory of the snapshots (default: data).", show_default=False)
    ] = None,
) -> None:
    """Hold HAL's count of joint works against OpenAlex's, over the same years; the counts are never added."""
    from graph.settings import Settings  # noqa: PLC0415 - keeps --help quick
    from ingest.build import read_source  # noqa: PLC0415
    from ingest.reading import SourceFiles  # noqa: PLC0415
    from ingest.report import table  # noqa: PLC0415
    from ingest.sources.hal.compare import by_country, by_partner, copublications  # noqa: PLC0415
    from ingest.sources.hal.read import cross_check  # noqa: PLC0415

    data_dir = (Settings() if data is None else Settings(data_dir=data)).data_dir
    hal, openalex = _newest(data_dir, "hal"), _newest(data_dir, "openalex")
    counts, told = cross_check(SourceFiles(hal)), _whole(copublications(read_source(openalex)))
    if by is By.country:
        columns = ("lab", "country", "years", "HAL", "OpenAlex", "ratio", "coverage")
        found, order = by_country(counts, told), ["openalex_same", "openalex"]
        what = ["country"]
    else:
        columns = ("lab", "partner", "country", "years", "HAL", "OpenAlex", "ratio")
        found, order = by_partner(counts, told), ["openalex"]
        what = ["ror", "country"]
    found = found.sort(
        *order, "lab", *what, descending=[True] * len(order) + [False] * (len(what) + 1), nulls_last=True
    )
    shown = found.head(top) if top else found
    table(f"HAL of {hal.date}, OpenAlex of {openalex.date}", columns, _rows(shown, what, order[0]))
    typer.echo(f"{shown.height:,} of {found.height:,} rows shown")
    typer.echo("ratio: HAL / OpenAlex over institutions in HAL's register; – where it lacks them or the lab")
    if by is By.country:
        typer.echo("coverage: share of the institutions that HAL's register knows; the counts are sums over those")


def _newest(data_dir: Path, name: str) -> SourceSpec:
    """A source at its newest snapshot.

    Raises:
        BadRequest: there is none; says how to get one.
    """
    from graph.errors import BadRequest  # noqa: PLC0415 - keeps --help quick
    from ingest.catalogue import source  # noqa: PLC0415
    from ingest.snapshot import newest  # noqa: PLC0415

    held = newest(data_dir, name)
    if held is None:
        raise BadRequest(f"There is no snapshot of '{name}' here.", f"Fetch it: python -m ingest fetch {name}")
    return held.of(source(name))


def _whole(told: pl.DataFrame) -> pl.DataFrame:
    """OpenAlex's counts of single years as one count over all its years; a work is counted in one year only."""
    import polars as pl  # noqa: PLC0415 - keeps --help quick

    first, last = told["year_from"].min(), told["year_to"].max()
    summed = told.group_by("lab", "ror").agg(pl.col("country").drop_nulls().first(), pl.col("works").sum())
    span = (pl.lit(first, pl.Int64).alias("year_from"), pl.lit(last, pl.Int64).alias("year_to"))
    return summed.with_columns(span).select(told.columns)


def _rows(found: pl.DataFrame, what: list[str], openalex: str) -> list[tuple[object, ...]]:
    rows = []
    for row in found.iter_rows(named=True):
        years = f"{row['year_from']}–{row['year_to']}" if row["year_from"] != row["year_to"] else str(row["year_from"])
        cells = [row["lab"], *(row[column] for column in what), years, row["hal"], row[openalex], _share(row["ratio"])]
        rows.append((*cells, _share(row["coverage"])) if "coverage" in row else tuple(cells))
    return rows


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"
