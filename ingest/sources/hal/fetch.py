"""HAL's two listings, by cursor: deposits with a CNRS structure, and the register of structures they refer to."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from graph.errors import SourceError
from ingest.addresses import shown
from ingest.download import GONE, Client, Downloaded, Tell, fault
from ingest.paging import Page, answered, fetch_pages

CNRS: Final = 441569
"""The CNRS in HAL's register; a deposit's `structId_i` holds every structure above those of its authors."""

FIRST_YEAR: Final = 2019
"""Earlier deposits have no other count here to be held against."""

TYPES: Final = ("ART", "COMM", "COUV", "OUV", "DOUV", "PROCEEDINGS", "ISSUE", "UNDEFINED")
"""Articles, communications, chapters, books, edited volumes, proceedings, issues and preprints (`UNDEFINED`)."""

FIELDS: Final = {
    "works": ("docid", "halId_s", "doiId_s", "docType_s", "producedDateY_i", "structId_i"),
    "structures": (
        "docid",
        "name_s",
        "acronym_s",
        "type_s",
        "valid_s",
        "country_s",
        "code_s",
        "rnsr_s",
        "ror_s",
        "parentDocid_i",
    ),
}
"""What is asked for: no titles, no authors."""

_FILTERS: Final = {
    "works": (f"structId_i:{CNRS}", f"producedDateY_i:[{FIRST_YEAR} TO *]", f"docType_s:({' OR '.join(TYPES)})"),
    "structures": (),
}
_YEAR: Final = "producedDateY_i"
_SHORT: Final = 0.01
_FEW: Final = 5
"""Deposits of a year that may be lacking, if that is more than the share: some come and go while the pages are read."""

_ROWS: Final = {"works": 1000, "structures": 5000}
_FIRST: Final = "*"


def fetch(
    key: str, url: str, target: Path, hosts: Iterable[str], *, largest: int, client: Client, tell: Tell
) -> Downloaded:
    """Bring one listing, `works` or `structures`, to `target`; see `fetch_pages` for how it goes on.

    Deposits are held, year by year, against HAL's own facets: a cursor can lose records and still reach its end.

    Args:
        url: of HAL's search or register; what it asks already (`?fq=…`) narrows the listing further.

    Raises:
        BadRequest: the address is on none of `hosts`.
        SourceError: HAL refuses, answers with something that is no listing, or gave fewer deposits of a year than it
            counts; what came is thrown away then.
    """
    narrowed = [("q", "*:*"), *(("fq", text) for text in _FILTERS[key]), ("wt", "json")]
    begin = f"{url}{'&' if '?' in url else '?'}"
    asked = [*narrowed, ("fl", ",".join(FIELDS[key])), ("rows", str(_ROWS[key])), ("sort", "docid asc")]
    listing = f"{begin}{urlencode(asked)}"
    came = fetch_pages(
        listing,
        target,
        hosts,
        first=_FIRST,
        address=lambda cursor: f"{listing}&cursorMark={quote(cursor, safe='')}",
        read=lambda answer, cursor: _page(listing, answer, cursor),
        largest=largest,
        client=client,
        tell=tell,
    )
    if key == "works":
        facets = [*narrowed, ("rows", "0"), ("facet", "true"), ("facet.field", _YEAR), ("facet.limit", "-1")]
        _require_years(came.path, _years(f"{begin}{urlencode(facets)}", frozenset(hosts), client))
    return came


def _years(url: str, hosts: frozenset[str], client: Client) -> dict[int, int]:
    """HAL's own count of deposits by year, which Solr lists as value, count, value, count."""
    try:
        answer = answered(url, shown(url), hosts, client)
        listed = answer["facet_counts"]["facet_fields"][_YEAR]
        return {int(year): int(count) for year, count in zip(listed[::2], listed[1::2], strict=True)}
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(
            f"{shown(url)} answers without the counts by year that were asked for.", "Run the same command again later."
        ) from error
    except GONE as error:
        raise SourceError(
            f"{shown(url)} {fault(error, client)}.", "Run the same command again to go on: the listing is kept."
        ) from error


def _require_years(path: Path, counted: Mapping[int, int]) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = map(json.loads, file)
        came = Counter(record.get(_YEAR) for record in records if isinstance(record, dict))
    for year, count in sorted(counted.items()):
        if came[year] < count - max(count * _SHORT, _FEW):
            path.unlink()
            raise SourceError(
                f"HAL counts {count:,} deposits of {year} and has listed {came[year]:,}.",
                "Run the same command again: the listing begins anew.",
            )


def _page(listing: str, answer: Any, cursor: str) -> Page:
    """The documents of one answer; a cursor that comes back unchanged says that they were the last."""
    match answer:
        case {"error": error}:
            said = error.get("msg", error) if isinstance(error, dict) else error
            raise SourceError(
                f"HAL answers with an error: {str(said)[:200]}.",
                "Run the same command again; the pages before are kept.",
            )
        case {"response": {"numFound": int(total), "docs": [*docs]}, "nextCursorMark": str(following)}:
            return Page(docs, None if following == cursor else following, total)
    raise SourceError(f"{listing} answers with no listing of HAL's.", "Check the address in the source's description.")
