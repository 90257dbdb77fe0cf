"""HAL's search and its register of structures, as Solr answers: a page of documents and the next cursor, or facets.

Structures, and who deposits with whom, are real; the deposits' own numbers and years are not.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

ADDRESSES = {"works": "/search/", "structures": "/ref/structure/"}

EXPECTED = {"Lab": 3, "LOCATED_IN": 3, "COPUBLISHES_WITH": 0, "Institution": 0}

ROWS = 4
"""Documents a page, whatever is asked for: the fixtures are small and the paging is what is to be seen."""

_FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "published" / "hal"
_JSON = {"Content-Type": "application/json; charset=utf-8"}


def documents(key: str) -> list[dict[str, Any]]:
    """Every document of a listing, in the order of its docid."""
    found: list[dict[str, Any]] = json.loads((_FIXTURES / f"{key}.json").read_text(encoding="utf-8"))
    return found


def respond(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    """One page; the cursor that is sent comes back where nothing is left. A request Solr refuses is told in JSON."""
    key = {address: key for key, address in ADDRESSES.items()}.get(path)
    if key is None:
        return 404, {"Content-Type": "text/html"}, b"<html><body>404</body></html>"
    if query.get("facet") == ["true"]:
        years = Counter(document["producedDateY_i"] for document in documents(key))
        facets = [value for year, count in sorted(years.items()) for value in (str(year), count)]
        counts = {"facet_queries": {}, "facet_fields": {"producedDateY_i": facets}}
        answer = {"response": {"numFound": years.total(), "start": 0, "docs": []}, "facet_counts": counts}
        return 200, _JSON, json.dumps(answer).encode()
    if "q" not in query or query.get("sort") != ["docid asc"]:
        return 200, _JSON, json.dumps({"error": {"msg": "cursorMark requires sort on docid", "code": 400}}).encode()
    cursor = query["cursorMark"][0]
    start = 0 if cursor == "*" else int(base64.b64decode(cursor))
    every, fields = documents(key), query["fl"][0].split(",")
    page = every[start : start + min(ROWS, int(query["rows"][0]))]
    answer = {
        "response": {
            "numFound": len(every),
            "start": 0,
            "numFoundExact": True,
            "docs": [{name: document[name] for name in fields if name in document} for document in page],
        },
        "nextCursorMark": _cursor(start + len(page)) if page else cursor,
    }
    return 200, _JSON, json.dumps(answer, ensure_ascii=False).encode()


def _cursor(place: int) -> str:
    """Base64 as Solr's own, with the signs that an address must not carry as they are."""
    return base64.b64encode(f"{place:04d}".encode()).decode()
