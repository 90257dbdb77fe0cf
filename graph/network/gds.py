"""Measures computed inside a Neo4j server by its Graph Data Science library, for networks past this machine's memory.

What grows with the square of a consortium, the ties, is drawn and measured in the server; read here are only
who took part in what, and one value an actor. The scope is judged by the same code as for `project`.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from graph.errors import BadRequest
from graph.i18n import Language, number, t
from graph.network import communities
from graph.network.incidence import CNRS, Incidence
from graph.network.joint_works import works_in
from graph.network.measures import ranked
from graph.network.notes import Note, sentences
from graph.network.projection import Floats, events_in, places_in
from graph.network.scope import Scope

if TYPE_CHECKING:
    from graphdatascience import GraphDataScience

    from graph.store import Store

BUDGET: Final = 1_500_000_000
"""Sources times ties walked before betweenness turns to sampling: some twenty-five seconds on two cores, so that a
server four times slower, or as busy, keeps within the two minutes the bundled `neo4j.conf` gives a statement. Not
spread over several statements: the smaller a sample, the more the library keeps to actors of many ties."""

SEED: Final = 7
_UNIT: Final = float(math.lcm(*range(1, 37)))
"""Length of a tie of weight 1. The server compares lengths to the last bit, and would take 1/3 + 1/6 for another way
than 1/2; in this unit ties of common weights have whole lengths, which add up exactly."""

_PREFIX: Final = "partnership-graph-explorer-"
_STALE: Final = timedelta(hours=2)
_DAMPING: Final = 0.85
_TOLERANCE: Final = 1e-10


@dataclass(frozen=True, eq=False)
class ServerNetwork:
    """A network that is in the server's memory; only inside `server_network`.

    Attributes:
        scope: what was asked for.
        nodes: as `Projection.nodes`.
        ties: how many pairs of actors are tied.
        notes: as `Projection.notes`.
        version: of Graph Data Science.
    """

    scope: Scope
    nodes: pl.DataFrame
    ties: int
    notes: tuple[Note, ...]
    version: str
    _client: GraphDataScience
    _graph: Any
    _rows: dict[int, int]
    _found: dict[str, Floats] = field(default_factory=dict)

    def note_texts(self, lang: Language) -> tuple[str, ...]:
        """Return the notes as sentences."""
        return sentences(self.notes, lang)

    def measure(self, name: str) -> Floats:
        """Return one measure by row of `nodes`, as `graph.network.measure` defines it; nan where undefined.

        Raises:
            BadRequest: the server has no such measure; lists those it has.
        """
        if name not in IN_SERVER:
            raise BadRequest.of("refused.not_in_server", name=name, measures=", ".join(IN_SERVER))
        if name not in self._found:
            self._found[name] = IN_SERVER[name](self)
        return self._found[name]

    def table(self, names: Sequence[str]) -> pl.DataFrame:
        """Return several measures side by side, best first by the first: the columns of `measure_table`."""
        return ranked(self.nodes, self.scope, {name: self.measure(name) for name in dict.fromkeys(names)})

    def method(self, name: str, lang: Language) -> str:
        """Return one sentence on how a measure came about."""
        if name == "betweenness" and self.sources < self.nodes.height:
            return t(
                "network.method_gds_sampled",
                lang,
                version=self.version,
                sources=number(self.sources, lang),
                count=number(self.nodes.height, lang),
            )
        return t("network.method_gds", lang, version=self.version)

    @cached_property
    def sources(self) -> int:
        """Actors that shortest paths are walked from."""
        return min(self.nodes.height, BUDGET // max(self.ties, 1))

    def _streamed(self, column: str, stream: Callable[..., Any], **options: object) -> Floats:
        if self.nodes.is_empty():
            return np.zeros(0)
        frame = stream(self._graph, **options)
        values = np.full(self.nodes.height, np.nan)
        values[[self._rows[node] for node in frame["nodeId"].tolist()]] = frame[column].to_numpy(dtype=float)
        return values


@contextmanager
def server_network(store: Store, incidence: Incidence, scope: Scope) -> Iterator[ServerNetwork]:
    """Draw the network of a scope in the server's memory, for the length of a block.

    Raises:
        BadRequest: the store is no Neo4j server or has no Graph Data Science (says what to install), the network
            is beyond the server's limits, the scope is by country, or names a programme or place not in the graph.
        StoreUnavailable: the server does not answer, or went away on the way.
    """
    if scope.level == "country":
        raise BadRequest.of("refused.server_no_countries")
    notes: list[Note] = []
    events, works = events_in(incidence, scope, notes), works_in(incidence, scope, notes)
    places = places_in(incidence, scope)
    with store.data_science() as client:
        version = str(client.server_version())
        _drop_forgotten(client)
        if not _anybody(incidence, scope, events, works, places):
            yield ServerNetwork(scope, _actors([], incidence), 0, tuple(notes), version, client, None, {})
            return
        name = f"{_PREFIX}{uuid.uuid4().hex}"
        try:
            graph, result = client.graph.project.cypher(
                files("graph.queries").joinpath("gds", "network.cypher").read_text(encoding="utf-8"),
                graph=name,
                projects=_ids(events["event"], "Project"),
                agreements=_ids(events["event"], "Agreement"),
                works=works.select(
                    _id("lab", "Lab").alias("lab"), _id("institution", "Institution").alias("institution"), "weight"
                ).to_dicts(),
                cnrs=CNRS.removeprefix("Institution:"),
                include_cnrs=scope.include_cnrs,
                weighting=scope.weighting,
                unit=_UNIT,
                places=None if places is None else sorted(places),
            )
            numbers: list[int] = client.wcc.stream(graph)["nodeId"].tolist()
            keys = [
                f"{'Lab' if 'Lab' in node.labels else 'Institution'}:{node['id']}"
                for node in client.util.as_nodes(numbers)
            ]
            nodes = _actors(keys, incidence)
            row = {key: place for place, key in enumerate(nodes["key"].to_list())}
            rows = {node: row[key] for node, key in zip(numbers, keys, strict=True)}
            ties = result.relationship_count // 2  # an undirected tie is held once from each end
            yield ServerNetwork(scope, nodes, ties, tuple(notes), version, client, graph, rows)
        finally:
            with suppress(Exception):  # the server may be what failed; what stays there is dropped by a later run
                client.graph.drop(name, fail_if_missing=False)


def _anybody(
    incidence: Incidence, scope: Scope, events: pl.DataFrame, works: pl.DataFrame, places: set[str] | None
) -> bool:
    """Whether the network has an actor; the library cannot draw one without."""
    members = incidence.members.join(events, on="event", how="semi")["actor"]
    present = pl.concat([members, works["lab"], works["institution"]]).unique()
    if not scope.include_cnrs:
        present = present.filter(present != CNRS)
    if places is None:
        return bool(len(present))
    inside = incidence.actors.filter(pl.col("actor").is_in(present.implode()), pl.col("country").is_in(sorted(places)))
    return not inside.is_empty()


def _actors(keys: list[str], incidence: Incidence) -> pl.DataFrame:
    """Return the actors of these keys as `Projection.nodes`."""
    known = incidence.actors.select(pl.col("actor").alias("key"), "id", "label", "name", "country")
    return pl.DataFrame({"key": keys}, schema={"key": pl.String}).join(known, on="key", how="left").sort("key")


def _ids(events: pl.Series, label: str) -> list[str]:
    return events.filter(events.str.starts_with(f"{label}:")).str.strip_prefix(f"{label}:").to_list()


def _id(column: str, label: str) -> pl.Expr:
    return pl.col(column).str.strip_prefix(f"{label}:")


def _drop_forgotten(client: GraphDataScience) -> None:
    """Free what a run that was killed left in the server's memory."""
    limit = datetime.now(UTC) - _STALE
    for held in client.graph.list():
        if held.graph_name.startswith(_PREFIX) and held.creation_time < limit:
            client.graph.drop(held.graph_name, fail_if_missing=False)


def _pagerank(network: ServerNetwork) -> Floats:
    found = network._streamed(
        "score",
        network._client.page_rank.stream,
        relationship_weight_property="weight",
        damping_factor=_DAMPING,
        max_iterations=1000,
        tolerance=_TOLERANCE,
    )
    # The server lets the rank of an actor without ties seep away; spread evenly, as Brin & Page do, it only scales.
    return found / found.sum() if len(found) else found


def _betweenness(network: ServerNetwork) -> Floats:
    n = network.nodes.height
    if n < 3:
        return np.zeros(n)
    sampled = {"sampling_size": network.sources, "sampling_seed": SEED} if network.sources < n else {}
    found = network._streamed(
        "score", network._client.betweenness_centrality.stream, relationship_weight_property="length", **sampled
    )
    return found * (n / network.sources) / ((n - 1) * (n - 2) / 2)


def _leiden(network: ServerNetwork) -> Floats:
    found = network._streamed(
        "communityId",
        network._client.leiden.stream,
        relationship_weight_property="weight",
        random_seed=SEED,
        concurrency=1,  # the seed holds for one thread only
    )
    return communities.by_size(found, network.measure("degree") > 0)


def _component(network: ServerNetwork) -> Floats:
    return communities.by_size(network._streamed("componentId", network._client.wcc.stream))


def _degree(network: ServerNetwork) -> Floats:
    return network._streamed("score", network._client.degree_centrality.stream)


def _strength(network: ServerNetwork) -> Floats:
    return network._streamed("score", network._client.degree_centrality.stream, relationship_weight_property="weight")


IN_SERVER: Final[dict[str, Callable[[ServerNetwork], Floats]]] = {
    "strength": _strength,
    "degree": _degree,
    "betweenness": _betweenness,
    "pagerank": _pagerank,
    "community": _leiden,
    "component": _component,
}
