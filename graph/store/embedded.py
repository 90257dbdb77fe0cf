"""Lifecycle of the embedded engine: start it or join it, restart it when a statement will not end, stop it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from graph.errors import StoreUnavailable
from graph.settings import Settings
from graph.store import runtime
from graph.store.runtime import Runtime

_START_SECONDS = 90.0
_COMING_SECONDS = 30.0
_ROOT = Path(__file__).resolve().parents[2]


def start_or_join(settings: Settings) -> Runtime:
    """The running server process of this data directory, started if there is none.

    Two callers at once end up with the same process: one starts, the other
    waits for its lock and joins.

    Raises:
        StoreUnavailable: it cannot start; the message names the log.
    """
    store_dir = settings.store_dir.resolve()
    known = runtime.read(store_dir)
    if known and known.alive():
        return known
    try:
        store_dir.mkdir(parents=True, exist_ok=True)
        with runtime.locked(store_dir / runtime.START_LOCK, _START_SECONDS):
            return _coming(store_dir) or _start(settings, store_dir)
    except TimeoutError as error:
        raise StoreUnavailable.of("refused.start_awaited", path=store_dir, seconds=f"{_START_SECONDS:.0f}") from error
    except OSError as error:
        reason = error.strerror or error
        raise StoreUnavailable.of("refused.directory_unusable", path=store_dir, reason=reason) from error


def stop_store(settings: Settings) -> bool:
    """End the server process of this data directory; True if one ran. Everything acknowledged stays on disk."""
    store_dir = settings.store_dir.resolve()
    known = runtime.read(store_dir)
    if known is None or not known.alive():
        runtime.remove(store_dir) if store_dir.exists() else None
        return False
    with suppress(OSError, EOFError):
        known.call("stop")
    if not _wait_free(store_dir, 15.0):
        kill(settings, known)
    return True


def kill(settings: Settings, known: Runtime) -> None:
    """End that server process without asking: it may be busy for ever. What it acknowledged is in its log.

    Only a process that still proves to be this one is ended.
    """
    store_dir = settings.store_dir.resolve()
    if known.alive():
        with suppress(ProcessLookupError):
            os.kill(known.pid, signal.SIGKILL)
        _wait_free(store_dir, 10.0)


def _coming(store_dir: Path) -> Runtime | None:
    """The process that holds the directory, once it answers; None where nobody does, or it has just ended.

    Its starter may have been killed while it was starting.

    Raises:
        StoreUnavailable: it holds the directory for long without answering.
    """
    deadline = time.monotonic() + _COMING_SECONDS
    while True:
        known = runtime.read(store_dir)
        if known and known.alive():
            return known
        if _wait_free(store_dir, 0.1):
            runtime.remove(store_dir)
            return None
        if time.monotonic() > deadline:
            raise StoreUnavailable.of("refused.store_held", pid=_owner(store_dir), path=store_dir)


def _start(settings: Settings, store_dir: Path) -> Runtime:
    log = store_dir / "store.log"
    command = [sys.executable, "-m", "graph.store.server", "--data", str(store_dir.parent)]
    command += ["--heap", settings.heap]
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=store_dir,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C in the starter's terminal is not for it
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        known = runtime.read(store_dir)
        if known and known.pid == process.pid and known.alive():
            return known
        if process.poll() is not None:
            break
        time.sleep(0.03)
    else:
        process.kill()
    raise StoreUnavailable.of("refused.not_started", reason=_last_line(log), log=log, folder=log.parent / "log")


def _wait_free(store_dir: Path, seconds: float) -> bool:
    """Wait until no server process holds the directory."""
    try:
        with runtime.locked(store_dir / runtime.SERVER_LOCK, seconds):
            return True
    except TimeoutError:
        return False


def _owner(store_dir: Path) -> str:
    return (store_dir / runtime.SERVER_LOCK).read_text(encoding="utf-8").strip() or "unknown"


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"
