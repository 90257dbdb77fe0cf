"""The catalogue: one TOML file an area, each key with its French and English text."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Language = Literal["fr", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    for path in files("graph.i18n").joinpath("texts").iterdir():
        if not path.name.endswith(".toml"):
            continue
        area = path.name.removesuffix(".toml")
        for key, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
            entries[f"{area}.{key}"] = texts
    return entries


def keys() -> dict[str, dict[str, str]]:
    """Return every `area.key` with its texts by language."""
    return _catalogue()


def t(key: str, language: Language, /, **values: object) -> str:
    """Return the text of `area.key`, its `{placeholders}` filled.

    Raises:
        KeyError: the catalogue has no such key or language; names both.
    """
    try:
        text = _catalogue()[key][language]
    except KeyError:
        raise KeyError(f"the catalogue has no text '{key}' in '{language}'") from None
    return text.format(**values) if values else text
