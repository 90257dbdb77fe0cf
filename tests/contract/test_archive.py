"""A graph leaves one engine in a file and arrives in another with nothing changed; a damaged file changes nothing."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from graph import schema
from graph.errors import BadRequest, NewerSchema, NotBuilt, SourceError
from graph.store import Change, Store, Tables
from graph.store.archive import MANIFEST, read
from tests.contract.conftest import CURRENT
from tests.contract.test_sync import everything
from tests.samples import sample


def rewritten(path: Path, target: Path, **changes: object) -> Path:
    """A copy of an archive whose manifest says something else."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == MANIFEST:
                content = json.dumps({**json.loads(content), **changes}).encode()
            new.writestr(name, content)
    return target


def test_a_graph_goes_to_another_engine_and_back_unchanged(reference: Store, empty: Store, tmp_path: Path):
    there, back = tmp_path / "there.zip", tmp_path / "back.zip"
    reference.dump(there)
    assert empty.load(there).total == Change(new=16)
    assert everything(empty) == everything(reference)
    empty.dump(back)
    for one, other in zip(read(there)[1].nodes.items(), read(back)[1].nodes.items(), strict=True):
        assert one[0] == other[0]
        assert one[1].sort("id").equals(other[1].sort("id"))
    assert reference.load(back).total == Change(unchanged=16)
    assert reference.build() == empty.build()


def test_an_archive_says_what_it_is_and_loading_it_again_changes_nothing(store: Store, tmp_path: Path):
    path = tmp_path / "graph.zip"
    found = store.dump(path)
    assert (found.records, found.fingerprint, found.schema_version) == (16, "sample", schema.VERSION)
    assert list(tmp_path.iterdir()) == [path], "nothing half-written beside it"
    assert store.load(path).total == Change(unchanged=16)


def test_another_graph_is_replaced_only_when_that_is_asked(store: Store, tmp_path: Path):
    path = tmp_path / "graph.zip"
    store.dump(path)
    other = Tables({"Country": sample().nodes["Country"]}, {})
    store.sync(other, fingerprint="other")
    with pytest.raises(BadRequest, match="another graph"):
        store.load(path)
    assert store.counts()["Institution"] == 0
    store.load(path, replace=True)
    assert store.counts()["Institution"] == 5


@pytest.mark.parametrize("damage", ["cut", "flipped", "text", "missing", "no manifest", "short"])
def test_a_damaged_archive_is_named_and_changes_nothing(store: Store, tmp_path: Path, damage: str):
    path = tmp_path / "graph.zip"
    store.dump(path)
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        at = content.index(b"PAR1") + 40
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    elif damage == "text":
        path.write_text("<html>not found</html>")
    elif damage == "missing":
        path.unlink()
    elif damage == "no manifest":
        with zipfile.ZipFile(path, "w") as emptied:
            emptied.writestr("x", "y")
    else:
        with zipfile.ZipFile(path) as archive:
            tables = json.loads(archive.read(MANIFEST))["tables"]
        tables[0]["rows"] += 1
        path = rewritten(path, tmp_path / "short.zip", tables=tables)
    before = everything(store)
    with pytest.raises(SourceError, match=path.name) as caught:
        store.load(path, replace=True)
    assert caught.value.next_action
    assert everything(store) == before


def test_an_archive_of_a_newer_schema_is_refused(store: Store, tmp_path: Path):
    path = tmp_path / "graph.zip"
    store.dump(path)
    newer = rewritten(path, tmp_path / "newer.zip", schema_version=schema.VERSION + 1)
    with pytest.raises(NewerSchema, match=str(schema.VERSION + 1)):
        store.load(newer, replace=True)


def test_what_the_schema_does_not_know_is_named_and_not_lost_in_silence(store: Store, tmp_path: Path):
    with store._connection.session(read=False) as session:
        session.run(
            "MATCH (c:Country {id: 'ES'}), (p:Project {id: 'HORIZON:1'}) CREATE (c)-[:LOCATED_IN]->(p)"
        ).consume()
    try:
        with pytest.raises(BadRequest, match=r"\(:Country\)-\[:LOCATED_IN\]->\(:Project\)"):
            store.dump(tmp_path / "graph.zip")
        assert list(tmp_path.iterdir()) == []
    finally:
        with store._connection.session(read=False) as session:
            session.run("MATCH (:Country)-[r:LOCATED_IN]->(:Project) DELETE r").consume()


def test_a_graph_that_is_not_complete_is_not_dumped(empty: Store, tmp_path: Path):
    with pytest.raises(NotBuilt):
        empty.dump(tmp_path / "graph.zip")
    with pytest.raises(BadRequest, match="cannot be written"):
        empty.sync(sample(), fingerprint="sample")
        empty.dump(tmp_path / "no" / "such" / "folder.zip")


@pytest.mark.parametrize("engine", CURRENT, indirect=True)
def test_the_bundled_graph_comes_back_whole(built: Store, bundled_store: Store, tmp_path: Path):
    path = tmp_path / "bundled.zip"
    found = built.dump(path)
    assert found.records == sum(built.counts().values())
    _, tables = read(path)
    bundled_store.dump(tmp_path / "other.zip")
    _, expected = read(tmp_path / "other.zip")
    for key, frame in expected.nodes.items():
        assert tables.nodes[key].sort("id").equals(frame.sort("id")), key
    for ends, frame in expected.relationships.items():
        order = [pl.col(name) for name in ("start", "end", "record")]
        assert tables.relationships[ends].sort(order).equals(frame.sort(order)), ends
