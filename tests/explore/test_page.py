"""The page run by AppTest over the real graph: views, messages, filters, downloads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graph.explore import History, Picture
from graph.i18n import t
from tests.views.conftest import Opener, caches, open_page, said

__all__ = ["caches", "open_page"]


@pytest.fixture(autouse=True)
def fresh(caches: None) -> Iterator[None]:
    yield


def texts(app: object) -> str:
    return "\n".join(str(each.value) for kind in ("markdown", "caption", "subheader") for each in getattr(app, kind))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_first_picture_is_the_world(open_page: Opener, language: str) -> None:
    app = open_page("explore", lang=language)
    assert not app.exception
    assert t("explore.world", language) in texts(app)  # type: ignore[arg-type]
    assert app.session_state["explore.history"].present == Picture()


def test_a_link_opens_a_country_with_its_panel(open_page: Opener) -> None:
    app = open_page("explore", lang="fr", focus="Country:JP")
    assert not app.exception
    assert "Japon" in [each.value for each in app.subheader]
    assert "The University of Tokyo" in "\n".join(each.label for each in app.button)


def test_a_link_restores_what_was_opened(open_page: Opener) -> None:
    app = open_page("explore", lang="en", focus="Country:JP", view="opened=Institution:ror:057zh3y96")
    assert app.session_state["explore.history"].present.opened == ("Institution:ror:057zh3y96",)


def test_a_link_to_nothing_says_so_and_leads_back(open_page: Opener) -> None:
    app = open_page("explore", lang="en", focus="Country:ZZ")
    assert "Country\\:ZZ" in said(app)
    next(each for each in app.button if each.key == "explore.to_world").click().run()
    assert app.session_state["explore.history"].present == Picture()
    assert t("explore.world", "en") in texts(app)


def test_a_scope_that_leaves_nothing_is_another_message_with_a_way_out(open_page: Opener) -> None:
    app = open_page("explore", lang="en", focus="Country:JP", ties="projects", years="1950-1951")
    assert t("explore.nothing", "en") in said(app)
    assert not app.error
    next(each for each in app.button if each.key == "explore.widen").click().run()
    assert t("explore.nothing", "en") not in said(app)


def test_a_first_partner_opens_with_one_click_and_undo_remembers(open_page: Opener) -> None:
    app = open_page("explore", lang="en", focus="Country:JP")
    next(each for each in app.button if each.key == "explore.link.Institution:ror:057zh3y96").click().run()
    history: History = app.session_state["explore.history"]
    assert history.present.centre == "Institution:ror:057zh3y96"
    assert history.trail() == ("Country:JP", "Institution:ror:057zh3y96")
    assert history.undo().present == Picture("Country:JP")


def test_a_kind_switched_off_leaves_the_table_too(open_page: Opener) -> None:
    app = open_page("explore", lang="en", focus="Country:JP")
    box = next(each for each in app.checkbox if each.key.startswith("explore.kind.Agreement"))
    box.uncheck().run()
    assert "Agreement" in app.session_state["explore.hidden_kinds"]
    assert "Agreement" not in set(app.dataframe[0].value["kind"])


def test_size_and_colour_by_measures_of_the_network(open_page: Opener) -> None:
    app = open_page("explore", lang="en", focus="Country:JP", size="betweenness", colour="community")
    assert not app.exception and not app.error, said(app)
    assert "measure" in app.dataframe[0].value.columns
