"""A department's table on its way into the graph: what `check` accepts, with the rest accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from ingest.department.checking import check
from ingest.department.known import known
from ingest.department.tables import table_named

if TYPE_CHECKING:
    from ingest.reading import SourceFiles

KEY = "table"
"""The one download and file of such a source."""


def checked_table(files: SourceFiles, name: str) -> pl.DataFrame:
    """The rows of a department's table that can be loaded, typed; the others are entered as rejected or ignored.

    Raises:
        FileRefused: the file as a whole cannot be read as this table.
    """
    with files.open(KEY) as path:
        found = check(path, table_named(name), known())
    frame = pl.concat([found.frame, found.repeated])
    files.account(KEY, frame, found.rejects)
    files.signal(KEY, found.unknown_columns)
    again = pl.col("line").is_in(found.repeated["line"].implode())
    return files.ignore(KEY, frame, again, "the same line again", "line").sort("line")
