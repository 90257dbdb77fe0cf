"""What the reader of a figure has to know, as catalogue keys and values; made into sentences where it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from graph.i18n import Language, number, t

Note = tuple[str, dict[str, float | str]]
"""Catalogue key, and the values of its placeholders."""

_COUNTS: Final = ("count", "events", "projects", "draws", "cases")
"""Placeholders with thousands to group; years and levels have none."""


def sentences(notes: Iterable[Note], lang: Language) -> tuple[str, ...]:
    """Return the notes as sentences, what they count and measure written as the language writes it."""
    return tuple(
        t(key, lang, **{name: _written(name, value, lang) for name, value in values.items()}) for key, values in notes
    )


def _written(name: str, value: float | str, lang: Language) -> float | str:
    if isinstance(value, float):
        return number(value, lang, decimals=len(f"{value:g}".partition(".")[2]))
    return number(value, lang) if name in _COUNTS and isinstance(value, int) else value
