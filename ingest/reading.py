"""What a reader gives back: tidy tables of records, and an account of every row it did not use."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from graph.errors import SourceError
from ingest.catalogue import FileSpec, SourceSpec
from ingest.containers import has_member, unpacked
from ingest.tabular import REJECTS, read_csv

Ends = tuple[str, str, str]
"""Relationship type, start label, end label."""

GRANT: Final = "grant:"
"""How a source that does not know a project's record number names it: `grant:FRAMEWORK:NUMBER`."""

AUDIT: Final = {"file": pl.String, "line": pl.Int64, "outcome": pl.String, "reason": pl.String, "value": pl.String}
"""Columns of the rejects file.

Outcome is rejected, ignored, value (the row is used, a value of it is not) or column (the publisher added one).
"""

_FEW: Final = 10
_TOLERATED: Final = 0.2
"""Share of a download's rows that may be rejected before the whole is taken for something else."""

IDENTITIES: Final = {"left": pl.String, "right": pl.String}


@dataclass(frozen=True, slots=True)
class Reading:
    """Records of one source, before identifiers are resolved.

    Attributes:
        nodes: label -> one row a record; columns as in the schema, without
            source, snapshot, digest and search, which the build adds. An
            Institution's `id` is the source's own identifier (`pic:…`).
        relationships: (type, start label, end label) -> start, end, properties, record.
        identities: pairs of identifiers one row of the source gives to one body.
        audit: one line a row or value not used, see `AUDIT`.
        rows: rows read over all files.
        tables: table -> rows read.
    """

    nodes: Mapping[str, pl.DataFrame]
    relationships: Mapping[Ends, pl.DataFrame]
    identities: pl.DataFrame
    audit: pl.DataFrame
    rows: int
    tables: Mapping[str, int] = field(default_factory=dict)

    def count(self, outcome: str) -> int:
        """Return how many lines of the audit have this outcome."""
        return self.audit.filter(pl.col("outcome") == outcome).height

    @property
    def records(self) -> dict[str, int]:
        """Records by kind: label or relationship type."""
        found = {label: frame.height for label, frame in self.nodes.items()}
        for (type_, _, _), frame in self.relationships.items():
            found[type_] = found.get(type_, 0) + frame.height
        return found

    @property
    def used(self) -> int:
        """Rows that became records."""
        return self.rows - self.count("ignored") - self.count("rejected")

    @property
    def new_columns(self) -> list[str]:
        """Columns the publisher added since the source was described."""
        return self.audit.filter(pl.col("outcome") == "column")["value"].to_list()

    def ignored_rules(self) -> dict[str, int]:
        """Return the rules that set rows or values aside, with their counts."""
        rules = self.audit.filter(pl.col("outcome").is_in(["ignored", "value"])).group_by("reason").len().sort("reason")
        return {str(reason): int(count) for reason, count in rules.iter_rows()}


@dataclass(slots=True)
class SourceFiles:
    """The files of one source, opened by key, every column accounted for.

    Readers take tables from here and set rows aside through here, so that the
    account of used, ignored and rejected rows cannot be forgotten.

    Attributes:
        whole: whether projects without the CNRS are wanted too.
    """

    spec: SourceSpec
    whole: bool = False
    tables: dict[str, int] = field(default_factory=dict)
    _audit: list[pl.DataFrame] = field(default_factory=list)

    def table(self, key: str) -> pl.DataFrame:
        """Read one table as text columns plus `line`, its 1-based line; an empty cell is null, `NA` stays text.

        A published table's columns have the names of its source.toml, whatever the vintage; those that may lack
        are null. What is no record of it is listed as rejected, a column nobody knows as such.

        Raises:
            SourceError: the file is missing or empty, lacks a column, or (a bundled one)
                has one that is neither used nor ignored; names it and its likely old name.
        """
        spec = self.spec.files[key]
        if spec.download:
            return self._published(spec)
        if not spec.path.is_file():
            raise SourceError(
                f"Source '{self.spec.name}' lacks its file {spec.path.name}.", "Restore it from the repository."
            )
        try:
            frame = pl.read_csv(
                spec.path, infer_schema=False, encoding="utf8", row_index_name="line", row_index_offset=2
            )
        except pl.exceptions.PolarsError as error:
            raise SourceError(
                f"{spec.path.name} of source '{self.spec.name}' cannot be read: {str(error).splitlines()[0]}",
                "Restore it from the repository.",
            ) from error
        frame = frame.with_columns(pl.col("line").cast(pl.Int64))
        _account(spec, self.spec.name, frame.columns[1:])
        self.tables[key] = frame.height
        return frame.drop(list(spec.ignored))

    def _require_fit(self, audit: pl.DataFrame) -> None:
        rejected = audit.filter(pl.col("outcome") == "rejected")
        for key, rows in self.tables.items():
            spec = self.spec.files[key]
            name = self._named(spec)
            lost = rejected.filter(pl.col("file").is_in([name, *(path.name for path in spec.more)]))
            if lost.height > _FEW and lost.height > rows * _TOLERATED:
                within = f" of {lost['file'].min()!s}" if spec.more else ""
                first, reason = lost.sort("file", "line").row(0, named=True), lost["reason"].mode().sort()[0]
                begin = "" if first["line"] is None else f", from line {first['line']}{within} on"
                table = f"the {len(spec.paths)} files of {key}" if spec.more else name
                raise SourceError(
                    f"{lost.height:,} of {rows:,} rows of {table} are rejected{begin}: {reason}.",
                    "Check that its columns hold what their names say.",
                )

    def _published(self, spec: FileSpec) -> pl.DataFrame:
        name = self._named(spec)
        if not spec.path.is_file():
            if spec.may_lack:
                return self._nothing(spec)
            raise SourceError(f"Source '{self.spec.name}' lacks {spec.path.name}.", "Fetch it again.")
        member = spec.member if spec.path.suffix.lower() == ".zip" else None
        if member and spec.may_lack and not has_member(spec.path, member, spec.path.name):
            return self._nothing(spec)
        with unpacked(spec.path, member, spec.path.name) as plain:
            found = read_csv(plain, name, {*spec.columns, *spec.optional, *spec.aliases})
        given = set(found.frame.columns)
        renamed = {old: new for old, new in spec.aliases.items() if old in given and new not in given}
        frame = found.frame.rename(renamed)
        header = frame.columns[1:]
        missing = [column for column in spec.columns if column not in header]
        unknown = [c for c in header if c not in {*spec.columns, *spec.optional, *spec.ignored, *spec.aliases}]
        if missing:
            close = difflib.get_close_matches(missing[0], unknown, n=1, cutoff=0.5)
            guess = f" It may be called '{close[0]}' now." if close else ""
            raise SourceError(
                f"{name} of source '{self.spec.name}' lacks the column '{missing[0]}'.{guess}",
                f"Check that it is the right file; a new name goes under aliases in {self.spec.name}/source.toml.",
            )
        if not frame.height and not spec.may_lack:
            raise SourceError(
                f"{name} of source '{self.spec.name}' has a header and no rows that can be read.",
                "Fetch it again, or take another snapshot.",
            )
        self.account(spec.key, frame, found.rejects)
        self.signal(spec.key, unknown)
        absent = [pl.lit(None, pl.String).alias(column) for column in spec.optional if column not in header]
        return frame.select("line", *spec.columns, *(c for c in spec.optional if c in header), *absent)

    def _nothing(self, spec: FileSpec) -> pl.DataFrame:
        self.tables[spec.key] = 0
        return pl.DataFrame(schema={"line": pl.Int64, **dict.fromkeys((*spec.columns, *spec.optional), pl.String)})

    @contextmanager
    def open(self, key: str) -> Iterator[Path]:
        """Yield the file of a table that is no csv, unpacked; say with `account` what was found in it.

        Raises:
            SourceError: it is missing or damaged.
        """
        spec = self.spec.files[key]
        if not spec.path.is_file():
            raise SourceError(f"Source '{self.spec.name}' lacks {spec.path.name}.", "Fetch it again.")
        member = spec.member if spec.path.suffix.lower() == ".zip" else None
        with unpacked(spec.path, member, spec.path.name) as path:
            yield path

    def account(self, key: str, frame: pl.DataFrame, rejects: pl.DataFrame | None = None) -> pl.DataFrame:
        """Enter the rows of a table, with `line`, and what of it is no record, as `REJECTS`."""
        lost = pl.DataFrame(schema=REJECTS) if rejects is None else rejects
        self.tables[key] = frame.height + lost.height
        told = lost.with_columns(file=pl.lit(self._named(self.spec.files[key])), outcome=pl.lit("rejected"))
        self._audit.append(told.select(pl.col(column).cast(type_) for column, type_ in AUDIT.items()))
        return frame

    def signal(self, key: str, columns: Sequence[str]) -> None:
        """Enter columns of a table which nobody knows; they are left out."""
        name = self._named(self.spec.files[key])
        rows = [(name, 1, "column", "unknown column", column) for column in columns]
        self._audit.append(pl.DataFrame(rows, schema=AUDIT, orient="row"))

    def reject(self, key: str, frame: pl.DataFrame, condition: pl.Expr, reason: str, value: str) -> pl.DataFrame:
        """Return the frame without the rows where the condition holds; they are listed as rejected.

        A column `file` of the frame names the file of a row, where the table came in several.
        """
        return self._aside("rejected", key, frame, condition, reason, value)

    def ignore(self, key: str, frame: pl.DataFrame, condition: pl.Expr, rule: str, value: str) -> pl.DataFrame:
        """Return the frame without the rows where the condition holds; they are listed as ignored by the rule."""
        return self._aside("ignored", key, frame, condition, rule, value)

    def unknown(self, key: str, frame: pl.DataFrame, column: str, condition: pl.Expr, rule: str) -> pl.DataFrame:
        """Return the frame with this cell unknown where the condition holds; its value is listed, the row is used."""
        self._aside("value", key, frame, condition, rule, column)
        told = condition.fill_null(False)
        return frame.with_columns(pl.when(told).then(None).otherwise(pl.col(column)).alias(column))

    def drop_values(self, key: str, frame: pl.DataFrame, condition: pl.Expr, rule: str, value: str) -> pl.DataFrame:
        """Return the frame without these rows exploded from a many-valued cell; they are listed, their row is used."""
        return self._aside("value", key, frame, condition, rule, value)

    def reading(
        self,
        nodes: Mapping[str, pl.DataFrame],
        relationships: Mapping[Ends, pl.DataFrame] | None = None,
        identities: pl.DataFrame | None = None,
    ) -> Reading:
        """Close the account and return the reading.

        Raises:
            SourceError: so many rows of a download are rejected that it is not what it seems.
        """
        audit = pl.concat([pl.DataFrame(schema=AUDIT), *self._audit])
        if self.spec.published:
            self._require_fit(audit)
        empty = pl.DataFrame(schema=IDENTITIES)
        return Reading(
            nodes=nodes,
            relationships=relationships or {},
            identities=empty if identities is None else identities.drop_nulls(),
            audit=audit,
            rows=sum(self.tables.values()),
            tables=self.tables,
        )

    def _named(self, spec: FileSpec) -> str:
        return f"{spec.member} of {spec.path.name}" if spec.member and "*" not in spec.member else spec.path.name

    def _aside(
        self, outcome: str, key: str, frame: pl.DataFrame, condition: pl.Expr, reason: str, value: str
    ) -> pl.DataFrame:
        mask = frame.select(condition.fill_null(False).alias("aside"))["aside"]
        aside = frame.filter(mask)
        if aside.height:
            file = pl.col("file") if "file" in aside.columns else pl.lit(self._named(self.spec.files[key]))
            self._audit.append(
                aside.select(
                    file.alias("file"),
                    pl.col("line"),
                    pl.lit(outcome).alias("outcome"),
                    pl.lit(reason).alias("reason"),
                    pl.col(value).cast(pl.String).alias("value"),
                )
            )
        return frame.filter(~mask)


def _account(spec: FileSpec, source: str, header: list[str]) -> None:
    known = {*spec.columns, *spec.ignored}
    missing = [column for column in spec.columns if column not in header]
    for column in header:
        if column not in known:
            close = difflib.get_close_matches(column, missing or list(known), n=1, cutoff=0.5)
            guess = f" It may be the new name of '{close[0]}'." if close else ""
            raise SourceError(
                f"{spec.path.name} of source '{source}' has an unknown column '{column}'.{guess}",
                "Use it in the source's reader, or list it under ignored in its source.toml.",
            )
    if missing:
        raise SourceError(
            f"{spec.path.name} of source '{source}' lacks the column '{missing[0]}'.",
            "Restore the file, or tell the source's reader the column's new name.",
        )
