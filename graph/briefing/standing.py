"""A country's status in Horizon Europe on the day the briefing is read for, in words."""

from __future__ import annotations

import datetime as dt
import re

from graph.briefing.case import Case, framework_name
from graph.briefing.model import Fact
from graph.briefing.reading import FRAMEWORKS
from graph.briefing.records import Standing
from graph.i18n import date, keys, t


def standing(case: Case) -> Fact | None:
    """Say it as one fact; None where no source of it is in the graph or the country is not known.

    Of several periods those in force are told, else the next to come, else the last to have ended. A country without
    any is on no list of the source, which is what is said; but not of an overseas territory of earlier programmes,
    which takes part through its member state.
    """
    if not (case.loaded("standing") and case.subject.country):
        return None
    periods = [one for one in case.reading.standings if one.programme == FRAMEWORKS[0]]
    if not periods and any(one.status == "territory" for one in case.reading.standings):
        return None
    told = [one for one in periods if _in_force(one, case.as_of)] or _nearest(periods, case.as_of)
    if told:
        words = "; ".join(dict.fromkeys(_words(case, one) for one in told))
    else:
        listed = case.reading.vintages.date(case.language, "standing")
        words = case.text("standing_unlisted", date=listed)
    return case.fact(
        words,
        "standing",
        "standing",
        label=framework_name(FRAMEWORKS[0], case.language),
        unit="text",
        day=date(case.as_of, case.language),
    )


def _in_force(one: Standing, day: dt.date) -> bool:
    return (one.start is None or one.start <= day) and (one.end is None or one.end >= day)


def _nearest(periods: list[Standing], day: dt.date) -> list[Standing]:
    """The next period to begin, else the last to have ended."""
    coming = [one for one in periods if one.start is not None and one.start > day]
    ended = [one for one in periods if one.end is not None and one.end < day]
    return sorted(coming, key=lambda one: one.start or day)[:1] or sorted(ended, key=lambda one: one.end or day)[-1:]


def _words(case: Case, one: Standing) -> str:
    """`associated country since 1 January 2024, Pillar II only`."""
    said = case.text(f"standing_{one.status}")
    if one.end is not None and one.end < case.as_of:
        said = case.text("standing_ended", status=said, date=date(one.end, case.language))
    elif one.start is not None:
        key = "standing_from" if one.start > case.as_of else "standing_since"
        said = case.text(key, status=said, date=date(one.start, case.language))
    return case.text("standing_only", status=said, part=_part(case, one.scope)) if one.scope else said


def _part(case: Case, code: str) -> str:
    """A part of the programme as people call it, else by its title, else by its code."""
    key = f"briefing.part_{re.sub(r'[^a-z0-9]+', '_', code.lower())}"
    if key in keys():
        return t(key, case.language)
    _, english, french = case.reading.programmes.get(code, ("", code, code))
    return french if case.language == "fr" else english
