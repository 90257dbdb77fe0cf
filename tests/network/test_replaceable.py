"""Where another French body sits beside the CNRS, by hand; and the straight count over the bundled tables."""

from __future__ import annotations

import csv

import polars as pl
import pytest
from scipy.stats import binomtest

from graph.errors import BadRequest
from graph.network import CNRS, Scope, replaceable
from ingest.catalogue import BUNDLED_DIR
from tests.network.networks import incidence, key

COUNTRIES = {"U": "FR", "V": "FR", "T": "JP", "O": "JP", "B": "DE", "X": None}
TIES = incidence(
    {
        "P1": ["CNRS", "U", "T"],
        "P2": ["CNRS", "U", "V", "T", "O"],
        "P3": ["CNRS", "T"],
        "P4": ["CNRS", "B"],
        "P5": ["CNRS", "X"],
        "P6": ["V", "T"],
        "A1": ["CNRS", "T"],
        "A2": ["CNRS"],
    },
    countries=COUNTRIES,
    hosts={"A2": "DE", "A1": "FR"},
    works=[("L1", "T", 2020, 2020, 4, 2.0)],
    programmes={"P3": "HORIZON"},
)


def answer(ties=TIES, scope=None, **given):
    return replaceable.ANALYSES[0].answer(ties, scope or Scope(), {"floor": "1"} | given)


def rows(found, *columns):
    return found.table.select("key", *columns).rows()


def test_by_country_the_share_of_projects_with_another_french_body() -> None:
    found = answer()
    columns = ("projects", "with_french", "other", "other_projects", "agreements", "bodies", "sole")
    assert rows(found, *columns) == [
        ("Country:JP", 3, 2, "U", 2, 1, 2, 0),
        ("Country:DE", 1, 0, None, None, 1, 1, 1),
    ]
    assert found.figures == {"projects": 5, "with_french": 2, "french_share": 0.4, "bodies": 4, "sole": 1}


def test_by_partner_with_what_is_unknown_of_one_of_unknown_country() -> None:
    """P6 is without the CNRS: no joint project, yet T knows France by another."""
    assert rows(answer(by="partners"), "country", "projects", "with_french", "agreements", "sole") == [
        (key("O"), "JP", 1, 1, 0, 0),
        (key("T"), "JP", 3, 2, 1, 0),
        (key("B"), "DE", 1, 0, 0, 1),
        (key("X"), None, 1, 0, 0, None),
    ]


def test_sole_ones_first_where_asked() -> None:
    assert rows(answer(by="partners", first="sole"))[0] == (key("B"),)
    assert rows(answer(first="sole"))[0] == ("Country:DE",)


def test_the_interval_is_wilsons() -> None:
    interval = binomtest(2, 3).proportion_ci(method="wilson")
    ((_, low, high), *_) = rows(answer(), "french_low", "french_high")
    assert (low, high) == pytest.approx((interval.low, interval.high), abs=1e-6)
    assert rows(answer(), "french_low")[1] == ("Country:DE", 0)


def test_a_lab_and_the_cnrs_itself_stand_in_for_nobody() -> None:
    ties = incidence({"P1": ["CNRS", "T"]}, countries=COUNTRIES, parts=[("P1", "L1")])
    assert rows(answer(ties), "with_french", "other") == [("Country:JP", 0, None)]


def test_floor_and_scope_narrow() -> None:
    assert [row[0] for row in rows(answer(floor="2"))] == ["Country:JP"]
    assert answer(scope=Scope(countries=("DE",))).table["key"].to_list() == ["Country:DE"]
    assert answer(scope=Scope(countries=("FR",))).figures == answer().figures
    assert rows(answer(scope=Scope.parse("programmes=HORIZON")), "projects") == [("Country:JP", 1)]
    assert rows(answer(scope=Scope(level="country")), "projects") == rows(answer(), "projects")
    assert "structure.counted_full" in dict(answer(scope=Scope(weighting="newman")).notes)


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(BadRequest, match="without it"):
        answer(scope=Scope(include_cnrs=False))
    with pytest.raises(BadRequest, match="consortia"):
        answer(scope=Scope(ties=frozenset({"agreements"})))
    with pytest.raises(BadRequest, match="no partners"):
        answer(scope=Scope(level="country"), by="partners")


def test_nothing_without_the_cnrs_in_any_event_or_its_country() -> None:
    nowhere = incidence({"P1": ["CNRS", "U", "T"]}, countries=COUNTRIES | {"CNRS": None})
    for ties in (incidence({}), incidence({"P1": ["U", "T"]}, countries=COUNTRIES), nowhere):
        found = answer(ties)
        assert found.table.is_empty()
        assert found.figures == {"projects": 0, "with_french": 0, "french_share": None, "bodies": 0, "sole": 0}


def test_horizon_europe_with_japan_is_the_straight_count(bundled_incidence) -> None:
    """Of 24 projects with a Japanese body 22 have a French one besides the CNRS, in 7 of them the CEA."""
    tables = BUNDLED_DIR / "bundled"
    with (tables / "cordis_horizon_organisations.csv").open(encoding="utf-8", newline="") as file:
        lies = {row["pic"]: row["country"] for row in csv.DictReader(file)}
    with (tables / "cordis_horizon_participations.csv").open(encoding="utf-8", newline="") as file:
        taking_part = {(row["rcn"], row["pic"]) for row in csv.DictReader(file)}
    japan = {rcn for rcn, pic in taking_part if lies[pic] == "JP"}
    french = {rcn for rcn, pic in taking_part if lies[pic] == "FR" and pic != "999997930"}
    cea = {rcn for rcn, pic in taking_part if pic == "999992401"}
    found = answer(bundled_incidence, Scope.parse("ties=projects;programmes=HORIZON")).table.filter(
        pl.col("country") == "JP"
    )
    straight = (len(japan), len(japan & french), "Institution:pic:999992401", len(japan & cea))
    assert found.select("projects", "with_french", "other_key", "other_projects").rows() == [straight]
    assert straight[:2] == (24, 22)
    assert CNRS not in found["other_key"]
