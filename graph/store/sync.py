"""Bring a store to the state of checked tables: bulk load an empty embedded one, otherwise write what differs."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import neo4j
import polars as pl
from neo4j.exceptions import DriverError, Neo4jError, ServiceUnavailable, SessionExpired

from graph import schema
from graph.errors import BadRequest, StoreUnavailable
from graph.schema import NODE_BY_LABEL, NODES, RELATIONSHIP_BY_TYPE, RELATIONSHIPS
from graph.store import build, bulk, embedded, runtime
from graph.store.connection import Connection
from graph.store.tables import RelationshipKey, Tables, checked

Progress = Callable[[str, int, int], None]
"""(what is being done, records done, records in all)"""

_BATCH: Final = 2_000
_ENDS: Final = ("start", "end", "record")


@dataclass(frozen=True)
class Change:
    """What a sync did to the records of one kind."""

    new: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    def __add__(self, other: Change) -> Change:
        return Change(
            self.new + other.new,
            self.changed + other.changed,
            self.removed + other.removed,
            self.unchanged + other.unchanged,
        )


@dataclass(frozen=True)
class LoadReport:
    """What a sync did, by kind: a node label, or `(Lab)-[PART_OF]->(CnrsInstitute)`."""

    kinds: dict[str, Change]
    seconds: float
    bulk: bool

    @property
    def total(self) -> Change:
        """All kinds together."""
        return sum(self.kinds.values(), Change())

    @property
    def changed(self) -> bool:
        """True if any record was written or removed."""
        total = self.total
        return bool(total.new or total.changed or total.removed)


@dataclass
class _Plan:
    """The difference between the tables and the store."""

    upsert_nodes: dict[str, pl.DataFrame] = field(default_factory=dict)
    remove_nodes: dict[str, list[str]] = field(default_factory=dict)
    upsert_ties: dict[RelationshipKey, pl.DataFrame] = field(default_factory=dict)
    remove_ties: dict[RelationshipKey, pl.DataFrame] = field(default_factory=dict)
    kinds: dict[str, Change] = field(default_factory=dict)


def sync(connection: Connection, tables: Tables, fingerprint: str, progress: Progress) -> LoadReport:
    """See `Store.sync`."""
    started = time.monotonic()
    ready = checked(tables)
    with _alone(connection), _said_plainly(connection):
        if (connection.settings.store_dir / runtime.LOADING).exists():
            # The last first load failed; a new start of the engine throws away what it left.
            embedded.stop_store(connection.settings)
            connection.lost()
        apply_schema(connection)
        with connection.session(read=False, fetch_size=10_000) as session:
            if connection.capabilities.bulk_load and _empty(session):
                kinds = _bulk(connection, ready, progress)
                _mark(session, fingerprint)
                return LoadReport(kinds, time.monotonic() - started, bulk=True)
            plan = _difference(session, ready)
            report = LoadReport(plan.kinds, time.monotonic() - started, bulk=False)
            record = session.run(build.READ).single()
            if not report.changed and record and tuple(record)[:2] == (fingerprint, schema.VERSION):
                return report
            session.run(build.REMOVE).consume()
            _write(session, plan, progress)
            _mark(session, fingerprint)
    return LoadReport(plan.kinds, time.monotonic() - started, bulk=False)


def apply_schema(connection: Connection) -> None:
    """Create the keys and full-text indexes of the schema that the store lacks; safe to repeat."""
    if not connection.capabilities.cypher_schema:
        _told(connection, "apply_schema")
        return
    with connection.session(read=False) as session:
        for statement in connection.capabilities.schema_statements():
            session.run(neo4j.Query(statement)).consume()
        session.run("CALL db.awaitIndexes(60)").consume()


def _told(connection: Connection, command: str, **arguments: object) -> None:
    try:
        answer = connection.runtime.call(command, **arguments)
    except EOFError as error:
        raise ConnectionError("the store's process ended") from error
    if "error" in answer:
        raise StoreUnavailable(f"The store process reports: {answer['error']}.", "See log/engine.log in its directory.")


@contextmanager
def _said_plainly(connection: Connection) -> Iterator[None]:
    """Say in our words what ends a load: the store gone, its refusal, a full disk."""
    try:
        yield
    except (ServiceUnavailable, SessionExpired, DriverError, ConnectionError) as error:
        connection.lost()
        raise StoreUnavailable(
            "The store went away while it was being written.",
            "What it acknowledged is kept. Run the same command again.",
        ) from error
    except Neo4jError as error:
        raise StoreUnavailable(
            f"The store refused what was written: {' '.join((error.message or str(error)).split())[:300]}.",
            "What it acknowledged is kept. Mend that, then run the same command again.",
        ) from error
    except OSError as error:
        raise StoreUnavailable(
            f"{connection.settings.data_dir} cannot be written ({error.strerror or error}).",
            "Check its permissions and the free disk space, then run the same command again.",
        ) from error


class _alone:  # noqa: N801  (a context manager, named as it reads)
    """Hold the build lock of the data directory: two builds at once would undo each other."""

    def __init__(self, connection: Connection) -> None:
        self._lock = runtime.locked(connection.settings.data_dir / "cache" / "sync.lock", 0.2)

    def __enter__(self) -> None:
        try:
            self._lock.__enter__()
        except TimeoutError as error:
            raise BadRequest("Another build is writing to this store.", "Wait until it ends, then run this.") from error

    def __exit__(self, *details: object) -> None:
        self._lock.__exit__(None, None, None)


def _empty(session: neo4j.Session) -> bool:
    return session.run("MATCH (n) RETURN n.id LIMIT 1").single() is None


def _bulk(connection: Connection, tables: Tables, progress: Progress) -> dict[str, Change]:
    kinds = {label: Change(new=frame.height) for label, frame in tables.nodes.items()}
    kinds |= {_name(key): Change(new=frame.height) for key, frame in tables.relationships.items()}
    total = sum(change.new for change in kinds.values())
    progress("load", 0, total)
    directory = Path(tempfile.mkdtemp(prefix="load-", dir=connection.settings.store_dir.resolve()))
    try:
        bulk.save(tables, directory)
        _told(connection, "bulk_load", directory=str(directory))
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    progress("load", total, total)
    return kinds


def _mark(session: neo4j.Session, fingerprint: str) -> None:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    session.run(build.WRITE, fingerprint=fingerprint, schema_version=schema.VERSION, built_at=now).consume()


def _difference(session: neo4j.Session, tables: Tables) -> _Plan:
    """Compare digests, kind by kind; reads ids and digests only."""
    plan = _Plan()
    for kind in NODES:
        if kind.label == "Build":
            continue
        have = _frame(session, f"MATCH (n:{kind.label}) RETURN n.id, n.digest", ("id", "digest_old"))
        want = tables.nodes.get(kind.label)
        if want is None:
            want = pl.DataFrame(schema={"id": pl.String, "digest": pl.String})
        upsert, gone, change = _compare(have, want, ("id",))
        if change != Change():
            plan.kinds[kind.label] = change
        plan.upsert_nodes[kind.label] = upsert
        plan.remove_nodes[kind.label] = gone["id"].to_list()
    for relationship in RELATIONSHIPS:
        for start, end in relationship.ends:
            key = (relationship.type, start, end)
            have = _frame(
                session,
                f"MATCH (a:{start})-[r:{relationship.type}]->(b:{end}) RETURN a.id, b.id, r.record, r.digest",
                (*_ENDS, "digest_old"),
            )
            want = tables.relationships.get(key)
            if want is None:
                want = pl.DataFrame(schema=dict.fromkeys((*_ENDS, "digest"), pl.String))
            upsert, gone, change = _compare(have, want, _ENDS)
            if change != Change():
                plan.kinds[_name(key)] = change
            plan.upsert_ties[key] = upsert
            plan.remove_ties[key] = gone
    return plan


def _compare(
    have: pl.DataFrame, want: pl.DataFrame, identity: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame, Change]:
    """Rows to write, rows to remove, and the count of each."""
    joined = want.join(have, on=identity, how="left", nulls_equal=True)
    new = joined["digest_old"].is_null()
    differs = ~new & (joined["digest_old"] != joined["digest"])
    gone = have.join(want, on=identity, how="anti", nulls_equal=True)
    upsert = joined.filter(new | differs).drop("digest_old")
    count_new, count_changed = int(new.sum()), int(differs.sum())
    change = Change(count_new, count_changed, gone.height, want.height - count_new - count_changed)
    return upsert, gone, change


def _frame(session: neo4j.Session, cypher: str, columns: tuple[str, ...]) -> pl.DataFrame:
    rows = session.run(neo4j.Query(cypher)).values()
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _write(session: neo4j.Session, plan: _Plan, progress: Progress) -> None:
    """Removals first, then nodes, then what joins them; every batch is one transaction and can be repeated."""
    total = sum(change.new + change.changed + change.removed for change in plan.kinds.values())
    done = 0
    for what, cypher, rows in _batches(plan):
        session.run(neo4j.Query(cypher), rows=rows).consume()
        done += len(rows)
        progress(what, done, total)


def _batches(plan: _Plan) -> Iterator[tuple[str, str, list[dict[str, object]]]]:
    for key, frame in plan.remove_ties.items():
        type_, start, end = key
        cypher = (
            f"UNWIND $rows AS row MATCH (a:{start} {{id: row.start}})-[r:{type_}]->(b:{end} {{id: row.end}}) "
            "WHERE r.record = row.record DELETE r"
        )
        yield from ((_name(key), cypher, rows) for rows in _chunks(frame.select(_ENDS)))
    for label, ids in plan.remove_nodes.items():
        cypher = f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) DETACH DELETE n"
        yield from ((label, cypher, rows) for rows in _chunks(pl.DataFrame({"id": ids}, schema={"id": pl.String})))
    for label, frame in plan.upsert_nodes.items():
        names = [column.name for column in NODE_BY_LABEL[label].columns if column.name != "id"]
        cypher = f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET {_assignments('n', names)}"
        yield from ((label, cypher, rows) for rows in _chunks(frame))
    for key, frame in plan.upsert_ties.items():
        type_, start, end = key
        names = [column.name for column in RELATIONSHIP_BY_TYPE[type_].columns if column.name != "record"]
        cypher = (
            f"UNWIND $rows AS row MATCH (a:{start} {{id: row.start}}), (b:{end} {{id: row.end}}) "
            f"MERGE (a)-[r:{type_} {{record: row.record}}]->(b) SET {_assignments('r', names)}"
        )
        yield from ((_name(key), cypher, rows) for rows in _chunks(frame))


def _assignments(variable: str, names: list[str]) -> str:
    """`n.name = row.name, …`: null removes a property that the new record no longer has."""
    return ", ".join(f"{variable}.{name} = row.{name}" for name in names)


def _chunks(frame: pl.DataFrame) -> Iterator[list[dict[str, object]]]:
    for piece in frame.iter_slices(_BATCH):
        yield piece.to_dicts()


def _name(key: RelationshipKey) -> str:
    type_, start, end = key
    return f"({start})-[{type_}]->({end})"
