"""`python -m tests.engines`: fetch the pinned Neo4j servers, start one to work with, or pin new ones."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import tempfile
from pathlib import Path

from tests.engines.provision import CURRENT, RELEASES, NotProvisioned, assemble, listing, provision
from tests.engines.server import USER, Server


def main() -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("provision", help="fetch every server the tests run on")
    commands.add_parser("pin", help="write the checksums of the versions in provision.py")
    start = commands.add_parser("start", help="start the newest server, until Ctrl-C")
    start.add_argument("--home", type=Path, required=True, help="folder that keeps its data and its password")
    start.add_argument("--port", type=int, default=7687)
    arguments = parser.parse_args()
    try:
        if arguments.command == "start":
            return run(arguments.home.resolve(), arguments.port)
        for release in RELEASES.values():
            if arguments.command == "pin":
                with tempfile.TemporaryDirectory() as scratch:
                    assemble(release, Path(scratch))
                    release.checksums.write_text(listing(Path(scratch)), encoding="utf-8")
                say(f"{release.checksums.name}: pinned")
            else:
                provision(release)
                say(f"Neo4j {release.version}: {release.folder}")
    except (NotProvisioned, AssertionError) as error:
        say(f"{error}.", sys.stderr)
        return 1
    return 0


def run(home: Path, port: int) -> int:
    """Start the newest server over a home that is kept, say how to reach it, and wait for Ctrl-C."""
    provision(CURRENT)
    home.mkdir(parents=True, exist_ok=True)
    auth = home / "auth"
    if not auth.exists():
        with os.fdopen(os.open(auth, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{USER}/{secrets.token_hex(24)}\n")
    password = auth.read_text(encoding="utf-8").strip().partition("/")[2]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = Server(CURRENT, home, port=port, password=password)
    try:
        server.start()
        say(
            f"Neo4j {CURRENT.version} with GDS {CURRENT.gds} answers; Ctrl-C stops it. In another shell:\n"
            f"  export NEO4J_URI={server.uri} NEO4J_AUTH_FILE={auth}\n"
            "  make app"
        )
        signal.pause()
    except KeyboardInterrupt:
        say("Stopping; its data is kept.")
    finally:
        server.stop()
    return 0


def say(text: str, where: object = None) -> None:
    """Write one message at once, also into a pipe."""
    print(text, file=where, flush=True)  # type: ignore[call-overload]


if __name__ == "__main__":
    sys.exit(main())
