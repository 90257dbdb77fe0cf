"""How many rows of each table go on paper, so that a briefing keeps to two pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from graph.briefing.model import Column, Table, shown
from graph.i18n import Language

CHARACTERS: Final = {
    "agreements": 140,
    "partners": 88,
    "programmes": 78,
    "labs": 66,
    "brokers": 66,
    "published": 66,
}
"""Characters of print that fit across each table."""

MOST_LINES: Final = 2
"""A cell is cut with an ellipsis after this many lines, on paper."""

_COLUMNS: Final = (
    (510.0, (("agreements", 180.0), ("partners", 180.0))),
    (200.0, (("programmes", 200.0),)),
    (375.0, (("brokers", 110.0), ("labs", 150.0), ("published", 80.0))),
)
"""Points of height for the rows of each column of the two pages, and what each table is sure to get if it needs it."""

_LINE, _RULE = 7.7, 2.2
"""Height of a line of print and of what parts two rows, the larger of HTML and PDF."""


def room(key: str, columns: Sequence[Column]) -> list[int]:
    """Return how many characters fit on a line of each column."""
    whole = sum(column.width for column in columns)
    return [max(4, int(CHARACTERS[key] * column.width / whole) - 2) for column in columns]


def fitted(tables: Sequence[Table], language: Language) -> tuple[Table, ...]:
    """Return the tables with `printed` set: those of a column share its height, the first taking what others spare."""
    printed: dict[str, int] = {}
    for height, members in _COLUMNS:
        present = [(table, sure) for key, sure in members for table in tables if table.key == key]
        needs = {table.key: _heights(table, language) for table, _ in present}
        left = height
        for place, (table, _) in enumerate(present):
            kept = sum(min(sure, sum(needs[later.key])) for later, sure in present[place + 1 :])
            rows = _first(needs[table.key], left - kept)
            printed[table.key] = rows
            left -= sum(needs[table.key][:rows])
    return tuple(replace(table, printed=printed.get(table.key, len(table.rows))) for table in tables)


def _heights(table: Table, language: Language) -> list[float]:
    rooms = room(table.key, table.columns)
    heights = []
    for row in table.rows:
        texts = [shown(value, column.unit, language) for value, column in zip(row, table.columns, strict=True)]
        lines = [min(MOST_LINES, math.ceil(len(text) / width)) for text, width in zip(texts, rooms, strict=True)]
        heights.append(max(lines) * _LINE + _RULE)
    return heights


def _first(heights: Sequence[float], most: float) -> int:
    used = 0.0
    for place, height in enumerate(heights):
        used += height
        if used > most:
            return place
    return len(heights)
