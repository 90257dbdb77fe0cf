"""The page of a strategist's questions: each opens from a link, says what it needs, shows what the command gives."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from graph.i18n import Language, t
from graph.network import ANALYSES, Incidence, Scope
from tests.network.test_analyses import GIVEN
from tests.views.conftest import Opener, address, said

HORIZON = {"ties": "projects", "programmes": "HORIZON", "cnrs": "0", "lang": "en"}


def link(name: str) -> dict[str, str]:
    return {"analysis": name, **{f"given.{key}": value for key, value in GIVEN.get(name, {}).items()}}


def table(app: Any) -> pd.DataFrame:
    (shown,) = app.dataframe
    found: pd.DataFrame = shown.value
    return found


# `brokers` and `untapped` are opened below; what stands beside the questions is by one of each picture and kind of
# column, and tests/network/test_analyses.py runs them all
@pytest.mark.parametrize(
    "name",
    [
        "what_if",
        "representation",
        "carriers",
        "replaceable",
        "dormant",
        "changes",
        "communities",
        "bridges",
        "beyond_chance",
        "certainty",
        "links",
        "trend",
        "slices",
        "crossing",
    ],
)
def test_each_question_opens_from_a_link(open_page: Opener, name: str) -> None:
    app = open_page("strategy", lang="fr", **link(name))
    assert not app.exception, app.exception
    assert not app.error, said(app)
    assert len(table(app)) > 0
    assert address(app)["analysis"] == name


def test_without_one_all_are_listed_and_a_click_asks(open_page: Opener) -> None:
    app = open_page("strategy", lang="en")
    offered = [one for one in app.button if str(one.key).startswith("strategy.pick.")]
    assert len(offered) == len(ANALYSES)
    next(one for one in offered if one.key == "strategy.pick.dormant").click().run()
    assert address(app)["analysis"] == "dormant"
    assert len(table(app)) > 0


def test_the_table_is_the_answer_of_the_command_in_the_scope_of_the_page(
    open_page: Opener, bundled_incidence: Incidence
) -> None:
    app = open_page("strategy", analysis="brokers", **{"given.b": "JP"}, **HORIZON)
    scope = Scope.from_query(HORIZON)
    answer = ANALYSES["brokers"].answer(bundled_incidence, scope, {"b": "JP"}).table
    shown = table(app)
    assert shown["name"].tolist() == answer["name"].to_list()
    assert shown["pairs_share"].tolist() == answer["pairs_share"].to_list()
    command = next(one.value for one in app.code if "graph measure brokers" in one.value)
    assert "--param b=JP" in command
    assert "cnrs=0" in command


def test_what_is_needed_is_said_before_it_is_asked(open_page: Opener) -> None:
    app = open_page("strategy", lang="en", analysis="links")
    assert t("certainty.parameter_b", "en") in said(app)
    assert not app.dataframe
    app = open_page("strategy", lang="en", analysis="what_if")
    assert "programme" in said(app)
    assert not app.error


def test_a_parameter_is_applied_by_the_button_and_stands_in_the_address(open_page: Opener) -> None:
    app = open_page("strategy", lang="en", analysis="untapped", **{"given.country": "CA"})
    before = len(table(app))
    floor = next(one for one in app.number_input if ".floor." in str(one.key))
    floor.set_value(3).run()
    next(one for one in app.button if one.key == "strategy.answer").click().run()
    assert address(app)["given.floor"] == "3"
    assert 0 < len(table(app)) < before


def test_a_value_that_is_none_of_its_kind_is_left_out(open_page: Opener) -> None:
    app = open_page("strategy", lang="en", analysis="replaceable", **{"given.floor": "many", "given.by": "luck"})
    assert not app.exception
    assert not app.error
    assert len(table(app)) > 0


@pytest.mark.parametrize(
    ("language", "other", "next_action"),
    [
        ("fr", "en", "Gardez le CNRS dans le périmètre (cnrs=1)."),
        ("en", "fr", "Keep the CNRS in the scope (cnrs=1)."),
    ],
)
def test_a_refusal_is_said_in_the_language_of_the_page(
    open_page: Opener, language: Language, other: Language, next_action: str
) -> None:
    app = open_page("strategy", lang=language, analysis="replaceable", cnrs="0")
    message = said(app).replace("\\", "")
    assert t("refused.without_cnrs", language) in message
    assert next_action in message
    assert t("refused.without_cnrs", other) not in message
    assert not app.error
    assert not app.exception


def test_a_count_may_be_as_large_as_on_the_command_line(open_page: Opener) -> None:
    app = open_page("strategy", lang="en", analysis="undeclared", **{"given.works": "20000"})
    assert not app.exception
    assert 20_000 in [field.value for field in app.number_input]
