"""Units of the CNRS as registers of research structures have them: their ids, their places, the bodies over them."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.reading import SourceFiles
from ingest.tidy import integer, slug, slugs, text
from ingest.unit_codes import elsewhere, labelled, unit_type

CNRS_NAME: Final = "Centre national de la recherche scientifique"
"""By name: registers have the acronym CNRS on other bodies too."""

CNRS: Final = f"name:fr:{slug(CNRS_NAME)}"

NUMBER: Final = r"^\d{9}[A-Z]$"
"""National number of a research structure, such as 195817959H."""

_NUMBERS: Final = {"siren": r"^\d{9}$", "siret": r"^\d{14}$", "ror": r"^0[0-9a-z]{6}\d{2}$"}


def identified(files: SourceFiles, key: str, structures: pl.DataFrame) -> pl.DataFrame:
    """Add `id`, and what `labelled` adds, to structures of the CNRS.

    The id is the label the structure's own codes tell, else the one the unit dictionary (table `units`) has for its
    number, else `rnsr:…`. Codes that do not tell which unit it is are told and not used.

    Args:
        structures: `line`, `number`, `labels` (list of texts that may bear a code, never null).
    """
    dictionary = files.table("units")
    by_number = dictionary.select("rnsr_id", told=text("label")).drop_nulls()
    by_number = by_number.filter(pl.col("rnsr_id").is_unique())
    frame = structures.join(by_number, left_on="number", right_on="rnsr_id", how="left", maintain_order="left")
    units = labelled(frame, "number", "labels", "told", dictionary)
    unsettled = pl.col("unsettled").is_not_null()
    files.drop_values(key, units, unsettled, "unit codes that do not tell which unit it is", "unsettled")
    return units.with_columns(id=pl.coalesce("label", pl.format("rnsr:{}", "number")))


def standing(files: SourceFiles, key: str, units: pl.DataFrame) -> pl.DataFrame:
    """One row a unit: of its structures one that is not closed, then the latest; the others are what it was before.

    An address in France of a unit elsewhere is told and left unknown.

    Args:
        units: as `identified`, with `year` (text), `year_closed`, `country` and `city`.
    """
    units = units.sort(
        *("id", pl.col("year_closed").is_not_null(), pl.col("coded").not_(), integer("year")),
        descending=[False, False, False, True],
        nulls_last=True,
    )
    again = pl.col("id").is_first_distinct().not_()
    units = files.ignore(key, units, again, "earlier structure of one unit", "number")
    rule, away = "address in France of a unit in another country", elsewhere()
    units = files.unknown(key, units, "city", away, rule)
    return files.unknown(key, units, "country", away, rule)


def labs(units: pl.DataFrame) -> pl.DataFrame:
    """The Lab nodes of units as `standing`, with `name` and `acronym`."""
    return units.select(
        id="id",
        name="name",
        acronym="acronym",
        label="label",
        unit_type=unit_type(pl.col("label")),
        country="country",
        city="city",
        rnsr="number",
        year_created=integer("year"),
        year_closed="year_closed",
        record="number",
    )


def with_body(bodies: pl.DataFrame, french: pl.Expr) -> pl.DataFrame:
    """Add `body`, the id a supervising body has by its `name`, which is not null.

    Args:
        french: whether the register says it is French; a body of a country it does not say is `name:zz:…`.
    """
    country = pl.when(french).then(pl.lit("fr")).otherwise(pl.lit("zz"))
    return bodies.with_columns(body=pl.format("name:{}:{}", country, slugs(bodies["name"])))


def same_body(files: SourceFiles, key: str, ties: pl.DataFrame, system: str) -> pl.DataFrame:
    """Identities of bodies and their numbers; a number that comes with several names is told and not used.

    Args:
        ties: `line`, `body` and the column `system`.
        system: siren, siret or ror.
    """
    pairs = ties.filter(pl.col(system).str.contains(_NUMBERS[system]).fill_null(False))
    pairs = pairs.unique(["body", system], maintain_order=True)
    rule = f"one {system.upper()} on several supervising bodies"
    pairs = files.drop_values(key, pairs, pl.col(system).is_duplicated(), rule, system)
    return pairs.select(left="body", right=pl.format(f"{system}:{{}}", system))
