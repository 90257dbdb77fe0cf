"""Console statements: guarded, limited in time, rows and bytes, and ended even when the engine cannot end them."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from functools import partial
from typing import Final

from neo4j import Query
from neo4j.exceptions import ClientError, Neo4jError

from graph.errors import (
    BadRequest,
    ExplorerError,
    StatementCancelled,
    StatementPostponed,
    StatementTimedOut,
    StoreUnavailable,
)
from graph.store import embedded, guard
from graph.store.columns import named
from graph.store.connection import LOST, Connection
from graph.store.rows import Rows, native
from graph.store.runtime import Runtime

_GRACE: Final = 0.5
"""How long past its limit the caller waits for the engine's own answer."""
_WATCH: Final = 2.0
"""How long past that a statement may live before the embedded engine is restarted."""
_AT_ONCE: Final = 4
_BYTES: Final = 30_000_000


class Running:
    """One statement that runs: wait for its answer, or end it."""

    def __init__(self, console: Console, cypher: str, seconds: float) -> None:
        self._console = console
        self._seconds = seconds
        self._answer: Future[Rows] = Future()
        self._began = time.monotonic()
        self._ended = threading.Event()
        self.sent = False
        """Whether the engine was given it: then it is never given again, for it may be what harmed the engine."""
        self.process: Runtime | None = None
        """The embedded engine's process it runs in."""
        self.tag = secrets.token_hex(8)
        """Written into the statement as a comment: by it the engine's list of transactions shows which it is."""
        self.cypher = f"{cypher.rstrip().rstrip(';')}\n// {self.tag}"

    @property
    def done(self) -> bool:
        """Whether `result` answers at once."""
        return self._answer.done() or time.monotonic() - self._began > self._seconds + _GRACE

    def result(self) -> Rows:
        """The answer; waits for it, at most half a second past the limit.

        Raises:
            StatementRefused, StatementTimedOut, StatementCancelled, BadRequest, StoreUnavailable: see `Console.start`.
        """
        left = self._seconds + _GRACE - (time.monotonic() - self._began)
        try:
            with suppress(TimeoutError):
                return self._answer.result(timeout=max(min(left, self._seconds), 0))
            self._console.end(self)
            with suppress(TimeoutError):
                return self._answer.result(timeout=max(min(left, _GRACE), 0))
        except CancelledError:
            raise _cancelled() from None
        except BaseException:
            if not self._answer.done():  # Ctrl-C: nobody waits any more
                self._console.end(self)
            raise
        self._answer.cancel()
        raise _timed_out(self._seconds, time.monotonic() - self._began)

    def cancel(self) -> None:
        """End it now; `result` then raises StatementCancelled."""
        self._answer.cancel()
        self._console.end(self)

    # ---- for the console

    def wanted(self) -> bool:
        """Whether anybody still waits for it."""
        return not self._answer.cancelled()

    def settle(self, outcome: Rows | BaseException) -> None:
        """Give the answer, unless the caller stopped waiting."""
        self._ended.set()
        try:
            if isinstance(outcome, BaseException):
                self._answer.set_exception(outcome)
            else:
                self._answer.set_result(outcome)
        except InvalidStateError:
            return

    def wait(self, seconds: float) -> bool:
        """Wait for the engine to be done with it; False if it is not."""
        return self._ended.wait(seconds)


class Console:
    """Runs statements of people on one connection; at most four at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        self._watchers: set[threading.Thread] = set()

    def start(self, cypher: str, params: Mapping[str, object], seconds: float, rows: int) -> Running:
        """Start a reading statement, at most `rows` rows of answer.

        Its `result` raises StatementRefused where the guard or the engine refuses it,
        StatementTimedOut within `seconds` + 1, whatever the engine does meanwhile, and
        BadRequest where it cannot be parsed.

        Raises:
            BadRequest: a limit is not positive.
            StatementPostponed: four others run.
        """
        if not seconds > 0 or rows <= 0:
            raise BadRequest.of("refused.no_limits")
        if not self._slots.acquire(timeout=min(seconds, 2.0)):
            raise StatementPostponed.of("refused.busy")
        running = Running(self, cypher, seconds)
        arguments = (running, cypher, dict(params), seconds, rows)
        threading.Thread(target=self._work, args=arguments, daemon=True, name="console").start()
        return running

    def end(self, running: Running) -> None:
        """See that the engine stops working on it: by its own means, else by restarting the engine."""
        watcher = threading.Thread(target=self._watch, args=(running,), name="console-watchdog", daemon=True)
        self._watchers.add(watcher)
        watcher.start()

    def close(self) -> None:
        """Wait for statements that are being ended, a few seconds at most."""
        for watcher in list(self._watchers):
            watcher.join(timeout=_WATCH + 15)

    def _work(self, running: Running, cypher: str, params: dict[str, object], seconds: float, rows: int) -> None:
        try:
            result = self._connection.retried(
                lambda: self._read(running, cypher, params, seconds, rows), transient=False
            )
        except BaseException as error:
            running.settle(_explained(error, seconds))
            if isinstance(error, LOST):
                self._mend(running)
        else:
            running.settle(result)
        finally:
            self._slots.release()

    def _read(self, running: Running, cypher: str, params: dict[str, object], seconds: float, rows: int) -> Rows:
        if not running.wanted() or running.sent:
            raise CancelledError
        # Known before the session, so that the watchdog ends the process that is busy and never its successor.
        running.process = self._connection.process()
        capabilities = self._connection.capabilities
        with self._connection.session(read=True, fetch_size=min(rows + 1, 1000)) as session:
            guard.check(session, cypher, params, capabilities)
            timeout = seconds if capabilities.server_timeout else None
            running.sent = True
            result = session.run(Query(running.cypher, timeout=timeout), params)
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

    def _watch(self, running: Running) -> None:
        try:
            with suppress(Exception):  # a store too busy to obey is restarted below, if it is ours
                self._terminate(running.tag)
            if not running.wait(_WATCH):
                self._restart(running)
            self._mend(running)
        finally:
            self._watchers.discard(threading.current_thread())

    def _mend(self, running: Running) -> None:
        """Restart the embedded engine if a statement left it unable to answer others."""
        if not self._connection.capabilities.restartable:
            return
        answered = threading.Event()

        def ask() -> None:
            with suppress(Exception), self._connection.session(read=True) as session:
                session.run("RETURN 1").consume()
                answered.set()

        threading.Thread(target=ask, daemon=True, name="console-health").start()
        if not answered.wait(_WATCH):
            self._restart(running)

    def _restart(self, running: Running) -> None:
        """End the engine's process the statement ran in, if it is ours, and start another."""
        if not self._connection.capabilities.restartable or running.process is None:
            return
        embedded.kill(self._connection.settings, running.process)
        self._connection.ended(running.process)
        embedded.start_or_join(self._connection.settings)

    def _terminate(self, tag: str) -> None:
        with self._connection.session(read=False) as session:
            for row in session.run("SHOW TRANSACTIONS").data():
                if tag in str(row["currentQuery"]):
                    session.run(f"TERMINATE TRANSACTIONS '{row['transactionId']}'").consume()


def _timed_out(seconds: float, taken: float) -> StatementTimedOut:
    from graph.i18n import number  # noqa: PLC0415 - see `ExplorerError.of`

    return StatementTimedOut.of(
        "refused.timed_out",
        taken=partial(number, taken, decimals=1),
        limit=partial(number, seconds, decimals=int(seconds % 1 > 0)),
    )


def _cancelled() -> StatementCancelled:
    return StatementCancelled.of("refused.cancelled")


def _explained(error: BaseException, seconds: float) -> BaseException:
    if isinstance(error, ExplorerError):
        return error
    if isinstance(error, ClientError):
        if "TransactionTimedOut" in (error.code or "") or ".Terminated" in (error.code or ""):
            return _timed_out(seconds, seconds)
        return guard.refused_by_engine(error)
    if isinstance(error, Neo4jError):
        return guard.refused_by_engine(ClientError(error.message))
    if isinstance(error, (*LOST, CancelledError)):
        return StoreUnavailable.of("refused.went_away")
    return error
