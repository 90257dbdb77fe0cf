"""Console statements: guarded, limited in time, rows and bytes, and ended even when the engine cannot end them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from typing import Final

from neo4j import Query
from neo4j.exceptions import ClientError, Neo4jError

from graph.errors import BadRequest, ExplorerError, StatementTimedOut, StoreUnavailable
from graph.store import embedded, guard
from graph.store.columns import named
from graph.store.connection import LOST, Connection
from graph.store.rows import Rows, native
from graph.store.runtime import READER, Runtime

_GRACE: Final = 0.5
"""How long past its limit the caller waits for the engine's own answer."""
_WATCH: Final = 2.0
"""How long past that a statement may live before the embedded engine is restarted."""
_AT_ONCE: Final = 4
_BYTES: Final = 30_000_000


class Console:
    """Runs statements of people on one connection; at most four at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        self._watchers: set[threading.Thread] = set()

    def run(self, cypher: str, params: Mapping[str, object], seconds: float, rows: int) -> Rows:
        """The answer of a reading statement, at most `rows` rows.

        Raises:
            StatementRefused: the guard or the engine refuses it.
            StatementTimedOut: within `seconds` + 1, whatever the engine does meanwhile.
            BadRequest: it cannot be parsed, a limit is not positive, or four others run.
        """
        if not seconds > 0 or rows <= 0:
            raise BadRequest("The limits of time and rows must be above 0.", "0 would mean no limit; give a number.")
        if not self._slots.acquire(timeout=min(seconds, 2.0)):
            raise BadRequest("Four statements are already running.", "Wait for one to end, then run this again.")
        answer: Future[Rows] = Future()
        arguments = (answer, cypher, dict(params), seconds, rows)
        worker = threading.Thread(target=self._work, args=arguments, daemon=True, name="console")
        # Known before the start, so that the watchdog ends the process that is busy and never its successor.
        busy = self._connection.known_runtime()
        started = time.monotonic()
        worker.start()
        try:
            return answer.result(timeout=seconds)
        except TimeoutError:
            pass
        except BaseException:
            if worker.is_alive():  # Ctrl-C: nobody waits any more
                self._watch(worker, cypher, seconds, busy)
            raise
        self._watch(worker, cypher, seconds, busy)
        with suppress(TimeoutError):
            return answer.result(timeout=_GRACE)
        answer.cancel()
        raise _timed_out(seconds, time.monotonic() - started)

    def close(self) -> None:
        """Wait for statements that are being ended, a few seconds at most."""
        for watcher in list(self._watchers):
            watcher.join(timeout=_WATCH + 15)

    def _work(self, answer: Future[Rows], cypher: str, params: dict[str, object], seconds: float, rows: int) -> None:
        try:
            result = self._connection.retried(lambda: self._read(answer, cypher, params, seconds, rows))
        except BaseException as error:
            outcome: BaseException = _explained(error, seconds)
            _settle(answer, error=outcome)
        else:
            _settle(answer, result=result)
        finally:
            self._slots.release()

    def _read(self, answer: Future[Rows], cypher: str, params: dict[str, object], seconds: float, rows: int) -> Rows:
        if answer.cancelled():
            raise CancelledError  # never run a statement again whose end was the restart
        capabilities = self._connection.capabilities
        with self._connection.session(read=True, fetch_size=min(rows + 1, 1000)) as session:
            guard.check(session, cypher, params, capabilities)
            timeout = seconds if capabilities.server_timeout else None
            result = session.run(Query(cypher, timeout=timeout), params)
            columns = tuple(result.keys())
            found: list[tuple[object, ...]] = []
            size = 0
            for record in result:
                if len(found) == rows or size > _BYTES:
                    return Rows(columns, found, truncated=True)
                values = tuple(native(value) for value in record.values())
                size += sum(len(str(value)) for value in values)
                found.append(values)
            return Rows(columns or named(result, session, cypher, params), found)

    def _watch(self, worker: threading.Thread, cypher: str, seconds: float, busy: Runtime | None) -> None:
        """End a statement past its limit: by the engine's own means, else by restarting the engine."""
        if not self._connection.capabilities.restartable:
            return

        def watch() -> None:
            with suppress(Exception):  # a store too busy to obey is restarted below
                self._terminate(cypher, seconds)
            worker.join(_WATCH)
            if worker.is_alive() and busy is not None:
                embedded.kill(self._connection.settings, busy)
                self._connection.lost()
                embedded.start_or_join(self._connection.settings)
            self._watchers.discard(threading.current_thread())

        watcher = threading.Thread(target=watch, name="console-watchdog")
        self._watchers.add(watcher)
        watcher.start()

    def _terminate(self, cypher: str, seconds: float) -> None:
        with self._connection.session(read=False) as session:
            for row in session.run("SHOW TRANSACTIONS").data():
                is_it = row["username"] == READER and str(row["currentQuery"]).strip() == cypher.strip()
                if is_it and row["elapsedTime"].seconds >= int(seconds) - 1:
                    session.run(f"TERMINATE TRANSACTIONS '{row['transactionId']}'").consume()


def _settle(answer: Future[Rows], result: Rows | None = None, error: BaseException | None = None) -> None:
    """Give the answer, unless the caller stopped waiting."""
    try:
        if error is not None:
            answer.set_exception(error)
        elif result is not None:
            answer.set_result(result)
    except InvalidStateError:
        return


def _timed_out(seconds: float, taken: float) -> StatementTimedOut:
    return StatementTimedOut(
        f"The statement was stopped after {taken:.1f} s (limit {seconds:g} s).",
        "Narrow it: fewer hops, a WHERE on an id, a LIMIT before the aggregation.",
    )


def _explained(error: BaseException, seconds: float) -> BaseException:
    if isinstance(error, ExplorerError):
        return error
    if isinstance(error, ClientError):
        if "TransactionTimedOut" in (error.code or "") or ".Terminated" in (error.code or ""):
            return _timed_out(seconds, seconds)
        return guard.refused_by_engine(error)
    if isinstance(error, Neo4jError):
        return guard.refused_by_engine(ClientError(error.message))
    if isinstance(error, LOST):
        return StoreUnavailable("The store went away while the statement ran.", "Run it again.")
    return error
