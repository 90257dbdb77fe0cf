"""From a picture to what the browser draws: pyvis builds nodes, ties and options; nothing here is HTML."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from pyvis.edge import Edge
from pyvis.network import Network

from graph.explore.view import ViewEdge, ViewNode
from graph.i18n import Language, number, t
from graph.network import CNRS
from views.parts.canvas.style import KINDS, NAMED_GROUPS, OTHER, palette, radii, widths

VIS_OPTIONS: Final = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False, "randomSeed": 7},
    "nodes": {"chosen": False, "borderWidth": 1, "shapeProperties": {"useBorderWithImage": False}},
    "edges": {"smooth": False, "selectionWidth": 0, "hoverWidth": 0},
    "interaction": {
        "hover": True,
        "hoverConnectedEdges": False,
        "selectConnectedEdges": False,
        "multiselect": False,
        "navigationButtons": False,
        "keyboard": False,
        "tooltipDelay": 120,
        "zoomSpeed": 0.6,
    },
}
"""Never physics: positions are computed once, in Python, with a fixed seed."""


@dataclass(frozen=True)
class CanvasOptions:
    """How a picture is shown.

    Attributes:
        positions: where nodes stand, in pixels at the fitted zoom; nodes without one stand near a neighbour.
        values: what sizes the nodes, by key; without it the joint projects (agreements, works) they carry.
        size_name: what `values` counts, already in the page's language; named in the legend.
        groups: group number by key (0-7, else the rest) when colour does not mean the kind.
        group_names: the legend's words for the groups, in order.
        selected: keys of the selected node, or of the selected tie.
        centre: key of the node the picture is about.
        epoch: changes when the picture is a new one, so that nothing keeps its old place.
        note: one line over the canvas ("60 of 412 shown, by joint projects").
        more: label of the button that shows more; empty hides it.
        caption: lines written under an exported image: what it shows, in which scope, from which date.
    """

    language: Language = "en"
    positions: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    values: Mapping[str, float | None] | None = None
    size_name: str = ""
    groups: Mapping[str, int] | None = None
    group_names: Sequence[str] = ()
    selected: str | None = None
    centre: str | None = None
    epoch: str = ""
    note: str = ""
    more: str = ""
    caption: Sequence[str] = ()
    can_undo: bool = False
    can_redo: bool = False
    name: str = "canvas"


def build(nodes: Sequence[ViewNode], edges: Sequence[ViewEdge], options: CanvasOptions) -> dict[str, object]:
    """Return the component's data: vis nodes, ties and options from pyvis, and the words around them.

    Ties with an end outside `nodes` are left out. Identifiers, names and words travel as plain
    strings; the browser writes them with `textContent` or on the canvas.
    """
    language = options.language
    values = options.values if options.values is not None else {node.key: _first_count(node) for node in nodes}
    capped = {CNRS, options.centre or ""}
    sizes = radii({node.key: values.get(node.key) for node in nodes}, capped)
    keys = {node.key for node in nodes}
    drawn = [edge for edge in edges if edge.a in keys and edge.b in keys and edge.a != edge.b]
    network = Network(directed=False)
    for node in nodes:
        style = KINDS.get(node.label, OTHER)
        place = options.positions.get(node.key)
        group = style.colour if options.groups is None else _group(options.groups.get(node.key))
        network.add_node(
            node.key,
            label=node.caption(language),
            shape=style.shape,
            size=sizes[node.key],
            group=group + ("/hollow" if style.hollow or not node.active else ""),
            kind=node.label,
            code=node.id if node.label == "Country" else "",
            tip=_node_tip(node, values.get(node.key), options),
            **({"x": round(place[0], 1), "y": round(place[1], 1)} if place else {}),
            **({"beside": node.opened} if node.opened else {}),
        )
    names = {node.key: node.name(language) for node in nodes}
    # pyvis's own add_edge compares every tie with every other.
    network.edges = [
        Edge(
            edge.a,
            edge.b,
            id=edge.key,
            width=width,
            line=edge.line,
            dashes=not edge.active,
            tip=_edge_tip(edge, names, language),
        ).options
        for edge, width in zip(drawn, widths([(edge.tie, edge.weight) for edge in drawn]), strict=True)
    ]
    network.set_options(json.dumps(VIS_OPTIONS))
    content = {"nodes": network.nodes, "edges": network.edges}
    return {
        **content,
        "options": network.options,
        "palette": palette(),
        "legend": legend(nodes, drawn, options),
        "texts": texts(language),
        "version": _digest(content),
        "epoch": options.epoch,
        "selected": options.selected,
        "centre": options.centre,
        "note": options.note,
        "more": options.more,
        "caption": list(options.caption),
        "undo": options.can_undo,
        "redo": options.can_redo,
        "name": options.name,
        "language": language,
    }


def legend(nodes: Sequence[ViewNode], edges: Sequence[ViewEdge], options: CanvasOptions) -> list[dict[str, object]]:
    """Return the legend's entries: shape, colour, word and count of what is really drawn."""
    language = options.language
    entries: list[dict[str, object]] = []
    counts = Counter(node.label for node in nodes)
    for label in (*KINDS, *sorted(set(counts) - set(KINDS))):
        if count := counts.get(label, 0):
            style = KINDS.get(label, OTHER)
            colour = style.colour if options.groups is None else "rest"
            entries.append(
                {
                    "shape": style.shape,
                    "colour": colour,
                    "hollow": style.hollow,
                    "text": kind_name(label, language, count),
                    "count": number(count, language),
                }
            )
    if options.groups is not None:
        members = Counter(_group(options.groups.get(node.key)) for node in nodes)
        for index, name in enumerate(options.group_names):
            if count := members.get(f"group{index}", 0):
                entries.append(
                    {"shape": "swatch", "colour": f"group{index}", "text": name, "count": number(count, language)}
                )
        if count := members.get("rest", 0):
            entries.append(
                {
                    "shape": "swatch",
                    "colour": "rest",
                    "text": t("explore.rest", language),
                    "count": number(count, language),
                }
            )
    lines = Counter((edge.line, edge.active) for edge in edges)
    for line in ("actual", "agreement", "structure"):
        for active in (True, False):
            if count := lines.get((line, active), 0):  # type: ignore[call-overload]
                key = f"explore.line_{line}" + ("" if active else "_dormant")
                entries.append(
                    {
                        "shape": "line",
                        "line": line,
                        "dashes": not active,
                        "text": t(key, language),
                        "count": number(count, language),
                    }
                )
    if options.size_name:
        entries.append({"shape": "size", "text": t("explore.size_legend", language, measure=options.size_name)})
    return entries


def texts(language: Language) -> dict[str, str]:
    """Return the words of the canvas's own buttons and announcements."""
    names = ("fit", "undo", "redo", "full", "exit_full", "png", "png_light", "png_dark", "zoom_in", "zoom_out")
    spoken = ("canvas_label", "canvas_help", "selected", "cleared", "tie_of", "no_neighbour", "toolbar", "legend")
    return {name: t(f"explore.{name}", language) for name in (*names, *spoken)}


def kind_name(label: str, language: Language, count: int = 1) -> str:
    """Return the word for a kind, singular or plural; an unknown kind is named by its label."""
    many = count > 1 or (count == 0 and language == "en")
    return _catalogue(f"kinds.{label}{'_many' if many else ''}", language, label)


def tie_name(tie: str, language: Language, count: int = 1) -> str:
    """Return the word for a tie, singular or plural; an unknown tie is named by its type."""
    return _catalogue(f"kinds.tie_{tie}{'_many' if count > 1 else ''}", language, tie.replace("_", " "))


def _catalogue(key: str, language: Language, otherwise: str) -> str:
    try:
        return t(key, language)
    except KeyError:
        return otherwise


def _node_tip(node: ViewNode, value: float | None, options: CanvasOptions) -> list[str]:
    language = options.language
    kind = kind_name(node.label, language)
    place = [node.country] if node.country and node.label not in ("Country", "Region") else []
    lines = [node.name(language) or node.id, " · ".join([kind, *([node.note] if node.note else []), *place])]
    counts = (("projects", node.projects), ("agreements", node.agreements), ("copublications", node.works))
    lines += [f"{number(count, language)} {tie_name(tie, language, count)}" for tie, count in counts if count]
    shown = (node.projects, node.agreements, node.works)
    if options.values is not None and options.size_name and value is not None and value not in shown:
        whole = float(value).is_integer()
        lines.append(f"{options.size_name}{_colon(language)} {number(value, language, 0 if whole else 4)}")
    return lines


def _edge_tip(edge: ViewEdge, names: Mapping[str, str], language: Language) -> list[str]:
    weight = "" if edge.weight is None else f"{number(edge.weight, language)} "
    what = weight + tie_name(edge.tie, language, int(edge.weight or 1))
    return [f"{names[edge.a]} – {names[edge.b]}", what]


def _colon(language: Language) -> str:
    return "\u00a0:" if language == "fr" else ":"


def _group(index: int | None) -> str:
    return "rest" if index is None or not 0 <= index < NAMED_GROUPS else f"group{index}"


def _first_count(node: ViewNode) -> float | None:
    return next((float(count) for count in node.strength if count), None)


def _digest(content: object) -> str:
    return blake2b(json.dumps(content, sort_keys=True, default=str).encode(), digest_size=12).hexdigest()
