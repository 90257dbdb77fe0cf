"""Communities and who bridges them: participation, E-I index and stability by hand and by formula."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from graph.network import Projection, Scope, bridges, communities, measure_info, project
from graph.network.mixing import ei_index, participation, recovery, shares
from tests.network.networks import from_graph, incidence, key
from tests.network.test_measures import CONSORTIA, SCOPED, drawn

COUNTRIES = dict(
    zip("ABCDEFGHIJKL", ["FR", "FR", "FR", "JP", "JP", "JP", "DE", "DE", "DE", None, "FR", "JP"], strict=True)
)
CLIQUES = {f"P{a}{b}": [a, b] for group in ("ABCK", "DEFL") for a, b in combinations(group, 2)}
"""Four French bodies all tied to each other, and four Japanese."""


def answer(name, ties, scope=None, **given):
    asked = {one.name: one for one in bridges.ANALYSES}[name]
    return asked.answer(ties, scope or Scope(), {"floor": "1"} | given)


def initials(projection: Projection) -> np.ndarray:
    """Groups by name: A to D, E to H, I to L; the CNRS of none."""
    return np.array([-1 if name == "CNRS" else (ord(name) - ord("A")) // 4 for name in projection.nodes["name"]])


@settings(max_examples=40)
@given(CONSORTIA, SCOPED)
def test_participation_is_its_formula_and_ties_to_nobodys_group_do_not_count(
    consortia: list[list[str]], weighting: str
) -> None:
    projection = drawn(consortia, weighting)
    groups = initials(projection)
    of = dict(zip(projection.keys, groups, strict=True))
    found = participation(shares(projection, groups))
    for name, value in zip(projection.keys, found, strict=True):
        weights = [0.0, 0.0, 0.0]
        for other, tie in projection.graph[name].items():
            if of[other] >= 0:
                weights[of[other]] += tie["weight"]
        if sum(weights) == 0:
            assert np.isnan(value)
        else:
            assert value == pytest.approx(1 - sum((one / sum(weights)) ** 2 for one in weights), abs=1e-12)


def test_participation_at_its_ends() -> None:
    """A star whose ends lie in as many groups has 1 - 1/C in the middle; an end has one partner and 0."""
    projection = from_graph(nx.star_graph(4))
    values = participation(shares(projection, np.array([0, 0, 1, 2, 3])))
    assert values == pytest.approx([0.75, 0, 0, 0, 0])


def test_scaling_moves_no_participation() -> None:
    light, heavy = nx.karate_club_graph(), nx.karate_club_graph()
    for _, _, attributes in heavy.edges(data=True):
        attributes["weight"] *= 3
    groups = np.arange(34) % 4
    found = [participation(shares(from_graph(one), groups)) for one in (light, heavy)]
    assert np.allclose(*found)


def test_the_ei_index_runs_from_inward_to_outward() -> None:
    found = ei_index(np.array([0.0, 3, 1, 0]), np.array([2.0, 0, 3, 0]))
    assert found == pytest.approx([-1, 1, -0.5, np.nan], nan_ok=True)


def test_a_group_found_again_whole_is_stable_and_a_halved_one_is_not() -> None:
    groups = np.array([0, 0, 0, 0, 1, 1, -1])
    assert recovery(groups, [np.array([5, 5, 5, 5, 3, 3, 9])]).tolist() == [1, 1]
    halved = recovery(groups, [np.array([0, 0, 1, 1, 2, 2, 3]), groups.copy()])
    assert halved.tolist() == [0.75, 1]
    # Swallowed by a larger one: two of six.
    assert recovery(groups, [np.zeros(7, dtype=np.int64)]).tolist() == pytest.approx([4 / 6, 2 / 6])


def test_two_groups_and_the_one_tie_between_them() -> None:
    ties = incidence(CLIQUES | {"P1": "AD", "P2": "AB", "P3": "X"}, countries=COUNTRIES)
    found = answer("communities", ties)
    assert found.table.rows() == [
        (1, 4, "A · B · C", "FR", 1.0, "Region:150", 1.0, 7.0, 1.0, -0.75, 1.0, 1.0),
        (2, 4, "D · E · F", "JP", 1.0, "Region:142", 1.0, 6.0, 1.0, pytest.approx(-5 / 7), 1.0, 1.0),
    ]
    assert found.figures["stability"] == 1
    assert (found.figures["blocks"], found.figures["alone"], found.figures["actors"]) == (2, 1, 9)
    assert answer("communities", ties, floor="5").table.is_empty()
    assert answer("communities", ties, floor="5").figures["blocks"] == 2


def test_the_one_with_ties_on_both_sides_bridges_most() -> None:
    ties = incidence(CLIQUES | {"P1": "AD", "P2": "AE", "P3": "XY"}, countries=COUNTRIES)
    table = answer("bridges", ties).table
    first = table.row(0, named=True)
    # A has three ties inside its block and two outside.
    assert first["name"] == "A"
    assert first["participation"] == pytest.approx(1 - (3 / 5) ** 2 - (2 / 5) ** 2)
    assert first["participation_low"] == first["participation_high"] == first["participation"]
    assert (first["groups"], first["partners"], first["strength"]) == (2, 5, 5)
    assert first["ei"] == pytest.approx(-1 / 5)
    assert dict(table.select("name", "participation").iter_rows())["B"] == 0
    assert answer("bridges", ties, floor="5").table["name"].to_list() == ["A"]


def test_over_places_ties_with_the_unplaced_do_not_count() -> None:
    """A: two ties in France, one to Japan, one to Germany and one to who knows where."""
    ties = incidence({"P1": "ABC", "P2": "AD", "P3": "AG", "P4": "AJ"}, countries=COUNTRIES)
    by_country, by_region = (answer("bridges", ties, over=over) for over in ("countries", "regions"))
    of = [{row["name"]: row for row in one.table.iter_rows(named=True)} for one in (by_country, by_region)]
    assert of[0]["A"]["participation"] == pytest.approx(1 - (4 + 1 + 1) / 16)
    assert of[0]["A"]["ei"] == 0
    assert of[0]["A"]["partners"] == 5
    assert of[0]["A"]["participation_low"] is None
    # France and Germany are one region.
    assert of[1]["A"]["participation"] == pytest.approx(1 - (9 + 1) / 16)
    assert of[0]["J"]["ei"] is None
    assert dict(by_country.notes)["structure.unplaced_groups"] == {"count": 1}


def test_stability_is_that_of_the_measure_of_communities() -> None:
    rng = np.random.default_rng(5)
    ties = incidence({f"P{e}": {f"{m}" for m in rng.choice(60, 4)} for e in range(90)})
    stated = measure_info(project(ties, Scope()), "community").stability
    assert answer("communities", ties).figures["stability"] == pytest.approx(stated)
    assert answer("bridges", ties).figures["stability"] == pytest.approx(stated)
    assert 0 < stated < 1
    assert communities.stability(project(ties, Scope())) == pytest.approx(stated)
    table = answer("bridges", ties).table
    assert (table["participation_low"] <= table["participation"]).all()
    assert (table["participation"] <= table["participation_high"]).all()
    assert (table["participation_low"] < table["participation_high"]).any()


def test_names_do_not_matter_where_the_groups_are_clear() -> None:
    swapped = dict(zip("ABCDEFKL", "LKFEDCBA", strict=True))
    ties = CLIQUES | {"P1": "AD"}
    renamed = {event: [swapped[name] for name in members] for event, members in ties.items()}
    places = {swapped[name]: COUNTRIES[name] for name in swapped}
    columns = ["size", "internal", "external", "ei", "density"]
    one = answer("communities", incidence(ties, countries=COUNTRIES)).table.select(columns)
    assert answer("communities", incidence(renamed, countries=places)).table.select(columns).equals(one)


def test_a_block_of_countries_has_no_main_country() -> None:
    table = answer("communities", incidence({"P1": "ADG"}, countries=COUNTRIES), Scope(level="country")).table
    assert table.select("size", "main_country", "main_region").rows() == [(3, None, "Region:150")]


def test_nobody_and_one_alone_have_neither() -> None:
    for ties in (incidence({}), incidence({"P1": "A"})):
        for name in ("communities", "bridges"):
            found = answer(name, ties)
            assert found.table.is_empty()
            assert found.figures["stability"] is None


def test_key_opens_the_actor() -> None:
    table = answer("bridges", incidence({"P1": "AB"})).table
    assert table["key"].to_list() == [key("A"), key("B")]
