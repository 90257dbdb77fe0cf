"""What every part of a briefing is written from: subject, language, rows read, and how a fact is made of them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl
from babel import Locale

from graph.briefing.model import UNKNOWN, Fact, Subject, Unit, Value
from graph.briefing.reading import FRAMEWORKS, Agreement, Reading
from graph.briefing.subject import tidy
from graph.i18n import Language, t

_NUMBERED: Final = re.compile(r"PIC \d")
SOON_MONTHS: Final = 24
"""An agreement that ends within two years of the visit is worth a word."""


@dataclass(frozen=True)
class Case:
    """One briefing being written.

    Attributes:
        as_of: the day it is read for: the visit, else the day it is written.
        written_on: the day it is written: what is overdue is so on that day.
    """

    subject: Subject
    language: Language
    reading: Reading
    as_of: dt.date
    written_on: dt.date

    def text(self, key: str, **values: object) -> str:
        """Return `briefing.<key>` for this subject's kind: `<key>_institution` stands in where there is one."""
        return t(f"briefing.{key}", self.language, **values)

    def kind_text(self, key: str, **values: object) -> str:
        """Return `briefing.<key>_country` or `briefing.<key>_institution`."""
        return self.text(f"{key}_{self.subject.kind.lower()}", name=self.subject.name, **values)

    def fact(
        self, value: Value, question: str, *what: str, label: str = "", unit: Unit = "number", **values: object
    ) -> Fact:
        """Make a fact about the layers `what`; its question is `briefing.q_<question>` for this kind of subject."""
        vintages = self.reading.vintages
        return Fact(
            value=value,
            question=self.kind_text(f"q_{question}", **values),
            source=vintages.source(self.language, *what) or self.text("no_source"),
            date=vintages.date(self.language, *what) or UNKNOWN,
            label=label,
            unit=unit,
        )

    def loaded(self, what: str) -> bool:
        """Whether the graph has a layer at all, of whomever."""
        return what in self.reading.vintages.snapshots

    @cached_property
    def own(self) -> pl.DataFrame:
        """The subject's participations in projects with the CNRS."""
        return self.reading.own(self.subject)

    @cached_property
    def projects(self) -> dict[str, int]:
        """Distinct joint projects by framework programme."""
        return {one: self.own_in(one)["project"].n_unique() for one in FRAMEWORKS}

    @cached_property
    def institutions(self) -> dict[str, int]:
        """Distinct institutions of the subject by framework programme."""
        return {one: self.own_in(one)["institution"].n_unique() for one in FRAMEWORKS}

    def money(self, rows: pl.DataFrame) -> tuple[float | None, float | None]:
        """EU contribution in some participations of the subject, gross and net; None where no amount is published."""
        return _sum(rows["gross"]), _sum(rows["net"])

    def coordinated(self, rows: pl.DataFrame) -> tuple[int, int]:
        """Of the projects of some participations, those the subject coordinates, and those the CNRS coordinates."""
        theirs = rows.filter(pl.col("role") == "coordinator")["project"].n_unique()
        ids = set(rows["project"].to_list())
        ours = sum(project.cnrs_coordinates for id_, project in self.reading.projects.items() if id_ in ids)
        return theirs, ours

    @cached_property
    def rank(self) -> tuple[int | None, int]:
        """Rank by joint Horizon Europe projects, equals sharing it, and among how many."""
        ranks = self.reading.ranks
        mine = ranks.get(self.subject.id)
        return (None if mine is None else 1 + sum(other > mine for other in ranks.values())), len(ranks)

    @cached_property
    def current(self) -> tuple[Agreement, ...]:
        """Agreements not known to have ended on the day the briefing is read for."""
        year = self.as_of.year
        return tuple(one for one in self.reading.agreements if one.year_end is None or one.year_end >= year)

    @cached_property
    def ending(self) -> tuple[Agreement, ...]:
        """Current agreements known to end within `SOON_MONTHS`."""
        last = self.as_of.year + SOON_MONTHS // 12
        return tuple(one for one in self.current if one.year_end is not None and one.year_end <= last)

    @cached_property
    def totals(self) -> pl.DataFrame:
        """One row an institution of `own` — or of the other participants, for an institution.

        Columns: `institution`, `name`, `acronym`, `city`, `country`, one column a
        framework with its distinct joint projects, `net` and `gross` of Horizon
        Europe; strongest first.
        """
        rows = self.own
        if self.subject.kind == "Institution":
            rows = self.reading.joint.filter(pl.col("institution") != self.subject.id)
        recent = pl.col("framework") == FRAMEWORKS[0]
        counted = rows.group_by("institution").agg(
            pl.col("name", "acronym", "city", "country").first(),
            *(pl.col("project").filter(pl.col("framework") == one).n_unique().alias(one) for one in FRAMEWORKS),
            *(
                pl.when((recent & pl.col(column).is_not_null()).any())
                .then(pl.col(column).filter(recent).sum())
                .alias(column)
                for column in ("net", "gross")
            ),
        )
        return counted.sort([*FRAMEWORKS, "name"], descending=[True, True, True, False])

    @property
    def nothing(self) -> bool:
        """True where no joint project, agreement or joint work is on record."""
        return not (self.own.height or self.reading.agreements or self.reading.copublications)

    def own_in(self, framework: str) -> pl.DataFrame:
        """The subject's participations in one framework programme."""
        return self.own.filter(pl.col("framework") == framework)


def display(name: str | None, acronym: str | None = None, most: int = 60) -> str:
    """Write an institution's name; a long one gives way to its acronym where there is a telling one."""
    if name and _NUMBERED.match(name):
        return name
    whole = tidy(name or "")
    if len(whole) > most and acronym and 2 <= len(acronym) <= 24:
        return tidy(acronym) if " " in acronym else acronym
    return whole


def city(name: str | None) -> str:
    """Write a city's name; one given in capitals in small letters."""
    return (name or "").title() if (name or "").isupper() else name or ""


def country_name(code: str | None, language: Language) -> str | None:
    """Name a country in the page's language; a code without a name stays, unknown stays unknown."""
    return Locale(language).territories.get(code, code) if code else None


def framework_name(framework: str, language: Language) -> str:
    """Name a framework programme as people say it."""
    return t(f"briefing.framework_{framework.lower()}", language)


def _sum(column: pl.Series) -> float | None:
    known = column.drop_nulls()
    return float(known.sum()) if known.len() else None
