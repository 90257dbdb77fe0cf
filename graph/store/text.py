"""Folding of names, so that 'École' is found by 'ecole'; the engines' analysers do not do it."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
"""Letters that Unicode does not decompose into a base letter and a mark."""
_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
_BREAKS = re.compile(r"[\W_]+")


def fold(*texts: str | None) -> str:
    """Join texts in lower case, without accents and punctuation, single-spaced; None and empty texts are skipped.

    Full-text analysers keep "l'ete" as one word and would not find "ete"; initials are drawn together.

    >>> fold("École  Polytechnique", None, "C.N.R.S. – Côte d'Azur")
    'ecole polytechnique cnrs cote d azur'
    """
    joined = " ".join(text for text in texts if text)
    if joined.isascii():  # most names: nothing to decompose
        return _BREAKS.sub(" ", _INITIALS.sub(r"\1", joined.lower())).strip()
    decomposed = unicodedata.normalize("NFKD", joined.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _BREAKS.sub(" ", _INITIALS.sub(r"\1", bare.translate(_LETTERS))).strip()


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return fold(text).split()
