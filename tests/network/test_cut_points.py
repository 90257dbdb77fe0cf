"""Articulation points and what falls off, against networkx and by hand."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import polars as pl
from hypothesis import given, settings

from graph.network import Projection, Scope, cut_points, project
from graph.network.cut_points import cut_points as points
from tests.network.networks import from_graph, incidence, key
from tests.network.test_measures import CONSORTIA


def answer(ties, scope=None, **given):
    return cut_points.ANALYSES[0].answer(ties, scope or Scope(), given)


def without(projection: Projection, vertex: int) -> list[set[str]]:
    """Pieces of the component of a vertex once it is gone, largest first, equal ones by their first name."""
    graph, names = nx.Graph(projection.graph), projection.keys
    component = nx.node_connected_component(graph, names[vertex])
    pieces = nx.connected_components(graph.subgraph(component - {names[vertex]}))
    return sorted(pieces, key=lambda piece: (-len(piece), min(piece)))


@settings(max_examples=80)
@given(CONSORTIA)
def test_points_and_pieces_are_those_of_networkx(consortia: list[list[str]]) -> None:
    projection = project(incidence({f"P{i}": members for i, members in enumerate(consortia)}), Scope())
    found = points(projection)
    names = projection.keys
    assert {names[one.vertex] for one in found} == set(nx.articulation_points(nx.Graph(projection.graph)))
    for one in found:
        largest, *others = without(projection, one.vertex)
        assert {names[vertex] for vertex in one.cut_off} == set().union(*others)
        assert one.pieces == tuple(len(piece) for piece in others)
        assert one.remains == len(largest)


def test_a_ring_has_none_and_a_star_hangs_on_its_centre() -> None:
    assert points(from_graph(nx.cycle_graph(5))) == []
    (centre,) = points(from_graph(nx.star_graph(4)))
    assert (centre.vertex, centre.cut_off.tolist(), centre.pieces, centre.remains) == (0, [2, 3, 4], (1, 1, 1), 1)


def test_the_answer_names_who_is_cut_off_strongest_first() -> None:
    """Both B and C hold a pair and a lone one apart from the rest."""
    ties = incidence({"P1": "BDE", "P2": "DE", "P3": "DE", "P4": "BF", "P5": "BC", "P6": "CGH", "P7": "GH", "P8": "CI"})
    found = answer(ties)
    assert found.table.rows() == [
        (key("B"), "B", "FR", 3, 2, 2, 4, "D · E · F"),
        (key("C"), "C", "FR", 3, 2, 2, 4, "G · H · I"),
    ]
    assert found.figures == {"actors": 8, "giant": 8, "points": 2, "points_shown": 2}
    assert answer(ties, floor="4").table.is_empty()
    assert answer(ties, floor="4").figures["points"] == 2


def test_who_is_cut_off_without_a_name_stands_by_its_id() -> None:
    ties = incidence({"P1": "BDE", "P2": "DE", "P3": "DE", "P4": "BF"})
    nameless = pl.when(pl.col("id") != "F").then("name").alias("name")
    found = answer(replace(ties, actors=ties.actors.with_columns(nameless)), floor="1")
    assert found.table.select("name", "who_cut_off").rows() == [("B", "F")]
    unknown = answer(replace(ties, actors=ties.actors.filter(pl.col("id") != "F")), floor="1")
    assert unknown.table["who_cut_off"].to_list() == [key("F")]


def test_each_component_falls_apart_on_its_own() -> None:
    """The other pair is not cut off, for it never was joined."""
    found = answer(incidence({"P1": "AB", "P2": "BC", "P3": "XY", "P4": "Z"}), floor="1")
    assert found.table.select("name", "cut_off", "remains").rows() == [("B", 1, 1)]
    assert found.figures["giant"] == 3


def test_nobody_and_one_alone_have_no_points() -> None:
    for ties, actors in ((incidence({}), 0), (incidence({"P1": "A"}), 1)):
        found = answer(ties)
        assert found.table.is_empty()
        assert found.figures == {"actors": actors, "giant": actors, "points": 0, "points_shown": 0}


def test_the_cnrs_is_said_to_hold_what_it_is_all_in() -> None:
    notes = [note for note, _ in answer(incidence({"P1": ["CNRS", "A"], "P2": ["CNRS", "B"]}), floor="1").notes]
    assert "structure.cnrs_everywhere" in notes
    without = answer(incidence({"P1": ["CNRS", "A"], "P2": ["CNRS", "B"]}), Scope(include_cnrs=False))
    assert "structure.cnrs_everywhere" not in [note for note, _ in without.notes]
