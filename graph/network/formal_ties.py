"""The agreements of a scope and who is on the other side of them, beside what the CNRS does with each of those."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from graph.network.incidence import CNRS, Incidence
from graph.network.joint_events import home, joint_events
from graph.network.joint_works import works_beside
from graph.network.notes import Note
from graph.network.projection import places_in, subtree
from graph.network.scope import Scope

_COUNTS: Final = ("projects", "undated", "recent", "running")
_NO_PROJECTS: Final = pl.DataFrame(schema={"key": pl.String, "event": pl.String, "first": pl.Int32, "last": pl.Int32})
_NO_WORKS: Final = pl.DataFrame(schema={"key": pl.String, "works": pl.Int64, "works_last": pl.Int32})


@dataclass(frozen=True, eq=False)
class FormalTies:
    """Agreements beside actual cooperation.

    Attributes:
        agreements: one row each, sorted by event: `event`, `name` (and acronym), `instrument`, `country` (codes of its
            hosts, joined), `parties` (names of the institutions abroad, joined), `first`, `last`. Null where unknown.
        sides: `event`, `key` and `country` of each institution that is a party; by country of each host and country of
            a party. Of all agreements of the graph.
        abroad: those of `sides` known or likely to lie abroad, their country not being the CNRS's.
        projects: `key`, `event`, `first`, `last` of each joint project in scope.
        with_projects: whether projects are in scope, and a partner without a row has none.
        works: `key`, `works` (of the lab that has most of them with it) and `works_last` (last year counted) in scope;
            a partner without a row may have some with a lab nobody counted.
        notes: what does not count, as catalogue keys and values.
    """

    agreements: pl.DataFrame
    sides: pl.DataFrame
    abroad: pl.DataFrame
    projects: pl.DataFrame
    with_projects: bool
    works: pl.DataFrame
    notes: tuple[Note, ...]


def formal_ties(incidence: Incidence, scope: Scope) -> FormalTies:
    """Return the agreements of a scope's places beside the actual ties of its kinds, programmes and years.

    Agreements are all looked at, whatever the scope's ties and years, which choose the actual cooperation; a programme
    they belong to, such as the one of all IRLs, narrows the agreements instead.

    Raises:
        BadRequest: the graph has no such programme, country or region; names it.
    """
    notes: list[Note] = [("change.sample", {})]
    programmes, instruments = _programmes(incidence, scope)
    sides = _sides(incidence, scope)
    abroad = sides.filter(pl.col("country").ne_missing(pl.lit(home(incidence))))
    with_projects = "projects" in scope.ties
    projects, works = _NO_PROJECTS, _NO_WORKS
    if with_projects:
        actual = replace(scope, ties=frozenset({"projects"}), programmes=programmes)
        projects = joint_events(incidence, actual, notes).select("key", "event", "first", "last")
    if "copublications" in scope.ties:
        counted = works_beside(incidence, replace(scope, programmes=programmes, weighting="full"), notes)
        works = (
            counted.filter(pl.col("institution") != CNRS)
            .group_by(pl.col("institution").alias("key"))
            .agg(pl.col("full").max().alias("works"), pl.col("last").max().alias("works_last"))
        )
        notes += [("change.works_of_one_lab", {})] if works.height else []
    if scope.weighting != "full":
        notes.append(("change.whole_events", {}))
    return FormalTies(
        _agreements(incidence, scope, instruments), sides, abroad, projects, with_projects, works, tuple(notes)
    )


def with_counts(ties: FormalTies, year: int) -> pl.DataFrame:
    """Add to each agreement what the CNRS does with those on the other side of it, each project counted once.

    Returns:
        `ties.agreements` with `judged` (somebody abroad is known), `projects`, of them `undated`, `recent` (begun in
        `year` or later) and `running` (known to last into `year` or longer), `last_start`; `works` and `works_last` of
        the one with most. Null where nobody abroad is known, or the kind of tie is not in scope.
    """
    table = ties.agreements.with_columns(pl.col("event").is_in(ties.abroad["event"].implode()).alias("judged"))
    first, last = pl.col("first"), pl.col("last")
    counts = (
        ties.abroad.select("event", "key")
        .join(ties.projects.rename({"event": "project"}), on="key")
        .unique(["event", "project"])
        .group_by("event")
        .agg(
            pl.len().alias("projects"),
            first.is_null().sum().alias("undated"),
            (first >= year).sum().alias("recent"),
            (last >= year).sum().alias("running"),
            first.max().alias("last_start"),
        )
    )
    known = pl.col("judged") & ties.with_projects
    table = table.join(counts, on="event", how="left", maintain_order="left").with_columns(
        pl.when(known).then(pl.col(name).cast(pl.Int64).fill_null(0)).alias(name) for name in _COUNTS
    )
    by_side = ties.abroad.select("event", "key").join(ties.works, on="key")
    best = by_side.group_by("event").agg(pl.col("works", "works_last").max())
    return table.join(best, on="event", how="left", maintain_order="left")


def _programmes(incidence: Incidence, scope: Scope) -> tuple[tuple[str, ...], pl.DataFrame | None]:
    """Return the scope's programmes of projects, and the agreements under its others; None where it has no others."""
    projects: list[str] = []
    instruments: list[pl.DataFrame] = []
    for programme in scope.programmes:
        within = subtree(incidence.programmes, [programme], "programme")
        funded = incidence.funding.filter(pl.col("programme").is_in(within)).select("event")
        agreed = funded.join(incidence.agreements, on="event", how="semi")
        if agreed.is_empty() or agreed.height < funded.height:
            projects.append(programme)
        if agreed.height:
            instruments.append(agreed)
    return tuple(projects), pl.concat(instruments).unique() if instruments else None


def _sides(incidence: Incidence, scope: Scope) -> pl.DataFrame:
    members = (
        incidence.members.join(incidence.agreements, on="event", how="semi")
        .filter(pl.col("actor") != CNRS)
        .join(incidence.actors.select("actor", "label", "country"), on="actor", how="left")
    )
    institutions = members.filter(label="Institution").select("event", pl.col("actor").alias("key"), "country")
    if scope.level == "institution":
        return institutions.sort("event", "key")
    hosts = incidence.hosts.join(incidence.agreements, on="event", how="semi")
    countries = pl.concat([hosts.select("event", "country"), institutions.select("event", "country")])
    return (
        countries.drop_nulls()
        .unique()
        .select("event", pl.format("Country:{}", "country").alias("key"), "country")
        .sort("event", "key")
    )


def _agreements(incidence: Incidence, scope: Scope, chosen: pl.DataFrame | None) -> pl.DataFrame:
    own = home(incidence)
    plain = pl.col("name").str.contains(pl.col("acronym"), literal=True).fill_null(value=True)
    agreements = incidence.agreements.join(incidence.events.select("event", "first", "last"), on="event")
    if chosen is not None:
        agreements = agreements.join(chosen, on="event", how="semi")
    parties = (
        incidence.members.filter(pl.col("actor") != CNRS)
        .join(incidence.actors.filter(label="Institution").select("actor", "name", "country"), on="actor")
        .filter(pl.col("country").ne_missing(pl.lit(own)))
    )
    hosts = incidence.hosts.sort("event", "country")
    places = places_in(incidence, scope)
    if places is not None and own not in places:
        there = pl.concat([hosts.select("event", "country"), parties.select("event", "country")])
        agreements = agreements.join(there.filter(pl.col("country").is_in(sorted(places))), on="event", how="semi")
    return (
        agreements.with_columns(
            pl.when(plain).then("name").otherwise(pl.format("{} ({})", "name", "acronym")).alias("name")
        )
        .join(hosts.group_by("event").agg(pl.col("country").str.join(", ")), on="event", how="left")
        .join(
            parties.sort("name").group_by("event").agg(pl.col("name").str.join(" · ").alias("parties")),
            on="event",
            how="left",
        )
        .select("event", "name", "instrument", "country", "parties", "first", "last")
        .sort("event")
    )
