"""Which labs carry a country: whose joint works, projects and agreements the ties with it are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from graph.errors import BadRequest
from graph.network.answer import ACTOR, Analysis, Answer, Column, Parameter, Picture
from graph.network.bipartite import once
from graph.network.incidence import CNRS, Incidence
from graph.network.joint_events import home
from graph.network.joint_works import placed_works
from graph.network.notes import Note
from graph.network.projection import events_in, places_in
from graph.network.scope import Scope

_COLUMNS: Final = (
    *ACTOR,
    Column("works_least"),
    Column("works_most"),
    Column("institutions"),
    Column("partner_key", "key"),
    Column("partner", "text"),
    Column("works_share", "percent", 1),
    Column("works_abroad"),
    Column("with_part"),
    Column("part_share", "percent", 1),
    Column("agreements"),
    Column("first", "year"),
    Column("last", "year"),
)


def carriers(incidence: Incidence, scope: Scope, country: str, floor: int = 5) -> Answer:
    """Rank the labs by what they have in common with the institutions of a country.

    Labs are never added up, for a work or project of two labs counts for each. Nor are the institutions a lab writes
    with, as a work with two of them counts for both: the lab's works with the country lie between `works_least`, those
    with one institution alone, and `works_most`, the sum. `works_share` is of the lab's works with institutions abroad,
    summed so on both sides, in the scope's weighting. How far the country depends on a lab can be told of projects
    only: `part_share` is of the CNRS's projects with a body of the country.

    Args:
        incidence: the store's ties.
        scope: what to count. Its level and whether the CNRS is in it do not apply; a tie counts if the country or the
            lab lies in its places.
        country: code of a country, other than the CNRS's own.
        floor: least number of works abroad, summed by institution, for a share of them.

    Returns:
        One row a lab that has anything, most works at least first, then projects, then agreements. 0 where that is
        known: of works and projects if their source has the lab at all, of agreements if they are in scope; else null.
        `first` and `last` are the years of what is counted.

    Raises:
        BadRequest: the graph has no such country, or it is the CNRS's own; the scope names what the graph lacks.
    """
    places_in(incidence, Scope(countries=(country,)))
    if country == home(incidence):
        raise BadRequest.of("refused.own_country", country=country)
    wanted = replace(scope, level="institution", include_cnrs=True)
    notes: list[Note] = [("affinity.labs_overlap", {})]
    works = _works(incidence, wanted, country, floor, notes)
    projects, agreements = _events(incidence, wanted, country, notes)
    parts = _by_lab(incidence.parts.rename({"lab": "key"}), projects)
    parties = incidence.members.rename({"actor": "key"}).filter(pl.col("key").str.starts_with("Lab:"))
    agreed = _by_lab(parties, agreements)
    spans = pl.concat(one.select("key", "first", "last") for one in (works, parts, agreed))
    table = (
        incidence.actors.filter(pl.col("label") == "Lab")
        .rename({"actor": "key"})
        .join(works.drop("first", "last"), on="key", how="left")
        .join(parts.select("key", with_part="n"), on="key", how="left")
        .join(agreed.select("key", agreements="n"), on="key", how="left")
        .join(spans.group_by("key").agg(pl.col("first").min(), pl.col("last").max()), on="key", how="left")
        .with_columns(
            pl.when(pl.col("key").is_in(incidence.parts["lab"].implode()), "projects" in scope.ties)
            .then(pl.col("with_part").fill_null(0))
            .alias("with_part"),
            pl.when("agreements" in scope.ties).then(pl.col("agreements").fill_null(0)).alias("agreements"),
        )
        .with_columns(part_share=pl.col("with_part") / (projects.height or None))
    )
    places = places_in(incidence, scope)
    if places is not None and country not in places:
        table = table.filter(pl.col("country").is_in(sorted(places)))
        notes.append(("affinity.carriers_places", {}))
    ranks = ("works_least", "works_most", "with_part", "agreements")
    table = (
        table.filter(pl.any_horizontal(pl.col(ranks).fill_null(0) > 0))
        .sort(*ranks, "id", descending=[True, True, True, True, False], nulls_last=True)
        .select(column.name for column in _COLUMNS)
    )
    told = "projects" in scope.ties and incidence.parts.height > 0
    if "projects" in scope.ties and not told:
        notes.append(("affinity.no_parts", {}))
    figures: dict[str, float | int | str | None] = {
        "carriers": table.height,
        "works_known": works.height if "copublications" in scope.ties else None,
        "country_projects": projects.height if "projects" in scope.ties else None,
        "told_projects": projects.join(incidence.parts, on="event", how="semi").height if told else None,
    }
    notes.append(("affinity.works_floor", {"floor": floor}))
    return Answer(wanted, table, figures, once(notes))


def _works(incidence: Incidence, scope: Scope, country: str, floor: int, notes: list[Note]) -> pl.DataFrame:
    """Return what each lab whose works are known has in common with the country, all 0 where it has nothing."""
    found = placed_works(incidence, scope, notes).sort("lab", "full", "institution", descending=[False, True, False])
    here = pl.col("there") == country
    abroad = pl.col("there").is_not_null() & pl.col("there").ne_missing(pl.lit(home(incidence), pl.String))
    return (
        found.group_by(pl.col("lab").alias("key"), maintain_order=True)
        .agg(
            pl.col("full").filter(here).max().fill_null(0).alias("works_least"),
            pl.col("full").filter(here).sum().alias("works_most"),
            here.sum().cast(pl.Int64).alias("institutions"),
            pl.col("institution").filter(here).first().alias("partner_key"),
            pl.col("partner").filter(here).first(),
            pl.col("full").filter(abroad).sum().alias("works_abroad"),
            (pl.col("weight").filter(here).sum() / pl.col("weight").filter(abroad).sum()).alias("works_share"),
            pl.col("first").filter(here).min(),
            pl.col("last").filter(here).max(),
        )
        .with_columns(pl.when(pl.col("works_abroad") >= floor).then("works_share").alias("works_share"))
    )


def _events(incidence: Incidence, scope: Scope, country: str, notes: list[Note]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the projects of the CNRS or its labs with a body of the country, and the agreements with it or in it."""
    ties = scope.ties - {"copublications"}
    events = events_in(incidence, replace(scope, ties=ties), notes) if ties else incidence.events.clear()
    bodies = incidence.actors.filter(pl.col("label") == "Institution", pl.col("country") == country)
    there = incidence.members.join(bodies, on="actor", how="semi").select("event")
    ours = pl.concat([incidence.members.filter(actor=CNRS).select("event"), incidence.parts.select("event")])
    hosted = incidence.hosts.filter(country=country).select("event")
    projects = events.filter(tie="projects").join(there, on="event", how="semi").join(ours, on="event", how="semi")
    agreements = events.filter(tie="agreements").join(pl.concat([there, hosted]), on="event", how="semi")
    return projects, agreements


def _by_lab(takes_part: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Return `key`, `n`, `first` and `last` of the events each lab takes part in (`event`, `key`)."""
    return (
        takes_part.join(events, on="event")
        .group_by("key")
        .agg(pl.len().cast(pl.Int64).alias("n"), pl.col("first").min(), pl.col("last").max())
    )


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "carriers",
        "affinity",
        carriers,
        _COLUMNS,
        (Parameter("country", "country", required=True), Parameter("floor", "count", 5)),
        Picture("bars", "name", "works_least"),
    ),
)
