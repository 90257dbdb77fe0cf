"""Time a briefing, read, composed and set as PDF, beside Typst setting as many plain words: `make bench`."""

from __future__ import annotations

import datetime as dt
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

import typst

from graph.briefing import compose, to_html, to_pdf
from graph.network import load_incidence
from graph.store import open_store
from tests.benchmarks import report
from tests.serving import ROOT

REPORT = ROOT / "artefacts" / "bench_briefing.md"
DAYS = [dt.date(2026, 11, day) for day in range(1, 7)]
"""A page of another day each time: Typst keeps what it has set once."""
PLACES = ("JP", "DE", "CA")
TITLE = "A briefing, warm, beside as many plain words in the same engine of the page, same run"
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
            composing = [partial(compose, store, place, "fr", today=day, incidence=incidence) for day in DAYS]
            briefings = [work() for work in composing]
            words = len(re.sub(r"<style.*?</style>|<[^>]+>", " ", to_html(briefings[0]), flags=re.DOTALL).split())
            printing = [partial(to_pdf, briefing) for briefing in briefings]
            plain = [partial(typst.compile, f"#lorem({words + day.day})".encode(), format="pdf") for day in DAYS]
            composed, printed, beside = (median(works) for works in (composing, printing, plain))
            figures = (composed, printed, composed + printed, beside)
            rows.append([place, *(f"{each:.2f}" for each in figures), f"{printed / beside:.1f} ×"])
    console = report.terminal()
    told = report.table(console, TITLE, HEADINGS, rows, words=HEADINGS[:1])
    notes = report.note(
        console, f"{os.cpu_count()} cores; medians of {len(DAYS) - 1}. Ties are read before: the page keeps them."
    )
    report.keep(console, REPORT, ["# Briefings", *notes, told])
    return 0


def median(works: Sequence[Callable[[], object]]) -> float:
    """Seconds of the middle one; the first warms up and does not count."""
    return statistics.median([seconds(work) for work in works][1:])


def seconds(work: Callable[[], object]) -> float:
    """What one run takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
