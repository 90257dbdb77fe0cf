"""The ranking states its scope, filters without changing ranks, and agrees with the facts."""

from __future__ import annotations

import pandas as pd

from graph.network import MEASURES
from tests.views.conftest import Opener, said

HORIZON = {"ties": "projects", "programmes": "HORIZON", "lang": "en"}


def table(app: object) -> pd.DataFrame:
    return next(one for one in app.dataframe if one.key == "centrality.table").value  # type: ignore[attr-defined, no-any-return]


def test_first_partners_in_horizon_europe_are_those_of_a_straight_count(open_page: Opener) -> None:
    shown = table(open_page("centrality", **HORIZON, top="all"))
    first = shown.sort_values("cnrs_projects", ascending=False).head(3)
    assert list(first["cnrs_projects"].astype(int)) == [103, 99, 95]


def test_every_measure_can_stand_side_by_side(open_page: Opener) -> None:
    app = open_page("centrality", **HORIZON, measures=",".join(MEASURES))
    assert not app.error, said(app)
    assert set(MEASURES) <= set(table(app).columns)


def test_a_filter_narrows_the_rows_and_keeps_the_ranks_of_the_scope(open_page: Opener) -> None:
    whole = table(open_page("centrality", **HORIZON, top="all"))
    shown = table(open_page("centrality", **HORIZON, top="all", country="JP"))
    assert 0 < len(shown) < len(whole)
    assert set(shown["place"]) == {"Japan"}
    japan = whole[whole["place"] == "Japan"]
    assert list(shown["rank"]) == list(japan["rank"])


def test_without_the_cnrs_it_is_gone_and_so_are_the_ties_with_it(open_page: Opener) -> None:
    shown = table(open_page("centrality", **HORIZON, cnrs="0"))
    assert "cnrs_projects" not in shown.columns
    assert not shown["name"].str.contains("NATIONAL DE LA RECHERCHE SCIENTIFIQUE", case=False).any()


def test_an_empty_scope_and_an_empty_filter_are_two_messages(open_page: Opener) -> None:
    empty = said(open_page("centrality", lang="en", ties="projects", years="1950-1951"))
    filtered = said(open_page("centrality", **HORIZON, within="zzzzqqqq"))
    assert "scope" in empty
    assert "filters" in filtered
    assert empty != filtered


def test_an_unknown_programme_in_a_link_is_named(open_page: Opener) -> None:
    app = open_page("centrality", lang="en", programmes="NOPE")
    assert "NOPE" in said(app)
    assert not app.exception
