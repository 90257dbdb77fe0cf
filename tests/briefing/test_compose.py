"""What a briefing says, on the real bundled graph: counts that equal a straight count, and a source behind each."""

from __future__ import annotations

import datetime as dt

import pytest

from graph.briefing import Briefing, compose
from graph.briefing.model import UNKNOWN, Fact, shown
from graph.errors import BadRequest
from graph.i18n import Language
from graph.network import Incidence, cache_incidence
from graph.store import Store
from tests.briefing.conftest import CSIC, TODAY, Writer


def headline(briefing: Briefing, place: int) -> list[object]:
    return [fact.value for fact in briefing.headlines[place].facts]


def straight(store: Store, country: str, framework: str) -> int:
    cypher = (
        "MATCH (:Institution {id: 'ror:02feahw73'})-[:PARTICIPATES_IN]->(p:Project {framework: $framework})"
        "<-[:PARTICIPATES_IN]-(i:Institution {country: $country}) RETURN count(DISTINCT p)"
    )
    return int(str(store.read(cypher, {"framework": framework, "country": country}).rows[0][0]))


def test_germany_stands_at_515_joint_horizon_projects_and_first(write: Writer) -> None:
    briefing = write("DE", "en")
    assert headline(briefing, 0)[0] == 515
    assert headline(briefing, 1) == [1]
    assert "first partner country" in briefing.messages[0].what


def test_csic_is_the_first_partner_institution_with_103(write: Writer) -> None:
    briefing = write(CSIC, "fr")
    assert headline(briefing, 0)[0] == 103
    assert headline(briefing, 1) == [1]
    assert "première institution partenaire" in briefing.messages[0].what


@pytest.mark.parametrize("country", ["JP", "DE", "MA", "US"])
def test_joint_projects_equal_a_straight_count(bundled_store: Store, write: Writer, country: str) -> None:
    counted = [straight(bundled_store, country, one) for one in ("HORIZON", "H2020", "FP7")]
    assert headline(write(country, "en"), 0) == counted


def test_japan_shows_its_real_agreements(write: Writer) -> None:
    table = write("JP", "en").table("agreements")
    assert table is not None
    named = {str(row[1]) for row in table.rows}
    assert any("LIMMS" in name for name in named)
    assert any("JFLI" in name for name in named)
    assert len(table.rows) >= 20


def test_an_unknown_end_is_a_dash_with_a_remark_and_never_zero(write: Writer) -> None:
    table = write("JP", "fr").table("agreements")
    assert table is not None
    ends = [shown(row[5], table.columns[5].unit, "fr") for row in table.rows]
    assert set(ends) == {UNKNOWN}
    assert "inconnue" in table.remark


def test_money_that_is_not_published_is_unknown_and_a_published_zero_is_zero(write: Writer) -> None:
    table = write("JP", "en").table("programmes")
    assert table is not None
    by_name = {str(row[0]): row for row in table.rows}
    assert by_name["FP7"][2:] == (None, None, None, None)
    assert shown(by_name["Horizon Europe"][5], "euros", "en") == "€0"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("subject", ["JP", "DE", CSIC, "KI", "TW"])
def test_every_fact_has_its_question_source_and_date(write: Writer, subject: str, language: Language) -> None:
    facts = list(write(subject, language).facts())
    assert facts
    for fact in facts:
        assert fact.question and fact.source
        assert fact.date
        assert all(source and date for source, date in fact.origins)


def test_layers_of_different_vintages_stand_side_by_side(write: Writer) -> None:
    joint = write("DE", "en").headlines[0]
    assert [fact.label for fact in joint.facts] == ["Horizon Europe", "H2020", "FP7"]
    assert len({fact.date for fact in joint.facts}) == 3


def test_both_languages_hold_the_same_values(write: Writer) -> None:
    for subject in ("JP", CSIC):
        french, english = write(subject, "fr"), write(subject, "en")
        values = [[one.value for one in briefing.facts() if one.unit != "text"] for briefing in (french, english)]
        assert values[0] == values[1]
        assert [len(table.rows) for table in french.tables] == [len(table.rows) for table in english.tables]
        assert len(french.footnotes) == len(english.footnotes)


def test_a_country_with_nothing_says_so(write: Writer) -> None:
    briefing = write("KI", "en")
    assert briefing.empty
    assert "No joint EU project, agreement or co-publication" in briefing.messages[0].what
    assert headline(briefing, 1) == [None]
    assert not briefing.pictures


def test_an_agreement_past_its_end_on_the_day_of_the_visit_is_not_current(
    bundled_store: Store, incidence: Incidence
) -> None:
    def current(day: dt.date) -> object:
        return headline(compose(bundled_store, "IL", "en", visit_date=day, incidence=incidence), 2)[0]

    assert current(dt.date(2022, 6, 1)) == int(str(current(dt.date(2026, 6, 1)))) + 1


@pytest.mark.parametrize("asked", ["JP", "jpn", "Japan", "Japon", "Country:JP", "japon"])
def test_a_country_is_found_by_code_or_by_name_in_either_language(bundled_store: Store, asked: str) -> None:
    assert compose(bundled_store, asked, "fr", today=TODAY).subject.key == "JP"


@pytest.mark.parametrize(("asked", "near"), [("Japn", "JP"), ("Allemange", "DE"), ("Institution:csic", "Institution:")])
def test_an_unknown_subject_is_refused_with_a_near_one(bundled_store: Store, asked: str, near: str) -> None:
    with pytest.raises(BadRequest) as refused:
        compose(bundled_store, asked, "en")
    assert asked.removeprefix("Institution:") in refused.value.what
    assert near in refused.value.next_action


def test_the_cnrs_gets_no_briefing_on_itself(bundled_store: Store) -> None:
    with pytest.raises(BadRequest):
        compose(bundled_store, "Institution:ror:02feahw73", "en")


def test_the_incidence_is_read_where_it_is_not_given(bundled_store: Store, write: Writer) -> None:
    assert compose(bundled_store, "JP", "en", today=TODAY).messages == write("JP", "en").messages
    assert cache_incidence(bundled_store, bundled_store.settings).actors.height > 0


def test_equal_questions_share_a_footnote(write: Writer) -> None:
    briefing = write("JP", "en")
    questions = [question for _, question, _ in briefing.footnotes]
    assert len(questions) == len(set(questions))
    origins = {question: found for _, question, found in briefing.footnotes}
    assert len(origins[briefing.headlines[0].facts[0].question]) == 3


def test_a_fact_is_frozen() -> None:
    fact = Fact(1, "q", "s", "d")
    with pytest.raises(AttributeError):
        fact.value = 2  # type: ignore[misc]
