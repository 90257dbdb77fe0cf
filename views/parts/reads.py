"""Cached reads of the store and the network: shared by all sessions, keyed by the build, bounded, never changed.

Every cache carries the fingerprint of the build it was read from, so that a new build is seen at the next click.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl
import streamlit as st

from graph.errors import NewerSchema, NotBuilt
from graph.explore.read import nodes
from graph.i18n import Language
from graph.network import ANALYSES, Answer, Incidence, Projection, Scope, cache_incidence, measure_table, project
from graph.queries import internal
from graph.settings import Settings
from graph.store import Rows, Store, open_store
from graph.store.text import fold

SEARCHED: Final = ("Country", "Institution", "Lab", "Programme", "Agreement", "Project")


@st.cache_resource(show_spinner=False, max_entries=1)
def _open() -> Store:
    return open_store(Settings())


def store() -> Store:
    """Return the store, opened once for all sessions.

    Raises:
        StoreUnavailable: it cannot be reached or started.
    """
    return _open()


def forget() -> None:
    """Let go of the store and of everything read from it; the next read starts anew."""
    st.cache_resource.clear()


def fingerprint() -> str:
    """Return the checksum of the build that is loaded.

    Raises:
        NotBuilt: the store holds no complete graph.
        NewerSchema: a newer program has built it.
        StoreUnavailable: it cannot be reached.
    """
    try:
        return store().built().fingerprint
    except NotBuilt:
        raise NotBuilt.of("frame.not_built") from None
    except NewerSchema:
        raise NewerSchema.of("frame.newer_schema") from None


@st.cache_resource(show_spinner=False, max_entries=64)
def _rows(build: str, query: str, parameters: tuple[tuple[str, object], ...]) -> Rows:
    del build
    return _open().read(internal(query), dict(parameters))


def rows(query: str, parameters: Mapping[str, object] | None = None) -> Rows:
    """Answer an internal question by name, once a build; parameter values must be hashable."""
    return _rows(fingerprint(), query, tuple(sorted((parameters or {}).items())))


@st.cache_resource(show_spinner=False, max_entries=2)
def _incidence(build: str) -> Incidence:
    del build
    return cache_incidence(_open(), Settings())


def incidence() -> Incidence:
    """Return who takes part in what, for the whole store; shared, never to be changed."""
    return _incidence(fingerprint())


@st.cache_resource(show_spinner=False, max_entries=6, hash_funcs={Scope: repr})
def _projection(build: str, scope: Scope) -> Projection:
    return project(_incidence(build), scope)


def projection(scope: Scope) -> Projection:
    """Return the one-mode network of a scope; frozen and shared, its measures computed once."""
    return _projection(fingerprint(), scope)


def measures(scope: Scope, names: Sequence[str]) -> pl.DataFrame:
    """Return `rank`, `id`, `label`, `name`, `country` and one column a measure, best first by the first of them."""
    return measure_table(projection(scope), names)


@st.cache_resource(show_spinner=False, max_entries=24, hash_funcs={Scope: repr})
def _analysed(build: str, name: str, scope: Scope, given: tuple[tuple[str, Any], ...]) -> Answer:
    return ANALYSES[name].answer(_incidence(build), scope, dict(given))


def answer(name: str, scope: Scope, given: Mapping[str, Any]) -> Answer:
    """Return what an analysis finds in a scope, once a build; parameter values must be hashable.

    Raises:
        BadRequest: the graph has no such place, programme or body, or the analysis does not take this scope.
    """
    return _analysed(fingerprint(), name, scope, tuple(sorted(given.items())))


def named(keys: Sequence[str], language: Language) -> dict[str, str]:
    """Return the names of nodes by their keys; a key the graph does not have stands for itself."""
    known = nodes(store(), list(dict.fromkeys(keys)))
    written = {key: node.name_fr if language == "fr" else node.name_en for key, node in known.items()}
    return {key: written.get(key, key) for key in keys}


def names(label: str, language: Language) -> dict[str, str]:
    """Return id -> name of every Country, Region or Programme: places by name, programmes by code with it."""
    column = 1 if language == "fr" else 2
    read = {str(row[0]): str(row[column] or row[0]) for row in rows(f"frame_{label.lower()}").rows}
    if label == "Programme":
        return {code: name if name == code else f"{code} · {name}" for code, name in sorted(read.items())}
    return dict(sorted(read.items(), key=lambda item: fold(item[1])))


def search(text: str, limit: int = 12) -> list[dict[str, Any]]:
    """Return the best matches over every kind a person may look for: label, id, name, country, score."""
    return store().search(text, SEARCHED, limit).dicts()
