"""A ranking carries the ties with the CNRS and leaves with the network among its rows, no other."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from graph.network import CNRS, Projection, Scope, empty_incidence, measure_table, project
from views.parts import rankings

_CNRS_ID = CNRS.partition(":")[2]


def projection(scope: Scope) -> Projection:
    """Three bodies and the CNRS in one project; a and the CNRS in a second."""
    bodies = ["a", "b", "c", _CNRS_ID]
    return project(
        replace(
            empty_incidence(),
            actors=pl.DataFrame(
                [(f"Institution:{body}", body, "Institution", body.upper(), "JP") for body in bodies],
                schema=["actor", "id", "label", "name", "country"],
                orient="row",
            ),
            events=pl.DataFrame(
                {
                    "event": ["Project:1", "Project:2"],
                    "tie": ["projects"] * 2,
                    "first": pl.Series([2020, 2021], dtype=pl.Int32),
                    "last": pl.Series([2021, 2022], dtype=pl.Int32),
                }
            ),
            members=pl.DataFrame(
                {
                    "event": ["Project:1"] * 4 + ["Project:2"] * 2,
                    "actor": [f"Institution:{body}" for body in [*bodies, "a", _CNRS_ID]],
                }
            ),
        ),
        scope,
    )


@pytest.mark.parametrize("weighting", ["full", "fractional", "newman"])
def test_joint_projects_with_the_cnrs_are_counted_in_full_whatever_the_weighting(weighting: str) -> None:
    drawn = projection(Scope(weighting=weighting))  # type: ignore[arg-type]
    table = rankings.with_ties_to_cnrs(drawn, measure_table(drawn, ["strength"]))
    assert dict(table.select("id", "cnrs_projects").iter_rows()) == {"a": 2, "b": 1, "c": 1, _CNRS_ID: None}
    assert table["rank"].is_sorted()


def test_without_the_cnrs_there_is_no_such_column() -> None:
    drawn = projection(Scope(include_cnrs=False))
    table = measure_table(drawn, ["strength"])
    assert rankings.with_ties_to_cnrs(drawn, table).columns == table.columns


def test_what_is_taken_away_is_the_rows_shown_and_the_ties_between_them() -> None:
    drawn = projection(Scope())
    shown = measure_table(drawn, ["strength"]).filter(pl.col("id").is_in(["a", "b"]))
    graph = rankings.network(drawn, shown, "en")
    assert set(graph.nodes) == {"Institution:a", "Institution:b"}
    assert list(graph.edges) == [("Institution:a", "Institution:b")]
    assert graph.nodes["Institution:a"]["strength"] == 4
    assert graph.graph["scope"] == Scope().sentence("en")
