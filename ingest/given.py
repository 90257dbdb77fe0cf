"""Files a person gives in the place of a download: which of a source's files each one is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graph.errors import BadRequest
from ingest.catalogue import Download, SourceSpec
from ingest.days import date_in

_NO_PART: Final = ("manifest", "LICENSE.txt", "RELEASE_NOTES.txt")
"""What lies beside the parts of a snapshot; so do files whose names begin with a dot or `_`."""

_DAY: Final = "updated_date="
"""How OpenAlex names the folders of its parts."""

_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Given:
    """A file a person gave.

    Attributes:
        download: key of the download it is, or is a part of.
        path: where it is.
        name: to keep it under.
        origin: what to call it; of a file in a folder, with the folders between.
    """

    download: str
    path: Path
    name: str
    origin: str


def matched(spec: SourceSpec, downloads: Mapping[str, Download], paths: Sequence[Path]) -> list[Given]:
    """Return which file is which download of a source, by its name; a single file of a single download is it anyway.

    All files, and those of folders, are parts of a single download that may come in parts: the oldest first by the day
    in their names or folders, then in the order of their names.

    Raises:
        BadRequest: a file is none of the source's, one lacks, a table stands where an archive of several is read, or
            parts are of two kinds.
    """
    for path in paths:
        if not (path.is_file() or path.is_dir()):
            raise BadRequest(f"There is no file {path}.", "Give the path of a file on this machine.")
    if len(downloads) == 1:
        ((key, each),) = downloads.items()
        if each.parts:
            return _parts(spec, key, each, paths)
    for path in paths:
        if path.is_dir():
            raise BadRequest(
                f"{path} is a folder.", f"Give {', '.join(each.file for each in downloads.values())} as files."
            )
    if len(downloads) == 1 and len(paths) == 1:
        return [Given(key, paths[0], _kept_as(spec, key, each, paths[0]), paths[0].name)]
    found: dict[str, Given] = {}
    for path in paths:
        keys = [key for key, each in downloads.items() if _stem(each.file) in path.name.lower()]
        if len(keys) != 1 or keys[0] in found:
            raise BadRequest(
                f"{path.name} is none of the files of '{spec.name}'.",
                f"Name them {', '.join(each.file for each in downloads.values())}.",
            )
        found[keys[0]] = Given(keys[0], path, _kept_as(spec, keys[0], downloads[keys[0]], path), path.name)
    missing = [each.file for key, each in downloads.items() if key not in found and not each.optional]
    if missing:
        raise BadRequest(f"'{spec.name}' also needs {', '.join(missing)}.", "Give one --from for each file.")
    return list(found.values())


def _parts(spec: SourceSpec, key: str, each: Download, paths: Sequence[Path]) -> list[Given]:
    listed = sorted((date_in(origin) or "", origin, file) for path in paths for origin, file in _in(path))
    if not listed:
        raise BadRequest(f"{paths[0]} holds no files.", f"Give {each.file}, its parts or the folder they are in.")
    kinds = {file.suffix.lower() == ".parquet" for _, _, file in listed}
    if len(kinds) > 1:
        raise BadRequest(
            f"Some of the files given for '{spec.name}' are Parquet and some are not.", "Give parts of one kind."
        )
    found = []
    for number, (_, origin, file) in enumerate(listed, start=1):
        name = _kept_as(spec, key, each, file)
        found.append(Given(key, file, _numbered(name, number, origin) if len(listed) > 1 else name, origin))
    return found


def _in(path: Path) -> list[tuple[str, Path]]:
    """The file itself, or those under a folder, each with what to call it."""
    if not path.is_dir():
        return [(f"{path.parent.name}/{path.name}" if path.parent.name.startswith(_DAY) else path.name, path)]
    folder = path.resolve()
    return [
        (str(file.relative_to(folder.parent)), file)
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith((".", "_")) and file.name not in _NO_PART
    ]


def _numbered(name: str, number: int, origin: str) -> str:
    """Return a name a person knows the part by, such as `works-0003-updated_date-2026-11-06-part_002.jsonl.gz`."""
    folders, _, part = origin.rpartition("/")
    day = folders.rpartition("/")[2]
    told = f"{day}-{_stem(part)}" if day.startswith(_DAY) else _stem(part)
    stem = _stem(name, exactly=True)
    return f"{stem}-{number:04}-{re.sub(r'[^A-Za-z0-9_.]+', '-', told)[-_LONGEST:]}{name.removeprefix(stem)}"


def _kept_as(spec: SourceSpec, key: str, each: Download, path: Path) -> str:
    """A download's name under the suffix of the file given: a csv in the place of a zip of one table stays a csv."""
    tables = [file.member for file in spec.live.files.values() if file.download == key] if spec.live else []
    if len(tables) > 1 and all(tables) and path.suffix.lower() not in (".zip", *each.also):
        raise BadRequest(
            f"{path.name} is no zip archive; '{spec.name}' is read from one with {', '.join(filter(None, tables))}.",
            f"Give the publisher's {each.file}.",
        )
    suffix = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    return each.file if each.file.endswith(suffix) else _stem(each.file, exactly=True) + suffix


def _stem(name: str, *, exactly: bool = False) -> str:
    """A file's name without its suffixes, of which `.jsonl.gz` has two; in lower case unless `exactly`."""
    path = Path(name)
    stem = path.name.removesuffix("".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix)
    return stem if exactly else stem.lower()
