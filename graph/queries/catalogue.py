"""The questions as files: one `.cypher` each, its YAML header in a leading comment.

A new question is one new file. `internal/` holds the statements that pages,
briefing and network need and that no person picks from a list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, TypeVar, get_args

import yaml

from graph.errors import BadRequest
from graph.i18n import LANGUAGES, Language
from graph.schema import NODE_BY_LABEL

ParameterType = Literal[
    "country", "institution", "lab", "project", "programme", "cnrs_institute", "year", "integer", "text"
]
"""What a value means, and so which widget asks for it; all but year and integer are text."""

ColumnType = Literal[
    "text", "id", "country", "number", "year", "date", "euros", "list", "words", "explanation", "graph"
]
"""How a column's values are written.

`id` is a node's key, its label in `Column.kind`; `country` an ISO code; `words` codes with a
text `ask.word_<code>`, one or a list; `explanation` a code with a text `sources.explain_<code>`;
`graph` nodes, relationships, paths or lists of them.
"""

Role = Literal["strategist", "analyst", "officer"]

Texts = Mapping[Language, str]

_Word = TypeVar("_Word")

_HEADER: Final = re.compile(r"\s*/\*(?P<header>.*?)\*/\s*(?P<body>.*)", re.DOTALL)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One typed parameter; a required one has no usable absence, a default may be None."""

    name: str
    type: ParameterType
    label: Texts
    default: str | int | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """One column a question returns: its headings, how it is written, and in which language only if one."""

    name: str
    heading: Texts
    type: ColumnType = "text"
    kind: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One named Cypher query with typed parameters and rows."""

    id: str
    title: Texts
    description: Texts
    parameters: tuple[Parameter, ...]
    roles: tuple[Role, ...]
    columns: tuple[Column, ...]
    cypher: str
    order: int
    needs: str | None = None
    """The source it is answered from, where nothing of that source is bundled: without it the answer is empty."""


@cache
def internal(name: str) -> str:
    """Return the Cypher text of `graph/queries/internal/<name>.cypher`, without its leading comment.

    Raises:
        BadRequest: no such file; names it.
    """
    path = files("graph.queries").joinpath("internal", f"{name}.cypher")
    if not _NAME.fullmatch(name) or not path.is_file():
        raise BadRequest.of("refused.no_internal_query", name=name)
    text = path.read_text(encoding="utf-8")
    match = _HEADER.fullmatch(text)
    return (match["body"] if match else text).strip()


@cache
def questions() -> tuple[Question, ...]:
    """Return every question, in the order their headers give."""
    paths = [path for path in files("graph.queries").iterdir() if path.name.endswith(".cypher")]
    found = [_parse(path.name.removesuffix(".cypher"), path.read_text(encoding="utf-8")) for path in paths]
    return tuple(sorted(found, key=lambda one: (one.order, one.id)))


def question(name: str) -> Question:
    """Return one question by its id.

    Raises:
        BadRequest: no such question; lists those there are.
    """
    for one in questions():
        if one.id == name:
            return one
    raise BadRequest.of("refused.no_question", name=name, questions=", ".join(one.id for one in questions()))


@cache
def parameter_names() -> tuple[str, ...]:
    """Return the name of every parameter of every question, each once."""
    return tuple(sorted({parameter.name for one in questions() for parameter in one.parameters}))


def parse_header(name: str, text: str) -> tuple[dict[str, Any], str]:
    """Split a file into its YAML header and its statement.

    Raises:
        ValueError: the file does not begin with a header; names it.
    """
    match = _HEADER.fullmatch(text)
    header = yaml.safe_load(match["header"]) if match else None
    if match is None or not isinstance(header, dict):
        raise ValueError(f"{name}: expected a leading /* YAML header */")
    return header, match["body"].strip()


def _parse(stem: str, text: str) -> Question:
    header, cypher = parse_header(f"{stem}.cypher", text)
    if header.get("id") != stem:
        raise ValueError(f"{stem}.cypher: expected id '{stem}' in the header, found '{header.get('id')}'")
    return Question(
        id=stem,
        title=_texts(stem, "title", header),
        description=_texts(stem, "description", header),
        parameters=tuple(_parameter(stem, entry) for entry in header.get("parameters") or ()),
        roles=tuple(_one_of(stem, "roles", role, get_args(Role)) for role in header["roles"]),
        columns=tuple(_column(stem, entry) for entry in header["columns"]),
        cypher=cypher,
        order=int(header.get("order", 1000)),
        needs=header.get("needs"),
    )


def _parameter(stem: str, entry: Mapping[str, object]) -> Parameter:
    default = entry.get("default")
    if default is not None and not isinstance(default, str | int):
        raise ValueError(
            f"{stem}.cypher: parameter '{entry.get('name')}' has the default {default!r}, expected text or an integer"
        )
    return Parameter(
        name=str(entry["name"]),
        type=_one_of(stem, "parameter type", entry["type"], get_args(ParameterType)),
        label=_texts(stem, "label", entry),
        default=default,
        required=bool(entry.get("required", True)),
    )


def _column(stem: str, entry: Mapping[str, object]) -> Column:
    type_ = _one_of(stem, "column type", entry.get("type", "text"), get_args(ColumnType))
    kind, language = entry.get("kind"), entry.get("language")
    if (type_ == "id") != (kind in NODE_BY_LABEL):
        raise ValueError(
            f"{stem}.cypher: column '{entry['name']}' needs a kind of graph.schema if and only if it is an id"
        )
    return Column(
        name=str(entry["name"]),
        heading=_texts(stem, "heading", entry),
        type=type_,
        kind=None if kind is None else str(kind),
        language=None if language is None else _one_of(stem, "language", language, LANGUAGES),
    )


def _texts(stem: str, field: str, entry: Mapping[str, object]) -> Texts:
    texts = entry.get(field)
    if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
        raise ValueError(f"{stem}.cypher: '{field}' needs one text in each of {', '.join(LANGUAGES)}")
    return {language: str(texts[language]).strip() for language in LANGUAGES}


def _one_of(stem: str, field: str, value: object, allowed: tuple[_Word, ...]) -> _Word:
    for one in allowed:
        if one == value:
            return one
    raise ValueError(f"{stem}.cypher: {field} '{value}' is not one of {', '.join(map(str, allowed))}")
