"""A publisher's listing page by page, each page kept with the cursor of the next: broken off, it goes on from there."""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import requests

from graph.errors import SourceError
from ingest.addresses import shown, without_keys
from ingest.download import GONE, Client, Downloaded, Records, Tell, ask, fault, refusal, unfinished
from ingest.meter import LONGEST

LARGEST_PAGE: Final = 64 * 1024**2
"""Bytes one page may have unpacked."""

FRESH: Final = 3 * 24 * 3600
"""Seconds after its last page for which a listing broken off is gone on with; later it is another listing."""

_FRUITLESS: Final = 3
"""Attempts at one page that bring nothing before the listing is given up for now."""

_SHORT: Final = 0.01
"""Share of the announced records that may lack at the end: some are withdrawn while the pages are turned."""

_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "gzip"}
_PIECE: Final = 1024 * 1024
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, as its publisher's answer says.

    Attributes:
        records: each becomes one JSON line; may be empty.
        following: cursor of the next page; None where this is the last. A page without records is the last, too,
            or asked for again if the announced total is not reached.
        total: records the whole listing has; 0 if the answer does not say.
    """

    records: Sequence[Mapping[str, Any]]
    following: str | None
    total: int = 0


@dataclass(frozen=True, slots=True)
class _Progress:
    """What of a listing is kept, beside the kept pages themselves.

    Attributes:
        listing: its address, without a cursor.
        cursor: of the page to ask for next; None when all are there.
        size: bytes of the kept pages; what lies behind them is no whole page.
        at: when the last page came, seconds since 1970.
    """

    listing: str
    cursor: str | None
    size: int
    records: int
    total: int
    at: float


def fetch_pages(
    listing: str,
    target: Path,
    hosts: Iterable[str],
    *,
    first: str,
    address: Callable[[str], str],
    read: Callable[[Any, str], Page],
    largest: int,
    client: Client,
    tell: Tell = lambda name, done, total: None,
) -> Downloaded:
    """Bring a whole listing to `target`: gzip, one JSON record a line, in the publisher's order.

    The pages so far are in `<target>.part`, the next cursor in `<target>.part.json`, which is renamed into place
    after each page: a run killed at any moment goes on with the page it was at. A finished listing is not asked for
    again while the other downloads of its snapshot are still under way. The pause between two pages is half the
    client's.

    Args:
        listing: the address without its cursor and without a person's key, as messages show it; a work file of
            another listing is begun again.
        first: cursor of the first page.
        address: cursor -> address of its page, with what must not be written down, such as a key.
        read: parsed answer and its cursor -> the page; raises SourceError for an answer that is no page.
        largest: bytes the file may have.
        tell: called with records, not bytes, and the name as `Records`.

    Returns:
        Its `note` says how many of the announced records came, if some lack.

    Raises:
        BadRequest: an address is on none of `hosts`.
        SourceError: the server refuses, answers with something else or too slowly, the listing ends before what it
            announced, or it takes longer than `LONGEST` in all.
    """
    allowed, listing = frozenset(hosts), shown(listing)
    part, notes = unfinished(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    state = _kept(listing, target, part, notes, first)
    resumed = state.size
    with client.meter.within(LONGEST):
        while state.cursor is not None:
            with without_keys():
                page = _page(address(state.cursor), state, read, allowed, client)
            state = _keep(page, part, notes, state)
            if state.size > largest:
                raise SourceError(
                    f"{listing} has more than the {largest / 1024**2:,.0f} MB expected at most.",
                    "Check the address in the source's description.",
                )
            tell(Records(target.name), state.records, state.total)
            if state.cursor is not None:
                time.sleep(client.pause / 2)
    if part.exists():
        if state.records < state.total * (1 - _SHORT):
            part.unlink()
            notes.unlink(missing_ok=True)
            raise SourceError(
                f"{listing} ends after {state.records:,} of {state.total:,} records.", "Run the same command again."
            )
        part.replace(target)
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    lacks = f"{state.records:,} of {state.total:,} records" if state.records < state.total else ""
    return Downloaded(target, listing, state.size, digest, None, resumed, lacks)


def _kept(listing: str, target: Path, part: Path, notes: Path, first: str) -> _Progress:
    """Where an earlier run of the same listing stood; what lies behind its last whole page is cut off."""
    begun = _Progress(listing, first, 0, 0, 0, time.time())
    try:
        state = _Progress(**json.loads(notes.read_text(encoding="utf-8")))
        held = part if part.exists() else target
        whole = held.stat().st_size
        fresh = state.listing == listing and time.time() - state.at < FRESH
        if fresh and (whole >= state.size if held == part else whole == state.size and state.cursor is None):
            if whole > state.size:
                with held.open("r+b") as file:
                    file.truncate(state.size)
            return state
    except (OSError, ValueError, TypeError):
        pass  # nothing kept, or nothing that can be trusted
    target.unlink(missing_ok=True)
    part.write_bytes(b"")
    return begun


def _keep(page: Page, part: Path, notes: Path, state: _Progress) -> _Progress:
    """Append the page as a gzip member of its own, then set the cursor behind it, in one step."""
    lines = "".join(
        json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in page.records
    ).encode()
    packed = gzip.compress(lines, mtime=0)
    with part.open("ab") as sink:
        sink.write(packed)
        sink.flush()
    state = _Progress(
        state.listing,
        page.following,
        state.size + len(packed),
        state.records + len(page.records),
        page.total or state.total,
        time.time(),
    )
    with tempfile.NamedTemporaryFile("w", dir=notes.parent, delete=False, encoding="utf-8") as file:
        json.dump(asdict(state), file)
    Path(file.name).replace(notes)
    return state


def _page(url: str, state: _Progress, read: Callable[[Any, str], Page], hosts: frozenset[str], client: Client) -> Page:
    """Ask for one page, again where the answer breaks off or is empty before its time."""
    for attempt in range(1, _FRUITLESS + 1):
        try:
            page = read(answered(url, state.listing, hosts, client), str(state.cursor))
            if page.records or page.following is None:
                return page
            if state.records < page.total:
                raise requests.ConnectionError("an empty page before the end")
            return Page((), None, page.total)
        except GONE as error:
            if attempt == _FRUITLESS or client.meter.late:
                raise SourceError(
                    f"{state.listing} {fault(error, client)}; {state.records:,} records are kept.",
                    "Run the same command again to go on from there.",
                ) from error
            time.sleep(client.pause * 2**attempt)
    raise AssertionError


def answered(url: str, listing: str, hosts: frozenset[str], client: Client) -> Any:
    """Return the JSON one address answers with; it may carry a key: messages name the listing instead.

    Raises:
        BadRequest: the address is on none of `hosts`.
        SourceError: the server refuses, or answers with something else or too much.
        requests.ConnectionError: the answer breaks off, as do others of `GONE`: to ask for again.
    """
    with ask(url, hosts, client, _HEADERS) as answer:
        body = bytearray()
        for piece in answer.iter_content(_PIECE):
            body += piece
            if len(body) > LARGEST_PAGE:
                raise SourceError(f"{listing} sends more than {LARGEST_PAGE / 1024**2:,.0f} MB.", "Check the address.")
        if not answer.ok:
            said = body[:_SHOWN].decode("utf-8", "replace").strip()
            raise SourceError(
                f"{listing} answers {refusal(answer)}{': ' + said if said else ''}.",
                "Run the same command again later; the pages before are kept.",
            )
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == "text/html" or body.lstrip()[:1] == b"<":
        raise SourceError(
            f"{listing} sends a web page, not JSON.", "Open it in a browser; run the same command again to go on."
        )
    try:
        return json.loads(body)
    except ValueError as error:
        # Cut in the middle, with a length that says otherwise or none: asked for again like a lost connection.
        raise requests.ConnectionError(f"JSON ends after {len(body):,} bytes") from error
