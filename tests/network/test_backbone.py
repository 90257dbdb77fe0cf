"""The disparity filter against its formula, and what is kept."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.integrate import quad

from graph.network import Scope, backbone, project
from graph.network.backbone import disparity
from tests.network.networks import from_graph, incidence, key
from tests.network.test_measures import CONSORTIA, SCOPED, drawn


def answer(ties, scope=None, **given):
    return backbone.ANALYSES[0].answer(ties, scope or Scope(), given)


@settings(max_examples=40)
@given(CONSORTIA, SCOPED)
def test_it_is_the_published_integral_at_the_better_end(consortia: list[list[str]], weighting: str) -> None:
    """1 - (k - 1) times the integral of (1 - x)^(k - 2) up to w/s, as Serrano and others write it."""
    projection = drawn(consortia, weighting)
    graph = projection.graph
    names = projection.keys

    def chance(one: str, other: str) -> float:
        k, share = graph.degree[one], graph[one][other]["weight"] / graph.degree(weight="weight")[one]
        return 1 - (k - 1) * quad(lambda x: (1 - x) ** (k - 2), 0, min(share, 1))[0] if k > 1 else 1

    expected = [
        min(chance(names[a], names[b]), chance(names[b], names[a]))
        for a, b in zip(projection.a, projection.b, strict=True)
    ]
    assert disparity(projection).tolist() == pytest.approx(expected, abs=1e-7)


def test_the_one_heavy_tie_of_many_is_kept() -> None:
    """A hub with one partner of 40 projects and nine of one: (1 - 40/49)^9 is next to nothing, (1 - 1/49)^9 is not."""
    events = {f"P{i}": "AB" for i in range(40)} | {f"P1{name}": ["A", name] for name in "CDEFGHIJK"}
    found = answer(incidence(events))
    assert found.table.select("a", "b", "weight", "projects", "works").rows() == [(key("A"), key("B"), 40.0, 40, None)]
    assert found.table["alpha"][0] == pytest.approx((9 / 49) ** 9)
    assert found.figures == {
        "ties": 10,
        "ties_kept": 1,
        "ties_share": 0.1,
        "weight_share": pytest.approx(40 / 49),
        "actors_kept": 2,
        "actors_share": pytest.approx(2 / 11),
    }
    assert answer(incidence(events), alpha="0.9").figures["ties_kept"] == 10


def test_strongest_first_and_equal_ones_in_a_fixed_order() -> None:
    table = answer(incidence({"P1": "ABC", "P2": "AB", "P3": "XYZ"}), alpha="1").table
    assert table.select("a_name", "b_name").rows()[0] == ("A", "B")
    order = table.select("weight", "alpha", "a", "b").rows()
    assert order == sorted(order, key=lambda row: (-row[0], row[1], row[2], row[3]))


def test_scaling_changes_nothing() -> None:
    light, heavy = nx.karate_club_graph(), nx.karate_club_graph()
    for _, _, attributes in heavy.edges(data=True):
        attributes["weight"] *= 3
    assert np.allclose(disparity(from_graph(light)), disparity(from_graph(heavy)))


def test_a_pair_alone_tells_nothing_and_nobody_has_no_shares() -> None:
    assert disparity(project(incidence({"P1": "AB"}), Scope())).tolist() == [1]
    assert answer(incidence({"P1": "AB"})).figures["actors_share"] == 0
    assert answer(incidence({})).figures["ties_share"] is None
    assert answer(incidence({"P1": "A"})).table.is_empty()
