"""Roles, dates and money of every participation, read once a build: what panels add up and pictures sort by."""

from __future__ import annotations

import math
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

import polars as pl

from graph.queries import internal

if TYPE_CHECKING:
    from graph.store import Store


@dataclass(frozen=True, eq=False)
class Money:
    """Participations and projects as columns.

    Attributes:
        parts: `event`, `actor`, `role`, `contribution`; one row a body and project, its published rows
            added up, the coordinator's role kept. A contribution nobody published is null.
        projects: `event`, `start`, `end` (ISO text or null), `budget`.
    """

    parts: pl.DataFrame
    projects: pl.DataFrame

    def of(self, actor: str) -> pl.DataFrame:
        """Return a body's parts with their projects' dates and budgets."""
        return self.parts.filter(pl.col("actor") == actor).join(self.projects, on="event")

    def latest(self, events: pl.Series) -> pl.DataFrame:
        """Return projects, the latest start first, then the largest."""
        rows = self.projects.filter(pl.col("event").is_in(events.implode()))
        return rows.sort("start", "budget", "event", descending=[True, True, False], nulls_last=True)


_held: dict[str, Money] = {}
_lock: Final = Lock()


def money(store: Store) -> Money:
    """Return what is known of every participation; reads the store once a build, about a second."""
    build = store.build()
    fingerprint = build.fingerprint if build else ""
    with _lock:
        if fingerprint not in _held:
            _held.clear()
            _held[fingerprint] = _read(store)
        return _held[fingerprint]


def _read(store: Store) -> Money:
    rows = store.frame(internal("explore_parts")).cast({"contribution": pl.Float64, "role": pl.String})
    # In one order whatever the engine's, so that sums end in the same digits.
    rows = rows.sort("event", "actor", "contribution", "role")
    projects = store.frame(internal("explore_budgets")).cast({"budget": pl.Float64, "start": pl.String})
    leads = (pl.col("role") == "coordinator").fill_null(value=False)
    known = pl.col("contribution").is_not_null().any()
    parts = rows.group_by("event", "actor", maintain_order=True).agg(
        pl.when(leads.any()).then(pl.lit("coordinator")).otherwise(pl.col("role").drop_nulls().first()).alias("role"),
        pl.when(known).then(pl.col("contribution").sum()).otherwise(None).alias("contribution"),
    )
    return Money(parts, projects)


def total(values: pl.Series) -> float | None:
    """Add amounts up, without error of rounding; nothing published is None, not 0."""
    known = values.drop_nulls()
    return math.fsum(known) if known.len() else None
