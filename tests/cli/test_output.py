"""What a written table says of itself, and how it is drawn where the screen is narrow."""

from __future__ import annotations

import io
import json

import polars as pl
import pytest
from rich.console import Console

from graph.cli import output
from graph.cli.output import About, Format, FrameFormat, packed, show

FRAME = pl.DataFrame({"name": ["Kyoto [old]", "=cmd()"], "degree": [7, None]}, schema={"name": str, "degree": pl.Int64})
ABOUT = About("EU projects · HORIZON", ("A note.",), {"degree": "Freeman 1978."}, {"lost": 3, "reach": None})


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A screen of 40 columns."""
    said = io.StringIO()
    monkeypatch.setattr(output, "console", Console(file=said, width=40))
    return said


def test_json_is_an_object_that_holds_scope_and_figures_beside_the_rows() -> None:
    assert json.loads(packed(FRAME, FrameFormat.json, ABOUT)) == {
        "scope": "EU projects · HORIZON",
        "notes": ["A note."],
        "methods": {"degree": "Freeman 1978."},
        "figures": {"lost": 3, "reach": None},
        "rows": [{"name": "Kyoto [old]", "degree": 7}, {"name": "=cmd()", "degree": None}],
    }
    assert json.loads(packed(FRAME, FrameFormat.json, None)) == FRAME.to_dicts()


def test_csv_has_the_scope_on_every_row_and_says_the_rest_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    content = packed(FRAME, FrameFormat.csv, ABOUT)
    read = pl.read_csv(content)
    assert read.columns == ["name", "degree", "scope"]
    assert read["scope"].unique().to_list() == ["EU projects · HORIZON"]
    assert not any(line.startswith("=") for line in content.decode("utf-8-sig").splitlines())
    said = capsys.readouterr().err
    assert all(text in said for text in ("A note.", "Freeman 1978.", "lost: 3", "reach: –"))


def test_parquet_has_the_scope_on_every_row_and_the_rest_in_its_metadata() -> None:
    content = io.BytesIO(packed(FRAME, FrameFormat.parquet, ABOUT))
    assert pl.read_parquet(content)["scope"].n_unique() == 1
    told = pl.read_parquet_metadata(content)
    assert json.loads(told["figures"]) == {"lost": 3, "reach": None}
    assert json.loads(told["methods"]) == {"degree": "Freeman 1978."}


def test_a_column_in_which_nothing_is_known_is_named_and_not_drawn(screen: io.StringIO) -> None:
    show(["name", "topic", "n"], [["Kyoto [old]", None, 1], ["Osaka", None, None]], Format.table)
    said = screen.getvalue()
    assert "topic" not in said.splitlines()[1]
    assert "2 rows; not known of any: topic" in " ".join(said.split())
    assert "Kyoto [old]" in said


def test_a_table_too_wide_for_the_screen_becomes_a_list_a_row(screen: io.StringIO) -> None:
    columns = ["name", "country", "introducer", "common", "score"]
    show(columns, [["University of Tokyo", "JP", "Riken", 12, 0.5]] * 2, Format.table)
    said = screen.getvalue()
    assert "┃" not in said
    assert said.count("University of Tokyo") == 2
    assert [line.split()[0] for line in said.splitlines()[:5]] == columns
    assert max(map(len, said.splitlines())) <= 40


def test_an_empty_table_keeps_its_headings(screen: io.StringIO) -> None:
    show(["name", "n"], [], Format.table)
    assert "name" in screen.getvalue()
    assert "0 rows" in screen.getvalue()


def test_of_a_table_in_which_nothing_is_known_its_size_and_columns_are_said(screen: io.StringIO) -> None:
    show(["a", "[/b]"], [[None, None]], Format.table)
    assert " ".join(screen.getvalue().split()) == "1 rows; not known of any: a, [/b]"


def test_a_name_of_a_column_is_never_markup(screen: io.StringIO) -> None:
    show(["x", "[/b]"], [[1, None]], Format.table)
    assert "not known of any: [/b]" in screen.getvalue()


def test_csv_without_rows_says_its_scope_beside(capsys: pytest.CaptureFixture[str]) -> None:
    packed(FRAME.clear(), FrameFormat.csv, ABOUT)
    assert "EU projects · HORIZON" in capsys.readouterr().err
