"""Widgets for the typed parameters of a question: places and programmes by list, bodies by search, years by number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from graph.explore.read import nodes
from graph.i18n import Language, t
from graph.queries import Parameter, Question, identified
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
        kind = SEARCHED[parameter.type]
        found = find(label, (kind,), f"{kind}:{current}" if current else None, key, language)
        return found.partition(":")[2] if found else ""
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


def find(label: str, kinds: tuple[str, ...], current: str | None, key: str, language: Language) -> str | None:
    """Find a node of some kinds while typing; the one there is stays until another is chosen.

    Args:
        label: what is looked for.
        kinds: labels of the nodes searched.
        current: key of the node there is, such as "Lab:UMR 7198"; None for none.
        key: widget key, unique on the page.
        language: the page's.

    Returns:
        The key of the node chosen, else `current`.
    """
    typed = st.text_input(
        label, key=f"{key}.text", type="search", live=True, placeholder=t("ask.search_entity", language)
    )
    text = (typed or "").strip()
    names: dict[str, str] = {}
    if len(text) >= 2:
        hits = reads.store().search(text, kinds, 20).dicts()
        names = {f"{hit['label']}:{hit['id']}": _entity(hit["name"], hit["country"], str(hit["id"])) for hit in hits}
        if not names:
            st.caption(t("ask.no_match", language, text=frame.plain(text)))
    if not names and current:
        names = {current: _named(current)}
    chosen = st.selectbox(
        label,
        list(names),
        format_func=lambda one: names[one],
        key=f"{key}.pick.{text if names.keys() != {current} else ''}",
        label_visibility="collapsed",
        placeholder=t("ask.none_chosen", language),
    )
    return chosen if chosen is not None else current


def _named(key: str) -> str:
    label, _, identity = key.partition(":")
    if label == "Institution":
        identity = identified(reads.store(), identity)
    found = next(iter(nodes(reads.store(), [f"{label}:{identity}"]).values()), None)
    return _entity(found.name_en, found.country, identity) if found else key


def _entity(name: object, country: object, identity: str) -> str:
    parts = [str(name)] if name else [identity]
    return " · ".join([*parts, str(country)] if country else parts)
