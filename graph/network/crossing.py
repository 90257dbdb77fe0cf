"""Two kinds of thing crossed: labs by institutions, labs by countries, programmes by countries, topics by countries."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, get_args

import polars as pl

from graph.errors import BadRequest
from graph.network.answer import Analysis, Answer, Column, Parameter, Picture
from graph.network.incidence import CNRS, Incidence
from graph.network.joint_works import placed_works, works_beside
from graph.network.notes import Note
from graph.network.projection import events_in, places_in
from graph.network.scope import Scope
from graph.network.trees import at_depth

Side = Literal["institution", "lab", "country", "programme", "topic"]
SIDES: Final[tuple[Side, ...]] = get_args(Side)

_SIDE: Final = {"event": pl.String, "key": pl.String}
_COUNTS: Final = ("projects", "agreements")
_WORKS: Final = ("works", "works_least", "works_most")
_COLUMNS: Final = (
    Column("row", "key"),
    Column("row_name", "text"),
    Column("column", "key"),
    Column("column_name", "text"),
    *(Column(name) for name in _COUNTS),
    Column("works", low="works_least", high="works_most"),
    Column("works_least"),
    Column("works_most"),
    Column("weight", decimals=2),
    Column("row_share", "percent"),
    Column("column_share", "percent"),
)


def crossed(incidence: Incidence, scope: Scope, rows: Side, columns: Side, depth: int = 1) -> Answer:
    """Count the joint events in which one of `rows` and one of `columns` stand.

    A pair weighs sum over its events of 1 (full) or 1/p(e), p(e) the number of pairs event e has (fractional: the
    pairs of an event add up to one event). Where both sides are of one kind a pair is counted once, the diagonal left
    out. Newman's weight is of one kind only: see `project`.

    Labs stand in the agreements they are a party to and in the projects they have a part in; their joint works are told
    beside, never within the weight: with an institution in full, with a country between those with one of its
    institutions alone and the sum over them, for a work with two of them counts for both.

    Args:
        incidence: the store's ties.
        scope: what to count; its level does not apply.
        rows: what the rows are.
        columns: what the columns are.
        depth: level of the tree that programmes or topics are told at; 1 is the root.

    Returns:
        `row`, `row_name`, `column`, `column_name` (keys and names), `projects`, `agreements`, `works`, for countries
        `works_least` and `works_most` in its place (null where not counted), `weight`, and the share of the weight of
        all pairs of the row, and of the column, that is this pair.

    Raises:
        BadRequest: Newman's weight was asked for, or the scope names what the graph does not have.
    """
    if scope.weighting == "newman":
        raise BadRequest.of("refused.no_newman")
    notes: list[Note] = []
    if scope.level == "country":
        notes.append(("crossing.level", {}))
        scope = replace(scope, level="institution")
    events = events_in(incidence, scope, notes)
    left, right = (_side(incidence, scope, events, side, depth) for side in (rows, columns))
    pairs = left.rename({"key": "row"}).join(right.rename({"key": "column"}), on="event")
    if rows == columns:
        pairs = pairs.filter(pl.col("row") < pl.col("column"))
    share = pl.lit(1.0) if scope.weighting == "full" else 1 / pl.len().over("event").cast(pl.Float64)
    pairs = pairs.with_columns(w=share).join(events.select("event", "tie"), on="event")
    table = pairs.group_by("row", "column").agg(
        *((pl.col("tie") == tie).sum().cast(pl.Int64).alias(tie) for tie in _COUNTS), weight=pl.col("w").sum()
    )
    table = table.with_columns(pl.lit(None, pl.Int64).alias(tie) for tie in _COUNTS if tie not in scope.ties)
    table = _with_works(incidence, scope, table, rows, columns, notes)
    # Shares are of all pairs of a row, so before places narrow what is shown.
    table = table.with_columns(row_share=_share("row"), column_share=_share("column"))
    table = _within(incidence, scope, table, rows, columns)
    names = _names(incidence)
    table = (
        table.with_columns(
            row_name=pl.col("row").replace_strict(names, default=pl.col("row")),
            column_name=pl.col("column").replace_strict(names, default=pl.col("column")),
        )
        .sort("weight", "works", "works_least", "row", "column", descending=[True] * 3 + [False] * 2, nulls_last=True)
        .select(column.name for column in _COLUMNS)
    )
    if "lab" in (rows, columns) and incidence.parts.is_empty():
        notes.append(("crossing.no_parts", {}))
    figures = {"pairs": table.height, "rows": table["row"].n_unique(), "columns": table["column"].n_unique()}
    return Answer(scope, table, figures, tuple(notes))


def _share(side: str) -> pl.Expr:
    total = pl.col("weight").sum().over(side)
    return pl.when(total > 0).then(pl.col("weight") / total)


def _side(incidence: Incidence, scope: Scope, events: pl.DataFrame, side: Side, depth: int) -> pl.DataFrame:
    """Return event and key of everything of one kind that stands in the events, once each."""
    members = incidence.members if scope.include_cnrs else incidence.members.filter(pl.col("actor") != CNRS)
    if side == "lab":
        labs = members.filter(pl.col("actor").str.starts_with("Lab:")).select("event", key="actor")
        found = pl.concat([labs, incidence.parts.select("event", key="lab")])
    elif side == "institution":
        found = members.filter(pl.col("actor").str.starts_with("Institution:")).select("event", key="actor")
    elif side == "country":
        placed = members.join(incidence.actors.select("actor", "country"), on="actor").drop_nulls("country")
        codes = pl.concat([placed.select("event", "country"), incidence.hosts])
        found = codes.select("event", key=pl.format("Country:{}", "country"))
    elif side == "programme":
        above = at_depth(incidence.programmes.rename({"child": "id"}), depth)
        found = incidence.funding.join(above, left_on="programme", right_on="id").select(
            "event", key=pl.format("Programme:{}", "top")
        )
    else:
        above = at_depth(incidence.topics.select(id="topic", parent="parent"), depth)
        found = incidence.subjects.join(above, left_on="topic", right_on="id").select(
            "event", key=pl.format("Topic:{}", "top")
        )
    return found.join(events.select("event"), on="event", how="semi").unique().cast(_SIDE)  # type: ignore[arg-type]


def _with_works(
    incidence: Incidence, scope: Scope, table: pl.DataFrame, rows: Side, columns: Side, notes: list[Note]
) -> pl.DataFrame:
    nothing = table.with_columns(pl.lit(None, pl.Int64).alias(name) for name in _WORKS)
    if {rows, columns} not in ({"lab", "institution"}, {"lab", "country"}):
        if "lab" in (rows, columns) and "copublications" in scope.ties and incidence.works.height:
            notes.append(("crossing.no_works", {}))
        return nothing
    by_country = "country" in (rows, columns)
    works = (placed_works if by_country else works_beside)(incidence, scope, notes)
    if works.is_empty():
        return nothing
    ends = ("lab", "other") if rows == "lab" else ("other", "lab")
    unknown = pl.lit(None, pl.Int64)
    if by_country:
        notes.append(("crossing.works_bounds", {}))
        told = _by_country(works).with_columns(works=unknown)
    else:
        told = works.select("lab", other="institution", works="full", works_least=unknown, works_most=unknown)
    told = told.select(pl.col(ends[0]).alias("row"), pl.col(ends[1]).alias("column"), *_WORKS)
    joined = table.join(told, on=["row", "column"], how="full", coalesce=True)
    return joined.with_columns(
        pl.col("weight").fill_null(0.0), *(pl.col(tie).fill_null(0) for tie in _COUNTS if tie in scope.ties)
    )


def _by_country(works: pl.DataFrame) -> pl.DataFrame:
    """Return lab, country (`other`), and the least and most works the lab has with it."""
    return (
        works.drop_nulls("there")
        .group_by("lab", pl.format("Country:{}", "there").alias("other"))
        .agg(works_least=pl.col("full").max(), works_most=pl.col("full").sum())
    )


def _within(incidence: Incidence, scope: Scope, table: pl.DataFrame, rows: Side, columns: Side) -> pl.DataFrame:
    """Leave the pairs one end of which lies in the places of the scope."""
    places = places_in(incidence, scope)
    if places is None:
        return table
    inside = [
        *incidence.actors.filter(pl.col("country").is_in(sorted(places)))["actor"],
        *(f"Country:{code}" for code in places),
    ]
    placed = [end for end, side in (("row", rows), ("column", columns)) if side not in ("programme", "topic")]
    return table.filter(pl.any_horizontal(pl.col(end).is_in(inside) for end in placed)) if placed else table


def _names(incidence: Incidence) -> dict[str, str]:
    return {
        **dict(incidence.actors.select("actor", "name").iter_rows()),
        **{f"Country:{code}": name for code, name in incidence.countries.select("id", "name").iter_rows()},
        **{f"Topic:{code}": name for code, name in incidence.topics.select("topic", "name").iter_rows()},
        **{f"Programme:{code}": code for code in incidence.programmes["child"]},
    }


ANALYSES: Final = (
    Analysis(
        "crossing",
        "crossing",
        crossed,
        columns=_COLUMNS,
        parameters=(
            Parameter("rows", "choice", "programme", choices=SIDES),
            Parameter("columns", "choice", "country", choices=SIDES),
            Parameter("depth", "count", 1),
        ),
        picture=Picture("network", "row", "column"),
    ),
)
