"""Draws of events against networks in which they stand as often; what an interval is; what is flagged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import BadRequest
from graph.network import Answer, Incidence, Scope, bootstrap, certainty, measure, measure_table, paths, project, values
from graph.network.bipartite import Bipartite, bipartite
from tests.network.networks import incidence, key

CERTAINTY = certainty.ANALYSES[0]
CONSORTIA = st.lists(st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=5, unique=True), min_size=1, max_size=6)
SCOPES = st.sampled_from(["", "weighting=fractional", "weighting=newman", "cnrs=0", "countries=DE", "level=country"])
PLACES = {"A": "DE", "B": "DE", "C": "JP", "D": "JP", "Z": "DE"}


def graph(consortia: list[list[str]], times: list[int] | None = None, **more: object) -> Incidence:
    """Each consortium as often as `times` says, and one project of a body in Germany alone."""
    events = {
        f"P{i}-{copy}": ["CNRS", *members] if i % 3 == 0 else members
        for i, members in enumerate(consortia)
        for copy in range(1 if times is None else times[i])
    }
    return incidence(events | {"PZ": ["Z"]}, countries=PLACES, **more)


def within(one: Incidence, scope: Scope) -> Bipartite:
    shape = bipartite(one, scope)
    kept = project(one, scope).nodes["key"]
    return shape.of(shape.nodes["key"].is_in(kept.implode()).to_numpy())


def asked(one: Incidence, scope: str = "", **given: object) -> Answer:
    return CERTAINTY.answer(one, Scope.parse(scope), given)


@settings(max_examples=40)
@given(CONSORTIA, SCOPES, st.data())
def test_an_event_that_comes_up_twice_counts_as_two_of_its_like(
    consortia: list[list[str]], text: str, data: st.DataObject
) -> None:
    """Measures on a draw are those of the network in which each event stands that often."""
    scope = Scope.parse(text)
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(consortia), max_size=len(consortia)))
    works = [("UMR 1", "A", 2019, 2023, 3, 1.5)]
    shape = within(graph(consortia, works=works), scope)
    numbers = [event.removeprefix("Project:P").partition("-")[0] for event in shape.events["event"]]
    drawn = np.array([[1 if number == "Z" else times[int(number)]] for number in numbers], dtype=float)
    copied = project(graph(consortia, times, works=works), scope)
    for name, compute in bootstrap.MEASURES.items():
        found = dict(zip(shape.nodes["key"], compute(shape, drawn)[:, 0], strict=True))
        expected = values(copied, name)
        if name == "pagerank" and copied.nodes.height != shape.nodes.height:
            continue  # who is not drawn at all still is one of those a walker may leap to
        pairs = (copied.nodes.height - 1) * (copied.nodes.height - 2) / 2 if name == "betweenness" else 1
        for actor, value in zip(copied.keys, expected, strict=True):
            assert found.pop(actor) == pytest.approx(value * max(pairs, 1), abs=1e-6)
        assert name == "pagerank" or not any(found.values())


def test_a_draw_has_as_many_events_and_each_as_often_as_any() -> None:
    drawn = bootstrap.drawn(40, 2000, 1)
    assert (drawn.sum(axis=0) == 40).all()
    assert drawn.mean(axis=1) == pytest.approx(np.ones(40), abs=0.1)
    # Of n draws of n, (1 - 1/n)^n miss a given one.
    assert (drawn == 0).mean() == pytest.approx((1 - 1 / 40) ** 40, abs=0.01)
    assert bootstrap.drawn(0, 3, 1).shape == (0, 3)


def test_the_interval_of_two_projects_by_hand() -> None:
    """A and B are drawn first or level in three of four cases, and behind both others in the fourth."""
    one = incidence({"P1": ["A", "B"], "P2": ["C", "D"]})
    ranks = bootstrap.ranks(bipartite(one, Scope()), "strength", draws=4000)
    assert set(ranks[0]) == {1, 3}
    assert (ranks[0] == 3).mean() == pytest.approx(1 / 4, abs=0.03)
    table = asked(one).table
    assert table.columns == [column.name for column in CERTAINTY.columns]
    assert table.select("rank", "low", "high", "unstable").unique().rows() == [(1, 1, 3, True)]


def test_what_no_draw_can_change_is_sure() -> None:
    """Five projects of one kind: whichever are drawn, A leads, for A is in all and B to F in one each with it alone."""
    one = incidence({f"P{name}": ["A", name] for name in "BCDEF"})
    answer = asked(one, draws="300", top="1")
    (first,) = answer.table.to_dicts()
    assert (first["name"], first["rank"], first["low"], first["high"], first["unstable"]) == ("A", 1, 1, 1, False)
    assert (first["value"], first["events"]) == (5, 5)
    assert answer.figures == {"actors": 6, "events": 5, "unstable": 0}


def test_weightings_that_disagree_are_flagged() -> None:
    """One consortium of nine puts its members first in full counting, last under 1/d."""
    events = {"P": [f"m{i}" for i in range(9)]} | {f"P{i}": ["A", "B"] for i in range(7)}
    table = asked(incidence(events), top="20").table
    (a,) = table.filter(name="A").to_dicts()
    (m,) = table.filter(name="m0").to_dicts()
    assert (a["rank_full"], a["rank_fractional"], a["rank_newman"]) == (10, 1, 1)
    assert (m["rank_full"], m["rank_fractional"], m["rank_newman"]) == (1, 3, 3)
    assert m["unstable"] is True


@settings(max_examples=12)
@given(CONSORTIA, SCOPES, st.sampled_from(["strength", "degree", "pagerank"]))
def test_ranks_are_those_of_the_table_of_measures(consortia: list[list[str]], text: str, name: str) -> None:
    one, scope = graph(consortia), Scope.parse(text)
    table = asked(one, text, measure=name, draws="5").table
    reference = measure_table(project(one, scope), [name])
    assert table["rank"].to_list() == reference["rank"].to_list()
    assert table["name"].to_list() == reference["name"].to_list()
    assert table.filter(table["low"] > table["high"]).is_empty()


def test_a_seed_gives_the_same_draws_again() -> None:
    one = graph([["A", "B"], ["B", "C"], ["C", "D"], ["D", "A"], ["E", "F", "A"]])
    assert asked(one, seed="3", draws="20").table.equals(asked(one, seed="3", draws="20").table)
    shape = bipartite(one, Scope())
    ranks = [bootstrap.ranks(shape, "strength", 20, seed) for seed in (3, 4)]
    assert (ranks[0] != ranks[1]).any()


def test_who_is_known_by_joint_works_alone_has_no_interval() -> None:
    one = incidence(
        {"P1": ["A", "B"]}, works=[("UMR 1", "A", 2019, 2023, 3, None), ("UMR 1", "C", 2019, 2023, 2, None)]
    )
    answer = asked(one)
    rows = {row["name"]: row for row in answer.table.to_dicts()}
    assert (rows["C"]["rank"], rows["C"]["low"], rows["C"]["high"], rows["C"]["unstable"]) == (3, None, None, None)
    assert rows["A"]["low"] is not None
    assert ("certainty.works_stay", {}) in answer.notes
    assert rows["C"]["rank_newman"] is None
    assert any("plus de 0,5 fois le rang" in note for note in answer.note_texts("fr"))
    assert any("more than 0.5 times the rank" in note for note in answer.note_texts("en"))


def test_betweenness_is_drawn_on_small_networks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    one = incidence({"P1": ["A", "B"], "P2": ["B", "C"]})
    assert asked(one, measure="betweenness").table["name"][0] == "B"
    assert measure(project(one, Scope()), "betweenness")[key("B")] == 1
    monkeypatch.setattr(paths, "BUDGET", 0)
    with pytest.raises(BadRequest, match="3 actors"):
        asked(one, measure="betweenness")


def test_what_cannot_be_drawn_says_so_and_nothing_gives_nothing() -> None:
    one = incidence({"P1": ["A", "B"]}, works=[("UMR 1", "A", 2019, 2023, 3, None)])
    with pytest.raises(BadRequest, match="drawn anew"):
        asked(one, "ties=copublications")
    with pytest.raises(BadRequest):
        bootstrap.ranks(bipartite(one, Scope()), "harmonic")
    for name in bootstrap.MEASURES:
        assert asked(one, "ties=agreements", measure=name).table.is_empty()
        assert asked(incidence({"P1": ["A"]}), measure=name).table["rank"].to_list() == [1]
