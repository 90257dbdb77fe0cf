"""Cores by strength against a peeling by hand."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from graph.network import Projection, Scope, project
from graph.network.cores import strength_core
from tests.network.networks import from_graph, incidence
from tests.network.test_measures import CONSORTIA, SCOPED, drawn


def peeled(projection: Projection) -> dict[str, float]:
    """Take away whoever has least strength among those left, one at a time; a level never falls."""
    graph, level, values = nx.Graph(projection.graph), 0.0, {}
    while graph:
        name, strength = min(graph.degree(weight="weight"), key=lambda pair: (pair[1], pair[0]))
        level = max(level, strength)
        values[name] = level
        graph.remove_node(name)
    return values


@settings(max_examples=80)
@given(CONSORTIA, SCOPED)
def test_cores_are_those_of_a_peeling_one_at_a_time(consortia: list[list[str]], weighting: str) -> None:
    projection = drawn(consortia, weighting)
    found = dict(zip(projection.keys, strength_core(projection), strict=True))
    assert found == pytest.approx(peeled(projection))


@settings(max_examples=30)
@given(CONSORTIA)
def test_everyone_at_a_level_has_that_strength_among_those_at_it_or_above(consortia: list[list[str]]) -> None:
    """What an s-core is: the subgraph in which each has s at least."""
    projection = drawn(consortia)
    values = strength_core(projection)
    for level in np.unique(values):
        inside = (values >= level).astype(float)
        assert ((projection.adjacency @ inside)[values >= level] >= level).all()


def test_with_weights_of_one_they_are_k_cores() -> None:
    graph = nx.Graph(nx.karate_club_graph().edges())
    projection = from_graph(graph)
    expected = nx.core_number(projection.graph)
    assert dict(zip(projection.keys, strength_core(projection), strict=True)) == expected


def test_a_heavy_pair_outlasts_a_large_light_group() -> None:
    """Five tied once each to all others have strength 4; two with nine projects have 9 with nobody else."""
    graph = nx.complete_graph(5)
    graph.add_edge(7, 8, weight=9)
    assert strength_core(from_graph(graph)).tolist() == [4, 4, 4, 4, 4, 9, 9]


def test_scaling_scales_and_nobody_has_none() -> None:
    light, heavy = nx.karate_club_graph(), nx.karate_club_graph()
    for _, _, attributes in heavy.edges(data=True):
        attributes["weight"] *= 3
    assert np.array_equal(strength_core(from_graph(heavy)), 3 * strength_core(from_graph(light)))
    assert strength_core(project(incidence({}), Scope())).tolist() == []
    assert strength_core(project(incidence({"P1": "A", "P2": "BC"}), Scope())).tolist() == [0, 1, 1]
