"""From what the sources say of bodies to machine judgements: same, or unsure and for a person to decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from ingest.resolve.candidates import candidates, comparable, described
from ingest.resolve.judgements import Judgement
from ingest.resolve.linker import ONE_A_BODY, SYSTEMS, Linker
from ingest.resolve.score import FEATURES, SAME, UNSURE, features, scored

if TYPE_CHECKING:
    from ingest.reading import Reading

COLUMNS: Final = (
    *("left", "right", "verdict", "score", "why_en", "why_fr", "country"),
    *("left_name", "right_name", "left_city", "right_city", "left_url", "right_url", "left_acronym", "right_acronym"),
    *FEATURES,
    "barred",
)
"""Columns of a proposal; left and right are identifiers, `why_en` and `why_fr` say what made it unsure."""

WHY: Final = {
    "en": (
        "alike, but the names say two kinds of body, two numbers or two things",
        "not alike enough",
        "another body is as good",
    ),
    "fr": (
        "proches, mais les noms disent deux sortes d'organismes, deux numéros ou deux choses",
        "pas assez proches",
        "un autre organisme convient aussi bien",
    ),
}
"""Language -> why a pair is for a person: barred, below the threshold, or one of several candidates."""

MARGIN: Final = 0.02
"""Lead in score that the best of several candidates needs over the next."""

RULE: Final = "scored {score:.3f}: name, acronym, city and web address within a country (ingest/resolve/score.py)"
_BATCH: Final = 250_000
"""Pairs scored at a time: what bounds the memory."""


def proposals(readings: Iterable[Reading], judgements: Sequence[Judgement]) -> pl.DataFrame:
    """Return the pairs of bodies that a machine would join, or would ask about, best first, see `COLUMNS`.

    Bodies joined already (by identifiers in one row of a source, or by a judgement) are one; pairs that a person
    judged, whatever the verdict, are not proposed again; nor are pairs that would put two PICs or two RORs in one
    body. Of several candidates for the one PIC or ROR of a body the best is `same` only if it leads by `MARGIN`.
    The same readings and judgements give the same table.
    """
    readings = list(readings)
    linker = linked(readings, judgements)
    canonical, groups = linker.table(), linker.groups()
    rows = described(readings, canonical)
    for system in ONE_A_BODY:  # where every body of a country has one already, none can be joined to another
        with_one = rows.with_columns(has=_has(rows["body"], system, groups))
        rows = with_one.filter(~pl.col("has").all().over("country")).drop("has")
    has = {system: _has(rows["body"], system, groups) for system in ONE_A_BODY}
    compared = comparable(rows)
    pairs = candidates(compared, has)
    found = [_scored(compared, pairs.slice(start, _BATCH)) for start in range(0, pairs.height, _BATCH)]
    frame = pl.concat(found) if found else _scored(compared, pairs)
    frame = frame.sort("barred", "score", "left", "right", descending=[False, True, False, False])
    frame = frame.unique(["left", "right"], keep="first", maintain_order=True)
    judged = _judged(judgements, canonical)
    frame = frame.join(judged, on=["left", "right"], how="anti", maintain_order="left")
    return _decided(frame, groups)


def machine_judgements(proposed: pl.DataFrame) -> list[Judgement]:
    """Return the proposals of verdict `same` as machine judgements, best first."""
    sure = proposed.filter(pl.col("verdict") == "same").select("left", "right", "score")
    return [Judgement(left, right, "same", False, RULE.format(score=score)) for left, right, score in sure.iter_rows()]


def linked(readings: Iterable[Reading], judgements: Sequence[Judgement]) -> Linker:
    """Link what is known without comparing names."""
    identifiers: dict[str, None] = {}
    identities: list[tuple[str, str]] = []
    for reading in readings:
        if "Institution" in reading.nodes:
            identifiers |= dict.fromkeys(reading.nodes["Institution"]["id"])
        identities.extend(reading.identities.select("left", "right").rows())
    return Linker(identifiers, identities, judgements)


def _has(bodies: pl.Series, system: str, groups: dict[str, list[str]]) -> pl.Series:
    owners = {body for body, members in groups.items() if any(i.startswith(f"{system}:") for i in members)}
    return bodies.is_in(pl.Series(sorted(owners), dtype=pl.String).implode())


def _scored(compared: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    left, right = compared[pairs["left"]], compared[pairs["right"]]
    shown = [
        table.select(pl.col(c).alias(f"{side}_{c}") for c in ("name", "city", "url", "acronym"))
        for side, table in (("left", left), ("right", right))
    ]
    ends = pl.DataFrame({"left": left["body"], "right": right["body"], "country": left["country"]})
    frame = pl.concat([ends, *shown, scored(features(left, right))], how="horizontal").filter(pl.col("score") >= UNSURE)
    return _ordered(frame)


def _ordered(frame: pl.DataFrame) -> pl.DataFrame:
    """The better identifier left, so that one pair of bodies is one pair."""
    turned = _rank("right") < _rank("left")
    turned |= (_rank("right") == _rank("left")) & (pl.col("right") < pl.col("left"))
    names = ("", *(f"_{c}" for c in ("name", "city", "url", "acronym")))
    return frame.with_columns(
        pl.when(turned).then(f"{a}{name}").otherwise(f"{b}{name}").alias(f"{b}{name}")
        for name in names
        for a, b in (("right", "left"), ("left", "right"))
    )


def _rank(column: str) -> pl.Expr:
    system = pl.col(column).str.split(":").list.first()
    return system.replace_strict(list(SYSTEMS), list(range(len(SYSTEMS))), default=len(SYSTEMS), return_dtype=pl.Int64)


def _judged(judgements: Sequence[Judgement], canonical: dict[str, str]) -> pl.DataFrame:
    """Pairs of bodies that are not to be proposed: any between them judged different, or by a person."""
    ends = [
        (canonical.get(j.left, j.left), canonical.get(j.right, j.right))
        for j in judgements
        if j.human or j.verdict == "different"
    ]
    both = [*ends, *((right, left) for left, right in ends)]
    return pl.DataFrame(both, schema={"left": pl.String, "right": pl.String}, orient="row").unique()


def _decided(frame: pl.DataFrame, groups: dict[str, list[str]]) -> pl.DataFrame:
    sure = frame.filter(~pl.col("barred"), pl.col("score") >= SAME)
    rivals = [_rivals(sure, ours, theirs, groups) for ours, theirs in (("left", "right"), ("right", "left"))]
    rival = pl.concat(rivals).unique().with_columns(rival=pl.lit(True))
    frame = frame.join(rival, on=["left", "right"], how="left", maintain_order="left")
    unlike = pl.col("score") < SAME
    why = [
        pl.when(pl.col("barred")).then(pl.lit(b)).when(unlike).then(pl.lit(u)).when(pl.col("rival")).then(pl.lit(r))
        for b, u, r in WHY.values()
    ]
    named = [reason.alias(f"why_{language}") for language, reason in zip(WHY, why, strict=True)]
    frame = frame.with_columns(named).filter(~pl.col("barred") | ~unlike)
    verdict = pl.when(pl.col("why_en").is_null()).then(pl.lit("same")).otherwise(pl.lit("unsure"))
    return frame.with_columns(verdict.alias("verdict")).select(COLUMNS)


def _rivals(sure: pl.DataFrame, ours: str, theirs: str, groups: dict[str, list[str]]) -> pl.DataFrame:
    """Pairs in which body `ours` has another candidate, as good, for the one PIC or ROR that `theirs` would bring."""
    parts = [sure.select("left", "right").clear()]
    for system in ONE_A_BODY:
        brings = sure.filter(_has(sure[theirs], system, groups))
        best = pl.col("score").max().over(ours)
        first = pl.col("score").rank("ordinal", descending=True).over(ours) == 1
        next_best = pl.col("score").sort(descending=True).slice(1, 1).first().over(ours)
        clear = first & (next_best.is_null() | (best - next_best >= MARGIN))
        parts.append(brings.filter(~clear).select("left", "right"))
    return pl.concat(parts)
