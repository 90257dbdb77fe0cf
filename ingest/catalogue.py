"""What each `ingest/sources/<name>/source.toml` says; the folder is the catalogue, there is no other list."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from graph.errors import BadRequest, SourceError

SOURCES_DIR: Final = Path(__file__).parent / "sources"
BUNDLED_DIR: Final = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One file of a source: the columns its reader uses and those it ignores, each with the reason."""

    key: str
    path: Path
    columns: tuple[str, ...]
    ignored: Mapping[str, str]


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
                for key, entry in raw["files"].items()
            },
            expected=tuple(
                Expected(what, entry["value"], entry.get("tolerance", 0.0))
                for what, entry in raw.get("expected", {}).items()
            ),
            known=tuple(
                KnownValue(entry["what"], entry["cypher"], entry["value"], entry.get("params", {}))
                for entry in raw.get("known", [])
            ),
        )
    except KeyError as error:
        raise SourceError(
            f"The description of source '{path.parent.name}' lacks {error}.", f"Add it to {path.name} of that source."
        ) from error
