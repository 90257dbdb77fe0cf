"""What a reader gives back: tidy tables of records, and an account of every row it did not use."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from graph.errors import SourceError
from ingest.catalogue import FileSpec, SourceSpec

Ends = tuple[str, str, str]
"""Relationship type, start label, end label."""

AUDIT: Final = {"file": pl.String, "line": pl.Int64, "outcome": pl.String, "reason": pl.String, "value": pl.String}
"""Columns of the rejects file: outcome is rejected, ignored, or value (the row is used, a value of it is not)."""

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
    """

    nodes: Mapping[str, pl.DataFrame]
    relationships: Mapping[Ends, pl.DataFrame]
    identities: pl.DataFrame
    audit: pl.DataFrame
    rows: int

    def count(self, outcome: str) -> int:
        """Return how many lines of the audit have this outcome."""
        return self.audit.filter(pl.col("outcome") == outcome).height

    @property
    def used(self) -> int:
        """Rows that became records."""
        return self.rows - self.count("ignored") - self.count("rejected")

    def ignored_rules(self) -> dict[str, int]:
        """Return the rules that set rows or values aside, with their counts."""
        rules = self.audit.filter(pl.col("outcome") != "rejected").group_by("reason").len().sort("reason")
        return {str(reason): int(count) for reason, count in rules.iter_rows()}


@dataclass(slots=True)
class SourceFiles:
    """The files of one source, opened by key, every column accounted for.

    Readers take tables from here and set rows aside through here, so that the
    account of used, ignored and rejected rows cannot be forgotten.
    """

    spec: SourceSpec
    rows: int = 0
    _audit: list[pl.DataFrame] = field(default_factory=list)

    def table(self, key: str) -> pl.DataFrame:
        """Read one file as text columns plus `line`, its 1-based line; an empty cell is null, `NA` stays text.

        Raises:
            SourceError: the file is missing or empty, lacks a column, or has one
                that is neither used nor ignored; names it and its likely old name.
        """
        spec = self.spec.files[key]
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
        self.rows += frame.height
        return frame.drop(list(spec.ignored))

    def reject(self, key: str, frame: pl.DataFrame, condition: pl.Expr, reason: str, value: str) -> pl.DataFrame:
        """Return the frame without the rows where the condition holds; they are listed as rejected."""
        return self._aside("rejected", key, frame, condition, reason, value)

    def ignore(self, key: str, frame: pl.DataFrame, condition: pl.Expr, rule: str, value: str) -> pl.DataFrame:
        """Return the frame without the rows where the condition holds; they are listed as ignored by the rule."""
        return self._aside("ignored", key, frame, condition, rule, value)

    def drop_values(self, key: str, frame: pl.DataFrame, condition: pl.Expr, rule: str, value: str) -> pl.DataFrame:
        """Return the frame without these rows exploded from a many-valued cell; they are listed, their row is used."""
        return self._aside("value", key, frame, condition, rule, value)

    def reading(
        self,
        nodes: Mapping[str, pl.DataFrame],
        relationships: Mapping[Ends, pl.DataFrame] | None = None,
        identities: pl.DataFrame | None = None,
    ) -> Reading:
        """Close the account and return the reading."""
        empty = pl.DataFrame(schema=IDENTITIES)
        return Reading(
            nodes=nodes,
            relationships=relationships or {},
            identities=empty if identities is None else identities.drop_nulls(),
            audit=pl.concat([pl.DataFrame(schema=AUDIT), *self._audit]),
            rows=self.rows,
        )

    def _aside(
        self, outcome: str, key: str, frame: pl.DataFrame, condition: pl.Expr, reason: str, value: str
    ) -> pl.DataFrame:
        mask = frame.select(condition.fill_null(False).alias("aside"))["aside"]
        aside = frame.filter(mask)
        if aside.height:
            self._audit.append(
                aside.select(
                    pl.lit(self.spec.files[key].path.name).alias("file"),
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
