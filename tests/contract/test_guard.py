"""What a person may type in the console: attacks are refused on every engine, questions pass with the same answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from graph.errors import BadRequest, StatementRefused
from graph.store import Rows, Store, runtime
from tests.contract.answers import table
from tests.contract.conftest import Engine
from tests.contract.corpus import ATTACKS, FILES, LISTINGS, QUESTIONS, WRITES

PORT = "127.0.0.1:1/"


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """A port of this machine that would notice any connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def contents(store: Store) -> list[tuple[object, ...]]:
    return store.read("MATCH (n) RETURN labels(n)[0] AS l, n.id AS i, n.digest AS d, n.name_en AS e ORDER BY l, i").rows


def in_any_order(rows: Rows) -> list[object]:
    return sorted(table(rows)[1], key=repr)


def called(listener: socket.socket) -> bool:
    with suppress(BlockingIOError):
        listener.accept()[0].close()
        return True
    return False


def aimed(statement: str, listener: socket.socket) -> str:
    return statement.replace(PORT, f"127.0.0.1:{listener.getsockname()[1]}/")


def test_the_corpus_is_as_large_as_promised():
    assert len(set(ATTACKS)) == len(ATTACKS) >= 60
    assert len(set(QUESTIONS)) == len(QUESTIONS) >= 40


@pytest.mark.parametrize("statement", ATTACKS)
def test_an_attack_is_refused_changes_nothing_and_calls_nobody(store: Store, listener: socket.socket, statement: str):
    before = contents(store)
    with pytest.raises((StatementRefused, BadRequest)) as caught:
        store.console(aimed(statement, listener), seconds=5)
    assert caught.value.exit_code == 2
    assert "root:" not in str(caught.value), "nothing of a file"
    assert contents(store) == before
    assert not called(listener)


@pytest.mark.parametrize("statement", QUESTIONS)
def test_a_question_passes_with_the_answer_of_the_embedded_engine(store: Store, reference: Store, statement: str):
    params = {"country": "JP"} if "$country" in statement else None
    answer = store.console(statement, params, seconds=10)
    expected = reference.console(statement, params, seconds=10)
    assert answer.columns
    if "ORDER BY" in statement:
        assert table(answer) == table(expected)
    else:  # no engine promises an order that was not asked for, nor the same one twice
        assert (answer.columns, in_any_order(answer)) == (expected.columns, in_any_order(expected))


@pytest.mark.parametrize("statement", LISTINGS)
def test_an_engine_lists_its_schema_each_in_its_own_way(store: Store, reference: Store, statement: str):
    answer, expected = store.console(statement), reference.console(statement)
    assert answer.columns == expected.columns
    if store.engine == "embedded":
        assert set(answer.rows) == set(expected.rows)
    used = {"Country", "Institution", "Project", "LOCATED_IN", "PARTICIPATES_IN"}
    found = {str(row[0]) for row in answer.rows}
    assert found & used or "id" in found


@pytest.mark.parametrize("statement", WRITES)
def test_without_the_guard_the_engine_itself_refuses_writes(store: Store, statement: str):
    before = contents(store)
    with (
        store._connection.session(read=True) as session,
        pytest.raises(Exception, match=r"(?i)not allowed|forbidden|error|access mode"),
    ):
        session.run(statement).consume()  # type: ignore[arg-type]
    assert contents(store) == before


@pytest.mark.parametrize("statement", FILES)
def test_without_the_guard_the_engine_reads_no_file_and_calls_nobody(
    store: Store, listener: socket.socket, statement: str
):
    with store._connection.session(read=True) as session, pytest.raises(Exception):  # noqa: B017
        session.run(aimed(statement, listener)).consume()  # type: ignore[arg-type]
    assert not called(listener)


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


def test_an_answer_without_rows_keeps_its_columns(store: Store):
    assert store.console("MATCH (n:Lab) RETURN n.id AS id, n.name AS name").columns == ("id", "name")


def test_the_statement_of_another_is_not_told(store: Store, engine: Engine):
    """Neither by the console nor in an error: what others run is theirs."""
    secret = "MATCH (n) WHERE n.id = 'secret of another' RETURN n"
    store.console(secret)
    for statement in ("SHOW TRANSACTIONS", "SHOW TRANSACTIONS YIELD *", "CALL dbms.listQueries()"):
        with pytest.raises((StatementRefused, BadRequest)) as caught:
            store.console(statement)
        assert "secret of another" not in str(caught.value)
    if not engine.neo4j:
        known = runtime.read(store.settings.store_dir.resolve())
        assert known is not None and known.writer_password not in str(caught.value)
