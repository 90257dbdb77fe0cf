"""What api.openalex.org answers to a listing of works: pages by cursor, 24 real works with the CNRS in a lineage."""

from __future__ import annotations

import base64
import json
from pathlib import Path

FIXTURE = Path(__file__).parents[2] / "fixtures" / "published" / "openalex" / "works.jsonl"
ADDRESSES = {
    "works": "/works?filter=authorships.institutions.lineage:i1294671590&"
    "select=id,publication_year,type,is_retracted,authorships&per_page=10"
}
EXPECTED = {"COPUBLISHES_WITH": 123, "Institution": 42, "Lab": 13}

HEADERS = {"Content-Type": "application/json"}


def works() -> list[dict[str, object]]:
    """The works of the fixture."""
    return [json.loads(line) for line in FIXTURE.read_text(encoding="utf-8").splitlines()]


def respond(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    """One page; a refusal in the publisher's words where the question is not one it takes."""
    if path != "/works":
        return _refused(404, "Not Found", f"{path} is not a valid endpoint.")
    if any("." in field for field in query.get("select", [""])[0].split(",")):
        return _refused(400, "Invalid query parameters error.", "select takes fields of the root level only.")
    size = int(query.get("per_page", ["25"])[0])
    if size not in range(1, 101):
        return _refused(400, "Invalid query parameters error.", "per_page must be between 1 and 100.")
    start = _start(query["cursor"][0])
    if start is None:
        return _refused(400, "Pagination error.", "Cursor value is invalid or has expired.")
    return page(works(), start, size)


def page(listed: list[dict[str, object]], start: int, size: int) -> tuple[int, dict[str, str], bytes]:
    """The answer with the works from `start` on; behind the last one, an empty page without a cursor."""
    results = listed[start : start + size]
    following = cursor(start + size) if results else None
    meta = {"count": len(listed), "db_response_time_ms": 7, "page": None, "per_page": size, "next_cursor": following}
    return 200, dict(HEADERS), json.dumps({"meta": meta, "results": results, "group_by": []}).encode()


def cursor(start: int) -> str:
    """The cursor of the page that begins at a place; opaque to who asks."""
    return base64.b64encode(json.dumps([start]).encode()).decode()


def _start(text: str) -> int | None:
    try:
        return 0 if text == "*" else int(json.loads(base64.b64decode(text))[0])
    except ValueError:
        return None


def _refused(status: int, error: str, message: str) -> tuple[int, dict[str, str], bytes]:
    return status, dict(HEADERS), json.dumps({"error": error, "message": message}).encode()
