"""Statements that outlive every limit or want more memory than there is: the page goes on, and so does the engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from graph.errors import ExplorerError, StatementCancelled, StatementPostponed, StatementTimedOut
from graph.settings import Settings
from graph.store import Store, open_store, stop_store
from tests.contract.conftest import EMBEDDED, NEO4J, OWN, settings_of, started
from tests.contract.corpus import BOMBS, RUNAWAYS
from tests.samples import sample

LIMIT = 2.0
HELD = LIMIT + 10
"""A runaway would hold the page for ever; half a second past its limit is the design, not what a busy machine shows."""
FRAGILE = (EMBEDDED, *(name for name in NEO4J if name != OWN))
"""A server of somebody's own is not driven to its limits."""


@pytest.fixture(scope="module", params=FRAGILE)
def fragile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An engine of this module's own: what is left running in it ends with it."""
    data = tmp_path_factory.mktemp("fragile")
    server = None
    if request.param == EMBEDDED:
        settings = Settings(data_dir=data, heap="512m", neo4j_uri=None)
    else:
        server = started(request.param, tmp_path_factory.mktemp("server"), brief=True)
        settings = settings_of(server, data)
    with open_store(settings) as store:
        store.sync(sample(), fingerprint="sample")
        yield store
    if server is not None:
        server.kill()
    else:
        stop_store(settings)


def well(store: Store) -> bool:
    return store.read("MATCH (i:Institution) RETURN count(i) AS n").rows == [(5,)]


@pytest.mark.parametrize("fragile", FRAGILE[:2], indirect=True)
@pytest.mark.parametrize("statement", BOMBS.values(), ids=BOMBS.keys())
def test_a_memory_bomb_harms_nobody(fragile: Store, statement: str):
    began = time.monotonic()
    try:
        answer = fragile.console(statement, seconds=LIMIT)
    except ExplorerError as error:
        assert error.next_action
    else:
        assert len(str(answer.rows)) < 40_000_000, "an engine may answer lazily, or be cut at our limit of bytes"
    assert time.monotonic() - began < HELD, "the page is not held"
    fragile._console.close()
    assert well(fragile)


def test_a_statement_is_ended_when_its_caller_asks(fragile: Store):
    running = fragile.start(RUNAWAYS["rows"], seconds=30)
    time.sleep(0.5)
    assert not running.done
    began = time.monotonic()
    running.cancel()
    with pytest.raises(StatementCancelled):
        running.result()
    assert time.monotonic() - began < 10, "long before its limit"
    fragile._console.close()
    assert running.wait(20), "and the engine stopped working on it"
    assert well(fragile)


@pytest.mark.parametrize("statement", RUNAWAYS.values(), ids=RUNAWAYS.keys())
def test_a_runaway_ends_at_its_limit_and_everybody_s_reads_go_on(fragile: Store, statement: str):
    failed: list[BaseException] = []
    over = threading.Event()

    def read() -> None:
        while not over.wait(0.05):
            try:
                assert well(fragile)
            except BaseException as error:
                failed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    began = time.monotonic()
    with pytest.raises(StatementTimedOut):
        fragile.console(statement, seconds=LIMIT)
    held = time.monotonic() - began
    fragile._console.close()
    time.sleep(0.5)
    over.set()
    reader.join()
    assert held < HELD, "the page is not held"
    assert failed == []
    assert well(fragile)


# Neo4j is not ours to restart: one expression goes on there, and the pool bounds how many.
@pytest.mark.parametrize("fragile", [EMBEDDED], indirect=True)
def test_the_embedded_engine_keeps_no_runaway(fragile: Store):
    with fragile._connection.session(read=False) as session:
        running = [row["currentQuery"] for row in session.run("SHOW TRANSACTIONS").data()]
    assert not [query for query in running if "reduce" in str(query)]


@pytest.mark.parametrize("fragile", [EMBEDDED], indirect=True)
def test_no_more_than_four_run_at_once_and_the_fifth_is_told(fragile: Store):
    others = [fragile.start(RUNAWAYS["rows"], seconds=20) for _ in range(4)]
    with pytest.raises(StatementPostponed, match="Four statements"):
        fragile.console("RETURN 1 AS x", seconds=1)
    for running in others:
        running.cancel()
    fragile._console.close()
    assert all(running.wait(20) for running in others)
    assert fragile.console("RETURN 1 AS x", seconds=5).rows == [(1,)]


@pytest.mark.parametrize("fragile", [EMBEDDED], indirect=True)
def test_what_ends_an_engine_leaves_the_connection_to_its_successor_alone(fragile: Store):
    """A reader is often on the new engine before the watchdog has seen the old one end."""
    running = fragile.start("RETURN 1 AS x", seconds=20)
    assert running.result().rows == [(1,)]
    assert stop_store(fragile.settings)
    assert well(fragile), "on another engine"
    with fragile._connection.session(read=True) as session:
        rows = session.run("UNWIND range(1, 20000) AS x RETURN x")
        fragile._console._restart(running)
        assert len(rows.values()) == 20_000
