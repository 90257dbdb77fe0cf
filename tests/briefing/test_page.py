"""The briefing's page in the app: subject and language from the address, downloads, near names, no scripts."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from graph.i18n import t
from tests.briefing.conftest import CSIC
from tests.views.conftest import Opener, address, caches, open_page, said

__all__ = ["caches", "open_page"]


def downloads(app: AppTest) -> list[str]:
    return [str(one.proto.label) for one in app.get("download_button")]


def test_a_link_opens_the_briefing_with_both_downloads(open_page: Opener) -> None:
    app = open_page("briefing", lang="fr", subject="JP")
    assert not app.exception and not app.error, said(app)
    assert downloads(app) == [t("briefing.save_pdf", "fr"), t("briefing.save_html", "fr")]


def test_what_explore_looks_at_is_the_subject(open_page: Opener) -> None:
    app = open_page("briefing", lang="en", focus="Country:JP")
    assert len(downloads(app)) == 2


def test_an_institution_can_be_the_subject(open_page: Opener) -> None:
    app = open_page("briefing", lang="en", subject=CSIC)
    assert len(downloads(app)) == 2
    assert address(app)["subject"] == CSIC


def test_without_a_subject_the_page_says_what_to_do(open_page: Opener) -> None:
    app = open_page("briefing", lang="en")
    assert t("briefing.nothing_chosen", "en") in said(app)
    assert not downloads(app)


def test_an_unknown_subject_is_a_warning_with_a_near_one(open_page: Opener) -> None:
    app = open_page("briefing", lang="en", subject="Japn")
    assert "JP" in said(app) and not app.error


def test_choosing_a_country_changes_the_address(open_page: Opener) -> None:
    app = open_page("briefing", lang="en", subject="JP")
    next(one for one in app.selectbox if str(one.key).startswith("briefing.country")).select("MA").run()
    assert address(app)["subject"] == "MA"
    assert len(downloads(app)) == 2


def test_an_institution_is_found_while_typing(open_page: Opener) -> None:
    app = open_page("briefing", lang="en", subject=CSIC)
    field = next(one for one in app.text_input if str(one.key).startswith("briefing.search"))
    field.set_value("riken").run()
    found = next(one for one in app.selectbox if str(one.key).startswith("briefing.found"))
    assert any("RIKEN" in option.upper() for option in found.options)
    assert address(app)["subject"] == CSIC


def test_the_briefing_may_be_in_the_other_language(open_page: Opener) -> None:
    app = open_page("briefing", lang="fr", subject="JP", brief_lang="en")
    assert address(app)["brief_lang"] == "en"
    page = next(iter(app.get("iframe")))
    assert '<html lang="en">' in page.proto.srcdoc
    assert "default-src &#39;none&#39;" in page.proto.srcdoc or "default-src 'none'" in page.proto.srcdoc
