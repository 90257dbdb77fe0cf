"""What the commands share: their common options, and the store they open."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.errors import BadRequest
from graph.settings import Settings

if TYPE_CHECKING:
    from graph.store import Store

Data = Annotated[Path | None, typer.Option("--data", help="Directory of store and snapshots.", show_default="data")]
ScopeText = Annotated[
    str,
    typer.Option(
        "--scope", help='What to count, as in "ties=projects;programmes=HORIZON;years=2021-2025;weighting=newman".'
    ),
]


class Engine(StrEnum):
    """Where measures are computed."""

    local = "local"
    gds = "gds"


def settings_for(data: Path | None) -> Settings:
    """Return the settings of a command; `--data` wins over the environment."""
    return Settings() if data is None else Settings(data_dir=data)


def built_store(data: Path | None) -> Store:
    """Open the store of a command and make sure it holds a complete graph.

    Raises:
        NotBuilt: no build has finished in it.
        NewerSchema: a newer program has built it.
    """
    from graph.store import open_store  # noqa: PLC0415 - the driver and the engine; most of a command's start-up

    store = open_store(settings_for(data))
    try:
        store.built()
    except BaseException:
        store.close()
        raise
    return store


def pairs(given: list[str] | None) -> dict[str, str]:
    """Read `--param name=value` options.

    Raises:
        BadRequest: one has no value, or comes twice; names it.
    """
    found: dict[str, str] = {}
    for text in given or []:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadRequest(f"'--param {text}' has no value.", "Write it as name=value, as in country=JP.")
        if name.strip() in found:
            raise BadRequest(f"'--param {name.strip()}' is given twice.", "Give it once.")
        found[name.strip()] = value
    return found
