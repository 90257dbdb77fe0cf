"""Dated retrievals of a source, untouched under `<data>/raw/<source>/<date>/`, with a sidecar that vouches for them."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from dataclasses import replace as changed
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from graph.errors import BadRequest, SourceError
from ingest.catalogue import SourceSpec
from ingest.containers import require_zip
from ingest.days import date_in, newest_member, past, require_past
from ingest.given import matched
from ingest.lock import exclusive

if TYPE_CHECKING:
    from ingest.download import Client, Tell

SIDECAR: Final = "snapshot.json"
_INCOMING: Final = ".incoming"
_REPLACED: Final = ".replaced-"
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file of a snapshot: which download it is, its name here, its bytes and where it came from.

    Attributes:
        origin: address without a person's key, or the name of the file a person gave.
        note: what a person should know of it, such as `9,990 of 10,000 records`; empty if nothing.
    """

    download: str
    name: str
    size: int
    sha256: str
    origin: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One dated retrieval.

    Attributes:
        folder: holds the files and the sidecar.
        date: of the data: told by a person, by the file's name, by the server, by the archive; else of the retrieval.
        dated: False where only the day of the retrieval is known.
        retrieved: UTC, ISO 8601.
        unchanged: True from a fetch that brought the bytes this snapshot has already; not written down.
    """

    source: str
    folder: Path
    date: dt.date
    dated: bool
    retrieved: str
    files: tuple[RawFile, ...]
    unchanged: bool = field(default=False, compare=False)

    @property
    def given(self) -> bool:
        """Whether a person gave the files, instead of a download."""
        return not any("://" in file.origin for file in self.files)

    @property
    def checksum(self) -> str:
        """SHA-256 over the files' own, in the order of their names."""
        lines = "".join(f"{file.sha256}  {file.name}\n" for file in sorted(self.files, key=lambda file: file.name))
        return hashlib.sha256(lines.encode()).hexdigest()

    def path(self, key: str) -> Path:
        """Where the file of a download is, or its first; the download's own name if the snapshot has none of it."""
        return next(iter(self._paths(key)), self.folder / key)

    def more(self, key: str) -> tuple[Path, ...]:
        """Where the other files of a download are that was given in parts."""
        return self._paths(key)[1:]

    def _paths(self, key: str) -> tuple[Path, ...]:
        return tuple(self.folder / file.name for file in self.files if file.download == key)

    def of(self, spec: SourceSpec) -> SourceSpec:
        """The source over this snapshot."""
        return spec.at(self.date, self.checksum, self.path, more=self.more, dated=self.dated, given=self.given)

    def verify(self) -> None:
        """Read every file once more and compare it with the sidecar.

        Raises:
            SourceError: one is missing or has other bytes; names it.
        """
        for file in self.files:
            if not self.holds(file):
                raise SourceError(
                    f"{self.folder / file.name} is not what was fetched on {self.retrieved[:10]}.",
                    f"Fetch it again: python -m ingest fetch {self.source} --date {self.date}",
                )

    def holds(self, file: RawFile) -> bool:
        """Whether a file is there with the bytes it came with; reads it once."""
        path = self.folder / file.name
        return path.is_file() and path.stat().st_size == file.size and _sha256(path) == file.sha256


def snapshots(data_dir: Path, source: str) -> tuple[Snapshot, ...]:
    """Snapshots of a source, oldest first.

    Raises:
        SourceError: a folder of a day has no sidecar, or one that cannot be read; names it.
    """
    root = data_dir / "raw" / source
    # A run killed while it replaced a snapshot may have left only the old one.
    found = {path.name.removeprefix(_REPLACED): path for path in root.glob(_REPLACED + "????-??-??")}
    found |= {path.name: path for path in root.glob("????-??-??") if path.is_dir()}
    return tuple(_read(found[day] / SIDECAR) for day in sorted(found))


def newest(data_dir: Path, source: str) -> Snapshot | None:
    """The snapshot a build uses; None where none was fetched."""
    found = snapshots(data_dir, source)
    return found[-1] if found else None


def fetch(
    spec: SourceSpec,
    data_dir: Path,
    client: Client,
    tell: Tell,
    urls: Mapping[str, str],
    date: dt.date | None = None,
    *,
    replace: bool = False,
) -> Snapshot:
    """Download every file of a source and keep it as a snapshot; the same bytes again make no second one.

    Args:
        urls: download -> another address to take it from; its host counts as allowed.
        date: of the data, where the person knows it.
        replace: also where another snapshot of that day stands.

    Raises:
        BadRequest: the source has nothing to download, or an address is not allowed.
        SourceError: a download fails; what came of it is kept and gone on with next time.
    """
    from ingest.addresses import host_of, shown, without_keys  # noqa: PLC0415 - a build needs no network
    from ingest.download import download  # noqa: PLC0415

    if spec.live is None:
        raise BadRequest(f"Source '{spec.name}' is kept by hand.", "Edit its files under data/curated and build again.")
    wanted = {
        key: (each, urls.get(key, each.url))
        for key, each in spec.live.downloads.items()
        if urls.get(key, each.url) or not each.optional
    }
    if not wanted or not all(url for _, url in wanted.values()):
        raise BadRequest(f"Source '{spec.name}' has no address to fetch from.", "Give its file with --from FILE.")
    require_past(date)
    incoming = data_dir / "raw" / spec.name / _INCOMING
    files: list[RawFile] = []
    dates: list[str | None] = []
    client.say = lambda text: tell(text, 0, 0)
    with exclusive(data_dir, f"fetch-{spec.name}"), without_keys():
        _tidy(incoming.parent)
        for key, (each, url) in wanted.items():
            hosts = {*spec.live.hosts, *({host_of(url)} if key in urls else ())}
            if each.paged:
                came = _pages(spec).fetch(
                    key, url, incoming / each.file, hosts, largest=each.largest, client=client, tell=tell
                )
            else:
                came = download(url, incoming / each.file, hosts, largest=each.largest, client=client, tell=tell)
            try:
                _require_kind(came.path, came.path.name)
            except SourceError:
                came.path.unlink()
                raise
            files.append(RawFile(key, each.file, came.size, came.sha256, shown(came.url), came.note))
            # A day in the question a listing answers is not the day of the data.
            dates.append((None if each.paged else date_in(url)) or past(came.modified) or newest_member(came.path))
        told = date.isoformat() if date else max((d for d in dates if d), default=None)
        return _keep(spec, data_dir, incoming, files, told, replace=replace)


def adopt(
    spec: SourceSpec,
    data_dir: Path,
    paths: Sequence[Path],
    date: dt.date | None = None,
    tell: Tell = lambda name, done, total: None,
    *,
    replace: bool = False,
) -> Snapshot:
    """Keep copies of files a person already has as a snapshot of a source.

    Args:
        paths: one for each download of the source, told apart by name where there are several; for one that comes in
            parts, all of them, or their folder.
        date: of the data, where the person knows it.
        replace: also where another snapshot of that day stands.

    Raises:
        BadRequest: a file does not exist, or does not fit a download of the source.
        SourceError: a file is empty or damaged.
    """
    if spec.live is None:
        raise BadRequest(f"Source '{spec.name}' is kept by hand.", "Edit its files under data/curated and build again.")
    require_past(date)
    given = matched(spec, spec.live.downloads, paths)
    incoming = data_dir / "raw" / spec.name / _INCOMING
    files: list[RawFile] = []
    dates: list[str | None] = []
    for each in given:
        _require_kind(each.path, each.origin)
        if spec.live.downloads[each.download].paged and (require := getattr(_pages(spec), "require", None)):
            require(each.path, each.origin)
    with exclusive(data_dir, f"fetch-{spec.name}"):
        _tidy(incoming.parent)
        for each in given:
            incoming.mkdir(parents=True, exist_ok=True)
            target = incoming / each.name
            size, sha256 = _copied(each.path, target, partial(tell, each.origin))
            files.append(RawFile(each.download, each.name, size, sha256, each.origin))
            dates.append(date_in(each.origin) or newest_member(target))
        told = date.isoformat() if date else max((d for d in dates if d), default=None)
        return _keep(spec, data_dir, incoming, files, told, replace=replace)


def _pages(spec: SourceSpec) -> ModuleType:
    """The module of a source that asks for its listing page by page, and may `require` of a file that it is one."""
    return importlib.import_module(f"ingest.sources.{spec.name}.fetch")


def _require_kind(path: Path, name: str) -> None:
    """Refuse, before it is kept, what is not of the kind its name says; it would take the day of the right file.

    Raises:
        SourceError: it is empty, or no zip archive.
    """
    if not path.stat().st_size:
        raise SourceError(f"{name} is empty.", "Fetch it again, or give another file with --from.")
    if path.suffix.lower() == ".zip":
        require_zip(path, name)


def _keep(
    spec: SourceSpec, data_dir: Path, incoming: Path, files: Sequence[RawFile], date: str | None, *, replace: bool
) -> Snapshot:
    """Move files out of `incoming` into the folder of their date, in one step; `replace` what stands there.

    Files without a date that are those of the newest snapshot are no new one.
    """
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    day = date or now.date().isoformat()
    folder = data_dir / "raw" / spec.name / day
    made = Snapshot(spec.name, folder, dt.date.fromisoformat(day), date is not None, now.isoformat(), tuple(files))
    held = _standing(folder, made, replace=replace)
    if held and held.checksum == made.checksum:
        for each in files:  # the same bytes: what was damaged since is put right
            if not held.holds(each):
                (incoming / each.name).replace(held.folder / each.name)
        shutil.rmtree(incoming)
        return changed(held, unchanged=True)
    if held and held.folder == folder and not replace:
        raise BadRequest(
            f"There is another snapshot of '{spec.name}' of {day}, with other content.",
            "Say --replace to put this one in its place, or give the date of this one with --date.",
        )
    record = {**asdict(made), "date": day}
    del record["folder"], record["unchanged"]
    for noted in record["files"]:
        if not noted["note"]:
            del noted["note"]
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    with tempfile.NamedTemporaryFile("w", dir=incoming, delete=False, encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(incoming / SIDECAR)
    for stray in incoming.iterdir():
        if stray.name in {SIDECAR, *(each.name for each in files)}:
            continue
        if stray.is_dir():
            shutil.rmtree(stray)
        else:
            stray.unlink()
    old = folder.with_name(_REPLACED + day)
    if folder.exists():
        folder.replace(old)  # a kill from here to the next line: `_tidy` puts it back
    incoming.replace(folder)
    if old.exists():
        shutil.rmtree(old)
    return made


def _standing(folder: Path, made: Snapshot, *, replace: bool) -> Snapshot | None:
    """What the files that came are held against: the newest if they have no date and are its own, else their day's.

    With `replace`, a folder of their day that cannot be read is none.
    """
    held = None
    if folder.exists():
        try:
            held = _read(folder / SIDECAR)
        except SourceError:
            if not replace:
                raise
            return None
    if not made.dated:
        for day in sorted(folder.parent.glob("????-??-??"), reverse=True):
            with suppress(SourceError):  # of another day: a build says it
                last = _read(day / SIDECAR)
                return last if last.checksum == made.checksum else held
    return held


def _tidy(root: Path) -> None:
    """Finish what a run that was killed while it replaced a snapshot left: put the old one back, or delete it."""
    for old in root.glob(_REPLACED + "*"):
        folder = root / old.name.removeprefix(_REPLACED)
        if folder.exists():
            shutil.rmtree(old)
        else:
            old.replace(folder)


def _read(path: Path) -> Snapshot:
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Snapshot(
            source=raw["source"],
            folder=path.parent,
            date=dt.date.fromisoformat(raw["date"]),
            dated=raw["dated"],
            retrieved=raw["retrieved"],
            files=tuple(RawFile(**file) for file in raw["files"]),
        )
    except FileNotFoundError as error:
        raise SourceError(
            f"{path.parent} has no {SIDECAR}, which says where its files come from.", _anew(path.parent)
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} cannot be read.", _anew(path.parent)) from error


def _anew(folder: Path) -> str:
    return (
        f"Replace it: python -m ingest fetch {folder.parent.name} --date {folder.name} --replace,"
        " with --from FILE if you have its file; or move the folder elsewhere."
    )


def _copied(path: Path, target: Path, tell: Callable[[int, int], None]) -> tuple[int, str]:
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as source, target.open("wb") as sink:
        while piece := source.read(_PIECE):
            digest.update(piece)
            sink.write(piece)
            done += len(piece)
            tell(done, total)
    return done, digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
