"""`python -m ingest diff`: what changed between two snapshots of a source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import BadRequest
from ingest.build import read_source
from ingest.catalogue import SourceSpec, source
from ingest.selection import Selection, chosen
from ingest.snapshot import snapshots
from ingest.vintages import difference

if TYPE_CHECKING:
    from ingest.vintages import Difference


def compare(data_dir: Path, name: str, older: str | None, newer: str | None) -> tuple[str, str, Difference]:
    """Read two vintages of a source and compare them.

    Args:
        older, newer: dates of snapshots, or `bundled`; the two newest vintages at hand, if left out.

    Returns:
        The names of both vintages, and what changed from the first to the second.

    Raises:
        BadRequest: there is no such vintage, or only one; names those there are.
    """
    vintages = _vintages(data_dir, source(name))
    names = list(vintages)
    if len(names) < 2:
        held = f"one vintage of '{name}' here, {names[0]}" if names else f"no vintage of '{name}' here"
        raise BadRequest(f"There is {held}.", f"Fetch another: python -m ingest fetch {name}")
    if older is None and newer == names[0]:
        raise BadRequest(f"No vintage of '{name}' is older than {newer}.", f"Choose from {', '.join(names[1:])}.")
    first, second = older or names[-2 if newer is None else max(_place(names, newer) - 1, 0)], newer or names[-1]
    selection = chosen(data_dir) or Selection()
    before, after = vintages[names[_place(names, first)]], vintages[names[_place(names, second)]]
    same_layout = before.published == after.published
    found = difference(read_source(before, selection), read_source(after, selection), by_record=same_layout)
    return first, second, found


def _place(names: list[str], name: str) -> int:
    if name not in names:
        raise BadRequest(f"There is no vintage '{name}'.", f"Choose from {', '.join(names)}.")
    return names.index(name)


def _vintages(data_dir: Path, spec: SourceSpec) -> dict[str, SourceSpec]:
    """The bundled tables, if there are any, then every snapshot, oldest first."""
    found = {"bundled": spec} if spec.files else {}
    for each in snapshots(data_dir, spec.name):
        found[each.date.isoformat()] = each.of(spec)
    return found
