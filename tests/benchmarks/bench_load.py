"""Time loads of both engines beside the shortest loader of each, in the same run: `make bench`.

Every load is a process of its own into a store of its own; Neo4j, where `make provision` fetched it, gets a new
server each time. The smaller size is loaded three times each way, in turns, and the median counts.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.benchmarks import report
from tests.benchmarks.load_case import peak
from tests.engines.provision import CURRENT, NotProvisioned, require
from tests.engines.server import USER, serving
from tests.serving import ROOT

REPORT = ROOT / "artefacts" / "bench_load.md"
SIZES = ((20_000, 200_000, 3), (100_000, 1_000_000, 1))
"""Nodes, relationships, turns."""
LIMIT = 1.5
Found = dict[str, Any]
Case = Callable[[str, int, int], Found]


@dataclass(frozen=True)
class Line:
    engine: str
    nodes: int
    ties: int
    ours: Found
    raw: Found

    @property
    def ratio(self) -> float:
        return float(self.ours["seconds"] / self.raw["seconds"])


def main() -> int:
    console = report.terminal()
    engines: dict[str, Case] = {"embedded": embedded}
    try:
        require(CURRENT)
        engines[f"Neo4j {CURRENT.version}"] = neo4j
    except NotProvisioned as missing:
        console.print(f"{missing}; the embedded engine alone is timed.", style="yellow")
    lines = []
    for engine, case in engines.items():
        for nodes, ties, turns in SIZES:
            console.print(f"loading {nodes:,} nodes and {ties:,} relationships into {engine} …")
            runs = [(case("ours", nodes, ties), case("raw", nodes, ties)) for _ in range(turns)]
            lines.append(Line(engine, nodes, ties, middle([run[0] for run in runs]), middle([run[1] for run in runs])))
    show(console, lines)
    return 0


def middle(runs: list[Found]) -> Found:
    """The run of the median time."""
    wanted = statistics.median_low(run["seconds"] for run in runs)
    return next(run for run in runs if run["seconds"] == wanted)


def embedded(way: str, nodes: int, ties: int) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        return case(way, nodes, ties, Path(folder) / "data", {})


def neo4j(way: str, nodes: int, ties: int) -> Found:
    with tempfile.TemporaryDirectory() as folder, serving(CURRENT, Path(folder) / "server") as server:
        reach = {"NEO4J_URI": server.uri, "NEO4J_USER": USER, "NEO4J_PASSWORD": server.password}
        found = case(way, nodes, ties, Path(folder) / "data", reach)
        return found | {"server_mb": peak(server.pid)}


def case(way: str, nodes: int, ties: int, data: Path, reach: dict[str, str]) -> Found:
    """Run one load in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    command = [sys.executable, "-m", "tests.benchmarks.load_case", way, str(nodes), str(ties), str(data)]
    done = subprocess.run(command, cwd=ROOT, env=environment | reach, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def exponent(small: Line, large: Line) -> float:
    """How the time grows: records to this power."""
    records = (large.nodes + large.ties) / (small.nodes + small.ties)
    return math.log(large.ours["seconds"] / small.ours["seconds"]) / math.log(records)


def show(console: Console, lines: list[Line]) -> None:
    headings = ["engine", "nodes", "relationships", "ours, s", "raw, s", f"ratio (to stay under {LIMIT})"]
    headings += ["again, unchanged, s", "1 % changed, s", "written then", "loader's peak, MB", "server's peak, MB"]
    rows = [
        [
            line.engine,
            f"{line.nodes:,}",
            f"{line.ties:,}",
            f"{line.ours['seconds']:.1f}",
            f"{line.raw['seconds']:.1f}",
            f"{line.ratio:.2f} ×",
            f"{line.ours['unchanged']:.1f}",
            f"{line.ours['merge']:.1f}",
            f"{line.ours['new'] + line.ours['changed'] + line.ours['removed']:,}",
            f"{line.ours['peak_mb']:,.0f} (tables {line.ours['before_mb']:,.0f})",
            f"{line.ours['server_mb']:,.0f}",
        ]
        for line in lines
    ]
    told = report.table(console, "Loading beside the shortest loader, same run", headings, rows, words=["engine"])
    growth = [
        f"{small.engine}: time grows with the records to the power {exponent(small, large):.2f}."
        for small, large in zip(lines[::2], lines[1::2], strict=True)
    ]
    notes = [
        *growth,
        f"{os.cpu_count()} cores. Ours validates, digests, loads and marks; raw only creates, with the same keys, "
        "full-text indexes and batches: UNWIND … CREATE over Bolt, GraphBatch in the engine's own process.",
    ]
    report.keep(console, REPORT, ["# Loads", *report.note(console, *notes), told])


if __name__ == "__main__":
    sys.exit(main())
