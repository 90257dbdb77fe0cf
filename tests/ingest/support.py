"""Sources read over small fixtures instead of the bundled files."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

from ingest.catalogue import SourceSpec, source
from ingest.reading import Reading, SourceFiles

FIXTURES = Path(__file__).parent.parent / "fixtures"


def spec_over(name: str, folder: Path | None = None) -> SourceSpec:
    folder = folder or FIXTURES / name
    spec = source(name)
    return replace(spec, files={k: replace(f, path=folder / f.path.name) for k, f in spec.files.items()}, expected=())


def read(name: str, folder: Path | None = None) -> Reading:
    return import_module(f"ingest.sources.{name}.read").read(SourceFiles(spec_over(name, folder)))


def rows(frame, *columns):
    return set(frame.select(columns).iter_rows())
