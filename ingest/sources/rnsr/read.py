"""CNRS units of the national register of research structures (RNSR), as the ministry's portal exports it."""

from __future__ import annotations

from typing import Final

import polars as pl

from graph.errors import SourceError
from ingest.reading import Reading, SourceFiles
from ingest.sources.rnsr.export import LIST, structures
from ingest.tidy import integer, text
from ingest.units import CNRS, CNRS_NAME, NUMBER, identified, labs, same_body, standing, with_body

SUPERVISES: Final = "TUTE"
NATURES: Final[dict[str, tuple[str | None, bool]]] = {
    # nature -> activity type, whether French
    "UNIV": ("HES", True),
    "EPST": ("REC", True),
    "EPIC": (None, True),
    "EPA": (None, True),
    "AUT_ETAB": (None, True),
    "FONDATION": (None, True),
    "SITE": (None, True),
    "AUT_OP_FR": (None, True),
    "MEDIC": (None, True),
    "PRIVE": ("PRC", True),
    "UNIV_ETR": ("HES", False),
    "AUT_OP_ETR": (None, False),
    "OP_PUB_ETR": (None, False),
    "SOC_PR_ETR": ("PRC", False),
}
"""Code of a body's nature: what it says of its activity, and whether it is French."""


def read_published(files: SourceFiles) -> Reading:
    """Read the portal's csv or json export.

    A unit is a structure that the CNRS supervises (not one it only takes part in); its id is its label, else
    `rnsr:…`. Supervising bodies are known by name, as in the older register. Directors are never read.

    Raises:
        SourceError: no structure is a unit of the CNRS.
    """
    frame, bodies = _bodies(files, _structures(files))
    supervised = bodies.filter(pl.col("body") == CNRS, pl.col("kind") == SUPERVISES)["number"].implode()
    takes_part = bodies.filter(pl.col("body") == CNRS, pl.col("kind") != SUPERVISES)["number"].implode()
    rule = "the CNRS takes part, it does not supervise"
    frame = files.ignore(
        "structures", frame, pl.col("number").is_in(takes_part) & ~pl.col("number").is_in(supervised), rule, "number"
    )
    frame = files.ignore("structures", frame, ~pl.col("number").is_in(supervised), "no unit of the CNRS", "number")
    frame = files.ignore("structures", frame, pl.col("level") == "1", "team within a unit", "number")
    if not frame.height:
        raise SourceError(
            f"{files.spec.files['structures'].path.name} of source 'rnsr' has no unit of the CNRS.",
            "It may be a part of the register: fetch it again.",
        )
    units = _units(files, frame)
    ties = bodies.join(units.select("number", "id"), on="number", how="inner", maintain_order="left")
    rule = "takes part in a unit, does not supervise it"
    ties = files.drop_values("structures", ties, pl.col("kind") != SUPERVISES, rule, "name")
    borrowed = (pl.col("acronym_of") == "CNRS") & (pl.col("body") != CNRS)
    ties = files.unknown("structures", ties, "acronym_of", borrowed, "the acronym CNRS on another body")
    return files.reading(
        nodes={
            "Lab": labs(units),
            "Institution": ties.unique("body", maintain_order=True).select(
                id="body",
                name="name",
                acronym="acronym_of",
                named=pl.lit(True),
                type="activity",
                country=pl.when(pl.col("body").str.starts_with("name:fr:")).then(pl.lit("FR")),
                record="number",
            ),
        },
        relationships={
            ("SUPERVISED_BY", "Lab", "Institution"): ties.select(
                start="id", end="body", record=pl.format("{}/{}", "id", "body")
            ).unique(maintain_order=True)
        },
        identities=same_body(files, "structures", ties, "siret"),
    )


def _structures(files: SourceFiles) -> pl.DataFrame:
    raw = structures(files, "structures")
    frame = raw.select(
        "line",
        number=text("numero_national_de_structure"),
        name=text("libelle"),
        acronym=text("sigle"),
        year="annee_de_creation",
        level=text("code_de_niveau_de_structure"),
        postcode=text("code_postal"),
        city=text("commune").str.replace(r"(?i)\s+cedex\b.*$", ""),
        labels=pl.col("label_numero"),
        bodies="tutelles",
        acronyms="sigles_des_tutelles",
        natures="code_de_nature_de_tutelle",
        kinds="code_de_type_de_tutelle",
        sirets="siret_des_tutelles",
    )
    number = pl.col("number").str.contains(NUMBER).fill_null(False)
    frame = files.reject("structures", frame, ~number, "no number of a structure", "number")
    frame = files.reject("structures", frame, pl.col("name").is_null(), "no name", "number")
    again = pl.col("number").is_first_distinct().not_()
    frame = files.ignore("structures", frame, again, "the same structure again", "number")
    odd = text("year").is_not_null() & ~integer("year").is_between(1600, 2100).fill_null(False)
    return files.unknown("structures", frame, "year", odd, "annee_de_creation is not a year")


def _bodies(files: SourceFiles, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The structures whose bodies can be told, and of these one row a structure and body.

    Columns of the second: number, line, body, name, acronym_of, kind, activity, siret.
    """
    length = pl.col("kinds").list.len()
    told_apart = (pl.col("bodies").list.len() == length) & (pl.col("natures").list.len() == length)
    frame = frame.with_columns(shown=pl.col("bodies").list.join(LIST))
    ours = ~told_apart & pl.col("shown").str.to_lowercase().str.contains(CNRS_NAME.lower(), literal=True)
    all_supervise = pl.col("kinds").list.eval(pl.element() == SUPERVISES).list.all()
    frame = files.reject("structures", frame, ours & ~all_supervise, "bodies and their roles do not match", "shown")
    # Where all supervise, so does the CNRS, whatever the others are called.
    files.drop_values("structures", frame, ours, "supervising bodies that cannot be told apart", "shown")
    only_ours = frame.filter(ours).select(
        "line", "number", name=pl.lit(CNRS_NAME), nature=pl.lit("EPST"), kind=pl.lit(SUPERVISES)
    )
    nothing = pl.lit(None, pl.String)
    rows = (
        frame.filter(told_apart & (length > 0))
        .with_columns(
            # The portal leaves a body without a SIRET out of that list, and all the others move up.
            pl.when(pl.col(column).list.len() == length).then(column).otherwise(nothing.repeat_by(length)).alias(column)
            for column in ("acronyms", "sirets")
        )
        .select("line", "number", name="bodies", acronym_of="acronyms", nature="natures", kind="kinds", siret="sirets")
        .explode("name", "acronym_of", "nature", "kind", "siret")
        .with_columns(text(column) for column in ("name", "acronym_of", "nature", "kind", "siret"))
        .drop_nulls("name")
    )
    rows = pl.concat([rows, only_ours], how="diagonal")
    unknown = pl.col("nature").is_not_null() & ~pl.col("nature").is_in(list(NATURES))
    rows = files.unknown("structures", rows, "nature", unknown, "nature of a supervising body nobody knows")
    activity = {code: kind for code, (kind, _) in NATURES.items()}
    french = [code for code, (_, where) in NATURES.items() if where]
    rows = rows.with_columns(activity=pl.col("nature").replace_strict(activity, default=None, return_dtype=pl.String))
    return frame, with_body(rows, pl.col("nature").is_in(french))


def _units(files: SourceFiles, frame: pl.DataFrame) -> pl.DataFrame:
    french = pl.col("postcode").str.contains(r"^\d{5}$").fill_null(False)
    # The portal's export has no closed structure in it.
    frame = frame.with_columns(country=pl.when(french).then(pl.lit("FR")), year_closed=pl.lit(None, pl.Int64))
    return standing(files, "structures", identified(files, "structures", frame))
