"""Widgets for the typed parameters of a question: places and programmes by list, bodies by search, years by number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from graph.errors import BadRequest
from graph.i18n import Language, t
from graph.queries import Parameter, Question, canonical
from views.parts import frame, reads, state

SEARCHED: Final = {"institution": "Institution", "lab": "Lab", "project": "Project"}


def draw(asked: Question, applied: Mapping[str, object], language: Language) -> dict[str, object]:
    """Draw one widget a parameter and return what they hold, not yet asked.

    Args:
        asked: the question.
        applied: values the answer on screen is for.
        language: the page's.
    """
    given: dict[str, object] = {}
    for parameter in asked.parameters:
        current = applied[parameter.name]
        key = f"ask.{asked.id}.{parameter.name}.{current}.{state.arrivals()}.{language}"
        given[parameter.name] = _widget(parameter, current, key, language)
    return given


def _widget(parameter: Parameter, current: object, key: str, language: Language) -> object:
    label = parameter.label[language]
    if parameter.type in SEARCHED:
        return _search(parameter, str(current or ""), key, language)
    if parameter.type in ("country", "programme", "cnrs_institute"):
        names = _names(parameter.type, language)
        options: list[object] = [*names] if parameter.required else [None, *names]
        return st.selectbox(
            label,
            options,
            index=options.index(current) if current in options else None,
            format_func=lambda code: t("ask.all", language) if code is None else names[str(code)],
            placeholder=str(current or ""),
            key=key,
        )
    if parameter.type == "text":
        return st.text_input(label, str(current or ""), key=key)
    low, high = (1900, 2100) if parameter.type == "year" else (1, 10_000)
    value = current if isinstance(current, int) and low <= current <= high else low
    return int(st.number_input(label, low, high, value, key=key))


def _names(kind: str, language: Language) -> dict[str, str]:
    if kind != "cnrs_institute":
        return reads.names("Country" if kind == "country" else "Programme", language)
    column = 1 if language == "fr" else 2
    return {str(row[0]): f"{row[0]} · {row[column]}" for row in reads.rows("questions_institutes").rows}


def _search(parameter: Parameter, current: str, key: str, language: Language) -> str:
    """Find an institution, lab or project while typing; the value asked for stays until another is chosen."""
    typed = st.text_input(
        parameter.label[language],
        key=f"{key}.text",
        type="search",
        live=True,
        placeholder=t("ask.search_entity", language),
    )
    text = (typed or "").strip()
    names: dict[str, str] = {}
    if len(text) >= 2:
        hits = reads.store().search(text, (SEARCHED[parameter.type],), 20).dicts()
        names = {str(hit["id"]): _entity(hit["name"], hit["country"], str(hit["id"])) for hit in hits}
        if not names:
            st.caption(t("ask.no_match", language, text=frame.plain(text)))
    if not names:
        names = {current: _entity_name(parameter, current)}
    chosen = st.selectbox(
        parameter.label[language],
        list(names),
        format_func=lambda one: names[one],
        key=f"{key}.pick.{text if names.keys() != {current} else ''}",
        label_visibility="collapsed",
        placeholder=t("ask.none_chosen", language),
    )
    return chosen if chosen is not None else current


def _entity_name(parameter: Parameter, identity: str) -> str:
    try:
        known = canonical(reads.store(), parameter, identity)
    except BadRequest:
        return identity
    found = reads.rows(f"questions_name_{parameter.type}", {"id": known}).rows
    return _entity(found[0][0], found[0][1], identity) if found else identity


def _entity(name: object, country: object, identity: str) -> str:
    parts = [str(name)] if name else [identity]
    return " · ".join([*parts, str(country)] if country else parts)
