"""The scope line: the sentence a figure can be quoted with, the form that edits it, and the date of the data."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

import streamlit as st
from babel.dates import format_date

from graph.i18n import Language, date, t, vintage
from graph.network import LEVELS, TIES, WEIGHTINGS, Scope
from views.parts import reads, state

FRAMEWORKS: Final = {"FP7", "H2020", "HORIZON"}


def draw(language: Language) -> None:
    """Draw the line: sentence (opens the form), date of the data, and how things are counted."""
    with st.container(
        key="frame-scope", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"
    ):
        with st.popover(
            state.scope().sentence(language),
            type="tertiary",
            key=f"scope.open.{state.revision()}",
            help=t("frame.scope_help", language),
        ):
            _form(state.scope(), language)
        with st.popover(_date_of_data(state.scope(), language), type="tertiary", key="scope.info"):
            _information(state.scope(), language)


def _form(scope: Scope, language: Language) -> None:
    """Edit the scope; nothing is recomputed before it is applied."""
    stem = f"scope.{state.revision()}.{language}"
    first, last = _span()
    countries = reads.names("Country", language)
    regions = reads.names("Region", language)
    programmes = reads.names("Programme", language)
    with st.form(f"{stem}.form", border=False):
        ties = st.pills(
            t("frame.ties", language),
            TIES,
            selection_mode="multi",
            default=[tie for tie in TIES if tie in scope.ties],
            format_func=lambda tie: t(f"frame.tie_{tie}", language),
            key=f"{stem}.ties",
        )
        chosen = st.multiselect(
            t("frame.programmes", language),
            list(programmes),
            default=[code for code in scope.programmes if code in programmes],
            format_func=lambda code: programmes[code],
            placeholder=t("frame.all_programmes", language),
            key=f"{stem}.programmes",
        )
        years = st.slider(
            t("frame.years", language), first, last, value=_within(scope.years, first, last), key=f"{stem}.years"
        )
        left, right = st.columns(2)
        areas = left.multiselect(
            t("frame.regions", language),
            list(regions),
            default=[code for code in scope.regions if code in regions],
            format_func=lambda code: regions[code],
            placeholder=t("frame.all_regions", language),
            key=f"{stem}.regions",
        )
        places = right.multiselect(
            t("frame.countries", language),
            list(countries),
            default=[code for code in scope.countries if code in countries],
            format_func=lambda code: countries[code],
            placeholder=t("frame.all_countries", language),
            key=f"{stem}.countries",
        )
        weighting = st.radio(
            t("frame.weighting", language),
            WEIGHTINGS,
            index=WEIGHTINGS.index(scope.weighting),
            format_func=lambda name: t(f"frame.weighting_{name}", language),
            horizontal=True,
            help="\n\n".join(
                f"**{t(f'frame.weighting_{name}', language)}** : {t(f'frame.weighting_{name}_says', language)}"
                for name in WEIGHTINGS
            ),
            key=f"{stem}.weighting",
        )
        actors, cnrs = st.columns(2, vertical_alignment="bottom")
        level = actors.radio(
            t("frame.level", language),
            LEVELS,
            index=LEVELS.index(scope.level),
            format_func=lambda name: t(f"frame.level_{name}", language),
            horizontal=True,
            key=f"{stem}.level",
        )
        with_cnrs = cnrs.toggle(
            t("frame.with_cnrs", language),
            value=scope.include_cnrs,
            help=t("frame.with_cnrs_says", language),
            key=f"{stem}.cnrs",
        )
        with st.container(horizontal=True):
            applied = st.form_submit_button(t("frame.apply", language), type="primary")
            reset = st.form_submit_button(t("frame.reset", language))
    if reset:
        state.set_scope(Scope())
        st.rerun()
    if applied:
        state.set_scope(
            Scope(
                ties=frozenset(ties or TIES),
                programmes=tuple(chosen),
                years=None if years == (first, last) else (int(years[0]), int(years[1])),
                countries=tuple(places),
                regions=tuple(areas),
                weighting=weighting or "full",
                level=level or "institution",
                include_cnrs=with_cnrs,
            )
        )
        st.rerun()


def _span() -> tuple[int, int]:
    events = reads.incidence().events
    first, last = events["first"].min(), events["last"].max()
    today = dt.date.today().year
    return (int(first) if first else today - 20, int(last) if last else today)  # type: ignore[arg-type]


def _within(years: tuple[int, int] | None, first: int, last: int) -> tuple[int, int]:
    if years is None:
        return first, last
    return min(max(years[0], first), last), max(min(years[1], last), first)


def _snapshots(scope: Scope) -> set[str]:
    """Return the ids of the snapshots that the ties of a scope come from."""
    roots = {re.split(r"[-.]", code)[0] for code in scope.programmes}
    found: set[str] = set()
    for tie, framework, snapshot in reads.rows("frame_tie_snapshots").rows:
        outside = roots and (
            framework not in roots if tie == "projects" else tie == "copublications" or roots <= FRAMEWORKS
        )
        if tie in scope.ties and not outside:
            found.add(str(snapshot))
    return found


def _date_of_data(scope: Scope, language: Language) -> str:
    """Say from when to when the data of the scope are dated; one date where there is one, a dash where none is."""
    used = _snapshots(scope)
    rows = reads.rows("frame_snapshots").dicts()
    days = sorted(str(row["date"]) for row in rows if row["id"] in used and row["date"] and row["dated"])
    if not days or days[0] == days[-1]:
        return t("frame.data_of", language, date=date(days[0] if days else None, language))
    return t("frame.data_between", language, first=_month(days[0], language), last=_month(days[-1], language))


def _month(day: str, language: Language) -> str:
    return str(format_date(dt.date.fromisoformat(day[:10]), format="MMM y", locale=language))


def _information(scope: Scope, language: Language) -> None:
    """Say where the figures come from and how they are counted: one line a snapshot."""
    used = _snapshots(scope)
    for key, inside in (("sources_in_scope", True), ("sources_elsewhere", False)):
        rows = [row for row in reads.rows("frame_snapshots").dicts() if (row["id"] in used) is inside]
        if rows:
            st.markdown(f"**{t(f'frame.{key}', language)}**")
            lines = (
                f"{row[f'name_{language}']} · {vintage(str(row['date'] or ''), language, dated=bool(row['dated']))}"
                for row in rows
            )
            st.caption("  \n".join(lines))
    st.markdown(f"**{t('frame.counting', language)}**")
    for key in ("counting_scope", "counting_weighting", "counting_copublications", "counting_unknown"):
        st.caption(t(f"frame.{key}", language))
