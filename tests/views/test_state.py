"""What the address says is what the session shows, and the other way round; no store is needed."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from graph.network import Scope
from tests.views.conftest import address
from views.parts import state


def _session() -> None:
    """A page without a store: takes the address, then publishes the session."""
    import streamlit as st

    from views.parts import state

    state.arrive()
    state.enter(st.session_state.get("test.page", "explore"))
    change = st.session_state.get("test.change")
    if change:
        del st.session_state["test.change"]
        getattr(state, change[0])(*change[1])
    state.publish()
    st.session_state["test.seen"] = {
        "language": state.language(),
        "scope": state.scope(),
        "focus": state.focus(),
        "measures": state.param("measures"),
        "refused": state.refused(),
        "revision": state.revision(),
    }


def opened(*, page: str = "explore", **query: str) -> AppTest:
    app = AppTest.from_function(_session)
    app.session_state["test.page"] = page
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def seen(app: AppTest) -> dict[str, Any]:
    assert not app.exception, app.exception
    value: dict[str, Any] = app.session_state["test.seen"]
    return value


def change(app: AppTest, name: str, *values: object) -> AppTest:
    app.session_state["test.change"] = (name, values)
    return app.run()


def test_a_new_session_is_french_and_shows_everything_with_the_cnrs() -> None:
    got = seen(opened())
    assert got["language"] == "fr"
    assert got["scope"] == Scope()
    assert got["scope"].include_cnrs
    assert got["focus"] is None


SCOPES = [
    Scope(),
    Scope(ties=frozenset({"projects"}), programmes=("HORIZON",), years=(2021, 2025), weighting="newman"),
    Scope(countries=("JP", "DE"), regions=("150",), weighting="fractional"),
    Scope(level="country", include_cnrs=False),
]


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.weighting)
def test_a_link_restores_the_scope_it_was_copied_from(scope: Scope) -> None:
    shared = address(change(opened(), "set_scope", scope))
    assert seen(opened(**shared))["scope"] == scope


def test_a_link_restores_language_focus_and_the_page_s_own_parameters() -> None:
    got = seen(opened(lang="en", focus="Institution:ror:02feahw73", measures="degree,core"))
    assert got["language"] == "en"
    assert got["focus"] == ("Institution", "ror:02feahw73")
    assert got["measures"] == "degree,core"


def test_a_page_writes_its_own_parameters_and_no_other_page_s() -> None:
    assert address(opened(page="centrality", measures="degree")) == {"lang": "fr", "measures": "degree"}
    assert address(opened(page="ask", measures="degree")) == {"lang": "fr"}
    assert "focus" not in address(opened(page="ask", focus="Country:JP"))


def test_defaults_stay_out_of_the_address() -> None:
    assert address(opened()) == {"lang": "fr"}


def test_an_unreadable_part_of_a_link_is_named_and_the_rest_applies() -> None:
    got = seen(opened(years="soon", weighting="newman"))
    assert got["refused"] == "years=soon"
    assert got["scope"] == Scope(weighting="newman")


@pytest.mark.parametrize("focus", ["Nothing:JP", "Country:", "Country", ":JP"])
def test_a_focus_on_no_kind_is_the_world(focus: str) -> None:
    assert seen(opened(focus=focus))["focus"] is None


def test_our_own_address_coming_back_changes_nothing() -> None:
    app = change(opened(), "set_scope", Scope(weighting="newman"))
    revision = seen(app)["revision"]
    again = seen(app.run())
    assert again["scope"] == Scope(weighting="newman")
    assert again["revision"] == revision


def test_a_click_that_overtakes_the_address_does_not_undo_the_scope() -> None:
    app = opened(weighting="fractional")
    change(app, "set_scope", Scope(weighting="newman"))
    app.query_params["weighting"] = "fractional"
    assert seen(app.run())["scope"].weighting == "newman"


def test_another_address_in_the_same_session_is_adopted() -> None:
    app = opened(weighting="newman")
    app.query_params["weighting"] = "full"
    app.query_params["countries"] = "JP"
    assert seen(app.run())["scope"] == Scope(countries=("JP",))


def test_a_parameter_nobody_declared_is_refused() -> None:
    with pytest.raises(KeyError):
        state.set_param("undeclared", "x")
