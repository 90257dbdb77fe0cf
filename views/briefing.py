"""Briefing: pick a country or an institution, a language and a day; read it here, take it as HTML or PDF."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

import streamlit as st

from graph.briefing import Briefing, compose, to_html, to_pdf
from graph.i18n import LANGUAGES, Language, t
from graph.network import CNRS
from graph.store.text import fold
from views.parts import frame, reads, state

KINDS: Final = ("Country", "Institution")
PREVIEW_HEIGHT: Final = 1150
HITS: Final = 20


def draw() -> None:
    language = state.language()
    frame.page("frame.page_briefing")
    left, right = st.columns([1, 3], gap="large")
    with left:
        st.caption(t("briefing.intro", language))
        subject = _subject(language)
        written_in = _language(language)
        visit = st.date_input(
            t("briefing.choose_visit", language),
            value=None,
            format="DD/MM/YYYY",
            key=f"briefing.visit.{state.arrivals()}",
        )
    with right, frame.guard():
        if subject is None:
            st.info(t("briefing.nothing_chosen", language))
            return
        _briefing(subject, written_in, visit if isinstance(visit, dt.date) else None, language)


# ---- what it is about


def _wanted() -> str:
    """The subject in the address, else what Explore looks at."""
    if state.param("subject"):
        return state.param("subject")
    label, identity = state.focus() or ("", "")
    return identity if label == "Country" else f"{label}:{identity}" if label == "Institution" else ""


def _subject(language: Language) -> str | None:
    current = _wanted()
    institution = current.startswith("Institution:")
    kind = st.segmented_control(
        t("briefing.choose_kind", language),
        KINDS,
        default=KINDS[1] if institution else KINDS[0],
        format_func=lambda name: t(f"briefing.kind_{name.lower()}", language),
        key=f"briefing.kind.{state.arrivals()}.{institution}.{language}",
        required=True,
    )
    if kind == KINDS[1]:
        chosen = _institution(current if institution else "", language)
    else:
        chosen = _country("" if institution else current.removeprefix("Country:"), language)
    if chosen and chosen != state.param("subject"):
        state.set_param("subject", chosen)
    return chosen or None


def _country(current: str, language: Language) -> str:
    names = reads.names("Country", language)
    codes = list(names)
    if current and current not in names:
        # A name or another code in the address: the briefing itself says whether it can be read.
        codes = [current, *codes]
    chosen = st.selectbox(
        t("briefing.choose_country", language),
        codes,
        index=codes.index(current) if current in codes else None,
        format_func=lambda code: names.get(code, code),
        placeholder=t("briefing.choose_country", language),
        key=f"briefing.country.{state.arrivals()}.{language}",
    )
    return chosen or ""


def _institution(current: str, language: Language) -> str:
    """Find an institution while typing; the one in hand stays until another is chosen."""
    typed = st.text_input(
        t("briefing.choose_institution", language),
        key=f"briefing.search.{state.arrivals()}.{language}",
        type="search",
        live=True,
        placeholder=t("briefing.choose_institution", language),
    )
    text = (typed or "").strip()
    found: dict[str, str] = {}
    if len(text) >= 2:
        hits = reads.store().search(text, ("Institution",), HITS).dicts()
        found = {f"Institution:{hit['id']}": _named(hit["name"], hit["country"]) for hit in hits}
        found.pop(CNRS, None)
        if not found:
            st.caption(t("briefing.no_match", language, text=frame.plain(text)))
    if current and current not in found:
        found = {current: _name_of(current), **found}
    if not found:
        return ""
    options = list(found)
    chosen = st.selectbox(
        t("briefing.choose_found", language),
        options,
        index=options.index(current) if current else None,
        format_func=lambda one: found[one],
        placeholder=t("briefing.choose_found", language),
        key=f"briefing.found.{state.arrivals()}.{text}.{language}",
    )
    return chosen or ""


def _name_of(subject: str) -> str:
    rows = reads.rows("briefing_institution", {"id": subject.removeprefix("Institution:")}).dicts()
    return _named(rows[0]["name"], rows[0]["country"]) if rows else subject


def _named(name: object, country: object) -> str:
    return f"{name} · {country}" if country else str(name)


def _language(language: Language) -> Language:
    asked = state.param("brief_lang")
    chosen = st.segmented_control(
        t("briefing.choose_language", language),
        LANGUAGES,
        default=asked if asked in LANGUAGES else language,
        format_func=lambda one: t(f"briefing.language_{one}", language),
        key=f"briefing.language.{state.arrivals()}.{language}",
        required=True,
    )
    picked = chosen or language
    state.set_param("brief_lang", "" if picked == language else picked)
    return picked


# ---- the briefing itself


@st.cache_resource(show_spinner=False, max_entries=16)
def _written(build: str, subject: str, language: Language, visit: dt.date | None, today: dt.date) -> Briefing:
    del build
    return compose(reads.store(), subject, language, visit_date=visit, today=today, incidence=reads.incidence())


@st.cache_data(show_spinner=False, max_entries=16)
def _page(build: str, subject: str, language: Language, visit: dt.date | None, today: dt.date) -> str:
    return to_html(_written(build, subject, language, visit, today))


@st.cache_data(show_spinner=False, max_entries=16)
def _print(build: str, subject: str, language: Language, visit: dt.date | None, today: dt.date) -> bytes:
    return to_pdf(_written(build, subject, language, visit, today))


def _briefing(subject: str, written_in: Language, visit: dt.date | None, language: Language) -> None:
    """The buttons, then the page itself in a frame of its own, where no script may run."""
    asked = (reads.fingerprint(), subject, written_in, visit, dt.date.today())
    with st.spinner(t("briefing.waiting", language)):
        briefing = _written(*asked)
        page, paper = _page(*asked), _print(*asked)
    name = _file_name(briefing)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            t("briefing.save_pdf", language), paper, f"{name}.pdf", "application/pdf", type="primary", on_click="ignore"
        )
        st.download_button(t("briefing.save_html", language), page, f"{name}.html", "text/html", on_click="ignore")
        if st.button(t("briefing.explore", language), key="briefing.explore"):
            state.open_in_explore(briefing.subject.kind, briefing.subject.id)
    st.iframe(page, height=PREVIEW_HEIGHT, alt=t("briefing.preview", language, name=briefing.subject.name))


def _file_name(briefing: Briefing) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", fold(briefing.subject.name)).strip("-")[:48]
    when = briefing.visit_date or briefing.written_on
    return f"{t('briefing.file', briefing.language)}-{plain or briefing.subject.country.lower()}-{when.isoformat()}"


draw()
