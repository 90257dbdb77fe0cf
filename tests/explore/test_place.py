"""Where nodes stand: the same for the same picture, nothing on top of anything, what was there stays."""

from __future__ import annotations

from itertools import combinations
from math import dist

from graph.explore.place import places
from graph.explore.view import View, ViewEdge, ViewNode, merged

RADIUS = 8.0


def star(centre: str, size: int) -> View:
    nodes = [ViewNode("Institution", centre, centre, centre)]
    nodes += [ViewNode("Institution", f"{centre}-{i}", str(i), str(i)) for i in range(size)]
    edges = [ViewEdge(node.key, nodes[0].key, "projects", 1) for node in nodes[1:]]
    return View(tuple(nodes), tuple(edges), size, size, nodes[0].key)


def radii(view: View) -> dict[str, float]:
    return {node.key: RADIUS for node in view.nodes}


def test_the_same_picture_stands_the_same() -> None:
    view = star("a", 60)
    assert places(view, radii(view)) == places(view, radii(view))


def test_no_two_nodes_overlap() -> None:
    view = star("a", 120)
    stands = places(view, radii(view))
    assert min(dist(one, other) for one, other in combinations(stands.values(), 2)) > 2 * RADIUS


def test_opening_a_node_moves_nothing_and_brings_the_new_ones_near_it() -> None:
    view = star("a", 40)
    before = places(view, radii(view))
    opened = "Institution:a-7"
    bigger = merged(view, star("a-7", 20), opened=opened)
    after = places(bigger, radii(bigger), before)
    assert {key: after[key] for key in before} == before
    new = [after[node.key] for node in bigger.nodes if node.opened == opened]
    assert sorted(dist(place, before[opened]) for place in new)[len(new) // 2] < 320


def test_one_node_and_none_have_a_place_too() -> None:
    assert places(View((), (), 0, 0), {}) == {}
    assert len(places(star("a", 0), {})) == 1
