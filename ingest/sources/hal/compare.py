"""HAL's count against OpenAlex's, lab by lab: two counts of the same works, side by side, never added."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.reading import Reading
from ingest.sources.hal.counts import Counts

_TIE: Final = ("COPUBLISHES_WITH", "Lab", "Institution")
_SPAN: Final = ("year_from", "year_to")


def copublications(reading: Reading) -> pl.DataFrame:
    """A reading's co-publications by ROR: lab, ror, country, year_from, year_to, works.

    Partners without ROR are left out: HAL has no other identifier to find them by.
    """
    rors = reading.identities.filter(pl.col("right").str.starts_with("ror:"))
    rors = rors.select(id="left", ror="right").unique("id", keep="first", maintain_order=True)
    places = reading.nodes["Institution"].select("id", "country").unique("id", keep="first", maintain_order=True)
    ties = reading.relationships[_TIE].join(rors, left_on="end", right_on="id", how="left")
    named = ties.with_columns(
        pl.coalesce("ror", pl.when(pl.col("end").str.starts_with("ror:")).then("end")).str.strip_prefix("ror:")
    )
    return (
        named.drop_nulls("ror")
        .join(places, left_on="end", right_on="id", how="left")
        .select("ror", "country", *_SPAN, lab="start", works="full_count")
        .group_by("lab", "ror", *_SPAN)
        .agg(pl.col("country").drop_nulls().first(), pl.col("works").sum())
        .select("lab", "ror", "country", *_SPAN, "works")
        .sort("lab", "ror", *_SPAN)
    )


def by_partner(counts: Counts, told: pl.DataFrame) -> pl.DataFrame:
    """Both counts of each lab and institution that OpenAlex joins, over the same years.

    Args:
        told: as `copublications`.

    Returns:
        lab, ror, country, year_from, year_to, hal, openalex, ratio (hal / openalex). `hal` is null where HAL does
        not know the lab or the ROR, and 0 where it knows both and has no joint deposit.
    """
    rors = counts.bodies.select("structure", "ror").drop_nulls()
    joint = counts.partners.join(told, on="lab", how="semi").join(rors, on="structure")
    held = told.join(joint.select("lab", "ror", "year", hal="works"), on=["lab", "ror"], how="left")
    within = pl.when(pl.col("year").is_between(*_SPAN)).then(pl.col("hal")).otherwise(0)
    found = held.group_by("lab", "ror", "country", *_SPAN, "works").agg(within.sum().alias("hal"))
    known = pl.col("lab").is_in(counts.labs["lab"].unique().implode()) & pl.col("ror").is_in(
        rors["ror"].unique().implode()
    )
    return (
        found.with_columns(pl.when(known).then("hal").alias("hal"))
        .select("lab", "ror", "country", *_SPAN, "hal", openalex="works")
        .with_columns(ratio=_ratio("hal", "openalex"))
        .sort("lab", "ror", *_SPAN)
    )


def by_country(counts: Counts, told: pl.DataFrame) -> pl.DataFrame:
    """Both counts of each lab and country abroad, over the same years.

    All but `hal_works` are sums over institutions, in which a work with two of them counts twice, in both counts
    alike. `hal_works` counts each work once, over every structure there, and compares with none of the others.

    Args:
        told: as `copublications`.

    Returns:
        lab, country, year_from, year_to, hal_works, openalex (every institution with ROR), hal and openalex_same
        (those of them HAL's register knows), ratio (hal / openalex_same), institutions, known (to HAL's register),
        found (with a joint deposit), coverage (known / institutions: what the ratio rests on). Where HAL does not
        know the lab, or none of the institutions, its figures are null.
    """
    pairs = by_partner(counts, told).drop_nulls("country")
    compared = pl.col("hal").is_not_null()
    summed = (
        pairs.group_by("lab", "country", *_SPAN)
        .agg(
            pl.col("openalex").sum(),
            pl.col("hal").sum().alias("hal"),
            pl.col("openalex").filter(compared).sum().alias("openalex_same"),
            pl.len().cast(pl.Int64).alias("institutions"),
            compared.sum().cast(pl.Int64).alias("known"),
            (pl.col("hal") > 0).sum().cast(pl.Int64).alias("found"),
        )
        .with_columns(pl.when(pl.col("known") > 0).then(c).alias(c) for c in ("hal", "openalex_same", "found"))
    )
    distinct = (
        summed.select("lab", "country", *_SPAN)
        .join(counts.countries, on=["lab", "country"], how="left")
        .group_by("lab", "country", *_SPAN)
        .agg(pl.when(pl.col("year").is_between(*_SPAN)).then("works").otherwise(0).sum().alias("hal_works"))
    )
    lab = pl.col("lab").is_in(counts.labs["lab"].unique().implode())
    return (
        summed.join(distinct, on=["lab", "country", *_SPAN])
        .with_columns(pl.when(lab).then("hal_works").alias("hal_works"))
        .with_columns(ratio=_ratio("hal", "openalex_same"), coverage=_ratio("known", "institutions"))
        .select(
            "lab",
            "country",
            *_SPAN,
            "hal_works",
            "openalex",
            "hal",
            "openalex_same",
            "ratio",
            "institutions",
            "known",
            "found",
            "coverage",
        )
        .sort("lab", "country", *_SPAN)
    )


def _ratio(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))
