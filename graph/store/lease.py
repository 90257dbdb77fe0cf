"""One writer at a time on a Neo4j server, whichever machine it writes from: a lease in the graph itself.

It is renewed while the writer lives and runs out by itself where the writer died; the
server's clock alone counts.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from graph.errors import BadRequest, StoreUnavailable
from graph.store.connection import Connection

SECONDS: Final = 60
_RENEW_EVERY: Final = 15.0
_HOLDER: Final = "MATCH (l:Lease {id: 'build'}) RETURN l.owner AS owner, l.host AS host, l.pid AS pid, l.since AS since"
# The first SET takes the node's lock, so that of two writers only one sees it free.
_TAKE: Final = """
MERGE (l:Lease {id: 'build'}) ON CREATE SET l.owner = '', l.expires = 0
SET l.asked = $owner
WITH l, l.owner IN ['', $gone] OR l.expires < timestamp() AS free
SET l.owner = CASE WHEN free THEN $owner ELSE l.owner END, l.host = CASE WHEN free THEN $host ELSE l.host END,
    l.pid = CASE WHEN free THEN $pid ELSE l.pid END, l.since = CASE WHEN free THEN $since ELSE l.since END,
    l.expires = CASE WHEN free THEN timestamp() + $ms ELSE l.expires END
REMOVE l.asked
RETURN free
"""
_RENEW: Final = "MATCH (l:Lease {id: 'build', owner: $owner}) SET l.expires = timestamp() + $ms RETURN count(l) AS held"
_OURS: Final[set[str]] = set()
"""Leases this process holds now; another of its own is left from when the server went away."""
_RELEASE: Final = "MATCH (l:Lease {id: 'build', owner: $owner}) DETACH DELETE l"


@contextmanager
def held(connection: Connection) -> Iterator[Callable[[], None]]:
    """Hold the lease of the server for the length of a block.

    Yields:
        A function to call between batches: raises StoreUnavailable where the lease was lost.

    Raises:
        BadRequest: another writer holds it; names machine, process and since when.
    """
    owner = secrets.token_hex(8)
    _take(connection, owner)
    _OURS.add(owner)
    ended, lost = threading.Event(), threading.Event()
    renewing = threading.Thread(target=_renew, args=(connection, owner, ended, lost), name="lease", daemon=True)
    renewing.start()

    def check() -> None:
        if lost.is_set():
            raise StoreUnavailable("Another build took over this store.", "Wait until it ends, then run this again.")

    try:
        yield check
    finally:
        _OURS.discard(owner)
        ended.set()
        renewing.join(timeout=5)
        try:
            with connection.session(read=False) as session:
                session.execute_write(lambda tx: tx.run(_RELEASE, owner=owner).consume())
        except (DriverError, Neo4jError, StoreUnavailable):
            pass  # the server is away; the lease runs out by itself


def _take(connection: Connection, owner: str) -> None:
    given = {
        "owner": owner,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "since": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "ms": SECONDS * 1000,
    }
    with connection.session(read=False) as session:
        holder = session.execute_read(lambda tx: tx.run(_HOLDER).single())
        gone = str(holder["owner"]) if holder is not None and _ended_here(holder) else ""
        taken = session.execute_write(lambda tx: tx.run(_TAKE, {**given, "gone": gone}).single(strict=True)["free"])
        if taken:
            return
        holder = session.execute_read(lambda tx: tx.run(_HOLDER).single()) or holder
    who = f" (process {holder['pid']} on {holder['host']}, since {holder['since']})" if holder is not None else ""
    raise BadRequest(
        f"Another build is writing to this store{who}.",
        f"Wait until it ends, then run this again; if it died, its hold runs out within {SECONDS} s.",
    )


def _ended_here(holder: neo4j.Record) -> bool:
    """Whether the holder was a process of this machine that lives no more, or a writer of ours that has ended."""
    if holder["host"] != socket.gethostname() or holder["pid"] is None:
        return False
    if holder["pid"] == os.getpid():
        return holder["owner"] not in _OURS
    try:
        os.kill(int(holder["pid"]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _renew(connection: Connection, owner: str, ended: threading.Event, lost: threading.Event) -> None:
    while not ended.wait(_RENEW_EVERY):
        try:
            with connection.session(read=False) as session:
                held = session.execute_write(
                    lambda tx: tx.run(_RENEW, owner=owner, ms=SECONDS * 1000).single(strict=True)["held"]
                )
        except (DriverError, Neo4jError, StoreUnavailable):
            continue  # the writer itself meets the same failure and says so
        if not held:
            lost.set()
            return
