"""What sources beyond projects and agreements say: the reach of joint works, visits, mobility, a country's status."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.briefing.model import Subject
from graph.briefing.values import count, day, strings, whole
from graph.queries import internal

if TYPE_CHECKING:
    from graph.store import Store

OPEN_STATES: Final = ("todo", "in_progress")
_SAMPLE: Final = ("openalex_lorraine",)

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the joint works of this graph cover, whoever they are with.

    Attributes:
        labs: labs with any joint work; 0 where the graph has no such layer.
        first: first year counted, None without a layer.
        last: last year counted, None without a layer.
        sources: who says so.
    """

    labs: int
    first: int | None
    last: int | None
    sources: tuple[str, ...]

    @property
    def sample(self) -> bool:
        """Whether it is the bundled layer: a few labs of one region."""
        return self.sources == _SAMPLE


@dataclass(frozen=True, slots=True)
class Visit:
    """One official visit; `guests` are (id, name) of the bodies that came, `countries` those that sent them."""

    id: str
    start: dt.date | None
    end: dt.date | None
    city: str
    host: str
    purpose: str
    commitments: tuple[str, ...]
    follow_up: str
    due: dt.date | None
    state: str
    countries: tuple[str, ...]
    guests: tuple[tuple[str, str], ...]

    @property
    def open(self) -> bool:
        """Whether its follow-up is known to be unfinished; a state that is not known is not open."""
        return self.state in OPEN_STATES

    def coming(self, today: dt.date) -> bool:
        """Whether it begins after `today`."""
        return self.start is not None and self.start > today

    def late(self, today: dt.date) -> bool:
        """Whether its follow-up is unfinished and past its day."""
        return self.open and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class Mobility:
    """One year of the whole CNRS, an institute or a unit to the country; None is unknown."""

    body: str
    label: str
    year: int
    missions: int | None
    stays: int | None
    recruits: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a country stands to a framework programme in one period; `scope` is the part it is limited to."""

    programme: str
    status: str
    scope: str
    start: dt.date | None
    end: dt.date | None


def read_coverage(store: Store) -> Coverage:
    """Read what the joint works cover."""
    rows = store.read(internal("briefing_coverage")).dicts()
    labs = {lab for row in rows for lab in strings(row["labs"])}
    return Coverage(
        len(labs),
        min((whole(row["year_from"]) for row in rows), default=None),
        max((whole(row["year_to"]) for row in rows), default=None),
        tuple(str(row["source"]) for row in rows),
    )


def read_visits(store: Store, subject: Subject) -> tuple[Visit, ...]:
    """Read the visits of a country, or of an institution and its country: newest first, undated last."""
    rows = store.read(internal("briefing_visits_country"), {"id": subject.country}).dicts()
    if subject.kind == "Institution":
        rows += store.read(internal("briefing_visits_institution"), {"id": subject.id}).dicts()
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(str(row["id"]), []).append(row)
    found = [_visit(visitors) for visitors in grouped.values()]
    return tuple(sorted(found, key=lambda one: (-(one.start or dt.date.min).toordinal(), one.id)))


def _visit(rows: list[Row]) -> Visit:
    first = rows[0]
    came = [row for row in rows if row["visitor_label"] == "Institution"]
    named = ((row["visitor"], row["source_name"] or row["visitor_acronym"] or row["visitor_name"]) for row in came)
    return Visit(
        id=str(first["id"]),
        start=day(first["start_date"]),
        end=day(first["end_date"]),
        city=str(first["city"] or ""),
        host=str(first["host"] or ""),
        purpose=str(first["purpose"] or ""),
        commitments=strings(first["commitments"]),
        follow_up=str(first["follow_up"] or ""),
        due=day(first["due"]),
        state=str(first["state"] or ""),
        countries=tuple(dict.fromkeys(str(row["visitor"]) for row in rows if row["visitor_label"] == "Country")),
        guests=tuple(dict.fromkeys((str(identity), str(name or identity)) for identity, name in named)),
    )


def read_mobility(store: Store, country: str) -> tuple[Mobility, ...]:
    """Read missions, stays and recruits of a country, of every level, newest year first."""
    rows = store.read(internal("briefing_mobility_country"), {"id": country}).dicts()
    return tuple(
        Mobility(
            str(row["body"]),
            str(row["acronym"] or row["name"]) if row["level"] == "Institution" else str(row["body"]),
            whole(row["year"]),
            count(row["missions"]),
            count(row["stays"]),
            count(row["recruits"]),
            str(row["note"] or ""),
        )
        for row in rows
    )


def read_standings(store: Store, country: str) -> tuple[Standing, ...]:
    """Read every status of a country in the framework programmes, earliest first in each."""
    rows = store.read(internal("briefing_standing_country"), {"id": country}).dicts()
    return tuple(
        Standing(
            str(row["programme"]),
            str(row["status"]),
            str(row["scope"] or ""),
            day(row["start_date"]),
            day(row["end_date"]),
        )
        for row in rows
    )
