"""The writing Cypher, made from the schema: one text for both engines, rows as a parameter, in bounded batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from graph.schema import NODE_BY_LABEL, RELATIONSHIP_BY_TYPE, Property
from graph.store.tables import RelationshipKey

_BYTES: Final = 4_000_000
"""Of a batch's rows: far below what a Bolt message and a transaction may hold."""
_FEWEST, _MOST = 100, 10_000


@dataclass(frozen=True)
class Write:
    """One statement over `$rows`, and the rows it is run with, batch by batch."""

    what: str
    cypher: str
    frame: pl.DataFrame

    def batches(self) -> Iterator[list[dict[str, object]]]:
        """The rows in batches of about 4 MB, at most 10,000 rows."""
        for piece in self.frame.iter_slices(batch_size(self.frame)):
            yield piece.to_dicts()


def batch_size(frame: pl.DataFrame) -> int:
    """How many rows of a table make a batch."""
    if frame.is_empty():
        return _MOST
    return int(min(max(_BYTES * frame.height // max(frame.estimated_size(), 1), _FEWEST), _MOST))


def create_nodes(label: str, frame: pl.DataFrame) -> Write:
    """Create nodes that are known not to be there."""
    values = _values(NODE_BY_LABEL[label].columns)
    return Write(label, f"UNWIND $rows AS row CREATE (:{label} {{{values}}})", frame)


def create_ties(key: RelationshipKey, frame: pl.DataFrame) -> Write:
    """Create relationships that are known not to be there."""
    type_, start, end = key
    values = _values(RELATIONSHIP_BY_TYPE[type_].columns)
    return Write(tie_name(key), f"{_matched(start, end)} CREATE (a)-[:{type_} {{{values}}}]->(b)", frame)


def merge_nodes(label: str, frame: pl.DataFrame) -> Write:
    """Create or update nodes by id."""
    own = [column for column in NODE_BY_LABEL[label].columns if column.name != "id"]
    return Write(label, f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET {_assignments('n', own)}", frame)


def merge_ties(key: RelationshipKey, frame: pl.DataFrame) -> Write:
    """Create or update relationships by their ends and record."""
    type_, start, end = key
    own = [column for column in RELATIONSHIP_BY_TYPE[type_].columns if column.name != "record"]
    cypher = f"{_matched(start, end)} MERGE (a)-[r:{type_} {{record: row.record}}]->(b) SET {_assignments('r', own)}"
    return Write(tie_name(key), cypher, frame)


def remove_nodes(label: str, frame: pl.DataFrame) -> Write:
    """Remove nodes by id, with every relationship that ends in them."""
    cypher = f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) DETACH DELETE n"
    return Write(label, cypher, frame.select("id"))


def remove_ties(key: RelationshipKey, frame: pl.DataFrame) -> Write:
    """Remove relationships by their ends and record."""
    type_, start, end = key
    cypher = (
        f"UNWIND $rows AS row MATCH (a:{start} {{id: row.start}})-[r:{type_}]->(b:{end} {{id: row.end}}) "
        "WHERE r.record = row.record DELETE r"
    )
    return Write(tie_name(key), cypher, frame.select("start", "end", "record"))


def _matched(start: str, end: str) -> str:
    return f"UNWIND $rows AS row MATCH (a:{start} {{id: row.start}}), (b:{end} {{id: row.end}})"


def _values(columns: Sequence[Property]) -> str:
    """`name: row.name, …`: a property whose value is null is not made."""
    return ", ".join(f"{column.name}: row.{column.name}" for column in columns)


def _assignments(variable: str, columns: Sequence[Property]) -> str:
    """`n.name = row.name, …`: null removes a property that the new record no longer has."""
    return ", ".join(f"{variable}.{column.name} = row.{column.name}" for column in columns)


def tie_name(key: RelationshipKey) -> str:
    """What a kind of relationship is called in reports: `(Lab)-[PART_OF]->(CnrsInstitute)`."""
    type_, start, end = key
    return f"({start})-[{type_}]->({end})"
