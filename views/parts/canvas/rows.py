"""An answer's nodes and relationships as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.explore.read import native, view_node
from graph.explore.view import ViewEdge, ViewNode
from graph.i18n import Language
from graph.schema import NODE_BY_LABEL

if TYPE_CHECKING:
    from graph.store import Rows


def canvas_from_rows(rows: Rows, lang: Language) -> tuple[list[ViewNode], list[ViewEdge]]:
    """Return the nodes and ties found anywhere in an answer, each once.

    A relationship is drawn if both its ends are in the answer as nodes; a node whose label is no
    kind of the schema, or that has no id, is left out.
    """
    del lang
    found: dict[str, ViewNode] = {}
    for node in rows.nodes():
        label = next((each for each in node.labels if each in NODE_BY_LABEL), None)
        properties = {name: native(value) for name, value in node.items()}
        if label is not None and properties.get("id") is not None:
            found[node.element_id] = view_node(label, properties)
    edges: dict[str, ViewEdge] = {}
    for relationship in rows.relationships():
        ends = [found.get(end.element_id) if end is not None else None for end in relationship.nodes]
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
            weight = relationship.get("full_count") if relationship.type == "COPUBLISHES_WITH" else None
            edge = ViewEdge(ends[0].key, ends[1].key, relationship.type.lower(), weight)
            edges[edge.key] = edge
    nodes = list({node.key: node for node in found.values()}.values())
    return nodes, list(edges.values())
