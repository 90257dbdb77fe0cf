"""Each measure against networkx or a published figure, and the ways a network can be odd."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from itertools import combinations

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import BadRequest
from graph.network import CNRS, MEASURES, Projection, Scope, measure, measure_info, measure_table, paths, project
from tests.network.networks import from_graph, incidence, key, unfolded

CONSORTIA = st.lists(
    st.lists(st.sampled_from("ABCDEFGHIJKL"), min_size=1, max_size=6, unique=True), min_size=1, max_size=9
)
SCOPED = st.sampled_from(["full", "fractional", "newman"])


def drawn(consortia: list[list[str]], weighting: str = "full") -> Projection:
    events = {f"P{i}": ["CNRS", *members] if i % 2 else members for i, members in enumerate(consortia)}
    return project(incidence(events), Scope.parse(f"weighting={weighting}"))


def lengthened(graph: nx.Graph) -> nx.Graph:
    """Lengths as fractions: with floats networkx takes 1/3 + 1/6 for longer than 1/2."""
    longer = nx.Graph(graph)
    for _, _, attributes in longer.edges(data=True):
        attributes["length"] = 1 / Fraction(attributes["weight"]).limit_denominator(10_000)
    return longer


@pytest.fixture(scope="module")
def karate() -> Projection:
    return from_graph(nx.karate_club_graph())


@pytest.fixture(scope="module")
def club() -> nx.Graph:
    return nx.relabel_nodes(nx.karate_club_graph(), lambda node: key(str(node)))


def test_zachary_as_published_in_the_networkx_reference(karate: Projection, club: nx.Graph) -> None:
    """Degrees 17 and 16 of the two leaders, 4-core of ten members, strength 42 and 48."""
    assert measure(karate, "degree")[key("33")] == 17
    assert measure(karate, "degree")[key("0")] == 16
    assert sum(value == 4 for value in measure(karate, "core").values()) == 10
    assert (measure(karate, "strength")[key("0")], measure(karate, "strength")[key("33")]) == (42, 48)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("strength", lambda g: dict(g.degree(weight="weight"))),
        ("degree", lambda g: dict(g.degree())),
        ("betweenness", lambda g: nx.betweenness_centrality(lengthened(g), weight="length")),
        ("harmonic", lambda g: nx.harmonic_centrality(lengthened(g), distance="length")),
        ("pagerank", lambda g: nx.pagerank(g, weight="weight", tol=1e-12)),
        ("eigenvector", lambda g: nx.eigenvector_centrality_numpy(g, weight="weight")),
        ("core", nx.core_number),
        ("constraint", lambda g: nx.constraint(g, weight="weight")),
        ("effective_size", nx.effective_size),
    ],
)
def test_zachary_as_networkx_counts_it(name: str, reference: object, karate: Projection, club: nx.Graph) -> None:
    expected = {node: float(value) for node, value in reference(club).items()}
    assert measure(karate, name) == pytest.approx(expected, abs=1e-6)


def test_the_broker_is_found_on_distance_not_on_weight() -> None:
    """Two strong pairs joined by B: read as distances, raw counts would lead round it."""
    graph = nx.Graph()
    graph.add_weighted_edges_from([("A", "B", 9), ("B", "C", 9), ("A", "C", 1)])
    assert measure(from_graph(graph), "betweenness") == {key("A"): 0, key("B"): 1, key("C"): 0}


def test_burts_constraint_by_hand() -> None:
    """The centre of a star of three has 3·(1/3)² = 1/3; an end, whose one partner is all it has, 1."""
    values = measure(from_graph(nx.star_graph(3)), "constraint")
    assert values == pytest.approx({key("0"): 1 / 3, key("1"): 1, key("2"): 1, key("3"): 1})


def test_effective_size_by_hand() -> None:
    """Six partners with four ties among them, so each with 4/3 of the others on average: 6 - 2·4/6 = 4.67."""
    graph = nx.star_graph(6)
    graph.add_edges_from([(1, 2), (1, 5), (2, 4), (4, 5)])
    assert measure(from_graph(graph), "effective_size")[key("0")] == pytest.approx(6 - 8 / 6)


@pytest.mark.parametrize("k", [1, 2, 5, 30])
def test_partners_who_do_not_know_each_other_count_in_full_and_a_clique_as_one(k: int) -> None:
    """The ends of a star, a pair and a clique have 1; the centre has k; one without a partner has none."""
    star, clique = nx.star_graph(k), nx.complete_graph(k + 1)
    star.add_node("alone")
    values = measure(from_graph(star), "effective_size")
    assert values.pop(key("alone")) is None
    assert values == {key("0"): k} | {key(str(end)): 1 for end in range(1, k + 1)}
    assert set(measure(from_graph(clique), "effective_size").values()) == {1}


@settings(max_examples=60)
@given(CONSORTIA, SCOPED)
def test_effective_size_is_that_of_networkx_whatever_the_weights(consortia: list[list[str]], weighting: str) -> None:
    projection = drawn(consortia, weighting)
    found = measure(projection, "effective_size")
    for node, expected in nx.effective_size(projection.graph).items():
        assert found[node] == (None if math.isnan(expected) else pytest.approx(expected))
        assert found[node] is None or 1 <= found[node] <= projection.graph.degree(node)


def test_effective_size_of_a_large_random_network_is_that_of_networkx() -> None:
    """Sparse and dense parts, hubs and isolates."""
    graph = nx.disjoint_union(nx.powerlaw_cluster_graph(300, 4, 0.6, seed=2), nx.gnp_random_graph(120, 0.3, seed=2))
    graph.add_nodes_from(range(1000, 1003))
    expected = {key(str(node)): None if math.isnan(v) else v for node, v in nx.effective_size(graph).items()}
    assert measure(from_graph(graph), "effective_size") == {
        node: None if value is None else pytest.approx(value) for node, value in expected.items()
    }


@settings(max_examples=60)
@given(CONSORTIA, SCOPED)
def test_paths_are_those_of_networkx_on_any_consortia(consortia: list[list[str]], weighting: str) -> None:
    """Folding the actors of one event and dropping long ties changes no figure."""
    projection = drawn(consortia, weighting)
    graph = lengthened(projection.graph)
    expected = nx.betweenness_centrality(graph, weight="length")
    near = {node: float(value) for node, value in nx.harmonic_centrality(graph, distance="length").items()}
    for one in (projection, unfolded(projection)):
        assert measure(one, "betweenness") == pytest.approx(expected, abs=1e-9)
        assert measure(one, "harmonic") == pytest.approx(near, rel=1e-6)
        assert measure_info(one, "betweenness").exact


@settings(max_examples=30)
@given(CONSORTIA, SCOPED)
def test_constraint_and_core_are_those_of_networkx(consortia: list[list[str]], weighting: str) -> None:
    projection = drawn(consortia, weighting)
    expected = {n: None if math.isnan(v) else v for n, v in nx.constraint(projection.graph, weight="weight").items()}
    found = measure(projection, "constraint")
    assert {n for n, v in found.items() if v is None} == {n for n, v in expected.items() if v is None}
    assert {n: v for n, v in found.items() if v is not None} == pytest.approx(
        {n: v for n, v in expected.items() if v is not None}
    )
    assert measure(projection, "core") == nx.core_number(projection.graph)


@settings(max_examples=30)
@given(CONSORTIA)
def test_eigenvector_is_that_of_each_component_alone(consortia: list[list[str]]) -> None:
    projection = drawn(consortia)
    values = measure(projection, "eigenvector")
    for component in nx.connected_components(projection.graph):
        if len(component) == 1:
            assert values[component.pop()] is None
            continue
        adjacency = nx.to_numpy_array(projection.graph, nodelist=sorted(component), weight="weight")
        found = np.array([values[node] for node in sorted(component)])
        assert np.linalg.norm(found) == pytest.approx(1)
        assert adjacency @ found == pytest.approx(np.linalg.eigvalsh(adjacency)[-1] * found, abs=1e-8)


def test_a_large_component_is_solved_as_a_small_one() -> None:
    graph = nx.barabasi_albert_graph(400, 3, seed=1)
    reference = nx.eigenvector_centrality_numpy(graph)
    expected = {key(str(node)): value for node, value in reference.items()}
    assert measure(from_graph(graph), "eigenvector") == pytest.approx(expected, abs=1e-6)


@settings(max_examples=20)
@given(CONSORTIA, st.permutations("ABCDEFGHIJKL"))
def test_names_do_not_matter(consortia: list[list[str]], names: list[str]) -> None:
    """Renaming the actors moves their figures with them; blocks are left out, ties in them may fall either way.

    Components of one size are numbered by their first member, so there it is who belongs together that stays.
    """
    renamed = dict(zip("ABCDEFGHIJKL", names, strict=True))
    before, after = drawn(consortia), drawn([[renamed[m] for m in members] for members in consortia])

    def moved(node: str) -> str:
        return node if node == CNRS else key(renamed[node.rpartition(":")[2]])

    for name in set(MEASURES) - {"community", "component", "eigenvector"}:
        new = measure(after, name)
        for node, value in measure(before, name).items():
            assert new[moved(node)] == (None if value is None else pytest.approx(value))
    old, new = measure(before, "component"), measure(after, "component")
    for one, other in combinations(old, 2):
        assert (old[one] == old[other]) == (new[moved(one)] == new[moved(other)])


@settings(max_examples=20)
@given(CONSORTIA, st.integers(2, 4))
def test_counting_every_project_more_often_changes_volumes_only(consortia: list[list[str]], times: int) -> None:
    once, often = drawn(consortia * 2), drawn(consortia * 2 * times)
    for node, value in measure(once, "strength").items():
        assert measure(often, "strength")[node] == times * value
    for name in ("degree", "core", "constraint", "effective_size", "betweenness", "pagerank"):
        for node, value in measure(once, name).items():
            assert measure(often, name)[node] == (None if value is None else pytest.approx(value))
    for node, value in measure(once, "harmonic").items():
        assert measure(often, "harmonic")[node] == pytest.approx(times * value)


@pytest.mark.parametrize(
    "events", [{}, {"P1": ["A"]}, {"P1": ["A", "B"]}, {"P1": ["A", "B"], "P2": ["C"], "P3": ["D", "E"]}]
)
def test_every_measure_stands_odd_networks(events: dict[str, list[str]]) -> None:
    projection = project(incidence(events), Scope())
    for name in MEASURES:
        values = measure(projection, name)
        assert set(values) == set(projection.graph)
        assert all(value is None or math.isfinite(value) for value in values.values())
        assert measure_info(projection, name).method("fr")
    table = measure_table(projection, list(MEASURES))
    assert table.height == len(projection.graph)


def test_what_is_undefined_alone_is_unknown_and_not_zero() -> None:
    projection = project(incidence({"P1": ["A", "B"], "P2": ["C"]}), Scope())
    for name in ("constraint", "effective_size", "eigenvector", "community"):
        assert measure(projection, name)[key("C")] is None
    assert measure(projection, "degree")[key("C")] == 0


def test_blocks_are_numbered_by_size_and_the_same_every_time() -> None:
    graph = nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(6))
    graph.add_edge(0, 8)
    first, again = from_graph(graph), from_graph(graph)
    values = measure(first, "community")
    assert {values[key(str(node))] for node in range(3, 9)} == {1}
    assert {values[key(str(node))] for node in range(3)} == {2}
    assert measure(again, "community") == values
    info = measure_info(first, "community")
    assert (info.blocks, info.stability) == (2, pytest.approx(1))
    assert info.modularity == pytest.approx(
        nx.community.modularity(graph, [set(range(3)), set(range(3, 9))], weight=None)
    )


def test_a_sample_states_its_error_and_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    events = {f"P{i}": [f"a{m}" for m in rng.zipf(1.3, 6) % 400] for i in range(500)}
    projection = project(incidence(events), Scope())
    exact = {name: MEASURES[name].compute(projection).values for name in ("betweenness", "harmonic")}
    monkeypatch.setattr(paths, "BUDGET", 20_000)
    sampled = project(incidence(events), Scope())
    info = measure_info(sampled, "betweenness")
    assert not info.exact
    assert 0 < info.sources < info.nodes
    difference = np.abs(np.array(list(measure(sampled, "betweenness").values())) - exact["betweenness"])
    assert difference.max() <= info.bound
    assert difference.max() <= 6 * info.error
    assert "±" in info.method("en")
    near = measure_info(sampled, "harmonic")
    assert not near.exact
    relative = np.abs(np.array(list(measure(sampled, "harmonic").values())) / exact["harmonic"] - 1)
    assert np.median(relative) <= near.error
    again = project(incidence(events), Scope())
    assert measure(again, "betweenness") == measure(sampled, "betweenness")


def test_the_table_ranks_by_its_first_measure() -> None:
    graph = nx.star_graph(3)
    graph.add_node(9)
    table = measure_table(from_graph(graph), ["degree", "constraint"])
    assert table.columns == ["rank", "id", "label", "name", "country", "degree", "constraint"]
    assert table["rank"].to_list() == [1, 2, 2, 2, 5]
    brokers = measure_table(from_graph(graph), ["constraint"])
    assert brokers["id"][0] == "0"
    assert brokers["rank"].to_list() == [1, 2, 2, 2, None]
    assert table.schema["degree"] == pl.Int64
    spanning = measure_table(from_graph(graph), ["effective_size"])
    assert spanning["rank"].to_list() == [1, 2, 2, 2, None]
    assert spanning["effective_size"].to_list() == [3, 1, 1, 1, None]


def test_an_unknown_measure_is_refused_with_those_there_are() -> None:
    projection = project(incidence({}), Scope())
    with pytest.raises(BadRequest, match="betweenness"):
        measure(projection, "fame")
    with pytest.raises(BadRequest):
        measure_table(projection, [])


def test_every_measure_has_its_words() -> None:
    for one in MEASURES.values():
        for language in ("fr", "en"):
            assert one.title(language)
            assert re.search(r"\b(19|20)\d\d\b", one.definition(language)), "a definition names its source"
