"""Time every measure on the whole bundled network beside networkx, in the same run: `make bench`.

What takes networkx minutes is timed on a few nodes and scaled up, and marked so.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import networkx as nx
from rich.console import Console
from rich.table import Table

from graph.errors import ExplorerError
from graph.network import (
    MEASURES,
    Incidence,
    Projection,
    Scope,
    cache_incidence,
    layout,
    measure,
    measure_info,
    project,
)
from graph.settings import Settings
from graph.store import open_store

Result = TypeVar("Result")
REPORT = Path("artefacts/bench_network.md")
BUDGET = 10.0
"""Seconds the projection and all measures may take on two cores."""


STATED = ("betweenness", "harmonic", "community")


@dataclass(frozen=True)
class Line:
    what: str
    ours: float
    theirs: float | None
    note: str = ""


def main() -> int:
    console = Console(width=None if sys.stdout.isatty() else 140)
    try:
        with open_store(Settings()) as store:
            incidence, loaded = clocked(lambda: cache_incidence(store, Settings()))
    except ExplorerError as error:
        console.print(f"{error.what} {error.next_action}", style="red")
        return error.exit_code
    started = time.process_time()
    projection, projected = clocked(lambda: project(incidence, Scope()))
    spent = {name: clocked(lambda name=name: measure(projection, name))[1] for name in MEASURES}
    total, worked = projected + sum(spent.values()), time.process_time() - started
    graph, built = clocked(lambda: projection.graph)
    for _, _, attributes in (lengthened := nx.Graph(graph)).edges(data=True):
        attributes["length"] = 1 / attributes["weight"]
    console.print(f"timing networkx on {len(graph):,} nodes and {graph.number_of_edges():,} edges, a few minutes …")
    lines = [Line("projection, B^T W B", projected, *bipartite(incidence))]
    for name in MEASURES:
        theirs, note = (None, "see Horizon Europe") if name == "constraint" else reference(name, projection, lengthened)
        lines.append(Line(name, spent[name], theirs, note))
    lines += [smaller(incidence), placed(projection)]
    summary = [
        f"{Scope().sentence('en')}: {len(graph):,} nodes, {graph.number_of_edges():,} edges; {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}.",
        f"Projection and all {len(MEASURES)} measures: {total:.1f} s, {worked:.1f} s of processor "
        f"(to stay under {BUDGET:.0f} s). "
        f"Incidence from store or cache {loaded:.2f} s; the networkx graph {built:.2f} s, built only where asked for.",
        *(
            f"{name}: {measure_info(projection, name).method('en')}"
            for name in ("betweenness", "harmonic", "community")
        ),
    ]
    show(console, lines, summary)
    return 0


def clocked(work: Callable[[], Result]) -> tuple[Result, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def bipartite(incidence: Incidence) -> tuple[float, str]:
    """Project 150 actors with networkx and scale up."""
    graph = nx.Graph(incidence.members.rows())
    actors = incidence.members["actor"].unique(maintain_order=True).to_list()
    some = random.Random(1).sample(actors, 150)
    seconds = clocked(lambda: nx.bipartite.weighted_projected_graph(graph, some))[1]
    return seconds * len(actors) / len(some), f"extrapolated from {len(some)} actors; without co-publications"


def reference(name: str, projection: Projection, graph: nx.Graph) -> tuple[float, str]:
    """Time networkx on one measure; what is said of it beside the time."""
    info = measure_info(projection, name)
    some = random.Random(1).sample(sorted(graph), 3)
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
    seconds = clocked(work[name])[1]
    if name in ("betweenness", "harmonic"):
        sources = info.sources or 0
        return (
            seconds * sources / 3,
            f"extrapolated from 3 to the same {sources:,} sources; {sources / info.nodes:.0%} of all",
        )
    return seconds, {"eigenvector": "largest component", "community": "Louvain, networkx has no Leiden"}.get(name, "")


def smaller(incidence: Incidence) -> Line:
    """Constraint within Horizon Europe only: networkx squares a matrix that the CNRS makes dense."""
    projection = project(incidence, Scope.parse("ties=projects;programmes=HORIZON"))
    graph = projection.graph
    ours = clocked(lambda: measure(projection, "constraint"))[1]
    theirs = clocked(lambda: nx.constraint(graph, weight="weight"))[1]
    return Line("constraint, Horizon Europe", ours, theirs, f"both on its {len(graph):,} nodes")


def placed(projection: Projection) -> Line:
    graph = projection.graph
    first = sorted(graph, key=lambda node: graph.degree(node, weight="weight"), reverse=True)[:1000]
    drawn = nx.Graph(graph.subgraph(first))
    ours = clocked(lambda: layout(drawn))[1]
    return Line("layout", ours, clocked(lambda: nx.spring_layout(drawn, seed=7))[1], "the 1,000 strongest actors")


def show(console: Console, lines: list[Line], summary: list[str]) -> None:
    table = Table("what", title="Seconds beside networkx, same run")
    for heading in ("ours, s", "networkx, s", "ratio"):
        table.add_column(heading, justify="right")
    table.add_column("how networkx was timed")
    rows = [
        (one.what, f"{one.ours:.3f}", "–", "–", one.note)
        if one.theirs is None
        else (one.what, f"{one.ours:.3f}", f"{one.theirs:.2f}", f"{one.theirs / max(one.ours, 1e-4):,.1f} ×", one.note)
        for one in lines
    ]
    for row in rows:
        table.add_row(*row)
    console.print(table)
    for sentence in summary:
        console.print(sentence)
    REPORT.parent.mkdir(exist_ok=True)
    written = [
        "# The measures beside networkx",
        *summary,
        "| what | ours, s | networkx, s | ratio | how networkx was timed |",
    ]
    body = "\n".join(["|---|--:|--:|--:|---|", *(f"| {' | '.join(row)} |" for row in rows)])
    REPORT.write_text("\n\n".join(written) + "\n" + body + "\n", encoding="utf-8")
    console.print(f"written to {REPORT}")


if __name__ == "__main__":
    sys.exit(main())
