"""HAL's two listings, by cursor: deposits with a CNRS structure, and the register of structures they refer to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from graph.errors import SourceError
from ingest.download import Client, Downloaded, Tell
from ingest.paging import Page, fetch_pages

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
_ROWS: Final = {"works": 1000, "structures": 5000}
_FIRST: Final = "*"


def fetch(
    key: str, url: str, target: Path, hosts: Iterable[str], *, largest: int, client: Client, tell: Tell
) -> Downloaded:
    """Bring one listing, `works` or `structures`, to `target`; see `fetch_pages` for how it goes on.

    Args:
        url: of HAL's search or register; what it asks already (`?fq=…`) narrows the listing further.

    Raises:
        BadRequest: the address is on none of `hosts`.
        SourceError: HAL refuses, or answers with something that is no listing.
    """
    asked = [
        ("q", "*:*"),
        *(("fq", text) for text in _FILTERS[key]),
        ("fl", ",".join(FIELDS[key])),
        ("rows", str(_ROWS[key])),
        ("sort", "docid asc"),
        ("wt", "json"),
    ]
    listing = f"{url}{'&' if '?' in url else '?'}{urlencode(asked)}"
    return fetch_pages(
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
