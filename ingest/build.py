"""The walk from files to the store: read, resolve, assemble, load. The same inputs again change nothing."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import SourceError
from graph.settings import Settings
from graph.store.build import stamp, stamped
from ingest.catalogue import SourceSpec, sources
from ingest.fingerprint import JUDGEMENTS, fingerprint
from ingest.lock import exclusive

if TYPE_CHECKING:  # polars and the driver load only when there is something to build
    from graph.store import LoadReport
    from ingest.assemble import Assembly
    from ingest.reading import Reading

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class BuildOutcome:
    """What a build did.

    Attributes:
        up_to_date: True when the store already held these inputs and nothing was touched.
        counts: source -> kind -> records; empty when up to date.
        audit: source -> (rows, used, ignored, rejected); empty when up to date.
        conflicts: links between identifiers that were refused.
        load: what the store changed; None when up to date.
    """

    up_to_date: bool
    fingerprint: str
    counts: Mapping[str, Mapping[str, int]]
    audit: Mapping[str, tuple[int, int, int, int]]
    conflicts: tuple[tuple[str, str, str], ...]
    load: LoadReport | None


def is_up_to_date(settings: Settings) -> bool:
    """Whether the embedded store of the data directory holds exactly these inputs; well under a second.

    A Neo4j server is asked by the build itself: nothing on this machine can know what it holds.
    """
    return settings.neo4j_uri is None and stamped(settings.store_dir) == fingerprint()


def build(settings: Settings, progress: Progress = lambda what, done, total: None) -> BuildOutcome:
    """Read every source, resolve, and bring the store to these inputs.

    Writes the rows not used to `rejects/<source>.csv` under the data directory.
    Nothing is loaded unless every source meets its expected counts.

    Raises:
        ExplorerError: another build runs in the same data directory.
        SourceError: a file, a column or a count is not as its source.toml says.
        InvalidRecords: records break the schema.
        StoreUnavailable: the store cannot be reached or started.
    """
    value = fingerprint()
    if is_up_to_date(settings):
        return BuildOutcome(True, value, {}, {}, (), None)
    with exclusive(settings.data_dir):
        from graph.store import open_store  # noqa: PLC0415 - see the module's imports

        # The engine takes as long to start as the sources to read, and mostly waits: do both at once.
        with ThreadPoolExecutor(1) as starter:
            starting = starter.submit(open_store, settings)
            readings, assembly = assemble_all(progress)
        for spec, _ in readings:
            require_expected(spec, assembly.counts[spec.name])
        write_rejects(settings.data_dir, assembly)
        with starting.result() as store:
            held = store.build()
            if held is not None and held.current and held.fingerprint == value:
                if settings.neo4j_uri is None:
                    stamp(settings.store_dir, value)
                return BuildOutcome(True, value, {}, {}, (), None)
            load = store.sync(assembly.tables, fingerprint=value, progress=progress)
    return BuildOutcome(False, value, assembly.counts, _audit(readings, assembly), assembly.conflicts, load)


def assemble_all(
    progress: Progress = lambda what, done, total: None,
) -> tuple[list[tuple[SourceSpec, Reading]], Assembly]:
    """Read every source and assemble the tables; touches no store, takes a second or two."""
    from ingest.assemble import assemble  # noqa: PLC0415 - see the module's imports
    from ingest.resolve import load_judgements  # noqa: PLC0415

    specs = sources()
    readings: list[tuple[SourceSpec, Reading]] = []
    for done, spec in enumerate(specs):
        progress(f"reading {spec.name}", done, len(specs))
        readings.append((spec, read_source(spec)))
    progress("resolving identifiers", len(specs), len(specs))
    return readings, assemble(readings, load_judgements(JUDGEMENTS))


def read_source(spec: SourceSpec) -> Reading:
    """Run the source's own reader over its files."""
    from ingest.reading import SourceFiles  # noqa: PLC0415 - see the module's imports

    reader = importlib.import_module(f"ingest.sources.{spec.name}.read")
    reading: Reading = reader.read(SourceFiles(spec))
    return reading


def require_expected(spec: SourceSpec, counts: Mapping[str, int]) -> None:
    """Stop a build that would publish a truncated source.

    Raises:
        SourceError: a count is outside its tolerance; names both counts.
    """
    for expected in spec.expected:
        actual = counts.get(expected.what, 0)
        if not expected.met(actual):
            raise SourceError(
                f"Source '{spec.name}' gives {actual:,} {expected.what} where {expected.value:,} are expected.",
                "Restore its files, or correct the expected count in its source.toml.",
            )


def write_rejects(data_dir: Path, assembly: Assembly) -> None:
    """Write what was not used, one CSV a source; a source with nothing to list gets a file with the header only."""
    import polars as pl  # noqa: PLC0415 - see the module's imports

    folder = data_dir / "rejects"
    folder.mkdir(parents=True, exist_ok=True)
    for source, audit in assembly.audits.items():
        audit.write_csv(folder / f"{source}.csv")
    conflicts = pl.DataFrame(assembly.conflicts, schema=["left", "right", "reason"], orient="row")
    conflicts.write_csv(folder / "identifiers.csv")


def _audit(readings: list[tuple[SourceSpec, Reading]], assembly: Assembly) -> dict[str, tuple[int, int, int, int]]:
    audit: dict[str, tuple[int, int, int, int]] = {}
    for spec, reading in readings:
        outcomes = assembly.audits[spec.name].group_by("outcome").len().rows()
        counts: dict[str, int] = {str(outcome): int(count) for outcome, count in outcomes}
        ignored, rejected = counts.get("ignored", 0), counts.get("rejected", 0)
        audit[spec.name] = (reading.rows, reading.rows - ignored - rejected, ignored, rejected)
    return audit
