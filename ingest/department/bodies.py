"""The cell that names the institutions of a delegation: names, ROR ids and PICs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ingest.department.cells import SEPARATOR, prose
from ingest.department.findings import Parsed, Problem
from ingest.department.known import Known
from ingest.tidy import slug

LONGEST_NAME: Final = 200

_ENTRY: Final = re.compile(r"(?P<name>[^\[\]]*?)\s*(?:\[(?P<ids>[^\[\]]*)\])?")
_ROR: Final = re.compile(r"(?:(?:https?://)?(?:www\.)?ror\.org/|ror:\s*)?(0[0-9a-hjkmnp-tv-z]{6}\d{2})", re.IGNORECASE)
_PIC: Final = re.compile(r"(?:pic:?\s*)?(\d{9})", re.IGNORECASE)
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class Body:
    """One institution as a table names it; `country` is a code where the cell or the visit gives one."""

    name: str = ""
    ror: str = ""
    pic: str = ""
    country: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Its identifiers, the best first; of one known by name only, the name's."""
        found = [f"ror:{self.ror}"] if self.ror else []
        found += [f"pic:{self.pic}"] if self.pic else []
        return tuple(found) or (f"name:{self.country.lower()}:{_slug(self.name)}",)

    @property
    def called(self) -> str:
        """Its name, else its number, as `ROR 057zh3y96`."""
        number = f"ROR {self.ror}" if self.ror else f"PIC {self.pic}"
        return self.name or (f"{number} · {self.country}" if self.country else number)


def institutions(text: str, known: Known) -> Parsed:
    """Institutions with `|` between them, each a name, an identifier, or `Name [ror:… pic:… JP]`."""
    checked = prose(LONGEST_NAME * 20)(text, known)
    if checked.error:
        return checked
    kept: list[str] = []
    for part in filter(None, (part.strip() for part in str(checked.value).split(SEPARATOR))):
        found = _entry(part, known)
        if isinstance(found, Problem):
            return Parsed(error=found)
        kept.append(part)
    return Parsed(SEPARATOR.join(kept) or None, warning=checked.warning)


def bodies(text: str | None, seat: str, known: Known) -> tuple[Body, ...]:
    """The institutions of a cell that `institutions` accepted.

    Args:
        seat: country of those known by name only, unless the cell says another; may be empty.
    """
    found = []
    for part in (text or "").split(SEPARATOR) if text else ():
        body = _entry(part, known)
        if isinstance(body, Body):
            by_name = not (body.ror or body.pic)
            found.append(Body(body.name, body.ror, body.pic, body.country or (seat if by_name else "")))
    return tuple(found)


def _entry(text: str, known: Known) -> Body | Problem:
    if ror := _ROR.fullmatch(text):
        return _ror(ror[1].lower(), text) or Body(ror=ror[1].lower())
    if pic := _PIC.fullmatch(text):
        return Body(pic=pic[1])
    entry = _ENTRY.fullmatch(text)
    if entry is None:
        return Problem("department.institution_brackets", {"value": text})
    name = entry["name"].strip()
    if len(name) > LONGEST_NAME:
        return Problem("department.text_long", {"length": len(name), "longest": LONGEST_NAME})
    ror_, pic_, country = "", "", ""
    for token in re.split(r"[\s,]+", entry["ids"].strip()) if entry["ids"] else ():
        if found := _ROR.fullmatch(token):
            ror_ = found[1].lower()
            if wrong := _ror(ror_, token):
                return wrong
        elif found := _PIC.fullmatch(token):
            pic_ = found[1]
        elif token.upper() in known.countries:
            country = token.upper()
        else:
            return Problem("department.institution_identifier", {"value": token})
    if not (name or ror_ or pic_):
        return Problem("department.institution_brackets", {"value": text})
    if re.match(r"(?:ror|pic)\s*:|https?:", name, re.IGNORECASE):
        return Problem("department.institution_identifier", {"value": name})
    return Body(name, ror_, pic_, country)


def _ror(identifier: str, written: str) -> Problem | None:
    """What is wrong with a ROR id whose two last digits do not fit the others (ISO 7064, modulus 97)."""
    number = 0
    for letter in identifier[:7]:
        number = number * 32 + _ALPHABET.index(letter)
    fits = identifier[7:] == f"{98 - (number * 100) % 97:02}"
    return None if fits else Problem("department.institution_ror", {"value": written})


def _slug(name: str) -> str:
    """As in other `name:` identifiers; a name in another script stands as it is."""
    return slug(name) or re.sub(r"\s+", "-", name.casefold().strip())
