"""Joining, thinning and taking apart pictures, without a store."""

from __future__ import annotations

from graph.explore.view import View, ViewEdge, ViewNode, merged, only, without


def node(label: str, identity: str) -> ViewNode:
    return ViewNode(label, identity, identity, identity)


CNRS, TOKYO, KYOTO, LIMMS = (
    node("Institution", "c"),
    node("Institution", "t"),
    node("Institution", "k"),
    node("Lab", "l"),
)
PICTURE = View(
    (CNRS, TOKYO, LIMMS),
    (ViewEdge(TOKYO.key, CNRS.key, "projects", 20), ViewEdge(LIMMS.key, TOKYO.key, "copublishes_with", 3)),
    2,
    9,
    CNRS.key,
)


def test_what_both_pictures_hold_is_kept_once_as_the_first_has_it() -> None:
    ties = (ViewEdge(CNRS.key, TOKYO.key, "projects", 20), ViewEdge(KYOTO.key, TOKYO.key, "projects", 2))
    other = View((TOKYO, KYOTO), ties, 1, 1)
    joined = merged(PICTURE, other, opened=TOKYO.key)
    assert [each.key for each in joined.nodes] == [CNRS.key, TOKYO.key, LIMMS.key, KYOTO.key]
    assert len(joined.edges) == 3, "a tie read from its other end is the same tie"
    assert joined.nodes[-1].opened == TOKYO.key
    assert joined.nodes[1].opened is None


def test_taking_a_node_out_takes_its_ties_out() -> None:
    left = without(PICTURE, [TOKYO.key])
    assert left.edges == ()
    assert {each.key for each in left.nodes} == {CNRS.key, LIMMS.key}


def test_a_kind_switched_off_leaves_the_centre() -> None:
    left = only(PICTURE, {"Lab"})
    assert {each.key for each in left.nodes} == {CNRS.key, LIMMS.key}
    assert left.edges == ()


def test_neighbours_are_named_once_whatever_the_direction_of_the_tie() -> None:
    assert PICTURE.neighbours(TOKYO.key) == (CNRS.key, LIMMS.key)
    assert PICTURE.kinds() == {"Institution": 2, "Lab": 1}
    assert PICTURE.ties() == {"projects": 1, "copublishes_with": 1}


def test_a_long_name_gives_way_to_the_short_one_on_the_drawing_only() -> None:
    long = ViewNode("Institution", "x", "Commissariat", "Commissariat", short="CEA")
    assert (long.caption("fr"), long.name("fr")) == ("CEA", "Commissariat")
