"""What goes wrong in a department's life: servers that stop, processes that are killed, disks that fill, passwords."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from graph.errors import ExplorerError, StoreUnavailable
from graph.settings import Settings
from graph.store import Store, open_store, runtime, stop_store
from tests.contract.conftest import EMBEDDED, NEO4J, OWN, environment, ingest, settings_of, started, wipe
from tests.contract.test_sync import everything
from tests.engines.server import Server
from tests.samples import many, sample
from tests.serving import ROOT

BREAKABLE = (EMBEDDED, *(name for name in NEO4J[:1] if name != OWN))
"""The newest Neo4j stands for both; a server of somebody's own is not broken."""

KILLS = 20

# Whole builds, killed and begun again: two minutes each, and longer on a slower machine.
pytestmark = pytest.mark.timeout(900)


class Broken:
    """An engine of this module's own that can be stopped, killed and started again."""

    def __init__(self, name: str, settings: Settings, server: Server | None) -> None:
        self.name, self.settings, self.server = name, settings, server

    def kill(self) -> None:
        """As a crash, or the machine's own killing, would."""
        if self.server is not None:
            self.server.kill()
        else:
            known = runtime.read(self.settings.store_dir.resolve())
            assert known is not None
            os.kill(known.pid, signal.SIGKILL)

    def start(self) -> None:
        """Come back; the embedded engine does so by itself."""
        if self.server is not None:
            self.server.start()

    def emptied(self) -> Store:
        """The store with nothing in it."""
        if self.server is not None:
            wipe(self.settings)
        else:
            stop_store(self.settings)
            shutil.rmtree(self.settings.store_dir, ignore_errors=True)
        return open_store(self.settings)


@pytest.fixture(scope="module", params=BREAKABLE)
def broken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    data = tmp_path_factory.mktemp("broken")
    if request.param == EMBEDDED:
        settings = Settings(data_dir=data, heap="512m", neo4j_uri=None)
        yield Broken(EMBEDDED, settings, None)
        stop_store(settings)
        return
    server = started(request.param, tmp_path_factory.mktemp("server"), brief=True)
    yield Broken(request.param, settings_of(server, data), server)
    server.kill()


def test_reads_go_on_after_the_engine_was_killed_and_came_back(broken: Broken):
    store = open_store(broken.settings)
    store.sync(sample(), fingerprint="sample")
    before = everything(store)
    broken.kill()
    if broken.server is not None:
        with pytest.raises(StoreUnavailable) as caught:
            store.read("RETURN 1 AS x")
        assert caught.value.next_action
        assert "Traceback" not in str(caught.value)
        broken.start()
    assert everything(store) == before, "the same Store object, and nothing lost"


def test_a_build_whose_engine_is_killed_says_so_and_the_next_one_completes_it(broken: Broken):
    store = open_store(broken.settings)
    store.sync(sample(), fingerprint="sample")
    steps: list[int] = []

    def kill_midway(what: str, done: int, total: int) -> None:
        steps.append(done)
        if len(steps) == 2:
            broken.kill()

    with pytest.raises(StoreUnavailable, match="went away") as caught:
        store.sync(many(10_000), fingerprint="many", progress=kill_midway)
    assert "again" in caught.value.next_action
    broken.start()
    assert store.build() is None, "what is half-written is not called built"
    store.sync(many(10_000), fingerprint="many")
    assert store.read("MATCH (i:Institution) RETURN count(i) AS n").rows == [(10_000,)]
    assert store.read("MATCH (:Institution)-[r:LOCATED_IN]->() RETURN count(r) AS n").rows == [(30_000,)]
    assert store.sync(many(10_000), fingerprint="many").changed is False, "nothing doubled, nothing lost"


def test_twenty_killed_builds_and_a_last_one_give_the_graph_of_one_uninterrupted(broken: Broken, bundled_store: Store):
    """kill -9 of the ingest at random moments of its work; what the next run finds is resumed, never begun anew."""
    seed = int.from_bytes(os.urandom(4))
    chance = random.Random(seed)
    store = broken.emptied()
    killed = 0
    for _ in range(3 * KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest", "build", "--data", str(broken.settings.data_dir)],
            cwd=ROOT,
            env=environment(broken.settings),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(timeout=chance.uniform(0.3, 5.0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
            if killed == KILLS:
                break
        else:
            store = broken.emptied()  # it was quicker than the blow: there is nothing left to interrupt
    assert killed == KILLS, f"seed {seed}"
    done = ingest(broken.settings, "build")
    assert done.returncode == 0, f"seed {seed}: {done.stdout}{done.stderr}"
    assert everything(store) == everything(bundled_store), f"seed {seed}"
    checked = ingest(broken.settings, "check")
    assert checked.returncode == 0, checked.stdout


def test_a_second_build_beside_a_running_one_is_refused_politely(broken: Broken):
    store = broken.emptied()
    asked: list[subprocess.CompletedProcess[str]] = []

    def beside(*_: object) -> None:
        """Begin another build in the middle of this one."""
        if not asked:
            asked.append(ingest(broken.settings, "build"))

    store.sync(sample(), fingerprint="sample", progress=beside)
    (second,) = asked
    assert second.returncode in (1, 2)
    assert "Another build" in second.stderr
    assert "Traceback" not in second.stderr
    built = store.build()
    assert built is not None and built.fingerprint == "sample"


def test_a_page_s_reads_go_on_while_the_engine_restarts(broken: Broken):
    """A page that is open asks again and again; it is told, and then it is answered."""
    store = broken.emptied()
    store.sync(sample(), fingerprint="sample")
    answers: list[object] = []
    over = threading.Event()

    def page() -> None:
        while not over.wait(0.1):
            try:
                answers.append(store.read("MATCH (i:Institution) RETURN count(i) AS n").rows)
            except ExplorerError as error:
                answers.append(error)

    reading = threading.Thread(target=page)
    reading.start()
    try:
        assert until(lambda: answers.count([(5,)]) > 2)
        broken.kill()
        broken.start()
        before = len(answers)
        assert until(lambda: [(5,)] in answers[before + 1 :]), "what began while it was away may still fail"
    finally:
        over.set()
        reading.join()
    told = [answer for answer in answers if isinstance(answer, ExplorerError)]
    assert all(isinstance(answer, StoreUnavailable) and answer.next_action for answer in told)


@pytest.mark.parametrize("broken", BREAKABLE[1:], indirect=True)
def test_a_wrong_password_is_told_without_saying_it(broken: Broken):
    wrong = broken.settings.model_copy(update={"neo4j_password": type(broken.settings.neo4j_password)("not this one")})
    with pytest.raises(StoreUnavailable, match="refuses the log-in") as caught:
        open_store(wrong)
    assert "not this one" not in str(caught.value)
    assert "NEO4J_PASSWORD" in caught.value.next_action
    done = ingest(wrong, "build")
    assert done.returncode == 1
    assert "refuses the log-in" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("text", [None, "", "hunter2\n", "neo4j/\n", "/hunter2\n"])
def test_a_file_without_user_and_password_is_named(tmp_path: Path, text: str | None):
    secret = tmp_path / "secret"
    if text is not None:
        secret.write_text(text, encoding="utf-8")
    with pytest.raises(StoreUnavailable, match=str(secret)) as caught:
        open_store(Settings(neo4j_uri="bolt://127.0.0.1:1", neo4j_password=None, neo4j_auth_file=secret))
    assert "hunter2" not in str(caught.value)


def until(holds: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait for something to hold; false if it does not in that time."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def mounted(path: Path, megabytes: int) -> bool:
    """Mount a file system of a few megabytes; false where nobody may."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)]
    return (
        shutil.which("mount") is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


def may_mount() -> bool:
    """Whether this process may mount a file system: root, outside most containers."""
    with tempfile.TemporaryDirectory() as folder:
        done = mounted(Path(folder), 1)
        if done:
            subprocess.run(["umount", folder], check=True)
    return done


on_a_small_disk = pytest.mark.left_out_unless(may_mount(), "a small disk is made with mount, which is not allowed here")


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Path]:
    """A file system of a few megabytes."""
    path.mkdir()
    assert mounted(path, megabytes)
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@on_a_small_disk
def test_a_full_disk_under_the_embedded_engine_is_told_and_nothing_is_called_built(tmp_path: Path):
    with small_disk(tmp_path / "small", 24) as disk:
        settings = Settings(data_dir=disk / "data", heap="512m", neo4j_uri=None)
        done = ingest(settings, "build")
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stderr
        assert "disk" in done.stderr.lower() or "space" in done.stderr.lower(), done.stderr
        status = ingest(settings, "status")
        assert "built 20" not in status.stdout
        stop_store(settings)


@on_a_small_disk
@pytest.mark.parametrize("name", BREAKABLE[1:])
def test_a_full_disk_under_neo4j_is_told_and_room_lets_it_complete(name: str, tmp_path: Path):
    with small_disk(tmp_path / "small", 420) as disk:
        small = ("db.tx_log.preallocate=false", "db.tx_log.rotation.size=16m")
        server = started(name, disk / "home", extra=small, brief=True)
        ballast = disk / "ballast"
        try:
            settings = settings_of(server, tmp_path / "data")
            free = shutil.disk_usage(disk).free
            with ballast.open("wb") as file:
                file.write(b"\0" * max(free - 6_000_000, 0))
            done = ingest(settings, "build")
            assert done.returncode == 1, done.stdout
            assert "Traceback" not in done.stderr
            assert "again" in done.stderr, done.stderr
            ballast.unlink()
            server.kill()
            server.start()
            done = ingest(settings, "build")
            assert done.returncode == 0, done.stdout + done.stderr
        finally:
            server.kill()
