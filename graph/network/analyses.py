"""The catalogue of analyses, in the order a strategist's questions come in."""

from __future__ import annotations

from typing import Final

from graph.network import (
    affinity,
    back_test,
    backbone,
    bridges,
    brokers,
    carriers,
    certainty,
    chance,
    change,
    continuity,
    crossing,
    cut_points,
    formal,
    links,
    replaceable,
    representation,
    slices,
    specialisation,
    structure,
    trend,
    what_if,
    whom_next,
)
from graph.network.answer import Analysis

_ALL: Final[tuple[Analysis, ...]] = (
    *brokers.ANALYSES,
    *what_if.ANALYSES,
    *representation.ANALYSES,
    *affinity.ANALYSES,
    *carriers.ANALYSES,
    *replaceable.ANALYSES,
    *cut_points.ANALYSES,
    *formal.ANALYSES,
    *whom_next.ANALYSES,
    *back_test.ANALYSES,
    *change.ANALYSES,
    *trend.ANALYSES,
    *slices.ANALYSES,
    *continuity.ANALYSES,
    *bridges.ANALYSES,
    *backbone.ANALYSES,
    *structure.ANALYSES,
    *specialisation.ANALYSES,
    *chance.ANALYSES,
    *certainty.ANALYSES,
    *links.ANALYSES,
    *crossing.ANALYSES,
)

ANALYSES: Final[dict[str, Analysis]] = {one.name: one for one in _ALL}
