"""Time a briefing, read, composed and set as PDF, beside Typst setting as many plain words: `make bench`."""

from __future__ import annotations

import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import typst
from rich.console import Console
from rich.table import Table

from graph.briefing import compose, to_html, to_pdf
from graph.network import load_incidence
from graph.store import open_store
from tests.serving import ROOT

REPORT = ROOT / "artefacts" / "bench_briefing.md"
TURNS = 5
PLACES = ("JP", "DE", "CA")
HEADINGS = [
    "country",
    "read and composed, s",
    "set as PDF, s",
    "both, s (to stay under 3)",
    "plain words, s",
    "PDF / plain words",
]


def main() -> int:
    rows = []
    with open_store() as store:
        incidence = load_incidence(store)
        for place in PLACES:
            composing = partial(compose, store, place, "fr", incidence=incidence)
            briefing = composing()
            words = len(re.sub(r"<style.*?</style>|<[^>]+>", " ", to_html(briefing), flags=re.DOTALL).split())
            plain = partial(typst.compile, f"#lorem({words})".encode(), format="pdf")
            composed, printed, beside = (median(work) for work in (composing, partial(to_pdf, briefing), plain))
            figures = (composed, printed, composed + printed, beside)
            rows.append([place, *(f"{each:.3f}" for each in figures), f"{printed / beside:.1f} ×"])
    show(rows)
    return 0


def median(work: Callable[[], object]) -> float:
    """Seconds of the middle one of some runs; one before them does not count."""
    work()
    return statistics.median(seconds(work) for _ in range(TURNS))


def seconds(work: Callable[[], object]) -> float:
    """What one run takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def show(rows: list[list[str]]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 140)
    table = Table(title="A briefing, warm, beside as many plain words in the same engine of the page, same run")
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "country" else "right")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    note = f"{os.cpu_count()} cores; medians of {TURNS}. The ties are read before: the page keeps them."
    console.print(note)
    REPORT.parent.mkdir(exist_ok=True)
    head = f"| {' | '.join(HEADINGS)} |\n|---|{'--:|' * (len(HEADINGS) - 1)}"
    body = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    REPORT.write_text(f"# Briefings\n\n{note}\n\n{head}\n{body}\n", encoding="utf-8")
    console.print(f"written to {REPORT.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
