"""Tables as the look wants them: numbers right, in the page's language, unknown a dash, and CSV that is safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd
import polars as pl
import streamlit as st

from graph import export
from graph.i18n import Language, date, euros, number, percent, t
from graph.i18n.format import UNKNOWN

Kind = Literal["text", "number", "year", "euros", "percent", "date", "link"]
ROW_HEIGHT: Final = 28
HEAD_HEIGHT: Final = 38
STYLED_CELLS: Final = 200_000
"""Above this the table shows plain numbers: formatting each cell in Python would be felt."""


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is shown: its heading, the kind of its values, and the words behind its (?)."""

    label: str
    kind: Kind = "text"
    decimals: int = 0
    help: str | None = None
    width: Literal["small", "medium", "large"] | int | None = None
    pinned: bool = False


def table(
    frame: pl.DataFrame,
    key: str,
    language: Language,
    *,
    columns: Mapping[str, Column] | None = None,
    on_select: Literal["ignore", "row"] = "ignore",
    height: int | None = None,
) -> dict[str, Any] | None:
    """Draw a table that sorts by value and reads in the page's language.

    Args:
        frame: the rows; a column that `columns` leaves out is not shown but comes back in the selection.
        key: widget key, unique on the page.
        language: how numbers and dates are written.
        columns: what to show, in order; None shows every column as text or number by its type.
        on_select: "row" lets one row be selected.
        height: in pixels; None fits the rows, at most 20 of them.

    Returns:
        The selected row as a mapping, else None.
    """
    shown = columns if columns is not None else {name: _guess(name, frame[name].dtype) for name in frame.columns}
    data = frame.select([name for name in shown if name in frame.columns])
    pandas = data.to_pandas()
    styled: Any = pandas
    if pandas.size <= STYLED_CELLS:
        styled = pandas.style.format(
            {name: _writer(column, language) for name, column in shown.items() if name in pandas.columns},
            na_rep=UNKNOWN,
        )
    options: dict[str, Any] = {"on_select": "rerun", "selection_mode": "single-row"} if on_select == "row" else {}
    event = st.dataframe(
        styled,
        key=key,
        hide_index=True,
        placeholder=UNKNOWN,
        width="stretch",
        height=height or min(frame.height, 20) * ROW_HEIGHT + HEAD_HEIGHT,
        row_height=ROW_HEIGHT,
        column_config={name: _config(column) for name, column in shown.items()},
        **options,
    )
    if on_select != "row":
        return None
    picked: Sequence[int] = event.selection.rows
    return frame.row(picked[0], named=True) if picked and picked[0] < frame.height else None


def csv_button(
    frame: pl.DataFrame | Callable[[], pl.DataFrame],
    name: str,
    key: str,
    language: Language,
    *,
    label: str | None = None,
) -> None:
    """Offer the rows as CSV, formula-safe; the file is made when it is asked for."""

    def content() -> bytes:
        return export.csv(frame() if callable(frame) else frame)

    st.download_button(
        label or t("frame.csv", language), content, file_name=f"{name}.csv", mime="text/csv", key=key, on_click="ignore"
    )


def _guess(name: str, dtype: pl.DataType) -> Column:
    if dtype.is_float():
        return Column(name, "number", 2)
    if dtype.is_integer():
        return Column(name, "year" if "year" in name else "number")
    return Column(name, "date" if dtype == pl.Date else "text")


def _writer(column: Column, language: Language) -> Callable[[Any], str]:
    writers: dict[Kind, Callable[[Any], str]] = {
        "number": lambda value: number(value, language, column.decimals),
        "euros": lambda value: euros(value, language),
        "percent": lambda value: percent(value, language),
        "date": lambda value: date(str(value), language),
        "year": lambda value: str(int(value)),
        "text": str,
        "link": str,
    }
    write = writers[column.kind]

    def written(value: Any) -> str:
        return UNKNOWN if _missing(value) else write(value)

    return written


def _missing(value: Any) -> bool:
    if value is None or value == "":
        return True
    return bool(pd.isna(value)) if pd.api.types.is_scalar(value) else False


def _config(column: Column) -> Any:
    common: dict[str, Any] = {
        "label": column.label,
        "help": column.help,
        "width": column.width,
        "pinned": column.pinned or None,
    }
    if column.kind in ("number", "euros", "percent", "year"):
        return st.column_config.NumberColumn(**common)
    if column.kind == "link":
        return st.column_config.LinkColumn(**common)
    return st.column_config.TextColumn(**common) if column.kind == "text" else st.column_config.Column(**common)
