"""The catalogue is complete: French beside English, nothing missing, nothing left over."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from graph.i18n import LANGUAGES, keys, t

ROOT = Path(__file__).parents[2]
AREAS = sorted({key.partition(".")[0] for key in keys()})
KEY = re.compile(rf"(?:{'|'.join(AREAS)})\.[A-Za-z0-9_\-.]+")
TEMPLATES = ("*.j2", "*.html", "*.typ", "*.cypher", "*.toml")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@cache
def python() -> tuple[ast.Module, ...]:
    files = [ROOT / "app.py", *(path for top in ("graph", "ingest", "views") for path in (ROOT / top).rglob("*.py"))]
    return tuple(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)) for path in files)


def pattern(node: ast.expr) -> str | None:
    """A key as written in code: a literal, or an f-string whose holes match anything."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[^ ]*" for part in node.values]
        return "".join(parts)
    return None


def asked_for() -> set[str]:
    """Patterns of the keys given to `t`."""
    found: set[str] = set()
    for module in python():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") == "t":
                key = node.args[0]
                choices = [key.body, key.orelse] if isinstance(key, ast.IfExp) else [key]
                found |= {one for choice in choices if (one := pattern(choice))}
    return found


def mentioned() -> list[re.Pattern[str]]:
    """Patterns of everything in code and templates that reads like a key."""
    found: set[str] = set()
    for module in python():
        for node in ast.walk(module):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                one = pattern(node)
                if one and any(one.startswith(re.escape(f"{area}.")) for area in AREAS):
                    found.add(one)
    for top in ("graph", "ingest", "views"):
        for glob in TEMPLATES:
            for path in (ROOT / top).rglob(glob):
                if "texts" not in path.parts:
                    found |= {re.escape(key) for key in KEY.findall(path.read_text(encoding="utf-8"))}
    return [re.compile(one) for one in found]


@pytest.mark.parametrize("key", sorted(keys()))
def test_every_text_is_in_french_and_english_with_the_same_placeholders(key: str) -> None:
    texts = keys()[key]
    assert set(texts) == set(LANGUAGES)
    assert all(text.strip() for text in texts.values())
    assert placeholders(texts["fr"]) == placeholders(texts["en"])


def test_every_key_the_code_asks_for_exists() -> None:
    missing = [one for one in asked_for() if not any(re.fullmatch(one, key) for key in keys())]
    assert missing == []


def test_no_text_is_left_over() -> None:
    used = mentioned()
    assert [key for key in sorted(keys()) if not any(one.fullmatch(key) for one in used)] == []


def test_a_key_that_does_not_exist_is_named() -> None:
    with pytest.raises(KeyError, match="no_such_key"):
        t("frame.no_such_key", "fr")
