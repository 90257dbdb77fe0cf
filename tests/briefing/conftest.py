"""Briefings over the real bundled graph, each written once a session; and one made by hand of hostile values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from graph.briefing import Briefing, Fact, compose
from graph.briefing.figures import Partner, network_svg
from graph.briefing.maps import City, map_svg
from graph.briefing.model import Column, Headline, Message, Picture, SourceLine, Subject, Table
from graph.i18n import Language
from graph.network import Incidence, cache_incidence
from graph.store import Store

CSIC = "Institution:ror:02gfc7t72"
TODAY = dt.date(2026, 11, 23)
HOSTILE = '<script>alert(1)</script>"\'&#x27; #eval("1") $x$ *b* \\ @label {{7*7}} </svg>'

Writer = Callable[[str, Language], Briefing]


@pytest.fixture(scope="session")
def incidence(bundled_store: Store) -> Incidence:
    return cache_incidence(bundled_store, bundled_store.settings)


@pytest.fixture(scope="session")
def write(bundled_store: Store, incidence: Incidence) -> Writer:
    written: dict[tuple[str, Language], Briefing] = {}

    def one(subject: str, language: Language) -> Briefing:
        if (subject, language) not in written:
            written[subject, language] = compose(bundled_store, subject, language, today=TODAY, incidence=incidence)
        return written[subject, language]

    return one


@pytest.fixture
def hostile() -> Briefing:
    """A briefing whose every text is an attack on HTML, SVG or typst."""
    fact = Fact(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, "text")
    partners = [Partner("a", HOSTILE, 3, 1), Partner("b", HOSTILE, 1, 0)]
    drawn = map_svg("JP", [City(HOSTILE, 35.0, 139.0, 3, 1)], title=HOSTILE, alternative=HOSTILE, language="en")
    assert drawn is not None
    network = network_svg(
        partners, {("a", "b"): 2}, centre=(HOSTILE,), title=HOSTILE, alternative=HOSTILE, language="en"
    )
    columns = (Column(HOSTILE, width=1.0), Column(HOSTILE, "number", 1.0), Column(HOSTILE, "url", 1.0))
    rows = ((HOSTILE, None, "javascript:alert(1)"), (HOSTILE, 12, "https://example.org/a"))
    return Briefing(
        subject=Subject("Institution", "x", HOSTILE, "JP", HOSTILE, HOSTILE),
        language="en",
        visit_date=TODAY,
        written_on=TODAY,
        data_dates=HOSTILE,
        headlines=(Headline(HOSTILE, (fact,), HOSTILE),) * 5,
        messages=(Message(HOSTILE, HOSTILE, (fact,)),),
        tables=tuple(
            Table(key, HOSTILE, columns, rows, fact, 2, HOSTILE, HOSTILE)
            for key in ("visits", "mobility", "agreements", "partners", "programmes", "labs", "brokers", "published")
        ),
        pictures=(
            Picture("network", HOSTILE, network, HOSTILE, fact, HOSTILE),
            Picture("map", HOSTILE, drawn.svg, HOSTILE, fact, HOSTILE),
        ),
        method=(HOSTILE,),
        sources=(SourceLine(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        standing=fact,
    )
