"""The two pictures of a briefing, from the rows of the tables beside them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from statistics import median

import polars as pl

from graph.briefing.case import Case, city, display
from graph.briefing.drawing import shorten
from graph.briefing.figures import MOST, Partner, chosen, network_svg
from graph.briefing.maps import City, map_svg
from graph.briefing.model import Picture
from graph.briefing.reading import FRAMEWORKS
from graph.briefing.subject import CNRS
from graph.store.text import fold

_TOLD = 5


def network(case: Case) -> Picture | None:
    """The CNRS and the strongest partners: the country's, or those in the same projects as the institution."""
    partners = _partners(case)
    drawn = chosen(partners)
    if not drawn:
        return None
    ids = {one.id for one in drawn}
    shared: Counter[tuple[str, str]] = Counter()
    rows = case.reading.joint.filter(pl.col("institution").is_in(list(ids)))
    for members in rows.group_by("project").agg(pl.col("institution").unique())["institution"].to_list():
        shared.update((min(pair), max(pair)) for pair in combinations(members, 2))
    whom = case.subject.acronym or case.subject.name
    centre = ("CNRS",) if case.subject.kind == "Country" else ("CNRS", f"+ {shorten(whom, 10)}")
    title = case.kind_text("cap_network")
    alternative = case.text(
        "alt_network",
        drawn=len(drawn),
        total=len(partners),
        strongest=_told([(one.name, one.projects) for one in drawn]),
        formal=sum(one.agreements > 0 for one in drawn),
        pairs=sum(count > 1 for count in shared.values()),
    )
    return Picture(
        "network",
        title,
        network_svg(drawn, shared, centre=centre, title=title, alternative=alternative, language=case.language),
        alternative,
        case.fact(len(drawn), "network", *FRAMEWORKS, "agreements"),
        case.text("remark_network", drawn=len(drawn), total=len(partners)) if len(partners) > MOST else "",
    )


def _partners(case: Case) -> list[Partner]:
    formal: Counter[str] = Counter()
    names: dict[str, str] = {}
    for agreement in case.reading.agreements:
        for identity, name, country in agreement.partners:
            if identity not in (CNRS, case.subject.id) and (
                case.subject.kind == "Institution" or country == case.subject.country
            ):
                formal[identity] += 1
                names.setdefault(identity, display(name, most=48))
    everyone = pl.sum_horizontal(FRAMEWORKS).alias("all")
    found = [
        Partner(
            row["institution"],
            display(row["name"], row["acronym"], 44),
            int(row["all"]),
            formal.pop(row["institution"], 0),
        )
        for row in case.totals.with_columns(everyone).iter_rows(named=True)
    ]
    found += [Partner(identity, names[identity], 0, count) for identity, count in formal.items()]
    return found


def country_map(case: Case) -> Picture | None:
    """Where the country's partners are; for an institution, its own places first."""
    if not case.subject.country:
        return None
    cities = _cities(case)
    title = case.text("cap_map", country=case.subject.country_name)
    hosted = sum(one.agreements for one in cities)
    strongest = sorted(cities, key=lambda one: -one.projects)
    alternative = case.text(
        "alt_map",
        country=case.subject.country_name,
        cities=len(cities),
        strongest=_told([(one.name, one.projects) for one in strongest if one.projects]),
        hosted=hosted,
    )
    drawn = map_svg(case.subject.country, cities, title=title, alternative=alternative, language=case.language)
    if drawn is None:
        return None
    unplaced = len(case.reading.agreements) - hosted if case.subject.kind == "Country" else 0
    remarks = [case.text("remark_outside", count=drawn.outside)] if drawn.outside else []
    remarks += [case.text("remark_unplaced", count=unplaced)] if unplaced else []
    return Picture(
        "map",
        title,
        drawn.svg,
        alternative,
        case.fact(len(cities), "map", *FRAMEWORKS, "agreements"),
        " ".join(remarks),
    )


def _cities(case: Case) -> list[City]:
    """Partners and agreements by city; a city lies at the median of what the sources give for it."""
    rows = case.reading.joint.filter(pl.col("country") == case.subject.country)
    projects: dict[str, set[str]] = defaultdict(set)
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    names: dict[str, Counter[str]] = defaultdict(Counter)
    focus: set[str] = set()
    for row in rows.select("institution", "city", "latitude", "longitude", "project").iter_rows():
        identity, where, latitude, longitude, project = row
        if where:
            key = fold(where)
            names[key][where] += 1
            projects[key].add(project)
            if latitude is not None and longitude is not None:
                points[key].append((latitude, longitude))
            if case.subject.kind == "Institution" and identity == case.subject.id:
                focus.add(key)
    hosted: Counter[str] = Counter()
    if case.subject.kind == "Country":
        hosted.update(fold(one.city) for one in case.reading.agreements if one.city)
    return [
        City(
            _city(names[key]),
            median(latitude for latitude, _ in places),
            median(longitude for _, longitude in places),
            len(projects[key]),
            hosted[key],
            key in focus,
        )
        for key, places in sorted(points.items())
    ]


def _city(spellings: Counter[str]) -> str:
    """The commonest spelling that is not all capitals, else the commonest in small letters."""
    mixed = Counter({name: count for name, count in spellings.items() if not name.isupper()})
    return city((mixed or spellings).most_common(1)[0][0])


def _told(named: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in named[:_TOLD]) or "–"
