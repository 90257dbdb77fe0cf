"""What cells are compared with: countries, CNRS institutes, units, and today."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import polars as pl

from graph.store.text import fold
from ingest.catalogue import BUNDLED_DIR
from ingest.tidy import COUNTRY_CODES

FIRST_YEAR: Final = 1990


@dataclass(frozen=True)
class Known:
    """The vocabularies of one moment.

    Attributes:
        countries: ISO alpha-2 code -> English and French name.
        country_names: name in English or French, or alpha-3 code, in lower case -> alpha-2 code.
        institutes: folded acronym or name -> acronym.
        units: label or RNSR number -> id of the unit.
        unit_types: UMR, IRL …
        day_first: whether a date such as 03/04/2026 is known to put the day first; None where nothing tells.
    """

    today: dt.date
    countries: Mapping[str, tuple[str, str]]
    country_names: Mapping[str, str]
    institutes: Mapping[str, str]
    units: Mapping[str, str]
    unit_types: frozenset[str]
    day_first: bool | None = None

    @property
    def last_year(self) -> int:
        """The last year a table may speak of: the next one."""
        return self.today.year + 1

    def country_like(self, text: str) -> str:
        """The country a text most resembles, as `JP (Japan, Japon)`; empty where none does."""
        folded = {fold(name): code for name, code in self.country_names.items()}
        code = COUNTRY_CODES.get(text.upper()) or folded.get(fold(text))
        if code is None and len(text) > 3:
            close = difflib.get_close_matches(fold(text), [name for name in folded if len(name) > 3], n=1, cutoff=0.75)
            code = folded[close[0]] if close else None
        return f"{code} ({', '.join(dict.fromkeys(self.countries[code]))})" if code else ""


@lru_cache(maxsize=4)
def known(today: dt.date | None = None) -> Known:
    """The vocabularies as bundled, on a day; today's if left out."""
    countries = _table("bundled/countries.csv", "iso2", "iso3", "name_en", "name_fr")
    institutes = _table("curated/cnrs_institutes.csv", "id", "name_en", "name_fr", "name_in_unit_dictionary")
    units = _table("bundled/labs.csv", "label", "rnsr_id", "ror_id")
    names: dict[str, str] = {}
    for iso2, *others in countries.iter_rows():
        names |= {name.casefold(): iso2 for name in others if name}
    ids = units.with_columns(
        id=pl.coalesce("label", pl.format("rnsr:{}", "rnsr_id"), pl.format("ror:{}", "ror_id"))
    ).drop_nulls("id")
    labels = {label: label for label in units["label"].drop_nulls()}
    numbers = dict(ids.drop_nulls("rnsr_id").select("rnsr_id", "id").iter_rows())
    return Known(
        today=today or dt.date.today(),
        countries={iso2: (en, fr) for iso2, _, en, fr in countries.iter_rows()},
        country_names=names,
        institutes={fold(name): row[0] for row in institutes.iter_rows() for name in row if name},
        units=numbers | labels,
        unit_types=frozenset(label.split(" ")[0] for label in labels),
    )


def _table(path: str, *columns: str) -> pl.DataFrame:
    return pl.read_csv(BUNDLED_DIR / path, infer_schema=False, encoding="utf8", columns=list(columns)).select(columns)
