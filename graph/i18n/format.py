"""Numbers, money and dates as each language writes them; unknown is an en dash, never 0."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, Literal

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from graph.i18n.catalogue import Language, t

UNKNOWN: Final = "–"


def number(value: float | None, language: Language, decimals: int = 0) -> str:
    """Write `value` with grouped thousands and a fixed number of decimals; None gives an en dash."""
    if value is None:
        return UNKNOWN
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=language)


def percent(share: float | None, language: Language, decimals: int = 1) -> str:
    """Write a share of 0–1 as a percentage; None gives an en dash."""
    if share is None:
        return UNKNOWN
    spacer = "'\u202f'" if language == "fr" else ""
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_percent(share, format=f"{digits}{spacer}%", locale=language)


def listed(words: Sequence[str], language: Language, style: Literal["standard", "or"] = "standard") -> str:
    """Write words one after the other: a, b and c, or with style "or" a, b or c."""
    return format_list(words, style, locale={"fr": "fr", "en": "en_GB"}[language])


def euros(value: float | None, language: Language) -> str:
    """Write an amount in EUR as k€ or M€ with one decimal; None gives an en dash."""
    if value is None:
        return UNKNOWN
    scaled, unit = (value / 1e6, "M€") if abs(value) >= 1e6 else (value / 1e3, "k€")
    text = number(scaled, language, 1)
    return f"{text}\u202f{unit}" if language == "fr" else f"{text} {unit}"


def date(value: dt.date | str | None, language: Language) -> str:
    """Write a date in full, day month year; accepts ISO text; None gives an en dash."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, str):
        value = dt.date.fromisoformat(value[:10])
    written = format_date(value, format="d MMMM y", locale=language)
    return f"1er{written.removeprefix('1')}" if language == "fr" and value.day == 1 else written


def vintage(day: dt.date | str | None, language: Language, *, dated: bool = True) -> str:
    """Write the date of a snapshot's data; where the publisher gives none, say so and when it was retrieved."""
    written = date(day, language)
    return written if dated or day is None else t("frame.undated", language, date=written)
