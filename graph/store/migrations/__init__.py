"""Bring a graph to the schema of this program: numbered Cypher files, each applied once and recorded in the graph.

The number of the last file is `graph.schema.VERSION`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import neo4j

from graph import schema
from graph.store.build import newer

_NAME: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.cypher")
_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_RECORDED: Final = "MATCH (m:Migration) RETURN max(m.number) AS number"
_RECORD: Final = (
    "MERGE (m:Migration {id: $id}) SET m.number = $number, m.name = $name, m.applied_at = $now, "
    "m.source = 'migration', m.snapshot = $now, m.record = $id, m.digest = $id"
)


@dataclass(frozen=True)
class Migration:
    """One change of the schema: its number, what it does, and the statements that do it, in order."""

    number: int
    name: str
    statements: tuple[str, ...]


def migrations() -> tuple[Migration, ...]:
    """Every migration this program knows, by number; a statement ends with `;` at the end of a line."""
    found = []
    for path in files("graph.store.migrations").iterdir():
        if match := _NAME.fullmatch(path.name):
            text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
            statements = tuple(part.strip() for part in re.split(r";\s*(?:\n|$)", text) if part.strip())
            found.append(Migration(int(match[1]), match[2].replace("_", " "), statements))
    return tuple(sorted(found, key=lambda each: each.number))


def version(session: neo4j.Session) -> int:
    """Schema version the graph records; 0 where it records none."""
    row = session.execute_read(lambda tx: tx.run(_RECORDED).single())
    return int(row["number"]) if row is not None and row["number"] is not None else 0


def require_known(session: neo4j.Session) -> int:
    """Schema version of the graph.

    Raises:
        NewerSchema: a newer program has written it; this one must not touch it.
    """
    found = version(session)
    if found > schema.VERSION:
        raise newer(found)
    return found


def upgrade(session: neo4j.Session, known: Sequence[Migration] | None = None) -> tuple[Migration, ...]:
    """Apply the migrations the graph lacks, each in one transaction with its record; returns those applied.

    Raises:
        NewerSchema: see `require_known`.
    """
    found = require_known(session)
    pending = tuple(each for each in (known or migrations()) if each.number > found)
    for each in pending:
        session.execute_write(_apply, each)
    return pending


def _apply(transaction: neo4j.ManagedTransaction, migration: Migration) -> None:
    for statement in migration.statements:
        transaction.run(statement).consume()
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    transaction.run(
        _RECORD, id=f"{migration.number:04}", number=migration.number, name=migration.name, now=now
    ).consume()
