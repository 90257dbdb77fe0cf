"""Which sources a graph is made of, at which snapshots; what was chosen is remembered."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from graph.errors import BadRequest, SourceError
from graph.settings import Settings
from graph.store import open_store, stop_store
from ingest.build import assemble_all
from ingest.selection import Selection, choose, chosen, remember, specs
from ingest.snapshot import adopt, newest
from tests.ingest.test_snapshot import HORIZON, given, run


@pytest.mark.parametrize(("over_time", "read"), [("replaced", 1), ("closed", 2), ("carried", 2)])
def test_an_older_snapshot_is_read_where_what_only_it_says_counts(tmp_path, monkeypatch, over_time, read):
    spec = replace(HORIZON, over_time=over_time)
    monkeypatch.setattr("ingest.selection.sources", lambda: (spec,))
    for day in (1, 2):
        adopt(spec, tmp_path, [given(tmp_path / "given")], dt.date(2026, 1, day))
    found = specs(tmp_path)
    assert [(each.date.day, each.past) for each in found] == [(2, False), (1, True)][:read]


def test_a_source_asked_for_that_was_never_fetched_says_how(tmp_path, monkeypatch):
    bare = replace(HORIZON, files={})
    monkeypatch.setattr("ingest.selection.sources", lambda: (bare,))
    with pytest.raises(BadRequest, match="Nothing of source 'cordis_horizon'") as error:
        specs(tmp_path, Selection(("cordis_horizon",)))
    assert error.value.next_action.endswith("fetch cordis_horizon")
    assert specs(tmp_path, Selection()) == ()


def test_only_some_sources_bring_the_reference_ones_and_nothing_else(tmp_path):
    names = {spec.name for spec in specs(tmp_path, Selection(("cordis_fp7",)))}
    assert names == {"cordis_fp7", *(spec.name for spec in specs(tmp_path) if spec.reference)}


@pytest.mark.parametrize("only", [["cordis_horizn"], ["cordis_fp7", "nothing"], [""], [" ", ""]])
def test_a_choice_of_no_source_is_refused(tmp_path, only):
    with pytest.raises(BadRequest):
        choose(tmp_path, only, None, built=False)


def test_a_choice_is_remembered_and_not_narrowed_in_passing(tmp_path):
    first = choose(tmp_path, ["cordis_fp7", "cordis_h2020", "cordis_fp7"], None, built=False)
    assert first == Selection(("cordis_fp7", "cordis_h2020"), "all")
    remember(tmp_path, first)
    assert choose(tmp_path, None, None, built=True) == first == chosen(tmp_path)
    assert choose(tmp_path, ["cordis_h2020", "cordis_fp7"], None, built=True) == first
    with pytest.raises(BadRequest, match="holds a graph of cordis_fp7, cordis_h2020"):
        choose(tmp_path, ["cordis_horizon"], None, built=True)
    assert choose(tmp_path, ["all"], None, built=True) == Selection()
    assert choose(tmp_path, None, "cnrs", built=True) == Selection(first.only, "cnrs")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"only": "cordis_fp7", "projects": "cnrs"}', '{"only": [], "projects": 1}']
)
def test_a_note_of_the_choice_that_cannot_be_read_is_named(tmp_path, text):
    (tmp_path / "selection.json").write_text(text)
    with pytest.raises(SourceError, match=r"selection\.json"):
        chosen(tmp_path)


def test_a_graph_of_one_fetched_source_is_built_kept_apart_and_given_back(tmp_path):
    data, path = tmp_path / "data", given(tmp_path / "given")
    try:
        assert run("fetch", "cordis_horizon", "--from", path, "--data", data).returncode == 0
        built = run("build", "--only", "cordis_horizon", "--data", data)
        assert built.returncode == 0, built.stderr
        with open_store(Settings(data_dir=data)) as store:
            counted = store.read("MATCH (p:Project) RETURN p.snapshot AS snapshot, count(p) AS n").rows
            assert [tuple(row) for row in counted] == [("cordis_horizon@2025-12-07", 14)]
        assert run("build", "--data", data).stdout.startswith("up to date")
        refused = run("build", "--only", "cordis_fp7", "--data", data)
        assert (refused.returncode, "cordis_horizon" in refused.stderr) == (2, True)
        ours = run("build", "--projects", "cnrs", "--data", data)
        assert ours.returncode == 0, ours.stderr
        with open_store(Settings(data_dir=data)) as store:
            assert store.counts()["Project"] == 12
        rejects = (data / "rejects" / "cordis_horizon.csv").read_text()
        assert rejects.count("project without the CNRS") == 2 + 6
        assert chosen(data) == Selection(("cordis_horizon",), "cnrs")
    finally:
        stop_store(Settings(data_dir=data))


def test_a_fetched_source_stands_in_the_place_of_the_bundled_one(tmp_path):
    adopt(HORIZON, tmp_path, [given(tmp_path / "given")])
    found = {spec.name: spec for spec in specs(tmp_path, Selection(("cordis_horizon",)))}
    _, assembly = assemble_all(found=[*found.values()], selection=Selection((), "cnrs"))
    snapshot = assembly.tables.nodes["Snapshot"].filter(source="cordis_horizon").row(0, named=True)
    assert snapshot["id"] == "cordis_horizon@2025-12-07"
    assert snapshot["checksum"] == newest(tmp_path, "cordis_horizon").checksum
    assert (snapshot["rows"], snapshot["rejected"]) == (14 + 38 + 17 + 43 + 980, 0)
