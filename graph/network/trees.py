"""Walks up a tree of child and parent: of programmes, topics and places."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl


def line(parents: Mapping[str, str | None], one: str) -> list[str]:
    """Return one and everything above it, the root last; a tree that runs in a circle is left where it closes."""
    found = [one]
    while (above := parents.get(found[-1])) is not None and above not in found:
        found.append(above)
    return found


def at_depth(tree: pl.DataFrame, depth: int) -> pl.DataFrame:
    """Return `id` and `top`, the one above it (or itself) at a depth of the tree; a shallower one stands for itself."""
    parents = dict(tree.select("id", "parent").iter_rows())
    lines = [line(parents, one) for one in parents]
    tops = [up[max(len(up) - depth, 0)] for up in lines]
    return pl.DataFrame({"id": list(parents), "top": tops}, schema={"id": pl.String, "top": pl.String})
