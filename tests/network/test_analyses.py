"""Every analysis keeps its promise: the columns it declares, nothing undefined, a text for everything it says."""

from __future__ import annotations

import pytest

from graph.errors import BadRequest
from graph.i18n import LANGUAGES, keys, t
from graph.network import ANALYSES, Answer, Incidence, Scope, empty_incidence

GIVEN = {
    "brokers": {"b": "JP"},
    "carriers": {"country": "BR"},
    "links": {"a": "Lab:UMR 7198", "b": "Institution:ror:057zh3y96"},
    "untapped": {"country": "CA"},
    "what_if": {"programme": "HORIZON"},
}
"""What analyses without a default are asked."""

SCOPES = ("", "ties=projects;programmes=HORIZON;weighting=fractional", "level=country")


def said(name: str, incidence: Incidence, scope: str) -> Answer | None:
    try:
        return ANALYSES[name].answer(incidence, Scope.parse(scope), GIVEN.get(name))
    except BadRequest as refused:
        assert refused.next_action
        return None


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", ANALYSES)
def test_an_answer_is_as_declared_and_every_word_of_it_has_a_text(
    bundled_incidence: Incidence, name: str, scope: str
) -> None:
    one, answer = ANALYSES[name], said(name, bundled_incidence, scope)
    if answer is None:
        assert scope, "an analysis answers in the scope of everything"
        return
    declared = [column.name for column in one.columns]
    assert answer.table.columns == declared
    assert answer.scope == Scope.parse(scope) or answer.notes, "a scope that is not kept is said"
    for column, dtype in answer.table.schema.items():
        if dtype.is_float():
            assert answer.table[column].drop_nulls().is_finite().all(), column
    said_keys = {f"{one.area}.figure_{figure}" for figure in answer.figures} | {key for key, _ in answer.notes}
    for column in one.columns:
        assert (column.low is None) == (column.high is None)
        assert {column.low, column.high} <= {None, *declared}
        if column.kind == "word":
            words = answer.table[column.name].drop_nulls().unique()
            said_keys |= {f"{one.area}.word_{word}" for word in words}
        if column.kind == "percent":
            assert answer.table[column.name].drop_nulls().is_between(-1e-9, 1 + 1e-9).all(), column.name
    said_keys |= {f"{one.area}.word_{word}" for p in one.parameters if p.kind == "choice" for word in p.choices}
    assert sorted(said_keys - keys().keys()) == []
    for language in LANGUAGES:
        assert all(answer.note_texts(language))
    assert set(one.shares) <= set(answer.figures)
    for share in one.shares:
        assert one.written(share, answer.figures[share], "en").endswith(("%", "–"))
    if one.picture is not None:
        assert {one.picture.x, one.picture.y, one.picture.by or one.picture.x} <= set(declared)


@pytest.mark.parametrize("name", ANALYSES)
def test_an_empty_graph_gives_an_empty_answer_or_names_what_it_lacks(name: str) -> None:
    answer = said(name, empty_incidence(), "")
    if answer is not None:
        assert all(value is None or value == value for value in answer.figures.values())  # noqa: PLR0124 - not nan


@pytest.mark.parametrize("name", ["bridges", "certainty", "communities", "continuity"])  # those that draw at random
def test_an_answer_is_the_same_every_time(bundled_incidence: Incidence, name: str) -> None:
    scope = "ties=projects;programmes=HORIZON"
    first, second = said(name, bundled_incidence, scope), said(name, bundled_incidence, scope)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert first.table.equals(second.table)
        assert first.figures == second.figures


def test_what_is_typed_is_read_as_its_kind_or_refused_with_an_example() -> None:
    changes = ANALYSES["changes"]
    assert changes.arguments({"by": "years", "years_before": "2007-2013"})["years_before"] == (2007, 2013)
    for given, example in (({"years_before": "soon"}, "2014-2020"), ({"by": "luck"}, " or "), ({"floor": "0"}, "10")):
        with pytest.raises(BadRequest) as refused:
            changes.arguments(given)
        assert example in refused.value.next_action
    with pytest.raises(BadRequest, match="has no parameter 'colour'"):
        changes.arguments({"colour": "red"})
    with pytest.raises(BadRequest, match="needs 'country'"):
        ANALYSES["untapped"].arguments({})


@pytest.mark.parametrize(
    ("name", "parameter"),
    sorted((one.name, p.name) for one in ANALYSES.values() for p in one.parameters if p.kind == "count"),
)
def test_a_count_no_graph_has_is_refused_before_anything_is_computed(name: str, parameter: str) -> None:
    """`top=99999999999999999999` would overflow a column of whole numbers."""
    one = ANALYSES[name]
    (asked,) = (p for p in one.parameters if p.name == parameter)
    assert one.value(asked, str(asked.most)) == asked.most <= 1_000_000
    for given in ("-1", "0", "1e3"):
        with pytest.raises(BadRequest, match=f"'{given}' is no value for '{parameter}'"):
            one.value(asked, given)
    for large in (str(asked.most + 1), "99999999999999999999", asked.most + 1):
        with pytest.raises(BadRequest, match=f"{large} is more than {parameter}") as refused:
            one.value(asked, large)
        assert f"{asked.most:,} at most" in refused.value.next_action


def test_texts_of_the_page_exist() -> None:
    for language in LANGUAGES:
        for one in ANALYSES.values():
            assert one.text("question", language).endswith("?")
            assert t("strategy.question", language)
