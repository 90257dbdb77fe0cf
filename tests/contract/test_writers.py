"""One writer at a time, wherever it writes from: the second is told who holds the store; a dead one holds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from graph.errors import BadRequest
from graph.settings import Settings
from graph.store import Store, open_store
from graph.store.lease import _TAKE
from tests.contract.conftest import NEO4J, Engine
from tests.samples import sample


def elsewhere(engine: Engine, tmp_path: Path) -> Settings:
    """The same server seen from another data directory, as another machine sees it."""
    return engine.settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})


def taken(store: Store, *, host: str, pid: int, seconds: int = 60) -> None:
    given = {"owner": "somebody", "gone": "", "host": host, "pid": pid, "since": "2026-01-01", "ms": seconds * 1000}
    with store._connection.session(read=False) as session:
        session.run(_TAKE, given).consume()


def held(store: Store) -> list[tuple[object, ...]]:
    return store.read("MATCH (l:Lease {id: 'build'}) RETURN l.owner").rows


def test_two_writers_at_once_the_second_is_refused_and_the_first_goes_on(store: Store, engine: Engine, tmp_path: Path):
    began, over = threading.Event(), threading.Event()
    done: list[object] = []

    def pause(what: str, at: int, total: int) -> None:
        began.set()
        over.wait(20)

    def first() -> None:
        countries = sample().nodes["Country"].with_columns(name_fr=sample().nodes["Country"]["name_en"])
        tables = sample()
        done.append(
            store.sync(
                type(tables)({**tables.nodes, "Country": countries}, tables.relationships),
                fingerprint="first",
                progress=pause,
            )
        )

    writer = threading.Thread(target=first)
    writer.start()
    assert began.wait(20)
    settings = elsewhere(engine, tmp_path) if engine.neo4j else engine.settings
    with pytest.raises(BadRequest, match="Another build") as caught:
        open_store(settings).sync(sample(), fingerprint="second")
    assert caught.value.exit_code == 2
    if engine.neo4j:
        assert str(os.getpid()) in str(caught.value), "it says who"
    over.set()
    writer.join()
    assert len(done) == 1
    mark = store.build()
    assert mark is not None and mark.fingerprint == "first"
    assert held(store) == [], "and nothing is held afterwards"


@pytest.mark.parametrize("engine", NEO4J, indirect=True)
def test_a_writer_on_another_machine_is_waited_for_until_its_lease_runs_out(store: Store):
    taken(store, host="elsewhere", pid=1)
    with pytest.raises(BadRequest, match="process 1 on elsewhere"):
        store.sync(sample(), fingerprint="next")
    with store._connection.session(read=False) as session:
        session.run("MATCH (l:Lease) SET l.expires = timestamp() - 1").consume()
    store.sync(sample(), fingerprint="next")
    assert held(store) == []


@pytest.mark.parametrize("engine", NEO4J, indirect=True)
def test_a_writer_of_this_machine_that_died_holds_nothing(store: Store):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    import socket

    taken(store, host=socket.gethostname(), pid=dead.pid)
    store.sync(sample(), fingerprint="next")
    assert held(store) == []


def test_an_interrupted_writer_lets_go(store: Store):
    def interrupt(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    tables = sample()
    changed = type(tables)({"Country": tables.nodes["Country"]}, {})
    with pytest.raises(KeyboardInterrupt):
        store.sync(changed, fingerprint="less", progress=interrupt)
    assert held(store) == []
    store.sync(sample(), fingerprint="sample")
