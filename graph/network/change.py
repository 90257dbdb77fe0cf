"""What changed between two periods: whom the CNRS meets more often than before, whom less, and whom no longer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from scipy import stats

from graph.network.answer import ACTOR, Analysis, Answer, Column, Parameter, Picture
from graph.network.expectation import binomial_interval
from graph.network.incidence import Incidence
from graph.network.joint_events import in_places, joint_events, named, one_kind
from graph.network.notes import Note
from graph.network.periods import PARAMETERS, two_periods
from graph.network.projection import Floats, Ints
from graph.network.scope import Scope

CONFIDENCE: Final = 0.95
DISCOVERY: Final = 0.05
"""Share of false ones accepted among the changes called firm."""


@dataclass(frozen=True, eq=False)
class RateRatio:
    """Rates of later and earlier counts, one entry each pair of counts.

    Attributes:
        ratio: later rate by earlier; nan where there is no earlier count, 0 where there is no later one.
        low, high: exact interval; `high` is inf where there is no earlier count. nan where there is no count at all.
        p: two-sided; twice the smaller tail, so that it is below 0.05 just where the interval of 95 % excludes 1.
    """

    ratio: Floats
    low: Floats
    high: Floats
    p: Floats


def rate_ratio(before: Ints, after: Ints, of_before: int, of_after: int) -> RateRatio:
    """Compare counts of two periods by their rates: conditional test (Przyborowski & Wilenski 1940, Biometrika 31).

    Given both counts together, the later one is binomial with odds of the ratio times `of_after` / `of_before`; the
    interval is that of Clopper & Pearson (1934), the test the one that fits it (Fay 2010, R Journal 2, 53).

    Args:
        before, after: counts.
        of_before, of_after: what each is counted among, such as all events of the period.

    Returns:
        All nan where either period has nothing to count among.
    """
    n = (before + after).astype(float)
    nothing = np.full(len(n), np.nan)
    if of_before < 1 or of_after < 1:
        return RateRatio(nothing, nothing, nothing, nothing)
    scale = of_before / of_after
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(before > 0, after / before * scale, np.nan)
        low, high = (end / (1 - end) * scale for end in binomial_interval(after, before + after))
    chance = of_after / (of_before + of_after)
    tails = np.minimum(stats.binom.cdf(after, n, chance), stats.binom.sf(after - 1, n, chance))
    return RateRatio(*(np.where(n > 0, found, np.nan) for found in (ratio, low, high, np.minimum(1, 2 * tails))))


def changes(
    incidence: Incidence,
    scope: Scope,
    *,
    by: str,
    before: str,
    after: str,
    years_before: tuple[int, int],
    years_after: tuple[int, int],
    floor: int,
) -> Answer:
    """Return how each partner's share of the CNRS's joint events changed from one period to the next.

    A share is of the events with any partner, by country those in the CNRS's own included. The scope's places only
    choose whom to list; they change no share and nothing of what is firm. Partners of fewer than `floor` events in both
    periods together are left out. Empty where a period has no event: what is not known cannot have changed.

    Raises:
        BadRequest: as `two_periods`, and for a programme, country or region the graph does not have.
    """
    notes: list[Note] = []
    narrow = one_kind(scope, notes)
    joint = joint_events(incidence, narrow, notes)
    with_anybody = joint_events(incidence, replace(narrow, level="institution"), [])
    periods = two_periods(
        incidence,
        pl.concat([joint, with_anybody]).unique("event").select("event", "first"),
        by=by,
        before=before,
        after=after,
        years_before=years_before,
        years_after=years_after,
    )
    notes = [("change.renamed", {}), *periods.notes, *notes, *_what_does_not_count(scope)]
    of_before, of_after = periods.before.height, periods.after.height
    everybody = named(incidence, _counted(joint, periods.before, periods.after))
    partners = in_places(incidence, scope, everybody)
    enough = pl.col("n_before") + pl.col("n_after") >= floor
    compared = everybody.filter(enough)
    if not of_before or not of_after:
        compared = compared.clear()
        notes.append(("change.nothing_to_compare", {"before": of_before, "after": of_after}))
    elif few := partners.filter(~enough).height:
        notes.append(("change.below_floor", {"count": few, "floor": floor}))
    table = in_places(incidence, scope, _judged(compared, of_before, of_after))
    found = table["verdict"].value_counts()
    verdicts = dict(zip(found["verdict"], found["count"], strict=True))
    met_before, met_after = partners["n_before"] > 0, partners["n_after"] > 0
    figures: dict[str, float | int | str | None] = {
        "events_before": of_before,
        "events_after": of_after,
        "partners_before": int(met_before.sum()),
        "partners_after": int(met_after.sum()),
        "partners_both": int((met_before & met_after).sum()),
        **{word: int(verdicts.get(word, 0)) for word in ("new", "rising", "steady", "fading", "gone")},
        "firm": int(table["firm"].sum()),
    }
    return Answer(narrow, table, figures, tuple(notes))


def _what_does_not_count(scope: Scope) -> list[Note]:
    notes: list[Note] = []
    if scope.weighting != "full":
        notes.append(("change.whole_events", {}))
    if scope.countries or scope.regions:
        notes.append(("change.places", {}))
    return notes


def _counted(joint: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return `key`, `n_before` and `n_after` of every partner met in either period."""
    parts = [
        joint.join(events, on="event", how="semi").group_by("key").agg(pl.len().cast(pl.Int64).alias(name))
        for name, events in (("n_before", before), ("n_after", after))
    ]
    return parts[0].join(parts[1], on="key", how="full", coalesce=True).fill_null(0).sort("key")


def _judged(partners: pl.DataFrame, of_before: int, of_after: int) -> pl.DataFrame:
    """Return the table of the answer, strongest evidence first."""
    before, after = partners["n_before"].to_numpy(), partners["n_after"].to_numpy()
    found = rate_ratio(before, after, of_before, of_after)
    verdict = np.select(
        [before == 0, after == 0, found.low > 1, found.high < 1], ["new", "gone", "rising", "fading"], "steady"
    )
    firm = stats.false_discovery_control(found.p) <= DISCOVERY if partners.height else np.zeros(0, dtype=bool)
    return (
        partners.with_columns(
            (pl.col("n_before") / max(of_before, 1)).alias("share_before"),
            (pl.col("n_after") / max(of_after, 1)).alias("share_after"),
            _column("ratio", found.ratio),
            _column("ratio_low", found.low),
            _column("ratio_high", found.high),
            pl.Series("verdict", verdict, dtype=pl.String),
            pl.Series("firm", firm, dtype=pl.Boolean),
            pl.Series("p", found.p, dtype=pl.Float64),
        )
        .sort("p", pl.col("n_before") + pl.col("n_after"), "key", descending=[False, True, False])
        .select(column.name for column in _COLUMNS)
    )


def _column(name: str, values: Floats) -> pl.Series:
    return pl.Series(name, np.where(np.isfinite(values), values, np.nan), dtype=pl.Float64).fill_nan(None)


_COLUMNS: Final = (
    *ACTOR,
    Column("n_before"),
    Column("n_after"),
    Column("share_before", "percent"),
    Column("share_after", "percent"),
    Column("ratio", decimals=2, low="ratio_low", high="ratio_high"),
    Column("ratio_low", decimals=2),
    Column("ratio_high", decimals=2),
    Column("verdict", "word"),
    Column("firm", "flag"),
)

ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "changes",
        "change",
        changes,
        _COLUMNS,
        (*PARAMETERS, Parameter("floor", "count", 5)),
        Picture("dots", "name", "ratio", line=1.0),
    ),
)
