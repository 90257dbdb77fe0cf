"""What failed is said in English to commands and logs, and on a page in the language of the page."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import pytest

from graph.errors import BadRequest, StatementRefused, StoreUnavailable
from graph.i18n import number


def test_an_error_of_two_sentences_says_them_in_either_language() -> None:
    error = StoreUnavailable("The disk is full.", "Free some space.")
    assert str(error) == "The disk is full. Free some space."
    assert error.said("fr") == error.said("en") == ("The disk is full.", "Free some space.")


def test_an_error_of_the_catalogue_is_english_to_commands_and_french_on_a_french_page() -> None:
    error = BadRequest.of("refused.unknown_country", id="ZZ")
    assert error.what == "The graph has no country 'ZZ'."
    assert str(error) == f"{error.what} {error.next_action}"
    assert error.said("en") == (error.what, error.next_action)
    assert error.said("fr") == (
        "Le graphe ne connaît pas de pays «\u202fZZ\u202f».",
        "Donnez un code ISO 3166 à deux lettres, comme JP.",
    )


def test_it_stays_the_error_it_is_with_its_exit_code() -> None:
    assert isinstance(StatementRefused.of("refused.reading_only"), StatementRefused)
    assert StatementRefused.of("refused.reading_only").exit_code == 2
    assert StoreUnavailable.of("refused.store_silent").exit_code == 1


def test_a_value_that_depends_on_the_language_is_written_in_each() -> None:
    error = BadRequest.of("refused.statement_long", length=partial(number, 20_000))
    assert "20,000 characters" in error.what
    assert "20\u202f000 caractères" in error.said("fr")[0]


def test_a_value_is_only_ever_a_value() -> None:
    error = BadRequest.of("refused.unknown_country", id="{id} {0} {")
    assert "'{id} {0} {'" in error.what


def test_a_text_that_lacks_and_a_placeholder_without_a_value_are_named() -> None:
    with pytest.raises(KeyError, match="no_such_refusal"):
        BadRequest.of("refused.no_such_refusal")
    with pytest.raises(KeyError, match="field"):
        BadRequest.of("refused.no_scope_value", value="blue")


def test_a_command_that_does_not_fail_does_not_read_the_catalogue() -> None:
    program = "import sys, graph.errors, graph.store; sys.exit('graph.i18n' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
