"""What is lost without something: counted again from the events, and held against networkx."""

from __future__ import annotations

import math
from dataclasses import replace

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import BadRequest
from graph.network import CNRS, Answer, Incidence, Scope, project, what_if
from graph.network.what_if import constraint_of, harmonic_of
from tests.network.networks import incidence, key

WHAT_IF = what_if.ANALYSES[0]
CONSORTIA = st.lists(st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=5, unique=True), min_size=1, max_size=8)
WEIGHTINGS = st.sampled_from(["full", "fractional", "newman"])


def world() -> Incidence:
    """A in both programmes and an agreement, B in HORIZON alone, C with A in H2020, D in the agreement, E by works."""
    return incidence(
        {
            "P1": ["CNRS", "A", "B"],
            "P2": ["CNRS", "A", "C"],
            "P3": ["CNRS", "C"],
            "A1": ["CNRS", "A", "D"],
            "P4": ["CNRS", "F"],
        },
        programmes={"P1": "HORIZON.1.2", "P2": "H2020", "P3": "H2020", "P4": "HORIZON"},
        countries={"A": "DE", "B": "JP", "C": "DE", "D": "IT", "E": "DE", "F": "DE"},
        works=[("L1", "E", 2019, 2023, 5, None), ("L2", "F", 2019, 2023, 4, None)],
        parts=[("P3", "L1")],
    )


def fates(answer: Answer) -> dict[str, tuple[int, int, str]]:
    assert answer.note_texts("fr")
    columns = answer.table.select("name", "n_before", "n_after", "fate")
    return {name: (before, after, fate) for name, before, after, fate in columns.iter_rows()}


def test_without_a_programme_its_whole_subtree_falls() -> None:
    """F has joint works left, which keep it a partner."""
    answer = WHAT_IF.answer(world(), Scope(), {"programme": "HORIZON"})
    assert fates(answer) == {"B": (1, 0, "lost"), "F": (1, 0, "works_only"), "A": (3, 2, "weakened")}
    assert answer.table["name"][0] == "B"
    figures = answer.figures
    assert (figures["partners_before"], figures["partners_after"], figures["lost"]) == (6, 5, 1)
    assert (figures["countries_before"], figures["countries_lost"]) == (3, "JP")
    assert figures["reach_after"] < figures["reach_before"]
    # CNRS, A to D and F; E with its lab; F's lab with F. After it B stands alone, and F with its lab.
    assert (figures["components_before"], figures["components_after"]) == (2, 4)


def test_without_an_agreement_only_it_falls() -> None:
    answer = WHAT_IF.answer(world(), Scope(), {"agreement": "Agreement:A1"})
    assert fates(answer) == {"D": (1, 0, "lost"), "A": (3, 2, "weakened")}
    assert dict(answer.notes)["change.without"] == {"what": "A1"}


def test_without_a_body_its_consortia_fall_or_go_on() -> None:
    falls = WHAT_IF.answer(world(), Scope(), {"actor": key("A")})
    assert fates(falls) == {"A": (3, 0, "lost"), "B": (1, 0, "lost"), "D": (1, 0, "lost"), "C": (2, 1, "weakened")}
    goes_on = WHAT_IF.answer(world(), Scope(), {"actor": key("A"), "consortia": "stay"})
    assert fates(goes_on) == {"A": (3, 0, "lost")}
    assert goes_on.figures["components_after"] == goes_on.figures["components_before"]
    newman = WHAT_IF.answer(world(), Scope(weighting="newman"), {"actor": key("A"), "consortia": "stay"})
    assert newman.figures["lost"] == 1


def test_without_a_country_all_its_bodies_leave() -> None:
    stays = WHAT_IF.answer(world(), Scope(), {"actor": "Country:DE", "consortia": "stay"})
    assert {name for name, (*_, fate) in fates(stays).items() if fate == "lost"} == {"A", "C", "E", "F"}
    falls = WHAT_IF.answer(world(), Scope(level="country"), {"actor": "Country:DE"})
    assert {name for name, (*_, fate) in fates(falls).items() if fate == "lost"} == {"DE", "JP", "IT"}
    by_country = WHAT_IF.answer(world(), Scope(level="country"), {"actor": "Country:DE", "consortia": "stay"})
    assert fates(by_country) == {"DE": (5, 0, "lost")}
    assert by_country.figures["components_after"] == 1


def test_without_a_lab_its_joint_works_and_its_projects_go() -> None:
    answer = WHAT_IF.answer(world(), Scope(), {"actor": "Lab:L1"})
    assert fates(answer) == {"E": (0, 0, "lost"), "C": (2, 1, "weakened")}
    assert answer.table.filter(name="E")["share_lost"].to_list() == [None]


def test_the_loss_is_in_the_weighting_of_the_scope() -> None:
    """Newman: C's ties weigh 1/2 in P2, 1 in P3; without A's consortia a third is gone. Places choose whom to list."""
    answer = WHAT_IF.answer(world(), Scope(weighting="newman", countries=("DE",)), {"actor": key("A")})
    assert answer.table.filter(name="C")["share_lost"].to_list() == pytest.approx([1 / 3])
    assert set(answer.table["name"]) == {"A", "C"}
    whole = WHAT_IF.answer(world(), Scope(weighting="newman"), {"programme": "HORIZON"})
    assert whole.figures["works_only"] == 1
    assert "network.works_no_newman" in dict(whole.notes)


def test_a_project_of_two_programmes_falls_with_either_and_it_is_said() -> None:
    also = pl.DataFrame({"event": ["Project:P2"], "programme": ["HORIZON"]})
    two = replace(world(), funding=pl.concat([world().funding, also]))
    notes = dict(WHAT_IF.answer(two, Scope(), {"programme": "H2020"}).notes)
    assert notes["change.also_elsewhere"] == {"count": 1}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"programme": "HORIZON", "actor": key("A")},
        {"programme": "FP9"},
        {"agreement": "Agreement:none"},
        {"actor": key("nobody")},
        {"actor": CNRS},
        {"actor": "Country:FR"},
    ],
)
def test_what_cannot_be_taken_away_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        WHAT_IF.answer(world(), Scope(), given)


def test_a_body_alone_does_not_leave_a_network_of_countries() -> None:
    with pytest.raises(BadRequest, match="countries"):
        WHAT_IF.answer(world(), Scope(level="country"), {"actor": key("A"), "consortia": "stay"})


@settings(max_examples=40)
@given(CONSORTIA, WEIGHTINGS)
def test_reach_and_constraint_of_one_are_those_of_networkx(consortia: list[list[str]], weighting: str) -> None:
    events = {f"P{i}": ["CNRS", *members] if i % 2 else members for i, members in enumerate(consortia)}
    projection = project(incidence(events), Scope.parse(f"weighting={weighting}"))
    graph = nx.Graph(projection.graph)
    nx.set_edge_attributes(graph, {(a, b): 1 / w for a, b, w in graph.edges(data="weight")}, "length")
    constraint = nx.constraint(graph, weight="weight")
    near = nx.harmonic_centrality(graph, distance="length")
    for vertex, node in enumerate(projection.keys):
        found = constraint_of(projection.adjacency, vertex)
        assert (math.nan if found is None else found) == pytest.approx(constraint[node], nan_ok=True)
        assert harmonic_of(projection.adjacency, vertex) == pytest.approx(float(near[node]))


@settings(max_examples=30)
@given(CONSORTIA, WEIGHTINGS, st.sampled_from("ABCDEFG"), st.booleans())
def test_what_is_left_is_the_network_of_what_is_left(
    consortia: list[list[str]], weighting: str, gone: str, fall: bool
) -> None:
    """Counts by plain Python; reach and components in networkx over the events, or the graph, without the body."""
    events = {f"P{i}": ["CNRS", *members] for i, members in enumerate(consortia)}
    scope = Scope.parse(f"weighting={weighting}")
    if not any(gone in members for members in consortia):
        return
    given = {"actor": key(gone), "consortia": "fall" if fall else "stay"}
    answer = WHAT_IF.answer(incidence(events), scope, given)
    kept = [members for members in consortia if not (fall and gone in members)]
    before = {name: sum(name in members for members in consortia) for name in "ABCDEFG"}
    after = {name: 0 if name == gone else sum(name in members for members in kept) for name in "ABCDEFG"}
    assert fates(answer) == {
        name: (before[name], after[name], "weakened" if after[name] else "lost")
        for name in "ABCDEFG"
        if after[name] < before[name]
    }
    whole = nx.Graph(project(incidence(events), scope).graph)
    if fall:
        left = nx.Graph(project(incidence({e: m for e, m in events.items() if gone not in m}), scope).graph)
    else:
        left = whole.copy()
    left.add_nodes_from(whole)
    left.remove_node(key(gone))
    assert answer.figures["components_after"] == nx.number_connected_components(left)
    nx.set_edge_attributes(left, {(a, b): 1 / w for a, b, w in left.edges(data="weight")}, "length")
    assert answer.figures["reach_after"] == pytest.approx(float(nx.harmonic_centrality(left, distance="length")[CNRS]))


def test_an_empty_network_loses_nothing() -> None:
    answer = WHAT_IF.answer(incidence({}), Scope(), {"programme": "HORIZON"})
    assert answer.table.is_empty()
    assert (answer.figures["partners_before"], answer.figures["reach_before"]) == (0, None)
