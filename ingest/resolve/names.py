"""Names of bodies as comparable words: one spelling a concept in any language, legal forms left out."""

from __future__ import annotations

import csv
import math
import re
from functools import cache
from typing import Final

from graph.store.text import fold
from ingest.catalogue import BUNDLED_DIR
from ingest.resolve.lexicon import COMPOUNDS, DROPPED, LEXICON, PHRASES

WORD_COUNTS: Final = BUNDLED_DIR / "judgements" / "word_counts.csv"
"""In how many of `NAMES_COUNTED` names a word occurs; shipped, so that a score depends on nothing but its pair.

Made by `python -m ingest.resolve.count`."""

COUNTRIES: Final = BUNDLED_DIR / "bundled" / "countries.csv"
NAMES_COUNTED: Final = 40_206
"""Names behind `WORD_COUNTS`: distinct names of Horizon Europe (2025-12-06) and of the bundled sources."""

_BRACKETED: Final = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_TRANSLITERATED: Final = str.maketrans({"ß": "ss"})
_ACRONYM: Final = re.compile(r"^[A-Z][A-Za-z0-9&/.-]{1,9}$")
_SPA_AT_END: Final = re.compile(r" spa$")
"""The Italian legal form; Bath Spa is a town."""
_UMLAUTS: Final = re.compile(r"([aou])e")
_SHORT_WORD: Final = 6
_LONGEST_BRACKETED: Final = 6
_COGNATES: Final = (
    (re.compile(r"olog(?:y|ie|ies|ia|ii|ija|iques?|ic[oa]s?|ical|isch\w*|i)$"), "olog"),
    (re.compile(r"(?:iques?|ic[oa]s?|icals?|isch\w{0,2}|ik[aiy]?|ics)$"), "ic"),
    (re.compile(r"(?:tions?|ciones|cion|zioni|zione|cao|coes)$"), "tion"),
    (re.compile(r"(?:ites?|idad|idade|itat|itat|ity|ities)$"), "ity"),
)
"""Endings of one learned word in several languages: biotechnologie, biotecnologia; óptica, optik."""
_FIRST_AT_END: Final = re.compile(r" i$")
_DIGITS: Final = re.compile(r"([^\W\d])(\d)")
_PHRASES: Final = re.compile(r"\b(?:" + "|".join(PHRASES) + r")\b")
LONGEST_ACRONYM: Final = 10


def tokens(name: str) -> list[str]:
    """Return the words that tell a body, sorted, each once: concepts for words, no legal forms, no small words.

    An acronym or a country in brackets is left out; a place in them is not, it tells two bodies of one name apart.

    >>> tokens("Universität Wien (Austria)"), tokens("UNIVERSITY OF VIENNA")
    (['univ', 'vienna'], ['univ', 'vienna'])
    """
    outside = _BRACKETED.sub(_place_kept, name.translate(_TRANSLITERATED))
    bare = _FIRST_AT_END.sub(" 1", _SPA_AT_END.sub("", _PHRASES.sub(" ", fold(outside) or fold(name))))
    bare = _DIGITS.sub(r"\1 \2", bare)
    found = {_concept(word) for word in bare.split() if word not in DROPPED and word not in COMPOUNDS}
    found.update(concept for word in bare.split() if word in COMPOUNDS for concept in COMPOUNDS[word])
    found = {word for word in found if len(word) > 1 or word.isdigit()}
    return sorted(found or bare.split())


def letters(name: str) -> list[str]:
    """Return the single letters of a name that are no small words and no legal form, each once.

    >>> letters("X-Fab (Germany)"), letters("B.FAB B V")
    (['x'], ['b'])
    """
    bare = _PHRASES.sub(" ", fold(_BRACKETED.sub(" ", name)))
    return sorted({word for word in bare.split() if len(word) == 1 and word.isalpha() and word not in DROPPED})


def _concept(word: str) -> str:
    """The concept a word says, else the word with its ending and its umlauts as in any other language."""
    flat = flattened(word)
    known = LEXICON.get(word) or LEXICON.get(flat)
    if known:
        return known
    if len(flat) > _SHORT_WORD:
        for ending, common in _COGNATES:
            flat, changed = ending.subn(common, flat)
            if changed:
                break
    return flat


def flattened(text: str) -> str:
    """Return the text with umlauts written out (ue) as without (u)."""
    return _UMLAUTS.sub(r"\1", text)


def _place_kept(brackets: re.Match[str]) -> str:
    inside = brackets[1].strip()
    return " " if _is_acronym(inside) or fold(inside) in countries() else f" {inside} "


def _is_acronym(inside: str) -> bool:
    """(CNRS) is, (Trading) and (TRADING) are not: in a name all in capitals only its length tells."""
    return bool(_ACRONYM.match(inside)) and not inside[1:].islower() and len(inside) <= _LONGEST_BRACKETED


@cache
def countries() -> frozenset[str]:
    """Return the names of all countries, English and French, folded."""
    with COUNTRIES.open(encoding="utf-8", newline="") as handle:
        return frozenset(fold(row[c]) for row in csv.DictReader(handle) for c in ("name_en", "name_fr"))


def acronyms(name: str, acronym: str | None) -> list[str]:
    """Return the short names a body goes by, folded and without spaces: given, in brackets, or its name if that is one.

    >>> acronyms("Centre national de la recherche scientifique (CNRS)", None)
    ['cnrs']
    """
    given = [acronym or "", *(part for part in _BRACKETED.findall(name) if _is_acronym(part.strip()))]
    if " " not in name.strip():
        given.append(name)
    short = {fold(text).replace(" ", "") for text in given}
    return sorted(text for text in short if 1 < len(text) <= LONGEST_ACRONYM)


def initials(name: str) -> str:
    """Return the first letters of the name's words, small words left out; empty for fewer than four.

    >>> initials("Centre national de la recherche scientifique")
    'cnrs'
    """
    letters = "".join(word[0] for word in fold(_BRACKETED.sub(" ", name)).split() if word not in DROPPED)
    return letters if len(letters) > 3 else ""


_SECOND: Final = frozenset({"ac", "co", "com", "edu", "gov", "gob", "org", "net", "or", "go", "gouv", "govt", "nhs"})


def site(url: str | None) -> tuple[str, str]:
    """Return host (no www) and registered domain of a web address; empty where there is none.

    >>> site("http://www.ias.u-psud.fr/en"), site("https://www.kent.ac.uk")
    (('ias.u-psud.fr', 'u-psud.fr'), ('kent.ac.uk', 'kent.ac.uk'))
    """
    host = re.sub(r"^[a-z]+:/*", "", (url or "").strip().lower()).split("/")[0].split(":")[0].split("?")[0]
    host = re.sub(r"^www\d?\.", "", host).strip(".")
    parts = host.split(".")
    if len(parts) < 2 or not all(parts):
        return "", ""
    keep = 3 if len(parts) > 2 and parts[-2] in _SECOND else 2
    return host, ".".join(parts[-keep:])


def place(city: str | None) -> str:
    """Return a city's name in one spelling, without postal district (`Paris Cedex 05` is `paris`); empty for none."""
    words = [_concept(word) for word in fold(city).split() if not word.isdigit() and word != "cedex"]
    return " ".join(words)


@cache
def weights() -> tuple[dict[str, float], float]:
    """Return the weight of a word by its rarity, and that of a word never counted.

    Raises:
        FileNotFoundError: the table of counts is not shipped.
    """
    with WORD_COUNTS.open(encoding="utf-8", newline="") as handle:
        counts = {row["word"]: int(row["count"]) for row in csv.DictReader(handle)}
    return {word: math.log(NAMES_COUNTED / count) for word, count in counts.items()}, math.log(NAMES_COUNTED)
