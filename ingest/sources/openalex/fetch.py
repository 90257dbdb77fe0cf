"""Works from OpenAlex's interface, page by page; of an authorship only its institutions are kept, no person's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from graph.errors import ExplorerError, SourceError
from ingest.addresses import scrubbed
from ingest.download import Client, Downloaded, Records, Tell, forget, unfinished
from ingest.paging import Page, fetch_pages
from ingest.works import fields

FIRST: Final = "*"
AUTHORS: Final = 100
"""Authors the interface lists of a work; it cuts off the rest."""

_PERSONAL: Final = ("api_key", "mailto")
"""Who asks: sent with every page, written down nowhere."""

_FIELDS: Final = ("id", "publication_year", "type", "is_retracted", "is_xpac", "is_authors_truncated")
_TIMES: Final = 2


def fetch(
    key: str, url: str, target: Path, hosts: Iterable[str], *, largest: int, client: Client, tell: Tell
) -> Downloaded:
    """Bring every work an address lists to `target`, as JSON lines in the official layout, in gzip.

    The address may bear `api_key` and `mailto`; neither is kept or shown. An interrupted run goes on with the page it
    was at. A cursor the server no longer knows begins the listing again, once, and `tell` is given the word. A work
    that comes on two pages is kept twice: the count takes it once.

    Raises:
        BadRequest: the address is not allowed.
        SourceError: the server refuses, wants a key, or the listing ends before what it announced.
    """
    parts = urlsplit(url)
    asked = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "cursor"]
    listing = _address(parts, [pair for pair in asked if pair[0] not in _PERSONAL])
    secrets = [value for name, value in asked if name in _PERSONAL and value]
    for attempt in range(1, _TIMES + 1):
        try:
            return fetch_pages(
                listing,
                target,
                hosts,
                first=FIRST,
                address=lambda cursor: _address(parts, [*asked, ("cursor", cursor)]),
                read=_page,
                largest=largest,
                client=client,
                tell=tell,
            )
        except ExplorerError as error:
            if not _expired(error) or attempt == _TIMES:
                # Its cause names the address, and with it who asks.
                raise _readable(error, secrets) from None
            forget(*unfinished(target))
            tell(Records(f"{target.name}, from the start: the server no longer knows the cursor"), 0, 0)
    raise AssertionError


def require(path: Path, name: str) -> None:
    """Refuse a file a person gives as works, before it is kept, by its beginning.

    Raises:
        SourceError: it holds no works, or cannot be read.
    """
    fields(path, name, whole=False)


def _address(parts: SplitResult, query: list[tuple[str, str]]) -> str:
    return parts._replace(query=urlencode(query, safe=":,*|-"), fragment="").geturl()


def _page(answer: Any, cursor: str) -> Page:
    meta, results = (answer.get("meta"), answer.get("results")) if isinstance(answer, dict) else (None, None)
    if (
        not isinstance(meta, dict)
        or not isinstance(results, list)
        or not all(isinstance(work, dict) for work in results)
    ):
        raise SourceError("OpenAlex's answer is no page of works.", "Check the address in the source's description.")
    following, total = meta.get("next_cursor"), meta.get("count")
    if following == cursor:
        raise SourceError("OpenAlex gives the same cursor again.", "Run the same command again later to go on.")
    # Results only end the listing together with a missing cursor, or when all that was announced is there.
    return Page([_kept(work) for work in results], following or None, total if isinstance(total, int) else 0)


def _kept(work: Mapping[str, Any]) -> dict[str, Any]:
    """The work without what names or describes a person, a title or a text."""
    authorships = work.get("authorships") or []
    kept = {field: work[field] for field in _FIELDS if field in work}
    if len(authorships) == AUTHORS:
        kept["is_authors_truncated"] = True
    institutions = [{"institutions": author.get("institutions")} for author in authorships if isinstance(author, dict)]
    return {**kept, "authorships": institutions}


def _said(error: ExplorerError) -> str:
    """What the server answered, without the address, which has a cursor of its own."""
    return error.what.partition(" answers ")[2]


def _expired(error: ExplorerError) -> bool:
    said = _said(error)
    return said.startswith("4") and "cursor" in said.lower() and not said.startswith(("401", "429"))


def _readable(error: ExplorerError, secrets: list[str]) -> ExplorerError:
    what, said = scrubbed(error.what), _said(error)
    for secret in secrets:
        for form in (secret, urlencode({"": secret})[1:]):
            what = what.replace(form, "…")
    if said.startswith(("401", "403")):
        return SourceError(
            what, "Get a free key at openalex.org/settings/api and add &api_key=… to the address, with --url."
        )
    if said.startswith("429"):
        return SourceError(
            what, "The day's allowance is used up: run the same command tomorrow to go on, or with a key."
        )
    return type(error)(what, scrubbed(error.next_action))
