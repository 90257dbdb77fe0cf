"""Ask and Sources as a person meets them: links, runs, refusals, and what stands behind a figure."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from graph.i18n import LANGUAGES, Language, t
from graph.queries import questions
from tests.views.conftest import Opener, address, said


def captions(app: AppTest) -> str:
    return "\n".join(str(one.value) for one in app.caption)


def keyed(elements: object, start: str) -> object:
    return next(one for one in elements if str(one.key).startswith(start))  # type: ignore[attr-defined]


def answered(app: AppTest) -> object:
    return next(one.value for one in app.dataframe if "joint_projects" in one.value.columns)


def test_ask_opens_with_every_question_and_asks_the_one_clicked(open_page: Opener) -> None:
    app = open_page("ask", lang="en")
    assert {one.label for one in app.button} >= {one.title["en"] for one in questions()}
    keyed(app.button, "ask.pick.partners_in_programme").click().run()  # type: ignore[attr-defined]
    assert address(app)["question"] == "partners_in_programme"
    assert list(answered(app)["joint_projects"])[:3] == [103, 99, 95]  # type: ignore[index]


def test_a_link_restores_a_question_and_its_parameters(open_page: Opener) -> None:
    app = open_page("ask", **{"lang": "fr", "question": "countries_by_joint_projects", "param.programme": "HORIZON"})
    table = answered(app)
    germany = table[table["country_id"] == "Allemagne"]  # type: ignore[index]
    assert list(germany["joint_projects"]) == [515]


def test_a_link_can_leave_an_optional_parameter_open(open_page: Opener) -> None:
    app = open_page("ask", **{"lang": "en", "question": "countries_by_joint_projects", "param.programme": "*"})
    table = answered(app)
    assert table[table["country_id"] == "Germany"]["joint_projects"].item() > 515  # type: ignore[index]


@pytest.mark.parametrize(
    "query",
    [
        {"question": "partners_of_country", "param.country": "ZZ"},
        {"question": "partners_of_country", "param.country": "<script>"},
        {"question": "partners_without_agreement", "param.since": "soon"},
        {"question": "participants_of_project", "param.project": "HORIZON:0"},
        {"question": "no_such_question"},
        {"section": "no_such_section"},
    ],
)
def test_a_broken_link_is_a_message_and_not_a_failure(open_page: Opener, query: dict[str, str]) -> None:
    app = open_page("ask", lang="en", **query)
    assert not app.exception
    assert not app.error
    assert app.warning or query.get("section")


def test_changed_parameters_wait_for_run_and_then_stand_in_the_address(open_page: Opener) -> None:
    app = open_page("ask", lang="en", question="partners_of_country")
    keyed(app.selectbox, "ask.partners_of_country.country").set_value("DE").run()  # type: ignore[attr-defined]
    assert t("ask.changed", "en") in captions(app)
    keyed(app.button, "ask.run").click().run()  # type: ignore[attr-defined]
    assert address(app)["param.country"] == "DE"
    assert t("ask.changed", "en") not in captions(app)


def test_nothing_matching_is_said_with_what_it_does_not_prove(open_page: Opener) -> None:
    app = open_page("ask", **{"lang": "en", "question": "agreements_with_country", "param.country": "NU"})
    assert t("ask.empty_question", "en") in said(app)


def run_statement(app: AppTest, statement: str, language: Language = "en") -> AppTest:
    keyed(app.text_area, "ask.text").set_value(statement)  # type: ignore[attr-defined]
    return next(one for one in app.button if one.label == t("ask.run", language)).click().run()


def test_the_console_answers_refuses_and_keeps_the_answer_over_reruns(open_page: Opener) -> None:
    app = open_page("ask", lang="en", section="cypher")
    assert t("ask.before_first", "en") in captions(app)
    run_statement(app, "MATCH (c:Country) RETURN c.id AS id ORDER BY id")
    assert "250 rows" in captions(app)
    app.run()
    assert "250 rows" in captions(app)
    run_statement(app, "MATCH (c:Country) DETACH DELETE c")
    assert t("ask.refused", "en") in said(app)
    run_statement(app, "MATCH (c:Contry RETURN c")
    assert t("ask.not_understood", "en") in said(app)
    run_statement(app, "MATCH (c:Country {id: 'ZZ'}) RETURN c.id")
    assert t("ask.empty_statement", "en") in said(app)
    assert not app.exception


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_refused_is_said_in_the_language_of_the_page(open_page: Opener, language: Language) -> None:
    app = open_page("ask", **{"lang": language, "question": "partners_of_country", "param.country": "ZZ"})
    assert t("refused.unknown_country", language, id="ZZ") in said(app)
    app = open_page("ask", lang=language, section="cypher")
    run_statement(app, "MATCH (c:Country) DETACH DELETE c", language)
    assert t("refused.reading_only", language) in said(app)


def test_a_question_can_be_taken_to_the_console(open_page: Opener) -> None:
    app = open_page("ask", lang="en", question="agreements_with_country")
    keyed(app.button, "ask.edit").click().run()  # type: ignore[attr-defined]
    text = keyed(app.text_area, "ask.text").value  # type: ignore[attr-defined]
    assert "'JP'" in text
    assert "$" not in text


def test_sources_puts_published_beside_counted_with_the_reason(open_page: Opener) -> None:
    app = open_page("sources", lang="en")
    assert {"1,250", "1,623"} <= {one.value for one in app.metric}
    assert t("sources.explain_fp7_contracts", "en") in "\n".join(str(one.value) for one in app.markdown)


def test_sources_lists_every_snapshot_with_its_account(open_page: Opener) -> None:
    app = open_page("sources", lang="fr")
    table = next(one.value for one in app.dataframe if "licence_fr" in one.value.columns)
    assert len(table) >= 10
    assert "Le CNRS et ses dix instituts" in set(table["name_fr"])
    assert [day for day in table["vintage"] if day.startswith("non daté")] == ["non daté, relevé le 22 novembre 2026"]
    assert (table["rows"] == table["used"] + table["ignored"] + table["rejected"]).all()


def test_a_link_to_a_source_shows_what_was_set_aside(open_page: Opener) -> None:
    app = open_page("sources", lang="en", source="cordis_horizon")
    assert any("reason" in one.value.columns and "line" in one.value.columns for one in app.dataframe)


def test_rows_set_aside_that_cannot_be_shown_say_why(open_page: Opener, bundled_data: Path) -> None:
    path = bundled_data / "rejects" / "cordis_horizon.csv"
    kept = path.read_bytes()
    try:
        path.unlink()
        app = open_page("sources", lang="en", source="cordis_horizon")
        assert t("sources.aside_missing", "en") in captions(app)
        path.write_bytes(b"something,else\n1,2\n")
        assert t("sources.aside_broken", "en") in said(open_page("sources", lang="en", source="cordis_horizon"))
    finally:
        path.write_bytes(kept)
    assert t("sources.aside_none", "en") in captions(open_page("sources", lang="en", source="programmes"))
