"""A scope is a sentence to quote and an address to restore."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BadRequest
from graph.network import LEVELS, TIES, WEIGHTINGS, Scope

CODES = st.lists(st.sampled_from(["JP", "DE", "BR"]), unique=True).map(tuple)
SCOPES = st.builds(
    Scope,
    ties=st.frozensets(st.sampled_from(TIES), min_size=1),
    programmes=st.lists(st.sampled_from(["HORIZON", "H2020-EU.1.3.2", "CNRS-IRL"]), unique=True).map(tuple),
    years=st.none() | st.tuples(st.integers(1950, 2020), st.integers(0, 30)).map(lambda y: (y[0], y[0] + y[1])),
    countries=CODES,
    regions=st.lists(st.sampled_from(["150", "392", "001"]), unique=True).map(tuple),
    weighting=st.sampled_from(WEIGHTINGS),
    level=st.sampled_from(LEVELS),
    include_cnrs=st.booleans(),
)


@given(SCOPES)
def test_an_address_restores_the_scope(scope: Scope) -> None:
    assert Scope.from_query(scope.to_query()) == scope


@given(SCOPES)
def test_the_command_line_writes_the_same_scope(scope: Scope) -> None:
    assert Scope.parse(";".join(f"{field}={value}" for field, value in scope.to_query().items())) == scope


def test_the_whole_graph_needs_no_address() -> None:
    assert Scope().to_query() == {}
    assert Scope.parse("") == Scope()


def test_other_parameters_of_an_address_are_ignored() -> None:
    assert Scope.from_query({"lang": "fr", "focus": "Country:JP", "ties": "projects"}).ties == {"projects"}


def test_the_sentence_is_quotable_in_both_languages() -> None:
    scope = Scope.parse("ties=projects,agreements;programmes=H2020,HORIZON;years=2014-2025")
    assert scope.sentence("en") == (
        "EU projects + agreements · H2020 + Horizon Europe · 2014–2025 · all regions · full counting · with the CNRS"
    )
    scope = Scope.parse("ties=projects;regions=150;countries=JP;weighting=newman;level=country;cnrs=0")
    assert scope.sentence("fr") == (
        "Projets européens · tous programmes · toutes années · Europe + Japon · "
        "pondération de Newman (1/(d−1)) · sans le CNRS · par pays"
    )


@pytest.mark.parametrize(
    "text",
    [
        "ties=friends",
        "weighting=double",
        "level=city",
        "years=2025-2021",
        "years=soon",
        "years=20-30",
        "countries=JPN",
        "regions=Asia",
        "cnrs=maybe",
        "colour=red",
        "projects",
    ],
)
def test_a_wrong_word_is_refused_with_what_it_may_be(text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        Scope.parse(text)
    assert refusal.value.next_action
