"""Looking around in the graph: pictures of it, what a node and a tie are, and what a person does to a picture."""

from graph.explore.around import LIMIT, neighbourhood
from graph.explore.details import Details, Figure, details
from graph.explore.evidence import Evidence, evidence
from graph.explore.picture import MOST_NODES, WORLD, History, Picture, collapse, decode, draw, encode, expand, more
from graph.explore.place import places, world_places
from graph.explore.view import View, ViewEdge, ViewNode, merged, only, without
from graph.explore.world import world

__all__ = [
    "LIMIT",
    "MOST_NODES",
    "WORLD",
    "Details",
    "Evidence",
    "Figure",
    "History",
    "Picture",
    "View",
    "ViewEdge",
    "ViewNode",
    "collapse",
    "decode",
    "details",
    "draw",
    "encode",
    "evidence",
    "expand",
    "merged",
    "more",
    "neighbourhood",
    "only",
    "places",
    "without",
    "world",
    "world_places",
]
