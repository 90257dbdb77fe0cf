"""Time every measure and analysis beside plain networkx and raw igraph, in the same run: `make bench`.

Two networks: the bundled one of the CNRS, and a generated one of the complete Horizon 2020's size. What takes networkx
minutes is timed on a few nodes and scaled up, and marked so.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import igraph as ig
import networkx as nx
import numpy as np
from rich.console import Console

from graph.errors import ExplorerError
from graph.network import ANALYSES, MEASURES, Incidence, Projection, Scope, cache_incidence, layout, measure, project
from graph.network.measures import measure_info, values
from graph.settings import Settings
from graph.store import open_store
from tests.benchmarks import network_case, report
from tests.network.test_analyses import GIVEN

Result = TypeVar("Result")
REPORT = Path("artefacts/bench_network.md")
PATHS = ("betweenness", "harmonic")
NOT_COUNTED = ("community", "strength_core")
"""Not in the total: networkx has no Leiden and no weighted core."""
SHORT, TIMES = 0.5, 3
"""What takes less than so many seconds is timed so often, and the least is taken."""


@dataclass(frozen=True)
class Line:
    """One piece of work: seconds here, in raw igraph and in plain networkx, None where it has no such thing."""

    what: str
    ours: float
    igraph: float | None
    networkx: float | None
    note: str = ""


def main() -> int:
    console = report.terminal()
    try:
        with open_store(Settings()) as store:
            incidence, loaded = clocked(lambda: cache_incidence(store, Settings()))
    except ExplorerError as error:
        console.print(f"{error.what} {error.next_action}", style="red")
        return error.exit_code
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}."
    parts = [
        "# Measures and analyses beside igraph and networkx",
        f"Incidence from store or cache {loaded:.2f} s. {machine}",
    ]
    for title, of in (
        ("The network of the CNRS", incidence),
        ("Generated, of Horizon 2020's size", network_case.incidence()),
    ):
        parts += measured(console, title, of)
    parts += answered(console, incidence)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parts += report.note(console, f"Most memory of the whole run, networkx's graphs included: {most:,.0f} MB.")
    report.keep(console, REPORT, parts)
    return 0


def clocked(work: Callable[[], Result]) -> tuple[Result, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def least(work: Callable[[], object]) -> float:
    """Time work once, or three times where it is short: then the first pays for what is cold."""
    first = clocked(work)[1]
    return first if first > SHORT else min(first, *(clocked(work)[1] for _ in range(TIMES - 1)))


def own(projection: Projection, name: str) -> float:
    """Time one of our measures, computed anew each time; what several need, the reduced network, is made once."""

    def work() -> None:
        for made in set(projection._memo) - {"skeleton"}:
            del projection._memo[made]
        values(projection, name)

    return least(work)


def measured(console: Console, title: str, incidence: Incidence) -> list[str]:
    """Time the projection and every measure of one network."""
    projection, projected = clocked(lambda: project(incidence, Scope()))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    made = clocked(lambda: projection.igraph)[1]
    matrix = clocked(lambda: projection.adjacency)[1]
    ours = {name: own(projection, name) for name in MEASURES}
    graph = nx.Graph(projection.graph)
    for _, _, attributes in graph.edges(data=True):
        attributes["length"] = 1 / attributes["weight"]
    console.print(f"timing networkx on {len(graph):,} nodes and {graph.number_of_edges():,} edges, a few minutes …")
    lines = [
        Line("projection, BᵀWB", projected, None, *bipartite(incidence)),
        Line("igraph's graph", made, again(projection), None, "made once, by the first measure that needs it"),
        Line("scipy's matrix", matrix, None, None, "made once, by the first measure that needs it"),
    ]
    lines += [Line(name, ours[name], raw(name, projection), *plain(name, projection, graph)) for name in MEASURES]
    if projection.nodes.height < 20_000:
        lines += [smaller(incidence), placed(projection)]
    counted = [line for line in lines if line.networkx is not None and line.what not in NOT_COUNTED]
    whole = made + matrix + sum(line.ours for line in counted)
    theirs = sum(line.networkx or 0 for line in counted)
    lines.append(Line("all that networkx has too", whole, None, theirs, "a part of it extrapolated, as said above"))
    facts = (
        f"{len(graph):,} nodes, {graph.number_of_edges():,} edges. Projection and all {len(MEASURES)} measures "
        f"{projected + made + matrix + sum(ours.values()):.1f} s; {memory:,.0f} MB after the projection. "
        + " ".join(f"{name}: {measure_info(projection, name).method('en')}" for name in (*PATHS, "community"))
    )
    return table(console, title, lines, facts)


def again(projection: Projection) -> float:
    """Time igraph on making its graph of the same columns."""

    def work() -> None:
        graph = ig.Graph(projection.nodes.height, np.column_stack([projection.a, projection.b]))
        graph.es["weight"] = projection.weight.tolist()

    return clocked(work)[1]


def bipartite(incidence: Incidence) -> tuple[float, str]:
    """Project 150 actors with networkx and scale up."""
    graph = nx.Graph(incidence.members.rows())
    actors = incidence.members["actor"].unique(maintain_order=True).to_list()
    some = random.Random(1).sample(actors, 150)
    seconds = clocked(lambda: nx.bipartite.weighted_projected_graph(graph, some))[1]
    return seconds * len(actors) / len(some), f"extrapolated from {len(some)} actors; without co-publications"


def raw(name: str, projection: Projection) -> float | None:
    """Time the same measure in igraph, on its own graph, from the same number of sources."""
    graph = projection.igraph
    lengths = (1 / np.array(graph.es["weight"])).tolist()
    sources = measure_info(projection, name).sources or 0
    some = random.Random(1).sample(range(graph.vcount()), min(40, graph.vcount()))
    work: dict[str, Callable[[], object]] = {
        "strength": lambda: graph.strength(weights="weight"),
        "degree": graph.degree,
        "betweenness": lambda: graph.betweenness(weights=lengths, sources=some, targets=None),
        "harmonic": lambda: graph.harmonic_centrality(some, weights=lengths),
        "pagerank": lambda: graph.pagerank(weights="weight"),
        "eigenvector": lambda: graph.eigenvector_centrality(weights="weight"),
        "core": graph.coreness,
        "constraint": lambda: graph.constraint(weights="weight"),
        "effective_size": graph.transitivity_local_undirected,
        "community": lambda: graph.community_leiden("modularity", weights="weight", n_iterations=5),
        "component": graph.connected_components,
    }
    if name not in work:
        return None
    seconds = least(work[name])  # of components the least is none: igraph remembers that it is in one piece
    return seconds * sources / len(some) if name in PATHS else seconds


def plain(name: str, projection: Projection, graph: nx.Graph) -> tuple[float | None, str]:
    """Time networkx on one measure; what is said of it beside the time."""
    info = measure_info(projection, name)
    draw = random.Random(1)
    some = draw.sample(sorted(graph), 3)
    nearest = graph.subgraph(max(nx.connected_components(graph), key=len))
    work: dict[str, Callable[[], object]] = {
        "strength": lambda: dict(graph.degree(weight="weight")),
        "degree": lambda: dict(graph.degree()),
        "betweenness": lambda: nx.betweenness_centrality(graph, k=3, weight="length", seed=1),
        "harmonic": lambda: nx.harmonic_centrality(graph, distance="length", sources=some),
        "pagerank": lambda: nx.pagerank(graph, weight="weight"),
        "eigenvector": lambda: nx.eigenvector_centrality_numpy(nearest, weight="weight"),
        "core": lambda: nx.core_number(graph),
        "component": lambda: list(nx.connected_components(graph)),
        "community": lambda: nx.community.louvain_communities(graph, weight="weight", seed=7),
    }
    if name not in work:
        # networkx squares a matrix that one actor tied to all makes dense: see the smaller network. For each effective
        # size it copies the whole network: hours, which would say nothing beside the others.
        untimed = {"constraint": "see Horizon Europe", "effective_size": "networkx takes hours"}
        return None, untimed.get(name, "networkx has none")
    seconds = clocked(work[name])[1]
    if name in PATHS:
        sources = info.sources or 0
        said = f"extrapolated from 3 to the same {sources:,} sources; {sources / info.nodes:.0%} of all"
        return seconds * sources / 3, said
    return seconds, {"eigenvector": "largest component", "community": "Louvain, networkx has no Leiden"}.get(name, "")


def smaller(incidence: Incidence) -> Line:
    """Constraint within Horizon Europe only."""
    projection = project(incidence, Scope.parse("ties=projects;programmes=HORIZON"))
    graph = projection.graph
    ours = clocked(lambda: measure(projection, "constraint"))[1]
    theirs = clocked(lambda: nx.constraint(graph, weight="weight"))[1]
    return Line("constraint, Horizon Europe", ours, None, theirs, f"both on its {len(graph):,} nodes")


def placed(projection: Projection) -> Line:
    graph = projection.graph
    first = sorted(graph, key=lambda node: graph.degree(node, weight="weight"), reverse=True)[:1000]
    drawn = nx.Graph(graph.subgraph(first))
    ours = clocked(lambda: layout(drawn))[1]
    return Line("layout", ours, None, clocked(lambda: nx.spring_layout(drawn, seed=7))[1], "the 1,000 strongest actors")


def answered(console: Console, incidence: Incidence) -> list[str]:
    """Time every analysis on the network of the CNRS, as the page asks it."""
    lines = [
        Line(name, clocked(lambda one=one: one.answer(incidence, Scope(), GIVEN.get(one.name)))[1], None, None)
        for name, one in ANALYSES.items()
    ]
    return table(console, "Analyses on the network of the CNRS", lines, "In the scope of everything, as the page asks.")


def table(console: Console, title: str, lines: list[Line], facts: str) -> list[str]:
    """Print the lines and return them as Markdown."""
    headings = (
        "what",
        "ours, s",
        "igraph, s",
        "ours / igraph",
        "networkx, s",
        "networkx / ours",
        "how networkx was timed",
    )
    rows = []
    for line in lines:
        floor = max(line.ours, 1e-4)
        rows.append(
            (
                line.what,
                f"{line.ours:.3f}",
                "–" if line.igraph is None else f"{line.igraph:.3f}",
                "–" if line.igraph is None else f"{line.ours / max(line.igraph, 1e-4):.2f} ×",
                "–" if line.networkx is None else f"{line.networkx:.2f}",
                "–" if line.networkx is None else f"{line.networkx / floor:,.1f} ×",
                line.note,
            )
        )
    shown = report.table(console, title, headings, rows, words=(headings[0], headings[-1]))
    return [f"## {title}", *report.note(console, facts), shown]


if __name__ == "__main__":
    sys.exit(main())
