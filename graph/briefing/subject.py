"""Whom a briefing is about: from what a person types to one country or institution of the graph."""

from __future__ import annotations

import difflib
import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Final

from graph.briefing.model import Subject
from graph.errors import BadRequest
from graph.i18n import Language
from graph.queries import identified, internal

if TYPE_CHECKING:
    from graph.store import Store

CNRS: Final = "ror:02feahw73"
_SMALL: Final = frozenset(
    {
        "of",
        "and",
        "the",
        "for",
        "in",
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "et",
        "di",
        "dei",
        "degli",
        "della",
        "e",
        "y",
    }
    | {"der", "die", "für", "und", "van", "von", "voor", "do", "da", "dos", "del"}
)
_ALIASES: Final = {"UK": "GB", "EL": "GR"}


def resolve(store: Store, subject: str, language: Language) -> Subject:
    """Find the country or institution a person means.

    Args:
        store: a built store.
        subject: an ISO code (`JP`, `JPN`), a country's name in French or
            English, or `Country:<id>` / `Institution:<id>`.
        language: in which countries are named.

    Raises:
        BadRequest: no such country or institution, or the CNRS itself; suggests near ones.
    """
    text = subject.strip()
    label, _, rest = text.partition(":")
    if label == "Institution":
        return _institution(store, identified(store, rest.strip()), language)
    return _country(store, rest.strip() if label == "Country" else text, language)


def country_choices(store: Store, language: Language) -> list[tuple[str, str]]:
    """Return (id, name) of every country, sorted by name as the language reads it."""
    rows = store.read(internal("briefing_country_names")).dicts()
    named = [(str(row["id"]), str(row[f"name_{language}"])) for row in rows]
    return sorted(named, key=lambda pair: _plain(pair[1]))


def _country(store: Store, text: str, language: Language) -> Subject:
    rows = store.read(internal("briefing_country_names")).dicts()
    code = _ALIASES.get(text.upper(), text.upper())
    wanted = _plain(text)
    for row in rows:
        names = {_plain(str(row["name_en"])), _plain(str(row["name_fr"]))}
        if code in (row["id"], row["iso3"]) or wanted in names:
            name = str(row[f"name_{language}"])
            return Subject("Country", str(row["id"]), name, str(row["id"]), name, name_en=str(row["name_en"]))
    near = _near(text, rows)
    if near:
        raise BadRequest.of("refused.near_subject", subject=text, near=partial(_listed, near))
    raise BadRequest.of("refused.no_subject", subject=text)


def _near(text: str, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    wanted = _plain(text)
    known = {_plain(str(row[f"name_{one}"])): row for row in rows for one in ("en", "fr")}
    found = difflib.get_close_matches(wanted, list(known), n=3, cutoff=0.6)
    if len(text) <= 3:
        found += [name for name in known if name.startswith(wanted)][:3]
    return list({str(known[name]["id"]): known[name] for name in found}.values())[:3]


def _listed(countries: list[dict[str, object]], language: Language) -> str:
    return ", ".join(f"{row['id']} ({row[f'name_{language}']})" for row in countries)


def _institution(store: Store, identity: str, language: Language) -> Subject:
    if identity == CNRS:
        raise BadRequest.of("refused.cnrs_subject")
    rows = store.read(internal("briefing_institution"), {"id": identity}).dicts()
    if not rows:
        found = store.search(identity.partition(":")[2] or identity, labels=("Institution",), limit=3).dicts()
        near = ", ".join(f"Institution:{row['id']} ({row['name']})" for row in found)
        if near:
            raise BadRequest.of("refused.near_subject", subject=identity, near=near)
        raise BadRequest.of("refused.no_subject", subject=identity)
    row = rows[0]
    return Subject(
        "Institution",
        identity,
        tidy(str(row["name"])),
        str(row["country"] or ""),
        str(row[f"country_{language}"] or ""),
        city=tidy(str(row["city"] or "")),
        name_en=str(row["name"]),
        acronym=str(row["acronym"] or ""),
    )


def tidy(text: str) -> str:
    """Write a name that a source gives in capitals in small letters; any other stays as it is."""
    words = text.split()
    if text.upper() != text or (len(words) == 1 and len(text) < 6):
        return text
    return " ".join(_word(word, first=place == 0) for place, word in enumerate(words))


def _word(word: str, *, first: bool) -> str:
    if word.lower() in _SMALL and not first:
        return word.lower()
    return word if _initials(word) else word.title().replace("'S", "'s")


def _initials(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    vowels = sum(unicodedata.normalize("NFKD", letter)[0] in "AEIOUY" for letter in letters)
    return len(letters) <= 5 and (vowels == 0 or "." in word.rstrip(".,") or word.startswith("("))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).strip()
