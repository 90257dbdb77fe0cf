"""Members of a publisher's zip or gzip file, unpacked within bounds: what a file claims of its size is not believed."""

from __future__ import annotations

import difflib
import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

from graph.errors import SourceError

LARGEST: Final = 6 * 1024**3
"""Bytes a member may have unpacked; the complete Horizon 2020 has a tenth of it."""

MEMBERS: Final = 100_000
_CHUNK: Final = 1024 * 1024
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, NotImplementedError)


@contextmanager
def unpacked(path: Path, member: str | None, name: str, *, largest: int = LARGEST) -> Iterator[Path]:
    """Yield a file with the content of one member of a zip, of a gzip file, or `path` itself if it is neither.

    Args:
        path: the file as published.
        member: name of the member without its folder; None for a file that is no archive.
        name: what to call the file in messages.
        largest: bytes the content may have.

    Raises:
        SourceError: it is damaged, locked, lacks the member, has it twice, or holds more than `largest`.
    """
    compressed = path.suffix == ".gz"
    if member is None and not compressed:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="snapshot-") as folder:
        target = Path(folder) / (PurePosixPath(member).name if member else path.stem)
        try:
            with target.open("wb") as sink:
                if member is None:
                    with gzip.open(path, "rb") as packed:
                        _copy(packed, sink, name, largest)
                else:
                    with zipfile.ZipFile(path) as archive, archive.open(_find(archive, member, name)) as packed:
                        _copy(packed, sink, f"{member} in {name}", largest)
        except _DAMAGE as error:
            raise SourceError(f"{name} is damaged or cut short: {error}.", "Fetch it again.") from error
        except RuntimeError as error:  # what zipfile raises for a locked member
            raise SourceError(f"{name} cannot be unpacked: {error}.", "Take the publisher's open file.") from error
        yield target


def has_member(path: Path, member: str, name: str) -> bool:
    """Whether a zip has a member of this name, in whatever folder and case.

    Raises:
        SourceError: it is no zip, damaged, or has too many members.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = {PurePosixPath(filename).name.lower() for filename in _listed(archive, name)}
            return PurePosixPath(member).name.lower() in names
    except _DAMAGE as error:
        raise SourceError(f"{name} is no readable zip archive: {error}.", "Fetch it again.") from error


def _listed(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MEMBERS:
        raise SourceError(f"{name} has {len(infos):,} members.", "Check that it is the publisher's file.")
    return {info.filename: info for info in infos if not info.is_dir()}


def _find(archive: zipfile.ZipFile, member: str, name: str) -> zipfile.ZipInfo:
    """The member of this name, in whatever folder and case the publisher put it."""
    listed = _listed(archive, name)
    wanted = PurePosixPath(member).name.lower()
    found = [info for filename, info in listed.items() if PurePosixPath(filename).name.lower() == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise SourceError(f"{name} has {member} {len(found)} times.", "Remove the copies that are not the publisher's.")
    names = sorted(PurePosixPath(filename).name for filename in listed)
    close = difflib.get_close_matches(member, names, n=1, cutoff=0.5)
    guess = f" It may be called '{close[0]}' now." if close else ""
    holds = ", ".join(names[:6]) or "nothing"
    raise SourceError(f"{name} lacks {member}; it holds {holds}.{guess}", "Check that it is this source's archive.")


def _copy(packed: IO[bytes] | gzip.GzipFile, sink: IO[bytes], name: str, largest: int) -> None:
    size = 0
    while chunk := packed.read(_CHUNK):
        size += len(chunk)
        if size > largest:
            raise SourceError(
                f"{name} unpacks to more than {largest / 1024**2:,.0f} MB.", "Check that it is the publisher's file."
            )
        sink.write(chunk)
