"""Answers as plain Python: driver dates become dates, graph entities stay graph entities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import neo4j.time
import polars as pl
from neo4j.graph import Node, Path, Relationship


@dataclass(frozen=True)
class Rows:
    """An answer held whole; `truncated` when a limit cut it short."""

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    truncated: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    def dicts(self) -> list[dict[str, object]]:
        """One dict a row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def frame(self) -> pl.DataFrame:
        """The same as columns; entities become their text (`Lab UMR 8552`), a column without values is String."""
        data = {name: [_flat(row[i]) for row in self.rows] for i, name in enumerate(self.columns)}
        return to_frame(data)

    def nodes(self) -> list[Node]:
        """Distinct nodes found anywhere in the values, in order of appearance."""
        return list({e.element_id: e for e in self._entities() if isinstance(e, Node)}.values())

    def relationships(self) -> list[Relationship]:
        """Distinct relationships found anywhere in the values, in order of appearance."""
        return list({e.element_id: e for e in self._entities() if isinstance(e, Relationship)}.values())

    def _entities(self) -> Iterator[Node | Relationship]:
        for row in self.rows:
            for value in row:
                yield from _entities(value)


def to_frame(data: dict[str, list[object]]) -> pl.DataFrame:
    """Columns of Python values as a frame; a column mixing types becomes text."""
    series = []
    for name, values in data.items():
        try:
            column = pl.Series(name, values, strict=True) if values else pl.Series(name, [], dtype=pl.String)
        except (TypeError, pl.exceptions.PolarsError):
            column = _mixed(name, values)
        series.append(column.cast(pl.String) if column.dtype == pl.Null else column)
    return pl.DataFrame(series)


def _mixed(name: str, values: list[object]) -> pl.Series:
    if all(value is None or isinstance(value, int | float) for value in values):
        return pl.Series(name, values, dtype=pl.Float64, strict=False)
    return pl.Series(name, [None if value is None else str(value) for value in values], dtype=pl.String)


def native(value: object) -> object:
    """The value with driver dates and times as those of the standard library, at any depth."""
    if isinstance(value, neo4j.time.Date | neo4j.time.DateTime | neo4j.time.Time):
        return value.to_native()
    if isinstance(value, list):
        return [native(item) for item in value]
    if isinstance(value, dict):
        return {key: native(item) for key, item in value.items()}
    if isinstance(value, Node | Relationship):
        # The driver offers no hook for temporal types, and entities are read-only mappings: replaced in place.
        value._properties = {key: native(item) for key, item in value._properties.items()}
    elif isinstance(value, Path):
        for entity in (*value.nodes, *value.relationships):
            native(entity)
    return value


def _entities(value: object) -> Iterator[Node | Relationship]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, Relationship):
        yield from (node for node in value.nodes if node is not None)
        yield value
    elif isinstance(value, Path):
        yield from value.nodes
        yield from value.relationships
    elif isinstance(value, list):
        for item in value:
            yield from _entities(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _entities(item)


def _flat(value: object) -> object:
    """A value a table cell can hold."""
    if isinstance(value, Node):
        return f"{'/'.join(sorted(value.labels))} {value.get('id', value.element_id)}"
    if isinstance(value, Relationship):
        ends = [_flat(node) if node is not None else "?" for node in value.nodes]
        return f"{ends[0]} -{value.type}-> {ends[1]}"
    if isinstance(value, Path):
        return " ".join(str(_flat(edge)) for edge in value.relationships)
    if isinstance(value, list):
        return [_flat(item) for item in value] if not _has_map(value) else str(value)
    if isinstance(value, dict):
        return str({key: _flat(item) for key, item in value.items()})
    return value


def _has_map(values: list[object]) -> bool:
    return any(isinstance(value, dict | list) for value in values)
