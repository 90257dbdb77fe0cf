"""Pictures, panels and evidence over the real graph; counts equal a straight count over the fact tables."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from graph.errors import BadRequest
from graph.explore import Picture, details, draw, evidence, neighbourhood, world, world_places
from graph.network import Scope
from graph.network.incidence import CNRS
from graph.store import Store
from views.parts.canvas import canvas_from_rows

ROOT = Path(__file__).parents[2]
EVERYTHING = Scope()
HORIZON = Scope(ties=frozenset({"projects"}), programmes=("HORIZON",))
PIC = "999997930"


@cache
def horizon() -> dict[str, set[str]]:
    """Projects of each participant of Horizon Europe, straight from the table."""
    found: dict[str, set[str]] = {}
    with (ROOT / "data/bundled/cordis_horizon_participations.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["pic"], set()).add(row["rcn"])
    return found


def test_the_world_counts_joint_projects_as_the_table_does(bundled_store: Store) -> None:
    with (ROOT / "data/bundled/cordis_horizon_participations.csv").open(encoding="utf-8") as file:
        germany = {row["rcn"] for row in csv.DictReader(file) if row["country"] == "DE"}
    view = world(bundled_store, HORIZON)
    first = next(node for node in view.nodes if node.label == "Country")
    assert (first.id, first.projects) == ("DE", len(germany)) == ("DE", 515)
    assert view.centre == CNRS
    assert all(node.id != "FR" for node in view.nodes if node.label == "Country")


def test_a_region_counts_a_project_once_however_many_of_its_countries_take_part(bundled_store: Store) -> None:
    view = world(bundled_store, HORIZON)
    west = view.node("Region:155")
    inside = [view.node(edge.a) for edge in view.edges if edge.b == "Region:155" and edge.tie == "located_in"]
    assert west is not None and west.projects is not None
    assert (
        max(node.projects or 0 for node in inside if node)
        <= west.projects
        < sum(node.projects or 0 for node in inside if node)
    )


def test_the_first_partners_of_horizon_europe_are_csic_cea_cnr(bundled_store: Store) -> None:
    view = neighbourhood(bundled_store, "Institution", "ror:02feahw73", HORIZON)
    partners = [node.projects for node in view.nodes if node.key != CNRS]
    assert partners[:3] == [103, 99, 95]
    assert len(horizon()["999991722"] & horizon()[PIC]) == 103
    assert view.shown == 60 and view.total > 4_000


def test_japan_shows_its_agreements_and_its_partners(bundled_store: Store) -> None:
    view = neighbourhood(bundled_store, "Country", "JP", EVERYTHING)
    with (ROOT / "data/curated/instruments.csv").open(encoding="utf-8") as file:
        hosted = [row["id"] for row in csv.DictReader(file) if "JP" in row["countries"].replace(";", "|").split("|")]
    panel = details(bundled_store, "Country", "JP", EVERYTHING)
    figures = {figure.name: figure.value for figure in panel.figures}
    assert figures["agreements"] == len(hosted)
    assert {node.id for node in view.nodes if node.label == "Agreement"} <= set(hosted)
    assert len(evidence(bundled_store, "Country:JP", CNRS).agreements) == len(hosted)
    assert len(evidence(bundled_store, "Country:JP", CNRS).projects) == figures["joint_projects"]
    assert view.shown <= 60 < view.total
    assert panel.first[0][1] == "The University of Tokyo"


def test_a_partner_opens_to_projects_and_a_project_to_its_participants(bundled_store: Store) -> None:
    partner = neighbourhood(bundled_store, "Institution", "ror:02gfc7t72", HORIZON)
    projects = [node for node in partner.nodes if node.label == "Project"]
    assert len(projects) == 60 and partner.total == 103
    rcn = projects[0].id.removeprefix("HORIZON:")
    opened = neighbourhood(bundled_store, "Project", projects[0].id, EVERYTHING)
    participants = {pic for pic, mine in horizon().items() if rcn in mine}
    assert len([node for node in opened.nodes if node.label == "Institution"]) == len(participants)


def test_partners_of_a_partner_are_counted_in_shared_projects(bundled_store: Store) -> None:
    view = neighbourhood(bundled_store, "Institution", "ror:02gfc7t72", HORIZON, through="partners")
    cea = view.node("Institution:pic:999992401")
    assert cea is not None
    assert cea.projects == len(horizon()["999991722"] & horizon()["999992401"])


@pytest.mark.parametrize(
    "key",
    ["Agreement:I001", "Programme:HORIZON", "Programme:CNRS-IRL", "Lab:UMR 7198", "Region:150", "CnrsInstitute:INP"],
)
def test_every_kind_has_a_neighbourhood_with_ties(bundled_store: Store, key: str) -> None:
    label, _, identity = key.partition(":")
    view = neighbourhood(bundled_store, label, identity, EVERYTHING)
    drawn = {node.key for node in view.nodes}
    assert view.shown > 0
    assert view.edges and all({edge.a, edge.b} <= drawn for edge in view.edges)
    panel = details(bundled_store, label, identity, EVERYTHING)
    assert panel.source and panel.snapshot and panel.record
    assert len(panel.figures) <= 5


def test_years_narrow_the_picture_and_undated_projects_are_left_out(bundled_store: Store) -> None:
    whole = details(bundled_store, "Institution", "ror:02gfc7t72", Scope(ties=frozenset({"projects"})))
    late = details(
        bundled_store, "Institution", "ror:02gfc7t72", Scope(ties=frozenset({"projects"}), years=(2021, 2025))
    )
    counts = [next(each.value for each in panel.figures if each.name == "joint_projects") for panel in (whole, late)]
    assert counts[0] > counts[1] > 0  # type: ignore[operator]


def test_a_programme_filter_takes_its_parts_with_it(bundled_store: Store) -> None:
    inside = world(bundled_store, Scope(ties=frozenset({"projects"}), programmes=("HORIZON.1",)))
    whole = world(bundled_store, HORIZON)
    assert 0 < inside.nodes[1].projects < whole.nodes[1].projects  # type: ignore[operator]


def test_a_country_without_ties_is_a_picture_of_itself(bundled_store: Store) -> None:
    view = neighbourhood(bundled_store, "Country", "TV", EVERYTHING)
    assert view.shown == view.total == 0
    assert view.nodes[0].key == "Country:TV"


def test_a_node_that_does_not_exist_is_named(bundled_store: Store) -> None:
    with pytest.raises(BadRequest, match="Country:ZZ"):
        neighbourhood(bundled_store, "Country", "ZZ", EVERYTHING)
    with pytest.raises(BadRequest, match="Planet"):
        details(bundled_store, "Planet", "Mars")


def test_evidence_names_source_snapshot_and_record(bundled_store: Store) -> None:
    found = evidence(bundled_store, "Institution:ror:02gfc7t72", CNRS, HORIZON)
    assert len(found.projects) == 103
    assert all(row["source"] and row["snapshot"] and row["record"] for row in found.projects)
    fact = evidence(bundled_store, "Institution:ror:02gfc7t72", f"Project:{found.projects[0]['id']}").facts
    assert {each["type"] for each in fact} == {"PARTICIPATES_IN"}
    assert all(each["source"] == "cordis_horizon" and each["record"] for each in fact)


def test_opening_inside_a_picture_adds_and_folding_gives_the_first_back(bundled_store: Store) -> None:
    first = draw(bundled_store, Picture("Country:JP"), EVERYTHING)
    opened = draw(bundled_store, Picture("Country:JP", opened=("Institution:ror:057zh3y96",)), EVERYTHING)
    assert {node.key for node in first.nodes} < {node.key for node in opened.nodes}
    assert draw(bundled_store, Picture("Country:JP"), EVERYTHING) == first


def test_no_country_of_the_world_covers_another(bundled_store: Store) -> None:
    view = world(bundled_store, HORIZON)
    stands = world_places(view, bundled_store, {node.key: 6.0 for node in view.nodes})
    places = list(stands.values())
    gaps = [(x - u) ** 2 + (y - v) ** 2 for i, (x, y) in enumerate(places) for u, v in places[:i]]
    assert min(gaps) ** 0.5 > 12


def test_an_answer_of_the_console_comes_onto_the_canvas(bundled_store: Store) -> None:
    rows = bundled_store.read(
        "MATCH (a:Agreement {id: 'I001'})<-[r:PARTY_TO]-(i:Institution) RETURN a, r, i, a.name AS name"
    )
    nodes, edges = canvas_from_rows(rows, "fr")
    assert "Agreement:I001" in {node.key for node in nodes}
    assert edges and {edge.tie for edge in edges} == {"party_to"}
    assert all(edge.b == "Agreement:I001" for edge in edges)
