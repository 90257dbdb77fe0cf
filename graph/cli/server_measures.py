"""`measure --engine gds`: measures computed in the server, shown alone or beside those computed here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import polars as pl

from graph.cli.output import About, FrameFormat, deliver, errors
from graph.errors import BadRequest
from graph.network import (
    MEASURES,
    Projection,
    Scope,
    agreement,
    cache_incidence,
    measure_info,
    modularity,
    project,
    values,
)
from graph.network.gds import IN_SERVER, ServerNetwork, server_network
from graph.store import Store

T = TypeVar("T")

_COLUMNS: Final = {
    "measure": pl.String,
    "actors": pl.Int64,
    **dict.fromkeys(("Spearman", "max. diff.", "NMI", "Q server", "Q here", "s server", "s here"), pl.Float64),
}
"""NMI: normalised mutual information of two partitions; Q: their modularity; s: seconds."""


def check(names: Sequence[str]) -> None:
    """Refuse a measure the server does not compute.

    Raises:
        BadRequest: names it and those there are.
    """
    for name in names:
        if name not in IN_SERVER:
            raise BadRequest.of("refused.not_in_server", name=name, measures=", ".join(IN_SERVER))


def show_measures(
    store: Store,
    scope: Scope,
    names: Sequence[str],
    *,
    top: int,
    compare: bool,
    form: FrameFormat,
    out: Path | None = None,
) -> None:
    """Write the ranking, or with `compare` how far it agrees with one computed here, to a file or standard output."""
    incidence = cache_incidence(store, store.settings)
    drawing = errors.status("Drawing the network in the server…")
    with drawing as status, server_network(store, incidence, scope) as found:
        seconds = {}
        for name in names:
            status.update(f"{name} of {found.nodes.height:,} actors and {found.ties:,} ties in the server…")
            _, seconds[name] = _timed(partial(found.measure, name))
    methods = {name: f"{MEASURES[name].definition('en')} {found.method(name, 'en')}" for name in names}
    about = About(scope.sentence("en"), found.note_texts("en"), methods)
    if not compare:
        deliver(found.table(names), top, form, out, about)
        return
    with errors.status("The same on this machine…"):
        projection = project(incidence, scope)
        rows = [_compared(found, projection, name, seconds[name]) for name in names]
    here = {f"{name} here": measure_info(projection, name).method("en") for name in names}
    table = pl.DataFrame(rows, schema=_COLUMNS, orient="row")
    deliver(table, 0, form, out, replace(about, methods={**methods, **here}))


def _compared(found: ServerNetwork, projection: Projection, name: str, seconds: float) -> list[object]:
    here, took = _timed(partial(values, projection, name))
    there = found.measure(name)
    one = agreement(name, here, there)
    quality = [modularity(projection, each) for each in (there, here)] if name == "community" else [None, None]
    return [name, one.actors, one.spearman, one.difference, one.information, *quality, seconds, took]


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started
