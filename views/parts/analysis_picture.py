"""The picture of an answer: bars with their intervals, lines over the years, or the ties as a network."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import networkx as nx
import plotly.graph_objects as go
import polars as pl
import streamlit as st

from graph.explore.read import nodes
from graph.explore.view import ViewEdge
from graph.i18n import Language, number, t
from graph.network import Analysis, Answer, Picture
from views.parts import analysis_table, answers, plots, reads
from views.parts.canvas import style

BARS: Final = 20
LINES: Final = 8
TIES: Final = 150
FEW: Final = 12
"""So few nodes need less room, and the table below them comes into sight."""
NAME_LENGTH: Final = 32


def draw(asked: Analysis, answer: Answer, language: Language) -> None:
    """Draw what the analysis declares; nothing where no row has a value to draw."""
    picture = asked.picture
    if picture is None:
        return
    if picture.kind == "network":
        _network(asked, picture, answer, language)
        return
    local = analysis_table.written(asked, answer.table, language)
    if picture.whole:
        local = local.with_columns(answer.table[picture.whole])
    local = local.drop_nulls([picture.x, picture.y])
    if local.is_empty():
        return
    figure = (_lines if picture.kind == "lines" else _bars)(asked, picture, local, language)
    figure.update_layout(margin={"l": 10, "r": 16, "t": 10, "b": 10}, separators=plots.separators(language))
    st.plotly_chart(figure, key=f"strategy.picture.{asked.name}", config=plots.CONFIG)
    if picture.whole and not local[picture.whole].all():
        st.caption(t("strategy.hollow", language))
    if picture.by and local[picture.by].n_unique() > LINES:
        st.caption(t("strategy.bars_plain", language, count=number(LINES, language)))
    if picture.kind != "lines":
        interval = any(column.name == picture.y and column.low for column in asked.columns)
        key = "strategy.bars" if interval else "strategy.bars_plain"
        st.caption(t(key, language, count=number(min(local.height, BARS), language)))


def _bars(asked: Analysis, picture: Picture, local: pl.DataFrame, language: Language) -> go.Figure:
    first = local.head(BARS)
    column = next(column for column in asked.columns if column.name == picture.y)
    colours = plots.colours()
    values = first[picture.y].cast(pl.Float64)
    error: dict[str, Any] | None = None
    if column.low and column.high:
        above, below = first[column.high].cast(pl.Float64) - values, values - first[column.low].cast(pl.Float64)
        error = {
            "type": "data",
            "symmetric": False,
            "array": above.fill_null(0).to_list(),
            "arrayminus": below.fill_null(0).to_list(),
            "thickness": 1.2,
            "width": 3,
            "color": colours["rest"],
        }
    names = [plots.short(str(name), NAME_LENGTH) for name in first[picture.x]]
    plot = go.Figure()
    # Numbered, not named, places: two bodies may bear one name.
    common: dict[str, Any] = {
        "x": values.to_list(),
        "y": list(range(first.height)),
        "error_x": error,
        "customdata": [escape(str(name)) for name in first[picture.x]],
        "hovertemplate": "%{customdata}<br>%{x:,.4~g}<extra></extra>",
    }
    if picture.kind == "dots":
        plot.add_scatter(mode="markers", marker={"color": colours["Institution"], "size": 9}, **common)
    else:
        plot.add_bar(orientation="h", marker={"color": colours["Institution"]}, **common)
    if picture.line is not None:
        plot.add_vline(picture.line, line={"color": colours["rest"], "dash": "dash", "width": 1})
    share = column.kind == "percent"
    plot.update_layout(
        height=70 + 24 * first.height,
        xaxis={"title": asked.heading(picture.y, language), "tickformat": ".0%" if share else None, "automargin": True},
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(first.height)),
            "ticktext": names,
            "autorange": "reversed",
            "automargin": True,
        },
        bargap=0.35,
        showlegend=False,
    )
    return plot


def _lines(asked: Analysis, picture: Picture, local: pl.DataFrame, language: Language) -> go.Figure:
    groups = local[picture.by].unique(maintain_order=True).to_list()[:LINES] if picture.by else [None]
    several = style.GROUPS_DARK if plots.dark() else style.GROUPS_LIGHT
    colours = several if picture.by else (plots.colours()["Institution"],)
    dashes = ("solid", "dash", "dot", "dashdot")
    plot = go.Figure()
    for place, group in enumerate(groups):
        part = local if picture.by is None else local.filter(pl.col(picture.by) == group)
        part = part.sort(picture.x)
        label = part["name"][0] if picture.by == "key" else group  # two bodies may bear one name
        symbols = ["circle" if whole else "circle-open" for whole in part[picture.whole]] if picture.whole else "circle"
        plot.add_scatter(
            x=part[picture.x].to_list(),
            y=part[picture.y].to_list(),
            name=plots.short(str(label), NAME_LENGTH) if group is not None else asked.heading(picture.y, language),
            mode="lines+markers",
            line={"color": colours[place % len(colours)], "dash": dashes[place % len(dashes)]},
            marker={"symbol": symbols, "size": 8},
        )
    several_lines = len(groups) > 1
    plot.update_layout(
        height=380 + (30 + 19 * len(groups) if several_lines else 0),
        # Beneath the lines: in a corner it hides one or another.
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.2, "yanchor": "top"},
        xaxis={"title": asked.heading(picture.x, language), "tickformat": "d", "automargin": True},
        yaxis={"title": asked.heading(picture.y, language), "rangemode": "tozero", "automargin": True},
        showlegend=several_lines,
    )
    return plot


def _network(asked: Analysis, picture: Picture, answer: Answer, language: Language) -> None:
    ties = answer.table.head(TIES).select(picture.x, picture.y).drop_nulls().unique(maintain_order=True)
    keys = list(dict.fromkeys([*ties[picture.x], *ties[picture.y]]))
    known = nodes(reads.store(), keys)
    edges = [ViewEdge(a, b, "projects") for a, b in ties.iter_rows() if a in known and b in known and a != b]
    if not edges:
        return
    shape: nx.Graph[str] = nx.Graph((edge.a, edge.b) for edge in edges)
    shown = [node for key, node in known.items() if key in shape]
    height = 460 if len(shown) > FEW else 280
    answers.picture(shown, edges, shape, f"strategy.network.{asked.name}", language, name=asked.name, height=height)
