"""The schema of a graph is numbered: what it lacks is applied once, what is newer than the program is left alone."""

from __future__ import annotations

import pytest

from graph import schema
from graph.errors import NewerSchema, NotBuilt
from graph.store import Store, migrations
from graph.store.migrations import Migration
from tests.samples import sample

RENAME = Migration(
    schema.VERSION + 1,
    "country names in capitals",
    (
        "MATCH (c:Country) WHERE c.name_en IS NOT NULL SET c.title = toUpper(c.name_en)",
        "MATCH (c:Country) REMOVE c.name_en",
    ),
)
BROKEN = Migration(schema.VERSION + 2, "half", ("MATCH (c:Country) SET c.half = true", "THIS IS NO CYPHER"))


@pytest.fixture
def migrated(store: Store):
    """The sample; whatever a test recorded is taken back."""
    yield store
    with store._connection.session(read=False) as session:
        session.run("MATCH (m:Migration) WHERE m.number > $version DETACH DELETE m", version=schema.VERSION).consume()
        session.run("MATCH (c:Country) REMOVE c.title, c.half SET c.digest = 'changed'").consume()
    store.sync(sample(), fingerprint="after")


def test_the_number_of_the_last_migration_is_the_schema_s_version():
    numbers = [each.number for each in migrations.migrations()]
    assert numbers == list(range(1, schema.VERSION + 1))


def test_a_build_records_the_version_in_the_graph(store: Store):
    rows = store.read("MATCH (m:Migration) RETURN m.number, m.id, m.applied_at ORDER BY m.number").rows
    assert [(row[0], row[1]) for row in rows] == [(n, f"{n:04}") for n in range(1, schema.VERSION + 1)]
    assert all(row[2] for row in rows)
    assert store.migrate() == (), "and nothing is applied twice"


def test_a_pending_migration_is_applied_once_whole(migrated: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(schema, "VERSION", RENAME.number)
    monkeypatch.setattr(migrations, "migrations", lambda: (RENAME,))
    assert migrated.migrate() == (RENAME.name,)
    rows = migrated.read("MATCH (c:Country) RETURN c.title, c.name_en ORDER BY c.title").rows
    assert rows == [("JAPAN", None), ("SPAIN", None)]
    assert migrated.migrate() == ()


def test_a_migration_that_fails_leaves_nothing_of_itself(migrated: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(schema, "VERSION", BROKEN.number)
    monkeypatch.setattr(migrations, "migrations", lambda: (BROKEN,))
    with pytest.raises(Exception, match="THIS"):
        migrated.migrate()
    assert migrated.read("MATCH (c:Country) RETURN c.half").rows == [(None,), (None,)]
    with migrated._connection.session(read=True) as session:
        assert migrations.version(session) == BROKEN.number - 2


def test_a_graph_of_a_newer_program_is_not_touched(migrated: Store):
    with migrated._connection.session(read=False) as session:
        session.run("CREATE (:Migration {id: '9999', number: 9999, name: 'of the future'})").consume()
    before = migrated.read("MATCH (n) RETURN n.id AS id ORDER BY id").rows
    for work in (lambda: migrated.sync(sample(), fingerprint="next"), migrated.migrate):
        with pytest.raises(NewerSchema, match="9999"):
            work()
    assert migrated.read("MATCH (n) RETURN n.id AS id ORDER BY id").rows == before


def test_a_build_of_a_newer_program_is_not_read_as_one_s_own(migrated: Store):
    with migrated._connection.session(read=False) as session:
        session.run("MATCH (b:Build) SET b.schema_version = 9999").consume()
    with pytest.raises(NewerSchema, match="schema version 9999"):
        migrated.built()
    with migrated._connection.session(read=False) as session:
        session.run("MATCH (b:Build) DETACH DELETE b").consume()
    with pytest.raises(NotBuilt, match="holds no complete graph"):
        migrated.built()
