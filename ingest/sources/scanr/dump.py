"""A scanR dump, JSON lines or one array, as a table of an engine: of each record only the fields that are asked for."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from graph.errors import SourceError
from ingest.catalogue import FileSpec
from ingest.reading import SourceFiles
from ingest.tabular import ENGINE

MEMORY: Final = "512MB"
NO_RECORD: Final = "no JSON record"

_HEAD: Final = 4096
_LAYOUTS: Final = {
    # A line that is no JSON is a row without a record; in an array nothing can be told apart behind such a place.
    b"{": "read_json_objects($path, format='newline_delimited', ignore_errors=true, maximum_object_size=16777216)",
    b"[": "read_json_objects($path, format='array', maximum_object_size=16777216)",
}
_SAID: Final = """CREATE MACRO said(x) AS CASE json_type(x) WHEN 'VARCHAR' THEN x->>'$'
WHEN 'OBJECT' THEN coalesce(x->>'$.fr', x->>'$.default', x->>'$.en')
WHEN 'ARRAY' THEN coalesce(x->>'$[0].fr', x->>'$[0].default', x->>'$[0].en') END"""
"""A text, or one by language, or a list of such: French first, since names of French bodies are told apart by it."""


@contextmanager
def opened(files: SourceFiles, key: str, shape: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database with the table `records`: `line`, `is_record`, and `r`, what is asked for of every record.

    It lies on disk and goes with the block; memory is bounded by `MEMORY`, whatever the size of the dump. Fields the
    source's description does not name are signalled; `a.b` in it is the field b of the records in the field a.
    In queries `said(x)` is a text in French, else in another language.

    Args:
        shape: fields and their types, as `json_transform` takes them; one of another type is null.

    Raises:
        SourceError: it is empty, a web page, no JSON, cut short, or lacks a field; names it and its likely new name.
    """
    spec = files.spec.files[key]
    name = spec.path.name
    with files.open(key) as path, tempfile.TemporaryDirectory(prefix="scanr-") as folder:
        source = _LAYOUTS[_first(path, name)]
        # The engine takes * ? and [ in a path for a pattern, and a path for a compressed file by its end.
        plain = Path(folder) / "records.json"
        plain.symlink_to(path.resolve())
        settings = {**ENGINE, "memory_limit": MEMORY, "temp_directory": folder}
        with duckdb.connect(Path(folder) / "records.duckdb", config=settings) as database:
            try:
                database.execute(_SAID)
                database.execute(
                    "CREATE TABLE records AS SELECT row_number() OVER () AS line, json IS NULL AS no_json,"  # noqa: S608 - this source's own words
                    f" coalesce(json_type(json) = 'OBJECT', false) AS is_record, {_fields(spec)} AS fields,"
                    f" json_transform(json, '{shape}') AS r FROM {source}",
                    {"path": str(plain)},
                )
            except duckdb.Error as error:
                raise SourceError(
                    f"{name} cannot be read as JSON: {str(error).splitlines()[0].replace(str(plain), name).strip()}",
                    "It may be cut short: fetch it again.",
                ) from error
            _require_whole(database, name)
            files.signal(key, _require_fields(database, spec, files.spec.name))
            yield database


def _first(path: Path, name: str) -> bytes:
    """The sign the file begins with: of a record, or of an array of them."""
    with path.open("rb") as file:
        head = file.read(_HEAD).lstrip()
    if not head:
        raise SourceError(f"{name} is empty.", "Fetch it again, or take another snapshot.")
    if head[:1] == b"<":
        raise SourceError(
            f"{name} is a web page, not JSON.", "Fetch it again: the publisher answered with a page or a message."
        )
    if head[:1] not in _LAYOUTS:
        raise SourceError(
            f"{name} is no JSON: it begins with '{head.splitlines()[0][:40].decode(errors='replace')}'.",
            "Give scanR's dump, JSON lines in gzip as published, or unpacked.",
        )
    return head[:1]


def _fields(spec: FileSpec) -> str:
    """Names of a record's fields, and of those of the records in it that the source's description speaks of."""
    described = (*spec.columns, *spec.optional, *spec.ignored)
    within = dict.fromkeys(field.partition(".")[0] for field in described if "." in field)
    inner = (f"[{w!r} || '.' || k FOR k IN flatten(json_keys(json, '$.{w}[*]'))]" for w in within)
    return f"list_distinct(flatten([{', '.join(['json_keys(json)', *inner])}]))"


def _require_whole(database: duckdb.DuckDBPyConnection, name: str) -> None:
    last = database.execute("SELECT line, no_json FROM records ORDER BY line DESC LIMIT 1").fetchone()
    if last is None:
        raise SourceError(f"{name} has no records.", "Fetch it again, or take another snapshot.")
    if last[1]:
        raise SourceError(f"{name} is cut short: its last line, {last[0]:,}, is no JSON.", "Fetch it again.")


def _require_fields(database: duckdb.DuckDBPyConnection, spec: FileSpec, source: str) -> list[str]:
    """Fields that nobody knows, sorted; raises where one that is needed is in no record."""
    found = {str(field) for (field,) in database.execute("SELECT DISTINCT unnest(fields) FROM records").fetchall()}
    unknown = sorted(found - {*spec.columns, *spec.optional, *spec.ignored})
    for field in spec.columns:
        if field not in found:
            within = field.rpartition(".")[0]
            rivals = [other for other in unknown if other.rpartition(".")[0] == within]
            close = difflib.get_close_matches(field, rivals, n=1, cutoff=0.5)
            guess = f" It may be called '{close[0]}' now." if close else ""
            raise SourceError(
                f"No record of {spec.path.name} of source '{source}' has the field '{field}'.{guess}",
                f"Check that it is the right file; a new name goes into the reader and into {source}/source.toml.",
            )
    return unknown
