"""Take an answer away: GraphML and GEXF for network tools, CSV for spreadsheets."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

import networkx as nx
import polars as pl

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XML: Final = {code: None for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)} | dict.fromkeys(
    (*range(0xD800, 0xE000), 0xFFFE, 0xFFFF)
)


def graphml(graph: nx.Graph[Any]) -> bytes:
    """Write a graph as GraphML, UTF-8; unknown (None) attributes are left away, lists joined by "; "."""
    buffer = io.BytesIO()
    nx.write_graphml(_plain(graph), buffer, named_key_ids=True)
    return buffer.getvalue()


def gexf(graph: nx.Graph[Any]) -> bytes:
    """Write a graph as GEXF 1.2, UTF-8; the node's `name` becomes the label Gephi shows."""
    plain = _plain(graph)
    for _, attributes in plain.nodes(data=True):
        # GEXF keeps `label` for what is shown; a kind of node under that name would be lost.
        if "name" in attributes:
            attributes["label"] = attributes.pop("name")
    buffer = io.BytesIO()
    nx.write_gexf(plain, buffer)
    return buffer.getvalue()


def csv(frame: pl.DataFrame) -> bytes:
    """Write a table as CSV with a byte order mark, for spreadsheets; unknown is an empty cell, lists joined by "; ".

    A text that a spreadsheet would run as a formula (leading = + - @, tab or
    carriage return), headings too, is prefixed with an apostrophe.
    """
    safe = frame.with_columns(_flat(frame[name]) for name in frame.columns)
    safe = safe.with_columns(defused(name) for name, kind in safe.schema.items() if kind == pl.String)
    safe = safe.rename({name: f"'{name}" for name in safe.columns if name.startswith(_FORMULA)})
    return safe.write_csv(include_bom=True).encode()


def ties(graph: nx.Graph[Any]) -> pl.DataFrame:
    """Lay the ties of a network out as a table: both ends with key, name and country, then the tie's own attributes."""
    rows: list[dict[str, object]] = []
    for a, b, data in graph.edges(data=True):
        row: dict[str, object] = {}
        for end, node in (("a", a), ("b", b)):
            row[end] = node
            row |= {f"{end}_{name}": graph.nodes[node].get(name) for name in ("name", "country")}
        rows.append(row | dict(data))
    return pl.DataFrame(rows, infer_schema_length=None)


def _flat(column: pl.Series) -> pl.Series:
    """Return what one cell can hold: lists joined, anything else that is no plain value as text."""
    if isinstance(column.dtype, pl.List) and not column.dtype.inner.is_nested():
        return column.cast(pl.List(pl.String)).list.join("; ", ignore_nulls=True)
    if column.dtype.is_nested() or column.dtype == pl.Object:
        texts = [None if value is None else str(_value(value)) for value in column.to_list()]
        return pl.Series(column.name, texts, dtype=pl.String)
    return column


def defused(name: str) -> pl.Expr:
    """A text column with an apostrophe before what a spreadsheet would run as a formula; null stays null."""
    column = pl.col(name)
    formula = pl.any_horizontal(column.str.starts_with(sign) for sign in _FORMULA)
    return pl.when(formula).then(pl.concat_str(pl.lit("'"), column)).otherwise(column).alias(name)


def _plain(graph: nx.Graph[Any]) -> nx.Graph[Any]:
    plain = graph.__class__()
    plain.graph.update(_attributes(graph.graph))
    plain.add_nodes_from((_text(node), _attributes(data)) for node, data in graph.nodes(data=True))
    plain.add_edges_from((_text(a), _text(b), _attributes(data)) for a, b, data in graph.edges(data=True))
    return plain


def _attributes(data: Mapping[str, object]) -> dict[str, object]:
    return {name: _value(value) for name, value in data.items() if value is not None}


def _value(value: object) -> object:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(_text(one) for one in value)
    return _text(value)


def _text(value: object) -> str:
    return str(value).translate(_NOT_IN_XML)
