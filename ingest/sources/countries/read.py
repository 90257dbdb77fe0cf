"""Countries in the UN M49 tree of regions."""

from __future__ import annotations

import polars as pl

from ingest.reading import Reading, SourceFiles
from ingest.tidy import amount, integer, text


def read(files: SourceFiles) -> Reading:
    """Countries (id ISO alpha-2; `NA` is Namibia) and regions (id M49, level 0 is the world)."""
    countries = files.table("countries")
    regions = files.table("regions")
    return files.reading(
        nodes={
            "Country": countries.select(
                id="iso2",
                name_en="name_en",
                name_fr="name_fr",
                iso3=text("iso3"),
                m49=text("m49"),
                latitude=amount("latitude"),
                longitude=amount("longitude"),
                record="iso2",
            ),
            "Region": regions.select(
                id="m49", name_en="name_en", name_fr="name_fr", level=integer("level"), record="m49"
            ),
        },
        relationships={
            ("LOCATED_IN", "Country", "Region"): countries.select(start="iso2", end="region", record="iso2"),
            ("PART_OF", "Region", "Region"): regions.filter(pl.col("parent").is_not_null()).select(
                start="m49", end="parent", record="m49"
            ),
        },
    )
