"""How rare a word is: counted over names, each once."""

from __future__ import annotations

import polars as pl
from typer.testing import CliRunner

from ingest.resolve.count import app, count_words
from ingest.resolve.names import WORD_COUNTS

VIENNA = ["University of Vienna", "Universität Graz", "Université de Lyon", "University of Vienna", "Graz"]


def test_a_word_counts_once_a_name_in_any_language_and_rare_ones_are_left_out():
    assert count_words(VIENNA).rows() == [("univ", 3)]
    assert ("graz", 2) in count_words(VIENNA, at_least=2).rows()
    assert count_words([]).is_empty()


def test_the_command_counts_what_is_at_hand_in_the_form_that_is_shipped(tmp_path):
    out = tmp_path / "counts.csv"
    done = CliRunner().invoke(app, [str(out), "--data", str(tmp_path)])
    assert done.exit_code == 0, done.output
    counted, shipped = pl.read_csv(out), pl.read_csv(WORD_COUNTS)
    assert counted.columns == shipped.columns
    assert counted["word"][0] == shipped["word"][0] == "univ"
