"""Two drivers to one store, one that may write and one that may not, re-made when the store comes back elsewhere."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import neo4j
from neo4j import READ_ACCESS, WRITE_ACCESS, GraphDatabase, TrustCustomCAs
from neo4j.api import BookmarkManager
from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

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
    bookmarks: BookmarkManager | None = None


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

    def process(self) -> Runtime | None:
        """The embedded engine's server process; None where the store is a Neo4j server.

        Raises:
            StoreUnavailable: the store cannot be started, reached or logged into.
        """
        return self._connect().runtime

    @property
    def runtime(self) -> Runtime:
        """The embedded engine's server process.

        Raises:
            StoreUnavailable: it cannot be started, or the store is a Neo4j server.
        """
        found = self.process()
        if found is None:
            raise StoreUnavailable.of("refused.not_embedded")
        return found

    def connect(self) -> None:
        """Connect now, rather than on first use.

        Raises:
            StoreUnavailable: the store cannot be started, reached or logged into.
        """
        self._connect()

    def refresh(self) -> None:
        """Make sure that the store answers, on a new connection where the present one is stale.

        Raises:
            StoreUnavailable: it does not.
        """

        def ask() -> None:
            with self.session(read=True) as session:
                session.run("RETURN 1").consume()

        self.retried(ask)

    def session(self, *, read: bool, fetch_size: int = 1000) -> neo4j.Session:
        """A session; `read` means that it cannot write, by user on one engine and by mode on the other.

        Sessions of one connection see each other's writes, on whichever server of a cluster they land.
        """
        drivers = self._connect()
        return (drivers.reader if read else drivers.writer).session(
            database=self.database,
            default_access_mode=READ_ACCESS if read else WRITE_ACCESS,
            fetch_size=fetch_size,
            bookmark_manager=drivers.bookmarks,
        )

    def retried(self, work: Callable[[], T], *, transient: bool = True) -> T:
        """Run reading work; once more on a new connection if the store was lost on the way.

        Args:
            work: what to run.
            transient: also after an error the server calls transient, such as running out of memory.

        Raises:
            StoreUnavailable: it is lost again.
        """
        drivers = self._connect()
        try:
            return work()
        except TransientError:
            if not transient:
                raise
        except LOST:
            self.lost(drivers)
        except AuthError:
            # Another process restarted the embedded engine, or somebody changed the server's password: log in anew.
            self.lost(drivers)
        try:
            return work()
        except (*LOST, TransientError, AuthError) as error:
            raise StoreUnavailable.of("refused.store_silent") from error

    def lost(self, drivers: _Drivers | None = None) -> None:
        """Forget the present drivers, unless another thread has replaced them already."""
        with self._lock:
            if self._drivers is None or (drivers is not None and self._drivers is not drivers):
                return
            found, self._drivers = self._drivers, None
        _close(found)

    def ended(self, process: Runtime) -> None:
        """Forget the present drivers if they are to that process: a reader may be on its successor already."""
        drivers = self._drivers
        if drivers is not None and drivers.runtime == process:
            self.lost(drivers)

    def close(self) -> None:
        """Close the drivers; a later call connects again. The embedded server process goes on."""
        self.lost()

    def writing_driver(self) -> neo4j.Driver:
        """The driver that may write, for a client that opens sessions of its own."""
        return self._connect().writer

    @property
    def database(self) -> str | None:
        """The database to open sessions on; None is the server's default."""
        return self.settings.neo4j_database if self.settings.neo4j_uri else DATABASE

    def _connect(self) -> _Drivers:
        with self._lock:
            if self._drivers is None:
                self._drivers = self._neo4j() if self.settings.neo4j_uri else self._embedded()
            return self._drivers

    def _embedded(self) -> _Drivers:
        found = embedded.start_or_join(self.settings)
        # No retry inside the driver: a store that went away comes back at another address, see `retried`.
        writer = _driver(found.uri, WRITER, found.writer_password, retry_seconds=0)
        return _Drivers(writer, _driver(found.uri, READER, found.reader_password, retry_seconds=0), found)

    def _neo4j(self) -> _Drivers:
        settings = self.settings
        uri = settings.neo4j_uri or ""
        address, options = _address(uri, settings.neo4j_ca_file)
        user, password = _login(settings)
        try:
            driver = _driver(address, user, password, retry_seconds=5, **options)
        except (ValueError, ConfigurationError, OSError) as error:
            raise StoreUnavailable.of("refused.unusable_address", uri=uri, reason=error) from error
        try:
            with driver.session(database=self.database, default_access_mode=READ_ACCESS) as session:
                session.run("RETURN 1").consume()
        except AuthError as error:
            driver.close()
            raise StoreUnavailable.of("refused.login_refused", uri=uri, user=user) from error
        except Neo4jError as error:
            driver.close()
            raise StoreUnavailable.of("refused.database_refused", uri=uri, reason=error.message) from error
        except LOST as error:
            driver.close()
            distrust = _distrust(uri, settings.neo4j_ca_file)
            if distrust:
                raise StoreUnavailable.of("refused.server_untrusted", uri=uri, reason=distrust) from error
            raise StoreUnavailable.of("refused.server_silent", uri=uri) from error
        return _Drivers(driver, driver, None, GraphDatabase.bookmark_manager())


_SCHEMES: Final = frozenset({"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"})


def _login(settings: Settings) -> tuple[str, str]:
    """User and password, from the environment or their file.

    Raises:
        StoreUnavailable: the file cannot be read, or does not hold them; names it, and never what is in it.
    """
    if settings.neo4j_password is not None:
        return settings.neo4j_user, settings.neo4j_password.get_secret_value()
    if settings.neo4j_auth_file is None:
        return settings.neo4j_user, ""
    try:
        text = settings.neo4j_auth_file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise StoreUnavailable.of("refused.auth_unreadable", path=settings.neo4j_auth_file) from error
    user, slash, password = text.partition("\n")[0].strip().partition("/")
    if not (user and slash and password):
        raise StoreUnavailable.of("refused.auth_empty", path=settings.neo4j_auth_file)
    return user, password


def _address(uri: str, authority: Path | None) -> tuple[str, dict[str, Any]]:
    """Address and driver options: an authority of one's own goes with the plain scheme and encryption switched on.

    Raises:
        StoreUnavailable: it is no address of a Neo4j server, or the certificate is not there.
    """
    parts = urlsplit(uri)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise StoreUnavailable.of("refused.no_address", uri=uri)
    if authority is None:
        return uri, {}
    if not authority.is_file():
        raise StoreUnavailable.of("refused.no_certificate", path=authority)
    options = {"encrypted": True, "trusted_certificates": TrustCustomCAs(str(authority))}
    return uri.replace(parts.scheme, parts.scheme.partition("+")[0], 1), options


def _distrust(uri: str, authority: Path | None) -> str | None:
    """Why its certificate is not trusted, where a server seems not to answer and does; None where that is not it."""
    parts = urlsplit(uri)
    if authority is None and not parts.scheme.endswith("+s"):
        return None
    host, port = parts.hostname or "", parts.port or 7687
    try:
        context = ssl.create_default_context(cafile=str(authority) if authority else None)
        with (
            socket.create_connection((host, port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return None
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError:
        return None


def _driver(uri: str, user: str, password: str, *, retry_seconds: float, **options: Any) -> neo4j.Driver:
    return GraphDatabase.driver(
        uri,
        auth=(user, password),
        connection_timeout=10,
        connection_acquisition_timeout=30,
        max_transaction_retry_time=retry_seconds,
        notifications_min_severity="OFF",
        user_agent="partnership-graph-explorer",
        **options,
    )


def _close(drivers: _Drivers) -> None:
    for driver in {id(drivers.writer): drivers.writer, id(drivers.reader): drivers.reader}.values():
        driver.close()
