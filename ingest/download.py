"""A publisher's file over https: only from hosts its source names, gone on with where it broke off."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import requests
from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry

from graph.errors import BadRequest, SourceError
from ingest.addresses import host_of, require_allowed, scrubbed, shown
from ingest.meter import LONGEST, Meter, MeteredAdapter

Tell = Callable[[str, int, int], None]
"""Called with the file's name, the bytes there are, and the bytes there will be (0 if the server does not say)."""


class Records(str):
    """A file's name given to a `Tell` that counts records of it, not bytes."""

    __slots__ = ()


ATTEMPTS: Final = 6
"""Times a busy server is asked again."""

LONGEST_WAIT: Final = 120
"""Seconds a busy server is waited for in all, whatever it asks."""

TIMEOUT: Final = (10, 60)
"""Seconds to connect, and between two pieces; how many pieces there may be is the meter's matter."""

_FRUITLESS: Final = 3
"""Attempts in a row that bring nothing before a download is given up."""

_REDIRECTS: Final = 5
_PIECE: Final = 1024 * 1024
_ARRIVING: Final = 64 * 1024
"""Bytes read at once: what of a piece has come when the server breaks off is lost with it."""

_BUSY: Final = (429, 500, 502, 503, 504)
_AGENT: Final = "partnership-graph-explorer (+https://www.cnrs.fr)"
GONE: Final = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
"""A server that does not answer, or an answer that breaks off."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """One file as it came.

    Attributes:
        sha256: of its bytes.
        modified: ISO date the server gives the file; None if it gives none.
        resumed: bytes that were there already from an attempt that broke off.
        note: what a person should know of it, such as records that lack; empty if nothing.
        url: where it came from, without a person's key.
    """

    path: Path
    url: str
    size: int
    sha256: str
    modified: str | None
    resumed: int
    note: str = ""


class Client(requests.Session):
    """A session that asks again where a server is busy, after a pause or what `Retry-After` says.

    Attributes:
        pause: seconds before the second attempt; doubled for each further one.
        patience: seconds waited in all for one answer.
        meter: breaks off an answer that comes too slowly, or a download that takes too long.
        say: told what is waited for.
    """

    def __init__(
        self, pause: float = 1.0, patience: float = LONGEST_WAIT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.pause = pause
        self.patience = patience
        self.meter = Meter(clock)
        self.say: Callable[[str], None] = lambda text: None
        # A busy server is this module's matter: urllib3 bounds each wait, not their sum.
        adapter = MeteredAdapter(
            self.meter,
            max_retries=Retry(
                total=1, connect=1, read=0, status=0, backoff_factor=pause, respect_retry_after_header=False
            ),
        )
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        self.headers["User-Agent"] = _AGENT
        self.headers["Accept-Encoding"] = "identity"  # a range counts bytes of the file, not of a compressed answer


def download(
    url: str,
    target: Path,
    hosts: Iterable[str],
    *,
    largest: int,
    client: Client,
    tell: Tell = lambda name, done, total: None,
) -> Downloaded:
    """Bring one file to `target`; what an earlier attempt left in `<target>.part` is gone on with.

    Nothing stands at `target` before it is whole: its length as announced, within `largest`. An answer that comes at
    less than the meter's least counts as broken off.

    Raises:
        BadRequest: the address is not https or its host is none of `hosts`, here or after a redirect.
        SourceError: the server refuses, sends something else, breaks off again and again, or takes longer than
            `LONGEST` in all.
    """
    allowed, address = frozenset(hosts), shown(url)
    part, notes = unfinished(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    started = part.stat().st_size if part.exists() else 0
    fruitless = 0
    with client.meter.within(LONGEST):
        while True:
            before = part.stat().st_size if part.exists() else 0
            try:
                modified = _attempt(url, part, notes, allowed, largest, client, lambda n, m: tell(target.name, n, m))
                break
            except GONE as error:
                # The part stays for the next attempt, of this run or of a later one.
                grown = part.exists() and part.stat().st_size > before
                fruitless = 0 if grown else fruitless + 1
                if fruitless == _FRUITLESS or client.meter.late:
                    raise SourceError(
                        f"{address} {fault(error, client)}; {_megabytes(part)} are kept.",
                        "Run the same command again to go on from there, or give the file with --from FILE.",
                    ) from error
                time.sleep(client.pause * 2**fruitless)
    size = part.stat().st_size
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    part.replace(target)
    notes.unlink(missing_ok=True)
    return Downloaded(target, address, size, digest.hexdigest(), modified, min(started, size))


def fault(error: Exception, client: Client) -> str:
    """What to say of a server that failed with one of `GONE`; no address is in it."""
    if client.meter.late:
        return f"has not sent all within {LONGEST / 3600:,.0f} hours"
    if client.meter.stall:
        return f"sends too slowly ({client.meter.stall})"
    # A lost connection's own words repeat the whole address; a plain text is said by this package.
    told = f": {error}" if error.args and isinstance(error.args[0], str) else ""
    return f"does not answer or breaks off ({type(error).__name__}{told})"


def _attempt(
    url: str,
    part: Path,
    notes: Path,
    hosts: frozenset[str],
    largest: int,
    client: Client,
    tell: Callable[[int, int], None],
) -> str | None:
    """One request; appends to `part`. Returns the file's date."""
    address = shown(url)
    have, headers = _resume(address, part, notes)
    with ask(url, hosts, client, headers) as answer:
        if answer.status_code == requests.codes.range_not_satisfiable and have:
            if answer.headers.get("Content-Range", "").strip() == f"bytes */{have}":
                return _modified(answer)  # an earlier attempt had it all and was stopped before it said so
            forget(part, notes)  # what is there is not the beginning of what the server has now
            raise requests.ConnectionError("the file changed")
        if answer.status_code not in (requests.codes.ok, requests.codes.partial_content):
            raise SourceError(
                f"{address} answers {refusal(answer)}.",
                "Try later, or fetch the file with a browser and give it with --from FILE.",
            )
        resumed = answer.status_code == requests.codes.partial_content
        if resumed and not answer.headers.get("Content-Range", "").strip().startswith(f"bytes {have}-"):
            forget(part, notes)
            raise requests.ConnectionError("the server sends another part than asked for")
        asked = headers.get("If-Range") if resumed else None
        if asked and _differs(answer, asked):
            forget(part, notes)  # a server that looks at Range only
            raise requests.ConnectionError("the file changed")
        have = have if resumed else 0
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind == "text/html":
            raise SourceError(f"{address} sends a web page, not a file.", "Open it in a browser and use --from FILE.")
        # Bytes that come packed are another number than those announced, and cannot be gone on with.
        packed = answer.headers.get("Content-Encoding", "identity").lower() != "identity"
        total = 0 if packed else _announced(answer, resumed)
        if total > largest:
            raise SourceError(
                f"{address} has {total / 1024**2:,.0f} MB, more than the {largest / 1024**2:,.0f} MB expected at most.",
                "Check the address in the source's description.",
            )
        validator = asked or (None if packed else answer.headers.get("ETag") or answer.headers.get("Last-Modified"))
        if not resumed:
            part.unlink(missing_ok=True)  # or a kill now would leave old bytes under the new validator
        notes.write_text(json.dumps({"url": address, "validator": validator}), encoding="utf-8")
        with part.open("ab" if resumed else "wb") as sink:
            for piece in answer.iter_content(_ARRIVING):
                have += len(piece)
                if have > largest:
                    raise SourceError(
                        f"{address} sends more than the {largest / 1024**2:,.0f} MB expected at most.",
                        "Check the address in the source's description.",
                    )
                sink.write(piece)
                tell(have, total)
        if total and have != total:
            raise requests.ConnectionError(f"{have} of {total} bytes came")
        if not have:
            forget(part, notes)
            raise SourceError(f"{address} sends an empty file.", "Try later, or give the file with --from FILE.")
        return _modified(answer)


def _announced(answer: requests.Response, resumed: bool) -> int:
    """Bytes of the whole file, as the answer says; 0 if it does not."""
    if resumed:
        text = answer.headers.get("Content-Range", "").rpartition("/")[2].strip()
    else:
        text = answer.headers.get("Content-Length", "").strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def _differs(answer: requests.Response, asked: str) -> bool:
    """Whether a part is of another file than the one of this validator; a part may come without one."""
    came = answer.headers.get("ETag" if asked.startswith('"') else "Last-Modified")
    return came is not None and came.strip() != asked


def unfinished(target: Path) -> tuple[Path, Path]:
    """Where what has come of a file so far is kept, and what is known of it."""
    return target.with_name(target.name + ".part"), target.with_name(target.name + ".part.json")


def forget(part: Path, notes: Path) -> None:
    """Throw away what has come; the next attempt begins anew."""
    part.unlink(missing_ok=True)
    notes.unlink(missing_ok=True)


def _modified(answer: requests.Response) -> str | None:
    try:
        return parsedate_to_datetime(answer.headers["Last-Modified"]).date().isoformat()
    except (KeyError, ValueError):
        return None


def _resume(address: str, part: Path, notes: Path) -> tuple[int, dict[str, str]]:
    """Bytes to go on from, and the headers that ask for the rest of that same file."""
    try:
        known: Any = json.loads(notes.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = None
    have = part.stat().st_size if part.exists() else 0
    known = known if isinstance(known, dict) else {}
    validator = known.get("validator")
    # A weak ETag does not promise the same bytes, so nothing can be put behind them.
    if (
        not have
        or shown(str(known.get("url"))) != address
        or not isinstance(validator, str)
        or validator.startswith("W/")
    ):
        return 0, {}
    return have, {"Range": f"bytes={have}-", "If-Range": validator}


def ask(url: str, hosts: frozenset[str], client: Client, headers: Mapping[str, str]) -> requests.Response:
    """Ask once, each redirect judged like the first address; the answer's body is yet to be read.

    Raises:
        BadRequest: the address, or one it redirects to, is not allowed.
        SourceError: redirects without end, or a certificate this machine does not trust.
    """
    patience = client.patience
    for _ in range(_REDIRECTS):
        require_allowed(url, hosts)
        try:
            answer, patience = _answered(url, client, headers, patience)
        except requests.exceptions.SSLError as error:
            if "CERTIFICATE_VERIFY_FAILED" not in str(error):
                raise
            raise SourceError(
                f"The certificate of {host_of(url)} is not one this machine trusts.",
                "Set REQUESTS_CA_BUNDLE to your authority's certificate if a proxy of yours stands between.",
            ) from error
        except GONE:
            raise
        except requests.RequestException as error:
            raise SourceError(
                f"{shown(url)} cannot be asked for: {scrubbed(str(error))}.", "Check the address."
            ) from None
        except ValueError as error:  # of an address it redirects to, which the session looks at by itself
            raise SourceError(f"{shown(url)} redirects to an invalid address.", "Check the address.") from error
        except OSError as error:
            if "CA certificate" not in str(error):
                raise
            raise BadRequest(f"{error}.", "Set REQUESTS_CA_BUNDLE to a file of certificates, or unset it.") from error
        if not answer.is_redirect:
            return answer
        answer.close()
        asked = url
        try:
            host_of(answer.headers["Location"])
            url = urljoin(asked, answer.headers["Location"])
            require_allowed(url, hosts)
        except BadRequest as error:
            raise BadRequest(f"{shown(asked)} leads elsewhere: {error.what}", error.next_action) from error
    raise SourceError(f"{shown(url)} redirects without end.", "Check the address in the source's description.")


def _answered(url: str, client: Client, headers: Mapping[str, str], patience: float) -> tuple[requests.Response, float]:
    """The answer, asked for again while the server is busy; and what is left of the patience in seconds."""
    for attempt in range(ATTEMPTS + 1):
        client.meter.begin()
        answer = client.get(url, headers=headers, stream=True, timeout=TIMEOUT, allow_redirects=False)
        asked = _asked_to_wait(answer)
        pause = client.pause * 2**attempt if asked is None else asked
        if answer.status_code not in _BUSY or attempt == ATTEMPTS or pause > patience:
            break
        answer.close()
        client.say(f"{host_of(url)} is busy ({answer.status_code}): waiting, {client.patience:,.0f} s at most")
        patience -= pause
        time.sleep(pause)
    return answer, patience


def _asked_to_wait(answer: requests.Response) -> float | None:
    """Seconds of `Retry-After`, which may be a time of day; None if the answer has none that can be read."""
    try:
        said = answer.headers.get("Retry-After")
        return None if said is None else Retry().parse_retry_after(said)
    except (InvalidHeader, ValueError, OverflowError):
        return None


def refusal(answer: requests.Response) -> str:
    """Status of an answer in words, and how long the server asks to wait."""
    wait = _asked_to_wait(answer) if answer.status_code in _BUSY else None
    return f"{answer.status_code} {answer.reason}" + (f" and asks to wait {wait:,.0f} s" if wait else "")


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1024**2:,.1f} MB" if path.exists() else "0 MB"
