"""The table under the canvas: the same nodes, sortable; its selection is the canvas's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import polars as pl
import streamlit as st

from graph.explore import View
from graph.i18n import Language, t
from views.parts import explore_state, reads, tables
from views.parts.canvas import kind_name

HEIGHT: Final = 320


def frame_of(shown: View, values: Mapping[str, float | None], language: Language) -> pl.DataFrame:
    """Return one row a node: key, name, kind, country, counts, the measure, ties drawn; strongest first."""
    places = reads.names("Country", language)
    ties = Counter(end for edge in shown.edges for end in (edge.a, edge.b))
    rows = [
        (
            node.key,
            node.name(language),
            kind_name(node.label, language),
            places.get(node.country or "", node.country) if node.label != "Country" else None,
            node.note,
            node.projects,
            node.agreements,
            node.works,
            values.get(node.key),
            ties[node.key],
        )
        for node in shown.nodes
    ]
    schema = {
        "key": pl.String,
        "name": pl.String,
        "kind": pl.String,
        "country": pl.String,
        "note": pl.String,
        "projects": pl.Int64,
        "agreements": pl.Int64,
        "works": pl.Int64,
        "measure": pl.Float64,
        "ties": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").sort(
        ["projects", "agreements", "works", "name"], descending=[True, True, True, False], nulls_last=True
    )


def key_of(version: str, language: Language) -> str:
    """Return the widget key of a picture's table: another picture has another table."""
    return f"explore.table.{version}.{language}"


def follow(frame: pl.DataFrame, key: str) -> None:
    """Before anything is drawn: take the row a person chose, else mark the row of what the canvas selected."""
    state = st.session_state.get(key)
    rows = list(state["selection"]["rows"]) if state and "selection" in state else []
    picked = frame["key"][rows[0]] if rows and rows[0] < frame.height else None
    if picked != explore_state.table_row():
        explore_state.set_table_row(picked)
        if picked is not None:
            explore_state.select(picked)
            return
    wanted = explore_state.selected()
    if wanted != picked:
        at = frame["key"].index_of(wanted) if wanted is not None else None
        st.session_state[key] = {"selection": {"rows": [] if at is None else [at], "columns": [], "cells": []}}
        explore_state.set_table_row(None if at is None else wanted)


def draw(frame: pl.DataFrame, key: str, measure: str, language: Language) -> None:
    """Draw the table."""
    columns = {
        "name": tables.Column(t("explore.name", language), width="large", pinned=True),
        "kind": tables.Column(t("explore.kind", language)),
        "country": tables.Column(t("explore.country", language)),
        "note": tables.Column(t("explore.note_column", language)),
        "projects": tables.Column(t("explore.size_projects", language), "number"),
        "agreements": tables.Column(t("explore.size_agreements", language), "number"),
        "works": tables.Column(t("explore.size_works", language), "number", help=t("explore.works_help", language)),
        "ties": tables.Column(t("explore.ties_drawn", language), "number"),
    }
    if measure:
        columns["measure"] = tables.Column(measure, "number", 4)
    tables.table(frame, key, language, columns=columns, on_select="row", height=HEIGHT)


def csv(frame: pl.DataFrame, name: str, language: Language) -> None:
    """Offer the table as CSV."""
    tables.csv_button(frame, name, "explore.csv", language, label=t("explore.csv", language))
