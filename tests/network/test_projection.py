"""Weights by hand, scopes, and what a projection says it left out."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import BadRequest
from graph.network import CNRS, Scope, measure, project
from tests.network.networks import incidence, key

TRIO = {"P1": ["CNRS", "A", "B"], "P2": ["CNRS", "A"], "P3": ["CNRS"], "A1": ["CNRS", "B"]}


def weights(projection: object) -> dict[frozenset[str], float]:
    return {frozenset(p.rpartition(":")[2] for p in (a, b)): w for a, b, w in projection.graph.edges(data="weight")}


@pytest.mark.parametrize(
    ("weighting", "cnrs_a", "cnrs_b", "a_b"),
    [("full", 2, 2, 1), ("fractional", 1 / 3 + 1 / 2, 1 / 3 + 1 / 2, 1 / 3), ("newman", 1.5, 1.5, 0.5)],
)
def test_weightings_worked_by_hand(weighting: str, cnrs_a: float, cnrs_b: float, a_b: float) -> None:
    """P1 has three members, P2 and the agreement two, P3 the CNRS alone."""
    found = weights(project(incidence(TRIO), Scope.parse(f"weighting={weighting}")))
    cnrs = CNRS.rpartition(":")[2]
    assert found == pytest.approx(
        {frozenset({cnrs, "A"}): cnrs_a, frozenset({cnrs, "B"}): cnrs_b, frozenset("AB"): a_b}
    )


def test_edges_keep_their_kinds_apart_and_unknown_is_not_zero() -> None:
    graph = project(incidence(TRIO), Scope()).graph
    assert graph[CNRS][key("B")] == {"weight": 2, "projects": 1, "agreements": 1, "works": None}
    assert graph[key("A")][key("B")]["agreements"] == 0
    only = project(incidence(TRIO), Scope.parse("ties=projects")).graph
    assert only[CNRS][key("B")] == {"weight": 1, "projects": 1, "agreements": None, "works": None}


def test_the_graph_is_frozen() -> None:
    with pytest.raises(nx.NetworkXError):
        project(incidence(TRIO), Scope()).graph.add_node("x")


def test_without_the_cnrs_its_only_partners_stay_as_isolates_and_consortia_keep_their_size() -> None:
    graph = project(
        incidence({"P1": ["CNRS", "A", "B"], "P2": ["CNRS", "C"]}), Scope.parse("cnrs=0;weighting=newman")
    ).graph
    assert set(graph) == {key("A"), key("B"), key("C")}
    assert graph[key("A")][key("B")]["weight"] == 0.5
    assert graph.degree(key("C")) == 0


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=6, unique=True), min_size=1, max_size=8),
    st.sampled_from(["full", "newman"]),
)
def test_weights_are_those_of_networkx(consortia: list[list[str]], weighting: str) -> None:
    """Full is networkx's weighted projection of the bipartite graph, newman its collaboration weighting."""
    events = {f"P{i}": members for i, members in enumerate(consortia)}
    bipartite = nx.Graph([(e, key(m)) for e, members in events.items() for m in members])
    reference = {
        "full": nx.bipartite.weighted_projected_graph,
        "newman": nx.bipartite.collaboration_weighted_projected_graph,
    }[weighting](bipartite, [n for n in bipartite if n not in events])
    graph = project(incidence(events), Scope.parse(f"weighting={weighting}")).graph
    assert set(graph) == set(reference)
    expected = {frozenset((a, b)): w for a, b, w in reference.edges(data="weight")}
    assert {frozenset((a, b)): w for a, b, w in graph.edges(data="weight")} == pytest.approx(expected)


def test_newman_strength_is_the_number_of_joint_projects() -> None:
    """Newman 2001: the weights of an author's ties add up to the papers written with others."""
    values = measure(project(incidence(TRIO), Scope.parse("ties=projects;weighting=newman")), "strength")
    assert values == pytest.approx({CNRS: 2, key("A"): 2, key("B"): 1})


def test_a_programme_stands_for_its_subtree() -> None:
    data = incidence(TRIO, programmes={"P1": "HORIZON.1.2", "P2": "H2020"})
    for programme in ("HORIZON", "HORIZON.1", "HORIZON.1.2"):
        assert set(project(data, Scope(programmes=(programme,))).graph) == {CNRS, key("A"), key("B")}
    assert set(project(data, Scope(programmes=("H2020",))).graph) == {CNRS, key("A")}
    with pytest.raises(BadRequest, match="no programme 'FP9'"):
        project(data, Scope(programmes=("FP9",)))


def test_years_keep_what_surely_overlaps_and_count_what_cannot_be_told() -> None:
    spans = {
        "P1": (2010, 2014),  # out: over before
        "P2": (2013, 2016),  # in
        "P3": (None, None),  # unknown
        "P4": (2014, None),  # unknown: began before, its end is not known to be open
        "P5": (2016, None),  # in: begins within
        "P6": (None, 2017),  # in: ends within
        "P7": (2021, None),  # out: begins after
        "P8": (None, 2025),  # unknown
    }
    data = incidence({event: ["CNRS", event] for event in spans}, years=spans)
    projection = project(data, Scope(years=(2015, 2020)))
    assert set(projection.graph) == {CNRS, key("P2"), key("P5"), key("P6")}
    assert projection.notes == (("network.undated_projects", {"count": 3}),)
    assert projection.note_texts("en")[0].startswith("3 projects with unknown dates")
    assert len(project(data, Scope()).graph) == 9


def test_places_keep_ties_with_one_end_inside() -> None:
    events = {"P1": ["CNRS", "Tokyo", "Berlin"], "P2": ["CNRS", "Berlin"], "P3": ["CNRS", "Lyon"]}
    data = incidence(events, countries={"Tokyo": "JP", "Berlin": "DE"})
    graph = project(data, Scope(countries=("JP",))).graph
    assert {frozenset(edge) for edge in graph.edges} == {
        frozenset({key("Tokyo"), CNRS}),
        frozenset({key("Tokyo"), key("Berlin")}),
    }
    assert set(project(data, Scope(regions=("142",))).graph) == set(graph)
    assert len(project(data, Scope(regions=("001",))).graph) == 4
    with pytest.raises(BadRequest, match="no country 'XX'"):
        project(data, Scope(countries=("XX",)))
    with pytest.raises(BadRequest, match="no region '999'"):
        project(data, Scope(regions=("999",)))


def test_a_country_counts_an_event_once() -> None:
    events = {
        "P1": ["CNRS", "Berlin", "Bonn"],
        "P2": ["CNRS", "Bonn", "Lyon"],
        "A1": ["CNRS"],
        "P4": ["CNRS", "Nowhere"],
    }
    data = incidence(events, countries={"Berlin": "DE", "Bonn": "DE", "Nowhere": None}, hosts={"A1": "JP"})
    projection = project(data, Scope(level="country"))
    graph = projection.graph
    assert graph["Country:FR"]["Country:DE"]["projects"] == 2
    assert graph["Country:FR"]["Country:JP"]["agreements"] == 1
    assert projection.notes == (("network.no_country", {"count": 1}),)
    alone = project(data, Scope(level="country", include_cnrs=False)).graph
    assert alone["Country:FR"]["Country:DE"]["projects"] == 1  # Lyon; P1 has no French member but the CNRS


WORKS = [("UMR 1", "A", 2019, 2023, 10, 2.5), ("UMR 2", "A", 2019, 2023, 4, None), ("UMR 1", "A", 2014, 2018, 99, None)]


def test_works_of_two_labs_are_never_one_and_spans_never_added() -> None:
    projection = project(incidence({}, works=WORKS), Scope())
    assert projection.graph["Lab:UMR 1"][key("A")] == {"weight": 10, "projects": 0, "agreements": 0, "works": 10}
    assert projection.graph["Lab:UMR 2"][key("A")]["works"] == 4
    assert ("network.works_overlap", {}) in projection.notes


YEARLY = [("UMR 1", "A", 2021, 2021, 3, 0.5), ("UMR 1", "A", 2022, 2022, 4, 0.25), ("UMR 1", "A", 2023, 2023, 5, None)]


def test_works_of_single_years_are_added_within_the_years_in_scope() -> None:
    data = incidence({}, works=YEARLY)
    tie = ("Lab:UMR 1", key("A"))
    assert project(data, Scope()).graph.edges[tie]["works"] == 12
    few = project(data, Scope(years=(2021, 2022)))
    assert few.graph.edges[tie]["works"] == 7
    assert "network.works_span" not in [name for name, _ in few.notes], "a year outside is not cut through"
    shared = project(data, Scope(years=(2021, 2022), weighting="fractional")).graph.edges[tie]
    assert shared["weight"] == pytest.approx(0.75)
    assert not project(data, Scope(weighting="fractional")).edges.height, "with one year unknown the sum is unknown"


@pytest.mark.parametrize(
    ("scope", "note", "ties"),
    [
        ("weighting=newman", "network.works_no_newman", 0),
        ("weighting=fractional", "network.works_no_fractional", 1),
        ("level=country", "network.works_by_country", 0),
        ("programmes=HORIZON", "network.works_no_programme", 0),
        ("years=2020-2025", "network.works_span", 0),
    ],
)
def test_works_left_out_are_said_so(scope: str, note: str, ties: int) -> None:
    projection = project(incidence({"P1": ["CNRS"]}, works=WORKS), Scope.parse(scope))
    assert projection.edges.height == ties
    assert note in [name for name, _ in projection.notes]
    assert all(projection.note_texts(language) for language in ("fr", "en"))


def test_nothing_in_scope_is_an_empty_network() -> None:
    projection = project(incidence({}), Scope())
    assert len(projection.graph) == 0
    assert projection.igraph.vcount() == 0
