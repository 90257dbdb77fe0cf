"""The two-way network canvas, and the way an answer's nodes and relationships come onto it."""

from views.parts.canvas.component import CanvasEvent, network_canvas, parse_event, unseen
from views.parts.canvas.payload import CanvasOptions, kind_name, tie_name
from views.parts.canvas.rows import canvas_from_rows

__all__ = [
    "CanvasEvent",
    "CanvasOptions",
    "canvas_from_rows",
    "kind_name",
    "network_canvas",
    "parse_event",
    "tie_name",
    "unseen",
]
