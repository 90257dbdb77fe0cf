"""The files of questions: each header is whole, in both languages, and says what the statement returns."""

from __future__ import annotations

import re

import pytest

from graph.errors import BadRequest
from graph.i18n import LANGUAGES, keys
from graph.queries import Question, internal, question, questions
from graph.queries.catalogue import parse_header
from graph.queries.legend import examples, kinds, ties
from graph.schema import NODE_BY_LABEL, RELATIONSHIP_BY_TYPE

EVERY = [pytest.param(one, id=one.id) for one in questions()]


def test_there_are_at_least_fourteen_questions_with_distinct_titles() -> None:
    assert len(questions()) >= 14
    for language in LANGUAGES:
        assert len({one.title[language] for one in questions()}) == len(questions())


@pytest.mark.parametrize("one", EVERY)
def test_a_header_speaks_both_languages(one: Question) -> None:
    spoken = [one.title, one.description, *(p.label for p in one.parameters), *(c.heading for c in one.columns)]
    for texts in spoken:
        assert set(texts) == set(LANGUAGES)
        assert all(text.strip() for text in texts.values())
    assert one.title["fr"] != one.title["en"]
    assert one.roles


@pytest.mark.parametrize("one", EVERY)
def test_a_statement_uses_the_parameters_of_its_header_and_no_others(one: Question) -> None:
    assert set(re.findall(r"\$(\w+)", one.cypher)) == {parameter.name for parameter in one.parameters}


@pytest.mark.parametrize("one", EVERY)
def test_a_statement_names_only_labels_and_types_of_the_schema(one: Question) -> None:
    named = set(re.findall(r"\(\w*:(\w+)", one.cypher))
    types = {name for group in re.findall(r"\[\w*:([A-Z_|]+)", one.cypher) for name in group.split("|")}
    assert named <= set(NODE_BY_LABEL)
    assert types <= set(RELATIONSHIP_BY_TYPE)
    assert not re.search(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|LOAD|CALL)\b", one.cypher)


@pytest.mark.parametrize("one", EVERY)
def test_a_required_parameter_has_a_default_to_try_the_question_with(one: Question) -> None:
    assert all(parameter.default is not None for parameter in one.parameters if parameter.required)


def test_every_explanation_a_question_can_return_is_in_the_catalogue_of_texts() -> None:
    returned = re.findall(r"THEN '(\w+)'", question("published_and_counted").cypher)
    assert returned
    for key in returned:
        assert set(keys()[f"sources.explain_{key}"]) == set(LANGUAGES)


def test_an_unknown_question_names_those_there_are() -> None:
    with pytest.raises(BadRequest, match="partners_of_country"):
        question("no_such_question")


@pytest.mark.parametrize("name", ["no_such_query", "../joint_projects", ""])
def test_an_unknown_internal_query_is_refused_by_name(name: str) -> None:
    with pytest.raises(BadRequest, match="internal query"):
        internal(name)


def test_an_internal_query_comes_without_its_comment() -> None:
    assert internal("questions_snapshots").startswith("MATCH")


@pytest.mark.parametrize(
    ("text", "message"),
    [("MATCH (n) RETURN n", "header"), ("/* - a list */ RETURN 1", "header")],
)
def test_a_file_without_a_yaml_header_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"x.cypher.*{message}"):
        parse_header("x.cypher", text)


def test_the_legend_holds_every_kind_and_every_pair_of_the_schema() -> None:
    assert set(kinds()["label"]) == set(NODE_BY_LABEL)
    assert ties().height == sum(len(kind.ends) for kind in RELATIONSHIP_BY_TYPE.values())
    assert "(:Institution)-[:PARTICIPATES_IN]->(:Project)" in set(ties()["pattern"])


def test_examples_have_titles_in_both_languages() -> None:
    assert len(examples()) >= 5
    assert all(set(one.title) == set(LANGUAGES) for one in examples())
