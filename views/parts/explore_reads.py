"""Pictures, places, panels and evidence, cached by build, picture and scope; shared by all sessions, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Thread

import networkx as nx
import polars as pl
import streamlit as st

from graph import explore
from graph.errors import ExplorerError
from graph.explore import Details, Evidence, Picture, View, ViewNode
from graph.explore.money import money
from graph.explore.read import nodes
from graph.explore.scoped import scoped
from graph.i18n import Language, vintage
from graph.network import CNRS, Scope
from graph.store import Store
from views.parts import reads
from views.parts.canvas.style import radii

Places = Mapping[str, tuple[float, float]]


@st.cache_resource(show_spinner=False, max_entries=60, hash_funcs={Scope: repr, Picture: repr})
def _view(build: str, picture: Picture, scope: Scope) -> View:
    del build
    return explore.draw(reads.store(), picture, scope, incidence=reads.incidence())


def view(picture: Picture, scope: Scope) -> View:
    """Return what a picture shows.

    Raises:
        BadRequest: its centre is not in the graph.
    """
    return _view(reads.fingerprint(), picture, scope)


@st.cache_resource(show_spinner=False, max_entries=60, hash_funcs={Scope: repr, Picture: repr})
def _places(build: str, picture: Picture, scope: Scope) -> Places:
    shown = _view(build, replace(picture, hidden=()), scope)
    counts = {node.key: None if node.projects is None else float(node.projects) for node in shown.nodes}
    radius = radii(counts, {CNRS, picture.centre or ""})
    if picture.centre is None:
        return explore.world_places(shown, reads.store(), radius)
    if picture.opened:
        before = _places(build, replace(picture, opened=picture.opened[:-1]), scope)
        return explore.places(shown, radius, before)
    return explore.places(shown, radius)


def places(picture: Picture, scope: Scope) -> Places:
    """Return where the nodes of a picture stand; what was there before something was opened keeps its place."""
    return _places(reads.fingerprint(), replace(picture, hidden=()), scope)


@st.cache_resource(show_spinner=False, max_entries=200, hash_funcs={Scope: repr})
def _details(build: str, label: str, identity: str, scope: Scope) -> Details:
    del build
    return explore.details(reads.store(), label, identity, scope, incidence=reads.incidence())


def details(label: str, identity: str, scope: Scope) -> Details:
    """Return the panel of a node."""
    return _details(reads.fingerprint(), label, identity, scope)


@st.cache_resource(show_spinner=False, max_entries=60, hash_funcs={Scope: repr})
def _evidence(build: str, a: str, b: str, scope: Scope) -> Evidence:
    del build
    return explore.evidence(reads.store(), a, b, scope, incidence=reads.incidence())


def evidence(a: str, b: str, scope: Scope) -> Evidence:
    """Return what stands behind a tie."""
    return _evidence(reads.fingerprint(), a, b, scope)


def undated(scope: Scope) -> int:
    """Return how many projects and agreements the scope leaves out because their years are unknown."""
    return scoped(reads.store(), scope, reads.incidence()).undated


def measured(scope: Scope, name: str, *, countries: bool) -> dict[str, float | None]:
    """Return a measure by node key, over the whole network of the scope, not over the picture."""
    level = "country" if countries else "institution"
    table = reads.measures(replace(scope, level=level), [name])
    rows = table.select(pl.concat_str("label", pl.lit(":"), "id"), name).iter_rows()
    return {str(key): None if value is None else float(value) for key, value in rows}


def network(view: View, language: Language) -> nx.Graph[str]:
    """Return a picture as a networkx graph, for GraphML and GEXF; parallel ties are joined."""
    graph: nx.Graph[str] = nx.Graph()
    for node in view.nodes:
        counts = {"projects": node.projects, "agreements": node.agreements, "works": node.works}
        graph.add_node(node.key, name=node.name(language), kind=node.label, country=node.country, **counts)
    for edge in view.edges:
        known = graph.get_edge_data(edge.a, edge.b, {})
        ties = "; ".join(filter(None, (known.get("tie"), edge.tie)))
        graph.add_edge(edge.a, edge.b, tie=ties, weight=edge.weight or known.get("weight") or 1.0)
    return graph


def names(keys: Sequence[str], language: Language) -> dict[str, str]:
    """Return the names of nodes by key."""
    found = _nodes(reads.fingerprint(), tuple(keys))
    return {key: node.caption(language) for key, node in found.items()}


@st.cache_resource(show_spinner=False, max_entries=100)
def _nodes(build: str, keys: tuple[str, ...]) -> dict[str, ViewNode]:
    del build
    return nodes(reads.store(), keys)


def sources(language: Language) -> dict[str, tuple[str, str]]:
    """Return, for each snapshot, the title of its source and the date of its data, written out."""
    return {
        str(row["id"]): (
            str(row[f"name_{language}"]),
            vintage(str(row["date"] or ""), language, dated=bool(row["dated"])),
        )
        for row in reads.rows("frame_snapshots").dicts()
    }


@st.cache_resource(show_spinner=False, max_entries=1)
def warm(build: str) -> Thread:
    """Read roles and amounts behind the first picture, so that the first panel opens at once."""
    del build
    thread = Thread(target=_quietly, args=(reads.store(),), daemon=True)
    thread.start()
    return thread


def _quietly(store: Store) -> None:
    # The panel reads the same again and shows what is wrong; here nobody looks.
    with suppress(ExplorerError):
        money(store)
