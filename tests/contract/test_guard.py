"""What a person may type in the console: attacks are refused, questions pass."""

import time

import pytest

from graph.errors import BadRequest, ExplorerError, StatementRefused, StatementTimedOut
from graph.store import Store, runtime

ATTACKS = [
    "CREATE (:Country {id: 'XX'})",
    "MATCH (n:Country) SET n.name_en = 'X'",
    "MATCH (n:Country) REMOVE n.name_en",
    "MATCH (n) DETACH DELETE n",
    "MERGE (:Country {id: 'XX'})",
    "FOREACH (x IN [1] | CREATE (:Country {id: 'XX'}))",
    "CALL { CREATE (:Country {id: 'XX'}) } RETURN 1",
    "MATCH (n:Country) CALL { WITH n SET n.name_en = 'X' } RETURN n",
    "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
    "CALL { LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line } RETURN line",
    "LOAD CSV FROM 'http://127.0.0.1:1/' AS line RETURN line",
    "CREATE INDEX x FOR (n:Country) ON (n.iso3)",
    "DROP TYPE Country",
    "DELETE FROM Country",
    "SHOW USERS",
    "SHOW TRANSACTIONS",
    "TERMINATE TRANSACTIONS 'q1'",
    "CREATE USER x SET PASSWORD 'y'",
    "ALTER USER root SET PASSWORD 'y'",
    "CALL algo.pagerank()",
    "CALL { CALL algo.pagerank() YIELD node RETURN node } RETURN node",
    "MATCH (n) WHERE EXISTS { CALL algo.wcc() YIELD node RETURN node } RETURN n",
    "CALL `algo`.`pagerank`()",
    "CALL `algo.pagerank`()",
    "CALL/**/algo.pagerank()",
    "WITH 1. CALL algo.pagerank() YIELD node RETURN node",
    "CALL dbms.listConfig()",
    "CALL db.clearQueryCaches()",
    "MATCH (n) RETURN n; MATCH (m) DETACH DELETE m",
    "USE system SHOW USERS",
    "EXPLAIN MATCH (n) RETURN n",
    "PROFILE MATCH (n) DETACH DELETE n",
    "MATCH (a)-[*]-(b) RETURN count(*)",
    "MATCH (a)-[r:PARTICIPATES_IN*2..]-(b) RETURN count(*)",
    "RETURN util.sleep(100000)",
    "RETURN `util`.`sleep`(100000)",
    "RETURN eval('1 = 1')",
    "",
    "// nothing",
    "MATCH (n) RETURN 'open",
]
QUESTIONS = [
    "MATCH (n) RETURN count(n)",
    "MATCH (i:Institution)-[r:PARTICIPATES_IN]->(p:Project) RETURN i, r, p LIMIT 5;",
    "MATCH (p:Project) RETURN p.call AS call ORDER BY call",
    "MATCH (c:Country) WHERE c.name_en = 'CALL algo.x(); CREATE DELETE' RETURN c // SET x",
    "MATCH (a:Institution)-[:PARTICIPATES_IN*1..2]-(b) RETURN count(*)",
    "CALL db.labels() YIELD label RETURN label ORDER BY label",
    "CALL db.relationshipTypes()",
    "CALL db.index.fulltext.queryNodes('Country[search]', 'japon') YIELD node RETURN node.id",
    "MATCH (i:Institution) RETURN i.country AS set, count(*) AS delete ORDER BY delete DESC",
    "MATCH (c:Country) CALL { WITH c MATCH (i)-[:LOCATED_IN]->(c) RETURN count(i) AS n } RETURN c.id, n",
    "UNWIND [1, 2] AS x RETURN x * 2 AS y UNION RETURN 7 AS y",
    "MATCH (i:Institution) WHERE EXISTS { (i)-[:LOCATED_IN]->(:Country {id: $country}) } RETURN i.name",
    "MATCH p = shortestPath((a:Institution {id: 'pic:1'})-[*..4]-(b:Institution {id: 'pic:2'})) RETURN p",
    "RETURN [x IN range(1, 5) WHERE x % 2 = 1 | x*3] AS odd",
]


def contents(store: Store) -> list[tuple[object, ...]]:
    return store.read("MATCH (n) RETURN labels(n)[0] AS l, n.id AS i, n.digest AS d, n.name_en AS e ORDER BY l, i").rows


@pytest.mark.parametrize("statement", ATTACKS)
def test_an_attack_is_refused_and_changes_nothing(store: Store, statement: str):
    before = contents(store)
    with pytest.raises((StatementRefused, BadRequest)) as caught:
        store.console(statement, seconds=5)
    assert caught.value.exit_code == 2
    assert contents(store) == before


@pytest.mark.parametrize("statement", QUESTIONS)
def test_a_question_passes(store: Store, statement: str):
    assert store.console(statement, {"country": "JP"} if "$country" in statement else None, seconds=10).columns


@pytest.mark.parametrize("statement", [a for a in ATTACKS[:10] if a])
def test_the_reader_user_alone_refuses_writes_and_files(store: Store, statement: str):
    before = contents(store)
    with (
        store._connection.session(read=True) as session,
        pytest.raises(Exception, match=r"(?i)not allowed|forbidden|error"),
    ):
        session.run(statement).consume()  # type: ignore[arg-type]
    assert contents(store) == before


def test_rows_are_cut_at_the_limit_and_it_says_so(store: Store):
    cut = store.console("UNWIND range(1, 100) AS x RETURN x", rows=10)
    assert (len(cut), cut.truncated) == (10, True)
    whole = store.console("UNWIND range(1, 10) AS x RETURN x", rows=10)
    assert (len(whole), whole.truncated) == (10, False)


def test_no_limit_is_refused(store: Store):
    for limits in ({"seconds": 0}, {"seconds": -1}, {"rows": 0}):
        with pytest.raises(BadRequest):
            store.console("RETURN 1", **limits)  # type: ignore[arg-type]


def test_a_mistake_is_told_in_the_engine_s_words(store: Store):
    with pytest.raises(BadRequest, match="RETRUN"):
        store.console("MATCH (n) RETRUN n")
    with pytest.raises(BadRequest, match="country"):
        store.console("MATCH (n:Country {id: $country}) RETURN n")


RUNAWAYS = {
    "rows": "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN count(a + b) AS n",
    "one expression": (
        "RETURN reduce(a = 0, x IN range(1, 900000) | a + reduce(b = 0, y IN range(1, 900000) | b + y)) AS n"
    ),
}


@pytest.mark.parametrize("statement", RUNAWAYS.values(), ids=RUNAWAYS.keys())
def test_a_runaway_ends_within_a_second_of_its_limit_and_the_store_is_well(store: Store, statement: str):
    before = contents(store)
    started = time.monotonic()
    with pytest.raises(StatementTimedOut):
        store.console(statement, seconds=2)
    assert time.monotonic() - started < 3.0
    assert contents(store) == before
    store._console.close()
    known = runtime.read(store.settings.store_dir.resolve())
    assert known is not None
    assert known.alive()
    assert contents(store) == before
    with store._connection.session(read=False) as session:
        running = [row["currentQuery"] for row in session.run("SHOW TRANSACTIONS").data()]
    assert statement not in running


def test_memory_eaters_are_refused(store: Store):
    with pytest.raises(ExplorerError):
        store.console("RETURN size(range(1, 900000000)) AS n", seconds=5)
    assert store.read("RETURN 1 AS x").rows == [(1,)]
