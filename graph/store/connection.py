"""Two drivers to one store, one that may write and one that may not, re-made when the store comes back elsewhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import neo4j
from neo4j import READ_ACCESS, WRITE_ACCESS, GraphDatabase
from neo4j.exceptions import AuthError, DriverError, ServiceUnavailable, SessionExpired, TransientError

from graph.errors import StoreUnavailable
from graph.settings import Settings
from graph.store import embedded
from graph.store.capabilities import EMBEDDED, NEO4J, Capabilities
from graph.store.runtime import DATABASE, READER, WRITER, Runtime

logging.getLogger("neo4j").setLevel(logging.CRITICAL)
"""The driver's own warnings tell a person nothing that our errors do not."""

LOST = (ServiceUnavailable, SessionExpired, DriverError, OSError)
"""What a call raises when the store went away under it."""

T = TypeVar("T")


@dataclass(frozen=True)
class _Drivers:
    writer: neo4j.Driver
    reader: neo4j.Driver
    runtime: Runtime | None


class Connection:
    """Sessions on the store of these settings; connects on first use and again after a loss. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.capabilities: Capabilities = NEO4J if settings.neo4j_uri else EMBEDDED
        self._drivers: _Drivers | None = None
        self._lock = threading.Lock()

    @property
    def uri(self) -> str:
        """Where the store is, without secrets; empty until connected."""
        if self.settings.neo4j_uri:
            return self.settings.neo4j_uri
        return self._drivers.runtime.uri if self._drivers and self._drivers.runtime else ""

    @property
    def runtime(self) -> Runtime:
        """The embedded engine's server process.

        Raises:
            StoreUnavailable: it cannot be started, or the store is a Neo4j server.
        """
        found = self._connect().runtime
        if found is None:
            raise StoreUnavailable("The store is a Neo4j server, not the embedded engine.", "Unset NEO4J_URI.")
        return found

    def known_runtime(self) -> Runtime | None:
        """The server process of the present drivers, without connecting."""
        drivers = self._drivers
        return drivers.runtime if drivers else None

    def connect(self) -> None:
        """Connect now, rather than on first use.

        Raises:
            StoreUnavailable: the store cannot be started, reached or logged into.
        """
        self._connect()

    def session(self, *, read: bool, fetch_size: int = 1000) -> neo4j.Session:
        """A session; `read` means that it cannot write, by user on one engine and by mode on the other."""
        drivers = self._connect()
        return (drivers.reader if read else drivers.writer).session(
            database=self._database, default_access_mode=READ_ACCESS if read else WRITE_ACCESS, fetch_size=fetch_size
        )

    def retried(self, work: Callable[[], T]) -> T:
        """Run reading work; once more on a new connection if the store was lost on the way.

        Raises:
            StoreUnavailable: it is lost again.
        """
        drivers = self._drivers
        try:
            return work()
        except (*LOST, TransientError):
            self.lost(drivers)
        except AuthError:
            # Another process restarted the embedded engine, which has new passwords now.
            if self.settings.neo4j_uri:
                raise
            self.lost(drivers)
        try:
            return work()
        except LOST as error:
            raise StoreUnavailable(
                "The store does not answer.", "Run `python -m graph status`; if it stays away, start it again."
            ) from error

    def lost(self, drivers: _Drivers | None = None) -> None:
        """Forget the present drivers, unless another thread has replaced them already."""
        with self._lock:
            if self._drivers is None or (drivers is not None and self._drivers is not drivers):
                return
            found, self._drivers = self._drivers, None
        _close(found)

    def close(self) -> None:
        """Close the drivers; a later call connects again. The embedded server process goes on."""
        self.lost()

    @property
    def _database(self) -> str | None:
        return self.settings.neo4j_database if self.settings.neo4j_uri else DATABASE

    def _connect(self) -> _Drivers:
        with self._lock:
            if self._drivers is None:
                self._drivers = self._neo4j() if self.settings.neo4j_uri else self._embedded()
            return self._drivers

    def _embedded(self) -> _Drivers:
        found = embedded.start_or_join(self.settings)
        writer = _driver(found.uri, WRITER, found.writer_password)
        return _Drivers(writer, _driver(found.uri, READER, found.reader_password), found)

    def _neo4j(self) -> _Drivers:
        uri = self.settings.neo4j_uri or ""
        password = self.settings.neo4j_password.get_secret_value() if self.settings.neo4j_password else ""
        driver = _driver(uri, self.settings.neo4j_user, password)
        try:
            driver.verify_connectivity()
        except AuthError as error:
            driver.close()
            raise StoreUnavailable(
                f"Neo4j at {uri} refuses the log-in of {self.settings.neo4j_user}.",
                "Check NEO4J_USER and NEO4J_PASSWORD.",
            ) from error
        except (*LOST, ValueError) as error:
            driver.close()
            raise StoreUnavailable(
                f"Neo4j at {uri} does not answer.", "Check NEO4J_URI and that the server runs."
            ) from error
        return _Drivers(driver, driver, None)


def _driver(uri: str, user: str, password: str) -> neo4j.Driver:
    return GraphDatabase.driver(
        uri,
        auth=(user, password),
        connection_timeout=10,
        connection_acquisition_timeout=30,
        max_transaction_retry_time=5,
        notifications_min_severity="OFF",
        user_agent="partnership-graph-explorer",
    )


def _close(drivers: _Drivers) -> None:
    for driver in {id(drivers.writer): drivers.writer, id(drivers.reader): drivers.reader}.values():
        driver.close()
