"""Visits and missions: who came and went, what was promised, and what is still to be done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from graph.briefing.case import Case, city, country_name
from graph.briefing.drawing import shorten
from graph.briefing.model import Column, Fact, Message, Table, Value
from graph.briefing.records import Mobility, Visit
from graph.briefing.subject import CNRS
from graph.i18n import Language, date, number, t

_HOME: Final = "FR"
"""A visit is to France unless said otherwise."""
_NAMED: Final = 2
_NAMED_LENGTH: Final = 64
"""Open commitments named in the message, and characters of each."""


def department_tables(case: Case) -> tuple[Table, ...]:
    """The department's two tables side by side, one that is not loaded saying so; none where neither is."""
    if not (case.loaded("visits") or case.loaded("mobility")):
        return ()
    return _visits(case), _mobility(case)


def open_commitments(case: Case) -> Message | None:
    """What past visits left to be done, the most pressing first; None where nothing is known to be open.

    A follow-up has one state and one day for the whole visit, so that all of its commitments are open, or overdue,
    together. A visit without a listed commitment counts as one follow-up.
    """
    today = case.written_on
    visits = sorted(
        (one for one in case.reading.visits if one.open and not one.coming(today)),
        key=lambda one: (not one.late(today), one.due or dt.date.max),
    )
    promises = [(one, what) for one in visits for what in one.commitments or (one.follow_up,)]
    if not promises:
        return None
    late = sum(one.late(today) for one, _ in promises)
    key = "msg_open" if all(one.commitments for one in visits) else "msg_follow_up"
    what = case.text(
        f"{key}_{'one' if len(promises) == 1 else 'many'}",
        count=number(len(promises), case.language),
        visits=_of(case, visits),
        late=_overdue(case, late, len(promises)),
    )
    first = case.text("and_next").join(_promise(case, *promise) for promise in promises[:_NAMED])
    more = len(promises) - _NAMED
    so_what = case.text("so_open_more" if more > 0 else "so_open", first=first, more=number(more, case.language))
    return Message(what, so_what, (_fact(case, len(promises)),))


def _of(case: Case, visits: list[Visit]) -> str:
    if len(visits) > 1:
        return case.text("of_visits", count=number(len(visits), case.language))
    when = _span(visits[0], case.language)
    return case.text("of_visit", date=when) if when else case.text("of_undated_visit")


def _overdue(case: Case, late: int, among: int) -> str:
    if not late:
        return ""
    return case.text("overdue") if late == among else case.text("overdue_some", late=number(late, case.language))


def _promise(case: Case, visit: Visit, what: str) -> str:
    named = case.text("quoted", what=shorten(what, _NAMED_LENGTH)) if what else case.text("unnamed_follow_up")
    key = "promise_undated" if visit.due is None else "promise_late" if visit.late(case.written_on) else "promise_due"
    return case.text(key, what=named, due=date(visit.due, case.language))


def _fact(case: Case, value: int | None) -> Fact:
    return case.fact(value, "visits", "visits", day=date(case.written_on, case.language))


def _visits(case: Case) -> Table:
    rows: list[tuple[Value, ...]] = [
        (_when(case, one), _who(case, one), one.purpose, _listed(one.commitments), _follow_up(case, one))
        for one in case.reading.visits
    ]
    loaded = case.loaded("visits")
    return Table(
        "visits",
        case.kind_text("cap_visits"),
        (
            Column(case.text("col_when"), width=1.4),
            Column(case.text("col_delegation"), width=1.15),
            Column(case.text("col_purpose"), width=1.5),
            Column(case.text("col_commitments"), width=2.05),
            Column(case.text("col_follow_up"), width=1.9),
        ),
        tuple(rows),
        _fact(case, len(rows) if loaded else None),
        0,
        case.kind_text("none_visits") if loaded else case.text("visits_not_loaded"),
        case.text("remark_visits"),
    )


def _span(visit: Visit, language: Language) -> str:
    """First and last day; empty where neither is known."""
    start, end = visit.start or visit.end, visit.end
    if start is None:
        return ""
    if end is None or end == start:
        return date(start, language)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{date(end, language)}"
    return f"{date(start, language)} – {date(end, language)}"


def _when(case: Case, visit: Visit) -> str:
    """The days, whether they are to come, and the place."""
    when = _span(visit, case.language)
    if visit.coming(case.written_on):
        when = case.text("coming", when=when)
    country = country_name(visit.host, case.language) or ""
    place = city(visit.city)
    if place and visit.host not in ("", _HOME):
        place = f"{place} ({country})"
    return ", ".join(part for part in (when, place or country) if part)


def _who(case: Case, visit: Visit) -> str:
    """The bodies that came; their countries where they say more than the briefing's own title."""
    countries = ", ".join(country_name(code, case.language) or code for code in visit.countries)
    guests = ", ".join(name for _, name in visit.guests)
    if guests and countries and visit.countries != (case.subject.country,):
        return case.text("guests_of", countries=countries, guests=guests)
    return guests or countries


def _listed(commitments: tuple[str, ...]) -> str:
    """One commitment as it is, several numbered."""
    if len(commitments) < 2:
        return "".join(commitments)
    return " ".join(f"({place}) {one}" for place, one in enumerate(commitments, 1))


def _follow_up(case: Case, visit: Visit) -> str:
    """Its state in words, until when, and what is to be done; empty where nothing is known of it."""
    due = date(visit.due, case.language) if visit.due else ""
    state = t(f"ask.word_{visit.state}", case.language) if visit.state else ""
    if visit.open:
        key = "state_open_undated" if not due else "state_late" if visit.late(case.written_on) else "state_open"
        said = case.text(key, state=state, due=due)
    elif state:
        said = state[0].upper() + state[1:]
    elif visit.commitments or visit.follow_up or due:
        said = case.text("state_unknown_due", due=due) if due else case.text("state_unknown")
    else:
        said = ""
    return ". ".join(part for part in (said, visit.follow_up) if part)


def _mobility(case: Case) -> Table:
    rows: list[tuple[Value, ...]] = [
        (one.year, f"{one.label} – {one.note}" if one.note else one.label, one.missions, one.stays, one.recruits)
        for one in _levels(case.reading.mobility)
    ]
    loaded = case.loaded("mobility")
    country = case.subject.country_name
    return Table(
        "mobility",
        case.text("cap_mobility", country=country),
        (
            Column(case.text("col_year"), "year", 0.9),
            Column(case.text("col_who"), width=1.75),
            Column(case.text("col_missions"), "number", 1.15),
            Column(case.text("col_stays"), "number", 1.05),
            Column(case.text("col_recruits"), "number", 1.05),
        ),
        tuple(rows),
        case.fact(len(rows) if loaded else None, "mobility", "mobility", country=country),
        0,
        case.text("none_mobility") if loaded else case.text("mobility_not_loaded"),
        case.text("remark_mobility"),
    )


def _levels(rows: tuple[Mobility, ...]) -> Iterator[Mobility]:
    """The whole CNRS's row of each year, else that year's institutes and units one by one: levels overlap."""
    for _, of_year in groupby(rows, key=lambda one: one.year):
        told = list(of_year)
        yield from [one for one in told if one.body == CNRS] or told
