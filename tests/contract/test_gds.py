"""Measures computed in the server agree with those computed here, on the bundled network and on a larger one."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from graph.cli import server_measures
from graph.cli.output import FrameFormat
from graph.errors import BadRequest
from graph.network import Incidence, Scope, load_incidence, measure_table, modularity, paths, project, values
from graph.network.gds import IN_SERVER, server_network
from graph.store import Store
from tests.contract.conftest import NEO4J, OWN, Engine, environment
from tests.engines.provision import RELEASES
from tests.horizon import ARCHIVE, horizon
from tests.serving import ROOT

WITH_LIBRARY = [name for name in NEO4J if name == OWN or RELEASES[name].gds]
WITHOUT = [name for name in NEO4J if name != OWN and not RELEASES[name].gds]
EXACT = ("strength", "degree", "pagerank", "betweenness", "component")
SCOPES = (
    "programmes=HORIZON",
    "programmes=HORIZON.1;weighting=newman;cnrs=0",
    "ties=agreements,copublications",
    "ties=copublications;weighting=fractional",
    "years=2014-2020;regions=142;weighting=fractional",
    "countries=JP;cnrs=0",
    "years=1950-1951",
)

on_server = pytest.mark.parametrize("engine", WITH_LIBRARY, indirect=True)


@pytest.fixture
def incidence(built: Store) -> Incidence:
    return load_incidence(built)


@on_server
@pytest.mark.parametrize("text", SCOPES)
def test_a_scope_has_the_same_network_and_measures(
    built: Store, incidence: Incidence, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "BUDGET", 10**12)  # no estimates here either
    scope = Scope.parse(text)
    here = project(incidence, scope)
    with server_network(built, incidence, scope) as there:
        assert there.nodes.equals(here.nodes)
        assert there.ties == here.edges.height
        assert there.notes == here.notes
        assert there.sources == here.nodes.height
        for name in EXACT:
            np.testing.assert_allclose(there.measure(name), values(here, name), atol=1e-6, err_msg=name)
        assert there.table(["degree"]).equals(measure_table(here, ["degree"]))
        found = there.measure("community")
        assert np.array_equal(np.isnan(found), np.isnan(values(here, "community")))
        assert modularity(here, found) >= modularity(here, values(here, "community")) - 0.05


@on_server
def test_the_whole_bundled_network_agrees(
    built: Store, incidence: Incidence, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = compare(built, "", list(IN_SERVER), capsys)
    assert float(rows["betweenness"]["Spearman"]) > 0.6  # both are estimates here; equality is held on smaller scopes
    assert float(rows["betweenness"]["max. diff."]) < 0.1


@on_server
@pytest.mark.left_out_unless(ARCHIVE.is_file(), f"{ARCHIVE.name}, too large for git, is not on this machine")
def test_the_complete_horizon_europe_agrees(empty: Store, capsys: pytest.CaptureFixture[str]) -> None:
    empty.sync(horizon(), fingerprint="horizon")
    projection = project(load_incidence(empty), Scope.parse("ties=projects"))
    assert int((values(projection, "degree") > 0).sum()) == 30_010
    assert projection.edges.height == 871_834
    # Betweenness would compare two estimates here, the local one from some forty sources: it says nothing.
    compare(empty, "ties=projects", [name for name in IN_SERVER if name != "betweenness"], capsys)


def compare(
    store: Store, scope: str, names: list[str], capsys: pytest.CaptureFixture[str]
) -> dict[str, dict[str, str]]:
    """Let the command compare these measures, and return its rows."""
    server_measures.show_measures(store, Scope.parse(scope), names, top=0, compare=True, form=FrameFormat.csv)
    text = capsys.readouterr().out
    rows = {row["measure"]: row for row in csv.DictReader(io.StringIO(text))}
    for name, tolerance in {"strength": 1e-9, "degree": 0, "pagerank": 1e-8}.items():
        assert float(rows[name]["Spearman"]) > 0.9999
        assert float(rows[name]["max. diff."]) <= tolerance
    assert float(rows["component"]["NMI"]) == pytest.approx(1)
    assert float(rows["community"]["Q server"]) > float(rows["community"]["Q here"]) - 0.03
    with capsys.disabled():
        print(f"\n{scope or 'whole bundled network'}\n{text}")
    return rows


@on_server
def test_nothing_stays_in_the_servers_memory(built: Store, incidence: Incidence) -> None:
    with server_network(built, incidence, Scope.parse("ties=agreements")), built.data_science() as client:
        assert [held.graph_name for held in client.graph.list()]
    with pytest.raises(KeyError), server_network(built, incidence, Scope.parse("ties=agreements")):
        raise KeyError("in the middle")
    with built.data_science() as client:
        assert not client.graph.list()


@on_server
def test_a_network_beyond_the_servers_limits_is_said_to_be(built: Store) -> None:
    refused = pytest.raises(BadRequest, match=r"gave up on this network \(.*\). Narrow the scope")
    with refused, built.data_science() as client:
        client.run_cypher("CALL gds.graph.generate('too_large', 1000000000, 100)")


@on_server
def test_the_command_ranks_in_the_server(engine: Engine, built: Store, tmp_path: Path) -> None:
    assert built.build()
    done = measure(engine, "degree", "--scope", "programmes=HORIZON", "--top", "1")
    assert done.returncode == 0, done.stderr
    assert "Computed in the server by Graph Data Science" in done.stdout
    assert "02feahw73" in done.stdout
    out = tmp_path / "degrees.parquet"
    done = measure(engine, "degree", "--scope", "programmes=HORIZON", "--out", str(out))
    assert done.returncode == 0, done.stderr
    written = pl.read_parquet(out)
    assert written["id"][0] == "ror:02feahw73"
    assert written.height > 1000


@pytest.mark.parametrize("engine", WITHOUT, indirect=True)
def test_a_server_without_the_library_says_what_to_install(engine: Engine, store: Store) -> None:
    assert store.build()
    done = measure(engine, "degree")
    assert done.returncode == 2
    assert "has no Graph Data Science. Put the plugin that fits" in done.stderr.replace("\n", " ")


@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
def test_the_embedded_engine_says_what_to_use(engine: Engine, store: Store) -> None:
    assert store.build()
    done = measure(engine, "degree")
    assert done.returncode == 2
    assert "Point NEO4J_URI at a Neo4j server" in done.stderr.replace("\n", " ")


def measure(engine: Engine, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "graph",
            "measure",
            *arguments,
            "--engine",
            "gds",
            "--data",
            str(engine.settings.data_dir),
        ],
        cwd=ROOT,
        env={**environment(engine.settings), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
