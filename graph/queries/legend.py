"""What an analyst can ask about: the kinds of graph.schema as rows, and example statements to start from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import polars as pl

from graph.queries.catalogue import Texts, parse_header
from graph.schema import KEY, NODES, RELATIONSHIPS, Property

_OWN: Final = {"digest", "search"}


@dataclass(frozen=True, slots=True)
class Example:
    """One statement to start from, with its title."""

    id: str
    title: Texts
    cypher: str


def kinds() -> pl.DataFrame:
    """Return one row a node kind: label, properties, meaning; generated from the schema."""
    rows = [(kind.label, _names((KEY, *kind.properties)), kind.description) for kind in NODES]
    return pl.DataFrame(rows, schema=["label", "properties", "description"], orient="row")


def ties() -> pl.DataFrame:
    """Return one row a relationship type and pair of labels: pattern, properties, meaning."""
    rows = [
        (f"(:{start})-[:{kind.type}]->(:{end})", _names(kind.properties), kind.description)
        for kind in RELATIONSHIPS
        for start, end in kind.ends
    ]
    return pl.DataFrame(rows, schema=["pattern", "properties", "description"], orient="row")


@cache
def examples() -> tuple[Example, ...]:
    """Return the example statements of `graph/queries/examples`, in the order of their file names."""
    found = []
    for path in sorted(files("graph.queries").joinpath("examples").iterdir(), key=lambda one: one.name):
        if path.name.endswith(".cypher"):
            header, body = parse_header(path.name, path.read_text(encoding="utf-8"))
            found.append(Example(path.name.removesuffix(".cypher"), header["title"], body))
    return tuple(found)


def _names(properties: tuple[Property, ...]) -> str:
    return ", ".join(one.name + (f" ({one.unit})" if one.unit else "") for one in properties if one.name not in _OWN)
