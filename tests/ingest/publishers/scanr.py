"""The ministry's object store: two dumps of JSON lines, packed."""

from __future__ import annotations

import gzip
from pathlib import Path

FIXTURES = Path(__file__).parents[2] / "fixtures" / "published" / "scanr"
ADDRESSES = {key: f"/production/{key}.jsonl.gz" for key in ("organizations", "projects")}
EXPECTED = {
    "Lab": 7,
    "Institution": 4,
    "SUPERVISED_BY": 11,
    "LOCATED_IN": 11,
    "PARTICIPATES_IN": 0,
    "Snapshot": 1,
    "Source": 1,
}
"""Projects are another source's: where it is not in the graph, nobody takes part in anything."""

PARTS = [("UPR 841", "101039711", "PEOPLE")]
"""Unit, grant agreement and acronym, with the served archive of Horizon Europe in the graph.

By hand: of the three Horizon Europe projects with a unit here, that archive has PEOPLE alone. The unit is 193719314X,
which the organizations call UPR 841; its role, `pi`, has no equal in the graph.
"""

ABSENT = 6
"""Parts in the other projects: four in two of Horizon Europe, two in two of Horizon 2020."""


def respond(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    keys = {address: key for key, address in ADDRESSES.items()}
    if path not in keys:
        return 404, {"Content-Type": "application/xml"}, b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>"
    body = gzip.compress((FIXTURES / f"{keys[path]}.jsonl").read_bytes(), mtime=0)
    return 200, {"Content-Type": "application/gzip", "Last-Modified": "Tue, 24 Nov 2026 02:10:00 GMT"}, body
