"""The Publications Office's Horizon Europe archive, of fourteen real projects: twelve with the CNRS, two without."""

from __future__ import annotations

from tests.ingest.archives import members, zipped

ADDRESSES: dict[str, str] = {"archive": "/data/cordis-HORIZONprojects-csv.zip"}

EXPECTED: dict[str, int] = {
    "Institution": 23,
    "Project": 14,
    "Snapshot": 1,
    "Source": 1,
    "Topic": 87,
    "ABOUT": 43,
    "FUNDED_UNDER": 14,
    "LOCATED_IN": 23,
    "PARTICIPATES_IN": 38,
    "PART_OF": 83,
}
"""Of a build with --accept-counts: an archive of a few projects is not what its source.toml expects."""


def respond(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    if path != ADDRESSES["archive"] or query:
        return 404, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html><body>Not found</body></html>"
    headers = {"Content-Type": "application/zip", "Last-Modified": "Sun, 07 Dec 2025 04:12:00 GMT"}
    return 200, headers, zipped(members("cordis_horizon"))
