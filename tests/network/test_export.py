"""What is taken away opens elsewhere, complete and harmless."""

from __future__ import annotations

import io

import networkx as nx
import polars as pl

from graph.export import csv, gexf, graphml
from graph.network import Scope, project
from tests.network.networks import incidence, key


def sample() -> nx.Graph:
    data = incidence({"P1": ["CNRS", "Éc<o>le & \x0b'x'"], "A1": ["CNRS", "B"]}, countries={"B": None})
    return project(data, Scope()).graph


def test_graphml_comes_back_as_it_was_less_the_unknown() -> None:
    graph = sample()
    back = nx.read_graphml(io.BytesIO(graphml(graph)))
    assert back.number_of_edges() == graph.number_of_edges()
    assert back.edges["Institution:ror:02feahw73", key("B")] == {"weight": 1, "projects": 0, "agreements": 1}
    assert "country" not in back.nodes[key("B")]
    assert back.nodes[key("Éc<o>le & 'x'")]["name"] == "Éc<o>le & 'x'"


def test_gexf_shows_names_and_keeps_kinds() -> None:
    graph = sample()
    back = nx.read_gexf(io.BytesIO(gexf(graph)))
    assert set(back) == {node.replace("\x0b", "") for node in graph}
    assert back.nodes[key("B")]["label"] == "B"
    assert back.nodes[key("B")]["kind"] == "Institution"
    assert "name" in graph.nodes[key("B")]


def test_multiple_relationships_and_lists_survive() -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("Project:1", identifiers=["a", "b"], named=True)
    graph.add_edge("Institution:1", "Project:1", type="PARTICIPATES_IN", role=None)
    graph.add_edge("Institution:1", "Project:1", type="PARTICIPATES_IN", role="coordinator")
    back = nx.read_graphml(io.BytesIO(graphml(graph)))
    assert back.number_of_edges() == 2
    assert back.nodes["Project:1"] == {"identifiers": "a; b", "named": True}
    assert nx.read_gexf(io.BytesIO(gexf(graph))).number_of_edges() == 2


def test_csv_runs_no_formula_and_leaves_numbers_alone() -> None:
    frame = pl.DataFrame(
        {
            "name": ["=1+1", "+33", "-x", "@a", "\tt", "\rr", "plain", None],
            "value": [-1, 2, 3, 4, 5, 6, 7, None],
            "=head": [["=a", "b"]] + [None] * 7,
        }
    )
    text = csv(frame).decode("utf-8-sig")
    back = pl.read_csv(io.StringIO(text), eol_char="\n")
    assert back["name"].to_list() == ["'=1+1", "'+33", "'-x", "'@a", "'\tt", "'\rr", "plain", None]
    assert back["value"].to_list() == [-1, 2, 3, 4, 5, 6, 7, None]
    assert back.columns == ["name", "value", "'=head"]
    assert back["'=head"][0] == "'=a; b"


def test_csv_writes_nested_values_as_text() -> None:
    frame = pl.DataFrame({"s": [{"a": 1}, None], "l": [[{"a": 1}], None]})
    assert csv(frame).decode("utf-8-sig").splitlines()[0] == "s,l"


def test_an_empty_table_keeps_its_headings() -> None:
    assert csv(pl.DataFrame(schema={"id": pl.String, "n": pl.Int64})).decode("utf-8-sig") == "id,n\n"
