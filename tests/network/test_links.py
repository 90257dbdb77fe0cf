"""Chains between two actors against networkx, and the evidence of each step by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graph.errors import BadRequest
from graph.i18n import LANGUAGES
from graph.network import CNRS, Answer, Incidence, Scope, links, project
from tests.network.networks import incidence, key

LINKS = links.ANALYSES[0]
CONSORTIA = st.lists(
    st.lists(st.sampled_from("ABCDEFGHIJ"), min_size=1, max_size=3, unique=True), min_size=1, max_size=12
)
LAB = "Lab:UMR 1"


def asked(graph: Incidence, a: str, b: str, scope: str = "", **given: object) -> Answer:
    return LINKS.answer(graph, Scope.parse(scope), {"a": a, "b": b} | given)


def chains(answer: Answer) -> list[list[str]]:
    """The names along each path."""
    found: dict[int, dict[int, tuple[str, str]]] = {}
    for path, step, start, end in answer.table.select("path", "step", "from_name", "to_name").iter_rows():
        found.setdefault(path, {})[step] = (start, end)
    return [[steps[1][0], *(end for _, end in steps.values())] for steps in found.values()]


@settings(max_examples=60)
@given(CONSORTIA, st.sampled_from(["", "weighting=fractional", "weighting=newman"]))
def test_paths_are_those_of_networkx(consortia: list[list[str]], text: str) -> None:
    one = incidence({f"P{i}": members for i, members in enumerate(consortia)})
    graph = project(one, Scope.parse(text)).graph
    assume({key("A"), key("B")} <= set(graph))
    answer = asked(one, key("A"), key("B"), text, paths="4", evidence="99")
    if not nx.has_path(graph, key("A"), key("B")):
        assert answer.table.is_empty()
        assert answer.notes == (("certainty.no_path", {}),)
        return

    def length(path: list[str]) -> Fraction:
        return sum(1 / Fraction(graph[a][b]["weight"]).limit_denominator(1000) for a, b in pairwise(path))

    every = sorted(nx.all_shortest_paths(graph, key("A"), key("B")), key=length)
    assert answer.figures == {"steps": len(every[0]) - 1, "fewest": len(every)}
    found = [[key(name) for name in chain] for chain in chains(answer)]
    few = [path for path in found if len(path) == len(every[0])]
    assert [length(path) for path in few[:4]] == [length(path) for path in every[: len(few)]]
    assert all(path in every for path in few)
    assert min(len(every), 4) <= len(few)
    (strongest,) = answer.table.filter(strongest=True)["path"].unique()
    lengths = {(a, b): 1 / Fraction(w).limit_denominator(1000) for a, b, w in graph.edges(data="weight")}
    nx.set_edge_attributes(graph := nx.Graph(graph), lengths, "length")
    assert length(found[strongest - 1]) == nx.dijkstra_path_length(graph, key("A"), key("B"), weight="length")
    for row in answer.table.to_dicts():
        tie = graph[row["from"]][row["to"]]
        assert (row["joint"], row["weight"]) == (tie["projects"], pytest.approx(tie["weight"]))
        members = consortia[int(row["via"].removeprefix("Project:P"))]
        assert {row["from_name"], row["to_name"]} <= set(members)
    for rows in answer.table.partition_by("path", "step"):
        assert rows.height == rows["joint"][0]


def small() -> Incidence:
    """The lab writes with A and has a part in P1; A and B share two projects and an agreement; C is apart."""
    return incidence(
        {"P1": ["CNRS", "D"], "P2": ["A", "B"], "P3": ["A", "B"], "A1": ["A", "B"], "P4": ["C"], "P5": ["D", "E"]},
        years={"P2": (2015, 2018), "P3": (2022, 2025), "A1": (2019, None)},
        works=[("UMR 1", "A", 2019, 2023, 7, None)],
        parts=[("P1", "UMR 1")],
    )


def test_each_step_has_its_evidence_the_latest_first() -> None:
    answer = asked(small(), LAB, key("B"), "cnrs=0")
    assert answer.table.columns == [column.name for column in LINKS.columns]
    steps = answer.table.select("step", "tie", "via", "joint", "works", "first", "last").rows()
    assert steps == [
        (1, "copublications", None, 0, 7, 2019, 2023),
        (2, "projects", "Project:P3", 3, None, 2022, 2025),
        (2, "projects", "Project:P2", 3, None, 2015, 2018),
        (2, "agreements", "Agreement:A1", 3, None, 2019, None),
    ]
    assert answer.table["strongest"].all()
    assert asked(small(), LAB, key("B"), "cnrs=0", evidence="1").table["via"].to_list() == [None, "Project:P3"]


def test_a_lab_is_tied_by_its_part_in_a_project_and_weighs_nothing_there() -> None:
    """P1 has two members, the lab within one of them: 1/d stays 1/2."""
    answer = asked(small(), LAB, key("E"), "ties=projects;weighting=fractional;cnrs=0")
    assert chains(answer) == [["UMR 1", "D", "E"]]
    assert answer.table["weight"].to_list() == [0.5, 0.5]
    direct = asked(small(), LAB, CNRS, "ties=projects")
    assert direct.table.select("via", "joint").rows() == [("Project:P1", 1)]


def test_a_path_through_the_cnrs_is_told_and_a_scope_without_it_has_none() -> None:
    graph = incidence({"P1": ["CNRS", "A"], "P2": ["CNRS", "B"]})
    assert ("certainty.through_cnrs", {}) in asked(graph, key("A"), key("B")).notes
    apart = asked(graph, key("A"), key("B"), "cnrs=0")
    assert apart.notes == (("certainty.no_path", {}),)
    assert dict(apart.figures) == {"steps": None, "fewest": 0}
    assert all(apart.note_texts(language) for language in LANGUAGES)


def test_the_strongest_path_may_be_the_longer_one() -> None:
    events = {f"P{a}{b}{i}": [a, b] for a, b in (("A", "B"), ("B", "C")) for i in range(9)} | {"P": ["A", "C"]}
    answer = asked(incidence(events), key("A"), key("C"))
    assert chains(answer) == [["A", "C"], ["A", "B", "C"]]
    assert answer.table.filter(path=2)["strongest"].all()
    assert not answer.table.filter(path=1)["strongest"].any()


def test_of_paths_of_equal_steps_the_strongest_come_first() -> None:
    many = {"M": 1, "N": 2, "O": 3}
    events = {f"P{end}{middle}{i}": [end, middle] for end in "AC" for middle, n in many.items() for i in range(n)}
    answer = asked(incidence(events), key("A"), key("C"), paths="2")
    assert chains(answer) == [["A", "O", "C"], ["A", "N", "C"]]
    assert answer.figures["fewest"] == 3


def test_countries_are_linked_by_country() -> None:
    graph = incidence({"P1": ["A", "B"], "P2": ["C", "D"]}, countries={"A": "DE", "B": "JP", "C": "JP", "D": "CA"})
    assert chains(asked(graph, "Country:DE", "Country:CA", "level=country")) == [["DE", "JP", "CA"]]


def test_who_is_not_there_is_named_and_who_is_out_of_scope_has_no_path() -> None:
    with pytest.raises(BadRequest, match="Institution:NOPE"):
        asked(small(), key("A"), "Institution:NOPE")
    with pytest.raises(BadRequest, match="Institution:A"):
        asked(small(), key("A"), "Country:FR", "level=country")
    with pytest.raises(BadRequest, match="both ends"):
        asked(small(), key("A"), key("A"))
    assert asked(small(), key("A"), key("C")).table.is_empty()
    assert asked(small(), key("A"), key("D"), "ties=agreements").table.is_empty()
