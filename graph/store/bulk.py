"""First load of an empty database, inside the server process: GraphBatch on its own handle, with its log."""

from __future__ import annotations

import errno
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl

from graph.store.tables import Tables

_CHUNK = 20_000
_EDGES = 50_000
"""Edges the engine holds before it writes them. Left to itself it takes more the more there are: a million end a heap
of 1 GB, while this many do with half of it, as fast."""


def save(tables: Tables, directory: Path) -> None:
    """Write checked tables as Parquet files and their index, for `load` in the server process.

    Raises:
        OSError: they cannot be written, as on a full disk.
    """
    named = [((label,), frame) for label, frame in tables.nodes.items()]
    index: list[list[str]] = []
    try:
        for number, (kind, frame) in enumerate([*named, *tables.relationships.items()]):
            name = f"{number}.parquet"
            frame.write_parquet(directory / name, compression="uncompressed")
            index.append([name, *kind])
    except pl.exceptions.PolarsError as error:
        raise OSError(errno.EIO, str(error).splitlines()[0], str(directory)) from error
    (directory / "index.json").write_text(json.dumps(index), encoding="utf-8")


def load(database: Any, directory: Path) -> int:
    """Create every record of the directory; returns how many.

    The database must be empty: nothing is merged here. Records are in the
    write-ahead log before this returns.
    """
    index: list[list[str]] = json.loads((directory / "index.json").read_text(encoding="utf-8"))
    # Parallel flush gains nothing on two cores and would interleave with the readers of a running app.
    batch = database.graph_batch(use_wal=True, batch_size=_EDGES, max_deferred_incoming_edges=4 * _EDGES)
    try:
        loaded = _filled(batch, directory, index)
    except BaseException:
        with suppress(Exception):  # closing what failed fails again, and would hide why
            batch.close()
        raise
    batch.close()
    return loaded


def _filled(batch: Any, directory: Path, index: list[list[str]]) -> int:
    """Create the records, one table in memory at a time; returns how many."""
    loaded = 0
    rids: dict[str, dict[str, str]] = {}
    for name, *kind in index:
        frame = pl.read_parquet(directory / name)
        loaded += frame.height
        if len(kind) == 1:
            made: list[str] = []
            for chunk in frame.iter_slices(_CHUNK):
                made += batch.create_vertices(kind[0], [_known(row) for row in chunk.to_dicts()])
            rids[kind[0]] = dict(zip(frame["id"], made, strict=True))
            continue
        type_, start, end = kind
        for chunk in frame.iter_slices(_CHUNK):
            sources = [rids[start][key] for key in chunk["start"]]
            targets = [rids[end][key] for key in chunk["end"]]
            rows = [_known(row) for row in chunk.drop("start", "end").to_dicts()]
            batch.new_edges(sources, type_, targets, rows)
    return loaded


def _known(row: dict[str, object]) -> dict[str, object]:
    """The row without unknown values: absent is how the graph says unknown."""
    return {key: value for key, value in row.items() if value is not None}
