"""Shapes, colours and sizes of what is drawn, found by search for contrast and for colour-blind eyes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final


@dataclass(frozen=True, slots=True)
class KindStyle:
    """The shape of a kind, whose colour it takes, and whether it is drawn hollow."""

    shape: str
    colour: str
    hollow: bool = False


KINDS: Final[dict[str, KindStyle]] = {
    "Institution": KindStyle("dot", "Institution"),
    "Lab": KindStyle("square", "Lab"),
    "Country": KindStyle("hexagon", "Country"),
    "Programme": KindStyle("diamond", "Programme"),
    "Agreement": KindStyle("star", "Agreement"),
    "Project": KindStyle("triangle", "Project"),
    "Region": KindStyle("hexagon", "Country", hollow=True),
    "CnrsInstitute": KindStyle("dot", "Institution", hollow=True),
    "Topic": KindStyle("diamond", "Programme", hollow=True),
    "Event": KindStyle("star", "Agreement", hollow=True),
    "Source": KindStyle("square", "Lab", hollow=True),
    "Snapshot": KindStyle("square", "Lab", hollow=True),
    "Figure": KindStyle("triangle", "Project", hollow=True),
}
OTHER: Final = KindStyle("dot", "rest", hollow=True)

LIGHT: Final = {
    "Institution": "#143454",
    "Lab": "#513224",
    "Country": "#858593",
    "Programme": "#cd4ed8",
    "Agreement": "#1a9a5b",
    "Project": "#af8a21",
    "rest": "#8a8f98",
}
DARK: Final = {
    "Institution": "#4b6889",
    "Lab": "#9c5228",
    "Country": "#e4e1e5",
    "Programme": "#954ed4",
    "Agreement": "#3ee685",
    "Project": "#e5bb26",
    "rest": "#7d838c",
}
# Eight groups told apart at dE76 >= 31, also by red-, green- and blue-blind eyes, each >= 3:1 on its ground.
GROUPS_LIGHT: Final = ("#2219f6", "#f04d0c", "#2592a0", "#8a040f", "#9e66db", "#c98268", "#621c40", "#481a78")
GROUPS_DARK: Final = ("#f2d30b", "#16e3c4", "#f984f9", "#297441", "#b4dd87", "#8d2bdd", "#8b8207", "#bb298e")
NAMED_GROUPS: Final = len(GROUPS_LIGHT)

SMALLEST, LARGEST = 5.0, 26.0
UNSIZED = 7.0
THINNEST, THICKEST = 1.0, 9.0
WORKS: Final = ("copublishes_with", "copublications")


def palette() -> dict[str, dict[str, str]]:
    """Return both grounds' colours; the browser takes the one of the theme it shows."""
    light = LIGHT | {f"group{i}": colour for i, colour in enumerate(GROUPS_LIGHT)}
    dark = DARK | {f"group{i}": colour for i, colour in enumerate(GROUPS_DARK)}
    return {"light": light, "dark": dark}


def radii(values: Mapping[str, float | None], capped: Collection[str] = ()) -> dict[str, float]:
    """Map values to radii whose area grows with the value; zero is the smallest, unknown and bare facts are small.

    Args:
        values: by key; None is unknown.
        capped: keys that do not set the scale, so that one giant does not make all others dots.
    """
    scale = [value for key, value in values.items() if key not in capped and value is not None and value > 0]
    largest = max(scale or (value for value in values.values() if value), default=0.0)
    if not largest:
        return dict.fromkeys(values, 9.0)

    def radius(value: float | None) -> float:
        return UNSIZED if value is None else _between(SMALLEST, LARGEST, sqrt(max(value, 0.0) / largest))

    return {key: radius(value) for key, value in values.items()}


def widths(ties: Sequence[tuple[str, float | None]]) -> list[float]:
    """Map (kind of tie, weight) to widths by the square root of weight, each kind against its own largest.

    Projects and publications are never measured by one rule; a bare fact is a hairline.
    """
    largest: dict[str, float] = {}
    for tie, weight in ties:
        largest[tie] = max(largest.get(tie, 0.0), weight or 0.0)
    return [
        _between(1.2, THICKEST * (0.6 if tie in WORKS else 1.0), sqrt(weight / largest[tie])) if weight else THINNEST
        for tie, weight in ties
    ]


def _between(low: float, high: float, share: float) -> float:
    return round(low + (high - low) * min(share, 1.0), 2)
