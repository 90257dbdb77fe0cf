"""What each `ingest/sources/<name>/source.toml` says; the folder is the catalogue, there is no other list."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from graph.errors import BadRequest, SourceError

SOURCES_DIR: Final = Path(__file__).parent / "sources"
BUNDLED_DIR: Final = Path(__file__).parent.parent / "data"

OverTime = Literal["replaced", "closed", "carried"]


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One table of a source: the columns its reader uses and those it ignores, each with the reason.

    Attributes:
        path: the file; of a published table, the download that holds it.
        more: files that go on with it, where a person gave a download in parts.
        optional: columns used where they are there; null where they are not.
        aliases: name in another vintage -> the name used here.
        download: key of the download, for a table as its publisher lays it out; empty for a bundled one.
        member: name in the archive; None for a download that is the table itself.
        may_lack: whether the archive may come without it.
    """

    key: str
    path: Path
    columns: tuple[str, ...]
    ignored: Mapping[str, str]
    optional: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    download: str = ""
    member: str | None = None
    may_lack: bool = False
    more: tuple[Path, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file of the table, in the order they are read."""
        return (self.path, *self.more)


@dataclass(frozen=True, slots=True)
class Download:
    """One file a publisher offers.

    Attributes:
        file: the name it is kept under.
        url: empty where it has no address, such as a department's own table.
        largest: bytes it may have.
        optional: whether a snapshot may do without it.
        paged: whether the source's own `fetch.py` asks for it page by page, instead of one download.
        also: other suffixes a person's own file may have, such as `.xml`.
        parts: whether a person may give it as several files or a folder of them, as OpenAlex's snapshot comes.
    """

    file: str
    url: str
    largest: int
    optional: bool = False
    paged: bool = False
    also: tuple[str, ...] = ()
    parts: bool = False


@dataclass(frozen=True, slots=True)
class Live:
    """What a source's publisher offers today, beside or instead of the bundled tables.

    Attributes:
        hosts: where it may be fetched from.
        cadence_en, cadence_fr: how often it is renewed.
        files: its tables in the publisher's own layout, and bundled ones it is read by.
    """

    hosts: tuple[str, ...]
    cadence_en: str
    cadence_fr: str
    coverage_en: str
    coverage_fr: str
    downloads: Mapping[str, Download]
    files: Mapping[str, FileSpec]
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """A count the build must meet within a relative tolerance."""

    what: str
    value: int
    tolerance: float

    def met(self, actual: int) -> bool:
        """Whether the actual count is within tolerance."""
        return abs(actual - self.value) <= self.value * self.tolerance


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A figure known from outside the graph, with the Cypher that must give it."""

    what: str
    cypher: str
    value: int
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One source: who publishes it, what it covers, its files and what is expected of them.

    Attributes:
        date: of the data; the day it was retrieved, where `dated` is false.
        dated: whether the publisher's files carry a date.
        priority: where sources name the same body, the lowest number gives its properties.
        reference: whether every graph needs it, whatever else it is of: countries, programmes, the CNRS itself.
        over_time: what becomes of an older snapshot's records that a newer one leaves out: `replaced`, they are gone
            and it is not read; `closed`, its ties end with a date; `carried`, they still hold, such as the year before.
        supersedes: sources that count the same thing, left out where this one was fetched, or it were counted twice.
        files: the bundled tables; of a spec `at` a snapshot, the published ones. Empty: nothing is bundled.
        live: what can be fetched; None for what is kept by hand.
        published: True at a snapshot.
        checksum: of the snapshot's files; empty for the bundled tables.
        given: True where a person gave the snapshot's files: they are as large as they are.
        past: True at a snapshot that is not the newest: only what newer ones dropped is taken from it.
    """

    name: str
    title_en: str
    title_fr: str
    publisher_en: str
    publisher_fr: str
    licence_en: str
    licence_fr: str
    url: str
    date: dt.date
    dated: bool
    coverage_en: str
    coverage_fr: str
    priority: int
    files: Mapping[str, FileSpec]
    expected: tuple[Expected, ...]
    known: tuple[KnownValue, ...]
    reference: bool = False
    over_time: OverTime = "replaced"
    supersedes: tuple[str, ...] = ()
    live: Live | None = None
    published: bool = False
    checksum: str = ""
    given: bool = False
    past: bool = False

    def at(
        self,
        date: dt.date,
        checksum: str,
        path: Callable[[str], Path],
        *,
        more: Callable[[str], tuple[Path, ...]] = lambda download: (),
        dated: bool = True,
        given: bool = False,
    ) -> SourceSpec:
        """This source over a snapshot of what its publisher offers; figures known of another day no longer hold.

        Args:
            path: download -> where its file is.
            more: download -> where the files are that go on with it.
        """
        if self.live is None:
            raise BadRequest(f"Source '{self.name}' is kept by hand.", "Delete its folder under raw.")
        files = {
            key: replace(file, path=path(file.download), more=more(file.download)) if file.download else file
            for key, file in self.live.files.items()
        }
        return replace(
            self,
            date=date,
            dated=dated,
            coverage_en=self.live.coverage_en,
            coverage_fr=self.live.coverage_fr,
            files=files,
            expected=self.live.expected,
            known=self.known if date == self.date else (),
            published=True,
            checksum=checksum,
            given=given,
        )

    @property
    def snapshot(self) -> str:
        """Id of the snapshot this source stands at."""
        return f"{self.name}@{self.date.isoformat()}"


@cache
def sources() -> tuple[SourceSpec, ...]:
    """Return every source of the folder, best priority first."""
    found = [load(path) for path in sorted(SOURCES_DIR.glob("*/source.toml"))]
    return tuple(sorted(found, key=lambda spec: (spec.priority, spec.name)))


def source(name: str) -> SourceSpec:
    """Return one source by name.

    Raises:
        BadRequest: there is no such source; names those there are.
    """
    for spec in sources():
        if spec.name == name:
            return spec
    raise BadRequest(f"There is no source '{name}'.", f"Choose one of {', '.join(s.name for s in sources())}.")


def load(path: Path, *, data: Path = BUNDLED_DIR) -> SourceSpec:
    """Read one source.toml; file paths in it are relative to `data`.

    Raises:
        SourceError: a field is missing; names it.
    """
    raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return SourceSpec(
            name=path.parent.name,
            title_en=raw["title_en"],
            title_fr=raw["title_fr"],
            publisher_en=raw["publisher_en"],
            publisher_fr=raw["publisher_fr"],
            licence_en=raw["licence_en"],
            licence_fr=raw["licence_fr"],
            url=raw["url"],
            date=raw["date"],
            dated=raw.get("dated", True),
            coverage_en=raw["coverage_en"],
            coverage_fr=raw["coverage_fr"],
            priority=raw["priority"],
            files={
                key: FileSpec(key, data / entry["path"], tuple(entry["columns"]), entry.get("ignored", {}))
                for key, entry in raw.get("files", {}).items()
            },
            expected=_expected(raw),
            known=tuple(
                KnownValue(entry["what"], entry["cypher"], entry["value"], entry.get("params", {}))
                for entry in raw.get("known", [])
            ),
            reference=raw.get("reference", False),
            over_time=_over_time(raw.get("over_time", "replaced")),
            supersedes=tuple(raw.get("supersedes", ())),
            live=_live(raw["live"], data) if "live" in raw else None,
        )
    except KeyError as error:
        raise SourceError(
            f"The description of source '{path.parent.name}' lacks {error}.", f"Add it to {path.name} of that source."
        ) from error


def _over_time(word: str) -> OverTime:
    for known in get_args(OverTime):
        if word == known:
            return cast("OverTime", known)
    raise KeyError(f"over_time = one of {', '.join(get_args(OverTime))}")


def _expected(raw: Mapping[str, Any]) -> tuple[Expected, ...]:
    return tuple(
        Expected(what, entry["value"], entry.get("tolerance", 0.0)) for what, entry in raw.get("expected", {}).items()
    )


def _live(raw: Mapping[str, Any], data: Path) -> Live:
    return Live(
        hosts=tuple(raw.get("hosts", ())),
        cadence_en=raw["cadence_en"],
        cadence_fr=raw["cadence_fr"],
        coverage_en=raw["coverage_en"],
        coverage_fr=raw["coverage_fr"],
        downloads={
            key: Download(
                entry["file"],
                entry.get("url", ""),
                entry.get("largest_mb", 500) * 1024**2,
                entry.get("optional", False),
                entry.get("paged", False),
                tuple(entry.get("also", ())),
                entry.get("parts", False),
            )
            for key, entry in raw["downloads"].items()
        },
        files={
            key: FileSpec(
                key,
                data / entry.get("path", ""),
                tuple(entry["columns"]),
                entry.get("ignored", {}),
                optional=tuple(entry.get("optional", ())),
                aliases=entry.get("aliases", {}),
                download=entry.get("download", ""),
                member=entry.get("member"),
                may_lack=entry.get("may_lack", False),
            )
            for key, entry in raw.get("files", {}).items()
        },
        expected=_expected(raw),
    )
