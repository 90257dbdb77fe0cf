"""Everything a briefing reads from the store, as columns, in one pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from graph.briefing.model import SourceLine, Subject
from graph.briefing.records import (
    Coverage,
    Mobility,
    Standing,
    Visit,
    read_coverage,
    read_mobility,
    read_standings,
    read_visits,
)
from graph.briefing.subject import CNRS
from graph.briefing.values import count, day, strings, whole
from graph.i18n import Language, vintage
from graph.queries import internal

if TYPE_CHECKING:
    from graph.store import Store

FRAMEWORKS: Final = ("HORIZON", "H2020", "FP7")
"""Newest first; each is its own vintage, never added to another."""

_JOINT: Final = {
    "institution": pl.String,
    "name": pl.String,
    "acronym": pl.String,
    "city": pl.String,
    "country": pl.String,
    "latitude": pl.Float64,
    "longitude": pl.Float64,
    "project": pl.String,
    "framework": pl.String,
    "role": pl.String,
    "gross": pl.Float64,
    "net": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement with its parties by kind; `partners` as the source names them, the CNRS left out."""

    id: str
    name: str
    acronym: str
    instrument: str
    code: str
    year_start: int | None
    year_end: int | None
    conflict: bool
    city: str
    partners: tuple[tuple[str, str, str], ...]
    labs: tuple[tuple[str, str], ...]
    institutes: tuple[str, ...]

    @property
    def title(self) -> str:
        """Acronym and name, once if they are the same."""
        if not self.acronym or self.acronym.casefold() in self.name.casefold():
            return self.name
        return f"{self.acronym}, {self.name}"


@dataclass(frozen=True, slots=True)
class Project:
    """What a briefing needs of one joint project beyond who takes part."""

    cnrs_coordinates: bool
    start: dt.date | None
    end: dt.date | None
    programmes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vintages:
    """Which snapshots say what, and what is printed of them."""

    snapshots: dict[str, tuple[str, ...]]
    sources: dict[str, dict[str, object]]

    def source(self, language: Language, *what: str) -> str:
        """Titles of the sources of one or more layers."""
        return "; ".join(str(self.sources[one][f"name_{language}"]).replace("; ", ", ") for one in self._of(what))

    def date(self, language: Language, *what: str) -> str:
        """Dates of one or more layers, written out."""
        return "; ".join(_dated(self.sources[one], language) for one in self._of(what))

    def lines(self, language: Language, *what: str) -> tuple[SourceLine, ...]:
        """The list of sources at the end of a briefing."""
        rows = (self.sources[one] for one in dict.fromkeys(self._of(what)))
        return tuple(
            SourceLine(
                str(row[f"name_{language}"]),
                str(row[f"publisher_{language}"]),
                str(row[f"licence_{language}"]),
                _dated(row, language),
                str(row[f"coverage_{language}"]),
            )
            for row in rows
        )

    def _of(self, what: tuple[str, ...]) -> list[str]:
        found = [snapshot for one in what for snapshot in self.snapshots.get(one, ()) if snapshot in self.sources]
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Reading:
    """All rows behind one briefing.

    Attributes:
        joint: one row a published participation in a project with the CNRS, the
            CNRS's own left out; for an institution all co-participants as well.
        projects: what is known of each joint project.
        programmes: id -> (parent id or "", English name, French name).
        ranks: id -> distinct Horizon Europe projects with the CNRS, of all countries
            but France, or of all institutions.
        copublications: `lab`, `name`, `acronym`, `institution`, `institution_name`, `works`, years.
        coverage: what these cover, whoever they are with.
        visits: of the country, or of the institution and its country; newest first.
        mobility: missions, stays and recruits of the country, of every level; newest first.
        standings: the country's status in the framework programmes, one a period.
    """

    joint: pl.DataFrame
    projects: dict[str, Project]
    programmes: dict[str, tuple[str, str, str]]
    ranks: dict[str, int]
    agreements: tuple[Agreement, ...]
    copublications: list[dict[str, object]]
    coverage: Coverage
    visits: tuple[Visit, ...]
    mobility: tuple[Mobility, ...]
    standings: tuple[Standing, ...]
    figures: list[dict[str, object]]
    regions: tuple[str, ...]
    vintages: Vintages

    def own(self, subject: Subject) -> pl.DataFrame:
        """The subject's participations only."""
        return self.joint if subject.kind == "Country" else self.joint.filter(pl.col("institution") == subject.id)


def read(store: Store, subject: Subject) -> Reading:
    """Read what a briefing on `subject` needs; some fifteen statements."""
    kind = subject.kind.lower()
    params = {"id": subject.id, "cnrs": CNRS}
    joint = _typed(store.frame(internal(f"briefing_joint_{kind}"), params))
    country = store.read(internal("briefing_country"), {"id": subject.country}).dicts()
    ranked = "countries" if subject.kind == "Country" else "institutions"
    ranks = store.read(internal(f"briefing_rank_{ranked}"), {"cnrs": CNRS, "framework": FRAMEWORKS[0]}).rows
    programmes = store.read(internal("briefing_programmes")).dicts()
    return Reading(
        joint=joint,
        projects=_projects(store, joint["project"].unique().sort().to_list()),
        programmes={
            str(row["id"]): (str(row["parent"] or ""), str(row["name_en"]), str(row["name_fr"])) for row in programmes
        },
        ranks={str(row[0]): whole(row[1]) for row in ranks},
        agreements=_agreements(store.read(internal(f"briefing_agreements_{kind}"), params).dicts()),
        copublications=store.read(internal(f"briefing_copublications_{kind}"), params).dicts(),
        coverage=read_coverage(store),
        visits=read_visits(store, subject),
        mobility=read_mobility(store, subject.country),
        standings=read_standings(store, subject.country),
        figures=store.read(internal("briefing_figures")).dicts(),
        regions=strings(country[0]["regions"]) if country else (),
        vintages=_vintages(store),
    )


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    if not frame.height:
        return pl.DataFrame(schema=_JOINT)
    return frame.select(pl.col(name).cast(type_) for name, type_ in _JOINT.items())


def _projects(store: Store, wanted: list[str]) -> dict[str, Project]:
    if not wanted:
        return {}
    rows = store.read(internal("briefing_projects"), {"projects": wanted, "cnrs": CNRS}).dicts()
    return {
        str(row["project"]): Project(
            "coordinator" in strings(row["roles"]),
            day(row["start_date"]),
            day(row["end_date"]),
            strings(row["programmes"]),
        )
        for row in rows
    }


def _agreements(rows: list[dict[str, object]]) -> tuple[Agreement, ...]:
    grouped: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        grouped.setdefault(str(row["id"]), []).append(row)
    return tuple(_agreement(parties) for parties in grouped.values())


def _agreement(rows: list[dict[str, object]]) -> Agreement:
    first = rows[0]
    by_label: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        if row["party"] is not None and row["party"] != CNRS:
            named = str(row["source_name"] or row["party_name"] or row["party"])
            entry = (str(row["party"]), named, str(row["party_country"] or ""))
            by_label.setdefault(str(row["party_label"]), []).append(entry)
    return Agreement(
        id=str(first["id"]),
        name=str(first["name"]),
        acronym=str(first["acronym"] or ""),
        instrument=str(first["instrument"]),
        code=str(first["code"] or ""),
        year_start=count(first["year_start"]),
        year_end=count(first["year_end"]),
        conflict=bool(first["dates_conflict"]),
        city=str(first["city"] or ""),
        partners=tuple(dict.fromkeys(by_label.get("Institution", []))),
        labs=tuple(dict.fromkeys((party, str(name)) for party, name, _ in by_label.get("Lab", []))),
        institutes=tuple(dict.fromkeys(party for party, _, _ in by_label.get("CnrsInstitute", []))),
    )


def _vintages(store: Store) -> Vintages:
    snapshots: dict[str, list[str]] = {}
    for what, snapshot in store.read(internal("briefing_vintages")).rows:
        snapshots.setdefault(str(what), []).append(str(snapshot))
    rows = store.read(internal("briefing_sources")).dicts()
    by_snapshot = {str(row["snapshot"]): row for row in rows}
    return Vintages({what: tuple(sorted(ids)) for what, ids in snapshots.items()}, by_snapshot)


def _dated(row: dict[str, object], language: Language) -> str:
    day = row["date"]
    return vintage(day if isinstance(day, dt.date) else str(day), language, dated=bool(row["dated"]))
