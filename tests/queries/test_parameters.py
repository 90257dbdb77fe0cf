"""What a person or a link may hand to a question, and what is refused before the store is asked."""

from __future__ import annotations

import pytest

from graph.errors import BadRequest
from graph.i18n import LANGUAGES
from graph.queries import Parameter, Question, ask, canonical, identified, question, validated
from graph.queries.catalogue import ParameterType
from graph.store import Store

COUNTRY = question("partners_of_country")
YEARS = question("partners_without_agreement")


def test_defaults_fill_what_is_not_given() -> None:
    assert validated(COUNTRY, {}) == {"country": "JP", "programme": None}


def test_text_from_a_link_becomes_the_type_of_the_parameter() -> None:
    assert validated(YEARS, {"since": "2023", "minimum": " 2 ", "country": "de"}) == {
        "since": 2023,
        "minimum": 2,
        "country": "DE",
    }


def test_an_empty_optional_parameter_lifts_the_restriction_of_its_default() -> None:
    assert validated(question("countries_by_joint_projects"), {"programme": ""}) == {"programme": None}


@pytest.mark.parametrize(
    ("one", "given", "named"),
    [
        (COUNTRY, {"contry": "JP"}, "contry"),
        (COUNTRY, {"country": ""}, "country"),
        (COUNTRY, {"country": "Japan"}, "Japan"),
        (COUNTRY, {"country": 5}, "5"),
        (COUNTRY, {"country": ["JP"]}, "JP"),
        (YEARS, {"since": "soon"}, "soon"),
        (YEARS, {"since": "20211"}, "20211"),
        (YEARS, {"since": True}, "True"),
        (YEARS, {"minimum": 0}, "'0'"),
        (YEARS, {"minimum": "1.5"}, "1.5"),
    ],
)
def test_a_wrong_parameter_is_refused_and_named(one: Question, given: dict[str, object], named: str) -> None:
    with pytest.raises(BadRequest, match=named):
        validated(one, given)


def test_a_country_the_graph_does_not_know_is_not_an_empty_answer(bundled_store: Store) -> None:
    with pytest.raises(BadRequest, match="ZZ"):
        ask(bundled_store, "partners_of_country", country="ZZ")


@pytest.mark.parametrize("kind", ["country", "institution", "lab", "project", "programme", "cnrs_institute"])
def test_what_the_graph_does_not_know_is_named_by_its_kind_in_both_languages(
    bundled_store: Store, kind: ParameterType
) -> None:
    parameter = Parameter("asked", kind, {"fr": "Demandé", "en": "Asked"})
    with pytest.raises(BadRequest) as refused:
        canonical(bundled_store, parameter, "nothing")
    for language in LANGUAGES:
        assert "nothing" in refused.value.said(language)[0]
    assert refused.value.said("fr") != refused.value.said("en")


def test_a_wrong_value_is_refused_by_the_name_its_field_has_on_the_page() -> None:
    with pytest.raises(BadRequest) as refused:
        validated(COUNTRY, {"country": "Japan"})
    assert f"«\u202f{COUNTRY.parameters[0].label['fr']}\u202f»" in refused.value.said("fr")[0]
    assert "un code ISO 3166 comme JP" in refused.value.said("fr")[1]


@pytest.mark.parametrize("value", ["' OR 1=1 //", "pic:999991722'}) DETACH DELETE n //", "\u202e"])
def test_a_hostile_value_is_only_ever_a_value(bundled_store: Store, value: str) -> None:
    with pytest.raises(BadRequest):
        ask(bundled_store, "joint_projects", institution=value)


def test_an_institution_answers_to_its_other_identifiers(bundled_store: Store) -> None:
    parameter = question("joint_projects").parameters[0]
    assert canonical(bundled_store, parameter, "pic:999997930") == "ror:02feahw73"
    by_pic = ask(bundled_store, "joint_projects", institution="pic:999991722")
    known = canonical(bundled_store, parameter, "pic:999991722")
    assert ask(bundled_store, "joint_projects", institution=known).rows == by_pic.rows


def test_an_institution_answers_to_every_identifier_it_has(bundled_store: Store) -> None:
    assert identified(bundled_store, "pic:999991722") == identified(bundled_store, "ror:02gfc7t72") == "ror:02gfc7t72"
    assert identified(bundled_store, "pic:0") == "pic:0"
