"""CORDIS projects as the publisher's XML, one file a project, turned into the tables of its csv archive."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

import defusedxml
import polars as pl
from defusedxml.ElementTree import fromstring

from graph.errors import SourceError
from ingest.containers import DAMAGE, is_extra, listed
from ingest.tabular import REJECTS

LARGEST: Final = 32 * 1024**2
"""Bytes of one project; the largest has a few hundred thousand."""

TOTAL: Final = 4 * 1024**3
"""Bytes of all projects of an archive; those of a framework programme have half of it."""

TABLES: Final = {
    "projects": (
        *("id", "rcn", "acronym", "status", "startDate", "endDate", "totalCost", "ecMaxContribution"),
        *("fundingScheme", "legalBasis", "subCall", "masterCall"),
    ),
    "participations": (
        *("projectID", "organisationID", "name", "country", "role", "shortName", "activityType", "city"),
        *("organizationURL", "geolocation", "order", "ecContribution", "netEcContribution", "totalCost", "SME"),
        "endOfParticipation",
    ),
    "bases": ("projectID", "legalBasis"),
    "fields": ("projectID", "euroSciVocCode", "euroSciVocPath", "euroSciVocTitle"),
}
"""Table -> columns, as the csv archive names them."""

_NO_PROJECT: Final = (ParseError, defusedxml.DefusedXmlException, UnicodeError, ValueError)

Row = dict[str, str | None]


def is_xml(path: Path) -> bool:
    """Whether a file is a project's XML or a zip of such files, judged by its names."""
    if path.suffix.lower() == ".xml":
        return True
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in listed(archive, path.name) if not is_extra(info)]
    except DAMAGE as error:
        raise _damaged(path, error) from error
    return bool(names) and all(name.lower().endswith(".xml") for name in names)


def read_xml(path: Path) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Return the tables (`TABLES`, with `line`: the file's place in the archive) and the files that are no project.

    Raises:
        SourceError: the archive is damaged or locked, has too many members, or they are larger than any projects.
    """
    rows: dict[str, list[Row]] = {table: [] for table in TABLES}
    lines: dict[str, list[int]] = {table: [] for table in TABLES}
    rejects: list[tuple[int, str, str]] = []
    for line, (name, content) in enumerate(_contents(path), start=1):
        try:
            root = fromstring(content, forbid_dtd=True)
            for element in root.iter():
                element.tag = element.tag.rpartition("}")[2]  # with a namespace or without, as the vintage has it
            found = _project(root)
        except _NO_PROJECT as error:
            rejects.append((line, f"no project in XML ({type(error).__name__})", name))
            continue
        for table, its in found.items():
            rows[table].extend(its)
            lines[table].extend([line] * len(its))
    tables = {
        table: pl.DataFrame(rows[table], schema=dict.fromkeys(columns, pl.String)).select(
            pl.Series("line", lines[table], dtype=pl.Int64), *columns
        )
        for table, columns in TABLES.items()
    }
    return tables, pl.DataFrame(rejects, schema=REJECTS, orient="row")


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix.lower() == ".xml":
        _require_small(path.name, path.stat().st_size)
        yield path.name, path.read_bytes()
        return
    try:
        with zipfile.ZipFile(path) as archive:
            total = 0
            for info in listed(archive, path.name):
                if is_extra(info):
                    continue
                with archive.open(info) as member:
                    content = member.read(LARGEST + 1)
                _require_small(info.filename, len(content))
                total += len(content)
                if total > TOTAL:
                    raise SourceError(
                        f"{path.name} unpacks to more than {TOTAL / 1024**2:,.0f} MB.",
                        "Check that it is the publisher's file.",
                    )
                yield info.filename, content
    except DAMAGE as error:
        raise _damaged(path, error) from error
    except RuntimeError as error:  # what zipfile raises for a locked member
        raise SourceError(f"{path.name} cannot be unpacked: {error}.", "Take the file that has no password.") from error


def _damaged(path: Path, error: Exception) -> SourceError:
    return SourceError(f"{path.name} is damaged or cut short: {error}.", "Fetch it again.")


def _require_small(name: str, size: int) -> None:
    if size > LARGEST:
        raise SourceError(f"{name} has more than {LARGEST // 1024**2} MB.", "Check that it is a project of CORDIS.")


def _project(root: Element) -> dict[str, list[Row]]:
    """Rows of one project by table.

    Raises:
        ValueError: the document is something else.
    """
    number = _text(root, "id")
    if root.tag != "project" or number is None:
        raise ValueError("not a project")
    associations = root.find("relations/associations")
    associated = list(associations) if associations is not None else []
    calls = {each.get("type"): _text(each, "identifier") for each in associated if each.tag == "call"}
    bases = [each for each in associated if each.get("type") == "relatedLegalBasis"]
    main = [_text(each, "code") for each in bases if each.get("uniqueProgrammePart") == "true"]
    categories = root.findall("relations/categories/category")
    schemes = [_text(c, "code") for c in categories if c.get("classification") == "projectFundingSchemeCategory"]
    own = {name: _text(root, name) for name in TABLES["projects"][:8]}
    own |= {
        "fundingScheme": (schemes or [None])[0],
        "legalBasis": (main or [None])[0],
        "subCall": calls.get("relatedSubCall"),
        "masterCall": calls.get("relatedMasterCall"),
    }
    return {
        "projects": [own],
        "participations": [_participation(number, each) for each in associated if each.tag == "organization"],
        "bases": [{"projectID": number, "legalBasis": _text(each, "code")} for each in bases],
        "fields": [
            {
                "projectID": number,
                "euroSciVocCode": _text(each, "code"),
                "euroSciVocPath": _text(each, "displayCode"),
                "euroSciVocTitle": _text(each, "title"),
            }
            for each in categories
            if each.get("classification") == "euroSciVoc"
        ],
    }


def _participation(number: str, body: Element) -> Row:
    address = body.find("address")
    place = {name: _text(address, name) if address is not None else None for name in ("city", "country", "url")}
    kinds = body.findall("relations/categories/category")
    activity = [_text(c, "code") for c in kinds if c.get("classification") == "organizationActivityType"]
    return {
        "projectID": number,
        "organisationID": _text(body, "id"),
        "name": _text(body, "legalName"),
        "shortName": _text(body, "shortName"),
        "country": place["country"],
        "city": place["city"],
        "organizationURL": place["url"],
        "geolocation": _text(address, "geolocation") if address is not None else None,
        "activityType": (activity or [None])[0],
        "role": body.get("type"),
        "order": body.get("order"),
        "ecContribution": body.get("ecContribution"),
        "netEcContribution": body.get("netEcContribution"),
        "totalCost": body.get("totalCost"),
        "SME": body.get("sme"),
        "endOfParticipation": body.get("terminated"),
    }


def _text(element: Element, name: str) -> str | None:
    found = element.findtext(name)
    return found.strip() or None if found else None
