"""Mounts the canvas: one component, its files beside it, and vis-network from the pyvis wheel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, cast, get_args

import streamlit as st

from graph.explore.view import ViewEdge, ViewNode
from views.parts.canvas.payload import CanvasOptions, build

EventType = Literal["select", "edge", "expand", "collapse", "clear", "undo", "redo", "more"]

_SCRIPTS: Final = ("theme.js", "labels.js", "keyboard.js", "picture.js", "canvas.js")
_BUNDLE: Final = "templates/lib/vis-9.1.2/vis-network.min.js"


@dataclass(frozen=True, slots=True)
class CanvasEvent:
    """What a person did on the canvas; `key` names a node, or for `edge` a tie."""

    type: EventType
    key: str | None = None


def unseen(payload: object, last: tuple[str, int]) -> tuple[list[object], tuple[str, int]]:
    """Return the events of a message that were not handled yet, and the new mark.

    The browser repeats its last events in each message, numbered, because two messages in one
    run arrive as one.

    Args:
        payload: `{"canvas": id, "events": [{"n": 1, "type": …, "key": …}, …]}`.
        last: canvas and number of the last event handled.
    """
    if not isinstance(payload, Mapping) or not isinstance(payload.get("events"), list):
        return [], last
    canvas = str(payload.get("canvas"))
    since = last[1] if canvas == last[0] else 0
    events = [each for each in payload["events"] if isinstance(each, Mapping) and isinstance(each.get("n"), int)]
    new = [each for each in events if each["n"] > since]
    return list(new), (canvas, max((each["n"] for each in new), default=since))


def parse_event(payload: object, nodes: Sequence[str], edges: Sequence[str]) -> CanvasEvent | None:
    """Read what the browser sent; anything that is not on this canvas is nothing.

    Args:
        payload: `{"type": …, "key": …}` as it came.
        nodes: keys of the nodes drawn.
        edges: keys of the ties drawn.
    """
    if not isinstance(payload, Mapping):
        return None
    kind, key = payload.get("type"), payload.get("key")
    if kind not in get_args(EventType):
        return None
    if kind in ("select", "expand", "collapse"):
        return CanvasEvent(cast(EventType, kind), key) if isinstance(key, str) and key in nodes else None
    if kind == "edge":
        return CanvasEvent("edge", key) if isinstance(key, str) and key in edges else None
    return CanvasEvent(cast(EventType, kind))


def network_canvas(
    nodes: Sequence[ViewNode],
    edges: Sequence[ViewEdge],
    *,
    key: str,
    height: int | None = None,
    options: CanvasOptions | None = None,
    version: str | None = None,
    on_event: Callable[[CanvasEvent], None] | None = None,
) -> CanvasEvent | None:
    """Draw a picture and report what was done on it since the last run.

    Zoom, selection and dragged positions live in the browser and survive reruns; only what
    changed is sent into the drawing.

    Args:
        key: one canvas per key and page.
        height: pixels; None fills the window's height, never below 480.
        version: identity of the picture's content; computed from it when left out.
        on_event: called before the script runs again, so that the run already draws the answer.

    Returns:
        The event of this run, or None.
    """
    data = build(nodes, edges, options or CanvasOptions())
    data["height"] = height
    if version is not None:
        data["version"] = version
    node_keys = [node.key for node in nodes]
    edge_keys = [edge.key for edge in edges]

    mark = f"{key}.handled"

    def handle() -> None:
        message = getattr(st.session_state.get(key), "event", None)
        events, st.session_state[mark] = unseen(message, st.session_state.get(mark, ("", 0)))
        for each in events:
            event = parse_event(each, node_keys, edge_keys)
            if event is not None and on_event is not None:
                on_event(event)

    with st.container(gap=None):
        # A message of its own, always the same, so that the browser receives the 470 kB once.
        _library()(key=f"{key}-library", height="content")
        result = _canvas()(key=key, data=data, on_event_change=handle)
    events, _ = unseen(getattr(result, "event", None), ("", 0))
    return parse_event(events[-1], node_keys, edge_keys) if events else None


def _own(name: str) -> str:
    return files("views.parts.canvas").joinpath(name).read_text(encoding="utf-8")


@cache
def _library() -> Callable[..., Any]:
    bundle = files("pyvis").joinpath(_BUNDLE).read_text(encoding="utf-8")
    bundle = bundle.rsplit("//# sourceMappingURL", 1)[0]
    script = _own("library.js").replace("/* the vis-network bundle */", bundle)
    return st.components.v2.component("partnership_canvas_library", js=script)


@cache
def _canvas() -> Callable[..., Any]:
    return st.components.v2.component(
        "partnership_canvas",
        html=_own("canvas.html"),
        css=_own("canvas.css"),
        js="\n".join(_own(name) for name in _SCRIPTS),
    )
