"""Files of OpenAlex works, in the official nested layout, opened as a table by an engine."""

from __future__ import annotations

import gzip
import importlib
import itertools
import json
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Literal

import duckdb
import ibis  # type: ignore[import-untyped]
import polars as pl

from graph.errors import BadRequest, SourceError
from ingest import containers

Engine = Literal["embedded", "spark"]
"""DuckDB in this process, or the Spark that `spark_master` names."""

MEMORY: Final = "512MB"
_THREADS: Final = 2
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
def on_duckdb(path: Path, labs: pl.DataFrame, memory: str) -> Iterator[tuple[Any, Any]]:
    """Works and labs in a database of their own, on disk, which goes when they are counted."""
    with tempfile.TemporaryDirectory(prefix="works-") as folder:
        connection = ibis.duckdb.connect(
            Path(folder) / "works.duckdb",
            memory_limit=memory,
            threads=_THREADS,
            temp_directory=folder,
            autoinstall_known_extensions=False,
            autoload_known_extensions=False,
        )
        try:
            _load(connection.con, path)
            yield connection.table("works"), connection.create_table("labs", labs.to_arrow())
        finally:
            connection.disconnect()


def _load(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    given: dict[str, Any] = {"path": str(path)}
    if _is_parquet(path):
        there = {
            str(row[0]) for row in database.execute("DESCRIBE FROM read_parquet($path)", {"path": str(path)}).fetchall()
        }
        lacking = [column for column in _COLUMNS if column not in there and column not in _OPTIONAL]
        if lacking:
            raise SourceError(f"{path.name} lacks the column '{lacking[0]}'.", "Take the works of OpenAlex's snapshot.")
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
    database.execute(f"CREATE TABLE works AS SELECT row_number() OVER () AS line, {columns} FROM {source}", given)  # noqa: S608


@contextmanager
def on_spark(path: Path, labs: pl.DataFrame, master: str) -> Iterator[tuple[Any, Any]]:
    """Works and labs as views of a Spark session, which ends when they are counted."""
    try:
        sql = importlib.import_module("pyspark.sql")
    except ImportError as error:
        raise BadRequest(
            "The engine 'spark' needs pyspark, which is not installed.",
            "Install pyspark 4 with Java 17 or 21, or count with the engine 'embedded'.",
        ) from error
    builder = sql.SparkSession.builder.master(master).appName("copublications").config("spark.ui.enabled", "false")
    if master.startswith("local"):
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    session = builder.getOrCreate()
    try:
        connection = ibis.pyspark.connect(session)
        if _is_parquet(path):
            frame = session.read.parquet(str(path))
            for column in _OPTIONAL:
                if column not in frame.columns:
                    frame = frame.withColumn(
                        column, importlib.import_module("pyspark.sql.functions").lit(None).cast("boolean")
                    )
        else:
            frame = session.read.schema(_SPARK_COLUMNS).json(str(path))
        frame.createOrReplaceTempView("works")
        session.createDataFrame(labs.rows(), "ror STRING, lab STRING").createOrReplaceTempView("labs")
        yield connection.table("works").mutate(line=ibis.null("int64")), connection.table("labs")
    finally:
        session.stop()


def _is_parquet(path: Path) -> bool:
    return _head(path) == b"PAR1"


def _is_gzip(path: Path) -> bool:
    return _head(path)[:2] == b"\x1f\x8b"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _require_bounded(path: Path, size: int) -> None:
    """Refuse a gzip file by the bytes that came out of it; what it claims of its size is not believed."""
    if size > containers.LARGEST:
        raise SourceError(
            f"{path.name} unpacks to more than {containers.LARGEST / 1024**2:,.0f} MB.",
            "Check that it is a file of OpenAlex's works, or give a smaller selection.",
        )


def fields(path: Path) -> set[str]:
    """Names of the fields the works of a file have, of its first thousand; reads a gzip file to its end.

    Raises:
        SourceError: none of them is a work, or the file is cut short or damaged, or unpacks to more than
            `containers.LARGEST`.
    """
    if _is_parquet(path):
        with duckdb.connect() as database:
            try:
                return {
                    str(row[0]) for row in database.execute("DESCRIBE FROM read_parquet($1)", [str(path)]).fetchall()
                }
            except duckdb.Error as error:
                raise SourceError(f"{path.name} is no readable Parquet file.", "Fetch it again.") from error
    names: set[str] = set()
    try:
        packed = _is_gzip(path)
        with gzip.open(path) if packed else path.open("rb") as file:
            for line in itertools.islice(iter(lambda: file.readline(_LARGEST_WORK), b""), _SAMPLE):
                with suppress(ValueError):
                    record = json.loads(line)
                    names |= set(record) if isinstance(record, dict) and "authorships" in record else set()
                _require_bounded(path, file.tell() if packed else 0)
            while file.read(_PIECE):  # the engine takes what comes before a cut without a word
                _require_bounded(path, file.tell() if packed else 0)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"{path.name} is damaged or cut short: {error}.", "Fetch it again.") from error
    if not names:
        raise SourceError(
            f"{path.name} holds no works: its lines are no JSON records with 'authorships'.",
            "Give works of OpenAlex, one JSON record a line, or Parquet.",
        )
    return names
