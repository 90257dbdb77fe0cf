"""A whole graph in one file: Parquet tables in a zip archive, checksummed, with the version of their schema.

It carries a graph from one engine to another and back, and it is the backup.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import neo4j
import polars as pl

from graph import schema
from graph.errors import BadRequest, NewerSchema, NotBuilt, SourceError, StoreUnavailable
from graph.schema import CONTENT, NODES, RELATIONSHIPS, Property
from graph.store import build
from graph.store.connection import Connection
from graph.store.rows import native
from graph.store.sync import Progress
from graph.store.tables import DTYPES, RelationshipKey, Tables
from graph.store.writes import tie_name

MANIFEST: Final = "manifest.json"
_FORMAT: Final = 1
_ROWS: Final = 50_000
"""Of one file in the archive; so many are held in memory at once."""
_ENDS: Final = (Property("start", "string", "id of the start", True), Property("end", "string", "id of the end", True))


@dataclass(frozen=True)
class Archive:
    """What an archive says of itself.

    Attributes:
        schema_version: of the graph it was made from.
        fingerprint: of the build it holds.
        built_at: when that was built, UTC, ISO 8601.
        dumped_at: when the archive was made.
        records: nodes and relationships in it.
    """

    schema_version: int
    fingerprint: str
    built_at: str
    dumped_at: str
    records: int


def dump(connection: Connection, path: Path, progress: Progress) -> Archive:
    """Write the whole graph to `path`, or nothing.

    Raises:
        NotBuilt: the store holds no complete graph.
        BadRequest: the graph holds what the schema does not know, or the file cannot be written.
        StoreUnavailable: a build changed the graph meanwhile.
    """
    with connection.session(read=True, fetch_size=10_000) as session:
        mark = _mark(session)
        total = _known_only(session)
        partial = path.with_name(f"{path.name}.part")
        try:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
                tables = list(_written(session, archive, total, progress))
                found = Archive(mark[1], mark[0], mark[2], _now(), sum(table["rows"] for table in tables))
                manifest = {
                    "format": _FORMAT,
                    "engine": connection.capabilities.engine,
                    **vars(found),
                    "tables": tables,
                }
                archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            if _mark(session) != mark or found.records != total:
                raise StoreUnavailable("The graph changed while it was read.", "Run this again when no build runs.")
            with partial.open("rb") as file:
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as error:
            raise BadRequest(
                f"{path} cannot be written ({error.strerror or error}).", "Choose another place."
            ) from error
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
    return found


def read(path: Path) -> tuple[Archive, Tables]:
    """Read an archive whole; every file is checked before a row is handed over.

    Raises:
        SourceError: it is missing, damaged, or no archive of a graph.
        NewerSchema: a newer program wrote it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            if manifest["format"] != _FORMAT or manifest["schema_version"] > schema.VERSION:
                raise NewerSchema(
                    f"{path} has format {manifest['format']} and schema version {manifest['schema_version']}; "
                    f"this program reads {_FORMAT} and {schema.VERSION}.",
                    "Load it with the newer program that wrote it.",
                )
            nodes: dict[str, pl.DataFrame] = {}
            ties: dict[RelationshipKey, pl.DataFrame] = {}
            for table in manifest["tables"]:
                frame = _read(archive, table, path)
                if "label" in table:
                    nodes[table["label"]] = frame
                else:
                    ties[table["type"], table["start"], table["end"]] = frame
            names = ("schema_version", "fingerprint", "built_at", "dumped_at", "records")
            return Archive(**{name: manifest[name] for name in names}), Tables(nodes, ties)
    except FileNotFoundError as error:
        raise SourceError(f"{path} is not there.", "Give the file that `python -m graph dump` wrote.") from error
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError, pl.exceptions.PolarsError) as error:
        reason = (str(error) or repr(error)).splitlines()[0][:200]
        raise SourceError(f"{path} is damaged, or no archive of a graph ({reason}).", "Take another copy.") from error


def _written(
    session: neo4j.Session, archive: zipfile.ZipFile, total: int, progress: Progress
) -> Iterator[dict[str, Any]]:
    done = 0
    for kind in CONTENT:
        names = ", ".join(f"n.{column.name} AS {column.name}" for column in kind.columns)
        query = f"MATCH (n:{kind.label}) RETURN {names}"
        files = list(_files(session, archive, query, kind.columns, f"nodes/{kind.label}"))
        if files:
            done += sum(each["rows"] for each in files)
            progress(kind.label, done, total)
            yield {"label": kind.label, "rows": sum(each["rows"] for each in files), "files": files}
    for relationship in RELATIONSHIPS:
        for start, end in relationship.ends:
            names = ", ".join(f"r.{column.name} AS {column.name}" for column in relationship.columns)
            query = f"MATCH (a:{start})-[r:{relationship.type}]->(b:{end}) RETURN a.id AS start, b.id AS end, {names}"
            folder = f"relationships/{relationship.type}-{start}-{end}"
            files = list(_files(session, archive, query, (*_ENDS, *relationship.columns), folder))
            if files:
                rows = sum(each["rows"] for each in files)
                done += rows
                progress(tie_name((relationship.type, start, end)), done, total)
                yield {"type": relationship.type, "start": start, "end": end, "rows": rows, "files": files}


def _files(
    session: neo4j.Session, archive: zipfile.ZipFile, query: str, columns: Sequence[Property], folder: str
) -> Iterator[dict[str, Any]]:
    kinds = {column.name: DTYPES[column.type] for column in columns}
    result = session.run(neo4j.Query(query))
    number = 0
    while rows := [[native(value) for value in record.values()] for record in islice(result, _ROWS)]:
        frame = pl.DataFrame(rows, schema=kinds, orient="row")
        content = io.BytesIO()
        frame.write_parquet(content, compression="zstd")
        name = f"{folder}/{number:05}.parquet"
        archive.writestr(name, content.getvalue())
        yield {"name": name, "rows": frame.height, "sha256": hashlib.sha256(content.getvalue()).hexdigest()}
        number += 1


def _read(archive: zipfile.ZipFile, table: dict[str, Any], path: Path) -> pl.DataFrame:
    frames = []
    for each in table["files"]:
        content = archive.read(each["name"])
        if hashlib.sha256(content).hexdigest() != each["sha256"]:
            raise SourceError(f"{each['name']} in {path} is not what was written.", "Take another copy.")
        frames.append(pl.read_parquet(io.BytesIO(content)))
    frame = pl.concat(frames)
    if frame.height != table["rows"]:
        raise SourceError(f"{path} holds {frame.height} rows where {table['rows']} are said.", "Take another copy.")
    return frame


def _mark(session: neo4j.Session) -> tuple[str, int, str]:
    row = session.execute_read(lambda tx: tx.run(build.READ).single())
    if row is None:
        raise NotBuilt("The store holds no complete graph.", "Run: python -m ingest build")
    return str(row[0]), int(row[1]), str(row[2])


def _known_only(session: neo4j.Session) -> int:
    """How many records the graph holds.

    Raises:
        BadRequest: some of them are of no kind of the schema and would be lost; names them.
    """
    nodes = session.run("MATCH (n) RETURN labels(n) AS labels, count(n) AS n").values()
    ties = session.run("MATCH (a)-[r]->(b) RETURN labels(a)[0], type(r), labels(b)[0], count(r) AS n").values()
    kinds = {kind.label for kind in NODES}
    joins = {(start, kind.type, end) for kind in RELATIONSHIPS for start, end in kind.ends}
    strange = {f":{':'.join(labels)}" for labels, _ in nodes if len(labels) != 1 or labels[0] not in kinds}
    strange |= {f"(:{start})-[:{type_}]->(:{end})" for start, type_, end, _ in ties if (start, type_, end) not in joins}
    if strange:
        raise BadRequest(
            f"The graph holds what the schema does not know: {', '.join(sorted(strange)[:5])}.",
            "An archive would lose it: move it elsewhere, or add its kind to graph/schema.py.",
        )
    content = {kind.label for kind in CONTENT}
    return int(sum(count for labels, count in nodes if labels[0] in content) + sum(row[3] for row in ties))


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
