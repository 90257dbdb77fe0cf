"""Where nodes stand on the canvas: computed here once, so that nothing moves between two visits."""

from __future__ import annotations

import random
from typing import Any

import igraph as ig
import networkx as nx
import numpy as np

from graph.network.communities import RANDOM


def layout(graph: nx.Graph[Any], seed: int = 7) -> dict[str, tuple[float, float]]:
    """Place the nodes by Fruchterman–Reingold, ties pulling by the square root of their weight.

    The same graph and seed give the same places, whatever the order of its nodes.

    Args:
        graph: undirected; edge attribute `weight`, taken as 1 where missing.
        seed: start of the random places.

    Returns:
        x and y of each node, centred and within -1 to 1; a node alone stands at the centre.
    """
    names = sorted(graph, key=str)
    if len(names) < 2:
        return dict.fromkeys(names, (0.0, 0.0))
    number = {name: vertex for vertex, name in enumerate(names)}
    ties = sorted(
        (min(number[a], number[b]), max(number[a], number[b]), float(attributes.get("weight") or 1))
        for a, b, attributes in graph.edges(data=True)
        if a != b
    )
    pull = np.sqrt(np.array([weight for _, _, weight in ties]))
    drawn = ig.Graph(len(names), [(a, b) for a, b, _ in ties])
    start = np.random.default_rng(seed).uniform(-1, 1, (len(names), 2)) * np.sqrt(len(names))
    with RANDOM:
        ig.set_random_number_generator(random.Random(seed))  # noqa: S311 - a picture needs no secret
        try:
            places = np.array(
                drawn.layout_fruchterman_reingold(
                    weights=(pull / pull.max()).tolist() if ties else None, seed=start.tolist()
                ).coords
            )
        finally:
            ig.set_random_number_generator(random)
    places -= (places.max(axis=0) + places.min(axis=0)) / 2
    places /= np.abs(places).max() or 1.0
    return {name: (float(x), float(y)) for name, (x, y) in zip(names, places, strict=True)}
