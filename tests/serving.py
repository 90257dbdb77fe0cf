"""Streamlit scripts served for a real browser, by the command that `make app` uses."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 60
"""What an answer of an app may take: a CI run builds a network and starts an app on two cores at once."""
PATIENCE = 1000.0 * PATIENCE_SECONDS
"""The same as playwright counts."""


@contextmanager
def served(script: str, environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Serve a script of this repository on a free port; its address while the block runs.

    Raises:
        AssertionError: it does not answer in time; carries what the server said.
    """
    port = free_port()
    options = ["--server.port", str(port), "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", script, *options]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_for(port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port nobody listens on now, of a range that no other worker of the test run draws from."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 20_000 + 1_000 * (worker % 10)
    for port in random.sample(range(first, first + 1_000), 200):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"no free port from {first} on")


def wait_for(port: int, log: Path) -> None:
    """Return as soon as Streamlit is healthy on a port.

    Raises:
        AssertionError: it is not in time; carries what the server said.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"nothing answers on {port}: {log.read_text(errors='replace')}")
