"""How a benchmark tells what it found: a table in the terminal, and the same as Markdown in `artefacts/`."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.serving import ROOT


def terminal() -> Console:
    """The terminal, or lines wide enough for a table where the output goes elsewhere."""
    return Console(width=None if sys.stdout.isatty() else 150)


def table(
    console: Console,
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    words: Collection[str] = (),
) -> str:
    """Print a table and return it as Markdown; columns are of figures but where they are named in `words`."""
    shown = Table(title=title)
    for heading in headings:
        shown.add_column(heading, justify="left" if heading in words else "right")
    for row in rows:
        shown.add_row(*row)
    console.print(shown)
    rule = ["---" if heading in words else "--:" for heading in headings]
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, rule, *rows))


def note(console: Console, *lines: str) -> list[str]:
    """Print what is to be known of a table, and return it."""
    for line in lines:
        console.print(line)
    return list(lines)


def keep(console: Console, path: Path, parts: Sequence[str]) -> None:
    """Write the parts of a report to a file, and say where it is."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    console.print(f"written to {path.relative_to(ROOT)}")
