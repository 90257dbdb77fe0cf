"""The runtime file of the embedded engine: how to reach the one process that owns the database."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path
from typing import IO, Any

FILE = "runtime.json"
START_LOCK = "start.lock"
SERVER_LOCK = "server.lock"
LOADING = "loading"
"""Lies in the store directory while a first load runs: what such a load leaves behind is thrown away."""
DATABASE = "graph"
WRITER = "root"
READER = "reader"


@dataclass(frozen=True)
class Runtime:
    """Address and generated passwords of a running server process; lives only in a 0600 file."""

    pid: int
    bolt_port: int
    control_port: int
    control_key: str
    writer_password: str
    reader_password: str
    version: str

    @property
    def uri(self) -> str:
        """Bolt address, on this machine only."""
        return f"bolt://127.0.0.1:{self.bolt_port}"

    def call(self, command: str, **arguments: object) -> dict[str, Any]:
        """Send one command over the control channel and wait for its answer.

        Messages are JSON bytes, so nothing is ever unpickled.

        Raises:
            OSError, EOFError: nobody answers.
        """
        with Client(("127.0.0.1", self.control_port), authkey=self.control_key.encode()) as channel:
            channel.send_bytes(json.dumps({"command": command, **arguments}).encode())
            answer: dict[str, Any] = json.loads(channel.recv_bytes())
        return answer

    def alive(self) -> bool:
        """True when that very process answers: a reused pid or port does not hold the key."""
        try:
            return bool(self.call("ping").get("pid") == self.pid)
        except (OSError, EOFError, ValueError, AuthenticationError):
            return False


def read(store_dir: Path) -> Runtime | None:
    """The runtime file's content; None if absent or unreadable. It may be stale: ask `alive`."""
    try:
        return Runtime(**json.loads((store_dir / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(store_dir: Path, runtime: Runtime) -> None:
    """Write the runtime file, readable by its owner only, whole or not at all."""
    part = store_dir / f"{FILE}.{os.getpid()}"
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(runtime), file)
    part.replace(store_dir / FILE)


def remove(store_dir: Path) -> None:
    """Forget the running process."""
    (store_dir / FILE).unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """Hold a lock file that the system releases when the process ends, however it ends.

    Raises:
        TimeoutError: another process held it for that long.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        deadline = time.monotonic() + seconds
        while not try_lock(file):
            if time.monotonic() > deadline:
                raise TimeoutError(path)
            time.sleep(0.05)
        yield


def try_lock(file: IO[str]) -> bool:
    """Take the lock for as long as the file stays open; False if another process has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
