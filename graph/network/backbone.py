"""Which ties stand out from chance at either of their ends: the disparity filter."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from graph.network.answer import PAIR, Analysis, Answer, Column, Parameter, Picture, named_ends
from graph.network.caveats import caveats
from graph.network.centrality import degree, strength
from graph.network.incidence import Incidence
from graph.network.projection import Floats, Projection, project
from graph.network.scope import Scope

_COLUMNS: Final = (
    *PAIR,
    Column("weight", decimals=2),
    Column("alpha", decimals=4),
    Column("projects"),
    Column("agreements"),
    Column("works"),
)


def disparity(projection: Projection) -> Floats:
    """Return how likely chance is to give each tie its weight: the lesser of (1 - w_ij/s_i)^(k_i - 1) at its two ends.

    Chance spreads an actor's strength s_i at random over its k_i partners (Serrano, Boguñá & Vespignani 2009, PNAS 106,
    6483). An end with a single partner tells nothing, its value is 1. Scaling all weights changes nothing.

    Returns:
        By edge, from 0 to 1; empty without ties.
    """
    weight, partners = strength(projection), degree(projection)
    ends = [
        np.clip(1 - projection.weight / weight[end], 0, 1) ** (partners[end] - 1)
        for end in (projection.a, projection.b)
    ]
    found: Floats = np.minimum(*ends)
    return found


def backbone(incidence: Incidence, scope: Scope, alpha: float = 0.05) -> Answer:
    """List the ties that stand out, and say what part of the network they hold.

    Args:
        incidence: the store's ties.
        scope: the network.
        alpha: a tie is kept where chance at one of its ends is less likely than this.

    Returns:
        Heaviest first, equal ones by `alpha`, then keys; empty where no tie stands out.
    """
    projection = project(incidence, scope)
    chance = disparity(projection)
    kept = np.flatnonzero(chance < alpha)
    edges = projection.edges[kept].with_columns(pl.Series("alpha", chance[kept]))
    table = (
        named_ends(projection.nodes, edges)
        .sort("weight", "alpha", "a", "b", descending=[True, False, False, False])
        .select(column.name for column in _COLUMNS)
    )
    tied, still = degree(projection), np.unique(np.concatenate([projection.a[kept], projection.b[kept]]))
    figures: dict[str, float | int | str | None] = {
        "ties": projection.edges.height,
        "ties_kept": len(kept),
        "ties_share": _share(len(kept), projection.edges.height),
        "weight_share": _share(float(projection.weight[kept].sum()), float(projection.weight.sum())),
        "actors_kept": len(still),
        "actors_share": _share(len(still), int((tied > 0).sum())),
    }
    return Answer(scope, table, figures, tuple(caveats(incidence, projection)))


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "backbone",
        "structure",
        backbone,
        _COLUMNS,
        (Parameter("alpha", "share", 0.05),),
        Picture("network", "a", "b"),
        shares=("ties_share", "weight_share", "actors_share"),
    ),
)
