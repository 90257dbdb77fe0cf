"""Two measures of the same actors against each other, drawn offline, the first names written where they fit."""

from __future__ import annotations

from html import escape
from math import log10
from typing import Final

import plotly.graph_objects as go
import polars as pl

from graph.i18n import Language, t
from graph.network import MEASURES
from views.parts import plots

SYMBOLS: Final = {"Institution": "circle", "Lab": "square", "Country": "hexagon"}
NAMED_POINTS: Final = 8
NAME_LENGTH: Final = 26
# Room a letter and a line of a name take, as shares of the axes at the narrowest the plot is drawn.
LETTER_WIDTH: Final = 0.016
NAME_HEIGHT: Final = 0.05


def figure(drawn: pl.DataFrame, across: str, up: str, logarithmic: bool, language: Language) -> go.Figure:
    """Plot two measures, one point an actor, shape and colour by kind as everywhere.

    Args:
        drawn: `id`, `label`, `name` and both measures, best rank first; no unknown, and nothing
            below or at zero if `logarithmic`.
        across: measure on the horizontal axis.
        up: measure on the vertical axis.
        logarithmic: both axes.
        language: of axes, legend and numbers.

    Returns:
        A figure whose points carry (label, id, name); nothing in it is fetched.
    """
    colours = plots.colours()
    sides = _named(drawn, across, up, logarithmic)
    plot = go.Figure()
    for label in sorted(set(drawn["label"])):
        part = drawn.filter(pl.col("label") == label)
        plot.add_scatter(
            x=part[across].to_list(),
            y=part[up].to_list(),
            name=t(f"kinds.{label}_many", language),
            mode="markers+text",
            text=[plots.short(row["name"], NAME_LENGTH) if row["id"] in sides else "" for row in part.to_dicts()],
            textposition=[sides.get(row["id"], "top center") for row in part.to_dicts()],
            cliponaxis=False,
            textfont={"size": 11},
            customdata=[(row["label"], row["id"], escape(row["name"])) for row in part.to_dicts()],
            hovertemplate=(
                f"%{{customdata[2]}}<br>{MEASURES[across].title(language)} %{{x:,.4~g}}"
                f"<br>{MEASURES[up].title(language)} %{{y:,.4~g}}<extra></extra>"
            ),
            marker={"color": colours[label], "symbol": SYMBOLS[label], "size": 9, "opacity": 0.75},
        )
    plot.update_layout(
        height=520,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        separators=plots.separators(language),
        legend={"orientation": "h", "y": 1.06},
        xaxis=_axis(drawn[across], MEASURES[across].title(language), logarithmic),
        yaxis=_axis(drawn[up], MEASURES[up].title(language), logarithmic),
        hoverlabel={"align": "left"},
    )
    return plot


def _axis(values: pl.Series, title: str, logarithmic: bool) -> dict[str, object]:
    """Describe one axis; on a short logarithmic one 2 and 5 are written too, else a decade alone."""
    axis: dict[str, object] = {"title": title, "automargin": True, "showline": True, "linewidth": 1}
    if not logarithmic:
        return axis
    decades = log10(float(values.max())) - log10(float(values.min()))  # type: ignore[arg-type]
    return axis | {"type": "log", "dtick": "D2" if decades < 1.5 else 1, "exponentformat": "power"}


def _named(drawn: pl.DataFrame, across: str, up: str, logarithmic: bool) -> dict[str, str]:
    """Return, for the first ranks whose names fit, the side each is written on: on no other name and on no point."""
    places = _places(drawn, across, up, logarithmic)
    boxes: list[tuple[float, float, float, float]] = []
    sides: dict[str, str] = {}
    for (identity, name), (x, y) in zip(drawn.select("id", "name").iter_rows(), places, strict=True):
        width = LETTER_WIDTH * min(len(name), NAME_LENGTH)
        for side, left in (("middle right", x + 0.02), ("middle left", x - 0.02 - width)):
            box = (left, y - NAME_HEIGHT / 2, left + width, y + NAME_HEIGHT / 2)
            inside = box[0] >= 0 and box[2] <= 1
            free = not any(_meet(box, other) for other in boxes)
            if inside and free and not any(box[0] < u < box[2] and box[1] < v < box[3] for u, v in places):
                boxes.append(box)
                sides[identity] = side
                break
        if len(sides) == NAMED_POINTS:
            break
    return sides


def _places(drawn: pl.DataFrame, across: str, up: str, logarithmic: bool) -> list[tuple[float, float]]:
    """Return where the points stand, each axis from 0 to 1."""

    def shares(column: pl.Series) -> list[float]:
        values = column.log10() if logarithmic else column.cast(pl.Float64)
        low, high = float(values.min()), float(values.max())  # type: ignore[arg-type]
        return [(value - low) / (high - low) if high > low else 0.5 for value in values]

    return list(zip(shares(drawn[across]), shares(drawn[up]), strict=True))


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
