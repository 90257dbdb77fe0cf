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
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from graph.errors import BadRequest, SourceError

Tell = Callable[[str, int, int], None]
"""Called with the file's name, the bytes there are, and the bytes there will be (0 if the server does not say)."""

ATTEMPTS: Final = 6
"""Times a busy server is asked."""

TIMEOUT: Final = (10, 60)
"""Seconds to connect, and between two pieces."""

_FRUITLESS: Final = 3
"""Attempts in a row that bring nothing before a download is given up."""

_REDIRECTS: Final = 5
_PIECE: Final = 1024 * 1024
_ARRIVING: Final = 64 * 1024
"""Bytes read at once: what of a piece has come when the server breaks off is lost with it."""

_LONGEST_WAIT: Final = 120
"""Seconds a server's Retry-After is followed at most."""
_AGENT: Final = "partnership-graph-explorer (+https://www.cnrs.fr)"
_GONE: Final = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Downloaded:
    """One file as it came.

    Attributes:
        sha256: of its bytes.
        modified: ISO date the server gives the file; None if it gives none.
        resumed: bytes that were there already from an attempt that broke off.
    """

    path: Path
    url: str
    size: int
    sha256: str
    modified: str | None
    resumed: int


class Client(requests.Session):
    """A session that tries again where a server is busy, after a pause or what `Retry-After` says.

    Attributes:
        pause: seconds before the second attempt; doubled for each further one.
    """

    def __init__(self, pause: float = 1.0) -> None:
        super().__init__()
        self.pause = pause
        adapter = HTTPAdapter(max_retries=_retry(pause))
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        self.headers["User-Agent"] = _AGENT
        self.headers["Accept-Encoding"] = "identity"  # a range counts bytes of the file, not of a compressed answer


def _retry(backoff: float) -> Retry:
    return Retry(
        total=ATTEMPTS,
        connect=1,
        read=0,
        backoff_factor=backoff,
        backoff_jitter=backoff / 2,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET",),
        respect_retry_after_header=True,
        raise_on_status=False,
        retry_after_max=_LONGEST_WAIT,
    )


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

    Nothing stands at `target` before it is whole: its length as announced, within `largest`.

    Raises:
        BadRequest: the address is not https or its host is none of `hosts`, here or after a redirect.
        SourceError: the server refuses, sends something else, or breaks off again and again.
    """
    allowed = frozenset(hosts)
    part, notes = target.with_name(target.name + ".part"), target.with_name(target.name + ".part.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    started = part.stat().st_size if part.exists() else 0
    fruitless = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            modified = _attempt(url, part, notes, allowed, largest, client, lambda n, m: tell(target.name, n, m))
            break
        except _GONE as error:
            # The part stays for the next attempt, of this run or of a later one.
            fruitless = 0 if part.exists() and part.stat().st_size > before else fruitless + 1
            if fruitless == _FRUITLESS:
                raise SourceError(
                    f"{url} does not answer or breaks off ({type(error).__name__}); {_megabytes(part)} are kept.",
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
    return Downloaded(target, url, size, digest.hexdigest(), modified, min(started, size))


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
    have, headers = _resume(url, part, notes)
    with ask(url, hosts, client, headers) as answer:
        if answer.status_code == requests.codes.range_not_satisfiable and have:
            if answer.headers.get("Content-Range", "").strip() == f"bytes */{have}":
                return _modified(answer)  # an earlier attempt had it all and was stopped before it said so
            _forget(part, notes)  # what is there is not the beginning of what the server has now
            raise requests.ConnectionError("the file changed")
        if answer.status_code not in (requests.codes.ok, requests.codes.partial_content):
            raise SourceError(
                f"{url} answers {answer.status_code} {answer.reason}.",
                "Try later, or fetch the file with a browser and give it with --from FILE.",
            )
        resumed = answer.status_code == requests.codes.partial_content
        if resumed and not answer.headers.get("Content-Range", "").strip().startswith(f"bytes {have}-"):
            _forget(part, notes)
            raise requests.ConnectionError("the server sends another part than asked for")
        have = have if resumed else 0
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind == "text/html":
            raise SourceError(f"{url} sends a web page, not a file.", "Open it in a browser and use --from FILE.")
        # Bytes that come packed are another number than those announced, and cannot be gone on with.
        packed = answer.headers.get("Content-Encoding", "identity").lower() != "identity"
        total = 0 if packed else _announced(answer, resumed)
        if total > largest:
            raise SourceError(
                f"{url} has {total / 1024**2:,.0f} MB, more than the {largest / 1024**2:,.0f} MB expected at most.",
                "Check the address in the source's description.",
            )
        validator = None if packed else answer.headers.get("ETag") or answer.headers.get("Last-Modified")
        if not resumed:
            part.unlink(missing_ok=True)  # or a kill now would leave old bytes under the new validator
        notes.write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")
        with part.open("ab" if resumed else "wb") as sink:
            for piece in answer.iter_content(_ARRIVING):
                have += len(piece)
                if have > largest:
                    raise SourceError(
                        f"{url} sends more than the {largest / 1024**2:,.0f} MB expected at most.",
                        "Check the address in the source's description.",
                    )
                sink.write(piece)
                tell(have, total)
        if total and have != total:
            raise requests.ConnectionError(f"{have} of {total} bytes came")
        if not have:
            _forget(part, notes)
            raise SourceError(f"{url} sends an empty file.", "Try later, or give the file with --from FILE.")
        return _modified(answer)


def _announced(answer: requests.Response, resumed: bool) -> int:
    """Bytes of the whole file, as the answer says; 0 if it does not."""
    if resumed:
        text = answer.headers.get("Content-Range", "").rpartition("/")[2].strip()
    else:
        text = answer.headers.get("Content-Length", "").strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def _forget(part: Path, notes: Path) -> None:
    part.unlink(missing_ok=True)
    notes.unlink(missing_ok=True)


def _modified(answer: requests.Response) -> str | None:
    try:
        return parsedate_to_datetime(answer.headers["Last-Modified"]).date().isoformat()
    except (KeyError, ValueError):
        return None


def _resume(url: str, part: Path, notes: Path) -> tuple[int, dict[str, str]]:
    """Bytes to go on from, and the headers that ask for the rest of that same file."""
    try:
        known: Any = json.loads(notes.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = None
    have = part.stat().st_size if part.exists() else 0
    known = known if isinstance(known, dict) else {}
    validator = known.get("validator")
    # A weak ETag does not promise the same bytes, so nothing can be put behind them.
    if not have or known.get("url") != url or not isinstance(validator, str) or validator.startswith("W/"):
        return 0, {}
    return have, {"Range": f"bytes={have}-", "If-Range": validator}


def ask(url: str, hosts: frozenset[str], client: Client, headers: Mapping[str, str]) -> requests.Response:
    """Ask once, each redirect judged like the first address; the answer's body is yet to be read.

    Raises:
        BadRequest: the address, or one it redirects to, is not allowed.
        SourceError: redirects without end, or a certificate this machine does not trust.
    """
    for _ in range(_REDIRECTS):
        require_allowed(url, hosts)
        try:
            answer = client.get(url, headers=headers, stream=True, timeout=TIMEOUT, allow_redirects=False)
        except requests.exceptions.SSLError as error:
            if "CERTIFICATE_VERIFY_FAILED" not in str(error):
                raise
            raise SourceError(
                f"The certificate of {host_of(url)} is not one this machine trusts.",
                "Set REQUESTS_CA_BUNDLE to your authority's certificate if a proxy of yours stands between.",
            ) from error
        except _GONE:
            raise
        except requests.RequestException as error:
            raise SourceError(f"{url} cannot be asked for: {error}.", "Check the address.") from error
        except ValueError as error:  # of an address it redirects to, which the session looks at by itself
            raise SourceError(f"{url} leads to no address: {error}.", "Check the address.") from error
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
            raise BadRequest(f"{asked} leads elsewhere: {error.what}", error.next_action) from error
    raise SourceError(f"{url} redirects without end.", "Check the address in the source's description.")


def host_of(url: str) -> str:
    """Host of an address, in lower case; empty if it names none.

    Raises:
        BadRequest: it is no address.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise BadRequest(f"'{url}' is no address: {error}.", "Write it as https://host/path.") from error
    return parts.hostname or ""


def require_allowed(url: str, hosts: frozenset[str]) -> None:
    """Refuse an address that is not https (plain http on this machine only) or on none of these hosts.

    Raises:
        BadRequest: names the host and those allowed.
    """
    host_of(url)
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if (parts.scheme != "https" and not local) or parts.username or parts.hostname not in hosts:
        raise BadRequest(
            f"{parts.scheme}://{parts.hostname or ''} is not among the hosts of this source: "
            f"{', '.join(sorted(hosts)) or 'none'}, over https.",
            "Give the file itself with --from FILE, or another address with --url.",
        )


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1024**2:,.1f} MB" if path.exists() else "0 MB"
