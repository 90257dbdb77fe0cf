"""The store's process is killed, joined, restarted and stopped; nothing acknowledged is ever lost."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from graph.errors import StoreUnavailable
from graph.settings import Settings
from graph.store import open_store, runtime, stop_store
from tests.samples import many, sample

ROOT = Path(__file__).parents[2]


def process(settings: Settings) -> runtime.Runtime:
    known = runtime.read(settings.store_dir.resolve())
    assert known is not None
    return known


def test_kill_9_loses_nothing_and_an_open_store_goes_on(own_settings: Settings):
    store = open_store(own_settings)
    store.sync(sample(), fingerprint="sample")
    counts, built = store.counts(), store.build()
    for _ in range(2):
        victim = process(own_settings)
        os.kill(victim.pid, signal.SIGKILL)
        assert store.counts() == counts
        assert store.build() == built
        assert process(own_settings).pid != victim.pid
    assert store.sync(sample(), fingerprint="sample").changed is False


def test_kill_9_while_loading_is_resumed_by_the_next_sync(own_settings: Settings):
    store = open_store(own_settings)
    store.sync(sample(), fingerprint="sample")
    with store._connection.session(read=False) as session:
        session.run("MATCH (b:Build) DETACH DELETE b").consume()
        session.run("MATCH (i:Institution) WHERE i.id <> 'pic:1' DETACH DELETE i").consume()
    os.kill(process(own_settings).pid, signal.SIGKILL)
    assert store.build() is None
    report = store.sync(sample(), fingerprint="sample")
    assert report.kinds["Institution"].new == 4
    assert store.counts()["PARTICIPATES_IN"] == 4


def test_kill_9_in_a_first_load_leaves_nothing_half_tied(own_settings: Settings):
    store = open_store(own_settings)
    failed: list[StoreUnavailable] = []

    def load() -> None:
        try:
            store.sync(many(8_000), fingerprint="many")
        except StoreUnavailable as error:
            failed.append(error)

    loader = threading.Thread(target=load)
    loader.start()
    marker = own_settings.store_dir / runtime.LOADING
    pid = process(own_settings).pid
    while not marker.exists():
        time.sleep(0.01)
    os.kill(pid, signal.SIGSTOP)  # held still, so that it surely dies in the middle of the load
    assert marker.exists()
    os.kill(pid, signal.SIGKILL)
    loader.join()
    assert len(failed) == 1 and "Run the same command again." in failed[0].next_action
    assert store.build() is None
    assert store.sync(many(8_000), fingerprint="many").total.new == 8_000 + 2 + 24_000
    there = store.read("MATCH (i:Institution)-[r:LOCATED_IN]->() RETURN count(r) AS n").rows
    back = store.read("MATCH (c:Country)<-[r:LOCATED_IN]-() RETURN count(r) AS n").rows
    assert there == back == [(24_000,)]


def test_two_starters_at_once_share_one_process(own_settings: Settings):
    program = (
        "import sys; from pathlib import Path\n"
        "from graph.settings import Settings; from graph.store import open_store\n"
        "s = open_store(Settings(data_dir=Path(sys.argv[1]), heap='512m'))\n"
        "s.read('RETURN 1'); print(s._connection.runtime.pid)"
    )
    command = [sys.executable, "-c", program, str(own_settings.data_dir)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    pids = {run.communicate(timeout=120)[0].strip() for run in both}
    assert pids == {str(process(own_settings).pid)}, "and it outlives both of them"


def test_the_runtime_file_is_private_and_a_stale_one_is_recognised(own_settings: Settings):
    open_store(own_settings).close()
    path = own_settings.store_dir / runtime.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    stale = path.read_bytes()
    assert stop_store(own_settings) is True
    assert not path.exists()
    assert stop_store(own_settings) is False
    path.write_bytes(stale)
    assert stop_store(own_settings) is False
    path.write_text("{ torn", encoding="utf-8")
    with open_store(own_settings) as store:
        assert store.read("RETURN 1 AS x").rows == [(1,)]


def test_a_process_that_only_has_the_old_number_is_never_ended(own_settings: Settings):
    open_store(own_settings).close()
    stale = (own_settings.store_dir / runtime.FILE).read_text(encoding="utf-8")
    number = process(own_settings).pid
    stop_store(own_settings)
    innocent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (own_settings.store_dir / runtime.FILE).write_text(stale.replace(f": {number},", f": {innocent.pid},"))
        assert stop_store(own_settings) is False
        with open_store(own_settings) as store:
            assert store.read("RETURN 1 AS x").rows == [(1,)]
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_the_process_is_deaf_to_strangers(own_settings: Settings):
    store = open_store(own_settings)
    known = process(own_settings)
    import socket

    with socket.create_connection(("127.0.0.1", known.control_port)) as stranger:
        stranger.sendall(b"\x00\x00\x00\x05hello")
        time.sleep(0.1)
    assert known.alive()
    assert store.read("RETURN 1 AS x").rows == [(1,)]


def test_a_directory_that_cannot_be_used_is_named(tmp_path: Path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreUnavailable, match="data"):
        open_store(Settings(data_dir=tmp_path / "data", neo4j_uri=None))


def test_an_engine_that_cannot_start_says_where_its_log_is(tmp_path: Path):
    with pytest.raises(StoreUnavailable, match=r"store\.log"):
        open_store(Settings(data_dir=tmp_path, heap="nonsense", neo4j_uri=None))


def test_a_neo4j_that_is_not_there_is_named_without_its_password():
    settings = Settings(neo4j_uri="bolt://127.0.0.1:1", neo4j_password="hunter2")  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable, match=r"bolt://127\.0\.0\.1:1") as caught:
        open_store(settings)
    assert "hunter2" not in str(caught.value)
    assert "NEO4J_URI" in caught.value.next_action
