"""Time the way from a publisher's archive to a store that answers, beside the engine's own bulk loader: `make bench`.

The archive is of the complete Horizon 2020's size, then of a quarter of it, for the growth. Each run is a process of
its own; the raw loader gets the very same rows, read and resolved before its clock starts.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.cordis_case import archive
from tests.serving import ROOT

REPORT = ROOT / "artefacts" / "bench_ingest.md"
SHARES = (0.25, 1.0)
LIMIT = 1.5
Found = dict[str, Any]


def main() -> int:
    console = Console(width=None if sys.stdout.isatty() else 140)
    lines = []
    for share in SHARES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "cordis-h2020projects-csv.zip"
            archive(path, share)
            console.print(f"a CORDIS archive of {share:.0%} of Horizon 2020, {path.stat().st_size / 1024**2:.0f} MB …")
            lines.append((share, case("ours", path, Path(folder)), case("raw", path, Path(folder))))
    show(console, lines)
    return 0


def case(way: str, path: Path, folder: Path) -> Found:
    """Run one way in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    command = [sys.executable, "-m", "tests.benchmarks.cordis_case", way, str(path), str(folder / "data")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def show(console: Console, lines: list[tuple[float, Found, Found]]) -> None:
    headings = ["of H2020", "records", "ours, s", "raw, s", f"ratio (to stay under {LIMIT})", "again, unchanged, s"]
    headings += ["of a first build", "builder's peak, MB", "engine's peak, MB"]
    rows = [
        [
            f"{share:.0%}",
            f"{ours['written']:,}",
            f"{ours['seconds']:.1f}",
            f"{raw['seconds']:.1f}",
            f"{ours['seconds'] / raw['seconds']:.2f} ×",
            f"{ours['unchanged']:.2f}",
            f"{ours['unchanged'] / ours['seconds']:.1%}",
            f"{ours['peak_mb']:,.0f}",
            f"{ours['server_mb']:,.0f}",
        ]
        for share, ours, raw in lines
    ]
    table = Table(title="From the archive to the store, beside the engine's bulk loader on the same rows")
    for heading in headings:
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    (_, small, _), (_, large, _) = lines
    growth = math.log(large["seconds"] / small["seconds"]) / math.log(large["written"] / small["written"])
    stages = sorted(large["stages"].items(), key=lambda stage: -stage[1])
    shares = ", ".join(f"{what} {seconds / large['seconds']:.0%}" for what, seconds in stages if seconds > 0.01)
    notes = [
        f"Time grows with the records to the power {growth:.2f}.",
        f"Shares of the largest: {shares}.",
        f"{os.cpu_count()} cores. Ours keeps the snapshot, unpacks, reads, resolves, validates, digests, loads and "
        "marks; the engine starts meanwhile.",
    ]
    for note in notes:
        console.print(note)
    REPORT.parent.mkdir(exist_ok=True)
    head = f"| {' | '.join(headings)} |\n|{'--:|' * len(headings)}"
    body = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    REPORT.write_text(
        "\n\n".join(["# From the archive to the store", *notes, f"{head}\n{body}"]) + "\n", encoding="utf-8"
    )
    console.print(f"written to {REPORT.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
