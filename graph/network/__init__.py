"""Projections of the graph and what they measure: plain functions over columns and networkx graphs."""

from graph.network.agreement import PARTITIONS, Agreement, agreement
from graph.network.analyses import ANALYSES
from graph.network.answer import Analysis, Answer, Column, Parameter, Picture
from graph.network.communities import modularity
from graph.network.incidence import CNRS, Incidence, cache_incidence, empty_incidence, load_incidence
from graph.network.layout import layout
from graph.network.measures import MEASURES, Measure, MeasureInfo, measure, measure_info, measure_table, values
from graph.network.projection import Projection, project
from graph.network.scope import LEVELS, TIES, WEIGHTINGS, Level, Scope, Tie, Weighting

__all__ = [
    "ANALYSES",
    "CNRS",
    "LEVELS",
    "MEASURES",
    "PARTITIONS",
    "TIES",
    "WEIGHTINGS",
    "Agreement",
    "Analysis",
    "Answer",
    "Column",
    "Incidence",
    "Level",
    "Measure",
    "MeasureInfo",
    "Parameter",
    "Picture",
    "Projection",
    "Scope",
    "Tie",
    "Weighting",
    "agreement",
    "cache_incidence",
    "empty_incidence",
    "layout",
    "load_incidence",
    "measure",
    "measure_info",
    "measure_table",
    "modularity",
    "project",
    "values",
]
