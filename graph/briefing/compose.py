"""From a subject to a finished briefing: read, count, measure, write."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from graph.briefing import covered, messages, pictures, tables
from graph.briefing.case import Case
from graph.briefing.fit import MESSAGE, NOTE, STATUS_LINE, fitted
from graph.briefing.model import UNKNOWN, Briefing, Table
from graph.briefing.reading import FRAMEWORKS, read
from graph.briefing.standing import standing
from graph.briefing.subject import resolve
from graph.briefing.visits import department_tables
from graph.i18n import Language
from graph.network import Incidence, cache_incidence

if TYPE_CHECKING:
    from graph.store import Store

_LAYERS = (*FRAMEWORKS, "agreements", "copublications", "figures", "visits", "mobility", "standing")
_METHOD = ("method_vintages", "method_projects", "method_money", "method_agreements")
_MESSAGES = 3
"""Messages of an ordinary briefing."""


def compose(
    store: Store,
    subject: str,
    language: Language,
    *,
    visit_date: dt.date | None = None,
    today: dt.date | None = None,
    incidence: Incidence | None = None,
) -> Briefing:
    """Write the briefing on one country or institution.

    Args:
        store: a built store.
        subject: `JP`, a country's name, or `Institution:<id>`.
        language: of every text; names stay in the source's language.
        visit_date: printed in the header; agreements are judged as of that day.
        today: the day it is written, the present day by default.
        incidence: what `cache_incidence` gave, to spare reading it again.

    Raises:
        BadRequest: no such country or institution; suggests near ones.
    """
    about = resolve(store, subject, language)
    written_on = today or dt.date.today()
    case = Case(about, language, read(store, about), visit_date or written_on, written_on)
    drawn = tuple(one for one in (pictures.network(case), pictures.country_map(case)) if one)
    visits = department_tables(case)
    if case.nothing:
        shown: tuple[Table, ...] = (*visits, tables.published(case))
    else:
        joint = incidence or cache_incidence(store, store.settings) if case.own.height else None
        broker = tables.brokers(case, joint)
        made = (tables.agreements, tables.partners, tables.programmes, tables.labs)
        shown = (*visits, *(make(case) for make in made), broker, tables.published(case))
    told, status = messages.messages(case), standing(case)
    first = STATUS_LINE * bool(status) + MESSAGE * max(0, len(told) - _MESSAGES)
    second = NOTE * (bool(status) + len(visits))
    return Briefing(
        subject=about,
        language=language,
        visit_date=visit_date,
        written_on=written_on,
        data_dates=" · ".join(_vintage(case, one) for one in FRAMEWORKS),
        headlines=messages.headlines(case),
        messages=told,
        tables=fitted(shown, language, first=first, second=second),
        pictures=() if case.nothing else drawn,
        method=_method(case),
        sources=case.reading.vintages.lines(language, *_LAYERS),
        empty=case.nothing,
        standing=status,
    )


def _method(case: Case) -> tuple[str, ...]:
    """How things are counted, and what is not in the graph."""
    absent = () if case.loaded("visits") or case.loaded("mobility") else (case.text("method_no_department"),)
    return (*(case.text(key) for key in _METHOD), covered.method(case), *absent, case.text("method_identity"))


def _vintage(case: Case, framework: str) -> str:
    dates = case.reading.vintages.date(case.language, framework) or UNKNOWN
    return case.text("vintage", what=case.text(f"framework_{framework.lower()}"), date=dates)
