"""Labs of a country: what is counted, what is unknown, and that nothing is added up."""

from __future__ import annotations

import csv
from collections.abc import Mapping

import polars as pl
import pytest

from graph.errors import BadRequest
from graph.network import Answer, Incidence, Scope, carriers
from ingest.catalogue import BUNDLED_DIR
from tests.network.networks import incidence

(CARRIERS,) = carriers.ANALYSES

WORKS = [
    ("L1", "Rio", 2020, 2020, 6, 2.0),
    ("L1", "Rio", 2021, 2021, 4, 1.0),
    ("L1", "Recife", 2020, 2020, 7, 2.0),
    ("L1", "Berlin", 2020, 2020, 3, 1.0),
    ("L1", "Lyon", 2020, 2020, 50, 20.0),
    ("L2", "Rio", 2020, 2020, 2, 1.0),
    ("L3", "Berlin", 2020, 2020, 9, 3.0),
]
EVENTS = {
    "P1": ("CNRS", "Rio"),
    "P2": ("CNRS", "Rio", "Berlin"),
    "P3": ("CNRS", "Berlin"),
    "P4": ("Lyon", "Recife"),
    "A1": ("CNRS", "Rio"),
    "A2": ("CNRS",),
    "A3": ("CNRS", "Berlin"),
}
COUNTRIES = {"Rio": "BR", "Recife": "BR", "Berlin": "DE", "nowhere": None}
YEARS = {"P1": (2015, 2018), "P2": (2022, 2026), "A2": (2011, None)}


def world(parts: list[tuple[str, str]] | None = None, works: list[tuple[object, ...]] | None = None) -> Incidence:
    """L4 and L5 are parties to A1, with Rio, and to A2, hosted in Brazil; L1 to A3, with Berlin."""
    ties = incidence(
        EVENTS,
        countries=COUNTRIES,
        hosts={"A2": "BR"},
        works=WORKS if works is None else works,  # type: ignore[arg-type]
        parts=[*(parts or []), ("P3", "L5")] if parts is not None else [],
        years=YEARS,
    )
    parties = [("Agreement:A1", "Lab:L4"), ("Agreement:A2", "Lab:L5"), ("Agreement:A3", "Lab:L1")]
    labs = [(lab, lab.partition(":")[2], "Lab", lab.partition(":")[2], "FR") for _, lab in parties]
    tables = {name: getattr(ties, name) for name in Incidence.__slots__}
    tables["members"] = pl.concat([ties.members, pl.DataFrame(parties, schema=ties.members.schema, orient="row")])
    new = pl.DataFrame(labs, schema=ties.actors.schema, orient="row")
    tables["actors"] = pl.concat([ties.actors, new]).unique("actor", maintain_order=True)
    return Incidence(**tables)


def ask(ties: Incidence, scope: str = "", **given: object) -> Answer:
    answer = CARRIERS.answer(ties, Scope.parse(scope), {"country": "BR"} | given)
    assert answer.table.columns == [column.name for column in CARRIERS.columns]
    assert all(answer.note_texts("fr"))
    return answer


def column(answer: Answer, *names: str) -> dict[str, tuple[object, ...]]:
    return {row[0]: row[1:] for row in answer.table.select("name", *names).rows()}


def said(answer: Answer) -> Mapping[str, Mapping[str, int | str]]:
    return dict(answer.notes)


def test_works_are_told_at_least_and_at_most() -> None:
    """L1 has 6 + 4 with Rio and 7 with Recife: at least 10, at most 17; of 20 abroad, Lyon being at home."""
    answer = ask(world())
    found = column(answer, "works_least", "works_most", "institutions", "partner", "works_abroad", "works_share")
    assert found["L1"] == (10, 17, 2, "Rio", 20, pytest.approx(17 / 20))
    assert found["L2"] == (2, 2, 1, "Rio", 2, None), "a share of two works is none"
    assert ask(world(), floor=2).table.filter(name="L2")["works_share"].to_list() == [1]
    assert answer.table["name"].to_list() == ["L1", "L2", "L4", "L5"]
    assert "L3" not in found, "it has nothing with Brazil"
    assert (answer.figures["carriers"], answer.figures["works_known"]) == (4, 3)
    assert said(answer).keys() >= {"affinity.labs_overlap", "affinity.no_parts", "affinity.works_floor"}


def test_unknown_is_not_none() -> None:
    """L4 is in no source of works; nobody's part in projects is known, until the source is loaded."""
    bare = column(ask(world()), "works_least", "with_part", "part_share", "agreements")
    assert bare == {
        "L1": (10, None, None, 0),
        "L2": (2, None, None, 0),
        "L4": (None, None, None, 1),
        "L5": (None, None, None, 1),
    }
    answer = ask(world([("P1", "L1"), ("P2", "L1"), ("P2", "L2"), ("P4", "L3"), ("P3", "L2")]))
    assert column(answer, "works_least", "with_part", "part_share") == {
        "L1": (10, 2, pytest.approx(2 / 3)),
        "L2": (2, 1, pytest.approx(1 / 3)),
        "L3": (0, 1, pytest.approx(1 / 3)),
        "L4": (None, None, None),
        "L5": (None, 0, 0),
    }
    assert (answer.figures["country_projects"], answer.figures["told_projects"]) == (3, 3)
    assert "affinity.no_parts" not in said(answer)


def test_years_are_of_what_is_counted() -> None:
    found = column(ask(world([("P1", "L1"), ("P2", "L2")])), "first", "last")
    assert found == {"L1": (2015, 2021), "L2": (2020, 2026), "L4": (None, None), "L5": (2011, None)}


def test_every_field_of_the_scope_counts() -> None:
    parts = [("P1", "L1"), ("P2", "L2")]
    late = ask(world(parts), "years=2021-2026")
    assert column(late, "works_least", "with_part")["L1"] == (4, 0)
    assert "network.undated_agreements" in said(late)
    projects = ask(world(parts), "ties=projects")
    assert column(projects, "works_least", "with_part", "agreements") == {"L1": (None, 1, None), "L2": (None, 1, None)}
    assert projects.figures["works_known"] is None
    agreements = ask(world(parts), "ties=agreements")
    assert column(agreements, "with_part", "agreements") == {"L4": (None, 1), "L5": (None, 1)}
    assert "affinity.no_parts" not in said(ask(world(), "ties=agreements"))
    works = ask(world(parts), "ties=copublications")
    assert works.table["name"].to_list() == ["L1", "L2"]
    assert works.figures["country_projects"] is None
    shares = ask(world(), "ties=copublications;weighting=fractional")
    assert column(shares, "works_least", "works_share")["L1"] == (10, pytest.approx(5 / 6))
    newman = ask(world(parts), "weighting=newman")
    assert newman.table["works_least"].null_count() == newman.table.height
    assert "network.works_no_newman" in said(newman)
    assert ask(world(), "level=country;cnrs=0").table.equals(ask(world()).table)


def test_a_tie_lies_in_a_place_if_one_of_its_ends_does() -> None:
    whole = ask(world()).table
    for scope in ("countries=BR", "countries=FR", "countries=DE,BR"):
        assert ask(world(), scope).table.equals(whole)
    elsewhere = ask(world(), "countries=DE")
    assert elsewhere.table.is_empty()
    assert "affinity.carriers_places" in said(elsewhere)


def test_a_body_of_unknown_country_counts_nowhere_and_is_told() -> None:
    answer = ask(world(works=[*WORKS, ("L1", "nowhere", 2020, 2020, 100, None)]))
    assert column(answer, "works_abroad")["L1"] == (20,)
    assert said(answer)["affinity.works_nowhere"] == {"count": 1}


def test_which_countries_can_be_asked_about() -> None:
    for country, message in (("XX", "no country 'XX'"), ("FR", "own country")):
        with pytest.raises(BadRequest, match=message) as refused:
            ask(world(), country=country)
        assert refused.value.next_action
    with pytest.raises(BadRequest, match="needs 'country'"):
        CARRIERS.answer(world(), Scope(), {})


def test_nothing_with_a_country_is_an_empty_table() -> None:
    assert ask(incidence({"P1": ("A",)}, countries={"A": "BR"})).table.is_empty()
    assert ask(world(works=[]), "ties=copublications").table.is_empty()


def test_labs_of_brazil_are_the_straight_count(bundled_incidence: Incidence) -> None:
    with (BUNDLED_DIR / "bundled" / "copublications_lorraine.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["lab_label"], int(row["co_works"])) for row in csv.DictReader(file) if row["country_code"] == "BR"]
    labs = {lab for lab, _ in rows}
    straight = {lab: (max(n for one, n in rows if one == lab), sum(n for one, n in rows if one == lab)) for lab in labs}
    table = ask(bundled_incidence, "ties=copublications").table
    found = {row[0].removeprefix("Lab:"): row[1:] for row in table.select("key", "works_least", "works_most").rows()}
    assert found == straight
