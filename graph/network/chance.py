"""Which ties are more than chance: joint projects against those of actors who take part in as many, at random."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from scipy import sparse

from graph.errors import BadRequest
from graph.network import null_model
from graph.network.answer import PAIR, Analysis, Answer, Column, Parameter, Picture, named_end
from graph.network.bipartite import Bipartite, Flags, bipartite, check_actor
from graph.network.incidence import Incidence
from graph.network.notes import Note
from graph.network.projection import Ints, places_in
from graph.network.scope import Scope

_COLUMNS: Final = (
    *PAIR,
    Column("n"),
    Column("expected", decimals=1, low="low", high="high"),
    Column("low"),
    Column("high"),
    Column("z", decimals=1),
    Column("p", decimals=4),
    Column("q", decimals=4),
    Column("beyond", "flag"),
    Column("n_a"),
    Column("n_b"),
)


def beyond_chance(
    incidence: Incidence, scope: Scope, of: str | None = None, floor: int = 5, fdr: float = 0.05, top: int = 1000
) -> Answer:
    """Test every tie between actors of some weight against the bipartite configuration model of the scope.

    Args:
        incidence: the store's ties.
        scope: what to count; joint events count as one each whatever its weighting.
        of: an actor whose pairs are tested, or a country ("Country:CA"), the pairs with an end in it; all if None.
        floor: least number of projects and agreements of either end. Fewer cannot be told from chance, and chosen by
            events of their own, not by joint ones, the tests stay fair.
        fdr: share of false ones to put up with among those called beyond chance (Benjamini & Hochberg 1995).
        top: most pairs to show.

    Returns:
        The pairs that share an event, least likely first: `n` joint events, `expected` by chance with the range of 95
        of 100 cases, `z`, `p` of as many or more, `q` the share of false ones down to this row, and `beyond`. Pairs
        that share none count as tested. An actor that takes part in every event is in none: its ties are certain.

    Raises:
        BadRequest: the scope has joint works alone, or `of` is not in it or takes part in too little.
    """
    with_members = scope.ties - {"copublications"}
    if not with_members:
        raise BadRequest.of("refused.works_no_members")
    shape = bipartite(incidence, replace(scope, ties=with_members))
    everywhere = shape.taken == shape.events.height
    family = np.flatnonzero((shape.taken >= floor) & ~everywhere)
    # Bit 1: in the scope's places; bit 2: asked for. Either end of a pair may bring either.
    marks = shape.within + 2 * _asked(incidence, shape, scope, of, floor)
    found = sparse.triu(shape.joint[family][:, family], 1).tocoo()
    a, b = family[found.row], family[found.col]
    kept = (marks[a] | marks[b]) == 3
    a, b, n = a[kept], b[kept], found.data[kept].astype(np.int64)
    tested = _pairs(marks[family])
    members = np.bincount(shape.event, minlength=shape.events.height)
    by_chance = null_model.joint(null_model.chance(shape.taken, members), a, b, n)
    table = (
        pl.concat([_end(shape, "a", a), _end(shape, "b", b)], how="horizontal")
        .with_columns(
            pl.Series("n", n),
            pl.Series("expected", by_chance.mean),
            pl.Series("low", by_chance.low),
            pl.Series("high", by_chance.high),
            pl.Series("sd", by_chance.sd),
            pl.Series("p", by_chance.tail),
            pl.Series("q", null_model.false_discoveries(by_chance.tail, tested)),
        )
        .with_columns(
            pl.when(pl.col("sd") > 0).then((pl.col("n") - pl.col("expected")) / pl.col("sd")).alias("z"),
            (pl.col("q") <= fdr).alias("beyond"),
        )
        .sort("q", "z", "a", "b", descending=[False, True, False, False], nulls_last=True)
    )
    figures: dict[str, float | int | str | None] = {
        "tested": tested,
        "tied": table.height,
        "beyond": int(table["beyond"].sum()),
    }
    notes: list[Note] = [*shape.notes, *_said(shape, scope, everywhere), ("certainty.chance_floor", {"floor": floor})]
    return Answer(scope, table.head(top).select(column.name for column in _COLUMNS), figures, tuple(notes))


def _asked(incidence: Incidence, shape: Bipartite, scope: Scope, of: str | None, floor: int) -> Flags:
    """Return which actors every pair must have one of."""
    if of is None:
        return np.ones(shape.nodes.height, dtype=bool)
    label, _, code = of.partition(":")
    if label == "Country" and scope.level == "institution":
        places_in(incidence, replace(scope, countries=(code,), regions=()))
        return (shape.nodes["country"] == code).fill_null(value=False).to_numpy()
    check_actor(incidence, scope, of)
    asked = (shape.nodes["key"] == of).to_numpy()
    taken = int(shape.taken[asked].sum())
    if taken < floor:
        raise BadRequest.of("refused.too_few_events", actor=of, taken=taken, floor=floor)
    return asked


def _pairs(marks: Ints) -> int:
    """Return how many pairs have both marks at one end or the other."""
    many = np.bincount(marks, minlength=4)
    mixed = sum(int(many[x]) * int(many[y]) for x in range(4) for y in range(x) if x | y == 3)
    return mixed + math.comb(int(many[3]), 2)


def _end(shape: Bipartite, end: str, numbers: Ints) -> pl.DataFrame:
    return named_end(shape.nodes, end, numbers).with_columns(pl.Series(f"n_{end}", shape.taken[numbers]))


def _said(shape: Bipartite, scope: Scope, everywhere: Flags) -> list[Note]:
    notes: list[Note] = []
    if shape.events.height and everywhere.any():
        names = shape.nodes.filter(pl.Series(everywhere))["name"].fill_null("?")
        notes.append(("certainty.everywhere", {"names": ", ".join(names)}))
    if scope.weighting != "full":
        notes.append(("certainty.chance_counts", {}))
    if "copublications" in scope.ties:
        notes.append(("certainty.chance_no_works", {}))
    return notes


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "beyond_chance",
        "certainty",
        beyond_chance,
        _COLUMNS,
        (
            Parameter("of", "actor"),
            Parameter("floor", "count", 5),
            Parameter("fdr", "share", 0.05),
            Parameter("top", "count", 1000),
        ),
        Picture("network", "a", "b"),
    ),
)
