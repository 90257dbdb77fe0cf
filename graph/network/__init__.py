"""Projections of the graph and what they measure: plain functions over columns and networkx graphs."""

from graph.network.incidence import CNRS, Incidence, cache_incidence, empty_incidence, load_incidence
from graph.network.layout import layout
from graph.network.measures import MEASURES, Measure, MeasureInfo, measure, measure_info, measure_table
from graph.network.projection import Projection, project
from graph.network.scope import LEVELS, TIES, WEIGHTINGS, Level, Scope, Tie, Weighting

__all__ = [
    "CNRS",
    "LEVELS",
    "MEASURES",
    "TIES",
    "WEIGHTINGS",
    "Incidence",
    "Level",
    "Measure",
    "MeasureInfo",
    "Projection",
    "Scope",
    "Tie",
    "Weighting",
    "cache_incidence",
    "empty_incidence",
    "layout",
    "load_incidence",
    "measure",
    "measure_info",
    "measure_table",
    "project",
]
