"""Time the ways from publishers' files, each beside a named baseline in the same run: `make bench`.

A CORDIS archive of a sixteenth, a quarter and all of the complete Horizon 2020's size, to a store that answers, beside
the engine's own bulk loader on the very same rows, read and resolved before its clock starts. OpenAlex works to ties of
lab, institution and year, beside DuckDB's plain scan of the same file. Each run is a process of its own.
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

from tests.benchmarks import report
from tests.benchmarks.cordis_case import archive
from tests.benchmarks.openalex_case import compare
from tests.serving import ROOT

REPORT = ROOT / "artefacts" / "bench_ingest.md"
SHARES = (1 / 16, 1 / 4, 1.0)
LIMIT = 1.5
WORKS = (12_500, 200_000)
Found = dict[str, Any]


def main() -> int:
    console = report.terminal()
    lines = []
    for share in SHARES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "cordis-h2020projects-csv.zip"
            archive(path, share)
            console.print(f"a CORDIS archive of {share:.0%} of Horizon 2020, {path.stat().st_size / 1024**2:.0f} MB …")
            lines.append((share, case("ours", path, Path(folder)), case("raw", path, Path(folder))))
    reports = [show(console, lines)]
    console.print(f"{WORKS[0]:,} and {WORKS[-1]:,} works of OpenAlex …")
    reports.append(show_works(console, compare(list(WORKS))))
    report.keep(console, REPORT, reports)
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


def show(console: Console, lines: list[tuple[float, Found, Found]]) -> str:
    headings = ["of H2020", "records", "ours, s", "raw, s", f"ratio (to stay under {LIMIT})", "again, unchanged, s"]
    headings += ["of a first build", "builder's peak, MB", "engine's peak, MB", "both at once, MB"]
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
            f"{ours['both_mb']:,.0f}",
        ]
        for share, ours, raw in lines
    ]
    small, middle, large = (ours for _, ours, _ in lines)
    stages = sorted(large["stages"].items(), key=lambda stage: -stage[1])
    shares = ", ".join(f"{what} {seconds / large['seconds']:.0%}" for what, seconds in stages if seconds > 0.01)
    whole, upper = (
        growth(large["seconds"] / each["seconds"], large["written"] / each["written"]) for each in (small, middle)
    )
    notes = [
        f"Time grows with the records to the power {whole:.2f} from 1x to 16x, {upper:.2f} from 4x on.",
        f"Shares of the largest: {shares}.",
        f"{os.cpu_count()} cores. Ours keeps the snapshot, unpacks, reads, resolves, validates, digests, loads and "
        "marks; the engine starts meanwhile.",
    ]
    return told(console, "From a CORDIS archive to the store, beside the engine's bulk loader", headings, rows, notes)


def show_works(console: Console, found: list[dict[str, float]]) -> str:
    headings = ["works", "file, MB", "ties", "ours, s", "plain scan, s", "ratio", "peak, MB"]
    rows = [
        [
            f"{row['size']:,.0f}",
            f"{row['file_mb']:,.0f}",
            f"{row['ties']:,.0f}",
            f"{row['seconds']:.1f}",
            f"{row['scan_seconds']:.1f}",
            f"{row['seconds'] / row['scan_seconds']:.1f} ×",
            f"{row['peak_mb']:,.0f}",
        ]
        for row in found
    ]
    small, large = found[0], found[-1]
    grown = growth(large["cpu_seconds"] / small["cpu_seconds"], large["size"] / small["size"])
    notes = [
        f"From {small['size']:,.0f} to {large['size']:,.0f} works processor time grows to the power {grown:.2f}, "
        f"memory × {large['peak_mb'] / small['peak_mb']:.2f}."
    ]
    return told(console, "From OpenAlex works to ties a year, beside DuckDB's scan of the file", headings, rows, notes)


def growth(slower: float, larger: float) -> float:
    return math.log(slower) / math.log(larger)


def told(console: Console, title: str, headings: list[str], rows: list[list[str]], notes: list[str]) -> str:
    """Print a table and return it as Markdown."""
    shown = report.table(console, title, headings, rows)
    return "\n\n".join([f"# {title}", *report.note(console, *notes), shown])


if __name__ == "__main__":
    sys.exit(main())
