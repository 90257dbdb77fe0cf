"""One dataframe expression, two engines: DuckDB in this process, or a Spark cluster by configuration."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import ibis  # type: ignore[import-untyped]

from graph.errors import BadRequest, SourceError

Engine = Literal["embedded", "spark"]
"""DuckDB in this process, or the Spark that `spark_master` names."""

MEMORY: Final = "512MB"
"""Most DuckDB holds; the rest goes to a temporary folder."""

_THREADS: Final = 2
_LOCAL_PARTITIONS: Final = 8


@contextmanager
def duckdb_backend(memory: str = MEMORY) -> Iterator[Any]:
    """A DuckDB database of its own, on disk, as an Ibis backend; it goes with the block."""
    with tempfile.TemporaryDirectory(prefix="explorer-") as folder:
        connection = ibis.duckdb.connect(
            Path(folder) / "tables.duckdb",
            memory_limit=memory,
            threads=_THREADS,
            temp_directory=folder,
            autoinstall_known_extensions=False,
            autoload_known_extensions=False,
        )
        try:
            yield connection
        finally:
            connection.disconnect()


@contextmanager
def spark_backend(master: str) -> Iterator[tuple[Any, Any]]:
    """A Spark session and the Ibis backend over it; the session ends with the block.

    Args:
        master: such as `spark://host:7077`; one that begins with `local` is bound to this machine.

    Raises:
        BadRequest: pyspark or Java is not installed.
        SourceError: Spark gave up on what was asked in the block; says what it said.
    """
    try:
        sql, errors = (importlib.import_module(f"pyspark.{name}") for name in ("sql", "errors"))
    except ImportError as error:
        raise BadRequest(
            "The engine 'spark' needs pyspark, which is not installed.",
            "Install pyspark 4 with Java 17 or 21, or count with the engine 'embedded'.",
        ) from error
    builder = sql.SparkSession.builder.master(master).appName("explorer").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    if master.startswith("local"):
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
        # Spark's own number, 200, is for a cluster: on one machine their overhead is most of the time.
        builder = builder.config("spark.sql.shuffle.partitions", _LOCAL_PARTITIONS)
    try:
        session = builder.getOrCreate()
    except errors.PySparkException as error:
        raise BadRequest(
            f"Spark does not start at {master}: {_first_line(error)}",
            "Install Java 17 or 21, check the address of the cluster, or count with the engine 'embedded'.",
        ) from error
    try:
        yield ibis.pyspark.connect(session), session
    except errors.PySparkException as error:
        raise SourceError(
            f"Spark at {master} gave up: {_first_line(error)}",
            "Check that its workers see the same files and have room, or count with the engine 'embedded'.",
        ) from error
    finally:
        session.stop()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
