"""An answer's values as columns of a table: typed where a column is of one type, else as text."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from neo4j.graph import Node, Path, Relationship
from neo4j.time import Date

from graph.errors import BadRequest
from graph.i18n import Language, keys, t
from graph.queries.catalogue import Column, ColumnType, Question

if TYPE_CHECKING:
    from graph.store import Rows

_DTYPES: Final[dict[type, pl.DataType]] = {
    bool: pl.Boolean(),
    int: pl.Int64(),
    float: pl.Float64(),
    dt.date: pl.Date(),
}
_COLUMNS: Final[dict[ColumnType, pl.DataType]] = {
    "number": pl.Int64(),
    "year": pl.Int64(),
    "euros": pl.Float64(),
    "date": pl.Date(),
}
_INT64: Final = range(-(2**63), 2**63)


Cell = bool | int | float | str | dt.date | None


@singledispatch
def plain(value: object) -> Cell:
    """Return one value as a cell: a scalar as it is, a date as a date, anything else as text.

    Nodes read `(:Country JP · Japan)`, relationships `(…)-[:TYPE]->(…)`, lists `a; b`.
    """
    return None if value is None else str(value)


@plain.register
def _(value: float | str | dt.date) -> Cell:
    return str(value) if isinstance(value, dt.datetime) else value


@plain.register
def _(value: int) -> Cell:
    return value if value in _INT64 else str(value)


@plain.register
def _(value: Date) -> Cell:
    return value.to_native()


@plain.register
def _(value: Node) -> Cell:
    return _node(value)


@plain.register
def _(value: Relationship) -> Cell:
    return f"{_end(value.start_node)}-[:{value.type}]->{_end(value.end_node)}"


@plain.register
def _(value: Path) -> Cell:
    return _path(value)


@plain.register
def _(value: dict) -> Cell:  # type: ignore[type-arg]
    return json.dumps({str(key): plain(one) for key, one in value.items()}, ensure_ascii=False, default=str)


@plain.register(list)
@plain.register(tuple)
def _(value: Sequence[object]) -> Cell:
    return "; ".join(str(plain(one)) for one in value if one is not None)


def frame(rows: Rows) -> pl.DataFrame:
    """Return any answer as a table; a column of mixed types is text, an answer without rows keeps its columns."""
    columns: dict[str, pl.Series] = {}
    for index, name in enumerate(rows.columns):
        columns[name] = _series(name, [plain(row[index]) for row in rows.rows])
    return pl.DataFrame(columns)


def typed_frame(one: Question, rows: Rows) -> pl.DataFrame:
    """Return the answer to a named question as a table typed by its header, values as they are stored.

    Raises:
        BadRequest: the statement returned other columns than its header names.
    """
    if rows.columns != tuple(column.name for column in one.columns):
        raise BadRequest.of("refused.wrong_columns", question=one.id, columns=", ".join(rows.columns))
    series = [
        pl.Series(column.name, [plain(row[index]) for row in rows.rows], _COLUMNS.get(column.type, pl.String()))
        for index, column in enumerate(one.columns)
    ]
    return pl.DataFrame(series)


def written(one: Question, answer: pl.DataFrame, language: Language, countries: Mapping[str, str]) -> pl.DataFrame:
    """Put country names, code words and explanations in the language; every other value stays as it is.

    Args:
        one: the question that was asked.
        answer: what `typed_frame` returned.
        language: the page's.
        countries: name by ISO code, in that language.
    """

    def explained(code: str) -> str:
        return t(f"sources.explain_{code}", language)

    def worded(codes: str) -> str:
        return ", ".join(_word(code, language) for code in codes.split("; "))

    writers = {"country": lambda code: countries.get(code, code), "explanation": explained, "words": worded}
    return answer.with_columns(
        pl.col(column.name).map_elements(writers[column.type], return_dtype=pl.String())
        for column in one.columns
        if column.type in writers
    )


def _word(code: str, language: Language) -> str:
    key = f"ask.word_{code}"
    return t(key, language) if key in keys() else code


def shown(one: Question, language: Language) -> tuple[Column, ...]:
    """Return the columns to show in a language: no identifiers, no column of the other language."""
    return tuple(
        column for column in one.columns if column.type not in ("id", "graph") and column.language in (None, language)
    )


def with_values(cypher: str, values: Mapping[str, object]) -> str:
    """Write parameters out as literals, for a person to go on editing; never for running unseen."""
    for name in sorted(values, key=len, reverse=True):
        cypher = re.sub(rf"\${name}\b", lambda _, value=values[name]: _literal(value), cypher)  # type: ignore[misc]
    return cypher


def _literal(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    return str(value)


def _series(name: str, values: list[Any]) -> pl.Series:
    types = {type(value) for value in values if value is not None}
    if len(types) == 1:
        return pl.Series(name, values, _DTYPES.get(types.pop(), pl.String()))
    if types == {int, float}:
        return pl.Series(name, [None if value is None else float(value) for value in values], pl.Float64())
    return pl.Series(name, [None if value is None else str(value) for value in values], pl.String())


def _node(node: Node) -> str:
    label = next(iter(sorted(node.labels)), "")
    name = node.get("name") or node.get("name_en")
    identity = node.get("id")
    return f"(:{label} {identity}" + (f" · {name})" if name and name != identity else ")")


def _end(node: Node | None) -> str:
    """Write one end; an engine may leave out the properties of ends that were not asked for."""
    return "()" if node is None or node.get("id") is None else f"({node['id']})"


def _path(path: Path) -> str:
    text = _node(path.nodes[0])
    for here, tie, there in zip(path.nodes, path.relationships, path.nodes[1:], strict=False):
        onward = tie.start_node is not None and tie.start_node.element_id == here.element_id
        text += (f"-[:{tie.type}]->" if onward else f"<-[:{tie.type}]-") + _node(there)
    return text
