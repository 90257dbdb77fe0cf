"""Participation tables past this machine's memory, projected into ties: one expression, on DuckDB or on Spark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis  # type: ignore[import-untyped]
import polars as pl

from graph.dataframes import MEMORY, Engine, duckdb_backend, spark_backend
from graph.errors import BadRequest
from graph.network.scope import WEIGHTINGS, Weighting

_SUFFIXES: Final = (".parquet", ".csv")


def ties(participations: Any, weighting: Weighting = "full") -> Any:
    """Return who is tied to whom as an Ibis expression: the self-join of a table of participations.

    With d(e) the number of distinct actors of event e, a tie of a and b weighs sum over their joint events of 1
    (full), 1/d (fractional) or 1/(d-1) (newman; Newman 2001, PRE 64, 016132), as in `project`.

    Args:
        participations: `event`, `actor`; rows without one of them, and repeated ones, do not count.
        weighting: what a joint event adds.

    Returns:
        `a` < `b` (actors), `events` (joint events, counted in full), `weight`; one row a tie, in no order.
    """
    distinct = participations.select("event", "actor").drop_null(["event", "actor"], how="any").distinct()
    sizes = distinct.group_by("event").agg(d=distinct.count())
    members = distinct.join(sizes, "event")
    others = distinct.select("event", other="actor")
    pairs = members.join(others, "event").filter(lambda t: t.actor < t.other)
    d = pairs.d.cast("float64")
    each = {"full": ibis.literal(1.0), "fractional": 1 / d, "newman": 1 / (d - 1)}[weighting]
    return (
        pairs.select(a=pairs.actor, b=pairs.other, w=each)
        .group_by("a", "b")
        .agg(events=lambda t: t.count(), weight=lambda t: t.w.sum())
    )


def project_file(
    path: Path,
    event: str,
    actor: str,
    *,
    weighting: str = "full",
    engine: Engine = "embedded",
    spark_master: str = "local[*]",
    memory: str = MEMORY,
) -> pl.DataFrame:
    """Project a file of participations.

    Args:
        path: Parquet or csv with a header (`,` or `;`); Spark must see the same path.
        event: name of its column of events, such as `projectID`.
        actor: name of its column of actors, such as `organisationID`.
        weighting: one of `WEIGHTINGS`, see `ties`.
        engine: where it is computed.
        spark_master: of the engine `spark`.
        memory: most DuckDB may hold.

    Returns:
        `ties`, sorted by `a`, `b`.

    Raises:
        BadRequest: no such file, weighting or column; or pyspark is not there.
    """
    if weighting not in WEIGHTINGS:
        raise BadRequest.of("refused.no_scope_value", value=weighting, field="weighting", allowed=", ".join(WEIGHTINGS))
    if not path.is_file():
        raise BadRequest.of("refused.no_file", path=path)
    if path.suffix.lower() not in _SUFFIXES:
        raise BadRequest.of("refused.no_table_file", path=path)
    opened = _on_duckdb(path, memory) if engine == "embedded" else _on_spark(path, spark_master)
    with opened as table:
        lacking = [column for column in (event, actor) if column not in table.columns]
        if lacking:
            raise BadRequest.of(
                "refused.no_column", file=path.name, column=lacking[0], columns=", ".join(table.columns)
            )
        participations = table.select(event=table[event].cast("string"), actor=table[actor].cast("string"))
        found = ties(participations, weighting).order_by("a", "b").to_pyarrow()
    frame = pl.DataFrame(pl.from_arrow(found))
    return frame.select("a", "b", pl.col("events").cast(pl.Int64), pl.col("weight").cast(pl.Float64))


@contextmanager
def _on_duckdb(path: Path, memory: str) -> Iterator[Any]:
    with duckdb_backend(memory) as backend:
        try:
            if path.suffix.lower() == ".parquet":
                yield backend.read_parquet(path)
            else:
                yield backend.read_csv(path, all_varchar=True)
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise BadRequest.of("refused.unreadable_file", file=path.name, reason=reason) from error


@contextmanager
def _on_spark(path: Path, master: str) -> Iterator[Any]:
    with spark_backend(master) as (backend, session):
        if path.suffix.lower() == ".parquet":
            frame = session.read.parquet(str(path))
        else:
            with path.open(encoding="utf-8-sig") as file:
                separator = ";" if ";" in file.readline() else ","
            frame = session.read.csv(str(path), header=True, sep=separator, escape='"', multiLine=True)
        frame.createOrReplaceTempView("participations")
        yield backend.table("participations")
