"""French and English: every string on a screen or in a briefing, and how numbers, money and dates are written."""

from graph.i18n.catalogue import LANGUAGES, Language, keys, t
from graph.i18n.format import date, euros, listed, number, percent, vintage

__all__ = ["LANGUAGES", "Language", "date", "euros", "keys", "listed", "number", "percent", "t", "vintage"]
