import datetime as dt

import polars as pl
import pytest

from graph.errors import InvalidRecords
from graph.store.tables import Tables, checked
from tests.samples import provenance, sample


def changed(label: str, frame: pl.DataFrame) -> Tables:
    given = sample()
    return Tables({**given.nodes, label: frame}, given.relationships)


def refusal(tables: Tables) -> str:
    with pytest.raises(InvalidRecords) as caught:
        checked(tables)
    assert caught.value.next_action
    return caught.value.what


def test_an_unknown_property_is_named():
    frame = sample().nodes["Project"].with_columns(title=pl.lit("x"))
    assert "Project: unknown property title" in refusal(changed("Project", frame))


def test_a_wrong_type_is_named_and_text_is_never_guessed_into_dates():
    frame = sample().nodes["Project"].with_columns(start_date=pl.lit("2022-02-28"))
    assert "Project.start_date: must be date, is String" in refusal(changed("Project", frame))


def test_an_empty_required_property_names_the_first_ids():
    frame = sample().nodes["Institution"].with_columns(name=pl.lit(None, pl.String))
    message = refusal(changed("Institution", frame))
    assert "Institution.name: required, but empty (pic:1, pic:2, pic:3, pic:4, pic:5)" in message


def test_a_missing_required_column_is_named():
    assert "Institution.named" in refusal(changed("Institution", sample().nodes["Institution"].drop("named")))


def test_an_id_given_twice_is_named():
    frame = sample().nodes["Country"]
    assert "Country.id: more than once (ES)" in refusal(changed("Country", pl.concat([frame, frame.head(1)])))


def test_a_dangling_end_is_named_with_the_tie():
    given = sample()
    key = ("LOCATED_IN", "Institution", "Country")
    ties = provenance(pl.DataFrame({"start": ["pic:1", "pic:404"], "end": ["XX", "ES"]}))
    message = refusal(Tables(given.nodes, {key: ties}))
    assert "Institution-LOCATED_IN->Country.start: no Institution of that id (pic:404)" in message
    assert "Institution-LOCATED_IN->Country.end: no Country of that id (XX)" in message


def test_a_tie_between_the_wrong_kinds_is_named():
    given = sample()
    ties = provenance(pl.DataFrame({"start": ["ES"], "end": ["pic:1"]}))
    assert "Country-LOCATED_IN->Institution" in refusal(
        Tables(given.nodes, {("LOCATED_IN", "Country", "Institution"): ties})
    )


def test_a_number_that_is_none_is_refused():
    frame = sample().nodes["Project"].with_columns(ec_contribution_eur=pl.lit(float("nan")))
    assert "not a finite number" in refusal(changed("Project", frame))


def test_every_fault_is_told_at_once():
    given = sample()
    nodes = {
        "Country": pl.concat([given.nodes["Country"]] * 2),
        "Institution": given.nodes["Institution"].drop("name"),
        "Nation": given.nodes["Country"],
    }
    message = refusal(Tables(nodes, {}))
    assert "Country.id" in message
    assert "Institution.name" in message
    assert "Nation" in message


def test_an_integer_may_stand_for_a_float_and_a_missing_column_for_unknown():
    frame = sample().nodes["Project"].with_columns(ec_contribution_eur=pl.lit(5)).drop("start_date")
    table = checked(changed("Project", frame)).nodes["Project"]
    assert table.schema["ec_contribution_eur"] == pl.Float64
    assert table["start_date"].to_list() == [None, None]


def test_the_digest_follows_the_content_and_nothing_else():
    first = checked(sample()).nodes["Project"]["digest"].to_list()
    shuffled = sample().nodes["Project"]
    again = checked(changed("Project", shuffled.select(reversed(shuffled.columns)))).nodes["Project"]
    moved = checked(changed("Project", shuffled.with_columns(start_date=dt.date(2022, 3, 1)))).nodes["Project"]
    assert again["digest"].to_list() == first
    assert all(a != b for a, b in zip(moved["digest"], first, strict=True))
