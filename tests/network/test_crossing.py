"""Two kinds crossed: each pair counts the events both stand in."""

from __future__ import annotations

import csv

import polars as pl
import pytest

from graph.errors import BadRequest
from graph.network import ANALYSES, Scope, project
from graph.network.crossing import SIDES, crossed
from ingest.catalogue import BUNDLED_DIR
from tests.network.networks import incidence

SMALL = incidence(
    {"P1": ["CNRS", "U", "T"], "P2": ["CNRS", "T", "O"], "A1": ["CNRS", "T"]},
    countries={"CNRS": "FR", "U": "FR", "T": "JP", "O": "JP"},
    programmes={"P1": "HORIZON.1.2", "P2": "HORIZON.1", "A1": "H2020"},
    hosts={"A1": "JP"},
    works=[("L1", "T", 2020, 2020, 4, 2.0), ("L1", "O", 2020, 2020, 3, 1.0), ("L2", "T", 2020, 2020, 4, 2.0)],
    parts=[("P1", "L1"), ("P2", "L1")],
    subjects=[("P1", "/1/2"), ("P1", "/1/3"), ("P2", "/2")],
)


def pairs(answer, *columns):
    return {
        row[:2]: row[2:] if len(columns) > 1 else row[2]
        for row in answer.table.select("row", "column", *columns).rows()
    }


def test_a_programme_and_a_country_meet_in_the_projects_of_both():
    found = pairs(crossed(SMALL, Scope(), "programme", "country"), "projects", "agreements")
    assert found == {
        ("Programme:HORIZON", "Country:FR"): (2, 0),
        ("Programme:HORIZON", "Country:JP"): (2, 0),
        ("Programme:H2020", "Country:FR"): (0, 1),
        ("Programme:H2020", "Country:JP"): (0, 1),
    }
    deeper = pairs(crossed(SMALL, Scope(), "programme", "country", depth=3), "weight")
    assert deeper["Programme:HORIZON.1.2", "Country:JP"] == 1
    assert deeper["Programme:HORIZON.1", "Country:JP"] == 1


def test_works_stand_beside_with_a_country_between_the_most_of_one_institution_and_the_sum():
    by_body = crossed(SMALL, Scope(), "lab", "institution")
    found = pairs(by_body, "projects", "works")
    assert found["Lab:L1", "Institution:T"] == (2, 4)
    assert found["Lab:L2", "Institution:T"] == (0, 4)
    assert found["Lab:L1", "Institution:U"] == (1, None)
    by_country = crossed(SMALL, Scope(), "country", "lab")
    told = pairs(by_country, "projects", "works", "works_least", "works_most")
    assert told["Country:JP", "Lab:L1"] == (2, None, 4, 7)
    assert told["Country:JP", "Lab:L2"] == (0, None, 4, 4)
    assert told["Country:FR", "Lab:L1"] == (2, None, None, None)
    assert ("crossing.works_bounds", {}) in by_country.notes


def test_works_are_not_told_by_programme():
    found = crossed(SMALL, Scope(), "lab", "programme")
    assert found.table["works_least"].null_count() == found.table.height > 0
    assert ("crossing.no_works", {}) in found.notes


@pytest.mark.parametrize(("rows", "columns"), [("lab", "country"), ("programme", "topic")])
def test_the_scope_said_is_the_one_counted_in(rows, columns):
    assert crossed(SMALL, Scope(level="country"), rows, columns).scope == Scope()


@pytest.mark.parametrize("rows", SIDES)
@pytest.mark.parametrize("columns", SIDES)
def test_fractional_weights_of_an_event_add_up_to_one(rows, columns):
    found = crossed(SMALL, Scope(weighting="fractional"), rows, columns).table.filter(pl.col("weight") > 0)
    events = crossed(SMALL, Scope(), rows, columns).table
    if events["weight"].sum() > 0:
        assert found["weight"].sum() == pytest.approx(round(found["weight"].sum()))
    shares = found.group_by("row").agg(pl.col("row_share").sum())["row_share"].to_list()
    assert shares == pytest.approx([1.0] * len(shares))


@pytest.mark.parametrize("level", ["institution", "country"])
def test_one_kind_with_itself_is_the_network(level):
    scope = Scope(ties=frozenset({"projects", "agreements"}), level=level)
    network = project(SMALL, scope)
    keys = network.keys
    expected = {(keys[a], keys[b]): w for a, b, w in network.edges.select("a", "b", "weight").rows()}
    assert pairs(crossed(SMALL, scope, level, level), "weight") == expected


def test_places_narrow_and_the_cnrs_can_be_left_out():
    found = crossed(SMALL, Scope(countries=("JP",), include_cnrs=False), "programme", "institution").table
    assert set(found["column"]) == {"Institution:T", "Institution:O"}


def test_what_it_does_not_take_is_said():
    with pytest.raises(BadRequest, match="Newman"):
        crossed(SMALL, Scope(weighting="newman"), "lab", "country")
    with pytest.raises(BadRequest, match="no value for 'rows'"):
        ANALYSES["crossing"].answer(SMALL, Scope(), {"rows": "people"})


def test_an_empty_graph_gives_an_empty_table():
    assert crossed(incidence({}), Scope(), "lab", "country").table.is_empty()


def test_horizon_europe_with_japan_is_the_straight_count(bundled_incidence):
    with (BUNDLED_DIR / "bundled" / "cordis_horizon_organisations.csv").open(encoding="utf-8", newline="") as file:
        japan = {row["pic"] for row in csv.DictReader(file) if row["country"] == "JP"}
    with (BUNDLED_DIR / "bundled" / "cordis_horizon_participations.csv").open(encoding="utf-8", newline="") as file:
        straight = len({row["rcn"] for row in csv.DictReader(file) if row["pic"] in japan})
    found = pairs(crossed(bundled_incidence, Scope(ties=frozenset({"projects"})), "programme", "country"), "projects")
    assert found["Programme:HORIZON", "Country:JP"] == straight


def test_a_share_is_of_all_pairs_also_where_places_narrow_what_is_shown():
    whole = pairs(crossed(SMALL, Scope(), "programme", "country"), "row_share", "column_share")
    narrow = pairs(crossed(SMALL, Scope(countries=("JP",)), "programme", "country"), "row_share", "column_share")
    assert narrow == {pair: shares for pair, shares in whole.items() if pair[1] == "Country:JP"}
    assert narrow["Programme:HORIZON", "Country:JP"] == (0.5, 2 / 3)
