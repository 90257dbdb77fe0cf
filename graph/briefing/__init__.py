"""Delegation briefings: frozen facts from the graph, laid out as HTML and PDF in French and English."""

from graph.briefing.compose import compose
from graph.briefing.html import to_html
from graph.briefing.model import Briefing, Fact
from graph.briefing.output import brief_to_file
from graph.briefing.pdf import to_pdf
from graph.briefing.subject import country_choices

__all__ = ["Briefing", "Fact", "brief_to_file", "compose", "country_choices", "to_html", "to_pdf"]
