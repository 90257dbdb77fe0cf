"""Small graphs of every awkward kind of value, for the tests of the store."""

from __future__ import annotations

import datetime as dt

import polars as pl

from graph.store import Tables
from graph.store.text import fold


def provenance(frame: pl.DataFrame, source: str = "sample") -> pl.DataFrame:
    """The frame with a source, a snapshot and a record number on every row."""
    return frame.with_columns(
        source=pl.lit(source),
        snapshot=pl.lit(f"{source}@2025-12-06"),
        record=pl.int_range(pl.len()).cast(pl.String),
    )


def sample() -> Tables:
    """Two countries, five institutions, two projects and what joins them."""
    names = ["Consejo Superior de Investigaciones Científicas", "The University of Tokyo", "東京大学",
             "École d'\"Été\" <b>`x`</b>", "CSIC Foundation"]  # fmt: skip
    acronyms = ["CSIC", "UTokyo", None, None, None]
    institutions = pl.DataFrame(
        {
            "id": [f"pic:{n}" for n in range(1, 6)],
            "name": names,
            "acronym": acronyms,
            "named": [True] * 5,
            "country": ["ES", "JP", "JP", None, "ES"],
            "latitude": [40.4, 35.7, None, None, None],
            "identifiers": [["pic:1", "ror:02gfc7t72"], ["pic:2"], ["pic:3"], ["pic:4"], ["pic:5"]],
            "aliases": [["Spanish National Research Council"], [], None, None, None],
            "search": [fold(name, acronym) for name, acronym in zip(names, acronyms, strict=True)],
        }
    )
    countries = pl.DataFrame(
        {
            "id": ["ES", "JP"],
            "name_en": ["Spain", "Japan"],
            "name_fr": ["Espagne", "Japon"],
            "search": ["spain espagne es esp", "japan japon jp jpn"],
        }
    )
    projects = pl.DataFrame(
        {
            "id": ["HORIZON:1", "HORIZON:2"],
            "name": ["ALPHA", "BETA"],
            "framework": ["HORIZON", "HORIZON"],
            "start_date": [dt.date(2022, 2, 28), None],
            "ec_contribution_eur": [1_234_567.89, None],
            "search": ["alpha", "beta"],
        }
    )
    located = pl.DataFrame({"start": ["pic:1", "pic:2", "pic:3"], "end": ["ES", "JP", "JP"]})
    takes_part = pl.DataFrame(
        {
            "start": ["pic:1", "pic:2", "pic:1", "pic:1"],
            "end": ["HORIZON:1", "HORIZON:1", "HORIZON:2", "HORIZON:2"],
            "role": ["coordinator", "participant", "participant", None],
            "contribution_eur": [0.0, 10.5, None, None],
            "source_id": ["1", "2", "1", "1"],
        }
    )
    return Tables(
        {
            "Institution": provenance(institutions),
            "Country": provenance(countries),
            "Project": provenance(projects),
        },
        {
            ("LOCATED_IN", "Institution", "Country"): provenance(located),
            ("PARTICIPATES_IN", "Institution", "Project"): provenance(takes_part),
        },
    )


def many(count: int) -> Tables:
    """A graph large enough to be killed in the middle of."""
    given = sample()
    ids = [f"pic:{n}" for n in range(count)]
    people = provenance(
        pl.DataFrame({"id": ids, "name": ids, "named": True, "identifiers": [[one] for one in ids], "search": ids})
    )
    ties = provenance(pl.DataFrame({"start": ids * 3, "end": ["ES", "JP", "ES"] * count}))
    return Tables(
        {"Country": given.nodes["Country"], "Institution": people}, {("LOCATED_IN", "Institution", "Country"): ties}
    )
