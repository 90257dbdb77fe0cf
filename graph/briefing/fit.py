"""How many rows of each table go on paper, so that a briefing keeps to two pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from graph.briefing.model import Column, Table, shown
from graph.i18n import Language

CHARACTERS: Final = {
    "visits": 93,
    "mobility": 42,
    "agreements": 140,
    "partners": 88,
    "programmes": 78,
    "labs": 66,
    "brokers": 66,
    "published": 66,
}
"""Characters of print that fit across each table."""

_MOST_LINES: Final = 2
_MORE_LINES: Final = {"visits": 4, "mobility": 3}
"""What was promised is read before a visit: it is cut later than the rest."""

STATUS_LINE: Final = 9.5
"""Height of the line that tells the country's status."""
MESSAGE: Final = 29.0
"""Height of a message beyond the usual ones, in three lines."""
NOTE: Final = 15.0
"""Height of a footnote beyond the usual ones, in two lines."""


@dataclass(frozen=True, slots=True)
class _Band:
    """Tables side by side across a column.

    Attributes:
        sure: points of height it is sure to get if it needs them.
        keys: of its tables.
        heading: points that its titles and remarks take where it is there; nothing for tables that always are.
    """

    sure: float
    keys: tuple[str, ...]
    heading: float = 0.0


_FIRST: Final = (
    510.0,
    (_Band(105.0, ("visits", "mobility"), heading=52.0), _Band(140.0, ("agreements",)), _Band(180.0, ("partners",))),
)
_SECOND: Final = (
    (200.0, (_Band(200.0, ("programmes",)),)),
    (375.0, (_Band(110.0, ("brokers",)), _Band(150.0, ("labs",)), _Band(80.0, ("published",)))),
)
"""Points of height for the rows of each column of the two pages, and its bands from top to bottom."""

_LINE, _RULE = 7.7, 2.2
"""Height of a line of print and of what parts two rows, the larger of HTML and PDF."""


def room(key: str, columns: Sequence[Column]) -> list[int]:
    """Return how many characters fit on a line of each column."""
    whole = sum(column.width for column in columns)
    return [max(4, int(CHARACTERS[key] * column.width / whole) - 2) for column in columns]


def most_lines(key: str) -> int:
    """Return after how many lines a cell of a table is cut with an ellipsis, on paper."""
    return _MORE_LINES.get(key, _MOST_LINES)


def fitted(
    tables: Sequence[Table], language: Language, *, first: float = 0.0, second: float = 0.0
) -> tuple[Table, ...]:
    """Return the tables with `printed` set: those of a column share its height, the first taking what others spare.

    Args:
        tables: all of a briefing.
        language: in which values are written.
        first: points that something unusual takes of the first page.
        second: the same of the second.
    """
    heights = {table.key: _heights(table, language) for table in tables}
    printed: dict[str, int] = {}
    for height, bands in ((_FIRST[0] - first, _FIRST[1]), *((height - second, bands) for height, bands in _SECOND)):
        printed.update(_column(height, bands, heights))
    return tuple(replace(table, printed=printed.get(table.key, len(table.rows))) for table in tables)


def _column(height: float, bands: Sequence[_Band], heights: dict[str, list[float]]) -> dict[str, int]:
    """How many rows of each table of a column are printed."""
    present = [band for band in bands if any(key in heights for key in band.keys)]
    needs = [max(sum(heights.get(key, ())) for key in band.keys) for band in present]
    left = height - sum(band.heading for band in present)
    printed: dict[str, int] = {}
    for place, band in enumerate(present):
        later = zip(present[place + 1 :], needs[place + 1 :], strict=True)
        most = left - sum(min(other.sure, need) for other, need in later)
        rows = {key: _first(heights[key], most) for key in band.keys if key in heights}
        printed.update(rows)
        left -= max(sum(heights[key][:count]) for key, count in rows.items())
    return printed


def _heights(table: Table, language: Language) -> list[float]:
    rooms = room(table.key, table.columns)
    heights = []
    for row in table.rows:
        texts = [shown(value, column.unit, language) for value, column in zip(row, table.columns, strict=True)]
        lines = [
            min(most_lines(table.key), math.ceil(len(text) / width)) for text, width in zip(texts, rooms, strict=True)
        ]
        heights.append(max(lines) * _LINE + _RULE)
    return heights


def _first(heights: Sequence[float], most: float) -> int:
    used = 0.0
    for place, height in enumerate(heights):
        used += height
        if used > most:
            return place
    return len(heights)
