"""The one door to the graph: a Store over the official neo4j driver, for Neo4j and the embedded engine.

Names are resolved on first use, so that the store's own server process
starts without loading the driver and the columnar library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.store.build import BuildInfo
    from graph.store.console import Running
    from graph.store.embedded import stop_store
    from graph.store.rows import Rows
    from graph.store.store import Store, StoreStatus, open_store
    from graph.store.sync import Change, LoadReport
    from graph.store.tables import Tables

_HOMES = {
    "BuildInfo": "build",
    "Change": "sync",
    "LoadReport": "sync",
    "Rows": "rows",
    "Running": "console",
    "Store": "store",
    "StoreStatus": "store",
    "Tables": "tables",
    "open_store": "store",
    "stop_store": "embedded",
}

__all__ = [
    "BuildInfo",
    "Change",
    "LoadReport",
    "Rows",
    "Running",
    "Store",
    "StoreStatus",
    "Tables",
    "open_store",
    "stop_store",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"graph.store.{_HOMES[name]}"), name)
