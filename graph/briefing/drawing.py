"""A small SVG sheet for the pictures of a briefing: elements, never markup in strings."""

from __future__ import annotations

import math
import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Final

FONT: Final = "Inter, 'Helvetica Neue', Arial, sans-serif"
INK: Final = "#1b1f24"
QUIET: Final = "#5b6470"
LINE: Final = "#9aa3ad"
GROUND: Final = "#ffffff"
INSTITUTION: Final = "#143454"
AGREEMENT: Final = "#1a9a5b"

Point = tuple[float, float]


class Sheet:
    """An SVG document that grows by shapes; its units are printed points.

    Args:
        width: in points; the sheet scales to the room it is given.
        height: in points.
        title: the short name a screen reader says first.
        alternative: the full text alternative.
        key: makes ids unique within a page that holds several sheets.
    """

    def __init__(self, width: float, height: float, title: str, alternative: str, key: str) -> None:
        self.width, self.height = width, height
        self._root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {width:g} {height:g}",
                "role": "img",
                "aria-labelledby": f"{key}-title {key}-desc",
                "font-family": FONT,
            },
        )
        ET.SubElement(self._root, "title", {"id": f"{key}-title"}).text = _safe(title)
        ET.SubElement(self._root, "desc", {"id": f"{key}-desc"}).text = _safe(alternative)

    def line(self, a: Point, b: Point, colour: str, width: float, *, opacity: float = 1.0) -> None:
        """Draw a straight line."""
        style = {"stroke": colour, "stroke-width": f"{width:.2f}", "stroke-opacity": f"{opacity:g}"}
        self._add("line", x1=a[0], y1=a[1], x2=b[0], y2=b[1], **style)

    def curve(
        self, ends: tuple[Point, Point], control: Point, colour: str, width: float, *, opacity: float = 1.0
    ) -> None:
        """Draw a quadratic curve."""
        a, b = ends
        path = f"M{a[0]:.1f} {a[1]:.1f}Q{control[0]:.1f} {control[1]:.1f} {b[0]:.1f} {b[1]:.1f}"
        style = {"stroke": colour, "stroke-width": f"{width:.2f}", "stroke-opacity": f"{opacity:g}", "fill": "none"}
        self._add("path", d=path, **style)

    def dot(self, centre: Point, radius: float, fill: str, *, hollow: bool = False) -> None:
        """Draw a filled disc, or a ring on the ground colour."""
        inside, edge = (GROUND, fill) if hollow else (fill, GROUND)
        width = "1.1" if hollow else "0.7"
        self._add("circle", cx=centre[0], cy=centre[1], r=radius, fill=inside, stroke=edge, **{"stroke-width": width})

    def star(self, centre: Point, radius: float, fill: str) -> None:
        """Draw a five-pointed star with an edge in the ground colour."""
        corners = []
        for corner in range(10):
            reach = radius if corner % 2 == 0 else radius * 0.45
            angle = math.pi * corner / 5 - math.pi / 2
            corners.append(f"{centre[0] + reach * math.cos(angle):.2f},{centre[1] + reach * math.sin(angle):.2f}")
        self._add("polygon", points=" ".join(corners), fill=fill, stroke=GROUND, **{"stroke-width": "0.5"})

    def area(self, rings: Sequence[Sequence[Point]], fill: str, edge: str) -> None:
        """Draw a filled area of one or more rings."""
        path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)
        self._add("path", d=path, fill=fill, stroke=edge, **{"stroke-width": "0.5", "fill-rule": "evenodd"})

    def text(
        self,
        place: Point,
        words: str,
        size: float = 6.4,
        *,
        anchor: str = "start",
        bold: bool = False,
        colour: str = INK,
        halo: bool = False,
    ) -> None:
        """Write one line; `halo` keeps it readable over a drawing."""
        style = {"text-anchor": anchor, "font-size": f"{size:g}", "fill": colour}
        if bold:
            style["font-weight"] = "600"
        if halo:
            # Two elements rather than paint-order, which not every renderer of SVG knows.
            edge = {**style, "stroke": GROUND, "stroke-width": "2", "stroke-linejoin": "round", "aria-hidden": "true"}
            self._add("text", x=place[0], y=place[1], **edge).text = _safe(words)
        self._add("text", x=place[0], y=place[1], **style).text = _safe(words)

    def svg(self) -> str:
        """Return the document."""
        return ET.tostring(self._root, encoding="unicode")

    def _add(self, tag: str, /, **attributes: str | float) -> ET.Element:
        values = {name: value if isinstance(value, str) else f"{value:.1f}" for name, value in attributes.items()}
        return ET.SubElement(self._root, tag, values)


def shorten(text: str, most: int) -> str:
    """Cut a text at a word so that it and an ellipsis fit into `most` characters."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    whole = cut.rsplit(" ", 1)[0]
    return (whole if len(whole) > most * 0.6 else cut).rstrip(" ,;-(") + "…"


def wrapped(text: str, width: int, lines: int = 2) -> list[str]:
    """Break a text into at most `lines` lines of `width` characters, an ellipsis where it is cut."""
    return textwrap.wrap(text, width, max_lines=lines, placeholder="…") or [shorten(text, width)]


def _safe(text: str) -> str:
    """Leave out what XML cannot carry; everything else is escaped by the serialiser."""
    return "".join(letter for letter in text if letter in "\t\n" or ord(letter) >= 32)
