"""From who took part in what to who is tied to whom: a one-mode weighted network for a stated scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, TypeVar, cast

import igraph as ig
import networkx as nx
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

from graph.errors import BadRequest
from graph.i18n import Language
from graph.network.incidence import CNRS, Incidence
from graph.network.joint_works import works_in
from graph.network.notes import Note, sentences
from graph.network.scope import Scope

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_Result = TypeVar("_Result")

_EDGES: Final = {"weight": pl.Float64, "projects": pl.Int64, "agreements": pl.Int64, "works": pl.Int64}
_STORED: Final[tuple[str, ...]] = ("projects", "agreements")


@dataclass(frozen=True, eq=False)
class Projection:
    """A one-mode network of actors, and what was left out of it.

    Attributes:
        scope: what was asked for; `scope.sentence(lang)` labels every figure drawn from this.
        nodes: `key`, `id`, `label`, `name`, `country`, sorted by key; the row is the vertex number.
        edges: `a` < `b` (vertex numbers), `weight` in units of the scope's weighting, and
            `projects`, `agreements`, `works` counted in full whatever the weighting; null
            where the kind is not in scope or nobody counted it.
        notes: what the reader of a figure has to know, as catalogue keys and values.
        sole: per vertex the number of its event if it has exactly one and no other tie,
            else -1. Such an actor lies between no two others: a short cut of the measures.
        sole_weight: what one tie of that event weighs; nan where `sole` is -1.
    """

    scope: Scope
    nodes: pl.DataFrame
    edges: pl.DataFrame
    notes: tuple[Note, ...]
    sole: Ints
    sole_weight: Floats
    _memo: dict[str, object] = field(default_factory=dict, repr=False)

    @property
    def keys(self) -> list[str]:
        """Node keys by vertex number."""
        return self.nodes["key"].to_list()

    @property
    def a(self) -> Ints:
        """First end of each edge."""
        return self.edges["a"].to_numpy()

    @property
    def b(self) -> Ints:
        """Second end of each edge."""
        return self.edges["b"].to_numpy()

    @property
    def weight(self) -> Floats:
        """Weight of each edge, positive."""
        return self.edges["weight"].to_numpy()

    @cached_property
    def graph(self) -> nx.Graph[str]:
        """The network as a frozen networkx graph, built on first use (about a second at 400,000 edges).

        Nodes are keyed "Institution:ror:…", "Lab:UMR 7198" or "Country:JP" and carry `name`,
        `kind` and `country`; edges carry `weight` and the three counts, None if not counted.
        """
        graph: nx.Graph[str] = nx.Graph(scope=self.scope.sentence("en"))
        kinds = self.nodes.select("name", pl.col("label").alias("kind"), "country").to_dicts()
        graph.add_nodes_from(zip(self.keys, kinds, strict=True))
        names = self.keys
        edges = self.edges
        if self.scope.weighting == "full":
            edges = edges.with_columns(pl.col("weight").cast(pl.Int64))
        graph.add_edges_from(
            (names[first], names[second], attributes)
            for first, second, attributes in zip(
                edges["a"].to_list(), edges["b"].to_list(), edges.select(*_EDGES).to_dicts(), strict=True
            )
        )
        return cast("nx.Graph[str]", nx.freeze(graph))

    @cached_property
    def igraph(self) -> Any:
        """The network as an igraph graph with the edge attribute `weight`; vertices in the order of `nodes`."""
        graph = ig.Graph(self.nodes.height, np.column_stack([self.a, self.b]))
        graph.es["weight"] = self.weight.tolist()
        return graph

    @cached_property
    def adjacency(self) -> sparse.csr_array:
        """Symmetric weights, vertices in the order of `nodes`."""
        size = self.nodes.height
        upper = sparse.coo_array((self.weight, (self.a, self.b)), shape=(size, size))
        return (upper + upper.T).tocsr()

    @property
    def pieces(self) -> Ints:
        """Number of each vertex's connected component, from 0, as they are found; ties unweighted. Made once."""
        return self.memo("pieces", _pieces)

    def note_texts(self, lang: Language) -> tuple[str, ...]:
        """Return the notes as sentences."""
        return sentences(self.notes, lang)

    def memo(self, name: str, make: Callable[[Projection], _Result]) -> _Result:
        """Return `make(self)`, made once; two threads at worst make it twice and keep one."""
        if name not in self._memo:
            self._memo[name] = make(self)
        return cast("_Result", self._memo[name])


def _pieces(projection: Projection) -> Ints:
    if projection.nodes.is_empty():
        return np.zeros(0, dtype=np.int64)
    # Of a symmetric matrix the strong components are the connected ones, and are found without turning it over.
    found = csgraph.connected_components(projection.adjacency, directed=True, connection="strong")[1]
    return np.asarray(found, dtype=np.int64)


def project(incidence: Incidence, scope: Scope) -> Projection:
    """Draw the network of a scope: B^T W B over its events, plus the joint works of labs.

    The weight of a tie is the sum over its joint events of 1 (full), 1/d (fractional)
    or 1/(d-1) (newman, PRE 64, 016132), d the distinct members of the event. Joint
    works add their count under full weighting, their published fractional count under
    fractional, and nothing under newman; the notes say so.

    Returns:
        A projection, empty if nothing is in scope. Actors whose events have no other
        member in scope stay in as isolates, unless places are filtered.

    Raises:
        BadRequest: the graph has no such programme, country or region; names it.
    """
    notes: list[Note] = []
    events = events_in(incidence, scope, notes)
    members = members_in(incidence, scope, events, notes)
    works = works_in(incidence, scope, notes)
    actors = actors_in(incidence, scope, members, works)
    index = actors.select(pl.col("key"), pl.int_range(pl.len(), dtype=pl.Int64).alias("vertex"))
    edges = _edges(scope, members, works, index)
    sole, weight = _sole(members, works, index)
    selected = _selected(incidence, scope, actors)
    if selected is not None:
        a, b = edges["a"].to_numpy(), edges["b"].to_numpy()
        kept = edges.filter(pl.Series(selected[a] | selected[b], dtype=pl.Boolean))
        stay = selected.copy()
        stay[kept["a"].to_numpy()] = True
        stay[kept["b"].to_numpy()] = True
        renumbered = pl.Series(np.cumsum(stay) - 1)
        actors = actors.filter(pl.Series(stay, dtype=pl.Boolean))
        edges = kept.with_columns(renumbered.gather(kept["a"]).alias("a"), renumbered.gather(kept["b"]).alias("b"))
        # A filter by place cuts consortia open: a body with one event may now lie between two others.
        sole, weight = np.full(actors.height, -1, dtype=np.int64), np.full(actors.height, np.nan)
    return Projection(scope, actors, edges, tuple(notes), sole, weight)


def events_in(incidence: Incidence, scope: Scope, notes: list[Note]) -> pl.DataFrame:
    """Return the joint events of a scope's ties, programmes and years; what is left out undated goes to `notes`.

    Raises:
        BadRequest: the graph has no such programme; names it.
    """
    events = incidence.events.filter(pl.col("tie").is_in(sorted(scope.ties)))
    if scope.programmes:
        within = subtree(incidence.programmes, scope.programmes, "programme")
        funded = incidence.funding.filter(pl.col("programme").is_in(within))["event"]
        events = events.filter(pl.col("event").is_in(funded.implode()))
    if scope.years is None:
        return events
    inside, unknown = _overlap(scope.years)
    left_out = events.filter(unknown)
    for tie in _STORED:
        count = left_out.filter(pl.col("tie") == tie).height
        if count:
            notes.append((f"network.undated_{tie}", {"count": count}))
    return events.filter(inside)


def _overlap(years: tuple[int, int]) -> tuple[pl.Expr, pl.Expr]:
    """Return what surely overlaps the years, and what may: an unknown end is neither open nor closed."""
    first, last = pl.col("first"), pl.col("last")
    outside = (first > years[1]).fill_null(value=False) | (last < years[0]).fill_null(value=False)
    both = (first <= years[1]) & (last >= years[0])
    starts, ends = first.is_between(*years), last.is_between(*years)
    inside = (
        both.fill_null(value=False) | starts.fill_null(value=False) | ends.fill_null(value=False)
    ) & outside.not_()
    return inside, inside.not_() & outside.not_()


def members_in(incidence: Incidence, scope: Scope, events: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:
    """Return event, actor, tie, partner, d and weight; d counts the whole consortium, also members out of scope."""
    members = incidence.members.join(events.select("event", "tie"), on="event")
    if scope.level == "country":
        members = _by_country(incidence, members, notes)
    else:
        members = members.with_columns((pl.col("actor") != CNRS).alias("partner"))
    divisor = {"full": pl.lit(1.0), "fractional": pl.col("d"), "newman": pl.col("d") - 1}[scope.weighting]
    members = members.with_columns(pl.len().over("event").cast(pl.Float64).alias("d")).with_columns(
        pl.when(pl.col("d") > 1).then(1 / divisor).otherwise(1.0).alias("weight")
    )
    return members if scope.include_cnrs else members.filter("partner")


def _by_country(incidence: Incidence, members: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:
    """Return event, country and tie once each; `partner` is false where only the CNRS stands for the country."""
    placed = members.join(incidence.actors.select("actor", "country"), on="actor", how="left")
    nowhere = placed.filter(pl.col("country").is_null())["actor"].n_unique()
    if nowhere:
        notes.append(("network.no_country", {"count": nowhere}))
    hosts = incidence.hosts.join(members.select("event", "tie").unique(), on="event")
    return (
        pl.concat(
            [
                placed.select("event", "country", "tie", (pl.col("actor") != CNRS).alias("partner")),
                hosts.select("event", "country", "tie", pl.lit(value=True).alias("partner")),
            ]
        )
        .drop_nulls("country")
        .group_by("event", "country", "tie", maintain_order=True)
        .agg(pl.col("partner").any())
        .select("event", pl.format("Country:{}", "country").alias("actor"), "tie", "partner")
    )


def actors_in(incidence: Incidence, scope: Scope, members: pl.DataFrame, works: pl.DataFrame) -> pl.DataFrame:
    """Return `key`, `id`, `label`, `name`, `country` of everybody in these members and works, sorted by key."""
    present = pl.concat([members["actor"], works["lab"], works["institution"]]).unique().rename("key").to_frame()
    if scope.level == "country":
        known = incidence.countries.select(
            pl.format("Country:{}", "id").alias("key"),
            "id",
            pl.lit("Country").alias("label"),
            "name",
            pl.col("id").alias("country"),
        )
    else:
        known = incidence.actors.select(pl.col("actor").alias("key"), "id", "label", "name", "country")
    return present.join(known, on="key", how="left").sort("key")


def _edges(scope: Scope, members: pl.DataFrame, works: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    size = index.height
    numbered = members.join(index.rename({"key": "actor"}), on="actor")
    parts = [
        _pairs(numbered.filter(pl.col("tie") == tie), size, tie)
        for tie in _STORED
        if tie in scope.ties and numbered.height
    ]
    if works.height:
        ends = works.join(index.rename({"key": "lab", "vertex": "x"}), on="lab").join(
            index.rename({"key": "institution", "vertex": "y"}), on="institution"
        )
        parts.append(
            ends.select(
                pl.min_horizontal("x", "y").alias("a"),
                pl.max_horizontal("x", "y").alias("b"),
                "weight",
                pl.col("full").alias("works"),
            )
        )
    empty = pl.DataFrame(schema={"a": pl.Int64, "b": pl.Int64, **_EDGES})
    edges = (
        pl.concat([empty, *parts], how="diagonal")
        .group_by("a", "b")
        .agg(pl.col("weight").sum(), *(pl.col(kind).max() for kind in ("projects", "agreements", "works")))
        .sort("a", "b")
    )
    # Projects and agreements are complete in scope, so a tie without one has none; works nobody counted stay unknown.
    return edges.with_columns(pl.col(tie).fill_null(0) for tie in _STORED if tie in scope.ties)


def _pairs(members: pl.DataFrame, size: int, tie: str) -> pl.DataFrame:
    events = members["event"].rank("dense").to_numpy().astype(np.int64) - 1
    shape = (int(events.max(initial=-1)) + 1, size)
    vertices = members["vertex"].to_numpy()
    joint = sparse.csr_array((np.ones(len(events)), (events, vertices)), shape=shape)
    weighted = sparse.csr_array((members["weight"].to_numpy(), (events, vertices)), shape=shape)
    counts = _upper(joint.T @ joint)
    weights = _upper(joint.T @ weighted)
    return pl.DataFrame(
        {
            "a": counts.row.astype(np.int64),
            "b": counts.col.astype(np.int64),
            "weight": weights.data,
            tie: counts.data.astype(np.int64),
        }
    )


def _upper(square: sparse.csr_array) -> sparse.coo_array:
    """Return the upper triangle in row and column order, so that two products of one pattern line up."""
    square = square.tocsr()
    square.sort_indices()
    return sparse.triu(square, 1).tocoo()


def _sole(members: pl.DataFrame, works: pl.DataFrame, index: pl.DataFrame) -> tuple[Ints, Floats]:
    tied_by_works = pl.concat([works["lab"], works["institution"]]).unique().implode()
    single = (
        members.with_columns(pl.col("event").rank("dense").cast(pl.Int64).alias("number"))
        .filter(pl.len().over("actor") == 1)
        .filter(pl.col("actor").is_in(tied_by_works).not_())
        .join(index.rename({"key": "actor"}), on="actor")
    )
    sole, weight = np.full(index.height, -1, dtype=np.int64), np.full(index.height, np.nan)
    vertices = single["vertex"].to_numpy()
    sole[vertices] = single["number"].to_numpy()
    weight[vertices] = single["weight"].to_numpy()
    return sole, weight


def _selected(incidence: Incidence, scope: Scope, actors: pl.DataFrame) -> npt.NDArray[np.bool_] | None:
    places = places_in(incidence, scope)
    if places is None:
        return None
    return actors["country"].is_in(sorted(places)).fill_null(value=False).to_numpy()


def places_in(incidence: Incidence, scope: Scope) -> set[str] | None:
    """Return the codes of a scope's countries and of all in its regions; None where it does not filter by place.

    Raises:
        BadRequest: the graph has no such country or region; names it.
    """
    if not scope.countries and not scope.regions:
        return None
    known = set(incidence.countries["id"])
    for code in scope.countries:
        if code not in known:
            raise BadRequest.of("refused.unknown_country", id=code)
    return set(scope.countries) | subtree(incidence.places, scope.regions, "region")


def subtree(tree: pl.DataFrame, roots: Iterable[str], kind: Literal["programme", "region"]) -> set[str]:
    """Return what `below` does, of roots that must be in the tree.

    Raises:
        BadRequest: a root is not in the tree; names it as a `kind`.
    """
    wanted, known = list(roots), {*tree["child"], *tree["parent"]}
    for root in wanted:
        if root not in known:
            raise BadRequest.of(f"refused.unknown_{kind}", id=root)
    return below(tree, wanted)


def below(tree: pl.DataFrame, roots: Iterable[str]) -> set[str]:
    """Return the roots and everything under them in a table of child and parent; one it does not have stands alone."""
    children: dict[str, list[str]] = {}
    for child, parent in tree.iter_rows():
        children.setdefault(parent, []).append(child)
    found: set[str] = set()
    pending = list(roots)
    while pending:
        one = pending.pop()
        if one not in found:
            found.add(one)
            pending.extend(children.get(one, ()))
    return found
