"""How alike two bodies are: what is compared, what it weighs, and what no likeness outweighs."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import Indel

from ingest.resolve import names

FEATURES: Final = (
    "equal",
    "shared",
    "spelled",
    "in_order",
    "rest",
    "both_left_over",
    "one_left_over",
    "short",
    "city",
    "site",
    "part_of_site",
)
"""What is compared, from 0 to 1, or from -1 (differs) over 0 (not known) to 1 (agrees).

equal: no word is left over, or the names differ in spaces only; shared: weight of the common words over that of all
words, a word weighing the more the rarer it is; spelled: Indel similarity of the sorted words, which forgives a
misspelling; in_order: the same of the names as written; rest: the same of the words left over, 0 where one side has
none; both_left_over, one_left_over: weight of the words left over, of the side with less, with more, in tens, at most
1: the other's city and short names are not left over; short: a short name (acronym, one-word name, initials) agrees;
city: the cities agree; site: the web hosts agree, or differ down to the domain; part_of_site: only the domain agrees,
as of a lab and its university.
"""

COMPARED: Final = (
    *("words", "kinds", "minor", "qualifiers", "numbers", "letters", "places", "short", "written"),
    *("country", "plain", "text", "first", "place", "host", "domain"),
)
_CLOSE: Final = 85.0
"""Indel similarity from which two spellings of a city are one."""
_HEAVY: Final = 0.3
_UNLIKE: Final = 0.6
_FEW: Final = 3
_TELLING: Final = 6.0
"""Weight that common words must have together: all that two names share is not to be `engineering`."""


def features(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Compare two tables of `comparable` row by row: `FEATURES`, and `barred`.

    `barred` says that a machine must not join the rows, however alike. Their names say two kinds of body (university,
    hospital, faculty …), two numbers (Paris 6, Paris 11) or letters (X-Fab, B.Fab), two universities of a city
    (technical, medical …), an academy and an institute of it, two things of one thing (Shell Aviation, Shell Research),
    the same few words in another order (University of Miami, Miami University), nothing in common but a common word,
    or two countries.
    """
    frame = pl.concat(
        [table.select(pl.col(c).alias(f"{side}_{c}") for c in COMPARED) for side, table in (("l", left), ("r", right))],
        how="horizontal",
    )
    frame = frame.with_columns(
        pl.col("l_words").list.set_intersection("r_words").alias("common"),
        _left_over("l", "r").alias("l_rest"),
        _left_over("r", "l").alias("r_rest"),
    )
    frame = frame.with_columns(_weight(c).alias(f"{c}_weight") for c in ("common", "l_rest", "r_rest"))
    frame = frame.with_columns(pl.col(c).list.sort().list.join(" ") for c in ("l_rest", "r_rest"))
    frame = frame.with_columns(
        pl.Series("spelled", _alike(frame["l_text"], frame["r_text"])),
        pl.Series("in_order", _alike(frame["l_plain"], frame["r_plain"])),
        pl.Series("rest", _alike(frame["l_rest"], frame["r_rest"])),
        pl.Series("cities", _alike(frame["l_place"], frame["r_place"])),
    )
    common, ours, theirs = pl.col("common_weight"), pl.col("l_rest_weight"), pl.col("r_rest_weight")
    empty = (pl.col("l_rest") == "") | (pl.col("r_rest") == "")
    all_words = common + ours + theirs
    known = {what: (pl.col(f"l_{what}") != "") & (pl.col(f"r_{what}") != "") for what in ("place", "host")}
    host, domain = pl.col("l_host") == pl.col("r_host"), pl.col("l_domain") == pl.col("r_domain")
    frame = frame.with_columns(
        (_nothing_left() | _one_spelling()).cast(pl.Float64).alias("equal"),
        pl.when(all_words > 0).then(common / all_words).otherwise(0.0).alias("shared"),
        pl.when(empty).then(0.0).otherwise("rest").alias("rest"),
        pl.min_horizontal(ours / 10, theirs / 10, 1.0).alias("both_left_over"),
        pl.min_horizontal(pl.max_horizontal(ours, theirs) / 10, 1.0).alias("one_left_over"),
        _short().alias("short"),
        _signed(known["place"], _one_city()).alias("city"),
        pl.when(known["host"] & host).then(1.0).when(known["host"] & ~domain).then(-1.0).otherwise(0.0).alias("site"),
        (known["host"] & ~host & domain).cast(pl.Float64).alias("part_of_site"),
    )
    return frame.select(*FEATURES, _barred().alias("barred"))


def _left_over(ours: str, theirs: str) -> pl.Expr:
    words = pl.col(f"{ours}_words")
    for explained in (f"{theirs}_words", f"{theirs}_places", f"{theirs}_short", f"{ours}_short"):
        words = words.list.set_difference(explained)
    return words


def _weight(column: str) -> pl.Expr:
    weights, rarest = names.weights()
    each = pl.element().replace_strict(weights, default=rarest, return_dtype=pl.Float64)
    return pl.col(column).list.eval(each).list.sum()


def _short() -> pl.Expr:
    met = pl.col("l_short").list.set_intersection("r_short").list.len() > 0
    for ours, theirs in ("lr", "rl"):
        first = pl.col(f"{theirs}_first")
        met |= pl.col(f"{ours}_short").list.contains(first) & (first != "")
    both = (pl.col("l_short").list.len() > 0) & (pl.col("r_short").list.len() > 0)
    return pl.when(met).then(1.0).when(both).then(-1.0).otherwise(0.0)


def _one_city() -> pl.Expr:
    left, right = pl.col("l_place"), pl.col("r_place")
    inside = left.str.contains(right, literal=True) | right.str.contains(left, literal=True)
    return (pl.col("cities") * 100 >= _CLOSE) | inside


def _signed(known: pl.Expr, agrees: pl.Expr) -> pl.Expr:
    return pl.when(known & agrees).then(1.0).when(known).then(-1.0).otherwise(0.0)


def _barred() -> pl.Expr:
    some = (pl.col("l_kinds").list.len() > 0) & (pl.col("r_kinds").list.len() > 0)
    university = pl.col("l_kinds").list.contains("univ") | pl.col("r_kinds").list.contains("univ")
    academies = pl.col("l_kinds").list.contains("academy") & pl.col("r_kinds").list.contains("academy")
    institute = pl.col("l_words").list.contains("inst") != pl.col("r_words").list.contains("inst")
    said = (
        _differ("kinds")
        | (_differ("minor") & some)
        | (_differ("qualifiers") & university)
        | (academies & institute)
        | _differ("numbers")
        | ((pl.col("both_left_over") >= _HEAVY) & (pl.col("rest") < _UNLIKE))
        | (_differ("letters") & (pl.col("l_words").list.len() < _FEW) & (pl.col("r_words").list.len() < _FEW))
        | _turned()
        | (pl.col("common_weight") < _TELLING)
    )
    return (said & ~_one_spelling()) | (pl.col("l_country") != pl.col("r_country"))


def _nothing_left() -> pl.Expr:
    return (pl.col("l_rest") == "") & (pl.col("r_rest") == "") & (pl.col("common_weight") > 0)


def _one_spelling() -> pl.Expr:
    """The names differ in spaces, accents and case only."""
    return pl.col("l_plain") == pl.col("r_plain")


def _turned() -> pl.Expr:
    """The same few words in another order: University of Miami, Miami University."""
    left, right = pl.col("l_written"), pl.col("r_written")
    few = left.list.len() <= _FEW
    return few & (left.list.sort() == right.list.sort()) & (left != right) & (pl.col("city") < 1)


def _differ(what: str) -> pl.Expr:
    return pl.col(f"l_{what}").list.set_symmetric_difference(f"r_{what}").list.len() > 0


def _alike(left: pl.Series, right: pl.Series) -> np.ndarray:
    """Indel similarity, 0 to 1, pair by pair."""
    if not len(left):
        return np.zeros(0)
    found = process.cpdist(left.to_list(), right.to_list(), scorer=Indel.normalized_similarity, dtype=np.float32)
    return np.asarray(found, dtype=np.float64)


INTERCEPT: Final = -3.623
WEIGHTS: Final = {
    "equal": 3.527,
    "shared": 1.243,
    "spelled": 2.185,
    "in_order": 0.023,
    "rest": 1.008,
    "both_left_over": -0.185,
    "one_left_over": 0.693,
    "short": 1.029,
    "city": -0.051,
    "site": 1.877,
    "part_of_site": -0.151,
}
"""Of `evaluate.fitted` on the training part of the labelled pairs."""

SAME: Final = 0.95
"""Score from which a machine says `same`.

Every training pair labelled different lies below 0.90; the threshold stays higher, where an earlier fit with fewer
rules needed it: a wrong merge costs more than a missed one.
"""

UNSURE: Final = 0.6
"""Score from which a pair is for a person: of the training pairs above it nineteen in twenty are the same body."""


def scored(compared: pl.DataFrame) -> pl.DataFrame:
    """Add `score`, 0 to 1, to features: the logistic function of their weighted sum."""
    total = pl.lit(INTERCEPT) + pl.sum_horizontal(pl.col(name) * weight for name, weight in WEIGHTS.items())
    return compared.with_columns((1 / (1 + (-total).exp())).alias("score"))
