"""Bring a store to the state of checked tables: create everything in an empty one, otherwise write what differs."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import neo4j
import polars as pl
from neo4j.exceptions import DriverError, Neo4jError, ServiceUnavailable, SessionExpired

from graph import schema
from graph.errors import BadRequest, StoreUnavailable
from graph.schema import CONTENT, RELATIONSHIPS
from graph.store import build, bulk, embedded, lease, migrations, runtime
from graph.store.connection import Connection
from graph.store.tables import RelationshipKey, Tables, checked
from graph.store.writes import (
    Write,
    create_nodes,
    create_ties,
    merge_nodes,
    merge_ties,
    remove_nodes,
    remove_ties,
    tie_name,
)

Progress = Callable[[str, int, int], None]
"""(what is being done, records done, records in all)"""

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
    remove_nodes: dict[str, pl.DataFrame] = field(default_factory=dict)
    upsert_ties: dict[RelationshipKey, pl.DataFrame] = field(default_factory=dict)
    remove_ties: dict[RelationshipKey, pl.DataFrame] = field(default_factory=dict)
    kinds: dict[str, Change] = field(default_factory=dict)


def sync(
    connection: Connection, tables: Tables, fingerprint: str, progress: Progress, built_at: str | None = None
) -> LoadReport:
    """See `Store.sync`."""
    started = time.monotonic()
    ready = checked(tables)
    with (
        _said_plainly(connection),
        writing(connection) as check,
        connection.session(read=False, fetch_size=10_000) as session,
    ):
        if _empty(session):
            _unmark(connection, session)
            kinds = _create(connection, session, ready, progress, check)
            _mark(connection, session, fingerprint, built_at)
            return LoadReport(kinds, time.monotonic() - started, bulk=True)
        plan = _difference(session, ready)
        report = LoadReport(plan.kinds, time.monotonic() - started, bulk=False)
        record = session.execute_read(lambda tx: tx.run(build.READ).single())
        if not report.changed and record and tuple(record)[:2] == (fingerprint, schema.VERSION):
            return report
        _unmark(connection, session)
        _run(session, _differences(plan), _size(plan), progress, check)
        _mark(connection, session, fingerprint, built_at)
    return LoadReport(plan.kinds, time.monotonic() - started, bulk=False)


@contextmanager
def writing(connection: Connection) -> Iterator[Callable[[], None]]:
    """Hold the store for writing, its schema brought to this program's; yields what to call between batches.

    Raises:
        BadRequest: somebody else writes to it.
        NewerSchema: the graph was written by a newer program.
    """
    with _alone(connection):
        connection.refresh()
        if (connection.settings.store_dir / runtime.LOADING).exists():
            # The last first load failed; a new start of the engine throws away what it left.
            failed = connection.runtime
            embedded.stop_store(connection.settings)
            connection.ended(failed)
        with connection.session(read=False) as session:
            migrations.require_known(session)
        apply_schema(connection)
        if not connection.capabilities.shared:
            _upgrade(connection)
            yield lambda: None
            return
        with lease.held(connection) as check:
            _upgrade(connection)
            yield check


def migrate(connection: Connection) -> tuple[str, ...]:
    """See `Store.migrate`."""
    with _said_plainly(connection), connection.session(read=False) as session:
        before = migrations.require_known(session)
        with writing(connection):
            return tuple(each.name for each in migrations.migrations() if each.number > before)


def apply_schema(connection: Connection) -> None:
    """Create the keys and full-text indexes of the schema that the store lacks; safe to repeat."""
    if not connection.capabilities.cypher_schema:
        _told(connection, "apply_schema")
        return
    with connection.session(read=False) as session:
        for statement in connection.capabilities.schema_statements():
            session.run(statement).consume()
        session.run("CALL db.awaitIndexes(60)").consume()


def _upgrade(connection: Connection) -> None:
    with connection.session(read=False) as session:
        migrations.upgrade(session)


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


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Hold the lock of the data directory: two builds at once would undo each other."""
    lock = runtime.locked(connection.settings.data_dir / "cache" / "sync.lock", 0.2)
    try:
        lock.__enter__()
    except TimeoutError as error:
        raise BadRequest("Another build is writing to this store.", "Wait until it ends, then run this.") from error
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def _empty(session: neo4j.Session) -> bool:
    """Whether the store holds no node but those it writes about itself."""
    query = "MATCH (n) WHERE NOT n:Build AND NOT n:Migration AND NOT n:Lease RETURN n.id LIMIT 1"
    return session.execute_read(lambda tx: tx.run(query).single()) is None


def _create(
    connection: Connection, session: neo4j.Session, tables: Tables, progress: Progress, check: Callable[[], None]
) -> dict[str, Change]:
    kinds = {label: Change(new=frame.height) for label, frame in tables.nodes.items()}
    kinds |= {tie_name(key): Change(new=frame.height) for key, frame in tables.relationships.items()}
    total = sum(change.new for change in kinds.values())
    progress("load", 0, total)
    if not connection.capabilities.bulk_load:
        nodes = (create_nodes(label, frame) for label, frame in tables.nodes.items())
        ties = (create_ties(key, frame) for key, frame in tables.relationships.items())
        _run(session, (*nodes, *ties), total, progress, check)
        return kinds
    directory = Path(tempfile.mkdtemp(prefix="load-", dir=connection.settings.store_dir.resolve()))
    try:
        bulk.save(tables, directory)
        _told(connection, "bulk_load", directory=str(directory))
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    progress("load", total, total)
    return kinds


def _mark(connection: Connection, session: neo4j.Session, fingerprint: str, built_at: str | None) -> None:
    at = built_at or dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    given = {"fingerprint": fingerprint, "schema_version": schema.VERSION, "built_at": at}
    session.execute_write(lambda tx: tx.run(build.WRITE, given).consume())
    if not connection.capabilities.shared:
        build.stamp(connection.settings.store_dir, fingerprint)


def _unmark(connection: Connection, session: neo4j.Session) -> None:
    if not connection.capabilities.shared:
        build.stamp(connection.settings.store_dir, None)
    session.execute_write(lambda tx: tx.run(build.REMOVE).consume())


def _difference(session: neo4j.Session, tables: Tables) -> _Plan:
    """Compare digests, kind by kind; reads ids and digests only."""
    plan = _Plan()
    for kind in CONTENT:
        have = _frame(session, f"MATCH (n:{kind.label}) RETURN n.id, n.digest", ("id", "digest_old"))
        want = tables.nodes.get(kind.label)
        if want is None:
            want = pl.DataFrame(schema={"id": pl.String, "digest": pl.String})
        upsert, gone, change = _compare(have, want, ("id",))
        if change != Change():
            plan.kinds[kind.label] = change
        plan.upsert_nodes[kind.label] = upsert
        plan.remove_nodes[kind.label] = gone
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
                plan.kinds[tie_name(key)] = change
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
    rows = session.execute_read(lambda tx: tx.run(cypher).values())
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _differences(plan: _Plan) -> tuple[Write, ...]:
    """Removals first, then nodes, then what joins them."""
    return (
        *(remove_ties(key, frame) for key, frame in plan.remove_ties.items()),
        *(remove_nodes(label, frame) for label, frame in plan.remove_nodes.items()),
        *(merge_nodes(label, frame) for label, frame in plan.upsert_nodes.items()),
        *(merge_ties(key, frame) for key, frame in plan.upsert_ties.items()),
    )


def _size(plan: _Plan) -> int:
    return sum(change.new + change.changed + change.removed for change in plan.kinds.values())


def _run(
    session: neo4j.Session, writes: Sequence[Write], total: int, progress: Progress, check: Callable[[], None]
) -> None:
    """Write batch by batch; each is one transaction, tried again where the server asks for it."""
    done = 0
    for write in writes:
        for rows in write.batches():
            check()
            session.execute_write(_written, write.cypher, rows)
            done += len(rows)
            progress(write.what, done, total)


def _written(transaction: neo4j.ManagedTransaction, cypher: str, rows: list[dict[str, object]]) -> None:
    transaction.run(cypher, rows=rows).consume()
