"""Which unit a record is of, by the codes its names bear (UMR 8552): a code is believed, never guessed."""

from __future__ import annotations

from typing import Final

import polars as pl

_CODE: Final = r"\b(UMR|UPR|UAR|UMS|USR|UMI|IRL|FRE|ERL|EMR|FRC|FR|GDR|GDS|UPS|IFR|EAC|URA|EPR)[ _-]?(\d{1,4})\b"
"""A unit code as names bear it: UMR 8552, UMR8552, IRL-2020; neither Inserm's UMRS 1151 nor INRAE's UMR A1324."""

_OURS: Final = 2000
"""A code the dictionary does not know is believed from this number on: below lie those of INRAE, Inserm and IRD."""


def unit_type(label: pl.Expr) -> pl.Expr:
    """The type in a unit's label: UMR of UMR 8552."""
    return label.str.split(" ").list.first()


def labelled(records: pl.DataFrame, key: str, names: str, told: str, units: pl.DataFrame) -> pl.DataFrame:
    """Add `label`, `coded`, `unsettled` and `unit_country` to records.

    Of several codes counts the one that a bundled table has for the record, else the one that the unit dictionary
    alone knows. A record without any has the bundled table's label, if there is one.

    Args:
        records: one row a record.
        key: column that tells records apart.
        names: column of lists of texts that may bear a code; none is null.
        told: column with the label a bundled table has for the record.
        units: the unit dictionary, with `label` and `country`.

    Returns:
        The records in their order. `coded` is whether the label is from the record's own names, `unsettled` the
        codes, by commas, that do not tell which unit it is; `unit_country` is the dictionary's, null if unknown.
    """
    dictionary = units.drop_nulls("label").unique("label", keep="first", maintain_order=True)
    found = (
        records.select(pl.col(key).alias("key"), found=names)
        .explode("found")
        .with_columns(pl.col("found").str.extract_all(_CODE))
        .explode("found")
        .drop_nulls("found")
        .select(
            "key",
            kind=pl.col("found").str.extract(_CODE, 1),
            digits=pl.col("found").str.extract(_CODE, 2).cast(pl.Int64),
        )
        .select("key", "digits", code=pl.format("{} {}", "kind", "digits"))
        .unique(maintain_order=True)
        .with_columns(known=pl.col("code").is_in(dictionary["label"].implode()))
    )
    by_record = found.group_by("key", maintain_order=True).agg(
        codes=pl.col("code"),
        known=pl.col("code").filter("known"),
        new=pl.col("code").filter(pl.col("digits") >= _OURS),
    )
    frame = records.join(by_record, left_on=key, right_on="key", how="left", maintain_order="left")
    own = (
        pl.when(pl.col("codes").list.contains(pl.col(told)))
        .then(told)
        .when(pl.col("known").list.len() == 1)
        .then(pl.col("known").list.first())
        .when(pl.col("codes").list.len() == 1)
        .then(pl.col("new").list.first())
    )
    frame = frame.with_columns(own=own).with_columns(
        label=pl.coalesce("own", told),
        coded=pl.col("own").is_not_null(),
        unsettled=pl.when(pl.col("own").is_null()).then(pl.col("codes").list.join(", ")),
    )
    return frame.drop("own", "codes", "known", "new").join(
        dictionary.select("label", unit_country="country"), on="label", how="left", maintain_order="left"
    )


def elsewhere(country: str = "country") -> pl.Expr:
    """Whether an address in France is not where the unit is.

    Offices in France hold the post of units abroad: Châtillon for Moscow and Karnak, Gif for Chennai. So the unit
    dictionary's country is asked; a laboratory abroad by its kind (IRL, UMI) that it does not know is not in France.

    Args:
        country: column with the country of the address, beside `label` and `unit_country`.
    """
    abroad = pl.col("unit_country") != "FR"
    by_kind = pl.col("unit_country").is_null() & pl.col("label").str.contains("^(IRL|UMI) ").fill_null(False)
    return (pl.col(country) == "FR") & (abroad.fill_null(False) | by_kind)
