"""Each source from its publisher's server to the store, by the commands a person types, on both engines."""

from __future__ import annotations

import gzip
import http.server
import importlib
import json
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


def asked_at(module: ModuleType, address: str) -> list[str]:
    """What to write behind `fetch`, so that it asks this server."""
    return [text for key, path in module.ADDRESSES.items() for text in ("--url", f"{key}={address}{path}")]


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
        urls = asked_at(module, address)
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


@pytest.mark.parametrize("engine", CURRENT, indirect=True)
def test_a_unit_that_leaves_the_register_is_closed_with_the_day_of_the_newer_snapshot(
    empty: Store, tmp_path: Path
) -> None:
    settings = empty.settings
    if settings.neo4j_uri:
        settings = settings.model_copy(update={"data_dir": tmp_path / "data"})
    whole = json.loads((SERVED["rnsr"].FIXTURES / f"{SERVED['rnsr'].DATASET}.json").read_text(encoding="utf-8"))

    def build(day: str, structures: list[dict[str, object]]) -> None:
        given = tmp_path / f"{day}.json"
        given.write_text(json.dumps(structures), encoding="utf-8")
        for words in (("fetch", "rnsr", "--from", str(given), "--date", day), ("build", "--only", "rnsr")):
            done = ingest(settings, *words)
            assert done.returncode == 0, done.stdout + done.stderr

    build("2025-11-01", whole)
    (gone, *_) = empty.read("MATCH (l:Lab {source: 'rnsr'}) RETURN l.id, l.rnsr ORDER BY l.id").rows
    rest = [one for one in whole if one["numero_national_de_structure"] != gone[1]]
    assert len(rest) == len(whole) - 1
    build("2026-11-01", rest)
    rows = empty.read(
        "MATCH (l:Lab)-[r:FORMERLY]->(:Institution) RETURN DISTINCT l.id, r.type, toString(r.withdrawn_on)"
    ).rows
    assert rows == [(gone[0], "SUPERVISED_BY", "2026-11-01")]
    assert empty.read("MATCH (l:Lab {id: $id})-[r:SUPERVISED_BY]->() RETURN count(r)", {"id": gone[0]}).rows == [(0,)]
    assert empty.read("MATCH (l:Lab) WHERE l.source = 'rnsr' RETURN count(l)").rows == [
        (SERVED["rnsr"].EXPECTED["Lab"],)
    ]


@pytest.mark.parametrize("engine", CURRENT, indirect=True)
def test_a_snapshot_in_parts_goes_from_its_folder_to_the_store(empty: Store, tmp_path: Path) -> None:
    module = SERVED["openalex"]
    settings = empty.settings
    if settings.neo4j_uri:
        settings = settings.model_copy(update={"data_dir": tmp_path / "data"})
    lines = module.FIXTURE.read_bytes().splitlines(keepends=True)
    for number, day in enumerate(("2026-10-02", "2026-11-06")):
        part = tmp_path / "works" / f"updated_date={day}" / "part_000.gz"
        part.parent.mkdir(parents=True)
        part.write_bytes(gzip.compress(b"".join(lines[number::2])))
    fetched = ingest(settings, "fetch", "openalex", "--from", str(tmp_path / "works"))
    assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    built = ingest(settings, "build", "--only", "openalex", "--accept-counts")
    assert built.returncode == 0, built.stdout + built.stderr
    found = counts(empty, "openalex")
    assert {kind: found.get(kind, 0) for kind in module.EXPECTED} == module.EXPECTED
    assert empty.read("MATCH (s:Snapshot {source: 'openalex'}) RETURN s.id").rows == [("openalex@2026-11-06",)]


@pytest.mark.parametrize("engine", CURRENT, indirect=True)
def test_what_a_unit_takes_part_in_goes_from_two_servers_to_the_store(empty: Store, tmp_path: Path) -> None:
    settings = empty.settings
    if settings.neo4j_uri:
        settings = settings.model_copy(update={"data_dir": tmp_path / "data"})
    for name in ("cordis_horizon", "scanr"):
        with publisher(SERVED[name]) as address:
            fetched = ingest(settings, "fetch", name, *asked_at(SERVED[name], address))
        assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    built = ingest(settings, "build", "--only", "cordis_horizon,scanr", "--accept-counts")
    assert built.returncode == 0, built.stdout + built.stderr
    parts = empty.read(
        "MATCH (l:Lab)-[t:PARTICIPATES_IN {source: 'scanr'}]->(p:Project {source: 'cordis_horizon'}) "
        "RETURN l.id, p.grant, p.acronym, t.role"
    ).rows
    assert parts == [(*part, None) for part in SERVED["scanr"].PARTS]
    found = counts(empty, "scanr")
    assert found["PARTICIPATES_IN"] == len(parts)
    assert found["Lab"] == SERVED["scanr"].EXPECTED["Lab"]
    rejects = (settings.data_dir / "rejects" / "scanr.csv").read_text(encoding="utf-8")
    assert rejects.count("PARTICIPATES_IN: no such Project") == SERVED["scanr"].ABSENT
