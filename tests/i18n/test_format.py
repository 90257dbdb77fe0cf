"""Numbers, money and dates as each language writes them."""

import datetime as dt

import pytest

from graph.i18n import date, euros, listed, number, percent, vintage


def test_french_groups_with_a_narrow_space_and_a_comma() -> None:
    assert number(1234.5, "fr", 1) == "1\u202f234,5"
    assert percent(0.032, "fr") == "3,2\u202f%"
    assert euros(3_240_000, "fr") == "3,2\u202fM€"
    assert date(dt.date(2026, 3, 12), "fr") == "12 mars 2026"
    assert date(dt.date(2026, 6, 1), "fr") == "1er juin 2026"


def test_english_groups_with_a_comma_and_a_point() -> None:
    assert number(1234.5, "en", 1) == "1,234.5"
    assert percent(0.032, "en") == "3.2%"
    assert euros(12_345, "en") == "12.3 k€"
    assert date("2026-03-12", "en") == "12 March 2026"


@pytest.mark.parametrize("write", [number, percent, euros, date])
def test_unknown_is_a_dash_and_never_zero(write) -> None:
    assert write(None, "fr") == "–"
    assert write(None, "en") == "–"


def test_a_file_without_a_date_is_said_to_be_undated() -> None:
    assert vintage("2020-12-14", "fr") == "14 décembre 2020"
    assert vintage("2026-11-22", "fr", dated=False) == "non daté, relevé le 22 novembre 2026"
    assert vintage("2026-11-22", "en", dated=False) == "undated, retrieved 22 November 2026"


def test_words_are_listed_without_a_last_comma() -> None:
    assert listed(["a", "b", "c"], "fr") == "a, b et c"
    assert listed(["a", "b", "c"], "en") == "a, b and c"
    assert listed(["a", "b", "c"], "fr", "or") == "a, b ou c"
    assert listed(["a", "b"], "en", "or") == "a or b"
