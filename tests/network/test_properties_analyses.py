"""What holds of every analysis and measure whatever the graph: rows in any order, and graphs with little in them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from graph.errors import BadRequest
from graph.i18n import LANGUAGES
from graph.network import ANALYSES, CNRS, MEASURES, Answer, Incidence, Scope, empty_incidence, measure, project
from tests.network.networks import incidence, key
from tests.network.test_measures import CONSORTIA, drawn

CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    *((name, {}) for name in ANALYSES if name not in ("brokers", "carriers", "links", "untapped", "what_if")),
    ("brokers", {"b": "JP"}),
    ("carriers", {"country": "BR"}),
    ("links", {"a": "Lab:UMR 1", "b": "Institution:b17"}),
    ("untapped", {"country": "CA"}),
    ("what_if", {"programme": "HORIZON"}),
    ("what_if", {"agreement": "Agreement:A1"}),
    ("what_if", {"actor": "Institution:b00", "consortia": "stay"}),
    ("affinity", {"of": "Institution:b03", "level": "institution"}),
    ("beyond_chance", {"of": "Country:JP", "floor": 2}),
    ("bridges", {"over": "regions", "floor": 3}),
    ("certainty", {"measure": "degree", "draws": 40}),
    ("certainty", {"measure": "pagerank", "draws": 40}),
    ("certainty", {"measure": "betweenness", "draws": 10}),
    ("changes", {"by": "years", "years_before": (2010, 2014), "years_after": (2015, 2022), "floor": 1}),
    ("crossing", {"rows": "lab", "columns": "country"}),
    ("replaceable", {"by": "partners", "first": "sole", "floor": 1}),
    ("specialisation", {"level": "institution", "floor": 3}),
    ("trend", {"country": "JP"}),
)
SCOPES = ("", "level=country", "ties=projects;weighting=fractional", "cnrs=0;weighting=newman")

PLACES = ("FR", "FR", "DE", "JP", "BR", "CA")
PROGRAMMES = ("FP7", "H2020", "HORIZON.1.2")
TOPICS = ("/1/11", "/1/12", "/2/21", "/2/22")


def small() -> Incidence:
    """Thirty bodies in ninety projects of three programmes, one that holds two more, two apart, agreements and works.

    The first bodies are in most of it, as in any real network, so that no floor empties an answer. Some years, a
    country and some fractional counts are unknown.
    """
    rng = np.random.default_rng(1)
    bodies, labs = [f"b{i:02}" for i in range(30)], [f"UMR {i}" for i in range(5)]
    often = 1 / np.arange(1, 31) ** 0.6
    projects = [f"P{i:02}" for i in range(90)]
    events = {
        one: [
            *(["CNRS"] if i % 4 else []),
            *map(str, rng.choice(bodies, 1 + i % 6, replace=False, p=often / sum(often))),
        ]
        for i, one in enumerate(projects)
    }
    events |= {f"A{i}": ["CNRS", bodies[i * 5 + 3]] for i in range(6)}
    events |= {"P-hold": ["b01", "held1", "held2"], "P-apart": ["apart1", "apart2"]}
    works = [
        # Those named w are known by joint works alone.
        (lab, f"{'b' if i % 4 else 'w'}{i:02}", 2019, 2023, int(rng.integers(1, 60)), 2.5 if i % 3 else None)
        for lab in labs
        for i in rng.choice(30, 12, replace=False)
    ]
    found = incidence(
        events,
        years={one: (2008 + i // 6, 2011 + i // 6) for i, one in enumerate(projects) if i > 11}
        | {"A0": (2015, 2020), "A1": (2016, 2027), "A2": (2018, None)},
        programmes={one: PROGRAMMES[i // 30] for i, one in enumerate(projects)},
        countries={body: PLACES[i % 6] for i, body in enumerate(bodies)}
        | {partner: "CA" for _, partner, *_ in works if partner.startswith("w")}
        | {"b29": None, "held1": "JP"},
        hosts={f"A{i}": ("JP", "BR", "CA")[i % 3] for i in range(6)},
        works=works,
        parts=[(one, labs[i % 5]) for i, one in enumerate(projects) if i % 4],
        subjects=[(one, TOPICS[int(rng.integers(4))]) for one in projects],
    )
    return replace(found, programmes=pl.concat([found.programmes, found.programmes.clear().vstack(root("FP7"))]))


def root(programme: str) -> pl.DataFrame:
    return pl.DataFrame({"child": [programme], "parent": [None]}, schema={"child": pl.String, "parent": pl.String})


def without_ties(graph: Incidence) -> Incidence:
    """The same countries, regions, programmes and fields of science, and nobody in anything."""
    kept = ("countries", "places", "programmes", "topics")
    return replace(graph, **{f.name: getattr(graph, f.name).clear() for f in fields(graph) if f.name not in kept})


def alone(graph: Incidence, actor: str) -> Incidence:
    """One project of one actor, among the same countries and programmes."""
    one = incidence({"P1": [actor]}, programmes={"P1": "HORIZON"}, years={"P1": (2022, 2024)})
    kept = ("countries", "places", "programmes", "topics")
    return replace(one, **{name: getattr(graph, name) for name in kept})


def shuffled(graph: Incidence, seed: int) -> Incidence:
    return replace(
        graph, **{f.name: getattr(graph, f.name).sample(fraction=1, shuffle=True, seed=seed) for f in fields(graph)}
    )


def outcome(graph: Incidence, name: str, given: dict[str, Any], scope: str) -> Answer | str:
    """The answer, or the words of a refusal that says what to do."""
    try:
        return ANALYSES[name].answer(graph, Scope.parse(scope), given)
    except BadRequest as refused:
        assert refused.next_action
        return str(refused)


def names_what_lacks(refusal: str, name: str, given: dict[str, Any]) -> bool:
    """Whether a refusal quotes what was asked, as a code or as the key that ends in it."""
    asked = {one.default for one in ANALYSES[name].parameters} | set(given.values())
    return any(f"{str(value).rpartition(':')[2]}'" in refusal for value in asked)


def check(answer: Answer, name: str) -> None:
    """An answer is shaped as declared, has no figure that is none, and its notes can be said."""
    assert answer.table.columns == [column.name for column in ANALYSES[name].columns]
    for column in answer.table.select(pl.selectors.float()):
        assert column.drop_nulls().is_finite().all(), column.name
    assert all(np.isfinite(value) for value in answer.figures.values() if isinstance(value, float))
    assert all(all(answer.note_texts(language)) for language in LANGUAGES)


@pytest.fixture(scope="module")
def graph() -> Incidence:
    return small()


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("name", "given"), CASES, ids=str)
def test_the_order_of_rows_does_not_matter(graph: Incidence, name: str, given: dict[str, Any], scope: str) -> None:
    """Every table of the incidence in another order: the same answer, also of what draws at random."""
    first = outcome(graph, name, given, scope)
    for seed in (1, 2):
        again = outcome(shuffled(graph, seed), name, given, scope)
        if isinstance(first, str) or isinstance(again, str):
            assert again == first
            assert scope, "what is asked without a scope is answered"
            continue
        # A sum of thirds in another order differs in its last digit.
        assert_frame_equal(again.table, first.table, rel_tol=1e-9, abs_tol=1e-12)
        assert again.figures == {
            figure: pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
            for figure, value in first.figures.items()
        }
        assert again.notes == first.notes
    if not scope:
        assert isinstance(first, Answer)
        assert first.table.height, "an empty answer is the same in any order, and shows nothing"
        check(first, name)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("name", "given"), CASES, ids=str)
def test_nothing_gives_no_row_or_a_refusal_that_names_what_is_not_there(
    graph: Incidence, name: str, given: dict[str, Any], scope: str
) -> None:
    """A store without anything, and one with countries and programmes in which nobody takes part."""
    of_the_scope = outcome(graph, name, given, scope)
    for nothing in (empty_incidence(), without_ties(graph)):
        found = outcome(nothing, name, given, scope)
        if isinstance(found, str):
            assert found == of_the_scope or names_what_lacks(found, name, given)
            continue
        check(found, name)
        if name == "structure":  # one row a quantity, whatever there is
            found = replace(found, table=found.table.drop_nulls("value"))
        assert found.table.is_empty()
        assert not any(found.figures.values()), "counts are 0, shares unknown"


@pytest.mark.parametrize("actor", ["CNRS", "A"])
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("name", "given"), CASES, ids=str)
def test_one_actor_alone_is_ranked_first_and_tied_to_nobody(
    graph: Incidence, name: str, given: dict[str, Any], scope: str, actor: str
) -> None:
    found = outcome(alone(graph, actor), name, given, scope)
    if isinstance(found, str):
        assert found == outcome(graph, name, given, scope) or names_what_lacks(found, name, given)
        return
    check(found, name)
    there = actor == "A" or "cnrs=0" not in scope
    if name == "certainty":
        assert found.table.select("rank", "low", "high", "unstable").rows() == [(1, 1, 1, False)] * there
    elif name == "structure":
        assert found.figures == {"actors": there, "ties": 0, "components": there, "giant": there, "alone": there}
    elif name == "slices":  # a row a period: nothing, and nobody before it
        assert found.table.select(pl.col("value", "rank").drop_nulls().unique()).rows() == [(0, 1)] * there
    elif name == "crossing":  # programmes by countries: where the one takes part, not whom it meets
        assert found.table.height == (given == {} and there)
    else:
        assert found.table.is_empty()


# These set each figure beside all there is, or list all there is; the others look at a partner, a tie or a point.
OF_ALL = {
    "affinity",
    "beyond_chance",
    "bridges",
    "certainty",
    "communities",
    "continuity",
    "crossing",
    "slices",
    "structure",
}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("name", "given"), [case for case in CASES if case[0] not in OF_ALL], ids=str)
def test_two_more_who_know_nobody_change_no_row(graph: Incidence, name: str, given: dict[str, Any], scope: str) -> None:
    far = incidence(
        {"P-far": ["far1", "far2"]},
        programmes={"P-far": "H2020"},
        countries={"far1": "NZ", "far2": "NZ"},
        years={"P-far": (2015, 2018)},
    )
    tables = ("actors", "events", "members", "funding", "countries", "places")
    wider = replace(
        graph, **{table: pl.concat([getattr(graph, table), getattr(far, table)]).unique() for table in tables}
    )
    before, after = outcome(graph, name, given, scope), outcome(wider, name, given, scope)
    if isinstance(before, str) or isinstance(after, str):
        assert after == before
        return
    assert_frame_equal(after.table, before.table, rel_tol=1e-9, abs_tol=1e-12)
    if name == "what_if":
        for when in ("before", "after"):
            assert after.figures[f"components_{when}"] == before.figures[f"components_{when}"] + 1


def test_the_small_graph_is_in_two_pieces_and_nothing_leads_across(graph: Incidence) -> None:
    """A pair apart is a second component with no path to it; one body alone holds two others."""
    assert ANALYSES["structure"].answer(graph, Scope(), {}).figures["components"] == 2
    across = ANALYSES["links"].answer(graph, Scope(), {"a": "Institution:b00", "b": "Institution:apart1"})
    assert across.table.is_empty()
    assert across.figures["steps"] is None
    held = ANALYSES["cut_points"].answer(graph, Scope(), {}).table
    assert ("Institution:b01", 2) in held.select("key", "cut_off").rows()


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_is_the_same_whatever_the_order_of_rows(graph: Incidence, name: str, scope: str) -> None:
    first = measure(project(graph, Scope.parse(scope)), name)
    assert any(first.values())
    again = measure(project(shuffled(graph, 3), Scope.parse(scope)), name)
    assert again == pytest.approx(first, rel=1e-9, abs=1e-12)


@settings(max_examples=60)
@given(CONSORTIA, st.permutations("ABCDEFGHIJKL"))
def test_eigenvector_goes_with_the_names(consortia: list[list[str]], names: list[str]) -> None:
    """Of one sign, being the first of a network in one piece: no name decides it."""
    renamed = dict(zip("ABCDEFGHIJKL", names, strict=True))
    before = measure(drawn(consortia), "eigenvector")
    after = measure(drawn([[renamed[m] for m in members] for members in consortia]), "eigenvector")
    moved = {CNRS: CNRS} | {key(name): key(other) for name, other in renamed.items()}
    assert all(value is None or value > 0 for value in before.values())
    assert {moved[node]: value for node, value in before.items()} == pytest.approx(after, abs=1e-7)


@settings(max_examples=40)
@given(CONSORTIA, st.integers(2, 5))
def test_eigenvector_stays_where_every_project_is_counted_more_often(consortia: list[list[str]], times: int) -> None:
    once, often = drawn(consortia * 2), drawn(consortia * 2 * times)
    assert measure(often, "eigenvector") == pytest.approx(measure(once, "eigenvector"), abs=1e-7)
