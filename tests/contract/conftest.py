"""One suite, every engine: the embedded one always, a real Neo4j where it is provisioned or named.

`NEO4J_TEST_URI` (with `NEO4J_TEST_USER`, `NEO4J_TEST_PASSWORD`) points the suite at a throw-away
server of one's own. A database that holds anything the suite did not write is never touched.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import neo4j
import pytest

from graph.settings import Settings
from graph.store import Store, open_store, stop_store
from ingest.build import wanted
from tests.engines.provision import RELEASES, NotProvisioned, require
from tests.engines.server import USER, Server
from tests.samples import sample
from tests.serving import ROOT

EMBEDDED = "embedded"
OWN = "neo4j-own"
NEO4J = (OWN,) if os.environ.get("NEO4J_TEST_URI") else tuple(RELEASES)
ENGINES = (EMBEDDED, *NEO4J)
CURRENT = (EMBEDDED, NEO4J[0])
"""The embedded engine and the newest Neo4j: where the older one adds nothing but time."""


@dataclass(frozen=True)
class Engine:
    """One engine under test: its name, and settings that reach it."""

    name: str
    settings: Settings

    @property
    def neo4j(self) -> bool:
        """Whether it is a Neo4j server."""
        return self.name != EMBEDDED


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine that runs; gone, or emptied, at the end."""
    name: str = request.param
    data = tmp_path_factory.mktemp(name)
    if name == EMBEDDED:
        settings = Settings(data_dir=data, heap="512m", neo4j_uri=None)
        yield Engine(name, settings)
        stop_store(settings)
    elif name == OWN:
        settings = Settings(
            data_dir=data,
            neo4j_uri=os.environ["NEO4J_TEST_URI"],
            neo4j_user=os.environ.get("NEO4J_TEST_USER", USER),
            neo4j_password=os.environ.get("NEO4J_TEST_PASSWORD", ""),  # type: ignore[arg-type]
        )
        claim(settings)
        yield Engine(name, settings)
        wipe(settings)
    else:
        server = started(name, tmp_path_factory.mktemp("server"))
        yield Engine(name, settings_of(server, data))
        server.kill()  # nobody needs what it holds


def started(name: str, home: Path, **options: object) -> Server:
    """A server of a release, or a skip that says what is missing."""
    try:
        require(RELEASES[name])
    except NotProvisioned as missing:
        pytest.skip(str(missing))
    server = Server(RELEASES[name], home, **options)  # type: ignore[arg-type]
    server.start()
    return server


def settings_of(server: Server, data: Path) -> Settings:
    """Settings that reach a server."""
    return Settings(data_dir=data, neo4j_uri=server.uri, neo4j_user=USER, neo4j_password=server.password)  # type: ignore[arg-type]


def claim(settings: Settings) -> None:
    """Mark a database as the suite's; refuse one that holds somebody's data."""
    with driver(settings) as connected, connected.session() as session:
        foreign = session.run("MATCH (n) WHERE NOT (n:Lease AND n.id = 'test suite') RETURN count(n)").single(
            strict=True
        )
        ours = session.run("MATCH (l:Lease {id: 'test suite'}) RETURN count(l)").single(strict=True)
        if foreign[0] and not ours[0]:
            pytest.exit(f"{settings.neo4j_uri} holds data that this suite did not write; it will not be touched", 2)
        session.run("MERGE (:Lease {id: 'test suite'})").consume()


def driver(settings: Settings) -> neo4j.Driver:
    """A plain driver, for what the Store does not offer."""
    assert settings.neo4j_uri and settings.neo4j_password
    return neo4j.GraphDatabase.driver(
        settings.neo4j_uri, auth=(settings.neo4j_user, settings.neo4j_password.get_secret_value())
    )


def wipe(settings: Settings) -> None:
    """Empty a database that is the suite's."""
    with driver(settings) as connected, connected.session() as session:
        for pattern in ("()-[x]->()", "(x)"):
            while session.run(f"MATCH {pattern} WITH x LIMIT 5000 DELETE x RETURN count(x)").single(strict=True)[0]:
                continue


@pytest.fixture(scope="session")
def _store(engine: Engine) -> Iterator[Store]:
    with open_store(engine.settings) as store:
        yield store


@pytest.fixture
def store(_store: Store) -> Store:
    """The store, brought back to the sample whatever the last test did."""
    _store.sync(sample(), fingerprint="sample")
    return _store


@pytest.fixture(scope="session")
def _reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("reference"), heap="512m", neo4j_uri=None)
    with open_store(settings) as store:
        store.sync(sample(), fingerprint="sample")
        yield store
    stop_store(settings)


@pytest.fixture
def reference(_reference: Store) -> Store:
    """The sample in an embedded engine: what every other engine's answers are held to."""
    return _reference


@pytest.fixture
def empty(engine: Engine, tmp_path: Path) -> Iterator[Store]:
    """A store in which nothing was ever written."""
    if engine.neo4j:
        wipe(engine.settings)
        with open_store(engine.settings) as store:
            yield store
        return
    settings = Settings(data_dir=tmp_path / "empty", heap="512m", neo4j_uri=None)
    with open_store(settings) as store:
        yield store
    stop_store(settings)


def ingest(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m ingest …` against an engine, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ingest", *arguments, "--data", str(settings.data_dir)],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which commands reach an engine."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    if settings.neo4j_uri and settings.neo4j_password:
        given |= {"NEO4J_URI": settings.neo4j_uri, "NEO4J_USER": settings.neo4j_user}
        given["NEO4J_PASSWORD"] = settings.neo4j_password.get_secret_value()
    return given


@pytest.fixture
def built(engine: Engine, request: pytest.FixtureRequest) -> Store:
    """The store holding the bundled graph, built by the real command; tests only read it."""
    if not engine.neo4j:
        found: Store = request.getfixturevalue("bundled_store")
        return found
    store: Store = request.getfixturevalue("_store")
    held = store.build()
    if held is None or held.fingerprint != wanted(engine.settings):
        done = ingest(engine.settings, "build")
        assert done.returncode == 0, done.stdout + done.stderr
    return store


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Engine by engine, on each the tests of the sample first, then those of the bundled graph: it is loaded once."""
    places = [place for place, item in enumerate(items) if "engine" in getattr(item, "fixturenames", ())]

    def order(item: pytest.Item) -> tuple[int, bool]:
        name = item.callspec.params["engine"]  # type: ignore[attr-defined]
        return ENGINES.index(name), "built" in item.fixturenames  # type: ignore[attr-defined]

    for place, item in zip(places, sorted((items[place] for place in places), key=order), strict=True):
        items[place] = item
