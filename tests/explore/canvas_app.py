"""A page with nothing but the canvas, for the browser test; one of its nodes is hostile."""

import streamlit as st

from graph.explore.view import ViewEdge, ViewNode
from views.parts.canvas import CanvasEvent, CanvasOptions, network_canvas

HOSTILE = (
    "<img src=x onerror=\"document.title='HIT'\">",
    "<a href=\"javascript:document.title='HIT'\" onmouseover=\"document.title='HIT'\">href</a>",
)

RING = (
    *((0, 0), (200, 0), (150, 140), (0, 200), (-150, 140), (-200, 0)),
    *((-150, -140), (0, -200), (150, -140), (280, 90), (280, -90)),
)

st.set_page_config(layout="wide")
st.session_state.setdefault("log", [])
st.session_state.setdefault("opened", 0)
st.session_state.setdefault("selected", None)


def handle(event: CanvasEvent) -> None:
    st.session_state.log = [*st.session_state.log, f"{event.type} {event.key}"]
    if event.type in ("select", "edge", "clear"):
        st.session_state.selected = event.key
    if event.type == "expand":
        st.session_state.opened += 1


@st.fragment
def body() -> None:
    nodes = [ViewNode("Institution", "c", "Centre", "Centre", "FR", projects=100)]
    nodes += [ViewNode("Country", f"{i}", f"Country {i}", f"Country {i}", projects=10 + i) for i in range(8)]
    nodes += [
        ViewNode("Institution", f"evil{i}", name, name, "JP", note=name, projects=50) for i, name in enumerate(HOSTILE)
    ]
    nodes += [
        ViewNode("Project", f"new{i}", f"New {i}", f"New {i}", opened="Country:0")
        for i in range(5 * st.session_state.opened)
    ]
    edges = [ViewEdge(node.key, nodes[0].key, "projects", node.projects or 1) for node in nodes[1:]]
    options = CanvasOptions(
        language="en",
        positions={node.key: place for node, place in zip(nodes, RING, strict=False)},
        selected=st.session_state.selected,
        centre=nodes[0].key,
        epoch="one",
        note=HOSTILE[0],
        caption=[HOSTILE[0]],
        name="picture",
    )
    network_canvas(nodes, edges, key="canvas", height=520, options=options, on_event=handle)
    st.text("\n".join(st.session_state.log))


body()
