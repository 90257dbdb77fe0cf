"""The units of the CNRS among scanR's organizations, and the bodies that supervise them now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from graph.errors import SourceError
from ingest.reading import SourceFiles
from ingest.sources.scanr.dump import NO_RECORD, opened
from ingest.tidy import date, slugs, text
from ingest.units import CNRS, CNRS_NAME, NUMBER, identified, standing, with_body

KEY: Final = "organizations"
SIREN: Final = "180089013"
"""Of the CNRS."""

CLOSED: Final = "old"
SUPERVISES: Final = ("etablissement-tutelle", "primary")
TAKES_PART: Final = ("etablissement-participant",)
TEAM: Final = r"^(1|equipe.*)$"
"""Level of a team within a unit, by its code or in words."""

_FRENCH_NUMBER: Final = r"^(\d{9}|\d{14}|\d{7}[A-Z])$"
"""SIREN, SIRET or the ministry's code of a school: only French bodies have one."""

_SHAPE: Final = """{"id":"VARCHAR","label":"JSON","acronym":"JSON","level":"VARCHAR","status":"VARCHAR",
"isFrench":"BOOLEAN","creationYear":"VARCHAR","endDate":"VARCHAR","address":"JSON","addresses":"JSON",
"externalIds":[{"type":"VARCHAR","id":"VARCHAR"}],
"institutions":[{"structure":"VARCHAR","label":"JSON","relationType":"VARCHAR","endDate":"VARCHAR"}]}"""
"""What is read of an organization; nothing of its leaders."""

_PLACE: Final = '{"main":"BOOLEAN","city":"VARCHAR","postcode":"VARCHAR","country":"VARCHAR"}'


def _of_type(kind: str) -> str:
    return f"[n.id FOR n IN r.externalIds IF n.type = '{kind}']"


_ALL: Final = f"SELECT line, is_record, r.id AS id, {_of_type('rnsr')} AS rnsr FROM records ORDER BY line"  # noqa: S608 - this module's own words
_STRUCTURES: Final = f"""SELECT line, said(r.label) AS name, said(r.acronym) AS acronym, r.level AS level,
r.status AS status, r.creationYear AS year, r.endDate AS ended, {_of_type("label_numero")} AS labels,
coalesce([p FOR p IN places IF p.main][1], places[1]) AS place
FROM (SELECT line, r, coalesce(json_transform(r.address, '[{_PLACE}]'), json_transform(r.addresses, '[{_PLACE}]'),
[json_transform(r.address, '{_PLACE}')]) AS places FROM records SEMI JOIN wanted USING (line)) ORDER BY line"""  # noqa: S608 - this module's own words
_TIES: Final = """SELECT line, b.structure AS structure, said(b.label) AS name, b.relationType AS relation,
b.endDate AS until FROM (SELECT line, unnest(r.institutions) AS b, generate_subscripts(r.institutions, 1) AS place
FROM records SEMI JOIN wanted USING (line)) WHERE b IS NOT NULL ORDER BY line, place"""
_BODIES: Final = f"""SELECT r.id AS structure, min(said(r.label)) AS full_name, bool_or(r.isFrench) AS french,
list_distinct(flatten(list({_of_type("ror")}))) AS rors
FROM records WHERE r.id IN (SELECT b.structure FROM (SELECT unnest(r.institutions) AS b
FROM records SEMI JOIN wanted USING (line))) GROUP BY r.id"""  # noqa: S608 - this module's own words


@dataclass(frozen=True, slots=True)
class Units:
    """What scanR says of the CNRS's units.

    Attributes:
        frame: one row a unit, see `ingest.units.standing`.
        ties: one row a unit and body that supervises it: line, id, body, name, siren, siret, ror.
        ids: every number of a unit, those of its earlier structures included -> its id: number, id.
        teams: numbers of teams within units.
        others: numbers of structures that are no unit of the CNRS now.
    """

    frame: pl.DataFrame
    ties: pl.DataFrame
    ids: pl.DataFrame
    teams: pl.Series
    others: pl.Series


def units(files: SourceFiles) -> Units:
    """Read the dump of organizations; a unit is a structure that the CNRS supervises, or did until it closed.

    Raises:
        SourceError: the dump cannot be read, or no structure is a unit of the CNRS.
    """
    structures, ties, bodies = _read(files)
    known = structures["number"]
    ties = structures.select("line", "number").join(ties, on="line", maintain_order="left")
    ties = _named(ties, bodies)
    ours = pl.col("number").is_in(ties.filter(pl.col("body") == CNRS)["number"].implode())
    structures = _described(files, files.ignore(KEY, structures, ~ours, "no unit of the CNRS", "number"))
    ties = _judged(files, ties.join(structures.select("number", "ended_on"), on="number", maintain_order="left"))
    structures = _supervised(files, structures, ties.filter(pl.col("body") == CNRS))
    of_team = pl.col("level").str.contains(TEAM).fill_null(False)
    teams = structures.filter(of_team)["number"]
    structures = files.ignore(KEY, structures, of_team, "team within a unit", "number")
    if not structures.height:
        raise SourceError(
            f"{files.spec.files[KEY].path.name} of source '{files.spec.name}' has no unit of the CNRS.",
            "It may be a part of the dump: fetch it again.",
        )
    every = identified(files, KEY, structures)
    frame = standing(files, KEY, every)
    ties = ties.join(frame.select("number", "id"), on="number", maintain_order="left")
    ties = files.drop_values(KEY, ties, ~pl.col("supervises"), "takes part in a unit, does not supervise it", "name")
    ties = files.drop_values(KEY, ties, ~pl.col("lasts"), "no longer supervises the unit", "name")
    outside = ~known.is_in(every["number"].implode()) & ~known.is_in(teams.implode())
    return Units(frame, ties, every.select("number", "id"), teams, known.filter(outside))


def _read(files: SourceFiles) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Structures of research, their ties with bodies, and those of the bodies that are organizations of the dump."""
    with opened(files, KEY, _SHAPE) as database:
        wanted = _structures(files, files.account(KEY, database.execute(_ALL).pl()))
        database.register("wanted", wanted.select("line").to_arrow())
        structures, ties, bodies = (database.execute(query).pl() for query in (_STRUCTURES, _TIES, _BODIES))
    return wanted.join(structures, on="line", maintain_order="left"), ties, bodies


def _structures(files: SourceFiles, every: pl.DataFrame) -> pl.DataFrame:
    every = files.reject(KEY, every, ~pl.col("is_record"), NO_RECORD, "id")
    every = every.with_columns(id=text("id"))
    every = files.reject(KEY, every, pl.col("id").is_null(), "no identifier", "id")
    own = pl.col("id").str.contains(NUMBER)
    listed = pl.col("rnsr").list.eval(pl.element().filter(pl.element().str.contains(NUMBER))).list.first()
    every = every.with_columns(number=pl.when(own).then("id").otherwise(listed))
    rule = "no structure of research: it has no RNSR number"
    found = files.ignore(KEY, every, pl.col("number").is_null(), rule, "id")
    # Another register's record of a structure has its RNSR number among others.
    found = found.sort(pl.col("id") != pl.col("number"), maintain_order=True)
    again = pl.col("number").is_first_distinct().not_()
    return files.ignore(KEY, found, again, "the same structure again", "id").select("line", "number").sort("line")


def _described(files: SourceFiles, structures: pl.DataFrame) -> pl.DataFrame:
    place = pl.col("place").struct
    frame = structures.with_columns(
        name=text("name"),
        acronym=text("acronym"),
        level=slugs(structures["level"]),
        city=place.field("city").str.strip_chars().str.replace(r"(?i)\s+cedex\b.*$", ""),
        labels=pl.col("labels").list.drop_nulls().fill_null(pl.lit([], pl.List(pl.String))),
        ended_on=date("ended"),
    )
    frame = files.reject(KEY, frame, pl.col("name").is_null(), "no name", "number")
    odd = pl.col("status").is_not_null() & ~pl.col("status").is_in(["active", CLOSED])
    frame = files.unknown(KEY, frame, "status", odd, "neither active nor old")
    odd = text("year").is_not_null() & ~pl.col("year").str.contains(r"^(1[6-9]|20)\d\d$").fill_null(False)
    frame = files.unknown(KEY, frame, "year", odd, "creationYear is not a year")
    closed = pl.col("status") == CLOSED
    odd = closed & pl.col("ended").is_not_null() & pl.col("ended_on").is_null()
    frame = files.unknown(KEY, frame, "ended", odd, "endDate is not a date")
    country, postcode = place.field("country").str.strip_chars().str.to_lowercase(), place.field("postcode")
    french = (country == "france") | (country.is_null() & postcode.str.contains(r"^\d{5}$"))
    return frame.with_columns(
        ended_on=pl.when(closed).then("ended_on"),
        year_closed=pl.when(closed).then(pl.col("ended_on").dt.year().cast(pl.Int64)),
        country=pl.when(french).then(pl.lit("FR")),
    )


def _named(ties: pl.DataFrame, bodies: pl.DataFrame) -> pl.DataFrame:
    """Add `body`, `named`, `siren`, `siret` and `ror`; a body has the name its tie says, else its own record's."""
    ties = ties.with_columns(structure=text("structure"), until=text("until"))
    ties = ties.join(bodies, on="structure", how="left", maintain_order="left")
    number = pl.col("structure")
    ours = number.str.contains(rf"^{SIREN}(\d{{5}})?$").fill_null(False)
    ror = pl.when(pl.col("rors").list.len() == 1).then(pl.col("rors").list.first())
    name = pl.when(ours).then(pl.lit(CNRS_NAME)).otherwise(pl.coalesce(text("name"), text("full_name")))
    ties = ties.with_columns(
        name=name.fill_null(""),
        named=name.is_not_null(),
        siren=pl.when(number.str.contains(r"^\d{9}$")).then(number),
        siret=pl.when(number.str.contains(r"^\d{14}$")).then(number),
        ror=ror.str.strip_prefix("https://ror.org/"),
    )
    french = (number.str.contains(_FRENCH_NUMBER) | pl.col("french")).fill_null(False)
    return with_body(ties, french | (pl.col("name").str.to_lowercase() == CNRS_NAME.lower()))


def _judged(files: SourceFiles, ties: pl.DataFrame) -> pl.DataFrame:
    """Add `supervises`, and `lasts`: whether the tie is of today, or of the day on which a closed unit closed."""
    ties = ties.with_columns(plain=slugs(ties["relation"]).fill_null(""), ends=date("until"))
    ties = files.drop_values(KEY, ties, ~pl.col("named"), "a body without a name", "structure")
    rule = "a relation nobody knows between a body and a unit"
    ties = files.drop_values(KEY, ties, ~pl.col("plain").is_in([*SUPERVISES, *TAKES_PART]), rule, "relation")
    odd = pl.col("until").is_not_null() & pl.col("ends").is_null()
    ties = files.drop_values(KEY, ties, odd, "the endDate of a supervision is not a date", "until")
    day = pl.coalesce("ended_on", pl.lit(files.spec.date))
    return ties.with_columns(
        supervises=pl.col("plain").is_in(SUPERVISES), lasts=(pl.col("ends") >= day).fill_null(True)
    )


def _supervised(files: SourceFiles, structures: pl.DataFrame, ours: pl.DataFrame) -> pl.DataFrame:
    """The structures that the CNRS supervises; what it is to the others is told.

    Args:
        ours: ties with the CNRS.
    """
    now = pl.col("number").is_in(ours.filter("supervises", "lasts")["number"].implode())
    former = pl.col("number").is_in(ours.filter("supervises")["number"].implode())
    structures = files.ignore(KEY, structures, ~now & former, "the CNRS no longer supervises it", "number")
    takes_part = pl.col("number").is_in(ours["number"].implode())
    rule = "the CNRS takes part, it does not supervise"
    structures = files.ignore(KEY, structures, ~now & takes_part, rule, "number")
    return files.ignore(KEY, structures, ~now, "what the CNRS is to it is not known", "number")
