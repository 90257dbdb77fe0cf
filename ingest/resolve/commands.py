"""`python -m ingest review`: what a person has to decide about bodies, and how right the machine is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

_SHOWN = 20


def review_command(
    accept: Annotated[
        Path | None,
        typer.Option("--accept", help="An edited unsure.csv; its judgements are kept as a person's."),
    ] = None,
    quality: Annotated[bool, typer.Option("--quality", help="Precision and recall on the labelled pairs.")] = False,
    data: Annotated[
        Path | None, typer.Option("--data", help="Directory of the store (default: data).", show_default=False)
    ] = None,
) -> None:
    """List the pairs of bodies that are for a person to decide; take in what was decided."""
    from graph.settings import Settings  # noqa: PLC0415 - keeps --help quick
    from ingest.fingerprint import JUDGEMENTS  # noqa: PLC0415
    from ingest.report import table  # noqa: PLC0415
    from ingest.resolve import load_judgements, review  # noqa: PLC0415

    settings = Settings() if data is None else Settings(data_dir=data)
    if quality:
        show_quality()
        return
    if accept is not None:
        added = review.accept(accept, JUDGEMENTS, dt.datetime.now(tz=dt.UTC).date())
        table("Judged", ("left", "right", "judgement"), [(j.left, j.right, j.verdict) for j in added])
        typer.echo(f"{len(added)} judgements added to {JUDGEMENTS}; run `python -m ingest build`")
        return
    pairs = review.open_pairs(settings.data_dir, load_judgements(JUDGEMENTS))
    shown = pairs.head(_SHOWN).select("score", "country", "left_name", "right_name", "why_en").rows()
    table("Open pairs", ("score", "country", "one", "other", "why"), shown)
    for aside in review.set_aside(settings.data_dir):
        typer.echo(
            f"{aside} is an edited list that a build could not read: save it as CSV UTF-8, --accept it, and remove it",
            err=True,
        )
    path = settings.data_dir / review.FOLDER / review.UNSURE
    typer.echo(
        f"{pairs.height} open in {path}: write same, different or unsure in its first column, then --accept it"
        if pairs.height
        else "nothing is open: build first, or all is decided"
    )


def show_quality() -> None:
    """Print precision and recall by part and by how a label is known, with counts and 95 % intervals."""
    from ingest.report import table  # noqa: PLC0415 - keeps --help quick
    from ingest.resolve.evaluate import labelled  # noqa: PLC0415

    columns = ("pairs", "same, found", "same, missed", "different, kept apart", "different, joined")
    table("Labelled pairs", (*columns, "precision", "recall"), list(_lines(labelled())))


def _lines(pairs: pl.DataFrame) -> Iterator[tuple[str, int, int, int, int, str, str]]:
    import polars as pl  # noqa: PLC0415 - keeps --help quick

    from ingest.resolve.evaluate import quality, wilson  # noqa: PLC0415

    known = pl.col("how").str.split(":").list.first().str.split(",").list.first().str.split("(").list.first()
    pairs = pairs.with_columns(known.str.strip_chars().alias("known"))
    parts = [(f"{part}, all", pairs.filter(pl.col("split") == part)) for part in ("train", "held-out")]
    held = parts[-1][1]
    parts += [(f"held-out, {name}", held.filter(pl.col("known") == name)) for name in held["known"].unique().sort()]
    for name, part in parts:
        q = quality(part)
        joined, same = q.found + q.wrong, q.found + q.missed
        precision = _share(q.precision, wilson(q.found, joined), joined)
        recall = _share(q.recall, wilson(q.found, same), same)
        yield (name, q.found, q.missed, q.apart, q.wrong, precision, recall)


def _share(value: float, interval: tuple[float, float], of: int) -> str:
    return f"{value:.4f} [{interval[0]:.3f}, {interval[1]:.3f}]" if of else "–"
