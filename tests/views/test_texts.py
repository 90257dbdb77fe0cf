"""The catalogue is complete: French beside English, nothing missing, nothing left over, and refusals are in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from graph import errors
from graph.i18n import LANGUAGES, keys, t
from graph.network import ANALYSES

ROOT = Path(__file__).parents[2]
AREAS = sorted({key.partition(".")[0] for key in keys()})
KEY = re.compile(rf"(?:{'|'.join(AREAS)})\.[A-Za-z0-9_\-.]+")
TEMPLATES = ("*.j2", "*.html", "*.typ", "*.cypher", "*.toml")
ERRORS = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)}
SHOWN = ("graph/briefing", "graph/explore", "graph/network", "graph/queries", "graph/store", "views")
"""Whose refusals and failures a page may show."""
COMMANDS_ONLY = {
    "graph/store/archive.py": "dumping and loading an archive are commands",
    "graph/store/data_science.py": "only a command asks the server to measure",
    "graph/store/lease.py": "only builds hold the lease",
    "graph/store/sync.py": "only builds write",
    "graph/store/tables.py": "only builds give records to write",
}
"""What no page starts, and so may refuse in English alone; with the reason."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@dataclass(frozen=True)
class Refusal:
    """An error made of catalogue texts: where, patterns of the keys it may name, and which placeholders it fills."""

    where: str
    keys: tuple[str, ...]
    values: frozenset[str]


@cache
def python() -> dict[str, ast.Module]:
    """Every module by its path in the repository."""
    files = [ROOT / "app.py", *(path for top in ("graph", "ingest", "views") for path in (ROOT / top).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in files}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path, module in python().items():
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                yield path, node


def pattern(node: ast.expr) -> str | None:
    """A key as written in code: a literal, or an f-string whose holes match anything."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[^ ]*" for part in node.values]
        return "".join(parts)
    return None


def patterns(key: ast.expr) -> tuple[str, ...]:
    """The keys that stand in a call, one or the other of two; none where a variable holds it."""
    choices = [key.body, key.orelse] if isinstance(key, ast.IfExp) else [key]
    return tuple(one for choice in choices if (one := pattern(choice)))


@cache
def refusals() -> tuple[Refusal, ...]:
    """Every error made by `of`."""
    return tuple(
        Refusal(f"{path}:{call.lineno}", patterns(call.args[0]), frozenset(str(one.arg) for one in call.keywords))
        for path, call in calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "of"
        and getattr(call.func.value, "id", "") in ERRORS
    )


def refused() -> set[str]:
    """Patterns of the keys of errors: what happened, and what to do about it."""
    return {text for one in refusals() for key in one.keys for text in (key, f"{key}_next")}


def asked_for() -> set[str]:
    """Patterns of the keys given to `t` and to errors."""
    return refused().union(
        *(patterns(call.args[0]) for _, call in calls() if call.args and getattr(call.func, "id", "") == "t")
    )


def mentioned() -> list[re.Pattern[str]]:
    """Patterns of everything in code and templates that reads like a key."""
    found = refused()
    for module in python().values():
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


def of_analyses() -> set[str]:
    """Keys that analyses put together from their declarations; what a heading's (?) says may lack."""
    found: set[str] = set()
    for one in ANALYSES.values():
        found |= {f"{one.area}.{kind}_{one.name}" for kind in ("question", "method")}
        found |= {f"{one.area}.column_{column.name}" for column in one.columns}
        found |= {f"{one.area}.parameter_{parameter.name}" for parameter in one.parameters}
    return found


def test_every_text_of_an_analysis_exists() -> None:
    assert sorted(of_analyses() - keys().keys()) == []


def test_every_key_the_code_asks_for_exists() -> None:
    missing = [one for one in asked_for() if not any(re.fullmatch(one, key) for key in keys())]
    assert missing == []


def test_no_text_is_left_over() -> None:
    used, declared = mentioned(), of_analyses()
    # figures and words are named by what an analysis finds: see tests/network/test_analyses.py
    found = re.compile(rf"(?:{'|'.join({one.area for one in ANALYSES.values()})})\.(?:figure|word)_\w+")
    left = [key for key in sorted(keys()) if key.removesuffix("_says") not in declared and not found.fullmatch(key)]
    assert [key for key in left if not any(one.fullmatch(key) for one in used)] == []


def test_what_a_page_may_refuse_is_refused_in_both_languages() -> None:
    in_english = {
        (path, call.lineno)
        for path, call in calls()
        if path.startswith(SHOWN) and getattr(call.func, "id", "") in ERRORS
    }
    assert sorted(one for one in in_english if one[0] not in COMMANDS_ONLY) == []
    assert sorted(COMMANDS_ONLY.keys() - {path for path, _ in in_english}) == [], "an exception nobody needs"


def test_every_refusal_names_its_texts_and_fills_their_placeholders() -> None:
    assert [one.where for one in refusals() if not one.keys] == [], "the key stands in the call, not in a variable"
    for one in refusals():
        named = [key for key in keys() if any(re.fullmatch(rf"{each}(_next)?", key) for each in one.keys)]
        needed = {name for key in named for text in keys()[key].values() for name in placeholders(text)}
        assert named and needed == one.values, one.where


def test_every_refusal_says_what_to_do_next() -> None:
    texts = {key for key in keys() if key.startswith("refused.")}
    happened = {key for key in texts if not key.endswith("_next")}
    assert texts == happened | {f"{key}_next" for key in happened}


def test_a_key_that_does_not_exist_is_named() -> None:
    with pytest.raises(KeyError, match="no_such_key"):
        t("frame.no_such_key", "fr")
