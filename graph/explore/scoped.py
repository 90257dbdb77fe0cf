"""The joint events of a scope, ready to be counted: one meaning of a scope for pictures and for measures."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

import polars as pl

from graph.network.incidence import CNRS, Incidence, load_incidence
from graph.network.joint_works import works_in
from graph.network.notes import Note
from graph.network.projection import events_in, places_in
from graph.network.scope import Scope

if TYPE_CHECKING:
    from graph.store import Store

HOME: Final = "FR"
"""The country of the CNRS: its own partners at home are not "abroad"."""


@dataclass(frozen=True, eq=False)
class Scoped:
    """What a scope leaves of the graph's joint events.

    Attributes:
        members: `event`, `actor`, `tie`, `id`, `label`, `country`, `first`, `last`: one row for each
            event of the CNRS in scope and each other member.
        events: `event`, `tie`, `first`, `last` of all events of the CNRS in scope, also those it is alone in.
        hosts: `event`, `country` of agreements in scope.
        works: `lab` and `institution` (ids), `full` in scope; never to be added over labs.
        undated: events left out because their years are unknown.
        inside: country codes the scope keeps; None keeps all.
    """

    scope: Scope
    members: pl.DataFrame
    events: pl.DataFrame
    hosts: pl.DataFrame
    works: pl.DataFrame
    undated: int
    inside: frozenset[str] | None
    incidence: Incidence

    def here(self, column: str = "country") -> pl.Expr:
        """Return the expression that keeps rows of the scope's countries."""
        return pl.lit(value=True) if self.inside is None else pl.col(column).is_in(sorted(self.inside))

    def partners(self) -> pl.DataFrame:
        """Count each actor's joint projects and agreements with the CNRS.

        Returns:
            `actor`, `id`, `label`, `country`, `projects`, `agreements`, strongest first.
        """
        counts = self.members.group_by("actor", "id", "label", "country").agg(
            (pl.col("tie") == "projects").sum().alias("projects"),
            (pl.col("tie") == "agreements").sum().alias("agreements"),
        )
        return counts.sort(["projects", "agreements", "actor"], descending=[True, True, False])

    def by_country(self) -> pl.DataFrame:
        """Count each country's distinct joint projects and agreements with the CNRS.

        An agreement counts where it is hosted and where a party has its seat, once a country.

        Returns:
            `country`, `projects`, `agreements`, strongest first.
        """
        return _counted(self._placed(), "country")

    def by_region(self, levels: pl.DataFrame) -> pl.DataFrame:
        """Count distinct joint projects and agreements of regions.

        Args:
            levels: `country`, `region`, one row for each region a country counts in.

        Returns:
            `region`, `projects`, `agreements`.
        """
        return _counted(self._placed().join(levels, on="country"), "region")

    def _placed(self) -> pl.DataFrame:
        seats = self.members.select("event", "tie", "country")
        hosts = self.hosts.select("event", pl.lit("agreements").alias("tie"), "country")
        return pl.concat([seats, hosts]).drop_nulls("country").unique()


def _counted(placed: pl.DataFrame, column: str) -> pl.DataFrame:
    distinct = placed.select("event", "tie", column).unique()
    counts = distinct.group_by(column).agg(
        (pl.col("tie") == "projects").sum().alias("projects"),
        (pl.col("tie") == "agreements").sum().alias("agreements"),
    )
    return counts.sort(["projects", "agreements", column], descending=[True, True, False])


_held: OrderedDict[tuple[str, str], Scoped] = OrderedDict()
_loaded: OrderedDict[str, Incidence] = OrderedDict()
_lock = Lock()
_KEEP: Final = 8


def scoped(store: Store, scope: Scope, incidence: Incidence | None = None) -> Scoped:
    """Return the joint events of a scope; the last eight scopes of a build are kept.

    Args:
        store: where the incidence is read from if none is given (about two seconds, once a build).
        scope: what to count.
        incidence: the caller's own copy of the store's ties.

    Raises:
        BadRequest: the scope names a programme, country or region that is not in the graph.
    """
    build = store.build()
    fingerprint = f"{build.fingerprint} {build.built_at}" if build else ""
    key = (fingerprint, repr((scope.to_query(), sorted(scope.ties))))
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]
    ties = incidence or _incidence(store, fingerprint)
    made = _make(ties, scope)
    with _lock:
        _held[key] = made
        while len(_held) > _KEEP:
            _held.popitem(last=False)
    return made


def _incidence(store: Store, fingerprint: str) -> Incidence:
    with _lock:
        if fingerprint not in _loaded:
            _loaded.clear()
            _loaded[fingerprint] = load_incidence(store)
        return _loaded[fingerprint]


def _make(incidence: Incidence, scope: Scope) -> Scoped:
    notes: list[Note] = []
    events = events_in(incidence, scope, notes)
    undated = sum(int(values["count"]) for key, values in notes if key.startswith("network.undated"))
    members = incidence.members.join(events, on="event")
    ours = members.filter(pl.col("actor") == CNRS)["event"].unique()
    others = members.filter((pl.col("actor") != CNRS) & pl.col("event").is_in(ours.implode()))
    described = others.join(incidence.actors.select("actor", "id", "label", "country"), on="actor", how="left")
    places = places_in(incidence, scope)
    return Scoped(
        scope,
        described,
        events.filter(pl.col("event").is_in(ours.implode())),
        incidence.hosts.join(events.select("event"), on="event"),
        works_in(incidence, scope, []).select(
            pl.col("lab").str.strip_prefix("Lab:"), pl.col("institution").str.strip_prefix("Institution:"), "full"
        ),
        undated,
        None if places is None else frozenset(places & set(incidence.countries["id"])),
        incidence,
    )
