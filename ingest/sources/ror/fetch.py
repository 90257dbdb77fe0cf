"""The newest ROR dump: Zenodo lists the releases, each with its zip, which bears its date."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from graph.errors import SourceError
from ingest.addresses import shown
from ingest.download import GONE, Client, Downloaded, Tell, ask, download, refusal

_RELEASE: Final = re.compile(r"ror-data\S*\.zip$")
_DATE: Final = re.compile(r"20\d\d-[01]\d-[0-3]\d")
_LARGEST_LIST: Final = 16 * 1024**2
_PIECE: Final = 64 * 1024


def fetch(
    key: str, url: str, target: Path, hosts: Iterable[str], *, largest: int, client: Client, tell: Tell
) -> Downloaded:
    """Bring the newest dump, or the one `url` itself is the address of.

    Args:
        key: name of the download.
        url: Zenodo's list of ROR's releases, or a dump.

    Raises:
        BadRequest: an address is not allowed.
        SourceError: there is no list, no dump in it, or the dump is not what Zenodo says it is.
    """
    allowed = frozenset(hosts)
    path = urlsplit(url).path
    if path.endswith((".zip", ".zip/content", ".json", ".json/content")):
        return _dated(download(url, target, allowed, largest=largest, client=client, tell=tell), path)
    release = _newest(url, allowed, client)
    address = urljoin(url, str(release["links"]["self"]))
    came = download(address, target, allowed, largest=largest, client=client, tell=tell)
    kind, _, sum_ = str(release.get("checksum", "")).partition(":")
    if kind == "md5" and sum_ != _md5(came.path):
        came.path.unlink()
        raise SourceError(f"{release['key']} is not the file Zenodo lists: its checksum differs.", "Fetch it again.")
    return _dated(came, str(release["key"]))


def _newest(url: str, hosts: frozenset[str], client: Client) -> dict[str, Any]:
    """The file of the latest date among those the list has."""
    try:
        body = _list(url, hosts, client)
    except GONE as error:
        raise SourceError(
            f"{shown(url)} does not answer or breaks off ({type(error).__name__}).",
            "Run the same command again later, or give the dump's file with --from FILE.",
        ) from error
    try:
        listed = json.loads(body)["hits"]["hits"]
        files = [file for record in listed for file in record["files"] if _RELEASE.search(file["key"])]
        found: dict[str, Any] = max(files, key=lambda file: (_date(file["key"]) or "", file["key"]))
        found["links"]["self"]
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"{shown(url)} lists no ROR dump.", "Give the dump's own address with --url, or its file with --from FILE."
        ) from error
    return found


def _list(url: str, hosts: frozenset[str], client: Client) -> bytes:
    with ask(url, hosts, client, {"Accept": "application/json"}) as answer:
        if not answer.ok:
            raise SourceError(
                f"{shown(url)} answers {refusal(answer)}.",
                "Try later, or give the dump's own address with --url, or its file with --from FILE.",
            )
        body = bytearray()
        for piece in answer.iter_content(_PIECE):
            body += piece
            if len(body) > _LARGEST_LIST:
                raise SourceError(
                    f"{shown(url)} sends more than {_LARGEST_LIST / 1024**2:,.0f} MB.", "Check the address."
                )
    return bytes(body)


def _dated(came: Downloaded, name: str) -> Downloaded:
    return replace(came, modified=_date(name) or came.modified)


def _date(name: str) -> str | None:
    found = _DATE.search(name)
    return found[0] if found else None


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
