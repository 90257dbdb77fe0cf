"""The Store: the one way to the graph, whichever engine holds it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

import neo4j
import polars as pl
from neo4j.exceptions import ClientError

from graph import schema
from graph.errors import BadRequest, NotBuilt
from graph.schema import CONTENT, NODE_BY_LABEL, RELATIONSHIPS
from graph.settings import Settings
from graph.store import archive, build, data_science, search, sync
from graph.store.archive import Archive
from graph.store.build import BuildInfo
from graph.store.columns import named
from graph.store.connection import Connection
from graph.store.console import Console, Running
from graph.store.guard import refused_by_engine
from graph.store.rows import Rows, native, to_frame
from graph.store.sync import LoadReport, Progress
from graph.store.tables import Tables

if TYPE_CHECKING:
    from graphdatascience import GraphDataScience

_FRAME_FETCH: Final = 10_000


@dataclass(frozen=True)
class StoreStatus:
    """What a store is and holds; without secrets."""

    engine: str
    version: str
    uri: str
    build: BuildInfo | None
    counts: dict[str, int]


class Store:
    """The graph of one data directory or Neo4j server. Thread-safe; connects on first use and after a loss."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._connection = Connection(settings)
        self._console = Console(self._connection)

    @property
    def engine(self) -> str:
        """`embedded` or `neo4j`."""
        return self._connection.capabilities.engine

    @property
    def uri(self) -> str:
        """Where it is, without secrets; empty until connected."""
        return self._connection.uri

    def read(self, cypher: str, params: Mapping[str, object] | None = None) -> Rows:
        """Rows of one of our own reading statements, whole; dates as `datetime.date`.

        A lost connection is tried once more on a new one. People's
        statements go through `console`.
        """
        columns, values = self._values(cypher, params, 1000)
        return Rows(columns, [tuple(native(value) for value in row) for row in values])

    def frame(self, cypher: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """As `read`, for many rows of scalars and lists, as columns; about 50,000 rows a second."""
        columns, values = self._values(cypher, params, _FRAME_FETCH)
        turned = zip(*values, strict=True) if values else ((),) * len(columns)
        return to_frame({name: _natives(column) for name, column in zip(columns, turned, strict=True)})

    def console(
        self,
        cypher: str,
        params: Mapping[str, object] | None = None,
        *,
        seconds: float | None = None,
        rows: int | None = None,
    ) -> Rows:
        """Rows of a statement that a person typed: reading only, limited in time and rows.

        Args:
            cypher: one statement, of any origin.
            params: its parameters.
            seconds: time limit; the settings' by default.
            rows: row limit; the settings' by default. `Rows.truncated` says that more were there.

        Raises:
            StatementRefused: it writes, leaves the graph, or cannot be judged.
            StatementTimedOut: at the limit, at most a second later.
            StatementPostponed: four others are running.
            BadRequest: it cannot be parsed, or a limit is not positive.
        """
        return self.start(cypher, params, seconds=seconds, rows=rows).result()

    def start(
        self,
        cypher: str,
        params: Mapping[str, object] | None = None,
        *,
        seconds: float | None = None,
        rows: int | None = None,
    ) -> Running:
        """As `console`, without waiting: the handle gives the answer, or ends the statement.

        Raises:
            BadRequest: a limit is not positive.
            StatementPostponed: four statements are running.
        """
        return self._console.start(
            cypher,
            params or {},
            self.settings.console_seconds if seconds is None else seconds,
            self.settings.console_rows if rows is None else rows,
        )

    def search(self, text: str, labels: Sequence[str] = search.LABELS, limit: int = 20) -> Rows:
        """Find by name, acronym, alias or id, without regard to accents and case; the last word may be unfinished.

        Returns:
            Columns label, id, name, country, score; best first. An exact acronym or name comes before
            beginnings, those before names that contain the words.
        """
        unknown = [label for label in labels if label not in NODE_BY_LABEL or not NODE_BY_LABEL[label].fulltext]
        if unknown:
            raise BadRequest.of("refused.unsearchable", kinds=", ".join(unknown), known=", ".join(search.LABELS))

        def work() -> Rows:
            with self._connection.session(read=True) as session:
                return session.execute_read(search.search, self._connection.capabilities, text, labels, limit)

        return self._connection.retried(work)

    def sync(
        self,
        tables: Tables,
        *,
        fingerprint: str,
        progress: Progress | None = None,
        built_at: str | None = None,
    ) -> LoadReport:
        """Make the store hold exactly these records.

        Everything is validated before the first write. In an empty store
        everything is created (about 50,000 records a second on the embedded
        engine, 20,000 on Neo4j); otherwise digests are compared and only
        differences written. The mark of the build is taken off first and put
        on last, so an interrupted sync is seen as incomplete and the next one
        resumes it.

        Args:
            tables: everything the store shall hold.
            fingerprint: of the build, for `build()`.
            progress: told what is being written.
            built_at: when it was built, UTC, ISO 8601; now, if left out.

        Raises:
            InvalidRecords: the tables break the schema; nothing was written.
            BadRequest: another sync is under way on this data directory or server.
            NewerSchema: a newer program has written this graph.
            StoreUnavailable: it went away, or its disk is full; run it again.
        """
        return sync.sync(self._connection, tables, fingerprint, progress or (lambda *_: None), built_at)

    def dump(self, path: Path, progress: Progress | None = None) -> Archive:
        """Write the whole graph to one file (see `graph.store.archive`), or nothing; holds 50,000 records at once.

        Raises:
            NotBuilt: the store holds no complete graph.
            BadRequest: the graph holds what the schema does not know, or the file cannot be written.
        """
        return archive.dump(self._connection, path, progress or (lambda *_: None))

    def load(self, path: Path, *, replace: bool = False, progress: Progress | None = None) -> LoadReport:
        """Make the store hold exactly what an archive holds, its build and dates included.

        Args:
            path: what `dump` wrote; it is read whole and checked before the first write.
            replace: also where the store holds another graph; what differs is then lost.
            progress: told what is being written.

        Raises:
            SourceError: the file is missing or damaged.
            NewerSchema: a newer program wrote it.
            BadRequest: the store holds another graph and `replace` is not given.
        """
        found, tables = archive.read(path)
        held = self.build()
        if not replace and any(self.counts().values()) and (held is None or held.fingerprint != found.fingerprint):
            raise BadRequest.of("refused.another_graph")
        return self.sync(tables, fingerprint=found.fingerprint, built_at=found.built_at, progress=progress)

    def data_science(self) -> AbstractContextManager[GraphDataScience]:
        """The client of the server's Graph Data Science library, on this store's own connections.

        Raises:
            BadRequest: the store is the embedded engine, its server has no such library (says what to install),
                or the work is beyond the server's limits.
            StoreUnavailable: it does not answer.
        """
        return data_science.client(self._connection)

    def migrate(self) -> tuple[str, ...]:
        """Bring the graph to this program's schema; returns what was applied, oldest first.

        Raises:
            NewerSchema: a newer program has written it.
            BadRequest: a build is under way.
        """
        return sync.migrate(self._connection)

    def build(self) -> BuildInfo | None:
        """The last complete build; None where there is none or one is under way."""
        rows = self.read(build.READ).rows
        return BuildInfo(str(rows[0][0]), int(str(rows[0][1])), str(rows[0][2])) if rows else None

    def built(self) -> BuildInfo:
        """The complete build this program can read.

        Raises:
            NotBuilt: there is none, or one is under way.
            NewerSchema: a newer program has written it, so that its figures might be misread here.
        """
        found = self.build()
        if found is None:
            where = self.settings.neo4j_uri or self.settings.store_dir
            raise NotBuilt.of("refused.not_built", where=where)
        if found.schema_version > schema.VERSION:
            raise build.newer(found.schema_version)
        return found

    def counts(self) -> dict[str, int]:
        """Records of every label and relationship type of the graph, zeros included."""
        found = {}
        for kind in CONTENT:
            found[kind.label] = self._count(f"MATCH (n:{kind.label}) RETURN count(n)")
        for relationship in RELATIONSHIPS:
            found[relationship.type] = self._count(f"MATCH ()-[r:{relationship.type}]->() RETURN count(r)")
        return found

    def status(self) -> StoreStatus:
        """Engine, version, address, build and counts."""
        built = self.build()
        return StoreStatus(self.engine, self._version(), self._connection.uri, built, self.counts())

    def close(self) -> None:
        """Close connections; the embedded server process goes on. A later call connects again."""
        self._console.close()
        self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _values(
        self, cypher: str, params: Mapping[str, object] | None, fetch_size: int
    ) -> tuple[tuple[str, ...], list[list[object]]]:
        given = dict(params or {})

        def work() -> tuple[tuple[str, ...], list[list[object]]]:
            with self._connection.session(read=True, fetch_size=fetch_size) as session:
                return session.execute_read(_fetched, cypher, given)

        try:
            return self._connection.retried(work)
        except ClientError as error:
            raise refused_by_engine(error) from error

    def _count(self, cypher: str) -> int:
        return int(str(self.read(cypher).rows[0][0]))

    def _version(self) -> str:
        if self.engine == "embedded":
            return self._connection.runtime.version
        rows = self.read("CALL dbms.components() YIELD name, versions, edition RETURN name, versions[0], edition").rows
        return " ".join(str(value) for value in rows[0]) if rows else "Neo4j"


def _fetched(
    transaction: neo4j.ManagedTransaction, cypher: str, params: dict[str, object]
) -> tuple[tuple[str, ...], list[list[object]]]:
    result = transaction.run(cypher, params)
    values = result.values()
    return named(result, transaction, cypher, params), values


def _natives(column: Sequence[object]) -> list[object]:
    """The column with driver dates as those of the standard library; plain values are left alone, in one step."""
    if {type(value) for value in column} <= {str, int, float, bool, type(None)}:
        return list(column)
    return [native(value) for value in column]


_STORES: dict[tuple[Path, Settings], Store] = {}
_STORES_LOCK = threading.Lock()


def open_store(settings: Settings | None = None) -> Store:
    """The store of these settings, connected; the same object on every call in one process.

    Starts the embedded engine's server process if none runs (about 3 s), joins it otherwise.

    Raises:
        StoreUnavailable: it cannot be started, reached or logged into.
    """
    chosen = settings or Settings()
    key = (chosen.store_dir.resolve(), chosen)  # a relative data_dir means another store after a chdir
    with _STORES_LOCK:
        store = _STORES.setdefault(key, Store(chosen))
    store._connection.connect()
    return store
