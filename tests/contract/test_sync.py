"""Every write and read of the Store gives the same on every engine."""

import datetime as dt
import threading

import polars as pl
import pytest

from graph import schema
from graph.errors import BadRequest, InvalidRecords
from graph.store import Change, Store, Tables, runtime
from graph.store.sync import apply_schema
from tests.contract.conftest import Engine
from tests.samples import provenance, sample


def everything(store: Store) -> set[tuple[object, ...]]:
    """Every node and relationship with all their properties, as text."""
    nodes = store.read("MATCH (n) WHERE NOT n:Build AND NOT n:Migration AND NOT n:Lease RETURN n").nodes()
    ties = store.read("MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, r").rows
    found: set[tuple[object, ...]] = {(*node.labels, str(sorted(dict(node).items()))) for node in nodes}
    return found | {(*ends, str(sorted(dict(tie).items()))) for *ends, tie in ties}  # type: ignore[call-overload]


def test_an_empty_store_is_created_whole_and_the_same_again_changes_nothing(empty: Store):
    store = empty
    assert store.build() is None
    steps: list[tuple[str, int, int]] = []
    first = store.sync(sample(), fingerprint="one", progress=lambda *step: steps.append(step))
    assert first.bulk
    assert first.total == Change(new=16)
    assert steps[-1][1] == steps[-1][2] == 16
    built = store.build()
    assert built is not None
    assert (built.fingerprint, built.schema_version, built.current) == ("one", schema.VERSION, True)
    again = store.sync(sample(), fingerprint="one")
    assert (again.changed, again.bulk, again.total) == (False, False, Change(unchanged=16))
    assert store.build() == built, "an unchanged build keeps its date"


def test_what_is_merged_equals_what_is_created(empty: Store):
    empty.sync(sample(), fingerprint="created")
    created = everything(empty)
    few = Tables({"Country": sample().nodes["Country"].head(1)}, {})
    emptied = empty.sync(few, fingerprint="few")
    assert emptied.total == Change(removed=15, unchanged=1)
    # One node keeps the store from being empty, so these are merged.
    report = empty.sync(sample(), fingerprint="again")
    assert not report.bulk
    assert everything(empty) == created
    assert len(created) == 16


def test_changed_new_and_removed_records_are_counted_and_written(store: Store):
    given = sample()
    projects = given.nodes["Project"].with_columns(
        start_date=pl.when(pl.col("id") == "HORIZON:1").then(None).otherwise(dt.date(2024, 2, 29))
    )
    ties = given.relationships["PARTICIPATES_IN", "Institution", "Project"]
    ties = ties.filter(pl.col("record") != "3").with_columns(role=pl.lit("participant"))
    extra = provenance(pl.DataFrame({"id": ["FR"], "name_en": ["France"], "name_fr": ["France"]}))
    nodes = {**given.nodes, "Project": projects, "Country": pl.concat([given.nodes["Country"], extra], how="diagonal")}
    relationships = {**given.relationships, ("PARTICIPATES_IN", "Institution", "Project"): ties}
    report = store.sync(Tables(nodes, relationships), fingerprint="next")
    assert report.kinds["Project"] == Change(changed=2)
    assert report.kinds["Country"] == Change(new=1, unchanged=2)
    assert report.kinds["(Institution)-[PARTICIPATES_IN]->(Project)"] == Change(changed=1, removed=1, unchanged=2)
    rows = store.read("MATCH (p:Project) RETURN p.id, p.start_date ORDER BY p.id").rows
    assert rows == [("HORIZON:1", None), ("HORIZON:2", dt.date(2024, 2, 29))]
    counts = store.counts()
    assert (counts["PARTICIPATES_IN"], counts["Country"]) == (3, 3)


def test_a_removed_node_takes_its_ties_with_it(store: Store):
    given = sample()
    nodes = {**given.nodes, "Country": given.nodes["Country"].head(1)}
    located = given.relationships["LOCATED_IN", "Institution", "Country"].head(1)
    store.sync(
        Tables(nodes, {**given.relationships, ("LOCATED_IN", "Institution", "Country"): located}), fingerprint="less"
    )
    assert store.counts()["LOCATED_IN"] == 1


def test_invalid_records_change_nothing_at_all(store: Store):
    before, built = everything(store), store.build()
    given = sample()
    bad = given.nodes["Project"].with_columns(name=pl.lit(None, pl.String))
    countries = given.nodes["Country"].with_columns(name_fr=pl.lit("X"))
    with pytest.raises(InvalidRecords, match=r"Nothing was written.*Project.name"):
        store.sync(
            Tables({**given.nodes, "Country": countries, "Project": bad}, given.relationships), fingerprint="bad"
        )
    assert everything(store) == before
    assert store.build() == built


def test_an_interrupted_build_is_seen_as_incomplete_and_resumed(store: Store):
    given = sample()
    countries = given.nodes["Country"].with_columns(name_fr=pl.lit("X"))
    changed = Tables({**given.nodes, "Country": countries}, given.relationships)

    def interrupt(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.sync(changed, fingerprint="changed", progress=interrupt)
    assert store.build() is None
    store.sync(changed, fingerprint="changed")
    built = store.build()
    assert built is not None
    assert built.fingerprint == "changed"
    assert store.sync(changed, fingerprint="changed").changed is False


def test_a_second_build_at_the_same_time_is_refused(store: Store):
    with (
        runtime.locked(store.settings.data_dir / "cache" / "sync.lock", 1),
        pytest.raises(BadRequest, match="Another build"),
    ):
        store.sync(sample(), fingerprint="sample")


def test_the_schema_is_applied_twice_without_harm_and_ids_are_unique(store: Store):
    apply_schema(store._connection)
    apply_schema(store._connection)
    with (
        store._connection.session(read=False) as session,
        pytest.raises(Exception, match=r"ConstraintValidation|already exists"),
    ):
        session.run("CREATE (:Country {id: 'ES'})").consume()


def test_values_come_back_as_they_went_in(store: Store):
    row = store.read("MATCH (i:Institution {id: 'pic:1'}) RETURN i, i.identifiers, i.latitude, i.named").rows[0]
    assert row[1:] == (["pic:1", "ror:02gfc7t72"], 40.4, True)
    names = {r[0] for r in store.read("MATCH (i:Institution) RETURN i.name").rows}
    assert {"東京大学", 'École d\'"Été" <b>`x`</b>'} <= names
    project = store.read("MATCH (p:Project {id: 'HORIZON:1'}) RETURN p").nodes()[0]
    assert project["start_date"] == dt.date(2022, 2, 28)
    assert project["ec_contribution_eur"] == 1_234_567.89
    unknown = store.read("MATCH (p:Project {id: 'HORIZON:2'}) RETURN p, p.start_date").rows[0]
    assert unknown[1] is None
    assert "start_date" not in unknown[0]  # type: ignore[operator]
    zero = store.read("MATCH ()-[r:PARTICIPATES_IN {role: 'coordinator'}]->() RETURN r.contribution_eur").rows
    assert zero == [(0.0,)], "a published zero is not unknown"


def test_a_frame_holds_dates_lists_and_nulls(store: Store):
    frame = store.frame("MATCH (p:Project) RETURN p.id AS id, p.start_date AS day, p.call AS call ORDER BY id")
    assert frame.schema == {"id": pl.String, "day": pl.Date, "call": pl.String}
    assert frame["day"].to_list() == [dt.date(2022, 2, 28), None]
    lists = store.frame("MATCH (i:Institution) RETURN i.identifiers AS i")
    assert lists.schema["i"] == pl.List(pl.String)
    assert store.frame("MATCH (n:Lab) RETURN n.id AS id, n.name AS name").shape == (0, 2)


def test_entities_are_found_anywhere_in_an_answer(store: Store):
    rows = store.read("MATCH p = (i:Institution)-[r:PARTICIPATES_IN]->(:Project) RETURN collect(p) AS a, {x: i} AS b")
    assert len(rows.relationships()) == 4
    assert {next(iter(node.labels)) for node in rows.nodes()} == {"Institution", "Project"}
    assert rows.frame().height == len(rows)


def test_many_threads_read_at_once(store: Store):
    found: list[int] = []

    def work() -> None:
        found.extend(len(store.read("MATCH (i:Institution) RETURN i.id")) for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [5] * 80


def test_status_names_the_engine_and_no_secret(store: Store, engine: Engine):
    status = store.status()
    assert (status.engine, status.version.split()[0]) == (
        ("neo4j", "Neo4j") if engine.neo4j else ("embedded", "ArcadeDB")
    )
    assert status.counts["Institution"] == 5
    if engine.settings.neo4j_password:
        secret = engine.settings.neo4j_password.get_secret_value()
    else:
        runtime_file = runtime.read(store.settings.store_dir.resolve())
        assert runtime_file is not None
        secret = runtime_file.writer_password
    assert secret not in repr(status)
    assert secret not in repr(store.settings)
