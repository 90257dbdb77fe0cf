"""What the CNRS shares with each partner, event by event: the ground of all that is counted over time."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from graph.errors import BadRequest
from graph.network.incidence import CNRS, Incidence
from graph.network.notes import Note
from graph.network.projection import events_in, members_in, places_in
from graph.network.scope import Scope, Tie


def joint_events(incidence: Incidence, scope: Scope, notes: list[Note]) -> pl.DataFrame:
    """Return each event of a scope's ties, programmes and years the CNRS takes part in, with each of its partners.

    A partner is an institution other than the CNRS or, by country, a country other than the CNRS's own. A lab is a
    unit of the CNRS and no partner of it. The scope's places do not narrow this: see `in_places`. A scope without the
    CNRS counts the same, for a tie with the CNRS has no other meaning; the notes say so.

    Returns:
        `event`, `tie`, `first`, `last` (years, null if unknown), `key` (of the partner), `weight` (what the event adds
        to the tie, in units of the scope's weighting); sorted by event and key. Empty where nothing is in scope.

    Raises:
        BadRequest: the graph has no such programme; names it.
    """
    if not scope.include_cnrs:
        notes.append(("change.cnrs_counts", {}))
    with_cnrs = incidence.members.filter(actor=CNRS).select("event")
    events = events_in(incidence, scope, notes).join(with_cnrs, on="event", how="semi")
    members = members_in(incidence, replace(scope, include_cnrs=True), events, notes)
    if scope.level == "country":
        partners = members.filter(pl.col("actor") != f"Country:{home(incidence)}")
    else:
        partners = members.filter((pl.col("actor") != CNRS) & pl.col("actor").str.starts_with("Institution:"))
    return (
        partners.select("event", pl.col("actor").alias("key"), "weight")
        .join(events, on="event")
        .select("event", "tie", "first", "last", "key", "weight")
        .sort("event", "key")
    )


def one_kind(scope: Scope, notes: list[Note]) -> Scope:
    """Return a scope narrowed to its projects, or to its agreements where it has no projects, for counts over time.

    Dates of projects and agreements are known for different years: together they would compare the ones of then with
    the others of now. Joint works have no place in either, being counted by lab. What is left out goes to `notes`.

    Raises:
        BadRequest: the scope has neither.
    """
    if scope.ties == {"copublications"}:
        raise BadRequest.of("refused.works_not_followed")
    if "copublications" in scope.ties:
        notes.append(("change.no_works", {}))
    if scope.ties >= {"projects", "agreements"}:
        notes.append(("change.projects_only", {}))
    kept: Tie = "projects" if "projects" in scope.ties else "agreements"
    return replace(scope, ties=frozenset({kept}))


def home(incidence: Incidence) -> str | None:
    """Return the code of the CNRS's own country, None where it is unknown or the CNRS in no event."""
    found = incidence.actors.filter(actor=CNRS)["country"]
    return found[0] if len(found) else None


def named(incidence: Incidence, frame: pl.DataFrame) -> pl.DataFrame:
    """Add `name` and `country` of the partner in `key`, null where unknown."""
    bodies = incidence.actors.select(pl.col("actor").alias("key"), "name", "country")
    countries = incidence.countries.select(
        pl.format("Country:{}", "id").alias("key"), "name", pl.col("id").alias("country")
    )
    return frame.join(pl.concat([bodies, countries]), on="key", how="left", maintain_order="left")


def in_places(incidence: Incidence, scope: Scope, frame: pl.DataFrame) -> pl.DataFrame:
    """Keep the partners (`country`, as `named` adds it) of a scope's places; all where the CNRS itself lies in them.

    A tie is in scope if one of its ends is, and one end of every tie here is the CNRS.

    Raises:
        BadRequest: the graph has no such country or region; names it.
    """
    places = places_in(incidence, scope)
    if places is None or home(incidence) in places:
        return frame
    return frame.filter(pl.col("country").is_in(sorted(places)))
