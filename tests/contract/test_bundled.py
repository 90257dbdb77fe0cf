"""The whole bundled graph on every engine: each question, page and briefing gives the same, row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields
from importlib.resources import files

import pytest
from polars.testing import assert_frame_equal

from graph.briefing import compose
from graph.explore import Picture, details, draw, evidence
from graph.network import Incidence, Scope, load_incidence
from graph.queries import Question, ask, internal, question, questions
from graph.queries.legend import examples
from graph.store import Store
from tests.contract.answers import forget, plain, table
from tests.contract.conftest import NEO4J

QUESTIONS = [pytest.param(one, id=one.id) for one in questions()]
WITH_COUNTRY = [one.id for one in questions() if any(given.type == "country" for given in one.parameters)]
INTERNAL = sorted(
    path.name.removesuffix(".cypher")
    for path in files("graph.queries").joinpath("internal").iterdir()
    if path.name.endswith(".cypher")
)
PARAMETERS: dict[str, dict[str, object]] = {
    "cnrs": {"cnrs": "ror:02feahw73", "framework": "HORIZON"},
    "country": {"id": "JP"},
    "institution": {"id": "ror:02gfc7t72"},
    "lab": {"id": "UMR 7198"},
    "labs": {"labs": ["UMR 7198"], "institutions": ["ror:057zh3y96"]},
    "ids": {"ids": ["I001", "I002"], "projects": ["HORIZON:237929", "HORIZON:237930"]},
}
everywhere = pytest.mark.parametrize("engine", NEO4J, indirect=True)
"""On every Neo4j; the embedded engine is what they are held to."""

newest = pytest.mark.parametrize("engine", NEO4J[:1], indirect=True)
"""On one of them: these are made of statements that are compared everywhere."""

NODES = ("Country:JP", "Institution:ror:02gfc7t72", "Lab:UMR 7198", "Agreement:I001", "Programme:HORIZON", "Region:150")
TEXTS = (
    "japan",
    "tokyo",
    "CNRS",
    "csic",
    "umr 7198",
    "université de tokyo",
    "horizon",
    "max planck",
    "é",
    "toshiko yuasa",
)


def sorted_lists(row: object) -> object:
    """A row whose collected lists of texts are sorted."""
    assert isinstance(row, tuple)
    return tuple(
        tuple(sorted(cell)) if isinstance(cell, tuple) and all(isinstance(one, str) for one in cell) else cell
        for cell in row
    )


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    forget()
    yield


@everywhere
@pytest.mark.parametrize("one", QUESTIONS)
def test_a_question_gives_the_same_rows(built: Store, bundled_store: Store, one: Question) -> None:
    open_ = {given.name: None for given in one.parameters if not given.required}
    for params in ({}, open_):
        answer = ask(built, one.id, **params)
        assert answer.rows or one.needs
        assert table(answer) == table(ask(bundled_store, one.id, **params))


@everywhere
@pytest.mark.parametrize("country", ["DE", "JP", "TV", "TW", "NA"])
def test_questions_about_countries_give_the_same_rows(built: Store, bundled_store: Store, country: str) -> None:
    for name in WITH_COUNTRY:
        assert question(name)
        assert table(ask(built, name, country=country)) == table(ask(bundled_store, name, country=country)), name


@everywhere
@pytest.mark.parametrize("name", INTERNAL)
def test_a_statement_of_the_pages_gives_the_same_rows(built: Store, bundled_store: Store, name: str) -> None:
    text = internal(name)
    if "__A__" in text:
        text = text.replace("__A__", "Institution").replace("__B__", "Project")
    given = {key: value for group in PARAMETERS.values() for key, value in group.items() if key != "id"}
    given |= {
        "most": 50,
        "types": ["PARTICIPATES_IN", "LOCATED_IN", "PART_OF"],
        "a": "ror:02gfc7t72",
        "b": "HORIZON:237929",
    }
    kind = next((kind for kind in ("country", "institution", "lab") if kind in name), "institution")
    given |= PARAMETERS[kind]
    wanted = {key: value for key, value in given.items() if f"${key}" in text}
    ordered = "ORDER BY" in text.split("RETURN")[-1]
    columns, rows = table(built.read(text, wanted))
    expected_columns, expected = table(bundled_store.read(text, wanted))
    assert columns == expected_columns
    if not ordered:  # then neither rows nor collected lists have an order that anybody relies on
        rows, expected = (sorted(repr(sorted_lists(row)) for row in found) for found in (rows, expected))
    assert rows == expected


@everywhere
@pytest.mark.parametrize("one", [pytest.param(one, id=one.id) for one in examples()])
def test_an_example_of_the_console_gives_the_same_rows(built: Store, bundled_store: Store, one: object) -> None:
    cypher: str = one.cypher  # type: ignore[attr-defined]
    assert len(built.console(cypher)) == len(bundled_store.console(cypher))
    assert built.console(cypher).columns == bundled_store.console(cypher).columns


@everywhere
def test_the_network_is_the_same(built: Store, bundled_store: Store) -> None:
    one, other = load_incidence(built), load_incidence(bundled_store)
    for field in fields(Incidence):
        assert_frame_equal(getattr(one, field.name), getattr(other, field.name), check_row_order=False)


@newest
@pytest.mark.parametrize("key", [None, *NODES])
def test_a_picture_is_the_same(built: Store, bundled_store: Store, key: str | None) -> None:
    views = []
    for store in (built, bundled_store):
        forget()
        view = draw(store, Picture(key), Scope())
        views.append((sorted(map(repr, view.nodes)), sorted(map(repr, view.edges)), view.shown, view.total))
    assert views[0] == views[1]


@newest
@pytest.mark.parametrize("key", NODES)
def test_a_panel_and_its_evidence_are_the_same(built: Store, bundled_store: Store, key: str) -> None:
    label, _, identity = key.partition(":")
    found = []
    for store in (built, bundled_store):
        forget()
        panel = details(store, label, identity)
        behind = evidence(store, key, "Institution:ror:02feahw73")
        shown = [getattr(panel, each.name) for each in fields(panel) if each.name != "node"]
        found.append((panel.node, plain(shown), plain([behind.projects, behind.agreements, behind.works])))
    assert found[0] == found[1]


@everywhere
@pytest.mark.parametrize("text", TEXTS)
def test_a_search_finds_the_same(built: Store, bundled_store: Store, text: str) -> None:
    assert table(built.search(text, limit=10)) == table(bundled_store.search(text, limit=10))


@newest
@pytest.mark.parametrize("subject", ["JP", "DE", "TV", "Institution:ror:02gfc7t72"])
def test_a_briefing_is_the_same(built: Store, bundled_store: Store, subject: str) -> None:
    today = dt.date(2026, 11, 23)
    incidence = load_incidence(bundled_store)
    one, other = (compose(store, subject, "fr", today=today, incidence=incidence) for store in (built, bundled_store))
    assert one == other


@everywhere
def test_counts_and_build_are_the_same(built: Store, bundled_store: Store) -> None:
    assert built.counts() == bundled_store.counts()
    mark, expected = built.build(), bundled_store.build()
    assert mark is not None and expected is not None
    assert (mark.fingerprint, mark.schema_version) == (expected.fingerprint, expected.schema_version)
