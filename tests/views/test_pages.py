"""Every page opens in both languages over the real graph, and says what to do where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.i18n import t
from graph.network import Scope
from graph.settings import Settings
from graph.store import Store, stop_store
from tests.samples import sample
from tests.views.conftest import PAGES, Opener, address, said, start


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_without_a_failure(open_page: Opener, page: str, language: str) -> None:
    app = open_page(page, lang=language)
    assert not app.exception, app.exception
    assert not app.error, said(app)
    assert t(f"frame.page_{page}", language) in [header.value for header in app.header]


def test_switching_language_changes_the_page_and_the_address(open_page: Opener) -> None:
    app = open_page("centrality", lang="fr")
    switch = next(one for one in app.get("button_group") if "language" in str(one.key))
    switch.set_value("en").run()
    assert t("frame.page_centrality", "en") in [header.value for header in app.header]
    assert address(app)["lang"] == "en"


def test_the_scope_of_a_link_stays_from_page_to_page(open_page: Opener) -> None:
    scope = Scope(ties=frozenset({"projects"}), programmes=("HORIZON",), years=(2021, 2025), weighting="newman")
    app = open_page("centrality", **scope.to_query())
    app.switch_page("views/sources.py").run()
    assert app.session_state["state.scope"] == scope
    assert address(app)["weighting"] == "newman"


def test_an_old_link_finds_an_institution_by_the_identifier_it_was_known_by(open_page: Opener) -> None:
    app = open_page("explore", lang="en", focus="Institution:pic:999991722")
    assert not app.exception
    assert not app.error
    assert address(app)["focus"] == "Institution:ror:02gfc7t72"


def test_an_unreadable_link_says_which_part(open_page: Opener) -> None:
    app = open_page("explore", lang="en", years="soon")
    assert "years=soon" in said(app).replace("\\", "")
    assert not app.error


def test_search_finds_whatever_the_accents_and_opens_it(open_page: Opener) -> None:
    app = open_page("centrality", lang="fr")
    field = next(one for one in app.text_input if str(one.key).startswith("frame.search"))
    field.set_value("etats-unis").run()
    hits = [one for one in app.button if str(one.key).startswith("frame.hit.")]
    assert any(one.key == "frame.hit.Country.US" for one in hits)
    next(one for one in hits if one.key == "frame.hit.Country.US").click().run()
    assert app.session_state["state.focus"] == ("Country", "US")


def test_a_search_without_a_hit_says_what_to_try(open_page: Opener) -> None:
    app = open_page("sources", lang="en")
    field = next(one for one in app.text_input if str(one.key).startswith("frame.search"))
    field.set_value("zzzzqqqq").run()
    assert any("zzzzqqqq" in caption.value for caption in app.caption)


def test_an_unreachable_store_is_said_with_a_next_step_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, caches: None
) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    monkeypatch.setenv("NEO4J_PASSWORD", "unused")
    app = start(lang="en").run()
    assert not app.exception
    assert t("frame.nothing_lost", "en") in said(app)
    assert "Traceback" not in said(app)
    assert any(button.label == t("frame.retry", "en") for button in app.button)


def test_a_graph_not_built_yet_is_another_message_with_the_command(
    monkeypatch: pytest.MonkeyPatch, caches: None, tmp_path: Path
) -> None:
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("NEO4J_URI", raising=False)
    try:
        app = start(lang="en").run()
        assert not app.exception
        assert not app.error
        assert "not built" in said(app)
        assert "python -m ingest build" in app.code[0].value
    finally:
        stop_store(Settings(data_dir=tmp_path))


def test_a_graph_of_a_newer_program_is_not_shown_as_if_it_were_understood(
    monkeypatch: pytest.MonkeyPatch, caches: None, tmp_path: Path
) -> None:
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("NEO4J_URI", raising=False)
    settings = Settings(data_dir=tmp_path)
    try:
        with Store(settings) as store:
            store.sync(sample(), fingerprint="of the future")
            with store._connection.session(read=False) as session:
                session.run("MATCH (b:Build) SET b.schema_version = 9999").consume()
        app = start(lang="fr").run()
        assert not app.exception
        assert "version plus récente" in said(app)
        assert not app.dataframe
    finally:
        stop_store(settings)
