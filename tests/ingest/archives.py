"""A publisher's archive made of its fixture, and read as a build reads it."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from ingest.build import read_source
from ingest.catalogue import SourceSpec, source
from ingest.reading import Reading
from ingest.selection import Selection
from ingest.snapshot import adopt
from tests.ingest.support import FIXTURES

PUBLISHED = FIXTURES / "published"
WHOLE = Selection((), "all")
CNRS_ONLY = Selection((), "cnrs")

Table = list[list[str]]
"""Rows of cells, the header first: row 1 of the list is line 2 of the file."""


def members(name: str) -> dict[str, bytes]:
    """Tables of a source's fixture, by file name."""
    return {path.name: path.read_bytes() for path in sorted((PUBLISHED / name).glob("*.csv"))}


def zipped(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of these files, all of one day; names may repeat."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings(action="ignore"):
        for name, content in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(zipfile.ZipInfo(name, (2025, 12, 7, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def cells(content: bytes, delimiter: str = ";") -> Table:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def lines(table: Iterable[Iterable[str]], delimiter: str = ";", end: str = "\n") -> bytes:
    """A table as CORDIS writes it: every cell quoted."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(table)
    return text.getvalue().encode()


def at_archive(name: str, archive: bytes, folder: Path) -> SourceSpec:
    """The source at a snapshot that holds this archive, kept under `folder`."""
    spec = source(name)
    assert spec.live is not None
    (download,) = spec.live.downloads.values()
    given = folder / "given" / download.file
    given.parent.mkdir(parents=True, exist_ok=True)
    given.write_bytes(archive)
    held = adopt(spec, folder / "data", [given])
    return spec.at(held.date, held.checksum, held.path, dated=held.dated, given=held.given)


def read_archive(name: str, archive: bytes, folder: Path, selection: Selection = WHOLE) -> Reading:
    return read_source(at_archive(name, archive, folder), selection)


def read_tables(name: str, files: Mapping[str, bytes], folder: Path, selection: Selection = WHOLE) -> Reading:
    return read_archive(name, zipped(files), folder, selection)


def read_bundled(name: str) -> Reading:
    return read_source(replace(source(name), expected=()))
