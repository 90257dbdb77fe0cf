"""Questions to the graph: one Cypher file each, typed parameters, named columns in French and English."""

from graph.queries.ask import ask, canonical, identified, resolved, validated
from graph.queries.catalogue import Column, Parameter, Question, internal, parameter_names, question, questions

__all__ = [
    "Column",
    "Parameter",
    "Question",
    "ask",
    "canonical",
    "identified",
    "internal",
    "parameter_names",
    "question",
    "questions",
    "resolved",
    "validated",
]
