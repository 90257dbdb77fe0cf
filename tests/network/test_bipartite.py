"""Who took part in what, as a matrix, against the projection drawn from the same ties."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import BadRequest
from graph.network import CNRS, Scope, project, values
from graph.network.bipartite import bipartite, check_actor, once
from tests.network.networks import incidence, key

CONSORTIA = st.lists(st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=4, unique=True), min_size=1, max_size=6)
SCOPES = st.sampled_from(
    ["", "weighting=fractional", "cnrs=0;weighting=newman", "countries=DE", "level=country", "ties=copublications"]
)


@settings(max_examples=40)
@given(CONSORTIA, SCOPES)
def test_its_ties_are_those_of_the_projection(consortia: list[list[str]], text: str) -> None:
    events = {f"{'AP'[i % 2]}{i}": ["CNRS", *members] if i % 3 else members for i, members in enumerate(consortia)}
    one = incidence(
        events | {"P": ["Z"]},
        countries={"A": "DE", "B": "JP", "Z": "DE"},
        works=[("UMR 1", "A", 2019, 2023, 3, 1.5), ("UMR 1", "C", 2019, 2023, 2, None)],
    )
    scope = Scope.parse(text)
    shape, projection = bipartite(one, scope), project(one, scope)
    weights = (shape.weights + shape.joint_works("weight")).toarray()
    kept = shape.nodes["key"].is_in(projection.nodes["key"].implode()).to_numpy()
    # What a filter by place drops from the projection is tied to nobody.
    assert weights[~kept].sum() == 0
    assert weights[kept][:, kept] == pytest.approx(projection.adjacency.toarray())
    counted = projection.edges.select(pl.sum_horizontal("projects", "agreements"))
    part = shape.of(kept)
    assert part.nodes["key"].to_list() == projection.keys
    assert part.joint.toarray()[projection.a, projection.b].tolist() == counted.to_series().to_list()
    once_each = np.ones((shape.events.height, 1))
    assert part.strength(once_each)[:, 0] == pytest.approx(values(projection, "strength"))


def test_a_lab_with_a_part_takes_part_and_no_event_weighs_less() -> None:
    one = incidence({"P1": ["CNRS", "A"], "P2": ["A"]}, parts=[("P1", "UMR 1"), ("P1", "UMR 2")])
    assert bipartite(one, Scope()).number("Lab:UMR 1") is None
    shape = bipartite(one, Scope.parse("weighting=fractional"), parts=True)
    lab, body = shape.number("Lab:UMR 1"), shape.number(key("A"))
    assert shape.weights[lab, body] == shape.weights[shape.number(CNRS), body] == 0.5
    assert shape.taken[[lab, body]].tolist() == [1, 2]


def test_actors_are_checked_at_the_level_of_the_scope() -> None:
    one = incidence({"P1": ["A"]})
    check_actor(one, Scope(), key("A"))
    check_actor(one, Scope.parse("level=country"), "Country:FR")
    for scope, actor in (("", "Institution:B"), ("", "Country:FR"), ("level=country", key("A"))):
        with pytest.raises(BadRequest, match=actor):
            check_actor(one, Scope.parse(scope), actor)


def test_a_note_is_given_once() -> None:
    first, second, third = ("a", {}), ("b", {"n": 1}), ("b", {"n": 2})
    assert once([first, second, first, third]) == (first, second, third)
