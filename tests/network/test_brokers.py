"""Betweenness between two countries against networkx, joint events against a plain count, and odd scopes."""

from __future__ import annotations

from functools import partial

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import BadRequest
from graph.i18n import LANGUAGES
from graph.network import Projection, Scope, brokers, project
from graph.network.bipartite import bipartite
from graph.network.brokers import between, met
from graph.network.paths import BATCHES
from tests.network.networks import incidence, key, unfolded
from tests.network.test_measures import CONSORTIA, SCOPED, lengthened

COUNTRIES = dict(
    zip("ABCDEFGHIJKL", ["FR", "FR", "FR", "JP", "JP", "JP", "DE", "DE", "DE", None, "FR", "JP"], strict=True)
)
CHAIN = incidence({"P1": ["A", "G"], "P2": ["G", "D"]}, countries=COUNTRIES)
"""A French, a German and a Japanese body in a row."""


def groups(projection: Projection) -> tuple[np.ndarray, np.ndarray]:
    return tuple((projection.nodes["country"] == one).fill_null(value=False).to_numpy() for one in ("FR", "JP"))


def answer(ties, scope=None, **given):
    return brokers.ANALYSES[0].answer(ties, scope or Scope(), {"b": "JP"} | given)


@settings(max_examples=60)
@given(CONSORTIA, SCOPED)
def test_between_is_the_subset_betweenness_of_networkx(consortia: list[list[str]], weighting: str) -> None:
    """On any consortia, with and without the short cut for actors of one event; networkx halves undirected pairs."""
    events = {f"P{i}": members for i, members in enumerate(consortia)}
    projection = project(incidence(events, countries=COUNTRIES), Scope(weighting=weighting))
    first, second = groups(projection)
    names = np.array(projection.keys)
    expected = nx.betweenness_centrality_subset(
        lengthened(projection.graph), names[first].tolist(), names[second].tolist(), weight="length"
    )
    for one in (projection, unfolded(projection)):
        for found in (between(one, first, second), between(one, second, first)):
            assert dict(zip(names, found.pairs / 2, strict=True)) == pytest.approx(expected, abs=1e-9)
            assert found.bound == 0
    joined = sum(nx.has_path(projection.graph, a, b) for a in names[first] for b in names[second])
    assert between(projection, first, second).joined == joined


@settings(max_examples=40)
@given(CONSORTIA, st.sampled_from([(), ("FR",), ("DE",)]))
def test_joint_events_are_those_of_a_plain_count(consortia: list[list[str]], places: tuple[str, ...]) -> None:
    events = {f"P{i}": members for i, members in enumerate(consortia)}
    events["P-all"] = ["A", "D", "G"]  # each country is there to be asked for
    shape = bipartite(incidence(events, countries=COUNTRIES), Scope(countries=places))
    counted = {row[0]: row[1:] for row in met(shape, *groups(shape)).iter_rows()}

    def meets(one: str, country: str, members: list[str]) -> bool:
        return any(
            COUNTRIES[other] == country and (not places or {COUNTRIES[one], country} & set(places))
            for other in members
            if other != one
        )

    for one in {member for members in events.values() for member in members}:
        a = {e for e, members in events.items() if one in members and meets(one, "FR", members)}
        b = {e for e, members in events.items() if one in members and meets(one, "JP", members)}
        assert counted[key(one)] == (len(a), len(b), len(a & b))


def test_a_third_country_in_between_is_a_liaison() -> None:
    found = answer(CHAIN)
    assert found.table.rows() == [(key("G"), "G", "DE", "liaison", 1.0, 1.0, 1, 1, 0)]
    assert found.figures == {
        "actors_a": 1,
        "actors_b": 1,
        "pairs_joined": 1,
        "pairs_tied": 0.0,
        "events_both": 0,
        "events_alone": None,
    }


def test_bodies_of_either_country_broker_too_and_an_unknown_one_has_no_role() -> None:
    """A row of five: two French, one of unknown country, two Japanese; the three inner ones lie on the way."""
    ties = incidence({"P1": "AB", "P2": "BJ", "P3": "JD", "P4": "DE"}, countries=COUNTRIES)
    table = answer(ties).table
    assert dict(table.select("name", "role").iter_rows()) == {"B": "representative", "D": "gatekeeper", "J": None}
    # B lies between A and both Japanese; J between all four pairs.
    assert dict(table.select("name", "pairs").iter_rows()) == {"B": 2, "D": 2, "J": 4}
    assert table["name"].to_list() == ["J", "B", "D"]


def test_direct_events_are_counted_and_told_apart_from_those_with_a_third() -> None:
    ties = incidence({"P1": "AD", "P2": "ADG", "P3": "AG", "P4": "ADJ"}, countries=COUNTRIES)
    found = answer(ties)
    assert (found.figures["events_both"], found.figures["events_alone"]) == (3, 1 / 3)
    assert found.figures["pairs_tied"] == 1
    assert dict(found.table.select("name", "with_both").iter_rows()) == {"G": 1, "J": 1}


def test_a_sample_keeps_within_its_bound_and_the_same_seed_gives_the_same() -> None:
    rng = np.random.default_rng(3)
    countries = {f"{i}": ("FR", "JP", "DE")[i % 3] for i in range(150)}
    events = {f"P{e}": {f"{m}" for m in rng.choice(150, 3)} for e in range(250)}
    projection = project(incidence(events, countries=countries), Scope())
    first, second = groups(projection)
    exact = between(projection, first, second)
    drawn = between(projection, first, second, budget=20_000)
    assert (exact.bound, exact.error) == (0, 0)
    assert 0 < drawn.error < drawn.bound
    assert drawn.sources < exact.sources
    assert np.abs(exact.pairs - drawn.pairs).max() <= drawn.bound * exact.joined
    assert np.array_equal(drawn.pairs, between(projection, first, second, budget=20_000).pairs)
    assert drawn.pairs.sum() == pytest.approx(exact.pairs.sum(), rel=0.2)


def test_an_answer_from_a_sample_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    countries = {f"{i}": ("FR", "JP", "DE")[i % 3] for i in range(60)}
    ties = incidence({f"P{i}": [f"{i}", f"{(i + 1) % 60}", f"{(i + 7) % 60}"] for i in range(60)}, countries=countries)
    monkeypatch.setattr(brokers, "between", partial(between, budget=1))
    found = answer(ties)
    assert found.figures["sources"] == BATCHES
    assert 0 < found.figures["error"] < found.figures["bound"]
    assert "structure.brokers_sampled" in dict(found.notes)
    for lang in LANGUAGES:
        assert all(brokers.ANALYSES[0].figure(name, lang) for name in found.figures)
        assert found.note_texts(lang)


def test_names_do_not_matter() -> None:
    renamed = {"A": "Z", "G": "B", "D": "A"}
    other = incidence({"P1": ["Z", "B"], "P2": ["B", "A"]}, countries={renamed[n]: COUNTRIES[n] for n in renamed})
    columns = ["country", "role", "pairs", "with_a", "with_b", "with_both"]
    assert answer(other).table.select(columns).rows() == answer(CHAIN).table.select(columns).rows()


def test_by_country_the_two_are_one_pair() -> None:
    found = answer(CHAIN, Scope(level="country"))
    assert found.figures["pairs_joined"] == 1
    assert found.table.select("key", "pairs").rows() == [("Country:DE", 1.0)]


def test_two_apart_have_no_broker() -> None:
    found = answer(incidence({"P1": ["A"], "P2": ["D"]}, countries=COUNTRIES))
    assert found.table.is_empty()
    assert (found.figures["pairs_joined"], found.figures["pairs_tied"]) == (0, None)


def test_one_country_twice_and_an_unknown_one_are_refused() -> None:
    with pytest.raises(BadRequest, match="both sides"):
        answer(CHAIN, a="JP")
    with pytest.raises(BadRequest, match="no country 'XX'"):
        answer(CHAIN, a="XX")
    with pytest.raises(BadRequest, match="no country"):
        answer(incidence({}))
