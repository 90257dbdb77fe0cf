"""What every plot has in common: colours, the signs in its numbers, short names, the buttons it does without."""

from __future__ import annotations

from html import escape
from typing import Final

import streamlit as st

from graph.i18n import Language
from views.parts.canvas import style

CONFIG: Final = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def dark() -> bool:
    """Tell whether the page is dark."""
    return bool(st.context.theme.type == "dark")


def colours() -> dict[str, str]:
    """Return the colours of the page's theme, by what they stand for."""
    return style.DARK if dark() else style.LIGHT


def separators(language: Language) -> str:
    """Return the decimal sign and the one between thousands, as plotly takes them."""
    return ",\u202f" if language == "fr" else ".,"


def short(name: str, length: int) -> str:
    """Shorten a name to so many letters; escaped, for plotly reads tags in texts."""
    return escape(name if len(name) <= length else f"{name[: length - 1].rstrip()}…")
