"""How right the scores are: precision and recall on labelled pairs, and the fit the weights come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from graph.errors import SourceError
from graph.network import expectation
from ingest.catalogue import BUNDLED_DIR
from ingest.resolve.candidates import DESCRIBED, comparable
from ingest.resolve.score import FEATURES, SAME, features, scored

LABELLED: Final = BUNDLED_DIR / "judgements" / "labelled_pairs.csv"
_RIDGE: Final = 1.0
_LITTLE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts of decisions at the upper threshold on labelled pairs.

    Attributes:
        found: pairs labelled same and judged same.
        wrong: pairs labelled different and judged same.
        missed: pairs labelled same and not judged same.
        apart: pairs labelled different and not judged same.
    """

    found: int
    wrong: int
    missed: int
    apart: int

    @property
    def precision(self) -> float:
        """Share of the pairs judged same that are; 1.0 where none is."""
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the pairs labelled same that are judged so; 1.0 where none is labelled."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a proportion (Wilson 1927); (0, 1) for none.

    >>> tuple(round(bound, 3) for bound in wilson(99, 100))
    (0.946, 0.998)
    """
    if not of:
        return 0.0, 1.0
    low, high = expectation.wilson(np.array([hits]), np.array([of]))
    return float(low[0]), float(high[0])


def labelled(path: Path = LABELLED) -> pl.DataFrame:
    """Read the labelled pairs, with the score and the features of each.

    Raises:
        SourceError: the file is missing.
    """
    if not path.is_file():
        raise SourceError(f"The labelled pairs {path.name} are missing.", "Restore them from the repository.")
    pairs = pl.read_csv(path, infer_schema=False)
    return pl.concat([pairs, scored(features(_side(pairs, "left"), _side(pairs, "right")))], how="horizontal")


def quality(pairs: pl.DataFrame) -> Quality:
    """Count the decisions on pairs of `labelled`."""
    same, judged = pairs["label"] == "same", (pairs["score"] >= SAME) & ~pairs["barred"]
    return Quality(
        found=int((same & judged).sum()),
        wrong=int((~same & judged).sum()),
        missed=int((same & ~judged).sum()),
        apart=int((~same & ~judged).sum()),
    )


def fitted(pairs: pl.DataFrame) -> tuple[float, dict[str, float]]:
    """Fit the intercept and the weights of a logistic regression on pairs of `labelled`.

    Left out are barred pairs, which no score decides, and those with nothing in common, which are never compared.

    Newton's method with a ridge of 1 on the weights, not on the intercept (Hosmer and Lemeshow 2000, ch. 1).
    """
    met = (pl.col("shared") > _LITTLE) | (pl.col("short") > 0) | (pl.col("site") > 0)
    pairs = pairs.filter(~pl.col("barred"), met)
    x = np.column_stack([np.ones(pairs.height), pairs.select(FEATURES).to_numpy()])
    y = (pairs["label"] == "same").to_numpy().astype(float)
    ridge = np.diag([0.0] + [_RIDGE] * len(FEATURES))
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        step = np.linalg.solve(x.T * (p * (1 - p)) @ x + ridge, x.T @ (y - p) - ridge @ weights)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return float(weights[0]), dict(zip(FEATURES, (float(w) for w in weights[1:]), strict=True))


def _side(pairs: pl.DataFrame, side: str) -> pl.DataFrame:
    columns = {"body": side, **{column: f"{side}_{column}" for column in DESCRIBED if column != "body"}}
    return comparable(pairs.select(pl.col(source).alias(column) for column, source in columns.items()))
