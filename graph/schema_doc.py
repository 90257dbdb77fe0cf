"""docs/schema.md, written from `graph.schema`: `python -m graph schema --write`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from graph.schema import KEY, NODES, PROVENANCE, RELATIONSHIPS, SEARCH, VERSION, Property

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "schema.md"
"""Where the page lives."""


def page() -> str:
    """The whole page as Markdown; the same schema gives the same text."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The graph: kinds of node and relationship"
    yield ""
    yield f"Version {VERSION}. Generated from `graph/schema.py` by `python -m graph schema --write`; do not edit."
    yield ""
    yield "Every node has:"
    yield ""
    yield from _table((KEY, *PROVENANCE))
    yield ""
    yield (
        "Relationships carry the same provenance. Two relationships of one type between the same nodes are told "
        f"apart by `record`. Kinds marked *searchable* also have `{SEARCH.name}`: {_lower(SEARCH.description)}."
    )
    yield ""
    yield "## Nodes"
    for kind in NODES:
        yield ""
        yield f"### {kind.label}"
        yield ""
        yield f"{kind.description}.{' *Searchable.*' if kind.fulltext else ''}"
        yield ""
        yield from _table(kind.properties)
    yield ""
    yield "## Relationships"
    for relationship in RELATIONSHIPS:
        yield ""
        yield f"### {relationship.type}"
        yield ""
        yield f"{relationship.description}."
        yield ""
        for start, end in relationship.ends:
            yield f"- `(:{start})-[:{relationship.type}]->(:{end})`"
        if relationship.properties:
            yield ""
            yield from _table(relationship.properties)


def _table(properties: tuple[Property, ...]) -> Iterator[str]:
    yield "| property | type | required | meaning |"
    yield "|---|---|---|---|"
    for one in properties:
        unit = f" ({one.unit})" if one.unit else ""
        text = one.description.replace("|", "\\|")
        yield f"| `{one.name}` | {one.type} | {'yes' if one.required else ''} | {text}{unit} |"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
