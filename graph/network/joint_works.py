"""Co-publications in scope, a lab and an institution at a time."""

from __future__ import annotations

import polars as pl

from graph.network.incidence import CNRS, Incidence
from graph.network.notes import Note
from graph.network.scope import Scope


def works_in(incidence: Incidence, scope: Scope, notes: list[Note]) -> pl.DataFrame:
    """Return lab, institution, counts and weight in scope, one row a pair.

    Counts of single years add up; of spans of years, which may overlap, the latest counts.
    Empty, with the reason in `notes`, where the scope cannot hold joint works: by country, programme or Newman weight.
    """
    works = incidence.works.clear().with_columns(pl.lit(None, pl.Float64).alias("weight"))
    if "copublications" not in scope.ties or incidence.works.is_empty():
        return works
    if scope.level == "country":
        notes.append(("network.works_by_country", {}))
        return works
    if scope.programmes:
        notes.append(("network.works_no_programme", {}))
        return works
    if scope.weighting == "newman":
        notes.append(("network.works_no_newman", {}))
        return works
    works = incidence.works
    if not scope.include_cnrs:
        works = works.filter(pl.col("institution") != CNRS)
    if scope.years is not None:
        inside = (pl.col("first") >= scope.years[0]) & (pl.col("last") <= scope.years[1])
        across = works.filter(~inside & (pl.col("first") < pl.col("last")))
        if across.height:
            notes.append(("network.works_span", {"count": across.select("lab", "institution").n_unique()}))
        works = works.filter(inside)
    works = _one_a_pair(works)
    column = "full" if scope.weighting == "full" else "fractional"
    kept = works.with_columns(pl.col(column).cast(pl.Float64).alias("weight")).filter(pl.col("weight") > 0)
    if scope.weighting == "fractional" and kept.height < works.height:
        notes.append(("network.works_no_fractional", {"count": works.height - kept.height}))
    if kept.height and scope.weighting == "full":
        notes.append(("network.works_overlap", {}))
    return kept


def placed_works(incidence: Incidence, scope: Scope, notes: list[Note]) -> pl.DataFrame:
    """Return the works of `works_in` with other institutions than the CNRS, and of each its name and country.

    They are told by country beside what is counted, never as ties: what a tie of joint works weighs is no note here.

    Returns:
        The columns of `works_in`, `partner` (name) and `there` (code of the country, null where it is unknown; how many
        institutions that is goes to `notes`).
    """
    named = incidence.actors.select(institution="actor", partner="name", there="country")
    found = works_beside(incidence, scope, notes).filter(pl.col("institution") != CNRS)
    found = found.join(named, on="institution", how="left", maintain_order="left")
    nowhere = found.filter(pl.col("there").is_null())["institution"].n_unique()
    if nowhere:
        notes.append(("affinity.works_nowhere", {"count": nowhere}))
    return found


def works_beside(incidence: Incidence, scope: Scope, notes: list[Note]) -> pl.DataFrame:
    """Return the works of `works_in` to be told beside ties: the note on their weight as ties is left out."""
    said: list[Note] = []
    found = works_in(incidence, scope, said)
    notes += [note for note in said if note[0] != "network.works_overlap"]
    return found


def _one_a_pair(works: pl.DataFrame) -> pl.DataFrame:
    pair = ["lab", "institution"]
    spans = works.filter((pl.col("first") < pl.col("last")).any().over(pair))
    latest = spans.sort("last", "full", descending=True).unique(pair, keep="first", maintain_order=True)
    years = works.join(latest, on=pair, how="anti", maintain_order="left")
    known = pl.col("fractional").is_not_null().all()
    summed = years.group_by(pair, maintain_order=True).agg(
        pl.col("first").min(),
        pl.col("last").max(),
        pl.col("full").sum(),
        pl.when(known).then(pl.col("fractional").sum()).alias("fractional"),
    )
    return pl.concat([latest, summed.select(latest.columns)])
