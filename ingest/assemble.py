"""From readings to the tables of the store: identifiers resolved, records of one body merged, ends checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from graph.schema import NODE_BY_LABEL, NODES, RELATIONSHIP_BY_TYPE, NodeKind, Property
from graph.store.tables import DTYPES, Tables
from graph.store.text import fold
from ingest.catalogue import SourceSpec
from ingest.reading import AUDIT, GRANT, Ends, Reading
from ingest.resolve import Judgement, Linker
from ingest.resolve.propose import linked, machine_judgements, proposals
from ingest.selection import Resolve
from ingest.vintages import CLOSED

"""`all` compares names too; `ids` joins by what the sources' rows and people say, and nothing else."""

RESOLVED: Final = "Institution"
"""The label whose identifiers the linker resolves; all others are the source's own."""

PLACED: Final = ("Institution", "Lab")
"""Labels whose `country` also becomes a LOCATED_IN relationship."""

_SEARCHED: Final = ("name", "name_en", "name_fr", "acronym", "label", "code", "grant", "aliases")
_BUILT: Final = ("digest",)
"""Columns the store fills in."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """The tables to load, and what each source contributed.

    Attributes:
        audits: source -> its audit, what assembling set aside included.
        counts: source -> kind (label or type) -> records contributed.
        conflicts: links between identifiers that were refused, with the reason.
        proposed: pairs of bodies that were joined by their names, or that are for a person to decide.
    """

    tables: Tables
    audits: Mapping[str, pl.DataFrame]
    counts: Mapping[str, Mapping[str, int]]
    conflicts: tuple[tuple[str, str, str], ...]
    proposed: pl.DataFrame


def assemble(
    readings: Sequence[tuple[SourceSpec, Reading]], judgements: Iterable[Judgement], resolve: Resolve = "all"
) -> Assembly:
    """Merge readings into one set of tables.

    Where several sources describe one node, each property comes from the best
    source (lowest priority number) that has it; provenance is that of the best
    source. Relationships whose ends are not in the graph are set aside.
    """
    audits = {spec.name: [reading.audit] for spec, reading in readings if not spec.past}
    only = [reading for _, reading in readings]
    judged = [judgement for judgement in judgements if judgement.human or resolve == "all"]
    proposed = proposals(only if resolve == "all" else [], judged)
    linker = linked(only, [*judged, *machine_judgements(proposed)])
    canonical = _canonical(linker)
    nodes = {
        label: frame for label in NODE_BY_LABEL if (frame := _nodes(label, readings, canonical, linker)) is not None
    }
    nodes = {label: _complete(NODE_BY_LABEL[label], frame, audits) for label, frame in nodes.items()}
    relationships = _still_closed(_relationships(readings, canonical))
    relationships = {ends: _by_grant(ends, frame, nodes) for ends, frame in relationships.items()}
    relationships |= {("LOCATED_IN", label, "Country"): _located(nodes[label]) for label in PLACED if label in nodes}
    ids = {label: frame["id"] for label, frame in nodes.items()}
    kept = {ends: _checked(ends, frame, ids, audits) for ends, frame in relationships.items()}
    merged = {name: pl.concat(parts) for name, parts in audits.items()}
    nodes |= _provenance(readings, merged)
    kept["PART_OF", "Snapshot", "Source"] = _relationship_columns(
        "PART_OF",
        nodes["Snapshot"].select(start="id", end="source", source="source", snapshot="snapshot", record="record"),
    )
    return Assembly(
        tables=Tables(nodes=nodes, relationships=kept),
        audits=merged,
        counts=_counts(readings),
        conflicts=tuple((c.left, c.right, c.reason) for c in linker.conflicts),
        proposed=proposed,
    )


def _canonical(linker: Linker) -> pl.DataFrame:
    table = linker.table()
    return pl.DataFrame(
        {"id": list(table), "canonical": list(table.values())}, schema={"id": pl.String, "canonical": pl.String}
    )


def _resolve(frame: pl.DataFrame, column: str, canonical: pl.DataFrame) -> pl.DataFrame:
    joined = frame.join(canonical, left_on=column, right_on="id", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("canonical", column).alias(column)).drop("canonical")


def _nodes(
    label: str, readings: Sequence[tuple[SourceSpec, Reading]], canonical: pl.DataFrame, linker: Linker
) -> pl.DataFrame | None:
    kind = NODE_BY_LABEL[label]
    parts = [
        _typed(reading.nodes[label], kind.columns).with_columns(
            pl.lit(spec.name).alias("source"), pl.lit(spec.snapshot).alias("snapshot"), pl.lit(rank).alias("rank")
        )
        for rank, (spec, reading) in enumerate(readings)
        if label in reading.nodes
    ]
    if not parts:
        return None
    frame = pl.concat(parts, how="diagonal")
    if label == RESOLVED:
        frame = _resolve(frame, "id", canonical)
        # a name beats no name, whatever the source
        frame = frame.sort(pl.col("named").not_(), "rank", maintain_order=True)
        aliases = _aliases(frame)
    frame = _merged(frame.drop("rank"))
    if label == RESOLVED:
        groups = linker.groups()
        frame = (
            frame.drop("identifiers", "aliases", strict=False)
            .join(aliases, on="id", how="left", maintain_order="left")
            .with_columns(pl.Series("identifiers", [groups.get(i, [i]) for i in frame["id"]], dtype=pl.List(pl.String)))
        )
    return frame


def _merged(frame: pl.DataFrame) -> pl.DataFrame:
    """One row an id: provenance of the first row, every other property from the first row that has it."""
    repeated = frame["id"].is_duplicated()
    if not repeated.any():
        return frame
    provenance = ("source", "snapshot", "record")
    several = (
        frame.filter(repeated)
        .group_by("id", maintain_order=True)
        .agg(
            pl.col(column).first() if column in provenance else pl.col(column).drop_nulls().first()
            for column in frame.columns
            if column != "id"
        )
    )
    return pl.concat([frame.filter(~repeated), several.select(frame.columns)])


def _aliases(frame: pl.DataFrame) -> pl.DataFrame:
    """Every other name the sources give a body, best source first, then what they call its other names."""
    named = frame.filter(pl.col("named")).select("id", "name")
    if "aliases" in frame.columns:
        others = frame.select("id", name="aliases").explode("name").drop_nulls("name")
        named = pl.concat([named, others.join(named, on="id", how="semi", maintain_order="left")])
    return (
        named.unique(["id", "name"], keep="first", maintain_order=True)
        .group_by("id", maintain_order=True)
        .agg(pl.col("name").slice(1).alias("aliases"))
        .filter(pl.col("aliases").list.len() > 0)
    )


def _typed(frame: pl.DataFrame, columns: Sequence[Property]) -> pl.DataFrame:
    known = {column.name: DTYPES[column.type] for column in columns}
    return frame.with_columns(pl.col(name).cast(known[name]) for name in frame.columns if name in known)


def _complete(kind: NodeKind, frame: pl.DataFrame, audits: Mapping[str, list[pl.DataFrame]]) -> pl.DataFrame:
    """All columns of the kind; a row without a required value is set aside."""
    missing = [c for c in kind.columns if c.name not in frame.columns and c.name not in ("search", *_BUILT)]
    frame = frame.with_columns(pl.lit(None, DTYPES[c.type]).alias(c.name) for c in missing)
    for column in kind.columns:
        if column.required and column.name in frame.columns and frame[column.name].null_count():
            lacking = pl.col(column.name).is_null()
            _set_aside(
                frame.filter(lacking), "rejected", f"{kind.label} without {column.name}", pl.col("record"), audits
            )
            frame = frame.filter(~lacking)
    if kind.fulltext:
        frame = frame.with_columns(_search(frame).alias("search"))
    return frame.select(c.name for c in kind.columns if c.name not in _BUILT)


def _search(frame: pl.DataFrame) -> pl.Series:
    texts = [
        pl.col(column).list.join(" ") if column == "aliases" else pl.col(column)
        for column in _SEARCHED
        if column in frame.columns
    ]
    joined = frame.select(search=pl.concat_str(texts, separator=" ", ignore_nulls=True))["search"]
    return pl.Series("search", [fold(text) for text in joined], dtype=pl.String)


def _relationships(readings: Sequence[tuple[SourceSpec, Reading]], canonical: pl.DataFrame) -> dict[Ends, pl.DataFrame]:
    parts: dict[Ends, list[pl.DataFrame]] = {}
    for spec, reading in readings:
        for ends, frame in reading.relationships.items():
            type_, start, end = ends
            resolved = frame
            for column, label in (("start", start), ("end", end)):
                if label == RESOLVED:
                    resolved = _resolve(resolved, column, canonical)
            stamped = resolved.with_columns(pl.lit(spec.name).alias("source"), pl.lit(spec.snapshot).alias("snapshot"))
            parts.setdefault(ends, []).append(_relationship_columns(type_, stamped))
    return {
        ends: pl.concat(frames).unique(["start", "end", "record"], keep="first", maintain_order=True)
        for ends, frames in parts.items()
    }


def _still_closed(relationships: dict[Ends, pl.DataFrame]) -> dict[Ends, pl.DataFrame]:
    """Without ties told as former that a body still has under another identifier."""
    found = dict(relationships)
    for (type_, start, end), frame in relationships.items():
        if type_ == CLOSED:
            parts = [
                part.join(relationships[str(was), start, end], on=["start", "end"], how="anti", maintain_order="left")
                if (str(was), start, end) in relationships
                else part
                for (was,), part in frame.group_by("type", maintain_order=True)
            ]
            found[type_, start, end] = pl.concat(parts) if parts else frame
    return found


def _by_grant(ends: Ends, frame: pl.DataFrame, nodes: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Ends that name a project by its grant agreement, told by its id where exactly one project has that grant."""
    named = pl.col("end").str.starts_with(GRANT)
    if ends[2] != "Project" or "Project" not in nodes or not frame.select(named.any()).item():
        return frame
    grants = nodes["Project"].drop_nulls("grant").select("id", end=pl.format(f"{GRANT}{{}}:{{}}", "framework", "grant"))
    grants = grants.filter(pl.col("end").is_unique())
    joined = frame.join(grants, on="end", how="left", maintain_order="left")
    return joined.with_columns(end=pl.coalesce("id", "end")).drop("id")


def _relationship_columns(type_: str, frame: pl.DataFrame) -> pl.DataFrame:
    columns = [c for c in RELATIONSHIP_BY_TYPE[type_].columns if c.name not in _BUILT]
    frame = _typed(frame, columns)
    missing = [c for c in columns if c.name not in frame.columns]
    return frame.with_columns(pl.lit(None, DTYPES[c.type]).alias(c.name) for c in missing).select(
        "start", "end", *(c.name for c in columns)
    )


def _located(nodes: pl.DataFrame) -> pl.DataFrame:
    placed = nodes.filter(pl.col("country").is_not_null())
    return _relationship_columns(
        "LOCATED_IN",
        placed.select(start="id", end="country", source="source", snapshot="snapshot", record="record"),
    )


def _checked(
    ends: Ends, frame: pl.DataFrame, ids: Mapping[str, pl.Series], audits: Mapping[str, list[pl.DataFrame]]
) -> pl.DataFrame:
    type_, start, end = ends
    for column, label in (("start", start), ("end", end)):
        there = ids.get(label, pl.Series("id", [], dtype=pl.String))
        absent = ~frame[column].is_in(there.implode())
        if absent.any():
            _set_aside(frame.filter(absent), "value", f"{type_}: no such {label}", pl.col(column), audits)
            frame = frame.filter(~absent)
    return frame


def _set_aside(
    frame: pl.DataFrame, outcome: str, reason: str, value: pl.Expr, audits: Mapping[str, list[pl.DataFrame]]
) -> None:
    for (name,), part in frame.group_by("source", maintain_order=True):
        audits[str(name)].append(
            part.select(
                pl.format("record {}", "record").alias("file"),
                pl.lit(None, pl.Int64).alias("line"),
                pl.lit(outcome).alias("outcome"),
                pl.lit(reason).alias("reason"),
                value.cast(pl.String).alias("value"),
            ).cast(AUDIT)  # type: ignore[arg-type]
        )


def _provenance(
    readings: Sequence[tuple[SourceSpec, Reading]], audits: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """The Source and Snapshot nodes."""
    source_rows: list[dict[str, object]] = []
    snapshot_rows: list[dict[str, object]] = []
    for spec, reading in readings:
        stamp = {"source": spec.name, "snapshot": spec.snapshot, "record": "source.toml"}
        if not spec.past:
            source_rows.append(
                {
                    "id": spec.name,
                    "name_en": spec.title_en,
                    "name_fr": spec.title_fr,
                    "publisher_en": spec.publisher_en,
                    "publisher_fr": spec.publisher_fr,
                    "licence_en": spec.licence_en,
                    "licence_fr": spec.licence_fr,
                    "url": spec.url,
                    "coverage_en": spec.coverage_en,
                    "coverage_fr": spec.coverage_fr,
                    **stamp,
                }
            )
        audit = reading.audit if spec.past else audits[spec.name]
        outcomes = dict(audit.group_by("outcome").len().iter_rows())
        ignored, rejected = outcomes.get("ignored", 0), outcomes.get("rejected", 0)
        snapshot_rows.append(
            {
                "id": spec.snapshot,
                "date": spec.date,
                "dated": spec.dated,
                "checksum": spec.checksum or checksum(spec),
                "rows": reading.rows,
                "used": reading.rows - ignored - rejected,
                "ignored": ignored,
                "rejected": rejected,
                **stamp,
            }
        )
    rows = {"Source": source_rows, "Snapshot": snapshot_rows}
    return {
        kind.label: _typed(pl.DataFrame(rows[kind.label]), kind.columns).select(
            c.name for c in kind.columns if c.name not in _BUILT
        )
        for kind in NODES
        if kind.label in rows
    }


def checksum(spec: SourceSpec) -> str:
    """SHA-256 over the bytes of a source's files, in the order of its description."""
    digest = hashlib.sha256()
    for file in spec.files.values():
        digest.update(file.path.read_bytes())
    return digest.hexdigest()


def _counts(readings: Sequence[tuple[SourceSpec, Reading]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for spec, reading in readings:
        own = counts.setdefault(spec.name, {})
        for label, frame in reading.nodes.items():
            own[label] = own.get(label, 0) + frame.height
        for (type_, _, _), frame in reading.relationships.items():
            own[type_] = own.get(type_, 0) + frame.height
    return counts
