"""Members of a publisher's zip or gzip file, unpacked within bounds: what a file claims of its size is not believed."""

from __future__ import annotations

import difflib
import fnmatch
import gzip
import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

from graph.errors import SourceError

LARGEST: Final = 6 * 1024**3
"""Bytes a member may have unpacked; the complete Horizon 2020 has a tenth of it."""

MEMBERS: Final = 100_000
_CHUNK: Final = 1024 * 1024
_PLAIN: Final = str.maketrans("*?|", "___")
DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    gzip.BadGzipFile,
    NotImplementedError,
    struct.error,
    UnicodeDecodeError,
)
"""What unpacking a damaged archive raises; a locked member raises RuntimeError."""


@contextmanager
def unpacked(path: Path, member: str | None, name: str, *, largest: int | None = None) -> Iterator[Path]:
    """Yield a file with the content of one member of a zip, of a gzip file, or `path` itself if it is neither.

    Args:
        path: the file as published.
        member: name of the member without its folder, or patterns by `|`, of which the first that fits counts
            (`*_schema_v2.json|*.json`); None for a file that is no archive.
        name: what to call the file in messages.
        largest: bytes the content may have; `LARGEST` if left out.

    Raises:
        SourceError: it is damaged, locked, lacks the member, has it twice, or holds more than `largest`.
    """
    compressed = path.suffix.lower() == ".gz"
    largest = LARGEST if largest is None else largest
    if member is None and not compressed:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="snapshot-") as folder:
        target = Path(folder) / (PurePosixPath(member).name.translate(_PLAIN) if member else path.stem)
        try:
            with target.open("wb") as sink:
                if member is None:
                    with gzip.open(path, "rb") as packed:
                        _copy(packed, sink, name, largest)
                else:
                    with zipfile.ZipFile(path) as archive, archive.open(_find(archive, member, name)) as packed:
                        _copy(packed, sink, f"{member} in {name}", largest)
        except DAMAGE as error:
            raise SourceError(f"{name} is damaged or cut short: {error}.", "Fetch it again.") from error
        except RuntimeError as error:  # what zipfile raises for a locked member
            raise SourceError(f"{name} cannot be unpacked: {error}.", "Take the file that has no password.") from error
        yield target


def has_member(path: Path, member: str, name: str) -> bool:
    """Whether a zip has a member of this name, in whatever folder and case.

    Raises:
        SourceError: it is no zip, damaged, or has too many members.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(_matching(listed(archive, name), member))
    except DAMAGE as error:
        raise SourceError(f"{name} is not a readable zip archive: {error}.", "Fetch it again.") from error


def require_zip(path: Path, name: str) -> None:
    """Refuse a file that is no zip archive with a readable directory; a download cut short has none.

    Raises:
        SourceError: names the file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            listed(archive, name)
    except DAMAGE as error:
        raise SourceError(
            f"{name} is not a readable zip archive: {error}.",
            "Fetch it again; if it stays so, look at it in a browser.",
        ) from error


def listed(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """Return the members of an archive without its folders.

    Raises:
        SourceError: they are more than `MEMBERS`.
    """
    infos = archive.infolist()
    if len(infos) > MEMBERS:
        raise SourceError(f"{name} has {len(infos):,} members.", "Check that it is the publisher's file.")
    return [info for info in infos if not info.is_dir()]


def is_extra(info: zipfile.ZipInfo) -> bool:
    """Whether a member is what a Mac adds beside the files: `__MACOSX/…`, `._name`, `.DS_Store`."""
    return "__MACOSX" in info.filename.replace("\\", "/").split("/") or _plain(info).startswith(".")


def _plain(info: zipfile.ZipInfo) -> str:
    """A member's name without folders; some archives separate them by backslashes."""
    return PurePosixPath(info.filename.replace("\\", "/")).name


def _find(archive: zipfile.ZipFile, member: str, name: str) -> zipfile.ZipInfo:
    """The member of this name, in whatever folder and case the publisher put it."""
    members = listed(archive, name)
    found = _matching(members, member)
    if len(found) == 1:
        return found[0]
    if found:
        raise SourceError(f"{name} has {member} {len(found)} times.", "Remove the copies that are not the publisher's.")
    names = sorted(_plain(info) for info in members)
    close = difflib.get_close_matches(member, names, n=1, cutoff=0.5)
    guess = f" It may be called '{close[0]}' now." if close else ""
    holds = ", ".join(names[:6]) or "nothing"
    inner = [other for other in names if other.lower().endswith((".zip", ".gz"))]
    action = f"Unpack it and give {inner[0]} with --from." if inner else "Check that it is this source's archive."
    raise SourceError(f"{name} lacks {member}; it holds {holds}.{guess}", action)


def _matching(members: Sequence[zipfile.ZipInfo], member: str) -> list[zipfile.ZipInfo]:
    """Members of this name, or of the first pattern that fits any; what a Mac adds beside each file is none."""
    for pattern in PurePosixPath(member).name.lower().split("|"):
        named = [(_plain(info).lower(), info) for info in members]
        found = [
            i
            for n, i in named
            if n == pattern or ("*" in pattern and not n.startswith(".") and fnmatch.fnmatch(n, pattern))
        ]
        if found:
            return found
    return []


def _copy(packed: IO[bytes] | gzip.GzipFile, sink: IO[bytes], name: str, largest: int) -> None:
    size = 0
    while chunk := packed.read(_CHUNK):
        size += len(chunk)
        if size > largest:
            raise SourceError(
                f"{name} unpacks to more than {largest / 1024**2:,.0f} MB.", "Check that it is the publisher's file."
            )
        sink.write(chunk)
