"""Two measures of the same actors against each other, drawn offline, the first names written where they fit."""

from __future__ import annotations

from html import escape
from math import log10
from typing import Final

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from graph.i18n import Language, t
from graph.network import MEASURES
from views.parts.canvas import style

SYMBOLS: Final = {"Institution": "circle", "Lab": "square", "Country": "hexagon"}
NAMED_POINTS: Final = 8
# Room a name takes, as a share of the axis.
NAME_WIDTH: Final = 0.4
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
    dark = st.context.theme.type == "dark"
    colours = style.DARK if dark else style.LIGHT
    named = _named(drawn, across, up, logarithmic)
    plot = go.Figure()
    for label in sorted(set(drawn["label"])):
        part = drawn.filter(pl.col("label") == label)
        plot.add_scatter(
            x=part[across].to_list(),
            y=part[up].to_list(),
            name=t(f"kinds.{label}_many", language),
            mode="markers+text",
            text=[_short(row["name"]) if row["id"] in named else "" for row in part.to_dicts()],
            textposition=[_side(value, across, drawn, logarithmic) for value in part[across].to_list()],
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
        separators=",\u202f" if language == "fr" else ".,",
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


def _named(drawn: pl.DataFrame, across: str, up: str, logarithmic: bool) -> set[str]:
    """Return the first ranks whose names fit without lying on each other."""
    scaled = drawn.select(
        "id", *((pl.col(axis).log10() if logarithmic else pl.col(axis)).alias(f"{axis}.") for axis in {across, up})
    )
    spans = [max(float(scaled[f"{axis}."].max() - scaled[f"{axis}."].min()), 1e-9) for axis in (across, up)]
    placed: list[tuple[float, float]] = []
    named: set[str] = set()
    for row in scaled.to_dicts():
        here = row[f"{across}."] / spans[0], row[f"{up}."] / spans[1]
        if all(abs(here[0] - x) > NAME_WIDTH or abs(here[1] - y) > NAME_HEIGHT for x, y in placed):
            placed.append(here)
            named.add(row["id"])
        if len(named) == NAMED_POINTS:
            break
    return named


def _side(value: float, axis: str, drawn: pl.DataFrame, logarithmic: bool) -> str:
    """Return where a name goes so that it stays inside the frame."""
    low, high = (float(drawn[axis].min()), float(drawn[axis].max()))  # type: ignore[arg-type]
    if logarithmic:
        low, high, value = log10(low), log10(high), log10(value)
    place = (value - low) / (high - low) if high > low else 0.5
    return "middle right" if place < 0.35 else "middle left" if place > 0.65 else "top center"


def _short(name: str) -> str:
    """Shorten a name for a label; escaped, for plotly reads tags in texts."""
    return escape(name if len(name) <= 26 else f"{name[:25].rstrip()}…")
