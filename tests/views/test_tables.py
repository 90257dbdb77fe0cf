"""Tables show unknown as a dash, numbers in the page's language, and sort by value."""

from __future__ import annotations

import datetime as dt

import polars as pl
from streamlit.testing.v1 import AppTest

from views.parts import tables


def written(kind: tables.Kind, value: object, language: str = "fr", decimals: int = 0) -> str:
    return tables._writer(tables.Column("x", kind, decimals), language)(value)  # type: ignore[arg-type]


def test_unknown_is_a_dash_and_never_zero() -> None:
    for kind in ("text", "number", "year", "euros", "percent", "date", "link"):
        for unknown in (None, float("nan"), ""):
            assert written(kind, unknown) == "–"
    assert written("number", 0) == "0"


def test_numbers_read_as_the_language_writes_them() -> None:
    assert written("number", 1234.5, "fr", 1) == "1\u202f234,5"
    assert written("number", 1234.5, "en", 1) == "1,234.5"
    assert written("year", 2026.0) == "2026"
    assert written("date", dt.date(2026, 3, 12), "en") == "12 March 2026"


def test_a_table_keeps_values_below_what_it_shows_and_hides_what_has_no_column() -> None:
    def page() -> None:
        import polars as pl

        from views.parts import tables

        frame = pl.DataFrame({"id": ["a", "b"], "works": [1200, None]})
        tables.table(frame, "t", "fr", columns={"works": tables.Column("Travaux", "number")})

    app = AppTest.from_function(page).run()
    assert not app.exception
    assert list(app.dataframe[0].value.columns) == ["works"]
    assert app.dataframe[0].value["works"][0] == 1200


def test_columns_nobody_described_are_guessed_by_type() -> None:
    frame = pl.DataFrame({"year_start": [2020], "share": [0.5], "name": ["x"], "day": [dt.date(2020, 1, 1)]})
    kinds = [tables._guess(name, frame[name].dtype).kind for name in frame.columns]
    assert kinds == ["year", "number", "text", "date"]
