"""Places on the canvas stay where they were."""

from __future__ import annotations

import networkx as nx
import pytest

from graph.network import layout


def test_the_same_graph_stands_the_same_whatever_its_order() -> None:
    graph = nx.karate_club_graph()
    turned = nx.Graph()
    turned.add_nodes_from(reversed(list(graph)))
    turned.add_edges_from((b, a, d) for a, b, d in reversed(list(graph.edges(data=True))))
    assert layout(graph) == layout(turned)
    assert layout(graph) != layout(graph, seed=8)


def test_places_fill_the_square_and_friends_stand_near() -> None:
    graph = nx.disjoint_union(nx.complete_graph(5), nx.complete_graph(5))
    graph.add_edge(0, 5)
    places = layout(graph)
    assert max(abs(c) for place in places.values() for c in place) == pytest.approx(1)
    centre = [sum(places[n][0] for n in block) / 5 for block in (range(5), range(5, 10))]
    spread = max(abs(places[n][0] - centre[0]) for n in range(5))
    vertical = [sum(places[n][1] for n in block) / 5 for block in (range(5), range(5, 10))]
    assert ((centre[0] - centre[1]) ** 2 + (vertical[0] - vertical[1]) ** 2) ** 0.5 > spread


@pytest.mark.parametrize("size", [0, 1])
def test_nothing_and_one_alone(size: int) -> None:
    assert layout(nx.empty_graph(size)) == dict.fromkeys(range(size), (0.0, 0.0))


def test_without_ties_everyone_has_a_place() -> None:
    assert len(set(layout(nx.empty_graph(4)).values())) == 4
