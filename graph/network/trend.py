"""How cooperation went year by year, with one partner or with all, and whether it grows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from scipy import optimize, special, stats

from graph.errors import BadRequest
from graph.network.answer import Analysis, Answer, Column, Parameter, Picture
from graph.network.incidence import CNRS, Incidence
from graph.network.joint_events import home, in_places, joint_events, named, one_kind
from graph.network.notes import Note
from graph.network.projection import Floats, places_in
from graph.network.scope import Scope

CONFIDENCE: Final = 0.95
_SHORTEST: Final = 4
"""Years a growth is estimated from at least."""

_STEEPEST: Final = 50.0
"""No count of events doubles seventy times a year."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth of counts over the years.

    Attributes:
        slope: change of the logarithm of the expected count a year.
        error: standard error of it, the dispersion taken into account.
        dispersion: Pearson's statistic by its degrees of freedom; 1 for counts of the Poisson law.
        freedom: degrees of freedom.
    """

    slope: float
    error: float
    dispersion: float
    freedom: int

    def yearly(self) -> tuple[float, float, float]:
        """Return the change a year as a share, 0.1 being 10 % more, and the ends of its interval of 95 %."""
        reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, self.freedom)) * self.error
        return float(np.expm1(self.slope)), float(np.expm1(self.slope - reach)), float(np.expm1(self.slope + reach))


def growth(years: Floats, counts: Floats) -> Growth | None:
    """Fit counts that change by the same share each year: log-linear Poisson regression (Cameron & Trivedi 2013).

    Years may lack in between. Where counts scatter more than the Poisson law has it, the standard error is widened by
    the root of the dispersion (quasi-likelihood; McCullagh & Nelder 1989); it is never narrowed.

    Returns:
        None for fewer than four years, or where fewer than two of them have a count, for then there is no estimate.
    """
    if len(years) < _SHORTEST or np.count_nonzero(counts) < 2:
        return None
    x = years - years.mean()
    middle = counts @ x / counts.sum()
    # The likelihood is greatest where the expected counts have the mean year of the observed ones.
    slope = optimize.brentq(lambda s: special.softmax(s * x) @ x - middle, -_STEEPEST, _STEEPEST, xtol=1e-12)
    expected = counts.sum() * special.softmax(slope * x)
    information = expected @ (x - middle) ** 2
    freedom = len(x) - 2
    dispersion = float(((counts - expected) ** 2 / expected).sum() / freedom)
    return Growth(float(slope), float(np.sqrt(max(dispersion, 1) / information)), dispersion, freedom)


def incomplete_years(events: pl.DataFrame) -> set[int]:
    """Return the start years whose events are not all known, as the events themselves tell.

    The last start year of a framework programme, or of the agreements, is one where most events of the year are its
    own: the snapshot was taken before the year was over. Where some events have no date the first year is one too:
    some of them may have begun in it.

    Args:
        events: `event` (such as "Project:H2020:…") and `first`, one row each, of all partners.
    """
    families = events.select("first", pl.col("event").str.extract("^(.*):").alias("family"))
    dated = families.drop_nulls("first").group_by("first", "family").len()
    whole = dated.with_columns(pl.col("len").sum().over("first").alias("all"))
    last = whole.filter(pl.col("first") == pl.col("first").max().over("family"), pl.col("len") * 2 > pl.col("all"))
    found = set(last["first"])
    if families["first"].null_count() and dated.height:
        found.add(dated["first"].min())
    return found


def trend(
    incidence: Incidence,
    scope: Scope,
    *,
    actor: str | None,
    country: str | None,
    years: tuple[int, int],
    floor: int,
) -> Answer:
    """Return joint events by year with one body or one country, or with anybody where neither is named.

    The growth is of the events begun in the complete years shown, where there are `floor` of them.

    Bodies enter in the year their first joint event begins, and exit in the year after the last year of the last one
    that ended, so that whoever pauses does not leave; both are plain counts, and of what is in the scope alone.

    Returns:
        One row a year, empty where no start is known. `exits` is null in a year that is not complete, for whoever
        seems gone may have begun another event in it: nobody is said to have left after the last complete year. Like
        `active` it is null where no event has a known end.

    Raises:
        BadRequest: both are named, the graph has no such body or country, or it is none but the CNRS itself; and for a
            programme, country or region of the scope the graph does not have.
    """
    partner = _partner(incidence, actor, country)
    notes: list[Note] = []
    narrow = replace(one_kind(scope, notes), level="institution")
    bodies = named(incidence, joint_events(incidence, narrow, notes))
    # An agreement of which no party is known is still one with its host.
    countries = named(incidence, joint_events(incidence, replace(narrow, level="country"), []))
    everything = pl.concat([bodies, countries]).unique("event").select("event", "first")
    chosen, bodies = _with(incidence, scope, partner, bodies, countries)
    table = _by_year(chosen, bodies, known_years(everything["first"], years, scope.years), incomplete_years(everything))
    counted = table.filter("complete")
    fitted = growth(counted["year"].to_numpy().astype(float), counted["started"].to_numpy().astype(float))
    enough = fitted is not None and counted["started"].sum() >= floor
    yearly = fitted.yearly() if fitted is not None and enough else (None, None, None)
    figures: dict[str, float | int | str | None] = {
        "events": chosen.height,
        "undated": chosen["first"].null_count(),
        "started": int(table["started"].sum()),
        **dict(zip(("growth", "growth_low", "growth_high"), yearly, strict=True)),
    }
    if not enough:
        notes.append(("change.too_few", {"floor": floor, "years": _SHORTEST}))
    counted_in = replace(narrow, level=scope.level, weighting="full")
    return Answer(counted_in, table, figures, (*notes, *_said(scope, chosen, table)))


def _partner(incidence: Incidence, actor: str | None, country: str | None) -> str | None:
    if actor and country:
        raise BadRequest.of("refused.one_partner")
    partner = f"Country:{country}" if country else actor
    if partner is None:
        return None
    label, _, identity = partner.partition(":")
    if partner == CNRS or label == "Lab" or (label == "Country" and identity == home(incidence)):
        raise BadRequest.of("refused.of_the_cnrs", actor=partner)
    if label == "Country":
        places_in(incidence, Scope(countries=(identity,)))
    elif partner not in incidence.actors["actor"]:
        raise BadRequest.of("refused.no_ties", actor=partner)
    return partner


def _with(
    incidence: Incidence, scope: Scope, partner: str | None, bodies: pl.DataFrame, countries: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the events with the partner, and who else is met in them: with a country, the bodies of it."""
    placed, there = in_places(incidence, scope, bodies), in_places(incidence, scope, countries)
    if partner is None:
        chosen, others = pl.concat([placed, there]), placed
    elif partner.startswith("Country:"):
        chosen, others = there.filter(key=partner), placed.filter(country=partner.partition(":")[2])
    else:
        chosen, others = placed.filter(key=partner), bodies.filter(pl.col("key") != partner)
    chosen = chosen.unique("event").select("event", "first", "last")
    return chosen, others.join(chosen, on="event", how="semi")


def known_years(begun: pl.Series, years: tuple[int, int], scoped: tuple[int, int] | None) -> range:
    """Return the years to show: those asked for, of which starts of anybody's are known; a partner without has 0.

    Args:
        begun: the years events begin in, null where unknown.
        years: first and last year asked for.
        scoped: first and last year of the scope.
    """
    known: list[int] = begun.drop_nulls().to_list()
    if not known:
        return range(0)
    spans = [years, (min(known), max(known)), *([scoped] if scoped else [])]
    return range(max(first for first, _ in spans), min(last for _, last in spans) + 1)


def _by_year(chosen: pl.DataFrame, bodies: pl.DataFrame, span: range, incomplete: set[int]) -> pl.DataFrame:
    table = pl.DataFrame({"year": list(span)}, schema={"year": pl.Int32})
    started = chosen.group_by(pl.col("first").alias("year")).agg(pl.len().alias("started"))
    # Who was in an event of unknown date may have come in any year: in none for sure.
    entries = bodies.group_by("key").agg(
        pl.when(pl.col("first").is_not_null().all()).then(pl.col("first").min()).alias("year")
    )
    # Likewise of unknown end: who has left is told by all of a body's ends or not at all.
    exits = bodies.group_by("key").agg(
        pl.when(pl.col("last").is_not_null().all()).then(pl.col("last").max() + 1).alias("year")
    )
    running = table.join_where(chosen, pl.col("year") >= pl.col("first"), pl.col("year") <= pl.col("last"))
    counts = (
        started,
        running.group_by("year").agg(pl.len().alias("active")),
        entries.group_by("year").agg(pl.len().alias("entries")),
        exits.group_by("year").agg(pl.len().alias("exits")),
    )
    for one in counts:
        table = table.join(one, on="year", how="left", maintain_order="left")
    # Of agreements hardly an end is known: how many run and who has left is then unknown, not none.
    ends = chosen.select((pl.col("first").is_not_null() & pl.col("last").is_not_null()).any()).item()
    return table.with_columns(
        *(pl.col(name).fill_null(0).cast(pl.Int64) for name in ("started", "entries")),
        *(
            (pl.col(name).fill_null(0) if ends else pl.lit(None)).cast(pl.Int64).alias(name)
            for name in ("active", "exits")
        ),
        pl.col("year").is_in(sorted(incomplete)).not_().alias("complete"),
    ).with_columns(pl.when("complete").then("exits").alias("exits"))


def _said(scope: Scope, chosen: pl.DataFrame, table: pl.DataFrame) -> list[Note]:
    notes: list[Note] = []
    undated = chosen["first"].null_count()
    if undated:
        notes.append(("change.undated", {"count": undated}))
    earlier = int((chosen["first"] < table["year"].min()).sum()) if table.height else 0
    if earlier:
        notes.append(("change.earlier", {"count": earlier}))
    marked = table.filter(~pl.col("complete"))["year"]
    if len(marked):
        notes.append(("change.incomplete", {"years": ", ".join(str(year) for year in marked)}))
    if scope.weighting != "full":
        notes.append(("change.whole_events", {}))
    return notes


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "trend",
        "change",
        trend,
        (
            Column("year", "year"),
            Column("started"),
            Column("active"),
            Column("entries"),
            Column("exits"),
            Column("complete", "flag"),
        ),
        (
            Parameter("actor", "actor"),
            Parameter("country", "country"),
            Parameter("years", "years", (2014, 2030)),
            Parameter("floor", "count", 10),
        ),
        Picture("lines", "year", "started", whole="complete"),
        shares=("growth", "growth_low", "growth_high"),
    ),
)
