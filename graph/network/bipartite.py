"""Who took part in which event of a scope, as a matrix: for what a projection no longer tells, or tells too slowly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from graph.errors import BadRequest
from graph.network.incidence import Incidence
from graph.network.joint_works import works_in
from graph.network.notes import Note
from graph.network.projection import Floats, Ints, actors_in, events_in, members_in, places_in
from graph.network.scope import Scope

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Bipartite:
    """Projects and agreements of a scope and who took part; and its joint works, of which only counts are known.

    Attributes:
        nodes: `key`, `id`, `label`, `name`, `country`, sorted by key; the row is the actor's number.
        events: `event`, `tie`, `first`, `last`, `weight`, sorted by event; the row is the event's number, `weight` what
            one joint event adds to a tie in units of the scope's weighting.
        event, actor: one entry each membership, sorted by event, then actor.
        works: `lab`, `institution` (numbers of actors), `first`, `last`, `full`, `weight`, one row a pair.
        within: by actor, whether it lies in the scope's places; a tie counts if one end does. All where none is named.
        notes: what was left out, as catalogue keys and values.
    """

    nodes: pl.DataFrame
    events: pl.DataFrame
    event: Ints
    actor: Ints
    works: pl.DataFrame
    within: Flags
    notes: tuple[Note, ...]

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """Events by actors, 1 where it took part."""
        shape = (self.events.height, self.nodes.height)
        return sparse.csr_array((np.ones(len(self.event)), (self.event, self.actor)), shape=shape)

    @cached_property
    def taken(self) -> Ints:
        """Number of events each actor took part in."""
        return np.bincount(self.actor, minlength=self.nodes.height)

    @cached_property
    def joint(self) -> sparse.csr_array:
        """Actors by actors, symmetric: number of joint events of those that make a tie; nothing on the diagonal."""
        return self._ties(self.matrix.T @ self.matrix)

    @cached_property
    def weights(self) -> sparse.csr_array:
        """Actors by actors, symmetric: weight of their joint events, in units of the scope's weighting."""
        return self._ties(self.matrix.T @ sparse.diags_array(self.events["weight"].to_numpy()) @ self.matrix)

    def joint_works(self, column: str) -> sparse.csr_array:
        """Return one column of the joint works as a symmetric matrix, actors by actors."""
        n = self.nodes.height
        ends = self.works["lab"].to_numpy(), self.works["institution"].to_numpy()
        half = sparse.csr_array((self.works[column].to_numpy().astype(float), ends), shape=(n, n))
        return (half + half.T).tocsr()

    def number(self, key: str) -> int | None:
        """Return the number of an actor, None where it is not in the scope."""
        found = self.nodes["key"].index_of(key)
        return None if found is None else int(found)

    def of(self, actors: Flags) -> Bipartite:
        """Return some actors alone, numbered anew; their events keep their weight, also those nobody is left of."""
        number = np.cumsum(actors) - 1
        stays = actors[self.actor]
        ends = [pl.Series(end, number[self.works[end].to_numpy()]) for end in ("lab", "institution")]
        both = actors[self.works["lab"].to_numpy()] & actors[self.works["institution"].to_numpy()]
        return replace(
            self,
            nodes=self.nodes.filter(pl.Series(actors, dtype=pl.Boolean)),
            event=self.event[stays],
            actor=number[self.actor[stays]],
            works=self.works.with_columns(ends).filter(pl.Series(both, dtype=pl.Boolean)),
            within=self.within[actors],
        )

    def strength(self, times: Floats) -> Floats:
        """Return the sum of tie weights of each actor where each event counts so many times, and each joint work once.

        Args:
            times: events by draws.

        Returns:
            Actors by draws, in units of the scope's weighting.
        """
        weighted = times * self.events["weight"].to_numpy()[:, None]
        partners = self.matrix.sum(axis=1)[:, None] - 1
        inside = (self.matrix @ self.within.astype(float))[:, None]
        of_events = np.where(
            self.within[:, None], self.matrix.T @ (weighted * partners), self.matrix.T @ (weighted * inside)
        )
        found: Floats = of_events + self.joint_works("weight").sum(axis=1)[:, None]
        return found

    def _ties(self, square: sparse.csr_array) -> sparse.csr_array:
        """Drop the diagonal and the ties without an end in the scope's places."""
        upper = sparse.triu(square, 1).tocoo()
        kept = self.within[upper.row] | self.within[upper.col]
        half = sparse.coo_array((upper.data[kept], (upper.row[kept], upper.col[kept])), shape=square.shape)
        return (half + half.T).tocsr()


def bipartite(incidence: Incidence, scope: Scope, *, parts: bool = False) -> Bipartite:
    """Return who took part in what in a scope; empty where nothing is in it.

    Args:
        incidence: the store's ties.
        scope: what to count.
        parts: take a lab that has a part in a project for one who took part; no event weighs less for it.

    Raises:
        BadRequest: the graph has no such programme, country or region; names it.
    """
    notes: list[Note] = []
    events = events_in(incidence, scope, notes)
    members = members_in(incidence, scope, events, notes).select("event", "actor", "weight")
    works = works_in(incidence, scope, notes)
    # Each member of an event has the weight of it; one whose members are all out of scope is no event here.
    weighted = events.join(members.select("event", "weight").unique("event"), on="event").sort("event")
    if parts and scope.level == "institution":
        labs = incidence.parts.rename({"lab": "actor"}).join(weighted.select("event", "weight"), on="event")
        members = pl.concat([members, labs]).unique(["event", "actor"])
    nodes = actors_in(incidence, scope, members, works)
    numbers = nodes.select("key", pl.row_index("i").cast(pl.Int64))
    rows = (
        members.join(numbers, left_on="actor", right_on="key")
        .join(weighted.select("event", pl.row_index("e").cast(pl.Int64)), on="event")
        .sort("e", "i")
    )
    places = places_in(incidence, scope)
    within = np.ones(nodes.height, dtype=bool)
    if places is not None:
        within = nodes["country"].is_in(sorted(places)).fill_null(value=False).to_numpy()
    return Bipartite(
        nodes,
        weighted,
        rows["e"].to_numpy(),
        rows["i"].to_numpy(),
        _numbered(works, numbers, within),
        within,
        tuple(notes),
    )


def check_actor(incidence: Incidence, scope: Scope, key: str) -> None:
    """Raise BadRequest if the graph has no actor of that key, at the scope's level, that takes part in anything."""
    if scope.level == "country":
        known = pl.format("Country:{}", "id").alias("key")
        if incidence.countries.select(known).filter(key=key).is_empty():
            raise BadRequest.of("refused.no_country_key", actor=key)
    elif incidence.actors.filter(actor=key).is_empty():
        raise BadRequest.of("refused.no_ties", actor=key)


def once(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Return the notes without those said before."""
    return tuple(note for place, note in enumerate(notes) if note not in notes[:place])


def _numbered(works: pl.DataFrame, numbers: pl.DataFrame, within: Flags) -> pl.DataFrame:
    for end in ("lab", "institution"):
        named = numbers.rename({"key": end, "i": f"{end}_i"})
        works = works.join(named, on=end).drop(end).rename({f"{end}_i": end})
    works = works.select("lab", "institution", "first", "last", "full", "weight").sort("lab", "institution")
    return works.filter(
        pl.Series(within[works["lab"].to_numpy()] | within[works["institution"].to_numpy()], dtype=pl.Boolean)
    )
