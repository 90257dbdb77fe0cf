"""The first picture: the world by region and country, sized by ties to the CNRS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from graph.explore.read import CNRS_ID, nodes
from graph.explore.scoped import HOME, Scoped, scoped
from graph.explore.view import View, ViewEdge, ViewNode
from graph.network.incidence import CNRS, Incidence
from graph.network.scope import Scope
from graph.queries import internal

if TYPE_CHECKING:
    from graph.store import Store

WORLD_LEVEL: Final = 2
"""Sub-regions of UN M49: Western Europe, Eastern Asia …"""


def world(store: Store, scope: Scope, *, incidence: Incidence | None = None) -> View:
    """Draw every country tied to the CNRS, grouped by sub-region.

    A country's projects are those of the scope in which the CNRS and at least one body of that
    country take part; its agreements are those hosted there or with a party seated there.
    France is not drawn: its place is the CNRS's.

    Args:
        store: the graph.
        scope: what counts; its countries and regions thin the picture.
        incidence: the caller's copy of the store's ties, to save reading them.

    Returns:
        Countries, their sub-regions and the CNRS; ties sub-region to CNRS with its joint
        projects, and country to sub-region. No country in scope gives an empty view.
    """
    counted = scoped(store, scope, incidence)
    names = {str(row[0]): row for row in store.read(internal("explore_countries")).rows}
    regions = {str(row[0]): row for row in store.read(internal("explore_regions")).rows}
    region_of = sub_regions(counted, {code: int(str(row[3])) for code, row in regions.items()})
    table = counted.by_country().filter(pl.col("country") != HOME, counted.here())
    countries = [
        ViewNode(
            "Country", code, str(names[code][1]), str(names[code][2]), code, projects=projects, agreements=agreements
        )
        for code, projects, agreements in table.iter_rows()
        if code in names
    ]
    if not countries:
        return View((), (), 0, 0)
    levels = pl.DataFrame(
        [(node.id, region_of[node.id]) for node in countries if node.id in region_of],
        schema={"country": pl.String, "region": pl.String},
        orient="row",
    )
    groups = [
        ViewNode("Region", code, str(regions[code][1]), str(regions[code][2]), projects=projects, agreements=agreements)
        for code, projects, agreements in counted.by_region(levels).iter_rows()
    ]
    us = nodes(store, [CNRS]).get(CNRS) or ViewNode("Institution", CNRS_ID, "CNRS", "CNRS", HOME)
    edges = [ViewEdge(f"Country:{country}", f"Region:{region}", "located_in") for country, region in levels.iter_rows()]
    edges += [_tie(group) for group in groups]
    return View((us, *groups, *countries), tuple(edges), len(countries), len(countries), CNRS)


def _tie(group: ViewNode) -> ViewEdge:
    if group.projects:
        return ViewEdge(group.key, CNRS, "projects", group.projects)
    return ViewEdge(group.key, CNRS, "agreements", group.agreements)


def sub_regions(counted: Scoped, levels: dict[str, int]) -> dict[str, str]:
    """Return each country's sub-region; a country right under a region keeps that region."""
    above = {child: parent for child, parent in counted.incidence.places.iter_rows() if parent}
    found: dict[str, str] = {}
    for country in counted.incidence.countries["id"]:
        at = above.get(country)
        while at and levels.get(at, 0) > WORLD_LEVEL and at in above:
            at = above[at]
        if at:
            found[country] = at
    return found
