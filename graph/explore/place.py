"""Where nodes stand: computed once, in pixels of a fitted canvas; the same picture always stands the same."""

from __future__ import annotations

import random
from collections.abc import Mapping
from math import cos, pi, sin, sqrt
from typing import TYPE_CHECKING, Final

import igraph as ig
import numpy as np
import numpy.typing as npt

from graph.explore.view import View
from graph.network.communities import RANDOM
from graph.queries import internal

if TYPE_CHECKING:
    from graph.store import Store

Places = dict[str, tuple[float, float]]
Points = npt.NDArray[np.float64]

WIDTH, HEIGHT = 760.0, 540.0
GOLDEN: Final = pi * (3 - sqrt(5))
SEED: Final = 7
DATE_LINE: Final = -128.0


def world_places(view: View, store: Store, radius: Mapping[str, float]) -> Places:
    """Put countries where the atlas has them, pushed apart until none covers another (Dorling 1996).

    Sub-regions stand amid their countries, the CNRS in Paris.

    Args:
        view: the world.
        store: where the countries' positions are read.
        radius: drawn radius by key.
    """
    found = store.read(internal("explore_countries")).rows
    lies = {f"Country:{row[0]}": (row[4], row[3]) for row in found if row[3] is not None and row[4] is not None}
    keys = [node.key for node in view.nodes]
    seat = lies.get("Country:FR", (2.35, 48.85))
    points = np.array([_atlas(lies.get(key, seat)) for key in keys])
    index = {key: row for row, key in enumerate(keys)}
    inside: dict[str, list[int]] = {}
    for edge in view.edges:
        if edge.tie == "located_in":
            inside.setdefault(edge.b, []).append(index[edge.a])
    for group, rows in inside.items():
        points[index[group]] = points[rows].mean(axis=0)
    room = np.array([radius.get(key, 6.0) for key in keys]) + 9.0
    return _places(keys, _apart(points, room, pull=points.copy()))


def _atlas(place: tuple[object, object]) -> tuple[float, float]:
    """Return canvas coordinates; Europe, where most of the ties are, is magnified as under a lens."""
    longitude, latitude = float(str(place[0])), float(str(place[1]))
    # The picture is cut in the Pacific, east of Polynesia, so that no region lies on both of its edges.
    longitude += 360.0 if longitude < DATE_LINE else 0.0
    dx, dy = (longitude - 12.0) / 180, (49.0 - latitude) / 90
    x = np.sign(dx) * abs(dx) ** 0.52 * WIDTH * 0.52
    y = np.sign(dy) * abs(dy) ** 0.58 * HEIGHT * 0.7
    return float(x), float(y)


def places(view: View, radius: Mapping[str, float], known: Mapping[str, tuple[float, float]] | None = None) -> Places:
    """Lay out a neighbourhood: the strongest nearest the centre, kinds in sectors, then relaxed along the ties.

    Args:
        view: the picture.
        radius: drawn radius by key.
        known: places to keep; new nodes come in beside the node that was opened.
    """
    keys = [node.key for node in view.nodes]
    if not keys:
        return {}
    known = known or {}
    fixed = np.array([key in known for key in keys])
    points = _start(view, keys, known)
    index = {key: row for row, key in enumerate(keys)}
    pairs = [(index[edge.a], index[edge.b]) for edge in view.edges]
    if pairs and not fixed.all() and len(keys) > 2:
        points = _relaxed(points, pairs, fixed, len(keys))
    room = np.array([radius.get(key, 6.0) for key in keys]) + (17.0 if len(keys) < 90 else 11.0)
    return _places(keys, _apart(points, room, fixed=fixed))


def _start(view: View, keys: list[str], known: Mapping[str, tuple[float, float]]) -> Points:
    centre = view.centre or keys[0]
    others = [node for node in view.nodes if node.key != centre and node.key not in known]
    points = np.zeros((len(keys), 2))
    order = {node.key: rank for rank, node in enumerate(others)}
    brought: dict[str, int] = {}
    for row, (key, node) in enumerate(zip(keys, view.nodes, strict=True)):
        if key in known:
            points[row] = known[key]
        elif node.opened in known and node.opened is not None:
            turn = brought.get(node.opened, 0)
            brought[node.opened] = turn + 1
            away = np.array(known[node.opened])
            reach = 46 + 15 * sqrt(turn)
            points[row] = away + reach * np.array([cos(GOLDEN * turn), sin(GOLDEN * turn)])
        elif key != centre:
            rank = order[key] + 2
            reach = 40 * sqrt(rank)
            points[row] = (reach * cos(GOLDEN * rank) * 1.45, reach * sin(GOLDEN * rank))
    return points


def _relaxed(points: Points, pairs: list[tuple[int, int]], fixed: npt.NDArray[np.bool_], size: int) -> Points:
    graph = ig.Graph(size, pairs).simplify()
    # Fruchterman-Reingold works in units of one tie's length; ours is in pixels.
    unit = 62.0
    start = points / unit
    bounds: dict[str, list[float]] = {}
    if fixed.any():
        wide = np.where(fixed, 0.0, 1e4)
        bounds = {
            "minx": (start[:, 0] - wide).tolist(),
            "maxx": (start[:, 0] + wide).tolist(),
            "miny": (start[:, 1] - wide).tolist(),
            "maxy": (start[:, 1] + wide).tolist(),
        }
    with RANDOM:
        ig.set_random_number_generator(random.Random(SEED))  # noqa: S311 -- a picture needs no secret
        try:
            laid = graph.layout_fruchterman_reingold(
                seed=start.tolist(), niter=400, start_temp=size**0.5 / 6, grid=False, **bounds
            )
        finally:
            ig.set_random_number_generator(random)
    relaxed: Points = np.array(laid.coords) * unit
    if fixed.any():
        relaxed[fixed] = points[fixed]
        return relaxed
    return _framed(relaxed)


def _framed(points: Points) -> Points:
    """Turn the long side into the width and fill the frame's shape, within reason."""
    centred = points - points.mean(axis=0)
    spread = np.ptp(centred, axis=0)
    if spread[1] > spread[0]:
        centred = centred[:, ::-1]
        spread = spread[::-1]
    scale = np.array([WIDTH, HEIGHT]) / np.maximum(spread, 1.0)
    even = float(scale.min())
    framed: Points = centred * np.clip(scale, even, even * 1.7)
    return framed


def _apart(
    points: Points, room: Points, *, fixed: npt.NDArray[np.bool_] | None = None, pull: Points | None = None
) -> Points:
    """Push overlapping discs apart; `fixed` ones stay, `pull` draws each gently back to where it belongs."""
    placed: Points = points.astype(float).copy()
    placed += 0.01 * np.column_stack([np.cos(GOLDEN * np.arange(len(placed))), np.sin(GOLDEN * np.arange(len(placed)))])
    free = np.ones(len(placed)) if fixed is None else (~fixed).astype(float)
    reach = room[:, None] + room[None, :]
    for step in range(260):
        between = placed[:, None, :] - placed[None, :, :]
        distance = np.sqrt((between**2).sum(axis=2)) + np.eye(len(placed)) * 1e9
        overlap = np.clip(reach - distance, 0, None)
        if pull is None and overlap.max() < 0.5:
            break
        push = (overlap / np.maximum(distance, 1e-6))[:, :, None] * between
        placed += 0.32 * push.sum(axis=1) * free[:, None]
        if pull is not None and step < 180:
            placed += 0.015 * (pull - placed)
    return placed


def _places(keys: list[str], points: Points) -> Places:
    return {key: (round(float(x), 1), round(float(y), 1)) for key, (x, y) in zip(keys, points, strict=True)}
