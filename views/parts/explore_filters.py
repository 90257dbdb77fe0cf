"""The left column of Explore: what is drawn, in which scope, and what size and colour mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from graph.explore import Picture, View
from graph.i18n import Language, number, t
from graph.network import MEASURES, TIES, Scope
from graph.network.incidence import CNRS
from views.parts import explore_state, reads, state
from views.parts.canvas import kind_name

COUNTS: Final = ("projects", "agreements", "works")
SIZES: Final = (
    *COUNTS,
    "strength",
    "degree",
    "betweenness",
    "harmonic",
    "pagerank",
    "eigenvector",
    "constraint",
    "effective_size",
)
COLOURS: Final = ("kind", "country", "community")
MARKS: Final = {
    "Institution": "●",
    "Lab": "■",
    "Country": "⬢",
    "Programme": "◆",
    "Agreement": "★",
    "Project": "▲",
    "Region": "⬡",
    "CnrsInstitute": "○",
    "Topic": "◇",
}


def draw(whole: View, picture: Picture, language: Language) -> None:
    """Draw the filters; kinds are this page's own, the rest is the scope of every page."""
    scope = state.scope()
    _kinds(whole, language)
    _ties(scope, language)
    _programme(scope, language)
    _years(scope, language)
    _region(scope, language)
    _meaning(picture, language)


def size_name(name: str, language: Language) -> str:
    """Return what sizes the nodes, in words."""
    return t(f"explore.size_{name}", language) if name in COUNTS else MEASURES[name].title(language)


def chosen_size() -> str:
    """Return what sizes the nodes: of the address, else joint projects."""
    return state.param("size") if state.param("size") in SIZES else SIZES[0]


def chosen_colour() -> str:
    """Return what colours the nodes: of the address, else their kind."""
    return state.param("colour") if state.param("colour") in COLOURS else COLOURS[0]


def _kinds(whole: View, language: Language) -> None:
    st.markdown(f"**{t('explore.kinds', language)}**")
    hidden = explore_state.hidden_kinds()
    centre = whole.node(whole.centre) if whole.centre else None
    with st.container(gap=None, key="explore-kinds"):
        for kind, count in sorted(whole.kinds().items(), key=lambda each: -each[1]):
            own = count == 1 and centre is not None and centre.label == kind
            key = f"explore.kind.{kind}.{language}.{kind in hidden}"
            st.checkbox(
                f"{MARKS.get(kind, '○')} {kind_name(kind, language, count)}  **{number(count, language)}**",
                value=kind not in hidden,
                key=key,
                disabled=own,
                on_change=_switch(kind, key),
            )


def _switch(kind: str, key: str) -> Callable[[], None]:
    return lambda: explore_state.show_kind(kind, shown=bool(st.session_state[key]))


def _ties(scope: Scope, language: Language) -> None:
    key = f"explore.ties.{state.revision()}.{language}"

    def apply() -> None:
        chosen = st.session_state[key]
        state.set_scope(replace(scope, ties=frozenset(chosen or TIES)))

    st.pills(
        t("explore.ties", language),
        TIES,
        selection_mode="multi",
        default=[tie for tie in TIES if tie in scope.ties],
        format_func=lambda tie: t(f"frame.tie_{tie}", language),
        key=key,
        on_change=apply,
    )


def _programme(scope: Scope, language: Language) -> None:
    names = reads.names("Programme", language)
    key = f"explore.programmes.{state.revision()}.{language}"

    def apply() -> None:
        state.set_scope(replace(scope, programmes=tuple(st.session_state[key])))

    st.multiselect(
        t("frame.programmes", language),
        list(names),
        default=[code for code in scope.programmes if code in names],
        format_func=lambda code: f"{names[code]} · {code}",
        placeholder=t("frame.all_programmes", language),
        help=t("explore.programme_help", language),
        key=key,
        on_change=apply,
    )


def _years(scope: Scope, language: Language) -> None:
    events = reads.incidence().events
    first, last = (_year(events["first"].min()), _year(events["last"].max()))
    if first is None or last is None or first >= last:
        return
    key = f"explore.years.{state.revision()}.{language}"

    def apply() -> None:
        low, high = st.session_state[key]
        state.set_scope(replace(scope, years=None if (low, high) == (first, last) else (low, high)))

    low, high = scope.years or (first, last)
    value = (min(max(low, first), last), max(min(high, last), first))
    st.slider(t("frame.years", language), first, last, value=value, key=key, on_change=apply)


def _year(value: Any) -> int | None:
    return None if value is None else int(value)


def _region(scope: Scope, language: Language) -> None:
    regions, countries = reads.names("Region", language), reads.names("Country", language)
    key = f"explore.places.{state.revision()}.{language}"

    def apply() -> None:
        chosen = st.session_state[key]
        state.set_scope(
            replace(
                scope,
                regions=tuple(code for code in chosen if code in regions),
                countries=tuple(code for code in chosen if code in countries),
            )
        )

    st.multiselect(
        t("explore.places", language),
        [*regions, *countries],
        default=[code for code in (*scope.regions, *scope.countries) if code in regions or code in countries],
        format_func=lambda code: regions.get(code) or countries[code],
        placeholder=t("explore.everywhere", language),
        key=key,
        on_change=apply,
    )


def _meaning(picture: Picture, language: Language) -> None:
    stem = f"{state.arrivals()}.{language}"
    _pick("size", SIZES, chosen_size(), lambda name: size_name(name, language), stem, language)
    _pick("colour", COLOURS, chosen_colour(), lambda name: t(f"explore.colour_{name}", language), stem, language)
    institution = (picture.centre or "").startswith("Institution:") and picture.centre != CNRS
    if institution:
        key = f"explore.through.{picture.centre}.{picture.through}.{language}"
        st.radio(
            t("explore.through", language),
            ("direct", "partners"),
            index=("direct", "partners").index(picture.through),
            format_func=lambda name: t(f"explore.through_{name}", language),
            key=key,
            on_change=lambda: explore_state.go(replace(picture, through=st.session_state[key], opened=())),
        )


def _pick(
    name: str, options: tuple[str, ...], chosen: str, words: Callable[[str], str], stem: str, language: Language
) -> None:
    key = f"explore.{name}.{stem}"

    def apply() -> None:
        value = st.session_state[key]
        state.set_param(name, "" if value == options[0] else value)

    st.selectbox(
        t(f"explore.{name}_by", language),
        options,
        index=options.index(chosen),
        format_func=words,
        key=key,
        on_change=apply,
    )
