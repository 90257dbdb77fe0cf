"""The detached process that owns the embedded database: `python -m graph.store.server --data DIR`.

It serves Bolt on this machine, does the few things only the owner can do
over a control channel, and outlives whoever started it. Kept free of heavy
imports: people wait for it.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import threading
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any

from graph.schema import NODES, RELATIONSHIPS
from graph.store import runtime
from graph.store.runtime import DATABASE, READER, Runtime

_BACKSTOP_SECONDS = 300
_GROUPS = {
    "databases": {
        "*": {
            "groups": {
                "admin": {
                    "resultSetLimit": -1,
                    "readTimeout": -1,
                    "access": ["updateSecurity", "updateSchema", "updateDatabaseSettings"],
                    "types": {"*": {"access": ["createRecord", "readRecord", "updateRecord", "deleteRecord"]}},
                },
                # resultSetLimit would cut a scan in silence, so rows are capped by the caller.
                "reader": {
                    "resultSetLimit": -1,
                    "readTimeout": -1,
                    "access": [],
                    "types": {"*": {"access": ["readRecord"]}},
                },
            }
        }
    },
    "version": 1,
}
_GLOBAL = {
    "arcadedb.opencypher.loadCsv.allowFileUrls": False,
    "arcadedb.opencypher.loadCsv.allowRemoteUrls": False,
    "arcadedb.queryMaxRangeSize": 1_000_000,
    "arcadedb.queryMaxHeapElementsAllowedPerOp": 500_000,
    "arcadedb.txWalFlush": 1,
    # Passwords are 256 random bits of this very start: stretching them only delays the first log-in.
    "arcadedb.server.saltIterations": 1,
    "arcadedb.bolt.maxConnections": 64,
    # As many as there are connections: at its default of twice the cores, four runaways would make everybody wait.
    "arcadedb.queryMaxConcurrent": 64,
    "arcadedb.queryQueueTimeout": 5_000,
    "arcadedb.server.healthCheck.enabled": False,
}
_LOGGING = """handlers=java.util.logging.FileHandler
.level=WARNING
java.util.logging.FileHandler.pattern={file}
java.util.logging.FileHandler.limit=2000000
java.util.logging.FileHandler.count=2
java.util.logging.FileHandler.formatter=java.util.logging.SimpleFormatter
"""


class Server:
    """The engine, its database and the control channel of one store directory."""

    def __init__(self, store_dir: Path, heap: str) -> None:
        self._dir = store_dir
        self._heap = heap
        self._ended = threading.Event()
        self._writing = threading.Lock()

    def run(self) -> None:
        """Start, announce the runtime file, serve until told to stop."""
        self._prepare()
        bolt_port, http_port = _free_ports(2)
        writer_password, reader_password = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        engine = self._engine(writer_password, bolt_port, http_port)
        engine.start()
        self._database = engine.create_database(DATABASE)
        # It ends our own long reads and loads too, so it is only the last resort for a statement whose caller
        # died; the console ends its own (`console.py`).
        self._sql(f"ALTER DATABASE `arcadedb.command.timeout` {_BACKSTOP_SECONDS * 1000}")
        self.apply_schema()
        _create_reader(engine, reader_password)
        key = secrets.token_hex(32)
        listener = Listener(("127.0.0.1", 0), authkey=key.encode())
        port = int(listener.address[1])
        threading.Thread(target=self._listen, args=(listener,), daemon=True).start()
        known = Runtime(os.getpid(), bolt_port, port, key, writer_password, reader_password, _version())
        runtime.write(self._dir, known)
        self._ended.wait()
        runtime.remove(self._dir)
        engine.stop()

    def end(self) -> None:
        """Let `run` stop the engine and return."""
        self._ended.set()

    def apply_schema(self) -> None:
        """Create what the schema has and the database lacks: types, keys, full text. Safe to repeat.

        Done here because the engine understands `CREATE FULLTEXT INDEX` only in its own SQL.
        """
        existing = {str(kind.getName()) for kind in self._java.getSchema().getTypes()}
        for kind in NODES:
            if kind.label not in existing:
                self._sql(f"CREATE VERTEX TYPE {kind.label} IF NOT EXISTS")
                self._sql(f"CREATE PROPERTY {kind.label}.id IF NOT EXISTS STRING (mandatory true, notnull true)")
                self._sql(f"CREATE INDEX IF NOT EXISTS ON {kind.label} (id) UNIQUE")
                if kind.fulltext:
                    self._sql(f"CREATE PROPERTY {kind.label}.search IF NOT EXISTS STRING")
                    self._sql(f"CREATE INDEX IF NOT EXISTS ON {kind.label} (search) FULL_TEXT")
        for relationship in RELATIONSHIPS:
            if relationship.type not in existing:
                self._sql(f"CREATE EDGE TYPE {relationship.type} IF NOT EXISTS")

    @property
    def _java(self) -> Any:
        return self._database.get_java_database()

    def _sql(self, statement: str) -> None:
        self._database.command("sql", statement)

    def _prepare(self) -> None:
        if (self._dir / runtime.LOADING).exists():
            shutil.rmtree(self._dir / "databases" / DATABASE, ignore_errors=True)
            (self._dir / runtime.LOADING).unlink()
        for leftover in self._dir.glob("load-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        config = self._dir / "config"
        config.mkdir(parents=True, exist_ok=True)
        (self._dir / "log").mkdir(exist_ok=True)
        (config / "server-groups.json").write_text(json.dumps(_GROUPS), encoding="utf-8")
        # Users are made anew with this start's passwords.
        for users in config.glob("server-users.json*"):
            users.unlink()
        (config / "logging.properties").write_text(
            _LOGGING.format(file=(self._dir / "log" / "engine.log").as_posix()), encoding="utf-8"
        )

    def _engine(self, password: str, bolt_port: int, http_port: int) -> Any:
        from arcadedb_embedded.jvm import start_jvm  # noqa: PLC0415  (starts no JVM on import, but is slow)

        start_jvm(
            heap_size=self._heap,
            jvm_args=[
                "-Xrs",  # SIGTERM is for Python, which closes the database
                # The quick compiler only: a start and a first load cost a third less, a warm read of
                # 90,000 rows 0.4 s more.
                "-XX:TieredStopAtLevel=1",
                f"-XX:ErrorFile={self._dir / 'log' / 'crash-%p.log'}",
                f"-Djava.util.logging.config.file={self._dir / 'config' / 'logging.properties'}",
                "-XX:+UseSerialGC",
            ],
        )
        import jpype  # noqa: PLC0415
        from arcadedb_embedded.server import ArcadeDBServer  # noqa: PLC0415

        configuration = jpype.JClass("com.arcadedb.GlobalConfiguration")
        for setting, value in _GLOBAL.items():
            configuration.findByKey(setting).setValue(value)
        return ArcadeDBServer(
            str(self._dir),
            password,
            {
                "host": "127.0.0.1",
                "http_port": http_port,
                "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
                "bolt_port": bolt_port,
                "bolt_defaultDatabase": DATABASE,
                "server_logsDirectory": str(self._dir / "log"),
            },
        )

    def _listen(self, listener: Listener) -> None:
        while not self._ended.is_set():
            try:
                channel = listener.accept()
            except (OSError, EOFError, AuthenticationError):
                continue  # a stranger on the port; the next caller may be ours
            threading.Thread(target=self._serve, args=(channel,), daemon=True).start()

    def _serve(self, channel: Connection) -> None:
        with channel:
            try:
                request = json.loads(channel.recv_bytes())
                answer = self._answer(request)
            except Exception as error:  # whatever went wrong is the caller's to read
                answer = {"error": f"{type(error).__name__}: {error}"[:2000]}
            try:
                channel.send_bytes(json.dumps(answer).encode())
            except OSError:
                return
        if answer.get("stopping"):
            self.end()

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        command = request["command"]
        if command == "ping":
            return {"pid": os.getpid()}
        if command == "stop":
            return {"stopping": True}
        if command == "apply_schema":
            with self._writing:
                self.apply_schema()
            return {"done": True}
        if command == "bulk_load":
            from graph.store import bulk  # noqa: PLC0415  (needs the columnar library, which a start does not)

            # A load cut short has ties known at one end only, which no comparison of records would see.
            marker = self._dir / runtime.LOADING
            with self._writing:
                marker.touch()
                loaded = bulk.load(self._database, Path(request["directory"]))
                marker.unlink()
            return {"loaded": loaded}
        return {"error": f"unknown command {command}"}


def _create_reader(engine: Any, password: str) -> None:
    import jpype  # noqa: PLC0415  (the JVM must run)

    json_object = jpype.JClass("com.arcadedb.serializer.json.JSONObject")
    security = engine._java_server.getSecurity()
    user = json_object().put("name", READER).put("password", security.encodePassword(password))
    security.createUser(user.put("databases", json_object('{"*":["reader"]}')))


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for opened in sockets:
        opened.bind(("127.0.0.1", 0))
    ports = [int(opened.getsockname()[1]) for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415

    return f"ArcadeDB {version('arcadedb-embedded')}"


def main() -> int:
    """Serve until stopped; a second server on the same directory ends at once."""
    parser = argparse.ArgumentParser(prog="python -m graph.store.server")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--heap", default="1g")
    arguments = parser.parse_args()
    store_dir = (arguments.data / "store").resolve()
    store_dir.mkdir(parents=True, exist_ok=True)
    with (store_dir / runtime.SERVER_LOCK).open("a") as lock:
        if not runtime.try_lock(lock):
            print("Another store process owns this directory.", file=sys.stderr)  # noqa: T201
            return 1
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        server = Server(store_dir, arguments.heap)
        signal.signal(signal.SIGTERM, lambda *_: server.end())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        server.run()
    return 0


if __name__ == "__main__":
    code = 1
    try:
        code = main()
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
    finally:
        # The JVM's threads need no farewell once the database is closed, and would keep a failed start alive.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
