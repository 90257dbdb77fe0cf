"""A briefing as plain strings in reading order: what both templates lay out, and nothing else they may know."""

from __future__ import annotations

from typing import Any

from graph.briefing.drawing import shorten
from graph.briefing.fit import most_lines, room
from graph.briefing.model import Briefing, Fact, Headline, Picture, Table, Value, shown
from graph.i18n import date, t

_LABELS = (
    "why",
    "alternative",
    "sec_figures",
    "sec_messages",
    "sec_visits",
    "sec_method",
    "sec_notes",
    "sec_sources",
)


def sheet(briefing: Briefing, *, paper: bool) -> dict[str, Any]:
    """Return the strings of one briefing, escaped by nobody yet.

    Args:
        briefing: what to lay out.
        paper: only the rows that go on paper, long cells cut; else every row in full.
    """
    language, subject = briefing.language, briefing.subject
    where = subject.country_name if subject.kind == "Institution" else ""
    visit = briefing.visit_date
    return {
        "language": language,
        "title": t("briefing.document", language, name=subject.name),
        "labels": {key: t(f"briefing.{key}", language) for key in _LABELS},
        "department": t("briefing.department", language),
        "kicker": t("briefing.kicker", language),
        "name": subject.name,
        "place": ", ".join(part for part in (subject.city, where) if part),
        "visit": t("briefing.visit_on", language, date=date(visit, language)) if visit else "",
        "written": t("briefing.written_on", language, date=date(briefing.written_on, language)),
        "data": t("briefing.data_of", language, dates=briefing.data_dates),
        "standing": _standing(briefing),
        "headlines": [_headline(briefing, one) for one in briefing.headlines],
        "messages": [
            {"what": one.what, "so_what": one.so_what, "note": briefing.note(*one.facts)} for one in briefing.messages
        ],
        "tables": {one.key: _table(briefing, one, paper=paper) for one in briefing.tables},
        "pictures": {one.key: _picture(briefing, one) for one in briefing.pictures},
        "notes": [
            {"number": number, "question": question, "origins": [f"{source} ({when})" for source, when in origins]}
            for number, question, origins in briefing.footnotes
        ],
        "method": list(briefing.method),
        "sources": [
            {
                "line": t(
                    "briefing.source_line",
                    language,
                    name=one.name,
                    publisher=one.publisher,
                    date=one.date,
                    licence=one.licence,
                ),
                "coverage": one.coverage,
            }
            for one in briefing.sources
        ],
        "empty": briefing.empty,
    }


def _standing(briefing: Briefing) -> dict[str, str]:
    """The country's status with its footnote; empty where nothing is claimed."""
    fact = briefing.standing
    if fact is None:
        return {"text": "", "note": ""}
    said = t("briefing.standing_line", briefing.language, programme=fact.label, status=fact.value)
    return {"text": said, "note": briefing.note(fact)}


def _headline(briefing: Briefing, one: Headline) -> dict[str, Any]:
    return {
        "label": one.label,
        "values": [
            {"text": shown(fact.value, fact.unit, briefing.language), "label": fact.label} for fact in one.facts
        ],
        "remark": one.remark,
        "note": briefing.note(*one.facts),
        "origin": _origin(*one.facts),
    }


def _origin(*facts: Fact) -> dict[str, Any]:
    origins = dict.fromkeys(origin for fact in facts for origin in fact.origins)
    return {"question": facts[0].question, "origins": [f"{source} ({when})" for source, when in origins]}


def _table(briefing: Briefing, one: Table, *, paper: bool) -> dict[str, Any]:
    rooms = room(one.key, one.columns)
    rows = one.rows[: one.printed] if paper else one.rows

    def cell(value: Value, place: int) -> dict[str, str]:
        unit = one.columns[place].unit
        text = shown(value, unit, briefing.language)
        linked = unit == "url" and isinstance(value, str) and value.startswith(("https://", "http://"))
        return {
            "text": shorten(text, most_lines(one.key) * rooms[place] - 1) if paper else text,
            "href": str(value) if linked else "",
        }

    cut = one.printed < len(one.rows)
    words = {"shown": one.printed, "total": len(one.rows)}
    return {
        "key": one.key,
        "caption": one.caption,
        "note": briefing.note(one.fact),
        "origin": _origin(one.fact),
        "columns": [{"label": column.label, "right": column.right, "width": column.width} for column in one.columns],
        "rows": [[cell(value, place) for place, value in enumerate(row)] for row in rows],
        "printed": one.printed,
        "shown_of": t("briefing.shown_of", briefing.language, **words) if cut else "",
        "empty": one.empty if not one.rows else "",
        "remark": one.remark,
    }


def _picture(briefing: Briefing, one: Picture) -> dict[str, Any]:
    return {
        "key": one.key,
        "caption": one.caption,
        "svg": one.svg,
        "alternative": one.alternative,
        "note": briefing.note(one.fact),
        "remark": one.remark,
    }
