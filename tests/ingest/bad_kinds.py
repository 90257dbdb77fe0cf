"""Kinds of bad input: a real archive changed in one respect, and what must be said of it; one entry a kind."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ingest.reading import Reading
from tests.ingest.archives import Table, cells, lines, members, zipped

NAME = "cordis_horizon"
PROJECTS, BODIES, BASES, FIELDS = "project.csv", "organization.csv", "legalBasis.csv", "euroSciVoc.csv"
PARTICIPATES = ("PARTICIPATES_IN", "Institution", "Project")

Files = dict[str, bytes]
Told = tuple[str, int | None, str, str]
"""Member, line, outcome, reason."""


@dataclass(frozen=True)
class Kind:
    """One kind of bad input.

    Attributes:
        archive: makes it of the sound files.
        refused: what the error must say, as patterns; none where the reading goes on.
        told: lines of the account that the sound archive has not.
        less: record kind -> how many fewer there are.
        holds: of the reading that goes on.
    """

    name: str
    archive: Callable[[Files], bytes]
    refused: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    less: Mapping[str, int] = field(default_factory=dict)
    holds: Callable[[Reading], bool] = lambda reading: True


def changed(member: str, change: Callable[[bytes], bytes]) -> Callable[[Files], bytes]:
    return lambda files: zipped(files | {member: change(files[member])})


def table(member: str, change: Callable[[Table], Table]) -> Callable[[Files], bytes]:
    return changed(member, lambda content: lines(change(cells(content))))


def cell(member: str, line: int, column: str, value: str) -> Callable[[Files], bytes]:
    def change(rows: Table) -> Table:
        rows[line - 1][rows[0].index(column)] = value
        return rows

    return table(member, change)


def column(member: str, name: str, value: Callable[[str], str]) -> Callable[[Files], bytes]:
    def change(rows: Table) -> Table:
        place = rows[0].index(name)
        return [rows[0], *([*row[:place], value(row[place]), *row[place + 1 :]] for row in rows[1:])]

    return table(member, change)


def line(member: str, number: int, change: Callable[[bytes], bytes]) -> Callable[[Files], bytes]:
    def of(content: bytes) -> bytes:
        physical = content.split(b"\n")
        physical[number - 1] = change(physical[number - 1])
        return b"\n".join(physical)

    return changed(member, of)


def renamed(member: str, old: str, new: str) -> Callable[[Files], bytes]:
    return table(member, lambda rows: [[new if name == old else name for name in rows[0]], *rows[1:]])


def swapped(member: str, one: str, other: str) -> Callable[[Files], bytes]:
    names = {one: other, other: one}
    return table(member, lambda rows: [[names.get(name, name) for name in rows[0]], *rows[1:]])


def without(member: str, name: str) -> Callable[[Files], bytes]:
    def change(rows: Table) -> Table:
        place = rows[0].index(name)
        return [[*row[:place], *row[place + 1 :]] for row in rows]

    return table(member, change)


def added(member: str, *rows: int, times: int = 1) -> Callable[[Files], bytes]:
    return table(member, lambda found: [*found, *[found[row - 1] for row in rows for _ in range(times)]])


def damaged_crc(files: Files) -> bytes:
    archive = bytearray(zipped(files))
    start = archive.index(BODIES.encode()) + len(BODIES)
    archive[start + 400] ^= 0xFF
    return bytes(archive)


def locked(files: Files) -> bytes:
    archive = bytearray(zipped(files))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(mark), bytes(archive)):
            (flags,) = struct.unpack_from("<H", archive, found.start() + offset)
            struct.pack_into("<H", archive, found.start() + offset, flags | 1)
    return bytes(archive)


def understated(files: Files) -> bytes:
    """A member that unpacks to far more than it says."""
    archive = bytearray(zipped(files | {PROJECTS: files[PROJECTS] + b" " * 5_000_000}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        for found in re.finditer(re.escape(mark), bytes(archive)):
            if PROJECTS.encode() in archive[found.start() : found.start() + 60]:
                struct.pack_into("<I", archive, found.start() + offset, 1000)
    return bytes(archive)


def bomb(files: Files) -> bytes:
    return zipped(files | {PROJECTS: files[PROJECTS] + b" " * 5_000_000})


def replaced(files: Files, old: str, new: str) -> bytes:
    return zipped([(new if name == old else name, content) for name, content in files.items()])


def crossed(content: bytes) -> bytes:
    """Two branches of one line, as a merge left them."""
    physical = content.split(b"\n")
    ours, theirs = physical[3], physical[3].replace(b"participant", b"coordinator")
    return b"\n".join((*physical[:3], b"<<<<<<< HEAD", ours, b"=======", theirs, b">>>>>>> theirs", *physical[4:]))


def money(*values: str) -> Callable[[Files], bytes]:
    def change(rows: Table) -> Table:
        place = rows[0].index("totalCost")
        for number, value in enumerate(values, start=1):
            rows[number][place] = value
        return rows

    return table(PROJECTS, change)


def costs(reading: Reading) -> list[float | None]:
    return reading.nodes["Project"]["total_cost_eur"].to_list()


def names(reading: Reading) -> set[str]:
    return set(reading.nodes["Institution"]["name"])


LONG = "x" * 10_000_000

KINDS = (
    # The archive.
    Kind("an archive cut short", lambda f: zipped(f)[:-500], (r"not a readable zip archive", r"Fetch it again")),
    Kind("an archive with a damaged member", damaged_crc, (r"damaged or cut short", r"Fetch it again")),
    Kind("an archive under lock", locked, (r"cannot be unpacked", r"password|encrypted", r"no password")),
    Kind(
        "an archive in an archive",
        lambda f: zipped({"cordis-HORIZON.zip": zipped(f)}),
        (r"lacks project\.csv", r"holds cordis-HORIZON\.zip", r"Unpack it"),
    ),
    Kind("a member that unpacks beyond the limit", bomb, (r"project\.csv in .*unpacks to more than 4 MB",)),
    Kind("a member that unpacks to more than it says", understated, (r"damaged or cut short",)),
    Kind("a member with a way out of the archive", lambda f: replaced(f, PROJECTS, f"../../../{PROJECTS}")),
    Kind("a member in a folder and in capitals", lambda f: replaced(f, PROJECTS, f"csv\\{PROJECTS.upper()}")),
    Kind(
        "an archive without a table",
        lambda f: replaced(f, BODIES, "organisation.csv"),
        (r"lacks organization\.csv", r"may be called 'organisation\.csv'"),
    ),
    Kind(
        "a member there twice under one name",
        lambda f: zipped([*f.items(), (PROJECTS, f[PROJECTS])]),
        (r"has project\.csv 2 times",),
    ),
    Kind(
        "a member there twice in two folders",
        lambda f: zipped([*f.items(), (f"old/{PROJECTS}", f[PROJECTS])]),
        (r"has project\.csv 2 times",),
    ),
    # Its text.
    Kind(
        "a large table in another encoding",
        changed(BODIES, lambda c: c + b"".join(_foreign(n) for n in range(60))),
        (r"organization\.csv .*is not UTF-8", r"60 lines", r"from line 40"),
    ),
    Kind(
        "a few lines in another encoding",
        line(BODIES, 4, lambda c: c.replace(b"RECHERCHE", "RÉCHERCHE".encode("cp1252"))),
        told=((BODIES, 4, "rejected", "not UTF-8"),),
        less={"PARTICIPATES_IN": 1},
    ),
    Kind("UTF-16", changed(PROJECTS, lambda c: c.decode().encode("utf-16")), (r"project\.csv .*UTF-16",)),
    Kind(
        "UTF-16 without a mark",
        changed(PROJECTS, lambda c: c.decode().encode("utf-16-le")),
        (r"project\.csv .*UTF-16",),
    ),
    Kind("a byte order mark", changed(PROJECTS, lambda c: "\ufeff".encode() + c)),
    Kind("line ends of Windows", changed(BODIES, lambda c: c.replace(b"\n", b"\r\n"))),
    Kind("line ends of an old Mac", changed(BODIES, lambda c: c.replace(b"\n", b"\r"))),
    Kind("line ends of two kinds", changed(BODIES, lambda c: c.replace(b"\n", b"\r\n", 9))),
    Kind(
        "line ends of three kinds", changed(BODIES, lambda c: c.replace(b"\n", b"\r\n", 9).replace(b"\r\n", b"\r", 3))
    ),
    Kind("empty lines", changed(BODIES, lambda c: c.replace(b"\n", b"\n\n"))),
    Kind("no line end at the end", changed(BODIES, lambda c: c.rstrip(b"\n"))),
    Kind(
        "conflict markers of a merge",
        changed(BODIES, crossed),
        told=(
            (BODIES, 4, "rejected", "fewer cells than the header"),
            (BODIES, 6, "rejected", "fewer cells than the header"),
            (BODIES, 8, "rejected", "fewer cells than the header"),
            (BODIES, 7, "ignored", "the same participation again"),
        ),
    ),
    Kind(
        "text decoded twice",
        line(BODIES, 5, lambda c: c.replace(b"UNIVERSITE", "UNIVERSITÉ".encode().decode("cp1252").encode())),
        holds=lambda r: "UNIVERSITÉ D'ORLEANS" in names(r),
    ),
    Kind(
        "null bytes",
        line(BODIES, 5, lambda c: c.replace(b"UNIVERSITE", b"UNI\0VERSITE")),
        told=((BODIES, 5, "rejected", "a null byte"),),
        less={"PARTICIPATES_IN": 1, "Institution": 1},
    ),
    Kind(
        "a cell of ten million characters",
        cell(PROJECTS, 3, "objective", LONG),
        told=(
            (PROJECTS, 3, "rejected", "longer than 1,000,000 characters"),
            (BODIES, 3, "rejected", "project not in the file"),
            (BODIES, 4, "rejected", "project not in the file"),
            (BASES, 3, "ignored", "project not kept or not in the file"),
            *((FIELDS, number, "ignored", "project not kept or not in the file") for number in (7, 8)),
        ),
        less={"Project": 1, "PARTICIPATES_IN": 2, "Institution": 1, "FUNDED_UNDER": 1, "ABOUT": 2},
    ),
    # What is no table.
    Kind("an empty file", changed(BODIES, lambda _: b""), (r"organization\.csv .*is empty", r"Fetch it again")),
    Kind(
        "a header and nothing else",
        table(BODIES, lambda rows: rows[:1]),
        (r"organization\.csv .*has a header and no rows",),
    ),
    Kind("a web page", changed(BODIES, lambda _: b"\n<!DOCTYPE html><html>"), (r"organization\.csv .*is a web page",)),
    Kind("JSON", changed(BODIES, lambda _: b'[{"projectID": 1}]'), (r"organization\.csv .*is JSON",)),
    Kind(
        "a workbook", changed(BODIES, lambda _: zipped({"xl/a.xml": b""})), (r"organization\.csv .*is a zip archive",)
    ),
    Kind("random bytes", changed(BODIES, lambda _: random.Random(3).randbytes(5000)), (r"organization\.csv of",)),
    Kind("no header", table(BODIES, lambda rows: rows[1:]), (r"organization\.csv .*has no header with the columns",)),
    # Its columns.
    Kind(
        "a column under a new name",
        renamed(BODIES, "organisationID", "organisationIdentifier"),
        (r"lacks the column 'organisationID'", r"may be called 'organisationIdentifier' now", r"aliases"),
    ),
    Kind("a missing column", without(PROJECTS, "fundingScheme"), (r"project\.csv .*lacks the column 'fundingScheme'",)),
    Kind(
        "a column twice",
        renamed(PROJECTS, "title", "status"),
        (r"project\.csv .*has the column 'status' twice",),
    ),
    Kind(
        "unknown column",
        renamed(PROJECTS, "nature", "carbonFootprint"),
        told=((PROJECTS, 1, "column", "unknown column"),),
        holds=lambda r: r.new_columns == ["carbonFootprint"],
    ),
    Kind(
        "two columns in each other's place",
        swapped(PROJECTS, "rcn", "acronym"),
        (r"14 of 14 rows of project\.csv", r"no record number"),
    ),
    Kind(
        "numbers of projects and bodies in each other's place",
        swapped(BODIES, "projectID", "organisationID"),
        (r"38 of 38 rows of organization\.csv", r"project not in the file"),
    ),
    Kind(
        "the header again in the middle",
        table(BODIES, lambda rows: [*rows[:5], rows[0], *rows[5:]]),
        told=((BODIES, 6, "rejected", "the header again"),),
    ),
    # Its lines.
    Kind(
        "a line cut short",
        line(BODIES, 3, lambda c: c[:60]),
        told=((BODIES, 3, "rejected", "a quote is opened and not closed: 2 lines lost"),),
        less={"PARTICIPATES_IN": 2, "Institution": 1},
    ),
    Kind(
        "a line of fewer cells",
        table(BODIES, lambda rows: [*rows[:2], rows[2][:9], *rows[3:]]),
        told=((BODIES, 3, "rejected", "fewer cells than the header"),),
        less={"PARTICIPATES_IN": 1, "Institution": 1},
    ),
    Kind(
        "a line of more cells",
        table(BODIES, lambda rows: [*rows[:2], [*rows[2], "x"], *rows[3:]]),
        told=((BODIES, 3, "rejected", "more cells than the header"),),
        less={"PARTICIPATES_IN": 1, "Institution": 1},
    ),
    Kind(
        "a quote that is not closed",
        line(PROJECTS, 15, lambda c: c.replace(b'"CASPER"', b'"CASPER')),
        told=(
            (PROJECTS, 15, "rejected", "a quote is opened and not closed"),
            *((BODIES, number, "rejected", "project not in the file") for number in (37, 38, 39)),
            (BASES, 18, "ignored", "project not kept or not in the file"),
            (FIELDS, 44, "ignored", "project not kept or not in the file"),
        ),
        less={"Project": 1, "PARTICIPATES_IN": 3, "Institution": 3, "FUNDED_UNDER": 1, "ABOUT": 1},
    ),
    Kind(
        "a quote that takes in a later line and is closed there",
        changed(
            BODIES,
            lambda c: (
                c.replace(b'"', b"")
                .replace(b"101039711;PEOPLE;986579241", b'101039711;"PEOPLE;986579241')
                .replace(b"101039711;PEOPLE;999997930", b'101039711;PEOPLE";999997930')
            ),
        ),
        told=((BODIES, 3, "rejected", "a quote took in the next line"),),
        less={"PARTICIPATES_IN": 2, "Institution": 1},
    ),
    # Its keys.
    Kind(
        "a project there twice",
        added(PROJECTS, 3),
        told=((PROJECTS, 16, "ignored", "the same project again"),),
    ),
    Kind(
        "a participation there twice",
        added(BODIES, 3),
        told=((BODIES, 40, "ignored", "the same participation again"),),
    ),
    Kind(
        "one grant number for two projects",
        table(
            PROJECTS, lambda rows: [*rows, [v if n != "rcn" else "999" for n, v in zip(rows[0], rows[2], strict=True)]]
        ),
        told=((PROJECTS, 16, "rejected", "grant number of another project"),),
    ),
    Kind(
        "a participation of no project",
        cell(BODIES, 3, "projectID", "199999999"),
        told=((BODIES, 3, "rejected", "project not in the file"),),
        less={"PARTICIPATES_IN": 1, "Institution": 1},
    ),
    Kind(
        "a field of science of no project",
        cell(FIELDS, 4, "projectID", "199999999"),
        told=((FIELDS, 4, "ignored", "project not kept or not in the file"),),
        less={"ABOUT": 1},
    ),
    Kind(
        "a huge number of a body",
        cell(BODIES, 3, "organisationID", "9" * 40),
        told=((BODIES, 3, "rejected", "no organisation number"),),
        less={"PARTICIPATES_IN": 1, "Institution": 1},
    ),
    Kind(
        "a body without a number",
        cell(BODIES, 3, "organisationID", ""),
        told=((BODIES, 3, "rejected", "no organisation number"),),
        less={"PARTICIPATES_IN": 1, "Institution": 1},
    ),
    Kind("numbers with spaces around them", column(BODIES, "organisationID", lambda value: f"  {value} ")),
    Kind("project numbers with spaces around them", column(PROJECTS, "id", lambda value: f" {value}\t")),
    # Its values.
    Kind("decimal commas", money("1999348,75"), holds=lambda r: costs(r)[0] == 1999348.75),
    Kind(
        "separators of thousands",
        money("1,999,348.75", "1.499.856,00", "1 499 985"),
        holds=lambda r: costs(r)[:3] == [1999348.75, 1499856.0, 1499985.0],
    ),
    Kind(
        "an amount that is thousands or three decimals",
        money("1,999", "1.999"),
        told=(
            (PROJECTS, 2, "value", "total_cost is thousands or three decimals"),
            (PROJECTS, 3, "value", "total_cost is thousands or three decimals"),
        ),
        holds=lambda r: costs(r)[:2] == [None, None],
    ),
    Kind(
        "amounts below zero and none at all",
        money("-5", "NaN", "Infinity", "1e400", "12 apples", "NA"),
        told=(
            (PROJECTS, 2, "value", "total_cost is below zero"),
            *((PROJECTS, number, "value", "total_cost is not an amount") for number in (3, 4, 5, 6, 7)),
        ),
        holds=lambda r: costs(r)[:6] == [None] * 6,
    ),
    Kind(
        "days written in three ways",
        table(
            PROJECTS,
            lambda rows: [
                rows[0],
                *(
                    [value if name == "startDate" else v for name, v in zip(rows[0], row, strict=True)]
                    for row, value in zip(rows[1:4], ("2023-01-01 00:00:00", "01/09/2022", " 2022-06-01 "), strict=True)
                ),
                *rows[4:],
            ],
        ),
    ),
    Kind(
        "days that are none",
        table(
            PROJECTS,
            lambda rows: [
                rows[0],
                *(
                    [value if name == "endDate" else v for name, v in zip(rows[0], row, strict=True)]
                    for row, value in zip(rows[1:5], ("2026-02-30", "31/31/2026", "soon", "20261231"), strict=True)
                ),
                *rows[5:],
            ],
        ),
        told=tuple((PROJECTS, number, "value", "end is not a date") for number in (2, 3, 4, 5)),
        holds=lambda r: r.nodes["Project"]["end_date"].null_count() == 4,
    ),
    Kind(
        "an end before the start",
        cell(PROJECTS, 2, "endDate", "2019-12-31"),
        told=((PROJECTS, 2, "value", "end before the start"),),
        holds=lambda r: r.nodes["Project"]["end_date"].null_count() == 1,
    ),
    Kind(
        "neither true nor false",
        cell(BODIES, 3, "SME", "perhaps"),
        told=((BODIES, 3, "value", "sme is neither true nor false"),),
    ),
    Kind(
        "a place that is none on Earth",
        cell(BODIES, 3, "geolocation", "142.3396185,-3.6967044"),
        told=((BODIES, 3, "value", "geolocation is no place on Earth"),),
        holds=lambda r: r.nodes["Institution"].filter(id="pic:986579241")["latitude"].item() is None,
    ),
    Kind(
        "NA, a country and a missing value",
        lambda f: cell(BODIES, 3, "country", "NA")(f | {}),
        holds=lambda r: r.nodes["Institution"].filter(id="pic:986579241")["country"].item() == "NA",
    ),
    Kind(
        "NA in the place of a name",
        cell(BODIES, 3, "name", "NA"),
        holds=lambda r: "PIC 986579241 · ES" in names(r),
    ),
    Kind(
        "codes of the European institutions",
        cell(BODIES, 3, "country", "UK"),
        holds=lambda r: (
            {"GB", "GR"} <= set(r.nodes["Institution"]["country"]) and "UK" not in r.nodes["Institution"]["country"]
        ),
    ),
    Kind(
        "a project without a coordinator",
        cell(BODIES, 2, "role", "participant"),
        holds=lambda r: r.relationships[PARTICIPATES].filter(end="HORIZON:237994")["role"].to_list() == ["participant"],
    ),
    Kind(
        "a field of science that is no code",
        lambda f: zipped(
            f
            | {
                FIELDS: lines(
                    [
                        *cells(f[FIELDS])[:3],
                        ["101039711", "physics", "natural sciences/physics", "", ""],
                        *cells(f[FIELDS])[4:],
                    ]
                )
            }
        ),
        told=((FIELDS, 4, "rejected", "no code of a field"),),
        less={"ABOUT": 1},
    ),
)


def _foreign(number: int) -> bytes:
    row = cells(members(NAME)[BODIES])[1]
    return lines([[*row[:18], str(100 + number), *row[19:]]]).replace(b"RECHERCHE", b"R\xc9CHERCHE")
