"""Without whom the network falls apart: articulation points, and what each of them holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

from graph.network.answer import ACTOR, Analysis, Answer, Column, Parameter, Picture
from graph.network.caveats import caveats
from graph.network.centrality import strength
from graph.network.incidence import Incidence
from graph.network.projection import Ints, Projection, project
from graph.network.scope import Scope

_NAMED: Final = 3
"""Actors cut off that are named, the strongest ones."""

_COLUMNS: Final = (
    *ACTOR,
    Column("cut_off"),
    Column("pieces"),
    Column("largest_piece"),
    Column("remains"),
    Column("who_cut_off", "text"),
)


@dataclass(frozen=True, eq=False)
class CutPoint:
    """What the removal of one vertex does to its component.

    Attributes:
        vertex: its number.
        cut_off: vertices no longer joined to the largest piece that is left; of equal ones that of the lowest vertex.
        pieces: sizes of the pieces that fall off, largest first.
        remains: vertices in the largest piece.
    """

    vertex: int
    cut_off: Ints
    pieces: tuple[int, ...]
    remains: int


def cut_points(projection: Projection) -> list[CutPoint]:
    """Return the articulation points (Tarjan 1972, SIAM J. Comput. 1, 146) and what each cuts off.

    Vertices without a tie and those of a ring are none; weights play no part.

    Returns:
        Most cut off first, equal ones by vertex; empty for an empty network.
    """
    if projection.edges.is_empty():
        return []
    blocks, points = projection.igraph.biconnected_components(return_articulation_points=True)
    points = np.array(sorted(points), dtype=np.int64)
    # Blocks and the points between them are a forest, far smaller than the network: that is what is taken apart.
    member = np.concatenate([np.array(block, dtype=np.int64) for block in blocks])
    block_of = np.repeat(np.arange(len(blocks)), [len(block) for block in blocks]) + len(points)
    home = np.full(projection.nodes.height, -1, dtype=np.int64)
    home[member] = block_of
    home[points] = np.arange(len(points))
    tied = home[member] < len(points)
    ties = np.column_stack([home[member[tied]], block_of[tied]])
    found = [_cut(vertex, place, home, ties, len(points) + len(blocks)) for place, vertex in enumerate(points.tolist())]
    return sorted(found, key=lambda one: (-len(one.cut_off), one.vertex))


def holding(incidence: Incidence, scope: Scope, floor: int = 2) -> Answer:
    """Rank the actors without whom others lose every path to the rest.

    Args:
        incidence: the store's ties.
        scope: the network.
        floor: least number of actors cut off.

    Returns:
        Most cut off first; empty where no single actor holds as many.
    """
    projection = project(incidence, scope)
    found = cut_points(projection)
    kept = [one for one in found if len(one.cut_off) >= floor]
    weight = strength(projection)
    # A body may have no name, and one the store has ties of but no record of has a key alone.
    names = projection.nodes.select(pl.coalesce("name", "id", "key")).to_series()
    columns = {
        "vertex": [one.vertex for one in kept],
        "cut_off": [len(one.cut_off) for one in kept],
        "pieces": [len(one.pieces) for one in kept],
        "largest_piece": [one.pieces[0] for one in kept],
        "remains": [one.remains for one in kept],
        "who_cut_off": [
            " · ".join(names.gather(one.cut_off[np.argsort(-weight[one.cut_off], kind="stable")[:_NAMED]]))
            for one in kept
        ],
    }
    types = {name: pl.String if name == "who_cut_off" else pl.Int64 for name in columns}
    nodes = projection.nodes.with_columns(pl.row_index("vertex").cast(pl.Int64))
    table = (
        pl.DataFrame(columns, schema=types)
        .join(nodes, on="vertex", how="left", maintain_order="left")
        .select(column.name for column in _COLUMNS)
    )
    figures: dict[str, float | int | str | None] = {
        "actors": projection.nodes.height,
        "giant": int(np.bincount(projection.pieces).max(initial=0)),
        "points": len(found),
        "points_shown": len(kept),
    }
    return Answer(scope, table, figures, (*caveats(incidence, projection), ("structure.cut_points_any_tie", {})))


def _cut(vertex: int, place: int, home: Ints, ties: Ints, size: int) -> CutPoint:
    left = ties[ties[:, 0] != place]
    forest = sparse.coo_array((np.ones(len(left)), (left[:, 0], left[:, 1])), shape=(size, size))
    label = csgraph.connected_components(forest, directed=False)[1]
    piece = np.where((home < 0) | (home == place), -1, label[home])
    touched = np.flatnonzero(np.isin(piece, label[ties[ties[:, 0] == place, 1]]))
    labels, first, counts = np.unique(piece[touched], return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))
    cut_off = touched[piece[touched] != labels[order[0]]]
    sizes = counts[order].tolist()
    return CutPoint(vertex, cut_off, tuple(sizes[1:]), sizes[0])


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "cut_points",
        "structure",
        holding,
        _COLUMNS,
        (Parameter("floor", "count", 2),),
        Picture("bars", "name", "cut_off"),
    ),
)
