"""The network at large against networkx and published figures; every text there is, in both languages."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from graph.i18n import LANGUAGES, keys
from graph.network import Scope, backbone, bridges, brokers, cut_points, replaceable, structure
from graph.network.centrality import degree, strength
from graph.network.mixing import degree_assortativity, group_assortativity
from tests.network.networks import from_graph, incidence
from tests.network.test_measures import CONSORTIA, SCOPED, drawn

ANALYSES = [
    one for module in (brokers, cut_points, replaceable, bridges, backbone, structure) for one in module.ANALYSES
]
COUNTRIES = {"A": "FR", "B": "FR", "C": "JP", "D": "JP", "E": "DE", "F": None}


def quantities(ties, scope=None) -> dict[str, float | None]:
    table = structure.ANALYSES[0].answer(ties, scope or Scope()).table
    return dict(table.select("quantity", "value").iter_rows())


def karate():
    """The club as projects of two."""
    graph = nx.karate_club_graph()
    return incidence({f"P{a}-{b}-{i}": (str(a), str(b)) for a, b, w in graph.edges(data="weight") for i in range(w)})


def test_zachary_as_published_and_as_networkx_counts_it() -> None:
    """Newman's assortativity of the club is -0.476; its transitivity 0.256, its density 0.139."""
    found, club = quantities(karate()), nx.karate_club_graph()
    assert found["degree_assortativity"] == pytest.approx(-0.476, abs=5e-4)
    assert found["transitivity"] == pytest.approx(0.256, abs=5e-4)
    assert found["density"] == pytest.approx(0.139, abs=5e-4)
    weighted = nx.degree_assortativity_coefficient(club, weight="weight")
    assert found["strength_assortativity"] == pytest.approx(weighted)
    several = [node for node, k in club.degree() if k > 1]
    assert found["clustering"] == pytest.approx(nx.average_clustering(club, several))
    assert found["mean_strength"] == pytest.approx(2 * club.size(weight="weight") / 34)
    assert found["giant_share"] == 1


@settings(max_examples=30)
@given(CONSORTIA, SCOPED)
def test_assortativities_are_those_of_networkx(consortia: list[list[str]], weighting: str) -> None:
    projection = drawn(consortia, weighting)
    graph = nx.Graph(projection.graph)
    if not graph.size():
        return

    def by_networkx(coefficient, values) -> float:
        nx.set_node_attributes(graph, dict(zip(projection.keys, values.tolist(), strict=True)), "value")
        with np.errstate(all="ignore"):
            return coefficient(graph, "value")

    groups = np.arange(projection.nodes.height) % 3
    expected = by_networkx(nx.attribute_assortativity_coefficient, groups)
    assert group_assortativity(projection, groups) == (None if math.isnan(expected) else pytest.approx(expected))
    for values in (degree(projection), strength(projection)):
        found = degree_assortativity(projection, values)
        # Where all ends have nearly one value networkx divides what rounding left.
        if found is not None:
            assert found == pytest.approx(by_networkx(nx.numeric_assortativity_coefficient, values), abs=1e-6)


def test_countries_by_hand_and_who_has_none_is_left_out() -> None:
    """Of four ties between known countries two cross, two of five by weight; E-F is one with an unknown."""
    ties = incidence({"P1": "AB", "P2": "AB", "P3": "BC", "P4": "CD", "P5": "DE", "P6": "EF"}, countries=COUNTRIES)
    found = quantities(ties)
    assert found["ei_countries"] == 0
    assert found["ei_countries_weight"] == pytest.approx((2 - 3) / 5)
    # Ends in FR, JP, DE: 3, 4 and 1 of 8.
    chance = (9 + 16 + 1) / 64
    assert found["country_assortativity"] == pytest.approx((0.5 - chance) / (1 - chance))
    answer = structure.ANALYSES[0].answer(ties, Scope())
    assert dict(answer.notes)["structure.unplaced_ties"] == {"count": 1}
    over = dict(answer.table.select("quantity", "over").iter_rows())
    assert (over["ei_countries"], over["degree_assortativity"], over["density"]) == (4, 5, 15)


def test_components_and_those_without_a_partner() -> None:
    found = structure.ANALYSES[0].answer(incidence({"P1": "ABC", "P2": "DE", "P3": "F"}), Scope())
    assert found.figures == {"actors": 6, "ties": 4, "components": 3, "giant": 3, "alone": 1}
    assert quantities(incidence({"P1": "ABC", "P2": "DE", "P3": "F"}))["giant_share"] == 0.5


def test_scaling_and_names_move_no_ratio() -> None:
    graph = nx.karate_club_graph()
    for _, _, attributes in graph.edges(data=True):
        attributes["weight"] *= 3
    one, other = from_graph(nx.karate_club_graph()), from_graph(graph)
    assert degree_assortativity(one, strength(one)) == pytest.approx(degree_assortativity(other, strength(other)))
    renamed = from_graph(nx.relabel_nodes(nx.karate_club_graph(), {node: 33 - node for node in range(34)}))
    assert degree_assortativity(one, strength(one)) == pytest.approx(degree_assortativity(renamed, strength(renamed)))


def test_what_is_undefined_is_unknown() -> None:
    alone = quantities(incidence({"P1": "A"}))
    assert [name for name, value in alone.items() if value is not None] == [
        "mean_partners",
        "mean_strength",
        "giant_share",
    ]
    assert set(quantities(incidence({})).values()) == {None}
    ring = quantities(incidence({"P1": "AB", "P2": "BC", "P3": "AC"}))
    assert ring["degree_assortativity"] is ring["strength_assortativity"] is ring["country_assortativity"] is None
    by_country = quantities(incidence({"P1": "ACE"}, countries=COUNTRIES), Scope(level="country"))
    assert by_country["country_assortativity"] is by_country["ei_countries"] is None
    assert by_country["density"] == 1


def test_places_in_the_scope_are_said_to_cut() -> None:
    notes = structure.ANALYSES[0].answer(incidence({"P1": "AC"}, countries=COUNTRIES), Scope(countries=("JP",))).notes
    assert "structure.filtered_places" in dict(notes)


@pytest.mark.parametrize("asked", ANALYSES, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "scope", [Scope(), Scope(level="country"), Scope(countries=("JP",))], ids=lambda one: str(one.to_query())
)
def test_every_column_figure_and_word_has_a_text_and_no_number_is_nan(asked, scope) -> None:
    ties = incidence(
        {"P1": ["CNRS", "A", "C", "E"], "P2": ["CNRS", "C", "F"], "P3": "AB", "A1": ["CNRS", "D"], "P4": "E"},
        countries=COUNTRIES,
        hosts={"A1": "JP"},
        works=[("L1", "C", 2020, 2020, 4, 2.0)],
    )
    given = {"b": "JP"} if asked.name == "brokers" else {}
    found = asked.answer(ties, scope, given | ({"floor": "1"} if "floor" in {p.name for p in asked.parameters} else {}))
    assert found.table.columns == [column.name for column in asked.columns]
    for column in asked.columns:
        values = found.table[column.name].drop_nulls()
        if column.kind == "word":
            assert all(f"structure.word_{word}" in keys() for word in values)
        if values.dtype.is_float():
            assert values.is_finite().all()
    for lang in LANGUAGES:
        assert found.note_texts(lang)
        for kind in ("question", "method"):
            assert asked.text(kind, lang)
        assert all(asked.heading(column.name, lang) for column in asked.columns)
        assert all(asked.figure(name, lang) for name in found.figures)
    for parameter in asked.parameters:
        assert f"structure.parameter_{parameter.name}" in keys()
        assert all(f"structure.word_{choice}" in keys() for choice in parameter.choices)
