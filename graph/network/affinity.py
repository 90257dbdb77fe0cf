"""Which actors go together more, or less, than the size of each would make expected."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from graph.errors import BadRequest
from graph.network.answer import PAIR, Analysis, Answer, Column, Parameter, Picture, named_ends
from graph.network.bipartite import Bipartite, bipartite, check_actor, once
from graph.network.expectation import affinities
from graph.network.incidence import CNRS, Incidence
from graph.network.notes import Note
from graph.network.projection import places_in
from graph.network.scope import LEVELS, Level, Scope
from graph.network.trees import at_depth

INDEX: Final = (
    Column("pai", decimals=2, low="pai_low", high="pai_high"),
    Column("pai_low", decimals=2),
    Column("pai_high", decimals=2),
    Column("bounded", decimals=2),
    Column("standing", "word"),
)
"""The index of affinity, its interval, its bounded form and what they say."""

_COLUMNS: Final = (
    *PAIR,
    Column("n"),
    Column("weight", decimals=1),
    Column("expected", decimals=1),
    *INDEX,
    Column("share_a", "percent", 1),
    Column("share_b", "percent", 1),
    Column("ric_a", decimals=2),
    Column("ric_b", decimals=2),
    Column("salton", decimals=3),
    Column("jaccard", decimals=3),
)


def affinity(
    incidence: Incidence,
    scope: Scope,
    of: str | None = None,
    level: Level = "country",
    floor: int = 5,
    first: str = "over",
) -> Answer:
    """Hold the ties of one actor, or of every two, against what the ties of both make expected; see `affinities`.

    An expectation needs events that were gathered with or without the actor. In a graph of the CNRS's own projects it
    stands in all: its index with a partner would only tell how small the consortia with that partner are. There the
    CNRS is taken out and every pair of its partners is compared. Where the graph holds a complete archive, that alone
    is counted: no agreement, all being the CNRS's own, and no programme of which only its projects are at hand.

    Args:
        incidence: the store's ties.
        scope: what to count; its level does not apply. Places choose among the rows, and the expectation stays that of
            all places. Joint works do not count: known of labs alone, they have no total.
        of: whose ties, an institution or a country; None for the CNRS where it has an expectation and the scope has
            it, else for every pair. By country, an institution stands apart from its country, which keeps the others.
        level: what the partners are.
        floor: least number of joint events, or of expected ones: below both, the index is chance.
        first: `over` or `under`, which end of the list comes first.

    Returns:
        One row a pair; `a` is who was asked about, where it is one. Indices are null where one of both is in every
        event, as the CNRS in its own network if it is asked about by name.

    Raises:
        BadRequest: `of` is no institution or country of the graph, or not at this level, or the CNRS in a scope without
            it; the scope has only joint works, or names what the graph does not have.
    """
    events, own = _gathered(incidence)
    if of is not None:
        _check(incidence, scope, of, level)
    elif scope.include_cnrs and not own and CNRS in incidence.members["actor"]:
        of = CNRS
    notes: list[Note] = []
    if own and of != CNRS:
        notes.append(("affinity.own_network", {}))
    if events.height < incidence.events.height:
        notes.append(("affinity.own_left_out", {"count": incidence.events.height - events.height}))
    wanted = replace(scope, include_cnrs=scope.include_cnrs and not (own and of != CNRS), level=level)
    shape = _shape(replace(incidence, events=events), wanted, of, notes)
    table = named_ends(shape.nodes, _seen_from(shape, affinities(shape, floor), of))
    places = places_in(incidence, scope)
    if places is not None and (of is None or _country(incidence, of) not in places):
        ends = ("a_country", "b_country") if of is None else ("b_country",)
        table = table.filter(pl.any_horizontal(pl.col(ends).is_in(sorted(places))))
    falling = first == "over"
    table = table.sort(
        "pai", "expected", "n", "a", "b", descending=[falling, True, True, False, False], nulls_last=True
    ).select(column.name for column in _COLUMNS)
    told = table["standing"].null_count() < table.height
    figures: dict[str, float | int | str | None] = {
        "rows": table.height,
        **{word: table.filter(standing=word).height if told else None for word in ("over", "under")},
        "actors": shape.nodes.height,
        "events": int((shape.matrix.sum(axis=1) > 1).sum()),
        "average": None if of is None or table["pai"].is_null().all() else _average(shape, of),
    }
    if table.height and table["pai"].is_null().all():
        notes.append(("affinity.everywhere", {}))
    return Answer(wanted, table, figures, once(notes + _said(scope, floor)))


def _gathered(incidence: Incidence) -> tuple[pl.DataFrame, bool]:
    """Return the events gathered with or without the CNRS, else all; and whether there are only some of its own.

    Told by kind and programme: one of which not a single event is without the CNRS was gathered for its sake.
    """
    roots = at_depth(incidence.programmes.select("parent", id="child"), 1)
    funded = incidence.funding.join(roots, left_on="programme", right_on="id").select("event", root="top").unique()
    with_cnrs = incidence.members.filter(actor=CNRS)["event"].implode()
    events = incidence.events.join(funded, on="event", how="left").with_columns(
        own=pl.col("event").is_in(with_cnrs).all().over("tie", "root")
    )
    free = events.filter(~pl.col("own"))["event"].unique().implode()
    kept = incidence.events.filter(pl.col("event").is_in(free))
    return (kept, False) if kept.height else (incidence.events, incidence.events.height > 0)


def _check(incidence: Incidence, scope: Scope, of: str, level: Level) -> None:
    label = of.partition(":")[0]
    if of == CNRS and not scope.include_cnrs:
        raise BadRequest.of("refused.without_cnrs")
    if label == "Lab":
        raise BadRequest.of("refused.lab_no_total")
    if label == "Country" and level == "institution":
        raise BadRequest.of("refused.no_institution", actor=of)
    check_actor(incidence, Scope(level="country" if label == "Country" else "institution"), of)


def _shape(incidence: Incidence, scope: Scope, of: str | None, notes: list[Note]) -> Bipartite:
    """Return the network to count in: institutions, or countries with the institution asked about apart."""
    ties = scope.ties - {"copublications"}
    if not ties:
        raise BadRequest.of("refused.works_no_total")
    if ties != scope.ties and incidence.works.height:
        notes.append(("affinity.no_works", {}))
    actors, countries = incidence.actors, incidence.countries
    apart = scope.level == "country" and of is not None and not of.startswith("Country:")
    if apart:
        # A country of its own, whose id is the key of the institution.
        alone = actors.filter(actor=of).select(id="actor", name="name")
        actors = actors.with_columns(pl.when(actor=of).then("actor").otherwise("country").alias("country"))
        countries = pl.concat([countries, alone])
    # A lab that is a party is the CNRS once more.
    members = incidence.members.filter(pl.col("actor").str.starts_with("Institution:"))
    shape = bipartite(
        replace(incidence, actors=actors, countries=countries, members=members),
        replace(scope, ties=ties, countries=(), regions=()),
    )
    notes.extend(shape.notes)
    if not apart:
        return shape
    key, country = pl.col("key"), pl.col("country")
    renamed = shape.nodes.with_columns(
        pl.when(id=of).then("id").otherwise(key).alias("key"),
        pl.when(id=of).then(pl.lit(_country(incidence, of), pl.String)).otherwise(country).alias("country"),
    )
    return replace(shape, nodes=renamed)


def _country(incidence: Incidence, of: str | None) -> str | None:
    label, _, code = (of or "").partition(":")
    found = incidence.actors.filter(actor=of)["country"]
    return code if label == "Country" else found[0] if len(found) else None


def _seen_from(shape: Bipartite, table: pl.DataFrame, of: str | None) -> pl.DataFrame:
    """Keep the pairs of one actor and turn them so that it comes first; all as they are where it is None."""
    if of is None:
        return table
    number = pl.lit(shape.number(of), pl.Int64)
    table = table.filter((pl.col("a") == number) | (pl.col("b") == number))
    turned = pl.col("b") == number
    pairs = (("a", "b"), ("share_a", "share_b"), ("ric_a", "ric_b"))
    ends = [end for a, b in pairs for end in ((a, b), (b, a))]
    return table.with_columns(pl.when(turned).then(other).otherwise(one).alias(one) for one, other in ends)


def _average(shape: Bipartite, of: str) -> float | None:
    """Return an actor's index with all others taken together; above 1, for it has no ties with itself."""
    totals = shape.weights.sum(axis=1)
    number = shape.number(of)
    return None if number is None else float(totals.sum() / (totals.sum() - totals[number]))


def _said(scope: Scope, floor: int) -> list[Note]:
    notes: list[Note] = [("affinity.floor", {"floor": floor}), ("affinity.diagonal", {})]
    notes.append(("affinity.interval" if scope.weighting == "full" else "affinity.no_interval", {}))
    if scope.countries or scope.regions:
        notes.append(("affinity.places", {}))
    return notes


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "affinity",
        "affinity",
        affinity,
        _COLUMNS,
        (
            Parameter("of", "actor"),
            Parameter("level", "choice", "country", choices=LEVELS),
            Parameter("floor", "count", 5),
            Parameter("first", "choice", "over", choices=("over", "under")),
        ),
        Picture("network", "a", "b"),
    ),
)
