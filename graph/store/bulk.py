"""First load of an empty database, inside the server process: GraphBatch on its own handle, with its log."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import polars as pl

from graph.store.tables import RelationshipKey, Tables

_CHUNK = 20_000


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
    index = json.loads((directory / "index.json").read_text(encoding="utf-8"))
    nodes = {entry[1]: pl.read_parquet(directory / entry[0]) for entry in index if len(entry) == 2}
    ties: dict[RelationshipKey, pl.DataFrame] = {
        (entry[1], entry[2], entry[3]): pl.read_parquet(directory / entry[0]) for entry in index if len(entry) == 4
    }
    rids: dict[str, dict[str, str]] = {}
    edges = sum(frame.height for frame in ties.values())
    # Parallel flush gains nothing on two cores and would interleave with the readers of a running app.
    with database.graph_batch(use_wal=True, expected_edge_count=max(edges, 1)) as batch:
        for label, frame in nodes.items():
            made: list[str] = []
            for chunk in frame.iter_slices(_CHUNK):
                made += batch.create_vertices(label, [_known(row) for row in chunk.to_dicts()])
            rids[label] = dict(zip(frame["id"], made, strict=True))
        for (type_, start, end), frame in ties.items():
            for chunk in frame.iter_slices(_CHUNK):
                sources = [rids[start][key] for key in chunk["start"]]
                targets = [rids[end][key] for key in chunk["end"]]
                rows = [_known(row) for row in chunk.drop("start", "end").to_dicts()]
                batch.new_edges(sources, type_, targets, rows)
    return sum(frame.height for frame in nodes.values()) + edges


def _known(row: dict[str, object]) -> dict[str, object]:
    """The row without unknown values: absent is how the graph says unknown."""
    return {key: value for key, value in row.items() if value is not None}
