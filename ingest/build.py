"""The walk from files to the store: read, resolve, assemble, load. The same inputs again change nothing."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import SourceError
from graph.files import whole
from graph.settings import Settings
from graph.store.build import stamp, stamped
from ingest.catalogue import SourceSpec, sources
from ingest.fingerprint import JUDGEMENTS, fingerprint
from ingest.lock import exclusive
from ingest.selection import Selection, chosen, remember, specs
from ingest.snapshot import snapshots

if TYPE_CHECKING:  # polars and the driver load only when there is something to build
    from graph.store import LoadReport, Store
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
        columns: source and name of columns their publishers added since.
        aside: where an edited list of unsure pairs that cannot be read was put.
        load: what the store changed; None when up to date.
    """

    up_to_date: bool
    fingerprint: str
    counts: Mapping[str, Mapping[str, int]]
    audit: Mapping[str, tuple[int, int, int, int]]
    conflicts: tuple[tuple[str, str, str], ...]
    load: LoadReport | None
    columns: tuple[tuple[str, str], ...] = ()
    aside: Path | None = None


def is_up_to_date(settings: Settings, selection: Selection | None = None) -> bool:
    """Whether the embedded store of the data directory holds exactly these inputs; well under a second.

    A Neo4j server is asked by the build itself: nothing on this machine can know what it holds.
    """
    return settings.neo4j_uri is None and stamped(settings.store_dir) == wanted(settings, selection)


def wanted(settings: Settings, selection: Selection | None = None) -> str:
    """Fingerprint that a graph of the data directory's sources would have now."""
    selection = selection or chosen(settings.data_dir) or Selection()
    return fingerprint(specs(settings.data_dir, selection), selection)


def build(
    settings: Settings,
    progress: Progress = lambda what, done, total: None,
    selection: Selection | None = None,
    *,
    accept_counts: bool = False,
) -> BuildOutcome:
    """Read every source, resolve, and bring the store to these inputs.

    Writes the rows not used to `rejects/<source>.csv` under the data directory.
    Nothing is loaded unless every source meets its expected counts.

    Args:
        selection: what the graph is made of; what was chosen for the directory before, if left out.
        accept_counts: build from downloads of another size than their source.toml expects.

    Raises:
        ExplorerError: another build runs in the same data directory.
        SourceError: a file, a column or a count is not as its source.toml says.
        InvalidRecords: records break the schema.
        StoreUnavailable: the store cannot be reached or started.
    """
    selection = selection or chosen(settings.data_dir) or Selection()
    found = specs(settings.data_dir, selection)
    value = fingerprint(found, selection)
    if settings.neo4j_uri is None and stamped(settings.store_dir) == value:
        return BuildOutcome(True, value, {}, {}, (), None)
    with exclusive(settings.data_dir):
        from graph.store import open_store  # noqa: PLC0415 - see the module's imports
        from ingest.resolve.review import write_review  # noqa: PLC0415

        if settings.neo4j_uri is not None:
            with open_store(settings) as store:  # a server answers at once
                if _holds(store, value):
                    return BuildOutcome(True, value, {}, {}, (), None)
        # The engine takes as long to start as the sources to read, and mostly waits: do both at once.
        with ThreadPoolExecutor(1) as starter:
            starting = starter.submit(open_store, settings)
            for source in found:
                if source.published:
                    _verify(settings.data_dir, source)
            readings, assembly = assemble_all(progress, found, selection, accept_counts=accept_counts)
        remember(settings.data_dir, selection)  # before the stamp: a kill in between must not leave it unknown
        write_rejects(settings.data_dir, assembly)
        aside = write_review(settings.data_dir, assembly.proposed)
        with starting.result() as store:
            if _holds(store, value):
                if settings.neo4j_uri is None:
                    stamp(settings.store_dir, value)
                return BuildOutcome(True, value, {}, {}, (), None)
            load = store.sync(assembly.tables, fingerprint=value, progress=progress)
    columns = tuple((spec.name, column) for spec, reading in readings for column in reading.new_columns)
    audit = _audit(readings, assembly)
    return BuildOutcome(False, value, assembly.counts, audit, assembly.conflicts, load, columns, aside)


def _holds(store: Store, value: str) -> bool:
    held = store.build()
    return held is not None and held.current and held.fingerprint == value


def assemble_all(
    progress: Progress = lambda what, done, total: None,
    found: Sequence[SourceSpec] | None = None,
    selection: Selection | None = None,
    *,
    accept_counts: bool = False,
) -> tuple[list[tuple[SourceSpec, Reading]], Assembly]:
    """Read every source and assemble the tables; touches no store, takes a second or two over the bundled ones.

    Raises:
        SourceError: a file, a column or a count is not as its source.toml says, or a snapshot was tampered with.
    """
    from ingest.assemble import assemble  # noqa: PLC0415 - see the module's imports
    from ingest.resolve import load_judgements  # noqa: PLC0415

    found = [spec for spec in sources() if spec.files] if found is None else found
    readings: list[tuple[SourceSpec, Reading]] = []
    for done, spec in enumerate(found):
        progress(f"reading {spec.name}", done, len(found))
        reading = read_source(spec, selection or Selection())
        if not accept_counts and not spec.past:
            require_expected(spec, reading)
        readings.append((spec, reading))
    readings = _over_time(readings, selection or Selection())
    progress("resolving identifiers", len(found), len(found))
    return readings, assemble(readings, load_judgements(JUDGEMENTS), (selection or Selection()).resolve)


def _over_time(readings: list[tuple[SourceSpec, Reading]], selection: Selection) -> list[tuple[SourceSpec, Reading]]:
    """The readings, past ones reduced to what newer ones of their source dropped, or leave standing."""
    past = {spec.name for spec, _ in readings if spec.past}
    if not past:
        return readings
    from ingest.vintages import Vintage, carried, closed  # noqa: PLC0415 - see the module's imports

    everything = Selection(projects="all")
    kept = [pair for pair in readings if pair[0].name not in past]
    for name in past:
        pairs = sorted((pair for pair in readings if pair[0].name == name), key=lambda pair: pair[0].date)
        if pairs[-1][0].over_time == "carried":
            older = carried([reading for _, reading in pairs])
        else:
            # Of the oldest nothing older is judged by it.
            older = closed(
                [
                    Vintage(
                        spec.date, reading, reading if selection.whole or not place else read_source(spec, everything)
                    )
                    for place, (spec, reading) in enumerate(pairs)
                ]
            )
        kept.append(pairs[-1])
        kept.extend((spec, reading) for (spec, _), reading in zip(pairs[:-1], older, strict=True))
    # Past ones come last: a newer description of a body, of whatever source, is the better one.
    return sorted(kept, key=lambda pair: (pair[0].past, pair[0].priority, pair[0].name))


def read_source(spec: SourceSpec, selection: Selection | None = None) -> Reading:
    """Run the source's own reader over its files: `read` for the bundled tables, `read_published` for a snapshot."""
    from ingest.reading import SourceFiles  # noqa: PLC0415 - see the module's imports

    reader = importlib.import_module(f"ingest.sources.{spec.name}.read")
    files = SourceFiles(spec, whole=selection is not None and selection.whole)
    reading: Reading = reader.read_published(files) if spec.published else reader.read(files)
    return reading


def require_expected(spec: SourceSpec, reading: Reading) -> None:
    """Stop a build that would publish a truncated source; a file a person gave is taken as it is.

    Expected of bundled tables are records by kind, of a download rows by table or records by kind.

    Raises:
        SourceError: a count is outside its tolerance; names both counts.
    """
    counts = {**reading.records, **reading.tables} if spec.published else reading.records
    for expected in () if spec.given else spec.expected:
        actual = counts.get(expected.what, 0)
        if not expected.met(actual):
            raise SourceError(
                f"Source '{spec.name}' gives {actual:,} {expected.what} where {expected.value:,} are expected.",
                "Build with --accept-counts if that is right, or fetch it again."
                if spec.published
                else "Restore its files, or correct the expected count in its source.toml.",
            )


def _verify(data_dir: Path, spec: SourceSpec) -> None:
    held = [each for each in snapshots(data_dir, spec.name) if each.checksum == spec.checksum]
    if not held:
        raise SourceError(f"The snapshot of '{spec.name}' was replaced meanwhile.", "Run the build again.")
    for snapshot in held:
        snapshot.verify()


def write_rejects(data_dir: Path, assembly: Assembly) -> None:
    """Write what was not used, one CSV a source; a source with nothing to list gets a file with the header only."""
    import polars as pl  # noqa: PLC0415 - see the module's imports

    from graph.export import defused  # noqa: PLC0415

    folder = data_dir / "rejects"
    folder.mkdir(parents=True, exist_ok=True)
    conflicts = pl.DataFrame(
        assembly.conflicts, schema=dict.fromkeys(("left", "right", "reason"), pl.String), orient="row"
    )
    for name, frame in {**assembly.audits, "identifiers": conflicts}.items():
        with whole(folder / f"{name}.csv") as part:
            frame.with_columns(map(defused, frame.select(pl.col(pl.String)).columns)).write_csv(part)


def _audit(readings: list[tuple[SourceSpec, Reading]], assembly: Assembly) -> dict[str, tuple[int, int, int, int]]:
    audit: dict[str, tuple[int, int, int, int]] = {}
    for spec, reading in readings:
        if spec.past:
            continue
        outcomes = assembly.audits[spec.name].group_by("outcome").len().rows()
        counts: dict[str, int] = {str(outcome): int(count) for outcome, count in outcomes}
        ignored, rejected = counts.get("ignored", 0), counts.get("rejected", 0)
        audit[spec.name] = (reading.rows, reading.rows - ignored - rejected, ignored, rejected)
    return audit
