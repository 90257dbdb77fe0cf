"""The Graph Data Science library of a Neo4j server, through its own client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from neo4j.exceptions import DriverError, Neo4jError

from graph.errors import BadRequest, StoreUnavailable
from graph.store.connection import Connection

if TYPE_CHECKING:
    from graphdatascience import GraphDataScience

_INSTALL: Final = (
    "Put the plugin that fits the server's version into its plugins folder, set "
    "dbms.security.procedures.unrestricted=gds.* and start it again; or leave out --engine gds."
)


@contextmanager
def client(connection: Connection) -> Iterator[GraphDataScience]:
    """A client on the connection's own driver, silent and over Bolt only; its failures become ours.

    Raises:
        BadRequest: the store is the embedded engine, its server has no Graph Data Science, or the work is
            beyond the server's limits.
        StoreUnavailable: it does not answer.
    """
    if not connection.capabilities.data_science:
        raise BadRequest(
            "The embedded engine has no Graph Data Science.",
            "Point NEO4J_URI at a Neo4j server that has it, or leave out --engine gds.",
        )
    connection.refresh()
    from graphdatascience import GraphDataScience  # noqa: PLC0415 - brings pandas along, a second of every command
    from graphdatascience.error.gds_not_installed import GdsNotFound  # noqa: PLC0415
    from graphdatascience.error.unable_to_connect import UnableToConnectError  # noqa: PLC0415

    driver = connection.writing_driver()
    try:
        yield GraphDataScience(driver, database=connection.database, arrow=False, show_progress=False)
    except GdsNotFound as error:
        raise BadRequest(f"The server at {connection.uri} has no Graph Data Science.", _INSTALL) from error
    except Neo4jError as error:
        reason = (error.message or error.code or "").splitlines()[0]
        raise BadRequest(
            f"The server gave up on this network ({reason}).",
            "Narrow the scope, or raise the server's limits of memory and time in its neo4j.conf.",
        ) from error
    except (DriverError, UnableToConnectError) as error:
        raise StoreUnavailable(
            f"Neo4j at {connection.uri} went away.", "Start it, then run the same command again."
        ) from error
