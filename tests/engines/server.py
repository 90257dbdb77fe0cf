"""A Neo4j server of the tests' own: hardened as deployed, on loopback, with a random password, gone at the end."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import neo4j
from neo4j.exceptions import Neo4jError

from tests.engines.provision import Release, java, require
from tests.serving import free_port

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "neo4j.conf"
START_SECONDS = 90.0
USER = "neo4j"
_QUICK = ("-XX:TieredStopAtLevel=1",)
_OPENS = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")


@dataclass
class Server:
    """One server process over one home folder; it can be stopped, killed and started again on the same port."""

    release: Release
    home: Path
    scheme: str = "neo4j"
    heap: str = "768m"
    extra: tuple[str, ...] = ()
    brief: bool = False
    """Whether it lives for a few statements: with the quick compiler only, a start costs half the work."""
    port: int = 0
    password: str = ""
    _configured: bool = field(default=False, repr=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def uri(self) -> str:
        """Where it answers."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the process said."""
        return self.home / "logs" / "process.log"

    def start(self) -> None:
        """Start it and wait until it answers; a new home gets a password, and a port if none is given.

        Raises:
            NotProvisioned: a part of it is not on this machine.
            AssertionError: it does not answer; carries the end of its log.
        """
        require(self.release)
        new = not (self.home / "data").is_dir()
        if new or not self._configured:
            self._configure()
        if new:
            self._set_password()
        opens = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENS]
        command = [java(self.release), *(_QUICK if self.brief else ()), "-XX:+UseSerialGC", *opens]
        command += [
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "-Dio.netty.tryReflectionSetAccessible=true",
        ]
        command += [f"-Xms{self.heap}", f"-Xmx{self.heap}", "-cp", self._classpath(), self.release.main]
        command += [f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"]
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=self.home, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        self._wait()

    def stop(self) -> None:
        """End it in order; nothing is lost."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without warning."""
        self._end(signal.SIGKILL)

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _configure(self) -> None:
        for folder in ("conf", "logs", "import", "run", "licenses"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        if not self.port:
            self.port = free_port()
        lines = [
            "server.default_listen_address=127.0.0.1",
            f"server.bolt.listen_address=127.0.0.1:{self.port}",
            f"server.bolt.advertised_address=127.0.0.1:{self.port}",
            *([f"server.directories.plugins={self.release.folder / 'plugins'}"] if self.release.gds else []),
            *self.extra,
        ]
        text = CONFIGURATION.read_text(encoding="utf-8") + "\n" + "\n".join(lines) + "\n"
        (self.home / "conf" / "neo4j.conf").write_text(text, encoding="utf-8")
        self._configured = True

    def _set_password(self) -> None:
        self.password = self.password or secrets.token_hex(24)
        command = [java(self.release), *_QUICK, "-cp", self._classpath(), "org.neo4j.server.startup.Neo4jAdminCommand"]
        environment = {**os.environ, "NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}
        done = subprocess.run(
            [*command, "dbms", "set-initial-password", self.password],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _classpath(self) -> str:
        return f"{self.release.folder}/lib/*:{self.release.folder}/plugins/*"

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.running:
            with socket.socket() as probe:
                probe.settimeout(0.5)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0 and self._answers():
                    return
            time.sleep(0.1)
        self._end(signal.SIGKILL)
        raise AssertionError(f"Neo4j {self.release.version} does not answer: {self.log.read_text()[-3000:]}")

    def _answers(self) -> bool:
        if self.scheme != "neo4j":
            return True  # an encrypted port is tried by who knows its certificate
        try:
            with neo4j.GraphDatabase.driver(self.uri, auth=(USER, self.password)) as driver:
                driver.verify_connectivity()
                driver.execute_query("RETURN 1")
        except (neo4j.exceptions.DriverError, Neo4jError):
            return False
        return True


@contextmanager
def serving(release: Release, home: Path, **options: object) -> Iterator[Server]:
    """A running server for the length of a block."""
    server = Server(release, home, **options)  # type: ignore[arg-type]
    server.start()
    try:
        yield server
    finally:
        server.stop()
