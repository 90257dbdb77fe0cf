"""Files of OpenAlex works, in the official nested layout, opened as a table by an engine."""

from __future__ import annotations

import gzip
import importlib
import itertools
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl

from graph.dataframes import duckdb_backend, spark_backend
from graph.errors import SourceError
from ingest import containers

PART: Final = 2**48
"""The place of a row is the number of its file, from 0, times this, plus its line; a later row has a higher place.

Spark counts rows by the pieces it reads a file in, and knows no lines."""

_LARGEST_WORK: Final = 16 * 1024**2
_SAMPLE: Final = 1000
_PIECE: Final = 1024 * 1024
_BODY: Final = (
    "STRUCT(id VARCHAR, display_name VARCHAR, ror VARCHAR, country_code VARCHAR, type VARCHAR, lineage VARCHAR[])"
)
_COLUMNS: Final = {
    "id": "VARCHAR",
    "publication_year": "INTEGER",
    "type": "VARCHAR",
    "is_retracted": "BOOLEAN",
    "is_xpac": "BOOLEAN",
    "is_authors_truncated": "BOOLEAN",
    "authorships": f"STRUCT(institutions {_BODY}[])[]",
}
_OPTIONAL: Final = ("is_xpac", "is_authors_truncated")
_SPARK_BODY: Final = "STRUCT<" + ", ".join(
    [*(f"{name}: STRING" for name in ("id", "display_name", "ror", "country_code", "type")), "lineage: ARRAY<STRING>"]
)
_SPARK_COLUMNS: Final = (
    "id STRING, publication_year INT, type STRING, is_retracted BOOLEAN, is_xpac BOOLEAN,"
    f" is_authors_truncated BOOLEAN, authorships ARRAY<STRUCT<institutions: ARRAY<{_SPARK_BODY}>>>>"
)


@contextmanager
def on_duckdb(paths: Sequence[Path], labs: pl.DataFrame, memory: str) -> Iterator[tuple[Any, Any]]:
    """Works, with their `place`, and labs in a database of their own, on disk, which goes when they are counted."""
    with duckdb_backend(memory) as connection:
        columns = ", ".join(f"{name} {type_}" for name, type_ in _COLUMNS.items())
        # Only a fixed text becomes part of the statement: the columns above.
        connection.con.execute(f"CREATE TABLE works (place BIGINT, {columns})")
        for number, path in enumerate(paths):
            _load(connection.con, path, number)
        yield connection.table("works"), connection.create_table("labs", labs.to_arrow())


def _load(database: duckdb.DuckDBPyConnection, path: Path, number: int) -> None:
    try:
        _append(database, path, number)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise SourceError(
            f"{path.name} cannot be read as works of OpenAlex: {str(error).splitlines()[0]}", "Fetch it again."
        ) from error


def _append(database: duckdb.DuckDBPyConnection, path: Path, number: int) -> None:
    given: dict[str, Any] = {"path": str(path), "before": number * PART}
    if _is_parquet(path):
        there = fields(path)
        # Names of people are not read: of an authorship, only its institutions.
        columns = ", ".join(
            "[{institutions: a.institutions} FOR a IN authorships] AS authorships"
            if column == "authorships"
            else column
            if column in there
            else f"NULL::{type_} AS {column}"
            for column, type_ in _COLUMNS.items()
        )
        source = "read_parquet($path)"
    else:
        columns = ", ".join(_COLUMNS)
        source = (
            "read_json($path, format='newline_delimited', auto_detect=false, ignore_errors=true,"
            " columns=$columns, compression=$compression, maximum_object_size=$largest)"
        )
        given |= {
            "columns": _COLUMNS,
            "compression": "gzip" if _is_gzip(path) else "uncompressed",
            "largest": _LARGEST_WORK,
        }
    # Only a fixed text becomes part of the statement: the columns above.
    database.execute(f"INSERT INTO works SELECT $before + row_number() OVER (), {columns} FROM {source}", given)  # noqa: S608


@contextmanager
def on_spark(paths: Sequence[Path], labs: pl.DataFrame, master: str) -> Iterator[tuple[Any, Any]]:
    """Works, with their `place`, and labs as views of a Spark session, which ends when they are counted."""
    with spark_backend(master) as (connection, session):
        functions = importlib.import_module("pyspark.sql.functions")
        named = [str(path) for path in paths]
        if _is_parquet(paths[0]):
            frame = session.read.option("mergeSchema", "true").parquet(*named)
            for path in paths:  # of the merged columns a part may lack one, and would be read as nothing
                fields(path)
            nothing = functions.lit(None).cast("boolean")
            for column in _OPTIONAL:
                if column not in frame.columns:
                    frame = frame.withColumn(column, nothing)
        else:
            frame = session.read.schema(_SPARK_COLUMNS).json(named)
        numbers = functions.create_map(
            *(functions.lit(each) for number, path in enumerate(paths) for each in (path.name, number * PART))
        )
        before = functions.element_at(numbers, functions.col("_metadata.file_name"))
        columns = [*_COLUMNS, (before + functions.monotonically_increasing_id()).alias("place")]
        # Read once and kept: read again, a file may be split otherwise, and its rows have other places.
        level = importlib.import_module("pyspark").StorageLevel.DISK_ONLY
        frame.select(*columns).persist(level).createOrReplaceTempView("works")
        session.createDataFrame(labs.rows(), "ror STRING, lab STRING").createOrReplaceTempView("labs")
        yield connection.table("works"), connection.table("labs")


def _is_parquet(path: Path) -> bool:
    return _head(path) == b"PAR1"


def _is_gzip(path: Path) -> bool:
    return _head(path)[:2] == b"\x1f\x8b"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _require_bounded(name: str, size: int) -> None:
    """Refuse a gzip file by the bytes that came out of it; what it claims of its size is not believed."""
    if size > containers.LARGEST:
        raise SourceError(
            f"{name} unpacks to more than {containers.LARGEST / 1024**2:,.0f} MB.",
            "Check that it is a file of OpenAlex's works, or give a smaller selection.",
        )


def fields(path: Path, name: str | None = None, *, whole: bool = True) -> set[str]:
    """Names of the fields the works of a file have, of its first thousand.

    Args:
        path: of the file.
        name: what to call it in messages, if not by its own name.
        whole: whether to read a gzip file to its end, to see that it is neither cut short nor without end.

    Raises:
        SourceError: none of them is a work, or the file is cut short or damaged, or unpacks to more than
            `containers.LARGEST`.
    """
    called = name or path.name
    if _is_parquet(path):
        with duckdb.connect() as database:
            try:
                listed = database.execute("DESCRIBE FROM read_parquet($1)", [str(path)]).fetchall()
            except duckdb.Error as error:
                raise SourceError(f"{called} is no readable Parquet file.", "Fetch it again.") from error
        columns = {str(row[0]) for row in listed}
        lacking = [column for column in _COLUMNS if column not in columns and column not in _OPTIONAL]
        if lacking:
            raise SourceError(f"{called} lacks the column '{lacking[0]}'.", "Take the works of OpenAlex's snapshot.")
        return columns
    names: set[str] = set()
    try:
        packed = _is_gzip(path)
        with gzip.open(path) if packed else path.open("rb") as file:
            for line in itertools.islice(iter(lambda: file.readline(_LARGEST_WORK), b""), _SAMPLE):
                with suppress(ValueError):
                    record = json.loads(line)
                    names |= set(record) if isinstance(record, dict) and "authorships" in record else set()
                _require_bounded(called, file.tell() if packed else 0)
            while whole and file.read(_PIECE):  # the engine takes what comes before a cut without a word
                _require_bounded(called, file.tell() if packed else 0)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"{called} is damaged or cut short: {error}.", "Fetch it again.") from error
    if not names:
        raise SourceError(
            f"{called} holds no works: its lines are no JSON records with 'authorships'.",
            "Give works of OpenAlex, one JSON record a line, or Parquet: of its snapshot, what is under data/works.",
        )
    return names
