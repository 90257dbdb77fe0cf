"""Widgets for the parameters of an analysis: places and programmes by list, bodies by search, the rest as typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from graph.errors import BadRequest
from graph.i18n import Language, t
from graph.network import Analysis, Parameter
from views.parts import reads, state
from views.parts.parameters import find

IN_A_ROW: Final = 4
SEARCHED: Final = {"actor": ("Institution", "Lab", "Country"), "lab": ("Lab",), "agreement": ("Agreement",)}


def applied(asked: Analysis) -> dict[str, Any]:
    """Return the parameters the answer on screen is for: those of the address, else the defaults.

    A value of another analysis that is none of this one's kind is left out.
    """
    values = {}
    for parameter in asked.parameters:
        text = state.param(f"given.{parameter.name}")
        try:
            values[parameter.name] = asked.value(parameter, text) if text else parameter.default
        except BadRequest:
            values[parameter.name] = parameter.default
    return values


def apply(asked: Analysis, wanted: Mapping[str, Any]) -> None:
    """Take over what the widgets hold; the address follows."""
    for parameter in asked.parameters:
        value = wanted[parameter.name]
        state.set_param(f"given.{parameter.name}", "" if value == parameter.default else typed(value))


def typed(value: Any) -> str:
    """Write a value as a person types it."""
    if value is None:
        return ""
    return f"{value[0]}-{value[1]}" if isinstance(value, tuple) else str(value)


def draw(asked: Analysis, given: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Draw one widget a parameter, four in a row, and return what they hold."""
    wanted: dict[str, Any] = {}
    for start in range(0, len(asked.parameters), IN_A_ROW):
        row = asked.parameters[start : start + IN_A_ROW]
        with st.container(key=f"compact-{asked.name}-{start}"):
            for place, parameter in zip(st.columns(IN_A_ROW, gap="small", vertical_alignment="top"), row, strict=False):
                with place:
                    wanted[parameter.name] = _widget(asked, parameter, given[parameter.name], language)
    return wanted


def _widget(asked: Analysis, parameter: Parameter, current: Any, language: Language) -> Any:
    label = t(f"{asked.area}.parameter_{parameter.name}", language)
    key = f"strategy.{asked.name}.{parameter.name}.{typed(current)}.{state.arrivals()}.{language}"
    if parameter.kind in SEARCHED:
        return find(label, SEARCHED[parameter.kind], current, key, language)
    if parameter.kind in ("country", "programme"):
        names = reads.names("Country" if parameter.kind == "country" else "Programme", language)
        return _listed(label, [*names], names, parameter, current, key, language)
    if parameter.kind == "choice":
        names = {one: asked.word(one, language) for one in parameter.choices}
        return _listed(label, [*parameter.choices], names, parameter, current, key, language)
    if parameter.kind == "years":
        text = st.text_input(label, typed(current), key=key, placeholder="2014-2020")
        return asked.value(parameter, text) if text.strip() else parameter.default
    if parameter.kind == "share":
        return float(st.number_input(label, 0.0, 1.0, float(current or 0), format="%.4g", key=key))
    return int(st.number_input(label, 1, parameter.most, int(current or 1), key=key))


def _listed(
    label: str, known: list[str], names: Mapping[str, str], parameter: Parameter, current: Any, key: str, lang: Language
) -> Any:
    required = parameter.required or parameter.default is not None
    options: list[str | None] = [*known] if required else [None, *known]
    return st.selectbox(
        label,
        options,
        index=options.index(current) if current in options else None,
        format_func=lambda one: t("strategy.none", lang) if one is None else names[one],
        placeholder=t("strategy.choose", lang),
        key=key,
    )
