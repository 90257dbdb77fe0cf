"""The portal's export of the register, csv or json, with its many-valued cells as lists."""

from __future__ import annotations

from os import SEEK_END
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from graph.errors import SourceError
from ingest.catalogue import FileSpec
from ingest.reading import SourceFiles
from ingest.tabular import ENGINE

LIST: Final = "|"
"""What the address asks the portal to put between the values of a cell."""

MANY: Final = (
    "label_numero",
    "tutelles",
    "sigles_des_tutelles",
    "code_de_nature_de_tutelle",
    "code_de_type_de_tutelle",
    "siret_des_tutelles",
)
"""Columns with several values a cell; those of supervising bodies stand in one order."""

_COUNTED: Final = "code_de_type_de_tutelle"
"""A code for each supervising body, none of which has a separator in it: it tells the separator and the number."""

_END: Final = 1024
"""Bytes at the end of a file in which its last sign must be."""

_SEPARATORS: Final = (LIST, ";", ",")


def structures(files: SourceFiles, key: str) -> pl.DataFrame:
    """Read the export: `line`, then text columns, those of `MANY` lists of text; an empty cell is an empty list."""
    spec = files.spec.files[key]
    if spec.path.suffix.lower() == ".json":
        with files.open(key) as path:
            _require_end(path, spec.path.name)
            frame = _json(files, spec, path)
        return files.account(key, frame)
    frame = files.table(key)
    separator = next((s for s in _SEPARATORS if frame[_COUNTED].str.contains(s, literal=True).any()), LIST)
    return frame.with_columns(_cells(column, separator) for column in MANY)


def _cells(column: str, separator: str) -> pl.Expr:
    # Names have a comma and a space in them, the portal puts a bare comma between two: only that one parts them.
    kept = pl.col(column).str.replace_all(", ", "\x1f", literal=True) if separator == "," else pl.col(column)
    parts = kept.str.split(separator).list.eval(
        pl.element().str.replace_all("\x1f", ", ", literal=True).str.strip_chars()
    )
    return parts.fill_null(pl.lit([], pl.List(pl.String))).alias(column)


def _require_end(path: Path, name: str) -> None:
    """Refuse an array cut right behind a comma, which the engine takes for a whole one."""
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, _END), SEEK_END)
        if not file.read().rstrip().endswith(b"]"):
            raise SourceError(f"{name} cannot be read as JSON: it ends before its array does.", "Fetch it again.")


def _json(files: SourceFiles, spec: FileSpec, path: Path) -> pl.DataFrame:
    """An array of objects; a value is text, a list of texts, or null."""
    name = spec.path.name
    objects = "read_json_objects($path, format='array', maximum_object_size=16777216)"
    one = ", ".join(
        f"json_extract_string(json, '$.{c}') AS {c}" for c in (*spec.columns, *spec.optional) if c not in MANY
    )
    many = ", ".join(
        f"CASE json_type(json, '$.{c}') WHEN 'ARRAY' THEN json_extract_string(json, '$.{c}[*]')"
        f" WHEN 'VARCHAR' THEN [json_extract_string(json, '$.{c}')] ELSE []::VARCHAR[] END AS {c}"
        for c in MANY
    )
    try:
        with duckdb.connect(":memory:", config={**ENGINE, "memory_limit": "512MB"}) as database:
            keys = f"SELECT DISTINCT unnest(json_keys(json)) FROM {objects}"  # noqa: S608 - this module's own words
            fields = {str(field) for (field,) in database.execute(keys, {"path": str(path)}).fetchall()}
            lacking = [column for column in spec.columns if column not in fields]
            if lacking:
                raise SourceError(
                    f"{name} of source '{files.spec.name}' lacks the column '{lacking[0]}'.",
                    "Take the whole export, not a page of the portal's answers.",
                )
            rows = f"SELECT {one}, {many} FROM {objects}"  # noqa: S608 - columns of the source's own description
            frame = database.execute(rows, {"path": str(path)}).pl()
    except duckdb.Error as error:
        raise SourceError(f"{name} cannot be read as JSON: {str(error).splitlines()[0]}", "Fetch it again.") from error
    files.signal(spec.key, sorted(fields - {*spec.columns, *spec.optional, *spec.ignored}))
    return frame.with_row_index("line", offset=1).with_columns(pl.col("line").cast(pl.Int64))
