"""HAL's two listings as frames: a JSON document a line, each used, ignored by a rule, or rejected."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from graph.errors import SourceError
from ingest.reading import SourceFiles
from ingest.sources.hal.fetch import TYPES
from ingest.tabular import ENGINE, REJECTS

INSTITUTION: Final = "institution"
LABORATORY: Final = "laboratory"
GROUPING: Final = "regroupinstitution"
STRUCTURE_TYPES: Final = (INSTITUTION, LABORATORY, GROUPING, "regrouplaboratory", "department", "researchteam")

LONGEST: Final = 16 * 1024**2
"""Bytes of a line; a deposit of a large collaboration names thousands of structures."""

_NUMBER: Final = "BIGINT"
_NUMBERS: Final = "INTEGER[]"
_TEXT: Final = "VARCHAR"
_COLUMNS: Final = {
    "works": {
        "docid": _NUMBER,
        "halId_s": _TEXT,
        "doiId_s": _TEXT,
        "docType_s": _TEXT,
        "producedDateY_i": _NUMBER,
        "structId_i": _NUMBERS,
    },
    "structures": {
        "docid": "INTEGER",
        "name_s": _TEXT,
        "acronym_s": _TEXT,
        "type_s": _TEXT,
        "valid_s": _TEXT,
        "country_s": _TEXT,
        "code_s": "VARCHAR[]",
        "rnsr_s": "VARCHAR[]",
        "ror_s": "VARCHAR[]",
        "parentDocid_i": _NUMBERS,
    },
}
_SHOWN: Final = 80


def works(files: SourceFiles) -> pl.DataFrame:
    """Deposits: line, docid, work (the DOI, else HAL's number), year, structures (list, not empty).

    Two deposits of one DOI are one work.
    """
    found = _lines(files, "works").rename({"producedDateY_i": "year", "structId_i": "structures"})
    found = files.reject("works", found, pl.col("docid").is_null(), "no docid", "halId_s")
    found = files.reject(
        "works", found, pl.col("halId_s").is_null() & pl.col("doiId_s").is_null(), "neither HAL number nor DOI", "docid"
    )
    found = files.ignore("works", found, pl.col("docid").is_first_distinct().not_(), "a deposit listed twice", "docid")
    found = files.ignore(
        "works",
        found,
        pl.col("docType_s").is_in(TYPES).not_() | pl.col("docType_s").is_null(),
        "no article, communication, chapter, book or preprint",
        "docType_s",
    )
    found = files.reject("works", found, pl.col("year").is_null(), "no year", "docid")
    found = files.ignore("works", found, pl.col("structures").list.len().fill_null(0) == 0, "no structure", "docid")
    doi = pl.col("doiId_s").str.to_lowercase().str.strip_chars()
    return found.select(
        "line", "docid", pl.coalesce(pl.when(doi != "").then(doi), "halId_s").alias("work"), "year", "structures"
    )


def structures(files: SourceFiles) -> pl.DataFrame:
    """The register: line, id, name, acronym, type, valid, country (alpha-2), codes, rnsr, ror, parents.

    `rnsr` and `ror` are null where a structure has none or several: several are several bodies in one.
    """
    key = "structures"
    found = _lines(files, key).rename({"docid": "id", "name_s": "name", "parentDocid_i": "parents", "code_s": "codes"})
    found = files.reject(key, found, pl.col("id").is_null(), "no docid", "name")
    found = files.reject(key, found, pl.col("name").str.strip_chars().fill_null("") == "", "no name", "id")
    found = files.ignore(key, found, pl.col("id").is_first_distinct().not_(), "a structure listed twice", "id")
    found = found.with_columns(
        pl.col("country_s").str.strip_chars().str.to_uppercase(),
        pl.col("ror_s").list.eval(pl.element().str.strip_prefix("https://ror.org/")),
    )
    known = pl.col("type_s").is_in(STRUCTURE_TYPES)
    found = files.unknown(key, found, "type_s", known.not_(), "an unknown type of structure")
    code = pl.col("country_s").str.contains("^[A-Z]{2}$")
    found = files.unknown(key, found, "country_s", code.not_(), "no ISO 3166 alpha-2 code")
    return found.select(
        "line",
        "id",
        pl.col("name").str.strip_chars(),
        acronym="acronym_s",
        type="type_s",
        valid="valid_s",
        country="country_s",
        codes="codes",
        rnsr=_only("rnsr_s"),
        ror=_only("ror_s"),
        parents="parents",
    )


def _only(column: str) -> pl.Expr:
    values = pl.col(column).list.unique()
    return pl.when(values.list.len() == 1).then(values.list.first())


def _lines(files: SourceFiles, key: str) -> pl.DataFrame:
    spec = files.spec.files[key]
    with files.open(key) as path:
        try:
            found = _read(path, _COLUMNS[key])
        except duckdb.Error as error:
            raise SourceError(
                f"{spec.path.name} of source '{files.spec.name}' cannot be read: {str(error).splitlines()[0]}",
                "Fetch it again.",
            ) from error
    lost = found.filter(pl.col("reason").is_not_null()).select(pl.col(c).cast(t) for c, t in REJECTS.items())
    frame = found.filter(pl.col("reason").is_null()).drop("reason", "value")
    # Solr answers nothing at all for a field it does not know.
    gone = [column for column in spec.columns if frame.height and frame[column].is_null().all()]
    if gone:
        raise SourceError(
            f"{spec.path.name} of source '{files.spec.name}' lacks the field '{gone[0]}'.",
            "Look up its new name in HAL's documentation and change it in the source's reader.",
        )
    return files.account(key, frame, lost)


def _read(path: Path, columns: dict[str, str]) -> pl.DataFrame:
    """One row a line: line, the fields, and for what is no JSON document its reason and beginning."""
    fields = ", ".join(f"{_field(name, type_)} AS {name}" for name, type_ in columns.items())
    settings = {**ENGINE, "memory_limit": "1GB", "preserve_insertion_order": "true"}
    with duckdb.connect(":memory:", config=settings) as engine:
        return engine.execute(
            f"""
            SELECT line, {fields},
                   CASE WHEN NOT good THEN 'no JSON document' END AS reason,
                   CASE WHEN NOT good THEN left(text, {_SHOWN}) END AS value
            FROM (SELECT line, text, coalesce(good, false) AS good,
                         (CASE WHEN good THEN text ELSE '{{}}' END)::JSON AS document
                  FROM (SELECT row_number() OVER () AS line, text,
                               json_valid(text) AND left(ltrim(text), 1) = '{{' AS good
                        FROM read_csv(?, delim = E'\\x01', header = false, quote = '', escape = '',
                                      columns = {{'text': 'VARCHAR'}}, auto_detect = false,
                                      max_line_size = {LONGEST})))
            """,  # noqa: S608 - field names of this module's own
            [str(path)],
        ).pl()


def _field(name: str, type_: str) -> str:
    """A field in its type; HAL gives one value alone or in a list, and numbers as text."""
    path = f"'$.{name}'"
    many, one = f"document->{path}", f"document->>{path}"
    alone = f"CASE WHEN json_type(document, {path}) = 'ARRAY' THEN document->>'$.{name}[0]' ELSE {one} END"
    if type_.endswith("[]"):
        only = f"TRY_CAST({one} AS {type_[:-2]})"
        return (
            f"CASE WHEN json_type(document, {path}) = 'ARRAY' THEN TRY_CAST({many} AS {type_})"
            f" WHEN {only} IS NOT NULL THEN [{only}] END"
        )
    return f"TRY_CAST(({alone}) AS {type_})"
