"""A publisher's csv file, read strictly: a line becomes a row, or is told with its number and what is wrong."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl

from graph.errors import SourceError

LONGEST_LINE: Final = 1_000_000
"""Characters; a longer line is a file gone wrong, not a record."""

REJECTS: Final = {"line": pl.Int64, "reason": pl.String, "value": pl.String}

_DELIMITERS: Final = (";", ",", "\t", "|")
_HEAD: Final = 64 * 1024
_BEFORE_HEADER: Final = 20
_SHOWN: Final = 80
_FOREIGN: Final = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
    b"PAR1": "a Parquet file",
}
_REASONS: Final = {
    "MISSING COLUMNS": "fewer cells than the header",
    "TOO MANY COLUMNS": "more cells than the header",
    "UNQUOTED VALUE": "a quote is opened and not closed",
    "INVALID ENCODING": "not UTF-8",
    "LINE SIZE OVER MAXIMUM": f"longer than {LONGEST_LINE:,} characters",
}


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A csv file as read.

    Attributes:
        frame: one row a record: `line`, the file's line it starts on, then the header's columns as text; empty is null.
        rejects: lines that are no record, see `REJECTS`.
    """

    frame: pl.DataFrame
    rejects: pl.DataFrame


def read_csv(path: Path, name: str, wanted: Collection[str]) -> CsvTable:
    """Read a file whose header holds these columns, in whatever order, separator and line ends.

    Args:
        path: of the file, unpacked.
        name: what to call it in messages.
        wanted: names by which the header is recognised among conflict markers and titles.

    Raises:
        SourceError: it is empty, not a table, not UTF-8 throughout, or has no such header.
    """
    header, delimiter, before = _header(path, name, wanted)
    skip = len(before)
    found = _read(path, name, header, delimiter, skip)
    ahead = pl.DataFrame(
        [(number, "before the header", line) for number, line in enumerate(before, start=1)],
        schema=REJECTS,
        orient="row",
    )
    frame, rejects = found.frame, pl.concat([ahead.with_columns(_shown("value")), found.rejects])
    repeated = pl.all_horizontal(pl.col(column) == column for column in header)
    holds_null = pl.any_horizontal(pl.col(column).str.contains("\0", literal=True) for column in header)
    for condition, reason in ((repeated, "the header again"), (holds_null, "a null byte")):
        aside = frame.filter(condition.fill_null(False))
        if aside.height:
            frame = frame.filter(~condition.fill_null(False))
            told = aside.select(
                "line", reason=pl.lit(reason), value=pl.concat_str(header, separator=delimiter, ignore_nulls=True)
            )
            rejects = pl.concat([rejects, told.with_columns(_shown("value"))])
    undecoded = rejects.filter(pl.col("reason") == _REASONS["INVALID ENCODING"])
    if undecoded.height > max(20, frame.height // 50):
        raise SourceError(
            f"{name} is not UTF-8: {undecoded.height:,} lines cannot be read, from line {undecoded['line'][0]} on.",
            "Fetch it again, or save it as UTF-8.",
        )
    return CsvTable(frame, rejects.sort("line", maintain_order=True))


def _header(path: Path, name: str, wanted: Collection[str]) -> tuple[list[str], str, list[str]]:
    """The header's columns, the separator, and the lines before it."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise SourceError(f"{name} is empty.", "Fetch it again, or take another snapshot.")
    for mark, what in _FOREIGN.items():
        if head.startswith(mark):
            raise SourceError(f"{name} is {what}, not a csv file.", "Unpack it, or save it as csv in UTF-8.")
    text = head.decode("utf-8-sig", errors="replace")
    if text.lstrip()[:1] == "<" and ("<html" in text.lower() or "<!doctype" in text.lower()):
        raise SourceError(
            f"{name} is a web page, not a csv file.", "Fetch it again: the publisher answered with a page."
        )
    if text.lstrip()[:1] in ("{", "["):
        raise SourceError(f"{name} is JSON, not a csv file.", "Take the publisher's csv.")
    best: tuple[int, list[str], str, int] = (0, [], ";", 0)
    lines = text.splitlines()[:_BEFORE_HEADER]
    for number, line in enumerate(lines):
        for delimiter in _DELIMITERS:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
            hits = len(set(wanted).intersection(cells))
            if hits > best[0]:
                best = (hits, cells, delimiter, number)
    hits, cells, delimiter, number = best
    if hits * 2 < min(len(wanted), 4):
        first = lines[0][:_SHOWN]
        raise SourceError(
            f"{name} has no header with the columns {', '.join(sorted(wanted)[:4])}: it begins with '{first}'.",
            "Check that it is this source's file.",
        )
    twice = sorted({cell for cell in cells if cells.count(cell) > 1})
    if twice:
        raise SourceError(f"{name} has the column '{twice[0]}' twice.", "Remove or rename one of them.")
    return cells, delimiter, lines[:number]


def _read(path: Path, name: str, header: Sequence[str], delimiter: str, skip: int) -> CsvTable:
    try:
        return _scan(path, header, delimiter, skip)
    except duckdb.Error:
        # Line ends of two kinds stop the reader: once more with one kind.
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / "plain.csv"
            with path.open("rb") as source, plain.open("wb") as target:
                for line in source:
                    target.write(line.removesuffix(b"\n").removesuffix(b"\r") + b"\n" if line.endswith(b"\n") else line)
            try:
                return _scan(plain, header, delimiter, skip)
            except duckdb.Error as error:
                raise SourceError(
                    f"{name} cannot be read as csv: {str(error).splitlines()[0]}.", "Fetch it again, or repair it."
                ) from error


def _scan(path: Path, header: Sequence[str], delimiter: str, skip: int) -> CsvTable:
    # Columns go by number: a header's text never becomes part of a statement.
    columns = {f"c{number}": "VARCHAR" for number in range(len(header))}
    settings: Mapping[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": "512MB",
        "threads": "2",
    }
    with duckdb.connect(":memory:", config=dict(settings)) as database:
        frame = database.execute(
            "SELECT * FROM read_csv($path, delim=$delimiter, quote='\"', escape='\"', header=true, skip=$skip,"
            " auto_detect=false, columns=$columns, store_rejects=true, rejects_limit=0, null_padding=false,"
            " strict_mode=true, max_line_size=$longest)",
            {"path": str(path), "delimiter": delimiter, "skip": skip, "columns": columns, "longest": LONGEST_LINE},
        ).pl()
        errors = database.execute(
            "SELECT line::BIGINT - $skip AS record, error_type::VARCHAR AS type, csv_line FROM reject_errors",
            {"skip": skip},
        ).pl()
    errors = errors.unique("record", keep="first").sort("record")
    frame = frame.rename(dict(zip(columns, header, strict=True)))
    return _numbered(frame, errors, skip)


def _numbered(frame: pl.DataFrame, errors: pl.DataFrame, skip: int) -> CsvTable:
    """Give rows and rejects the line they start on; the engine counts records, and cells may hold line ends.

    A rejected record's number counts the header as 1.
    """
    breaks = pl.sum_horizontal(pl.col(c).str.count_matches("\n", literal=True).fill_null(0) for c in frame.columns)
    ours = frame.select(height=breaks.cast(pl.Int64) + 1)["height"]
    rejected = errors["record"].to_list()
    accepted = _gaps(frame.height, rejected)
    order = pl.concat(
        [
            pl.DataFrame({"record": accepted, "height": ours, "row": pl.int_range(0, frame.height, eager=True)}),
            errors.select(
                "record",
                height=pl.col("csv_line")
                .str.strip_chars_end("\r\n")
                .str.count_matches("\n")
                .cast(pl.Int64)
                .fill_null(0)
                + 1,
                row=pl.lit(None, pl.Int64),
            ),
        ]
    ).sort("record")
    order = order.with_columns(line=pl.col("height").cum_sum() - pl.col("height") + 2 + skip)
    lines = order.drop_nulls("row").sort("row")["line"]
    told = errors.with_columns(line=order.filter(pl.col("row").is_null()).sort("record")["line"])
    return CsvTable(
        frame.select(lines.alias("line"), *frame.columns),
        told.select(
            "line",
            reason=pl.col("type").replace_strict(_REASONS, default=pl.col("type").str.to_lowercase()),
            value=_shown("csv_line"),
        ),
    )


def _gaps(rows: int, rejected: Sequence[int]) -> pl.Series:
    """Record numbers of the accepted rows: 2, 3, … without those rejected."""
    taken = pl.Series("record", rejected, dtype=pl.Int64)
    numbers = pl.int_range(2, 2 + rows + len(rejected), eager=True).alias("record")
    return numbers.filter(~numbers.is_in(taken.implode())).head(rows)


def _shown(column: str) -> pl.Expr:
    """The beginning of a damaged line, without what is no text."""
    return pl.col(column).str.replace_all(r"[\x00-\x1f]+", " ").str.slice(0, _SHOWN)
