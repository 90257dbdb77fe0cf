"""In which European projects scanR has which units of the CNRS take part."""

from __future__ import annotations

from typing import Final

import polars as pl

from graph.errors import SourceError
from ingest.reading import GRANT, SourceFiles
from ingest.sources.scanr.dump import NO_RECORD, opened
from ingest.sources.scanr.organizations import Units
from ingest.tidy import slugs, text
from ingest.units import NUMBER

KEY: Final = "projects"

FRAMEWORKS: Final = {
    "horizon-europe": "HORIZON",
    "horizon-2020": "H2020",
    "h2020": "H2020",
    "fp7": "FP7",
    "7e-pcrd": "FP7",
    "7e-pcrdt": "FP7",
}
"""A project's type, in plain letters -> framework programme."""

_OTHER_FRAMEWORK: Final = r"^fp\d|pcrd|horizon|^h20"

COORDINATOR: Final = ("coordinator", "coordinateur")
AS: Final = {
    "beneficiary": "participant",
    "thirdparty": "thirdParty",
    "third-party": "thirdParty",
    "associated-partner": "associatedPartner",
    "associatedpartner": "associatedPartner",
}
"""What a participant takes part as, in plain letters -> role of one that does not coordinate."""

_ROLES: Final = ("coordinator", "participant", "associatedPartner", "thirdParty")
"""The role that stands where a unit is listed several times in a project: the first of these."""

_SHAPE: Final = """{"id":"VARCHAR","type":"VARCHAR",
"participants":[{"structure":"VARCHAR","role":"VARCHAR","participates_as":"VARCHAR","funding":"VARCHAR"}]}"""
"""What is read of a project; nothing of its persons or its texts."""

_PROJECTS: Final = """SELECT line, is_record, r.id AS id, r.type AS type, coalesce(len(r.participants), 0) AS size
FROM records ORDER BY line"""
_PARTICIPANTS: Final = """SELECT line, p.structure AS structure, p.role AS role, p.participates_as AS "as",
p.funding AS funding FROM (SELECT line, unnest(r.participants) AS p, generate_subscripts(r.participants, 1) AS place
FROM records SEMI JOIN wanted USING (line)) ORDER BY line, place"""


def participations(files: SourceFiles, units: Units) -> pl.DataFrame:
    """Read the dump of projects: one row a unit and European project.

    Rows of the dump are the participants of European projects, and every other project. A participant that is no
    unit of the CNRS is set aside: CORDIS has the bodies. The funding scanR puts beside a lab is that of the
    whole body it belongs to, so it is told and not used.

    Returns:
        start (id of the unit), end (`grant:FRAMEWORK:NUMBER`), role (null if unknown), source_id (the number scanR
        lists), record.

    Raises:
        SourceError: the dump cannot be read, has no European project, or none of these has a lab in it.
    """
    with opened(files, KEY, _SHAPE) as database:
        every = _framed(database.execute(_PROJECTS).pl())
        projects = _european(files, every)
        database.register("wanted", projects.select("line").to_arrow())
        rows = database.execute(_PARTICIPANTS).pl()
    files.account(KEY, pl.concat([every.join(projects, on="line", how="anti").select("line"), rows.select("line")]))
    rows = projects.join(rows, on="line", maintain_order="left_right")
    return _ties(files, _roles(files, _of_units(files, rows, units)))


def _framed(projects: pl.DataFrame) -> pl.DataFrame:
    frame = projects.with_columns(id=text("id"), type=text("type"), plain=slugs(projects["type"]))
    return frame.with_columns(
        framework=pl.col("plain").replace_strict(FRAMEWORKS, default=None, return_dtype=pl.String)
    )


def _european(files: SourceFiles, every: pl.DataFrame) -> pl.DataFrame:
    """The projects whose participants are rows: line, end, told."""
    frame = files.reject(KEY, every, ~pl.col("is_record"), NO_RECORD, "id")
    frame = files.reject(KEY, frame, pl.col("type").is_null(), "no type of project", "id")
    if not frame["framework"].count():
        raise SourceError(
            f"{files.spec.files[KEY].path.name} of source '{files.spec.name}' has no project of FP7, Horizon 2020 or "
            f"Horizon Europe; its types are {', '.join(sorted(frame['type'].unique())[:6]) or 'none'}.",
            "Check that it is the whole dump; a new name of a framework programme goes into the reader.",
        )
    other, shown = pl.col("framework").is_null(), frame.with_columns(shown=pl.format("{} ({})", "id", "type"))
    rule = "European project of a framework programme that is not in the graph"
    frame = files.ignore(KEY, shown, other & pl.col("plain").str.contains(_OTHER_FRAMEWORK), rule, "shown")
    frame = files.ignore(KEY, frame, other, "project of another funder", "shown")
    number = pl.col("id").str.contains(r"^\d+$").fill_null(False)
    frame = files.reject(KEY, frame, ~number, "no number of a grant agreement", "id")
    frame = frame.with_columns(told=pl.format("{}:{}", "framework", "id"))
    frame = files.ignore(KEY, frame, pl.col("told").is_first_distinct().not_(), "the same project again", "told")
    frame = files.ignore(KEY, frame, pl.col("size") == 0, "European project without participants", "told")
    return frame.select("line", "told", end=pl.format(f"{GRANT}{{}}", "told"))


def _of_units(files: SourceFiles, rows: pl.DataFrame, units: Units) -> pl.DataFrame:
    """The participants that are units, with their id as `start`."""
    rows = rows.with_columns(structure=text("structure"))
    rows = rows.with_columns(shown=pl.concat_str("told", "structure", separator="/", ignore_nulls=True))
    number = pl.col("structure")
    lab = number.str.contains(NUMBER).fill_null(False)
    if not rows.select(lab.any()).item():
        raise SourceError(
            f"{files.spec.files[KEY].path.name} of source '{files.spec.name}' names no lab in a European "
            "project: no structure of a participant is an RNSR number.",
            "Check that it is the whole dump, and how it names a participant's structure now.",
        )
    rows = files.ignore(KEY, rows, number.is_null(), "participant without an identifier", "shown")
    rows = files.ignore(KEY, rows, ~lab, "participant that is no lab: CORDIS has it", "shown")
    rows = files.ignore(KEY, rows, number.is_in(units.teams.implode()), "team within a unit", "shown")
    rule = "lab that the CNRS does not supervise"
    rows = files.ignore(KEY, rows, number.is_in(units.others.implode()), rule, "shown")
    rows = rows.join(
        units.ids.select(structure="number", start="id"), on="structure", how="left", maintain_order="left"
    )
    rule = "lab that is not among the organizations"
    return files.ignore(KEY, rows, pl.col("start").is_null(), rule, "shown")


def _roles(files: SourceFiles, rows: pl.DataFrame) -> pl.DataFrame:
    """Replace `role` by ours: that of the body the unit takes part with."""
    rows = rows.with_columns(plain_role=slugs(rows["role"]), plain_as=slugs(rows["as"]))
    role, part = pl.col("plain_role"), pl.col("plain_as")
    rule = "a way of taking part nobody knows"
    files.drop_values(KEY, rows, part.is_not_null() & ~part.is_in(list(AS)), rule, "as")
    rule = "a role that has no equal in the graph"
    files.drop_values(
        KEY, rows, role.is_not_null() & ~role.is_in([*COORDINATOR, "participant", "partner"]), rule, "role"
    )
    told = part.replace_strict(AS, default=None, return_dtype=pl.String)
    # Whoever does not coordinate is a partner there; a beneficiary is only known not to coordinate by that word.
    rows = rows.with_columns(
        ours=pl.when(role.is_in(COORDINATOR))
        .then(pl.lit("coordinator"))
        .when((told != "participant") | (role == "partner"))
        .then(told)
        .when(role == "participant")
        .then(pl.lit("participant"))
    )
    rule = "a partner, not said as what"
    files.drop_values(KEY, rows, (role == "partner") & pl.col("ours").is_null(), rule, "role")
    return rows.with_columns(role="ours")


def _ties(files: SourceFiles, rows: pl.DataFrame) -> pl.DataFrame:
    rank = pl.col("role").replace_strict({role: place for place, role in enumerate(_ROLES)}, default=len(_ROLES))
    rows = rows.sort("line", "start", rank, maintain_order=True)
    again = pl.struct("start", "end").is_first_distinct().not_()
    rows = files.ignore(KEY, rows, again, "the same unit again in the project", "shown")
    rule = "funding of the whole body, not of its lab"
    files.drop_values(KEY, rows, text("funding").is_not_null(), rule, "funding")
    return rows.select("start", "end", "role", source_id="structure", record=pl.format("{}/{}", "told", "structure"))
