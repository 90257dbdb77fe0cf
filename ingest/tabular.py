"""A publisher's csv file, read strictly: a line becomes a row, or is told with its number and what is wrong."""

from __future__ import annotations

import csv
import mmap
import re
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.errors import SourceError

LONGEST_LINE: Final = 1_000_000
"""Characters; a longer line is a file gone wrong, not a record."""

ENGINE: Final[Mapping[str, Any]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "2",
}
"""Settings of DuckDB for every reader, a limit of memory besides: it fetches nothing, whatever a file holds."""

REJECTS: Final = {"line": pl.Int64, "reason": pl.String, "value": pl.String}

_DELIMITERS: Final = (";", ",", "\t", "|")
_HEAD: Final = 64 * 1024
_PIECE: Final = 16 * 1024**2
_BEFORE_HEADER: Final = 20
_SHOWN: Final = 80
_FEW_LOST: Final = 20
_SHARE_LOST: Final = 50
"""A file of which more than one line in so many, and more than a few, cannot be read is not this file."""

_TOLD_APART: Final = 4
"""Columns from which the separators in a cell tell a line from a text."""

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_NOT_CLOSED: Final = "a quote is opened and not closed"
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
    "UNQUOTED VALUE": _NOT_CLOSED,
    "INVALID ENCODING": "not UTF-8",
    "LINE SIZE OVER MAXIMUM": f"longer than {LONGEST_LINE:,} characters",
}


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A csv file as read.

    Attributes:
        frame: one row a record: `line`, the file's line it starts on, then the header's columns as text; empty is null.
        rejects: lines that are no record, see `REJECTS`.
        swallowed: lines that went with the one before them, for a quote was not closed.
    """

    frame: pl.DataFrame
    rejects: pl.DataFrame
    swallowed: int = 0


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
        [(number, "before the header", line) for number, line in enumerate(before, start=1) if line.strip()],
        schema=REJECTS,
        orient="row",
    )
    frame, rejects = found.frame, pl.concat([ahead.with_columns(_shown("value")), found.rejects])
    # Another vintage's header, left by a merge, shares most of its columns with this one.
    same = pl.sum_horizontal((pl.col(column) == column).fill_null(False).cast(pl.Int64) for column in header)
    holds_null = pl.any_horizontal(pl.col(column).str.contains("\0", literal=True) for column in header)
    for condition, reason in (
        (same >= max(2, len(header) - len(header) // 4), "the header again"),
        (holds_null, "a null byte"),
        (pl.col("line").is_in(_holds_lines(frame, header, delimiter)), "a quote took in the next line"),
    ):
        aside = frame.filter(condition.fill_null(False))
        if aside.height:
            frame = frame.filter(~condition.fill_null(False))
            told = aside.select(
                "line", reason=pl.lit(reason), value=pl.concat_str(header, separator=delimiter, ignore_nulls=True)
            )
            rejects = pl.concat([rejects, told.with_columns(_shown("value"))])
    undecoded = rejects.filter(pl.col("reason") == _REASONS["INVALID ENCODING"])
    tolerated = max(_FEW_LOST, frame.height // _SHARE_LOST)
    if undecoded.height > tolerated:
        raise SourceError(
            f"{name} is not UTF-8: {undecoded.height:,} lines cannot be read, from line {undecoded['line'][0]} on.",
            "Fetch it again, or save it as UTF-8.",
        )
    if found.swallowed > tolerated:
        first = rejects.filter(pl.col("reason").str.starts_with(_NOT_CLOSED))["line"][0]
        raise SourceError(
            f"{name} has a quote that is opened and not closed in line {first:,}: "
            f"{found.swallowed:,} lines after it cannot be told apart.",
            "Fetch it again, or repair that line.",
        )
    return CsvTable(frame, rejects.sort("line", maintain_order=True), found.swallowed)


def _holds_lines(frame: pl.DataFrame, header: Sequence[str], delimiter: str) -> list[int]:
    """Lines of rows of which a cell took in the rest of its line and the beginning of a later one.

    A quote opened too early and closed by a later one makes a row that is sound by its number of cells. Told by the
    cell itself: before its first line end it has the separators that were still to come, after its last those gone by.
    """
    if len(header) < _TOLD_APART:
        return []
    several = frame.filter(pl.any_horizontal(pl.col(column).str.contains("\n", literal=True) for column in header))
    if not several.height:
        return []
    cells, last = f"[^\\n{re.escape(delimiter)}]*", len(header) - 1

    def line(separators: int) -> str:
        return f"{cells}(?:{re.escape(delimiter)}{cells}){{{separators}}}"

    took = (
        pl.col(column).str.contains(rf"\A{line(last - place)}\n(?:{line(last)}\n)*{line(place)}\z").fill_null(False)
        for place, column in enumerate(header)
    )
    return several.filter(pl.any_horizontal(took))["line"].to_list()


def _header(path: Path, name: str, wanted: Collection[str]) -> tuple[list[str], str, list[str]]:
    """The header's columns, the separator, and the lines before it."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise SourceError(f"{name} is empty.", "Fetch it again, or take another snapshot.")
    for mark, what in _FOREIGN.items():
        if head.startswith(mark):
            raise SourceError(f"{name} is {what}, not a csv file.", "Unpack it, or save it as csv in UTF-8.")
    if b"\0" in head.split(b"\n", 1)[0]:
        raise SourceError(f"{name} is UTF-16 or no text at all, not a csv file.", "Save it as csv in UTF-8.")
    text = head.decode("utf-8-sig", errors="replace")
    if text.lstrip()[:1] == "<" and ("<html" in text.lower() or "<!doctype" in text.lower()):
        raise SourceError(
            f"{name} is a web page, not a csv file.", "Fetch it again: the publisher answered with a page."
        )
    if text.lstrip()[:1] in ("{", "["):
        raise SourceError(f"{name} is JSON, not a csv file.", "Take the publisher's csv.")
    best: tuple[int, list[str], str, int] = (0, [], ";", 0)
    lines = _LINE_END.split(text)[:_BEFORE_HEADER]
    for number, line in enumerate(lines):
        for delimiter in _DELIMITERS:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
            hits = len(set(wanted).intersection(cells))
            if hits > best[0]:
                best = (hits, cells, delimiter, number)
    hits, cells, delimiter, number = best
    if hits * 2 < min(len(wanted), 4):
        first = next(line for line in lines if line.strip())[:_SHOWN]
        raise SourceError(
            f"{name} has no header with the columns {', '.join(sorted(wanted)[:4])}: it begins with '{first}'.",
            "Check that it is this source's file.",
        )
    twice = sorted({cell for cell in cells if cells.count(cell) > 1})
    if twice:
        raise SourceError(f"{name} has the column '{twice[0]}' twice.", "Remove or rename one of them.")
    return cells, delimiter, lines[:number]


def _read(path: Path, name: str, header: Sequence[str], delimiter: str, skip: int) -> CsvTable:
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.csv"
        # The engine takes * ? and [ in a path for a pattern, and a path for a compressed file by its end.
        plain.symlink_to(path.resolve())
        if _mixed(path):
            # Line ends of two kinds stop the engine, or make it lose lines. Latin-1 gives every byte back as it was.
            plain.unlink()
            with (
                path.open(encoding="latin-1", newline=None) as source,
                plain.open("w", encoding="latin-1", newline="\n") as target,
            ):
                while piece := source.read(_HEAD):
                    target.write(piece)
        try:
            return _scan(plain, header, delimiter, skip)
        except duckdb.Error as error:
            raise SourceError(
                f"{name} cannot be read as csv: {str(error).splitlines()[0]}.", "Fetch it again, or repair it."
            ) from error


def _mixed(path: Path) -> bool:
    """Whether lines end in more than one way."""
    returns = feeds = both = 0
    with path.open("rb") as file:
        last = b""
        while piece := file.read(_PIECE):
            returns += piece.count(b"\r")
            feeds += piece.count(b"\n")
            both += piece.count(b"\r\n") + (last == b"\r" and piece[:1] == b"\n")
            last = piece[-1:]
    return bool(returns and feeds) and not returns == feeds == both


def _scan(path: Path, header: Sequence[str], delimiter: str, skip: int) -> CsvTable:
    # Columns go by number: a header's text never becomes part of a statement.
    columns = {f"c{number}": "VARCHAR" for number in range(len(header))}
    with duckdb.connect(":memory:", config={**ENGINE, "memory_limit": "512MB"}) as database:
        frame = database.execute(
            "SELECT * FROM read_csv($path, delim=$delimiter, quote='\"', escape='\"', header=true, skip=$skip,"
            " auto_detect=false, columns=$columns, store_rejects=true, rejects_limit=0, null_padding=false,"
            " strict_mode=true, max_line_size=$longest)",
            {"path": str(path), "delimiter": delimiter, "skip": skip, "columns": columns, "longest": LONGEST_LINE},
        ).pl()
        errors = database.execute(
            "SELECT line::BIGINT - $skip AS record, line_byte_position::BIGINT AS byte, error_type::VARCHAR AS type,"
            " csv_line FROM reject_errors",
            {"skip": skip},
        ).pl()
    errors = errors.unique("record", keep="first").sort("byte", "record")
    frame = frame.rename(dict(zip(columns, header, strict=True)))
    return _numbered(frame, errors, skip, path)


def _numbered(frame: pl.DataFrame, errors: pl.DataFrame, skip: int, path: Path) -> CsvTable:
    """Give rows and rejects the line they start on; the engine counts records, and cells may hold line ends.

    Rejects have a place in the file. Between two of them the rows are as high as their cells; what is left of the
    way from one to the next went with the reject, however many lines the engine passed over in silence.
    """
    breaks = pl.sum_horizontal(pl.col(c).str.count_matches("\n", literal=True).fill_null(0) for c in frame.columns)
    heights = frame.select(height=breaks.cast(pl.Int64) + 1)["height"].to_numpy()
    first, blank = 2 + skip, _blank_lines(path)
    if not errors.height and not blank:
        lines, starts, lost = first + np.cumsum(heights) - heights, np.empty(0, np.int64), np.empty(0, np.int64)
    else:
        starts, total = _places(path, errors["byte"].to_numpy())
        if blank:
            shown = errors["csv_line"].str.strip_chars("\r\n").str.count_matches("\n").fill_null(0) + 1
            walked = _walked(heights.tolist(), starts.tolist(), shown.to_list(), first, total, blank)
            lines, lost = (np.array(found, dtype=np.int64) for found in walked)
        else:
            # How many rows were accepted before each reject; the header is record 1.
            before = np.clip(errors["record"].to_numpy() - 2 - np.arange(errors.height), 0, frame.height)
            above = np.concatenate(([0], np.cumsum(heights)))
            ends = np.append(starts[1:], total + 1)
            between = above[np.append(before[1:], frame.height)] - above[before]
            lost = np.maximum(ends - starts - between, 1)
            shift = np.zeros(frame.height + 1, np.int64)
            np.add.at(shift, before, lost)
            lines = first + above[:-1] + np.cumsum(shift)[:-1]
    told = errors.with_columns(line=pl.Series(starts, dtype=pl.Int64), height=pl.Series(lost, dtype=pl.Int64))
    reason = pl.col("type").replace_strict(_REASONS, default=pl.col("type").str.to_lowercase())
    swallows = pl.col("type").is_in(["UNQUOTED VALUE", "LINE SIZE OVER MAXIMUM"]) & (pl.col("height") > 1)
    return CsvTable(
        frame.select(pl.Series("line", lines, dtype=pl.Int64), *frame.columns),
        told.select(
            "line",
            reason=pl.when(swallows).then(pl.format("{}: {} lines lost", reason, "height")).otherwise(reason),
            value=_shown("csv_line"),
        ),
        int(told.filter(swallows).select((pl.col("height") - 1).sum()).item()),
    )


def _places(path: Path, offsets: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Line of each offset, and how many lines the file has."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as there:
        end = b"\n" if there.find(b"\n") >= 0 else b"\r"
        found = np.zeros(len(offsets), np.int64)
        # The engine points at the record, or at the line end before it.
        exact = np.array([_past_line_end(there, int(offset)) for offset in offsets], dtype=np.int64)
        lines = 0
        for start in range(0, len(there), _PIECE):
            piece = np.frombuffer(there[start : start + _PIECE], np.uint8)
            ends = np.flatnonzero(piece == end[0])
            inside = (exact >= start) & (exact < start + len(piece))
            found[inside] = lines + np.searchsorted(ends, exact[inside] - start) + 1
            lines += len(ends)
        return found, lines + (there[-1:] != end)


def _past_line_end(there: mmap.mmap, offset: int) -> int:
    while there[offset : offset + 1] in (b"\r", b"\n"):
        offset += 1
    return offset


def _blank_lines(path: Path) -> set[int]:
    """Numbers of the lines with nothing on them, which the engine passes over without counting."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as there:
        if not any(there.find(pair) >= 0 for pair in (b"\n\n", b"\n\r\n", b"\r\r")):
            return set()
    with path.open(encoding="latin-1", newline=None) as text:
        return {number for number, line in enumerate(text, start=1) if line == "\n"}


def _walked(
    heights: Sequence[int], starts: Sequence[int], shown: Sequence[int], first: int, total: int, blank: set[int]
) -> tuple[list[int], list[int]]:
    """Lines of the rows, and heights of the rejects, where blank lines stand between records or in cells."""
    lines: list[int] = []
    line, reject = first, 0

    def skipped(line: int) -> int:
        while line in blank:
            line += 1
        return line

    for height in heights:
        line = skipped(line)
        while reject < len(starts) and starts[reject] <= line:
            line, reject = skipped(starts[reject] + shown[reject]), reject + 1
        lines.append(line)
        line += height
    lost = list(shown)
    if lost:
        lost[-1] = (
            max(lost[-1], total + 1 - starts[-1]) if reject < len(starts) else lost[-1] + max(total - line + 1, 0)
        )
    return lines, lost


def _shown(column: str) -> pl.Expr:
    """The beginning of a damaged line, without what is no text."""
    return pl.col(column).str.replace_all(r"[\x00-\x1f]+", " ").str.slice(0, _SHOWN)
