"""Participation tables past memory: the same ties as the network's own projection, whatever the engine."""

from __future__ import annotations

import polars as pl
import pytest

from graph.errors import BadRequest
from graph.network import Scope, project
from graph.network.large import project_file
from ingest.catalogue import BUNDLED_DIR
from tests.network.networks import incidence

HORIZON = BUNDLED_DIR / "bundled" / "cordis_horizon_participations.csv"
EVENTS = {"P1": "ABC", "P2": "BCD", "P3": "A", "P4": "AD"}


def written(folder, name, separator=","):
    rows = [(event, member) for event, members in EVENTS.items() for member in members]
    frame = pl.DataFrame([*rows, rows[0], ("P9", None), (None, "A")], schema=["event", "actor"], orient="row")
    path = folder / name
    frame.write_parquet(path) if name.endswith("parquet") else frame.write_csv(path, separator=separator)
    return path


@pytest.mark.parametrize("weighting", ["full", "fractional", "newman"])
@pytest.mark.parametrize(("name", "separator"), [("p.csv", ","), ("p.csv", ";"), ("p.parquet", "")])
def test_the_ties_are_those_of_the_network(tmp_path, weighting, name, separator):
    network = project(incidence(EVENTS), Scope(weighting=weighting))
    keys = network.nodes["id"]
    expected = {
        (keys[a], keys[b]): (n, w) for a, b, w, n in network.edges.select("a", "b", "weight", "projects").rows()
    }
    found = project_file(written(tmp_path, name, separator), "event", "actor", weighting=weighting)
    assert {(a, b): n for a, b, n, _ in found.rows()} == {ends: n for ends, (n, _) in expected.items()}
    assert {(a, b): w for a, b, _, w in found.rows()} == pytest.approx({ends: w for ends, (_, w) in expected.items()})


def test_spark_gives_the_same_ties(spark):
    here = project_file(HORIZON, "rcn", "pic", weighting="newman")
    there = project_file(HORIZON, "rcn", "pic", weighting="newman", engine="spark", spark_master=spark)
    assert here.height > 100_000
    assert there.select("a", "b", "events").equals(here.select("a", "b", "events"))
    assert (there["weight"] - here["weight"]).abs().max() < 1e-12


@pytest.mark.parametrize(
    ("name", "columns", "weighting", "said"),
    [
        ("p.csv", ("event", "body"), "full", "no column 'body'"),
        ("p.csv", ("event", "actor"), "double", "'double' is not a value for 'weighting'"),
        ("p.parquet.txt", ("event", "actor"), "full", "no Parquet or csv file"),
    ],
)
def test_what_cannot_be_projected_is_named(tmp_path, name, columns, weighting, said):
    with pytest.raises(BadRequest, match=said):
        project_file(written(tmp_path, name), *columns, weighting=weighting)


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "p.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(BadRequest, match=r"p\.parquet cannot be read"):
        project_file(tmp_path / "p.parquet", "event", "actor")
