"""French as a French reader expects it: no line breaks before double punctuation, within guillemets or numbers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from graph.i18n import keys
from graph.queries import questions

ROOT = Path(__file__).parents[2]
BREAKABLE = re.compile(r" [;:?!»%€]|« |\d \d{3}\b")


def french() -> dict[str, list[str]]:
    """Every text in French, by where it stands."""
    found = {key: [texts["fr"]] for key, texts in keys().items()}
    for one in questions():
        texts = (one.title, one.description, *(p.label for p in one.parameters), *(c.heading for c in one.columns))
        found[one.id] = [text["fr"] for text in texts]
    for path in sorted((ROOT / "ingest/sources").glob("*/source.toml")):
        found[path.parent.name] = texts_of(tomllib.loads(path.read_text(encoding="utf-8")))
    return found


def texts_of(table: object) -> list[str]:
    if not isinstance(table, dict):
        return []
    own = [value for name, value in table.items() if name.endswith("_fr") and isinstance(value, str)]
    return own + [text for value in table.values() for text in texts_of(value)]


def test_a_french_text_does_not_break_before_its_double_punctuation() -> None:
    texts = french()
    assert len(texts) > 1500
    assert [(place, text) for place, said in texts.items() for text in said if BREAKABLE.search(text)] == []
