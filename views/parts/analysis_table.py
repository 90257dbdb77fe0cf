"""The table of an answer: names in the page's language, intervals as text, unknown a dash."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from graph.i18n import Language, number, percent, t
from graph.network import Analysis, Answer, Column
from views.parts import reads, tables

KINDS: Final[dict[str, tables.Kind]] = {"number": "number", "percent": "percent", "year": "year"}
NAME: Final = 220
WIDTHS: Final = {"number": 74, "percent": 74, "year": 70, "country": 110, "flag": 70, "word": 128}
WIDEST: Final = 130


def draw(asked: Analysis, answer: Answer, language: Language) -> dict[str, Any] | None:
    """Draw the table and return the row selected, if any."""
    opens = any(column.kind == "key" for column in asked.columns)
    return tables.table(
        written(asked, answer.table, language),
        f"strategy.table.{asked.name}.{language}",
        language,
        columns=_shown(asked, answer.table, language),
        on_select="row" if opens else "ignore",
        height=None if answer.table.height < 16 else 480,
    )


def quotable(asked: Analysis, answer: Answer, language: Language) -> pl.DataFrame:
    """Return the rows to take away: as counted, with the names of nodes and the scope they are counted in."""
    frame = answer.table
    for column in asked.columns:
        if column.kind == "node":
            named = reads.named(frame[column.name].drop_nulls().to_list(), language)
            frame = frame.with_columns(pl.col(column.name).replace(named).alias(f"{column.name}_name"))
    return frame.with_columns(pl.lit(answer.scope.sentence(language)).alias("scope"))


def written(asked: Analysis, frame: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Return the rows with what is read as text written in the page's language, and a column for each interval."""
    frame = local(asked, frame, language)
    for column in asked.columns:
        name = column.name
        if column.kind == "country":
            frame = frame.with_columns(pl.col(name).replace(reads.names("Country", language)))
        elif column.kind == "node":
            frame = frame.with_columns(pl.col(name).replace(reads.named(frame[name].drop_nulls().to_list(), language)))
        elif column.kind == "flag":
            words = {True: t("strategy.yes", language), False: t("strategy.no", language)}
            frame = frame.with_columns(pl.col(name).replace_strict(words, default=None, return_dtype=pl.String))
        elif column.kind == "word":
            words = {word: asked.word(word, language) for word in frame[name].drop_nulls().unique()}
            frame = frame.with_columns(pl.col(name).replace(words))
        if column.low and column.high:
            frame = frame.with_columns(_interval(frame, column, language))
    return frame


def local(asked: Analysis, frame: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Give the countries among the actors their names in the page's language: a name stands behind its key."""
    names = {f"Country:{code}": name for code, name in reads.names("Country", language).items()}
    key: str | None = None
    for column in asked.columns:
        if column.kind == "key":
            key = column.name
        elif column.kind == "text" and key is not None:
            local = pl.col(key).replace_strict(names, default=None, return_dtype=pl.String)
            frame = frame.with_columns(pl.coalesce(local, column.name).alias(column.name))
            key = None
    return frame


def _says_nothing(asked: Analysis, column: Column, frame: pl.DataFrame) -> bool:
    """Tell a country beside rows that are countries, and a node that is the same in every row."""
    if column.kind == "node":
        return frame.height > 1 and frame[column.name].n_unique() == 1
    keys = [one.name for one in asked.columns if one.kind == "key"]
    return column.kind == "country" and all(frame[key].str.starts_with("Country:").all() for key in keys)


def _interval(frame: pl.DataFrame, column: Column, language: Language) -> pl.Series:
    def end(value: float) -> str:
        return percent(value, language) if column.kind == "percent" else number(value, language, column.decimals)

    pairs = frame.select(column.low, column.high).iter_rows()
    texts = [
        None if low is None or high is None else t("strategy.interval", language, low=end(low), high=end(high))
        for low, high in pairs
    ]
    return pl.Series(f"{column.name} interval", texts, dtype=pl.String)


def _decimals(column: Column, values: pl.Series) -> int:
    """Return none where every value is whole, such as counts in a column that may also hold shares of them."""
    whole = values.dtype.is_integer() or (values.dtype.is_float() and bool((values.drop_nulls() % 1 == 0).all()))
    return 0 if whole else column.decimals


def _width(asked: Analysis, column: Column, frame: pl.DataFrame, language: Language) -> int:
    """Return the pixels a column takes; a word of our own is never cut, for nothing else says it."""
    least = WIDTHS.get(column.kind)
    if least is None:
        return NAME
    heading = min(7 * len(asked.heading(column.name, language)) + 24, WIDEST)
    if column.kind != "word":
        return max(least, heading)
    longest = max((len(asked.word(word, language)) for word in frame[column.name].drop_nulls().unique()), default=0)
    return max(least, heading, 6 * longest + 22)


def _shown(asked: Analysis, frame: pl.DataFrame, language: Language) -> dict[str, tables.Column]:
    ends = {end for column in asked.columns for end in (column.low, column.high) if end}
    shown: dict[str, tables.Column] = {}
    for column in asked.columns:
        if column.kind == "key" or column.name in ends or _says_nothing(asked, column, frame):
            continue
        heading = asked.heading(column.name, language)
        shown[column.name] = tables.Column(
            heading,
            KINDS.get(column.kind, "text"),
            _decimals(column, frame[column.name]),
            help=asked.help(column.name, language),
            width=_width(asked, column, frame, language),
        )
        if column.low and column.high:
            shown[f"{column.name} interval"] = tables.Column(
                t("strategy.interval_of", language, name=heading), width=118
            )
    return shown
