"""Tables of records, checked against the schema whole before the first row is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from graph.errors import InvalidRecords
from graph.schema import NODE_BY_LABEL, RELATIONSHIP_BY_TYPE, Property

RelationshipKey = tuple[str, str, str]
"""(type, start label, end label)"""

DTYPES: Final[dict[str, pl.DataType]] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "float": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "strings": pl.List(pl.String()),
}
_END: Final = (Property("start", "string", "id of the start", True), Property("end", "string", "id of the end", True))
_SHOWN: Final = 5
_PIECE: Final = 20_000


@dataclass(frozen=True)
class Tables:
    """Everything a build writes: columns as in the kind's `columns`, optional ones may be missing.

    Relationship tables have `start` and `end` (ids) besides. `digest` is
    computed here and never given.
    """

    nodes: Mapping[str, pl.DataFrame]
    relationships: Mapping[RelationshipKey, pl.DataFrame]


def checked(tables: Tables) -> Tables:
    """The tables in full width, in schema types, with digests.

    Raises:
        InvalidRecords: one message with every kind at fault, the property and the first ids.
    """
    faults: list[str] = []
    nodes = {label: _node_table(label, frame, faults) for label, frame in tables.nodes.items()}
    relationships = {key: _relationship_table(key, frame, faults) for key, frame in tables.relationships.items()}
    for key, frame in relationships.items():
        _check_ends(key, frame, nodes, faults)
    if faults:
        raise InvalidRecords(
            "Nothing was written; these records break the schema: " + "; ".join(faults) + ".",
            "Correct the source or its reader, then build again.",
        )
    return Tables(nodes, relationships)


def _node_table(label: str, frame: pl.DataFrame, faults: list[str]) -> pl.DataFrame:
    kind = NODE_BY_LABEL.get(label)
    if kind is None or kind.internal:
        faults.append(f"{label}: not a node kind that a build may write")
        return frame
    wide = _typed(label, frame, kind.columns, "id", faults)
    if "id" in wide.columns:
        _report(faults, label, "id", "more than once", wide.filter(pl.col("id").is_duplicated()).unique("id"), "id")
    return _with_digest(wide)


def _relationship_table(key: RelationshipKey, frame: pl.DataFrame, faults: list[str]) -> pl.DataFrame:
    type_, start, end = key
    kind = RELATIONSHIP_BY_TYPE.get(type_)
    if kind is None or (start, end) not in kind.ends:
        faults.append(f"{start}-{type_}->{end}: not a relationship of the schema")
        return frame
    name = f"{start}-{type_}->{end}"
    wide = _typed(name, frame, (*_END, *kind.columns), "record", faults)
    if {"start", "end", "record"} <= set(wide.columns):
        twice = wide.filter(pl.struct("start", "end", "record").is_duplicated()).unique("record")
        _report(faults, name, "record", "more than once between the same ends", twice, "record")
    return _with_digest(wide)


def _typed(
    name: str, frame: pl.DataFrame, columns: tuple[Property, ...], shown: str, faults: list[str]
) -> pl.DataFrame:
    """All columns of the kind, in order and type; what does not fit is reported."""
    wanted = {column.name: column for column in columns if column.name != "digest"}
    unknown = [column for column in frame.columns if column not in wanted and column != "digest"]
    if unknown:
        faults.append(f"{name}: unknown property {', '.join(unknown)}")
    typed: list[pl.Series | pl.Expr] = []
    for column in wanted.values():
        if column.name not in frame.columns:
            if column.required:
                faults.append(f"{name}.{column.name}: required column is missing")
            typed.append(pl.lit(None, DTYPES[column.type]).alias(column.name))
            continue
        values = _cast(frame[column.name], column)
        if values is None:
            found = frame.schema[column.name]
            faults.append(f"{name}.{column.name}: must be {column.type}, is {found}")
            values = pl.Series(column.name, [None] * frame.height, dtype=DTYPES[column.type])
        elif column.required and values.null_count():
            _report(faults, name, column.name, "required, but empty", frame.filter(values.is_null()), shown)
        elif column.type == "float" and not values.is_finite().all():
            _report(faults, name, column.name, "not a finite number", frame.filter(~values.is_finite()), shown)
        typed.append(values)
    return frame.select(typed)


def _cast(values: pl.Series, column: Property) -> pl.Series | None:
    """The column in its schema type, or None: only widening is done, text is never guessed into numbers."""
    wanted = DTYPES[column.type]
    found = values.dtype
    if found == wanted:
        return values
    empty = found == pl.Null or (found == pl.List(pl.Null))
    widens = (found.is_integer() and column.type in {"integer", "float"}) or (
        found.is_float() and column.type == "float"
    )
    return values.cast(wanted) if empty or widens else None


def _check_ends(
    key: RelationshipKey, frame: pl.DataFrame, nodes: Mapping[str, pl.DataFrame], faults: list[str]
) -> None:
    type_, start, end = key
    for side, label in (("start", start), ("end", end)):
        if side not in frame.columns:
            continue
        known = (
            nodes[label]["id"] if label in nodes and "id" in nodes[label].columns else pl.Series([], dtype=pl.String)
        )
        dangling = frame.filter(pl.col(side).is_not_null() & ~pl.col(side).is_in(known.implode()))
        name = f"{start}-{type_}->{end}"
        _report(faults, name, side, f"no {label} of that id", dangling.unique(side, maintain_order=True), side)


def _report(faults: list[str], name: str, column: str, fault: str, rows: pl.DataFrame, shown: str) -> None:
    if rows.is_empty():
        return
    ids = [str(value) for value in rows[shown].head(_SHOWN)] if shown in rows.columns else []
    more = f" and {rows.height - len(ids)} more" if rows.height > len(ids) else ""
    faults.append(f"{name}.{column}: {fault} ({', '.join(ids)}{more})")


def _with_digest(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame and a checksum of each row's content, stable between releases of the libraries."""
    digests = [pl.Series("digest", [], dtype=pl.String)]
    for piece in frame.iter_slices(_PIECE):  # the texts of a whole table would weigh more than it
        content = piece.select(pl.struct(pl.all()).struct.json_encode()).to_series()
        made = [hashlib.blake2b(text.encode(), digest_size=12).hexdigest() for text in content]
        digests.append(pl.Series("digest", made, dtype=pl.String))
    return frame.with_columns(pl.concat(digests))
