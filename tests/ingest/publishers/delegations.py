"""Delegations are nobody's to publish: the department gives its own file with `fetch delegations --from`."""

from __future__ import annotations

from pathlib import Path

FIXTURE = Path(__file__).parents[2] / "fixtures" / "published" / "delegations" / "delegations.csv"

ADDRESSES: dict[str, str] = {}
GIVEN: tuple[Path, ...] = (FIXTURE,)
"""Files to give with --from, since there is no address."""

EXPECTED: dict[str, int] = {"Event": 4, "Institution": 4, "VISITED": 10, "HOSTED_IN": 4}
"""Four of the six lines; VISITED: five of countries and five of institutions.

The CNRS, one of these, is a record of its own source.
"""


def respond(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    """There is no server."""
    return 404, {"Content-Type": "text/plain"}, b"not published"
