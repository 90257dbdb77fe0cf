"""One cell at a time: text to value, or what is wrong with it and what to write instead."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Final

from graph.store.text import fold
from ingest.department.findings import Parsed, Problem
from ingest.department.known import FIRST_YEAR, Known
from ingest.department.people import titled

CNRS: Final = "ror:02feahw73"
LARGEST_COUNT: Final = 1_000_000
SEPARATOR: Final = "|"

STATES: Final = {
    "todo": ("à faire", "to do"),
    "in_progress": ("en cours", "in progress"),
    "done": ("fait", "done"),
    "dropped": ("abandonné", "dropped"),
}
"""State of a follow-up -> how it is written in French and English."""

_SPACES: Final = re.compile(r"[ \t\u00a0\u2007\u2009\u202f]")
_WHOLE: Final = re.compile(r"\d+(?:[.,]0+)?", re.ASCII)
_GROUPED: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+", re.ASCII)
_DECIMAL: Final = re.compile(r"\d+[.,]\d+", re.ASCII)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_SHORT_YEAR: Final = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}", re.ASCII)
_SERIAL: Final = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)
_UNIT: Final = re.compile(r"([A-Z]{1,4}(?:_[A-Z])?)[ _-]*0*(\d{1,5})", re.ASCII)
_RNSR: Final = re.compile(r"\d{9}[A-Z]", re.ASCII)
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")
_EMAIL: Final = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+\.[\w.-]+", re.IGNORECASE)
_PHONE: Final = re.compile(
    r"(?<![\w+])(?:\+|00)\d[\d .()/-]{6,}\d"  # with the country's code
    r"|(?<!\d)0\d(?:[ .-]?\d{2}){4}(?!\d)"  # as written in France
    r"|\(\d{2,4}\)[ .-]?\d{3,4}[ .-]\d{3,4}"
    r"|\b(?:t[ée]l|t[ée]l[ée]phone|phone|fax)\b\W{0,5}(?:\d[ .-]?){4}",
    re.IGNORECASE,
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")


def year(text: str, known: Known) -> Parsed:
    """A year from 1990 to the next one."""
    plain = _SPACES.sub("", text)
    if not _WHOLE.fullmatch(plain):
        return Parsed(error=Problem("department.year_text", {"value": text}))
    found = int(re.split("[.,]", plain)[0]) if len(plain) < 12 else 0
    if not FIRST_YEAR <= found <= known.last_year:
        values = {"value": text, "first": FIRST_YEAR, "last": known.last_year}
        return Parsed(error=Problem("department.year_range", values))
    late = Problem("department.year_future", {"value": found}) if found > known.today.year else None
    return Parsed(found, warning=late)


def count(text: str, known: Known) -> Parsed:
    """A whole number, 0 or more; spaces between thousands and a decimal part of zero are understood."""
    plain = _SPACES.sub("", text)
    if re.fullmatch(r"[-\u2212\u2013]\d+(?:[.,]\d+)?", plain):
        return Parsed(error=Problem("department.count_negative", {"value": text}))
    if _GROUPED.fullmatch(plain):
        bare = re.sub("[.,]", "", plain)
        return Parsed(error=Problem("department.count_ambiguous", {"value": text, "bare": bare}))
    if _WHOLE.fullmatch(plain):
        digits = re.split("[.,]", plain)[0]
        if len(digits) > 12 or int(digits) > LARGEST_COUNT:
            return Parsed(error=Problem("department.count_large", {"value": text, "largest": LARGEST_COUNT}))
        return Parsed(int(digits))
    if _DECIMAL.fullmatch(plain):
        return Parsed(error=Problem("department.count_decimal", {"value": text}))
    return Parsed(error=Problem("department.count_text", {"value": text}))


def date(text: str, known: Known) -> Parsed:
    """A day as 2026-03-14, or as 14/03/2026 where it cannot be read in two ways."""
    iso, slashed = _ISO.fullmatch(text), _SLASHED.fullmatch(text)
    if iso:
        return _day(text, int(iso[1]), int(iso[2]), int(iso[3]), known)
    if slashed:
        first, second, found = int(slashed[1]), int(slashed[2]), int(slashed[3])
        if first <= 12 and second <= 12 and first != second and known.day_first is not True:
            values = {
                "value": text,
                "day_first": f"{found}-{second:02}-{first:02}",
                "month_first": f"{found}-{first:02}-{second:02}",
            }
            return Parsed(error=Problem("department.date_ambiguous", values))
        return _day(text, found, second, first, known)
    if _SHORT_YEAR.fullmatch(text):
        return Parsed(error=Problem("department.date_short_year", {"value": text}))
    if _SERIAL.fullmatch(text):
        return Parsed(error=Problem("department.date_serial", {"value": text}))
    return Parsed(error=Problem("department.date_text", {"value": text}))


def puts_day_first(texts: list[str]) -> bool | None:
    """Whether the dates of a file with slashes put the day first; None where they do not tell, or contradict."""
    pairs = [(int(m[1]), int(m[2])) for text in texts if (m := _SLASHED.fullmatch(text))]
    day, month = any(a > 12 >= b for a, b in pairs), any(b > 12 >= a for a, b in pairs)
    return None if day == month else day


def reads_month_first(texts: list[str]) -> bool:
    """Whether some date of a file can only be read with the month first."""
    return any(int(m[2]) > 12 >= int(m[1]) for text in texts if (m := _SLASHED.fullmatch(text)))


def _day(text: str, year_: int, month: int, day: int, known: Known) -> Parsed:
    try:
        found = dt.date(year_, month, day)
    except ValueError:
        return Parsed(error=Problem("department.date_impossible", {"value": text}))
    if not FIRST_YEAR <= found.year <= known.last_year:
        values = {"value": text, "first": FIRST_YEAR, "last": known.last_year}
        return Parsed(error=Problem("department.date_range", values))
    return Parsed(found)


def start(text: str, known: Known) -> Parsed:
    """The first day of a visit; one to come is told."""
    found = date(text, known)
    if isinstance(found.value, dt.date) and found.value > known.today:
        return Parsed(found.value, warning=Problem("department.date_future", {"value": text}))
    return found


def country(text: str, known: Known) -> Parsed:
    """ISO 3166 alpha-2 code; an exact name in French or English is understood and told."""
    if text in known.countries:
        return Parsed(text)
    code = text.upper() if text.upper() in known.countries else known.country_names.get(text.casefold())
    if code:
        return Parsed(code, warning=Problem("department.country_name", {"value": text, "code": code}))
    close = known.country_like(text)
    if close:
        return Parsed(error=Problem("department.country_close", {"value": text, "close": close}))
    return Parsed(error=Problem("department.country_unknown", {"value": text}))


def countries(text: str, known: Known) -> Parsed:
    """One or several countries with `|` between them, as codes in alphabetical order."""
    codes: set[str] = set()
    warning = None
    for part in filter(None, (part.strip() for part in text.split(SEPARATOR))):
        found = country(part, known)
        if found.error:
            return found
        codes.add(str(found.value))
        warning = warning or found.warning
    if not codes:
        return Parsed(error=Problem("department.empty"))
    return Parsed(SEPARATOR.join(sorted(codes)), warning=warning)


def who(text: str, known: Known) -> Parsed:
    """The CNRS, one of its institutes or a unit, as `Label:id`."""
    if fold(text) in ("cnrs", "centre national de la recherche scientifique"):
        return Parsed(f"Institution:{CNRS}")
    if institute := known.institutes.get(fold(text)):
        return Parsed(f"CnrsInstitute:{institute}")
    plain = _SPACES.sub(" ", text).upper()
    if plain in known.units:
        return Parsed(f"Lab:{known.units[plain]}")
    unit = _UNIT.fullmatch(plain)
    if unit and unit[1] in known.unit_types:
        label = f"{unit[1]} {unit[2]}"
        if label in known.units:
            return Parsed(f"Lab:{known.units[label]}")
        return Parsed(f"Lab:{label}", warning=Problem("department.unit_unlisted", {"value": label}))
    if _RNSR.fullmatch(plain):
        return Parsed(error=Problem("department.rnsr_unknown", {"value": text}))
    institutes = ", ".join(sorted(set(known.institutes.values())))
    return Parsed(error=Problem("department.who_unknown", {"value": text, "institutes": institutes}))


def state(text: str, known: Known) -> Parsed:
    """State of a follow-up, in French or English."""
    for key, words in STATES.items():
        if fold(text) in (fold(key), *(fold(word) for word in words)):
            return Parsed(key)
    allowed = ", ".join(f"{french} / {english}" for french, english in STATES.values())
    return Parsed(error=Problem("department.state_unknown", {"value": text, "allowed": allowed}))


def reference(text: str, known: Known) -> Parsed:
    """The department's own number of a visit."""
    if _REFERENCE.fullmatch(text):
        return Parsed(text)
    return Parsed(error=Problem("department.reference_wrong", {"value": text[:40]}))


def prose(longest: int) -> Callable[[str, Known], Parsed]:
    """Free text of at most so many characters, without names, addresses or numbers of people."""

    def parse(text: str, known: Known) -> Parsed:
        plain = " ".join(text.split())
        if _CONTROL.search(plain):
            return Parsed(error=Problem("department.text_damaged"))
        if len(plain) > longest:
            return Parsed(error=Problem("department.text_long", {"length": len(plain), "longest": longest}))
        if _EMAIL.search(plain):
            return Parsed(error=Problem("department.text_email"))
        if _PHONE.search(plain):
            return Parsed(error=Problem("department.text_phone"))
        names = sorted(titled(plain), key=lambda name: name[1])
        if not names:
            return Parsed(plain)
        (name, born) = names[0]
        if born:
            return Parsed(plain, warning=Problem("department.text_named_after", {"value": name}))
        return Parsed(error=Problem("department.text_person", {"value": name}))

    return parse


def prose_list(longest: int) -> Callable[[str, Known], Parsed]:
    """Free text of several parts with `|` between them, empty ones left out."""
    whole = prose(longest)

    def parse(text: str, known: Known) -> Parsed:
        found = whole(text, known)
        if found.error:
            return found
        parts = [part.strip() for part in str(found.value).split(SEPARATOR)]
        return Parsed(SEPARATOR.join(filter(None, parts)) or None, warning=found.warning)

    return parse
