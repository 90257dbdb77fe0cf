"""Where another French body already sits at the table with the CNRS, and where France knows a partner by it alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from graph.errors import BadRequest
from graph.network.answer import ACTOR, Analysis, Answer, Column, Parameter, Picture
from graph.network.bipartite import Bipartite, bipartite
from graph.network.expectation import wilson
from graph.network.incidence import CNRS, Incidence
from graph.network.joint_events import home, in_places
from graph.network.notes import Note
from graph.network.scope import Scope

_COLUMNS: Final = (
    *ACTOR,
    Column("projects"),
    Column("with_french"),
    Column("french_share", "percent", 0, "french_low", "french_high"),
    Column("french_low", "percent"),
    Column("french_high", "percent"),
    Column("other_key", "key"),
    Column("other", "text"),
    Column("other_projects"),
    Column("agreements"),
    Column("bodies"),
    Column("sole"),
)


def replaceable(
    incidence: Incidence, scope: Scope, by: str = "countries", first: str = "replaceable", floor: int = 5
) -> Answer:
    """Share of the CNRS's joint projects with a country or a partner in which another French body takes part as well.

    Projects alone make the share, for their consortia are published whole; agreements are counted beside it. Another
    French body is an institution of the CNRS's own country that is not the CNRS; a lab is a part of it. The interval is
    Wilson's (1927, JASA 22, 209) at 95 %, with projects taken for draws.

    Args:
        incidence: the store's ties.
        scope: what to count; its weighting does not apply.
        by: `countries` or `partners`, which are institutions abroad or of unknown country.
        first: `replaceable` puts the highest share first, `sole` the lowest; equal ones by projects.
        floor: least number of joint projects.

    Returns:
        One row a country or partner; `other` is the most frequent other French body, `sole` how many of the `bodies`
        take part in no event of the scope with another French body. Empty without the CNRS in any event.

    Raises:
        BadRequest: the scope is without the CNRS or projects, or by country where partners are wanted.
    """
    _check(scope, by)
    shape = bipartite(incidence, replace(scope, level="institution", ties=scope.ties - {"copublications"}))
    members = _members(shape)
    others = members.filter((pl.col("country") == _home(incidence)) & (pl.col("key") != CNRS))
    # Without a country of its own the CNRS would have no compatriots to look for.
    ours = members.filter((pl.col("key") == CNRS) & pl.col("country").is_not_null()).select("event", "tie")
    joint = _joint(incidence, scope, members, others).join(ours, on="event", how="semi")
    if by == "countries":
        rows = _by_country(incidence, scope, ours, joint)
    else:
        rows = joint.with_columns(pl.col("key").alias("row"), pl.col("name").alias("row_name"))
    counted = _counted(rows).filter(pl.col("projects") >= floor)
    low, high = wilson(counted["with_french"].to_numpy(), counted["projects"].to_numpy())
    table = (
        counted.with_columns(pl.Series("french_low", low), pl.Series("french_high", high))
        .join(_most_frequent(rows, others), on="row", how="left")
        .with_columns((pl.col("with_french") / pl.col("projects")).alias("french_share"))
        .sort("french_share", "projects", "row", descending=[first == "replaceable", True, False])
        .rename({"row": "key", "row_name": "name"})
        .select(column.name for column in _COLUMNS)
    )
    projects, partners = joint.filter(pl.col("tie") == "projects").unique("event"), joint.unique("key")
    alike = int(projects["with_french"].sum())
    figures: dict[str, float | int | str | None] = {
        "projects": projects.height,
        "with_french": alike,
        "french_share": alike / projects.height if projects.height else None,
        "bodies": partners.height,
        "sole": int(partners["sole"].sum()),
    }
    return Answer(scope, table, figures, tuple(_notes(scope, shape, by, partners)))


def _check(scope: Scope, by: str) -> None:
    if not scope.include_cnrs:
        raise BadRequest.of("refused.without_cnrs")
    if "projects" not in scope.ties:
        raise BadRequest.of("refused.no_consortia")
    if scope.level == "country" and by == "partners":
        raise BadRequest.of("refused.countries_no_partners")


def _members(shape: Bipartite) -> pl.DataFrame:
    """Return event, tie, key, name and country of every institution in an event."""
    return (
        shape.events[shape.event]
        .select("event", "tie")
        .hstack(shape.nodes[shape.actor].select("key", "label", "name", "country"))
        .filter(pl.col("label") == "Institution")
        .drop("label")
    )


def _joint(incidence: Incidence, scope: Scope, members: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Return events a partner at a time: whether another French body is in it, and in none of the partner's.

    `sole` is null where the partner's country is unknown, for it may be French itself.
    """
    country = pl.col("country")
    partners = (
        members.filter((country != _home(incidence)).fill_null(value=True) & (pl.col("key") != CNRS))
        .with_columns(pl.col("event").is_in(others["event"].implode()).alias("with_french"))
        .with_columns(pl.when(country.is_not_null()).then(~pl.col("with_french").any().over("key")).alias("sole"))
    )
    return in_places(incidence, scope, partners)


def _home(incidence: Incidence) -> pl.Expr:
    return pl.lit(home(incidence), dtype=pl.String)


def _by_country(incidence: Incidence, scope: Scope, ours: pl.DataFrame, joint: pl.DataFrame) -> pl.DataFrame:
    """Return the CNRS's events a country at a time; an agreement is one with its host as well."""
    hosted = incidence.hosts.join(ours, on="event").filter(pl.col("country") != _home(incidence))
    hosted = in_places(incidence, scope, hosted)
    names = incidence.countries.select(pl.col("id").alias("country"), pl.col("name").alias("row_name"))
    return (
        pl.concat([joint, hosted.select("event", "tie", "country")], how="diagonal")
        .drop_nulls("country")
        .join(names, on="country", how="left")
        .with_columns(pl.format("Country:{}", "country").alias("row"))
    )


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    def events(chosen: pl.Expr) -> pl.Expr:
        return pl.col("event").filter(chosen).n_unique().cast(pl.Int64)

    project = pl.col("tie") == "projects"
    return rows.group_by("row").agg(
        pl.col("row_name", "country").first(),
        events(project).alias("projects"),
        events(project & pl.col("with_french")).alias("with_french"),
        events(pl.col("tie") == "agreements").alias("agreements"),
        pl.col("key").drop_nulls().n_unique().cast(pl.Int64).alias("bodies"),
        pl.when(pl.col("sole").is_not_null().any() | pl.col("key").is_null().all())
        .then(pl.col("key").filter("sole").n_unique())
        .cast(pl.Int64)
        .alias("sole"),
    )


def _most_frequent(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Return the French body in most of the joint projects of each row, equal ones by key."""
    return (
        rows.filter(pl.col("tie") == "projects")
        .select("row", "event")
        .unique()
        .join(others.select("event", pl.col("key").alias("other_key"), pl.col("name").alias("other")), on="event")
        .group_by("row", "other_key", "other")
        .agg(pl.len().cast(pl.Int64).alias("other_projects"))
        .sort("other_projects", "other_key", descending=[True, False])
        .unique("row", keep="first", maintain_order=True)
    )


def _notes(scope: Scope, shape: Bipartite, by: str, partners: pl.DataFrame) -> list[Note]:
    notes: list[Note] = [*shape.notes]
    if "copublications" in scope.ties:
        notes.append(("structure.no_works", {}))
    if "agreements" in scope.ties:
        notes.append(("structure.agreements_beside", {}))
    if scope.weighting != "full":
        notes.append(("structure.counted_full", {}))
    unknown = partners["country"].null_count()
    if unknown:
        notes.append((f"structure.unplaced_{by}", {"count": unknown}))
    return notes


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "replaceable",
        "structure",
        replaceable,
        _COLUMNS,
        (
            Parameter("by", "choice", "countries", choices=("countries", "partners")),
            Parameter("first", "choice", "replaceable", choices=("replaceable", "sole")),
            Parameter("floor", "count", 5),
        ),
        Picture("bars", "name", "french_share"),
        shares=("french_share",),
    ),
)
