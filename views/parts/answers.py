"""What both ways of asking show: how many rows, and the network an answer holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import networkx as nx

from graph.explore.view import ViewEdge, ViewNode
from graph.i18n import Language, number, t
from graph.network import layout
from graph.store import Rows
from views.parts import state
from views.parts.canvas import CanvasOptions, canvas_from_rows, network_canvas

CANVAS_NODES: Final = 300
CANVAS_SPREAD: Final = (520.0, 300.0)


def count(rows: int, language: Language) -> str:
    """Say a number of rows."""
    return t("ask.rows_one" if rows == 1 else "ask.rows_many", language, count=number(rows, language))


def network(rows: Rows, key: str, language: Language) -> None:
    """Draw the nodes and relationships an answer holds; an answer without nodes draws nothing."""
    nodes, edges = canvas_from_rows(rows, language)
    if not nodes:
        return
    drawn = nx.Graph((edge.a, edge.b) for edge in edges if edge.a != edge.b)
    drawn.add_nodes_from(node.key for node in nodes)
    ranked = sorted(nodes, key=lambda node: -drawn.degree(node.key))[:CANVAS_NODES]
    shown = drawn.subgraph([node.key for node in ranked])
    counted = {"nodes": number(len(nodes), language), "ties": number(len(edges), language)}
    note = t("ask.network_of", language, **counted)
    if len(ranked) < len(nodes):
        shown_of = {"shown": number(len(ranked), language), "total": number(len(nodes), language)}
        note = t("ask.network_cut", language, **shown_of)
    picture(ranked, edges, shown, key, language, name="answer", height=480, note=note)


def picture(
    nodes: Sequence[ViewNode],
    edges: Sequence[ViewEdge],
    shape: nx.Graph[str],
    key: str,
    language: Language,
    *,
    name: str,
    height: int,
    note: str = "",
) -> None:
    """Lay nodes out and draw them; a double click opens one in Explore.

    Args:
        nodes: what is drawn.
        edges: ties; those with an end that is not drawn are dropped.
        shape: the graph of the nodes' keys that places them.
        key: widget key, unique on the page.
        language: the page's.
        name: of the file a picture is taken away as.
        height: in pixels.
        note: what stands under it.
    """
    places = {node: (x * CANVAS_SPREAD[0], y * CANVAS_SPREAD[1]) for node, (x, y) in layout(shape).items()}
    epoch = str(hash(tuple(places)))
    options = CanvasOptions(language=language, positions=places, note=note, epoch=epoch, name=name)
    event = network_canvas(nodes, edges, key=key, height=height, options=options)
    if event is not None and event.type == "expand" and event.key is not None:
        label, _, identity = event.key.partition(":")
        state.open_in_explore(label, identity)
