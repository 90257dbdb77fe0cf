"""Values as a table shows them and a file carries them."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from neo4j.time import Date

from graph.errors import BadRequest
from graph.queries import cells, question
from graph.store import Rows


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, None),
        (True, True),
        (2**70, "1180591620717411303424"),
        (Date(2026, 11, 23), dt.date(2026, 11, 23)),
        (["a", None, 1], "a; 1"),
        ({"a": [1, 2]}, '{"a": "1; 2"}'),
    ],
)
def test_a_value_is_a_scalar_a_date_or_text(value: object, cell: object) -> None:
    assert cells.plain(value) == cell


def test_a_column_of_one_type_keeps_it_and_a_mixed_one_is_text() -> None:
    frame = cells.frame(Rows(("whole", "mixed", "real", "none"), [(1, 1, 1, None), (2, "x", 0.5, None)]))
    assert frame.schema == {"whole": pl.Int64, "mixed": pl.String, "real": pl.Float64, "none": pl.String}


def test_an_answer_without_rows_keeps_its_columns() -> None:
    assert cells.frame(Rows(("a", "b"), [])).columns == ["a", "b"]


def test_an_answer_that_is_not_its_headers_is_refused() -> None:
    with pytest.raises(BadRequest, match="joint_projects"):
        cells.typed_frame(question("joint_projects"), Rows(("other",), []))


def test_literals_are_escaped_when_a_question_is_taken_to_the_console() -> None:
    text = cells.with_values("RETURN $a, $ab, $c", {"a": "it's \\ here", "ab": 5, "c": None})
    assert text == "RETURN 'it\\'s \\\\ here', 5, null"
