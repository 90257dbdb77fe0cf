"""Each source from its publisher's server to the store, by the commands a person types, on both engines."""

from __future__ import annotations

import http.server
import importlib
import pkgutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import pytest

from graph.store import Store
from ingest.catalogue import sources
from tests.contract.conftest import CURRENT, ingest
from tests.ingest import publishers

OFFERED = {each.name for each in sources() if each.live is not None}
SERVED = {
    module.name: importlib.import_module(f"{publishers.__name__}.{module.name}")
    for module in pkgutil.iter_modules(publishers.__path__)
}


@contextmanager
def publisher(module: ModuleType) -> Iterator[str]:
    """A server on this machine that answers as the publisher's does; yields its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, headers, body = module.respond(parts.path, parse_qs(parts.query))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def counts(store: Store, source: str) -> dict[str, int]:
    rows = store.read(
        "MATCH (n) WHERE n.source = $source RETURN labels(n)[0] AS kind, count(n) AS n UNION ALL "
        "MATCH ()-[r]->() WHERE r.source = $source RETURN type(r) AS kind, count(r) AS n",
        {"source": source},
    ).rows
    return {str(kind): int(str(n)) for kind, n in rows}


def test_every_source_that_can_be_fetched_is_served_here():
    assert set(SERVED) == OFFERED


@pytest.mark.parametrize("engine", CURRENT, indirect=True)
@pytest.mark.parametrize("name", sorted(SERVED))
def test_a_source_goes_from_its_server_to_the_store(empty: Store, name: str, tmp_path: Path) -> None:
    module = SERVED[name]
    settings = empty.settings
    if settings.neo4j_uri:
        settings = settings.model_copy(update={"data_dir": tmp_path / "data"})
    with publisher(module) as address:
        urls = [text for key, path in module.ADDRESSES.items() for text in ("--url", f"{key}={address}{path}")]
        given = [text for path in getattr(module, "GIVEN", ()) for text in ("--from", str(path))]
        fetched = ingest(settings, "fetch", name, *urls, *given)
    assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    built = ingest(settings, "build", "--only", name, "--accept-counts")
    assert built.returncode == 0, built.stdout + built.stderr
    found = counts(empty, name)
    assert {kind: found.get(kind, 0) for kind in module.EXPECTED} == module.EXPECTED
    assert found["Snapshot"] == found["Source"] == 1
    again = ingest(settings, "build")
    assert again.stdout.startswith("up to date"), again.stdout
