"""An answer as plain values that two engines can be held to: no element ids, entities by label and properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from neo4j.graph import Node, Path, Relationship

from graph.explore import money, scoped
from graph.store import Rows


def forget() -> None:
    """Let go of what is remembered of a build: by its fingerprint, which two engines share."""
    for held in (money._held, scoped._held, scoped._loaded):
        held.clear()


def plain(value: object) -> object:
    """A value without what only one engine knows; floats to twelve digits, as sums differ in their last ones."""
    if isinstance(value, Node):
        return ("node", tuple(sorted(value.labels)), plain(dict(value)))
    if isinstance(value, Relationship):
        ends = tuple(end.get("id") if end is not None else None for end in value.nodes)
        return ("tie", value.type, ends if None not in ends else (), plain(dict(value)))
    if isinstance(value, Path):
        return ("path", tuple(plain(node) for node in value.nodes), tuple(tie.type for tie in value.relationships))
    if isinstance(value, Mapping):
        return tuple(sorted((str(name), plain(item)) for name, item in value.items()))
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return tuple(plain(item) for item in value)
    if isinstance(value, float):
        return float(f"{value:.12g}")
    return value


def table(rows: Rows) -> tuple[tuple[str, ...], list[object]]:
    """Columns and rows, in order."""
    return rows.columns, [plain(row) for row in rows.rows]
