"""What the Store builds on is the same on every engine: transactions, constraints, batches, limits of time."""

from __future__ import annotations

import time

import neo4j
import polars as pl
import pytest
from neo4j.exceptions import ConstraintError

from graph.errors import BadRequest, InvalidRecords, StatementRefused, StoreUnavailable
from graph.store import Store, Tables
from graph.store.writes import create_nodes
from tests.samples import many, provenance, sample


def countries(store: Store) -> int:
    return store.counts()["Country"]


def test_a_transaction_that_is_rolled_back_leaves_nothing(store: Store):
    with store._connection.session(read=False) as session, session.begin_transaction() as transaction:
        transaction.run("CREATE (:Country {id: 'XX', name_en: 'X', name_fr: 'X'})").consume()
        inside = transaction.run("MATCH (c:Country {id: 'XX'}) RETURN count(c) AS n").single(strict=True)["n"]
        transaction.rollback()
    assert inside == 1
    assert countries(store) == 2


def test_work_that_fails_in_the_middle_leaves_nothing_of_itself(store: Store):
    def work(transaction: neo4j.ManagedTransaction) -> None:
        transaction.run("CREATE (:Country {id: 'XX', name_en: 'X', name_fr: 'X'})").consume()
        raise KeyError("in the middle")

    with store._connection.session(read=False) as session, pytest.raises(KeyError):
        session.execute_write(work)
    assert countries(store) == 2


def test_a_second_node_of_an_id_is_refused(store: Store):
    with store._connection.session(read=False) as session, pytest.raises(ConstraintError):
        session.run("CREATE (:Country {id: 'ES', name_en: 'Spain', name_fr: 'Espagne'})").consume()
    assert countries(store) == 2


def test_a_batch_with_one_row_too_many_is_refused_whole(store: Store):
    twice = provenance(pl.DataFrame({"id": ["FR", "FR"], "name_en": ["France"] * 2, "name_fr": ["France"] * 2}))
    with pytest.raises(InvalidRecords, match="FR"):
        store.sync(Tables({"Country": twice}, {}), fingerprint="twice")
    write = create_nodes("Country", twice.with_columns(digest=pl.lit("x"), search=pl.lit("x")))
    with store._connection.session(read=False) as session, pytest.raises(ConstraintError):
        for rows in write.batches():
            session.execute_write(lambda tx, rows=rows: tx.run(write.cypher, rows=rows).consume())
    assert countries(store) == 2


def test_a_read_sees_the_write_before_it(store: Store):
    for turn in range(10):
        with store._connection.session(read=False) as session:
            session.run("MATCH (c:Country {id: 'ES'}) SET c.iso3 = $turn", turn=str(turn)).consume()
        assert store.read("MATCH (c:Country {id: 'ES'}) RETURN c.iso3").rows == [(str(turn),)]


def test_big_batches_and_long_texts_arrive_whole(empty: Store):
    tables = many(20_000)
    long = "é" * 500_000
    names = tables.nodes["Institution"].with_columns(
        name=pl.when(pl.col("id") == "pic:7").then(pl.lit(long)).otherwise(pl.col("name"))
    )
    empty.sync(Tables({**tables.nodes, "Institution": names}, tables.relationships), fingerprint="many")
    assert empty.counts()["LOCATED_IN"] == 60_000
    assert empty.read("MATCH (i:Institution {id: 'pic:7'}) RETURN i.name").rows == [(long,)]
    assert empty.frame("MATCH (i:Institution) RETURN i.id AS id").height == 20_000


def test_a_parameter_is_never_read_as_cypher(store: Store):
    hostile = "ES'}) DETACH DELETE c //"
    assert store.read("MATCH (c:Country {id: $id}) RETURN c", {"id": hostile}).rows == []
    assert store.console("MATCH (c:Country {id: $id}) RETURN c", {"id": hostile}).rows == []
    assert countries(store) == 2


def test_a_mistake_of_ours_is_an_error_of_ours(store: Store):
    with pytest.raises(BadRequest, match="RETRUN"):
        store.read("MATCH (n) RETRUN n")
    with pytest.raises((BadRequest, StatementRefused, StoreUnavailable)):
        store.read("CREATE (:Country {id: 'XX'})")
    assert countries(store) == 2


def test_the_console_s_limit_is_held_to_by_the_engine(store: Store):
    began = time.monotonic()
    with pytest.raises(Exception, match=r"stopped|limit"):
        store.console("UNWIND range(1, 900000) AS a UNWIND range(1, 900000) AS b RETURN count(a + b) AS n", seconds=1)
    store._console.close()
    assert time.monotonic() - began < 60
    assert store.sync(sample(), fingerprint="sample").changed is False
