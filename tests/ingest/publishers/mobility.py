"""Mobility is nobody's to publish: the department gives its own file with `fetch mobility --from`."""

from __future__ import annotations

from pathlib import Path

FIXTURE = Path(__file__).parents[2] / "fixtures" / "published" / "mobility" / "mobility.csv"

ADDRESSES: dict[str, str] = {}
GIVEN: tuple[Path, ...] = (FIXTURE,)
"""Files to give with --from, since there is no address."""

EXPECTED: dict[str, int] = {"MOBILITY_TO": 5}
"""Five of the ten lines: one repeats another, two are wrong, one is blank; the unit's needs the source of units."""


def respond(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    """There is no server."""
    return 404, {"Content-Type": "text/plain"}, b"not published"
