"""Agreements beside what happens: dormant, undeclared, ending; and what is unknown is not held against anybody."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from graph.errors import BadRequest
from graph.network import Answer, Incidence, Scope, formal
from tests.network.networks import incidence, key

DORMANT, UNDECLARED, EXPIRY = formal.ANALYSES


def world(**more: object) -> Incidence:
    """Six agreements of 2010.

    AT with Tokyo, active; AK with Kyoto, its last project of 2016; AU with Uruguay, its one project undated; AF with a
    French university alone; AH hosted in Japan, no party known; AE with Kyoto, ended in 2015.
    """
    events = {
        "AT": ["CNRS", "Tokyo", "Lyon"],
        "AK": ["CNRS", "Kyoto"],
        "AU": ["CNRS", "Uruguay"],
        "AF": ["CNRS", "Lyon"],
        "AH": ["CNRS"],
        "AE": ["CNRS", "Kyoto"],
        "P1": ["CNRS", "Tokyo", "Berlin"],
        "P2": ["CNRS", "Kyoto", "Lyon"],
        "P3": ["CNRS", "Uruguay"],
        "P4": ["CNRS", "Berlin", "Lyon"],
        "P5": ["Kyoto", "Uruguay"],
        "P6": ["CNRS", "Berlin", "Lyon", "nowhere"],
    }
    years = {
        **{agreement: (2010, None) for agreement in events if agreement.startswith("A")},
        "AE": (2010, 2015),
        "P1": (2022, 2026),
        "P2": (2016, 2020),
        "P4": (2023, 2027),
        "P5": (2023, 2027),
        "P6": (2024, 2028),
    }
    countries = {"Tokyo": "JP", "Kyoto": "JP", "Uruguay": "UY", "Berlin": "DE", "nowhere": None}
    hosts = {"AT": "JP", "AK": "JP", "AU": "UY", "AH": "JP", "AE": "JP"}
    return incidence(events, years=years, countries=countries, hosts=hosts, **more)


def names(answer: Answer) -> list[str]:
    assert answer.note_texts("fr")
    return answer.table["name"].to_list()


def test_an_agreement_without_a_recent_project_with_its_parties_abroad_is_dormant() -> None:
    """Lyon's projects do not keep AT's kin awake, nor does one of Kyoto without the CNRS."""
    answer = DORMANT.answer(world(), Scope(), {})
    assert names(answer) == ["AK", "AU"]
    assert answer.table.select("projects", "undated", "last_start", "works").rows() == [
        (1, 0, 2016, None),
        (1, 1, None, None),
    ]
    assert dict(answer.figures) == {"agreements": 6, "over": 1, "unjudged": 2, "judged": 3, "dormant": 2}
    assert dict(answer.notes)["change.undated_under"] == {"count": 1}


def test_the_year_looked_from_decides() -> None:
    assert names(DORMANT.answer(world(), Scope(), {"since": "2016"})) == ["AU"]
    assert names(DORMANT.answer(world(), Scope(), {"since": "2023"})) == ["AK", "AT", "AU"]


def test_joint_works_keep_an_agreement_awake_and_years_choose_what_counts() -> None:
    works = [("L1", "Kyoto", 2019, 2023, 7, None), ("L2", "Kyoto", 2019, 2023, 9, None)]
    assert names(DORMANT.answer(world(works=works), Scope(), {})) == ["AU"]
    assert names(DORMANT.answer(world(works=works), Scope(ties=frozenset({"projects"})), {})) == ["AK", "AU"]
    asleep = DORMANT.answer(world(works=works), Scope(), {"since": "2024"})
    assert asleep.table.filter(name="AK")["works"].to_list() == [9]
    works_only = DORMANT.answer(world(works=works), Scope(ties=frozenset({"copublications"})), {})
    assert works_only.table.filter(name="AU")["projects"].to_list() == [None]
    in_years = DORMANT.answer(world(), Scope(years=(2010, 2020)), {})
    assert in_years.table.filter(name="AT")["projects"].to_list() == [0]


def test_by_country_the_host_is_the_other_side() -> None:
    """Japan has Tokyo's project of 2022, so only Uruguay sleeps; AF has nobody abroad and is not judged."""
    answer = DORMANT.answer(world(), Scope(level="country"), {})
    assert names(answer) == ["AU"]
    assert answer.figures["unjudged"] == 1


def test_places_and_instruments_narrow_the_agreements() -> None:
    assert names(DORMANT.answer(world(), Scope(countries=("JP",)), {})) == ["AK"]
    assert DORMANT.answer(world(), Scope(countries=("FR",)), {}).figures["agreements"] == 6
    funded = world(programmes={"AU": "HORIZON.1", "P1": "H2020"})
    of_instrument = DORMANT.answer(funded, Scope(programmes=("HORIZON",)), {})
    assert (names(of_instrument), of_instrument.figures["agreements"]) == (["AU"], 1)
    of_projects = DORMANT.answer(funded, Scope(programmes=("H2020",)), {})
    assert of_projects.table.select("name", "projects").rows() == [("AK", 0), ("AU", 0)]


def test_strong_partners_without_agreement_are_those_abroad_or_of_unknown_country() -> None:
    answer = UNDECLARED.answer(world(), Scope(), {"floor": "1"})
    assert answer.table.select("name", "country", "recent", "last_end").rows() == [
        ("Berlin", "DE", 3, 2028),
        ("nowhere", None, 1, 2028),
    ]
    assert dict(answer.figures) == {"strong": 3, "declared": 1, "undeclared": 2}
    assert names(UNDECLARED.answer(world(), Scope(), {"floor": "2"})) == ["Berlin"]
    assert names(UNDECLARED.answer(world(), Scope(countries=("JP",)), {"floor": "1"})) == []


def test_at_home_only_where_the_scope_says_so_and_not_who_is_a_party() -> None:
    agreed = world()
    party = pl.col("event").str.starts_with("Agreement:") & (pl.col("actor") == key("Lyon"))
    free = replace(agreed, members=agreed.members.filter(~party))
    assert names(UNDECLARED.answer(free, Scope(), {"floor": "2"})) == ["Berlin"]
    assert names(UNDECLARED.answer(free, Scope(countries=("FR",)), {"floor": "2"})) == ["Berlin", "Lyon"]
    assert names(UNDECLARED.answer(agreed, Scope(countries=("FR",)), {"floor": "2"})) == ["Berlin"]


def test_joint_works_of_one_lab_make_a_strong_partner_too() -> None:
    works = [
        ("L1", "Oslo", 2019, 2023, 60, None),
        ("L2", "Oslo", 2019, 2023, 55, None),
        ("L1", "Rome", 2019, 2023, 9, None),
    ]
    abroad = world(works=works)
    abroad = replace(
        abroad,
        actors=abroad.actors.with_columns(
            pl.when(pl.col("name").is_in(["Oslo", "Rome"])).then(pl.lit("NO")).otherwise("country").alias("country")
        ),
    )
    table = UNDECLARED.answer(abroad, Scope(), {}).table
    assert table.select("name", "recent", "works").rows() == [("Oslo", 0, 60)]
    by_works = UNDECLARED.answer(abroad, Scope(ties=frozenset({"copublications"})), {}).table
    assert by_works.select("name", "recent", "works").rows() == [("Oslo", None, 60)]


def test_ends_come_first_and_an_unknown_end_is_no_end_far_away() -> None:
    answer = EXPIRY.answer(world(), Scope(), {"year": "2014"})
    assert answer.table.select("name", "state", "projects", "running").rows() == [
        ("AE", "ending", 1, 1),
        ("AK", "unknown_end", 1, 1),
        ("AT", "unknown_end", 1, 1),
        ("AU", "unknown_end", 1, 0),
        ("AF", "unknown_end", None, None),
        ("AH", "unknown_end", None, None),
    ]
    assert answer.figures["ending"] == 1
    assert EXPIRY.answer(world(), Scope(), {"year": "2012"}).figures["later"] == 1
    today = EXPIRY.answer(world(), Scope(), {})
    assert dict(today.notes)["change.span"] == {"first": formal.THIS_YEAR, "last": formal.THIS_YEAR + 2}
    assert today.figures["ended"] == 1
    assert EXPIRY.answer(world(), Scope(ties=frozenset({"agreements"})), {}).table["projects"].null_count() == 5


def test_agreements_alone_are_nothing_to_hold_them_against() -> None:
    for one in (DORMANT, UNDECLARED):
        with pytest.raises(BadRequest, match="actual ties"):
            one.answer(world(), Scope(ties=frozenset({"agreements"})), {})


def test_a_long_name_carries_its_acronym_once() -> None:
    acronyms = world().agreements.with_columns(
        pl.Series("name", ["Tokyo lab", "AK lab", "U", "F", "H", "E"]), pl.Series("acronym", ["TL", "AK", *[None] * 4])
    )
    table = EXPIRY.answer(replace(world(), agreements=acronyms), Scope(), {"year": "2014"}).table
    assert {"Tokyo lab (TL)", "AK lab"} <= set(table["name"])


def test_an_empty_graph_has_no_agreements() -> None:
    for one in formal.ANALYSES:
        answer = one.answer(incidence({}), Scope(), {})
        assert answer.table.is_empty()
        assert answer.table.columns == [column.name for column in one.columns]
