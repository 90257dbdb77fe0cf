"""What there is of two things together against what the size of each would make expected."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from scipy import sparse
from scipy.stats import beta, chi2

from graph.network.bipartite import Bipartite, Flags
from graph.network.projection import Floats, Ints

_TAIL: Final = 0.025
"""Of each side of the 95 % intervals."""
_Z: Final = 1.959964
"""Normal quantile of that tail."""


def affinities(shape: Bipartite, floor: int = 1) -> pl.DataFrame:
    """Compare the tie of every two actors with the product of their sizes.

    C_xy is the weight of the tie, C_x the sum over the ties of x, C the sum of all C_x; ties within an actor, the
    diagonal, do not count. The probabilistic affinity index is C_xy·C / (C_x·C_y) (Zitt, Bassecoulard & Okubo 2000,
    Scientometrics 47, 627), 1 being neutral; without the diagonal, an actor with a part p of C has 1 / (1 - p) with the
    others on average. RIC(x, y) is the share of y in the ties of x over its share in what x has no part in,
    (C_xy / C_x) / ((C_y - C_xy) / (C - C_x)) (Fuchs, Sivertsen & Rousseau 2021, Scientometrics 126, 8673); with C as
    above it is neutral where PAI is. Salton is C_xy / √(C_x·C_y), Jaccard C_xy / (C_x + C_y - C_xy).

    Args:
        shape: who took part in what, and what each event weighs.
        floor: least number of joint events, or of expected ones.

    Returns:
        `a` < `b` (numbers of actors), `n` (joint events), `weight` C_xy and `expected` C_x·C_y/C in units of the
        weighting, `pai`, `pai_low`, `pai_high`, `bounded`, `standing`, `salton`, `jaccard`, `share_a` C_ab/C_a,
        `share_b` C_ab/C_b, `ric_a` RIC(a, b), `ric_b` RIC(b, a). Null where undefined: indices against an expectation
        where one of both stands in every event, RIC where one has no tie but with the other; the interval and what
        follows from it where events are not counted in full. Empty without a tie.
    """
    totals = shape.weights.sum(axis=1)
    total = float(totals.sum())
    due = _due(shape.joint.sum(axis=1), floor).with_columns(due=True)
    table = (
        _counted(shape)
        .join(due, on=["a", "b"], how="full", coalesce=True)
        .filter((pl.col("n") >= floor) | pl.col("due"))
        .with_columns(pl.col("n", "weight").fill_null(0))
        .drop("due")
        .sort("a", "b")
    )
    a, b = table["a"].to_numpy(), table["b"].to_numpy()
    of_a, of_b, joint = totals[a], totals[b], table["weight"].to_numpy()
    known = ~(_everywhere(shape)[a] | _everywhere(shape)[b])
    expected = np.where(known, of_a * of_b / total if total else of_a, np.nan)
    index = joint / expected
    low, high = poisson_interval(table["n"].to_numpy())
    if (shape.events["weight"] != 1).any():
        low, high = low * np.nan, high * np.nan
    columns = {
        "expected": expected,
        "pai": index,
        "pai_low": low / expected,
        "pai_high": high / expected,
        "bounded": bounded(index),
        "salton": joint / np.sqrt(of_a * of_b),
        "jaccard": joint / (of_a + of_b - joint),
        "share_a": joint / of_a,
        "share_b": joint / of_b,
        "ric_a": np.where(known, relative_intensity(joint, of_a, of_b, total), np.nan),
        "ric_b": np.where(known, relative_intensity(joint, of_b, of_a, total), np.nan),
    }
    return table.with_columns(pl.Series(name, values).fill_nan(None) for name, values in columns.items()).with_columns(
        standing("pai_low", "pai_high")
    )


def bounded(index: Floats) -> Floats:
    """Return (i² - 1) / (i² + 1) of an index i >= 0 that is neutral at 1: from -1 to 1, neutral at 0, nan of nan.

    An index and its inverse lie at opposite values (as for the affinity index in Zitt, Bassecoulard & Okubo 2000).
    """
    found: Floats = np.tanh(np.log(index, out=np.full_like(index, -np.inf), where=index != 0))
    return found


def poisson_interval(n: Ints) -> tuple[Floats, Floats]:
    """Return the exact 95 % interval of the mean of counts (Garwood 1936, Biometrika 28, 437); 0 has 0 to 3.69."""
    low = np.where(n > 0, chi2.ppf(_TAIL, 2 * np.maximum(n, 1)) / 2, 0.0)
    high: Floats = chi2.ppf(1 - _TAIL, 2 * (n + 1)) / 2
    return low, high


def binomial_interval(n: Ints, of: Ints) -> tuple[Floats, Floats]:
    """Return the exact 95 % interval of shares n / of, `of` > 0 (Clopper & Pearson 1934, Biometrika 26, 404)."""
    low = np.where(n > 0, beta.ppf(_TAIL, np.maximum(n, 1), of - n + 1), 0.0)
    high = np.where(n < of, beta.ppf(1 - _TAIL, n + 1, np.maximum(of - n, 1)), 1.0)
    return low, high


def wilson(n: Ints, of: Ints) -> tuple[Floats, Floats]:
    """Return the 95 % interval of shares n / of, `of` > 0 (Wilson 1927, JASA 22, 209)."""
    share = n / of
    middle = share + _Z**2 / (2 * of)
    half = _Z * np.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    low, high = (np.clip((middle + sign * half) / (1 + _Z**2 / of), 0, 1) for sign in (-1, 1))
    return low, high


def relative_intensity(joint: Floats, of_x: Floats, of_y: Floats, total: float) -> Floats:
    """Return RIC(x, y), see `affinities`; nan where y has no tie but with x.

    Args:
        joint: C_xy.
        of_x: C_x.
        of_y: C_y.
        total: C, in which each tie stands at both ends.
    """
    elsewhere = of_y - joint
    # Sums of thirds are not exact: what rounding leaves of y's other ties is none.
    there = elsewhere > 1e-9 * of_y
    return np.divide(joint * (total - of_x), of_x * elsewhere, out=np.full_like(joint, np.nan), where=there)


def standing(low: str, high: str) -> pl.Expr:
    """Return `standing`: over or under where the interval of an index leaves out 1, else even; null where unknown."""
    above, below = pl.col(low) > 1, pl.col(high) < 1
    return (
        pl.when(above)
        .then(pl.lit("over"))
        .when(below)
        .then(pl.lit("under"))
        .when(above.is_not_null() & below.is_not_null())
        .then(pl.lit("even"))
        .alias("standing")
    )


def _counted(shape: Bipartite) -> pl.DataFrame:
    counts, weights = (sparse.triu(square, 1).tocoo() for square in (shape.joint, shape.weights))
    ends = [
        pl.DataFrame({"a": one.row.astype(np.int64), "b": one.col.astype(np.int64), name: one.data})
        for one, name in ((counts, "n"), (weights, "weight"))
    ]
    return ends[0].join(ends[1], on=["a", "b"]).with_columns(pl.col("n").cast(pl.Int64))


def _due(totals: Floats, floor: int) -> pl.DataFrame:
    """Return the pairs of actors of whom `floor` joint events or more are expected, whether they have one or not."""
    order = np.argsort(-totals, kind="stable")
    falling = totals[order]
    # Numbers of events are whole: what is that near to the floor is at the floor.
    least = np.divide(floor * totals.sum() * (1 - 1e-9), falling, out=np.full_like(falling, np.inf), where=falling > 0)
    partners = np.minimum(np.searchsorted(-falling, -least, side="right"), np.arange(len(falling)))
    one = np.repeat(np.arange(len(falling)), partners)
    other = np.arange(partners.sum()) - np.repeat(np.cumsum(partners) - partners, partners)
    ends = np.sort(np.column_stack([order[one], order[other]]).astype(np.int64), axis=1)
    return pl.DataFrame({"a": ends[:, 0], "b": ends[:, 1]})


def _everywhere(shape: Bipartite) -> Flags:
    """Return by actor whether it stands in every event of two actors or more."""
    joint = shape.matrix[np.flatnonzero(shape.matrix.sum(axis=1) > 1)]
    found: Flags = joint.sum(axis=0) == joint.shape[0]
    return found
