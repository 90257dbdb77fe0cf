"""Columnar repairs every CORDIS-like source needs: codes, amounts, dates, spelling."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import polars as pl

COUNTRY_CODES: Final = {"UK": "GB", "EL": "GR"}
"""Codes of the European institutions that are not ISO 3166."""

_DAMAGE: Final = re.compile("[ÃÂ√]")


def country(column: str) -> pl.Expr:
    """ISO 3166 alpha-2 code of a European institutions' country code."""
    return pl.col(column).str.strip_chars().replace(COUNTRY_CODES)


def text(column: str) -> pl.Expr:
    """Trimmed text; empty is null."""
    trimmed = pl.col(column).str.strip_chars()
    return pl.when(trimmed != "").then(trimmed)


def name_or_missing(column: str) -> pl.Expr:
    """Trimmed text where the literal `NA` means a missing value."""
    trimmed = text(column)
    return pl.when(trimmed != "NA").then(trimmed)


def amount(column: str) -> pl.Expr:
    """Amount in euro; unreadable is null.

    The decimal sign is a point or a comma: the last one of the two, where both stand in one number.
    """
    plain = pl.col(column).str.replace_all(r"[\s\x{a0}\x{202f}]", "")
    comma_last = plain.str.contains(r"^[^,]*,[^,.]*$")
    decimal = (
        pl.when(comma_last)
        .then(plain.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .otherwise(plain.str.replace_all(",", "", literal=True))
    )
    value = decimal.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def integer(column: str) -> pl.Expr:
    """Whole number; unreadable is null."""
    return pl.col(column).str.strip_chars().cast(pl.Int64, strict=False)


def date(column: str) -> pl.Expr:
    """Date as 2022-09-01, with or without a time behind, or as 01/09/2022, the day first; unreadable is null."""
    plain = pl.col(column).str.strip_chars()
    iso = plain.str.extract(r"^(\d{4}-\d{2}-\d{2})(?:$|[ T])").str.to_date("%Y-%m-%d", strict=False)
    return pl.coalesce(iso, plain.str.extract(r"^(\d{2}/\d{2}/\d{4})$").str.to_date("%d/%m/%Y", strict=False))


def boolean(column: str) -> pl.Expr:
    """`true` or `false`, else null."""
    return pl.col(column).str.to_lowercase().replace_strict({"true": True, "false": False}, default=None)


def repaired(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Return the frame with text decoded twice in a wrong encoding put right, where that can be done without loss."""
    for column in columns:
        damaged = [value for value in frame[column].unique() if value and _DAMAGE.search(value)]
        repairs = {value: repair(value) for value in damaged}
        if repairs:
            frame = frame.with_columns(pl.col(column).replace(repairs))
    return frame


def repair(value: str) -> str:
    """Undo one or two wrong decodings of UTF-8; text that is not damaged, or beyond repair, comes back unchanged."""
    for _ in range(2):
        if not _DAMAGE.search(value):
            break
        for encoding in ("cp1252", "mac_roman"):
            try:
                value = value.encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
            break
        else:
            break
    return value


def slug(value: str) -> str:
    """Return the name as it stands in a `name:cc:…` identifier."""
    plain = "".join(c for c in unicodedata.normalize("NFD", value) if unicodedata.category(c) != "Mn").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def slugs(values: pl.Series) -> pl.Series:
    """Return `slug` of every text; null stays null."""
    by_value = {value: slug(value) for value in values.drop_nulls().unique()}
    return values.replace_strict(by_value, default=None, return_dtype=pl.String)


def most_specific(codes: str) -> list[str]:
    """Return the programme codes of a `|`-joined cell that no other code of the cell lies under.

    A trailing dot is not part of a code; `H2020-EC` is the treaty's name for the whole of Horizon 2020.
    """
    found = {
        "H2020" if code == "H2020-EC" else code for code in (part.strip().rstrip(".") for part in codes.split("|"))
    }
    found.discard("")

    def is_above(code: str, other: str) -> bool:
        roots = {"H2020": "H2020-", "EURATOM2027": "EURATOM.", "HORIZON": "HORIZON."}
        return other != code and other.startswith(roots.get(code, code + "."))

    return sorted(code for code in found if not any(is_above(code, other) for other in found))


def programmes_of(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Explode a `|`-joined column of programme codes to one row each of the most specific ones."""
    codes = {cell: most_specific(cell) for cell in frame[column].unique().drop_nulls()}
    lookup = pl.DataFrame(
        {column: list(codes), "programme": list(codes.values())},
        schema={column: pl.String, "programme": pl.List(pl.String)},
    )
    return frame.join(lookup, on=column, how="inner").explode("programme").drop_nulls("programme")
