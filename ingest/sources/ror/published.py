"""The units of the CNRS in a ROR dump, and the bodies ROR relates to the CNRS or to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from graph.errors import SourceError
from ingest.reading import Ends, Reading, SourceFiles
from ingest.ror_index import read_dump
from ingest.tidy import text
from ingest.unit_codes import elsewhere, labelled, unit_type

CNRS: Final = "02feahw73"

WEAK: Final = "acronym_unique(check)"
"""What the bundled table calls a link by acronym alone: not used."""

ACTIVITY: Final = {
    "education": "HES",
    "company": "PRC",
    "facility": "REC",
    "government": "PUB",
    "healthcare": "OTH",
    "nonprofit": "OTH",
    "archive": "OTH",
    "other": "OTH",
}
"""ROR's type -> activity type, the first of these that a body has; `funder` alone says nothing of its activity."""

_PAIRS: Final = {"parent": pl.String, "child": pl.String}


@dataclass(frozen=True, slots=True)
class Family:
    """What descends from the CNRS.

    Attributes:
        units: ROR number -> generations below the CNRS, its institutes not counted.
        institutes: ROR number -> id of the institute.
        offices: administrative bodies; what is only below them is no unit.
        supervisors: bodies ROR has below a unit though they are above units themselves.
    """

    units: dict[str, int]
    institutes: dict[str, str]
    offices: frozenset[str]
    supervisors: frozenset[str]


def read(files: SourceFiles) -> Reading:
    """Labs, their institutes, and as Institutions the bodies that ROR names above or beside them.

    Raises:
        SourceError: the dump lacks the CNRS.
    """
    every = _organisations(files)
    active = every.filter(pl.col("status") == "active")
    if CNRS not in active["ror"]:
        raise SourceError(
            f"The ROR dump of source 'ror' has no record of the CNRS (https://ror.org/{CNRS}).",
            "It may be a part of a dump: fetch it again.",
        )
    pairs = _pairs(active)
    below = [CNRS, *_walk(pairs, [CNRS])]
    near = _near(active, pairs, pl.Series(below))
    known = _labelled(files, active.filter(pl.col("ror").is_in(near.implode()) | pl.col("ror").is_in(below)))
    family = _family(known.filter(pl.col("ror").is_in(below[1:])), pairs, files.table("institutes"))
    labs = _labs(files, known, family)
    bodies, beside = _bodies(files, active, pairs, labs, known, family)
    _leave_out(files, active, pl.concat([labs["ror"], bodies["ror"], beside]), family)
    return files.reading(
        nodes={
            "Lab": labs.select(
                id="id",
                name="name",
                acronym=pl.col("acronyms").list.first(),
                label="label",
                unit_type=unit_type(pl.col("label")),
                country="country",
                city="city",
                rnsr="rnsr",
                ror="ror",
                year_created="established",
                record=_record(),
            ),
            "Institution": _institutions(bodies),
        },
        relationships=_relationships(files, labs, bodies, pairs, family),
    )


def _organisations(files: SourceFiles) -> pl.DataFrame:
    with files.open("organisations") as path:
        dump = read_dump(path, files.spec.files["organisations"].path.name)
    spec = files.spec.files["organisations"]
    files.signal("organisations", sorted(dump.fields - {*spec.columns, *spec.optional, *spec.ignored}))
    frame = files.account("organisations", dump.frame, dump.rejects)
    frame = files.ignore(
        "organisations", frame, pl.col("ror").is_first_distinct().not_(), "the same organisation again", "ror"
    )
    for status in ("inactive", "withdrawn"):
        files.ignore("organisations", frame, pl.col("status") == status, f"{status} in ROR", "ror")
    odd = ~pl.col("status").is_in(["active", "inactive", "withdrawn"]) | pl.col("status").is_null()
    return files.reject("organisations", frame, odd, "neither active nor inactive nor withdrawn", "ror")


def _labelled(files: SourceFiles, records: pl.DataFrame) -> pl.DataFrame:
    """Add `label`, `rnsr` and what `unit_codes` adds."""
    lookup = files.table("lookup").filter((pl.col("match") != WEAK).fill_null(True))
    told = lookup.select(
        ror=pl.col("ror_id").str.strip_prefix("https://ror.org/"), told=text("lab_label"), rnsr=text("lab_rnsr_id")
    )
    records = records.join(told.unique("ror", keep="first"), on="ror", how="left", maintain_order="left")
    records = records.with_columns(called=pl.concat_list("names", "aliases", "acronyms"))
    found = labelled(records, "ror", "called", "told", files.table("units"))
    # The bundled table's number is that of its label, not of another code the record bears.
    same = pl.col("label").eq_missing(pl.col("told"))
    return found.with_columns(rnsr=pl.when(same).then("rnsr"))


def _pairs(active: pl.DataFrame) -> pl.DataFrame:
    """Parent and child, both active, each pair once, whichever of the two records says so."""
    said = pl.concat(
        [
            active.select(parent="ror", child="children").explode("child"),
            active.select(parent="parents", child="ror").explode("parent"),
        ]
    ).drop_nulls()
    there = active["ror"].implode()
    return said.filter(pl.col("parent").is_in(there), pl.col("child").is_in(there)).unique(maintain_order=True)


def _walk(pairs: pl.DataFrame, level: list[str], barred: frozenset[str] = frozenset()) -> dict[str, int]:
    """Everything below these bodies by way of children, with its generation; never through a barred one."""
    found: dict[str, int] = {}
    generation = 0
    seen = set(level)
    while level:
        generation += 1
        children = pairs.filter(pl.col("parent").is_in(level))["child"].unique(maintain_order=True)
        level = [child for child in children if child not in seen and child not in barred]
        seen.update(level)
        found |= dict.fromkeys(level, generation)
    return found


def _near(active: pl.DataFrame, pairs: pl.DataFrame, numbers: pl.Series) -> pl.Series:
    """What ROR has above or beside these bodies."""
    among = numbers.implode()
    return pl.concat(
        [
            pairs.filter(pl.col("child").is_in(among))["parent"],
            active.filter(pl.col("ror").is_in(among))["related"].explode().drop_nulls(),
        ]
    )


def _family(known: pl.DataFrame, pairs: pl.DataFrame, institutes: pl.DataFrame) -> Family:
    """Sort what ROR has below the CNRS; a body with a unit's code is a unit, whatever else it seems."""
    direct = pairs.filter(pl.col("parent") == CNRS)["child"]
    no_unit = known.filter(pl.col("label").is_null())
    called = pl.concat(
        [
            institutes.select("id", name=pl.col(column).str.to_lowercase())
            for column in ("id", "name_fr", "name_in_unit_dictionary")
        ]
    )
    named = (
        no_unit.filter(pl.col("ror").is_in(direct.implode()))
        .select("ror", name=pl.concat_list("acronyms", "names", "aliases"))
        .explode("name")
        .with_columns(pl.col("name").str.to_lowercase())
        .join(called, on="name", how="inner", maintain_order="left")
        .unique("id", keep="first", maintain_order=True)
    )
    institute = dict(named.select("ror", "id").iter_rows())
    offices = no_unit.filter(pl.col("types") == pl.lit(["government"]), ~pl.col("ror").is_in(list(institute)))["ror"]
    above_units = pairs.filter(pl.col("child").is_in(direct.implode()))["parent"]
    supervisors = no_unit.filter(
        pl.col("ror").is_in(above_units.implode()),
        ~pl.col("ror").is_in(direct.implode()),
        ~pl.col("ror").is_in(offices.implode()),
    )["ror"]
    barred = frozenset(offices) | frozenset(supervisors)
    units = _walk(pairs, [CNRS, *institute], barred)
    return Family(
        units={ror: generation for ror, generation in units.items() if ror not in institute},
        institutes=institute,
        offices=frozenset(offices),
        supervisors=frozenset(supervisors),
    )


def _labs(files: SourceFiles, known: pl.DataFrame, family: Family) -> pl.DataFrame:
    """One row a unit, with its `id`; a place in France of a unit elsewhere is told and left unknown."""
    generations = pl.DataFrame(
        {"ror": list(family.units), "generation": list(family.units.values())},
        schema={"ror": pl.String, "generation": pl.Int64},
    )
    labs = known.join(generations, on="ror", how="inner", maintain_order="left").with_columns(
        id=pl.coalesce("label", pl.format("rnsr:{}", "rnsr"), pl.format("ror:{}", "ror"))
    )
    labs = labs.sort("id", pl.col("coded").not_(), "generation", "line", maintain_order=True)
    unsettled = pl.col("unsettled").is_not_null()
    files.drop_values("organisations", labs, unsettled, "unit codes that do not tell which unit it is", "unsettled")
    labs = files.ignore(
        "organisations", labs, pl.col("id").is_first_distinct().not_(), "second ROR record of one unit", "ror"
    )
    umifre = (
        pl.col("unit_country").is_null() & pl.col("called").list.eval(pl.element().str.contains("UMIFRE")).list.any()
    )
    away = elsewhere() | ((pl.col("country") == "FR") & umifre)
    rule = "address in France of a unit in another country"
    labs = files.unknown("organisations", labs, "city", away, rule)
    labs = files.unknown("organisations", labs, "country", away, rule)
    differs = pl.col("country") != pl.col("unit_country")
    files.drop_values("organisations", labs, differs, "another country than the unit dictionary's", "country")
    return labs


def _bodies(
    files: SourceFiles,
    active: pl.DataFrame,
    pairs: pl.DataFrame,
    labs: pl.DataFrame,
    known: pl.DataFrame,
    family: Family,
) -> tuple[pl.DataFrame, pl.Series]:
    """The CNRS and what is above or beside it or a lab, itself no unit, institute or office; and units beside it."""
    near = _near(active, pairs, pl.concat([labs["ror"], pl.Series([CNRS])]))
    own = [*family.units, *family.institutes, *family.offices]
    bodies = active.filter(pl.col("ror").is_in(near.implode()) | (pl.col("ror") == CNRS), ~pl.col("ror").is_in(own))
    unit = pl.col("ror").is_in(known.filter("coded")["ror"].implode())
    rule = "related to the CNRS or its units, with a unit's code, and not below it"
    return files.ignore("organisations", bodies, unit, rule, "ror"), bodies.filter(unit)["ror"]


def _leave_out(files: SourceFiles, active: pl.DataFrame, told: pl.Series, family: Family) -> None:
    """Say of every other active record why it is not used."""
    # Second records of a unit are told already; institutes give their id to their units.
    inside = [*family.units, *family.institutes]
    rest = active.filter(~pl.col("ror").is_in(told.implode()), ~pl.col("ror").is_in(inside))
    offices = pl.col("ror").is_in(list(family.offices))
    rest = files.ignore("organisations", rest, offices, "administrative body of the CNRS", "ror")
    files.ignore("organisations", rest, pl.lit(True), "neither a unit of the CNRS nor related to one", "ror")


def _relationships(
    files: SourceFiles, labs: pl.DataFrame, bodies: pl.DataFrame, pairs: pl.DataFrame, family: Family
) -> dict[Ends, pl.DataFrame]:
    above = labs.select("line", "id", child="ror").join(pairs, on="child", how="inner", maintain_order="left")
    institute = pl.col("parent").replace_strict(family.institutes, default=None, return_dtype=pl.String)
    above = above.with_columns(institute=institute)
    part_of = above.drop_nulls("institute")
    rest = above.filter(pl.col("institute").is_null())
    rest = files.drop_values(
        "organisations",
        rest,
        ~pl.col("parent").is_in(bodies["ror"].implode()),
        "above a unit in ROR, itself a unit or an office of the CNRS",
        "parent",
    )
    named = labs.select("line", parent="parents").explode("parent").drop_nulls()
    absent = ~pl.col("parent").is_in(pairs["parent"].implode())
    files.drop_values("organisations", named, absent, "above a unit in ROR, not an active record", "parent")
    return {
        ("SUPERVISED_BY", "Lab", "Institution"): rest.select(
            start="id", end=pl.format("ror:{}", "parent"), record=pl.format("{}/{}", "child", "parent")
        ),
        ("PART_OF", "Lab", "CnrsInstitute"): part_of.select(
            start="id", end="institute", record=pl.format("{}/{}", "id", "institute")
        ).unique(maintain_order=True),
    }


def _institutions(bodies: pl.DataFrame) -> pl.DataFrame:
    kinds = pl.coalesce(pl.when(pl.col("types").list.contains(k)).then(pl.lit(v)) for k, v in ACTIVITY.items())
    others = pl.concat_list("names", "aliases").list.set_difference(pl.concat_list("name"))
    return bodies.select(
        id=pl.format("ror:{}", "ror"),
        name="name",
        acronym=pl.col("acronyms").list.first(),
        named=pl.lit(True),
        type=kinds,
        country=text("country"),
        city="city",
        url="website",
        latitude="latitude",
        longitude="longitude",
        aliases=others,
        record=_record(),
    )


def _record() -> pl.Expr:
    return pl.format("https://ror.org/{}", "ror")
