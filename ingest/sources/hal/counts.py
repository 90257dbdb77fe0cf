"""Joint works as HAL counts them: by lab, by lab and partner structure, by lab and country, year by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from ingest.reading import SourceFiles
from ingest.sources.hal import records
from ingest.sources.hal.fetch import CNRS

_UNIT: Final = r"^(UMR|UPR|UAR|USR|UMS|UPS|UMI|IRL|ERL|EMR|FRE|FR)[ _-]*(?:CNRS[ _-]*)?0*(\d{1,5})$"
_JOINT: Final = "UMR"
_FIRST_JOINT: Final = 2000
"""The CNRS numbers its joint units from here; below stand INRAE's, Inserm's and IRD's, under the same letters."""

_SLICE: Final = 100_000
"""Deposits taken apart at a time."""

_DEEPEST: Final = 12
"""Steps from a team up to its last supervising body; the register has cycles."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What HAL counts; a work is counted once in each row, in its earliest year, and rows overlap.

    Attributes:
        labs: lab, year, works: all of a lab's, with or without partner.
        partners: lab, structure (HAL's number), year, works. A partner is an institution, or a structure with none
            above it, that does not supervise the lab.
        countries: lab, country, year, works with at least one structure there, the lab's own country left out.
        bodies: structure, name, country, ror of every body that may be a partner; country and ror null if unknown.
    """

    labs: pl.DataFrame
    partners: pl.DataFrame
    countries: pl.DataFrame
    bodies: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Register:
    """The register of structures, and which of them are CNRS labs.

    Attributes:
        structures: as `records.structures`.
        labs: structure, lab (label of the unit), above and of the structures that bear it, name, acronym, …
        above: structure, body: every structure above each lab's.
    """

    structures: pl.DataFrame
    labs: pl.DataFrame
    above: pl.DataFrame


def register(files: SourceFiles) -> Register:
    """Read the register and find the CNRS's labs: laboratories under the CNRS that bear one CNRS unit code.

    Several structures may be one lab: HAL keeps a new one for each change of name or supervising body.
    """
    found = records.structures(files)
    laboratories = found.filter(pl.col("type") == records.LABORATORY)
    above = _above(laboratories["id"], found)
    ours = above.filter(pl.col("body") == CNRS).select("structure")
    labs = laboratories.join(ours, left_on="id", right_on="structure", how="semi")
    coded = labs.with_columns(_labels(pl.col("codes")).alias("labels"))
    several = pl.col("labels").list.len() > 1
    coded = files.drop_values("structures", coded, several, "several CNRS unit codes: which is not said", "id")
    coded = files.drop_values(
        "structures", coded, pl.col("labels").list.len().fill_null(0) == 0, "a CNRS lab without CNRS unit code", "id"
    )
    labs = coded.select(
        "line", "name", "acronym", "valid", "country", "rnsr", structure="id", lab=pl.col("labels").list.first()
    )
    return Register(found, labs, above)


def deposits(files: SourceFiles, known: Register) -> pl.DataFrame:
    """Read the deposits with a CNRS lab: work (a number), year, structures; one row a work, in its earliest year.

    A deposit without a CNRS lab, or with a structure the register lacks, is told in the account.
    """
    found = _with_lab(files, records.works(files), known).drop("docid", "line")
    repeated = found["work"].is_duplicated()
    several = found.filter(repeated).group_by("work").agg(pl.col("year").min(), pl.col("structures").explode())
    works = pl.concat([found.filter(~repeated), several.select(found.columns)])
    return works.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("work"))


def named(works: pl.DataFrame, known: Register) -> pl.DataFrame:
    """The labs these works name: lab."""
    parts = (part.select(structure="structures").explode("structure").unique() for part in works.iter_slices(_SLICE))
    return pl.concat([_NAMED, *parts]).join(known.labs, on="structure").select("lab").unique()


def count(works: pl.DataFrame, known: Register) -> Counts:
    """Count `deposits`, one year at a time, so that memory follows the largest year and not the archive."""
    labs, partners, countries = [_LABS], [_PARTNERS], [_COUNTRIES]
    bodies, own = _bodies(known), _own(known)
    for year in works["year"].unique().sort():
        dated = pl.lit(year, pl.Int64).alias("year")
        part = works.filter(pl.col("year") == year)
        each = part.select("work", structure="structures").explode("structure").unique()
        by_lab = each.join(known.labs, on="structure").select("work", "lab").unique()
        labs.append(_counted(by_lab, "lab").with_columns(dated))
        partners.append(_partners(each, by_lab, bodies, own).with_columns(dated))
        countries.append(_countries(each, by_lab, known, own).with_columns(dated))
    return Counts(
        labs=_tidy(labs, _LABS, "lab"),
        partners=_tidy(partners, _PARTNERS, "lab", "structure"),
        countries=_tidy(countries, _COUNTRIES, "lab", "country"),
        bodies=bodies,
    )


_LACKING: Final = pl.DataFrame(schema={"line": pl.Int64, "structure": pl.Int32})
_NAMED: Final = pl.DataFrame(schema={"structure": pl.Int32})
_LABS: Final = pl.DataFrame(schema={"lab": pl.String, "year": pl.Int64, "works": pl.Int64})
_PARTNERS: Final = pl.DataFrame(schema={"lab": pl.String, "structure": pl.Int32, "year": pl.Int64, "works": pl.Int64})
_COUNTRIES: Final = pl.DataFrame(schema={"lab": pl.String, "country": pl.String, "year": pl.Int64, "works": pl.Int64})


def _with_lab(files: SourceFiles, found: pl.DataFrame, known: Register) -> pl.DataFrame:
    lacking, ours = [_LACKING], []
    for part in found.iter_slices(_SLICE):
        pairs = part.select("line", structure="structures").explode("structure")
        strange = pairs.join(known.structures.select("id"), left_on="structure", right_on="id", how="anti")
        lacking.append(strange.group_by("structure").agg(pl.col("line").min()).select(_LACKING.columns))
        mine = pairs.join(known.labs, on="structure", how="semi").select("line").unique()
        ours.append(part.select(pl.col("line").is_in(mine["line"].implode()))["line"])
    strange = pl.concat(lacking).group_by("structure").agg(pl.col("line").min()).sort("line", "structure")
    files.drop_values(
        "works", strange, pl.col("structure").is_not_null(), "a structure the register lacks", "structure"
    )
    held = found.with_columns(pl.concat(ours).alias("held") if ours else pl.lit(False).alias("held"))
    return files.ignore("works", held, ~pl.col("held"), "no lab with a CNRS unit code", "docid").drop("held")


def _bodies(known: Register) -> pl.DataFrame:
    top = (pl.col("parents").list.len().fill_null(0) == 0) & pl.col("type").ne_missing(records.GROUPING)
    found = known.structures.filter((pl.col("type") == records.INSTITUTION) | top)
    return found.select("name", "country", "ror", structure="id").select("structure", "name", "country", "ror")


def _partners(each: pl.DataFrame, by_lab: pl.DataFrame, bodies: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    there = each.join(bodies, on="structure", how="semi")
    pairs = by_lab.join(there, on="work").join(own, on=["lab", "structure"], how="anti")
    return _counted(pairs, "lab", "structure")


def _countries(each: pl.DataFrame, by_lab: pl.DataFrame, known: Register, own: pl.DataFrame) -> pl.DataFrame:
    home = known.labs.select("lab", "country").drop_nulls().unique()
    placed = known.structures.select("country", structure="id").drop_nulls()
    there = each.join(placed, on="structure")
    pairs = by_lab.join(there, on="work").join(own, on=["lab", "structure"], how="anti")
    abroad = pairs.select("lab", "country", "work").unique().join(home, on=["lab", "country"], how="anti")
    return _counted(abroad, "lab", "country")


def _own(known: Register) -> pl.DataFrame:
    """The lab itself and the bodies above it: they are in each of its deposits and no partners."""
    labs = known.labs.select("lab", "structure")
    bodies = labs.join(known.above, on="structure").select("lab", structure="body")
    return pl.concat([labs, bodies]).unique()


def _above(below: pl.Series, structures: pl.DataFrame) -> pl.DataFrame:
    """structure, body: every structure above each of these, however many steps up."""
    steps = structures.select("id", body="parents").explode("body").drop_nulls("body").unique()
    reached = pl.DataFrame({"structure": below}).join(steps, left_on="structure", right_on="id")
    front = reached
    for _ in range(_DEEPEST):
        front = front.join(steps, left_on="body", right_on="id").select("structure", body="body_right").unique()
        front = front.join(reached, on=["structure", "body"], how="anti")
        if front.is_empty():
            break
        reached = pl.concat([reached, front])
    return reached


def _labels(codes: pl.Expr) -> pl.Expr:
    """The unit labels among the codes of a lab: `UMR8552` is `UMR 8552`; other bodies' codes are none."""
    unit, number = pl.element().str.extract(_UNIT, 1), pl.element().str.extract(_UNIT, 2)
    foreign = (unit == _JOINT) & (number.cast(pl.Int64) < _FIRST_JOINT)
    return (
        codes.list.eval(pl.when(foreign.not_()).then(pl.format("{} {}", unit, number))).list.drop_nulls().list.unique()
    )


def _counted(pairs: pl.DataFrame, *keys: str) -> pl.DataFrame:
    return pairs.group_by(keys).agg(pl.len().cast(pl.Int64).alias("works"))


def _tidy(parts: list[pl.DataFrame], shape: pl.DataFrame, *keys: str) -> pl.DataFrame:
    return pl.concat([part.select(shape.columns).cast(dict(shape.schema)) for part in parts]).sort(*keys, "year")  # type: ignore[arg-type]
