"""What partners and the CNRS work on together, against what the CNRS works on with everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

import numpy as np
import polars as pl

from graph.errors import BadRequest
from graph.network import link_prediction
from graph.network.answer import ACTOR, Analysis, Answer, Column, Parameter, Picture
from graph.network.bipartite import bipartite, check_actor, once
from graph.network.expectation import binomial_interval, bounded, standing
from graph.network.incidence import CNRS, Incidence
from graph.network.joint_events import home, in_places, joint_events, named
from graph.network.notes import Note
from graph.network.scope import LEVELS, Level, Scope
from graph.network.trees import line

_COLUMNS: Final = (
    *ACTOR,
    Column("topic", "key"),
    Column("topic_name", "text"),
    Column("about"),
    Column("joint"),
    Column("topic_share", "percent", 1),
    Column("topic_all", "percent", 1),
    Column("topic_expected", decimals=1),
    Column("index", decimals=2, low="index_low", high="index_high"),
    Column("index_low", decimals=2),
    Column("index_high", decimals=2),
    Column("bounded", decimals=2),
    Column("standing", "word"),
)


def specialisation(
    incidence: Incidence,
    scope: Scope,
    of: str | None = None,
    level: Level = "country",
    depth: int = 1,
    floor: int = 5,
    first: str = "over",
) -> Answer:
    """Compare the topics of a partner's joint projects with the CNRS with those of all the CNRS's joint projects.

    The activity index is (w_xt / w_x) / (w_t / w), w the weight of the projects with x about t, with x, about t, and of
    all (Frame 1977, Interciencia 2, 143); 1 is neutral. Projects without a topic at this depth are in none of the four:
    they are not known to be about something else. A project has several topics, so shares add up to more than 1.

    Args:
        incidence: the store's ties.
        scope: what to count; its level does not apply. Agreements and joint works have no topics. Places choose among
            the partners, all partners being those of all places.
        of: one partner, a country or an institution, whose key then says the level; None for all of `level`.
        level: what the partners are. By country the CNRS's own is none, nor are projects with it alone counted.
        depth: level of the tree of topics, 1 the broadest.
        floor: least number of projects about the topic, or of expected ones.
        first: `over` or `under`, which end of the list comes first.

    Returns:
        One row a partner and topic: `about` and `joint` count projects, shares are of their weight. `topic_expected`
        is the number of projects the share of all would give. The interval, exact for a share of `joint` projects with
        the share of all taken as given, is null where projects are not counted in full.

    Raises:
        BadRequest: there are no projects in the scope, `of` is a lab or nobody, the graph has no such programme,
            country or region.
    """
    level = _level(incidence, of, level)
    if "projects" not in scope.ties:
        raise BadRequest.of("refused.no_topics")
    wanted = replace(scope, level=level)
    notes: list[Note] = [] if scope.ties == {"projects"} else [("affinity.projects_only", {})]
    joint = joint_events(incidence, replace(wanted, ties=frozenset({"projects"})), notes)
    about = _about(incidence, joint["event"].unique(), depth)
    known = joint.filter(pl.col("event").is_in(about["event"].unique().implode()))
    partners = in_places(incidence, scope, named(incidence, known.select("key").unique()))
    if of is not None:
        partners = partners.filter(key=of)
    table = activity(known, about, floor).join(partners, on="key")
    topics = incidence.topics.select("topic", pl.col("name").alias("topic_name"))
    falling = first == "over"
    table = (
        table.join(topics, on="topic", how="left")
        .sort("index", "topic_expected", "about", "key", "topic", descending=[falling, True, True, False, False])
        .with_columns(pl.format("Topic:{}", "topic").alias("topic"))
        .select(column.name for column in _COLUMNS)
    )
    projects, with_topics = joint["event"].n_unique(), known["event"].n_unique()
    figures: dict[str, float | int | str | None] = {
        "projects": projects,
        "with_topics": with_topics,
        **_found(scope, table),
        "cosine": _with_us(incidence, wanted, of),
    }
    if with_topics < projects:
        notes.append(("affinity.no_topics", {"count": projects - with_topics, "projects": projects, "depth": depth}))
    notes.append(("affinity.topic_floor", {"floor": floor}))
    notes.append(("affinity.topic_interval" if scope.weighting == "full" else "affinity.no_interval", {}))
    if scope.countries or scope.regions:
        notes.append(("affinity.places", {}))
    return Answer(wanted, table, figures, once(notes))


def activity(joint: pl.DataFrame, about: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Return the activity index of partners and topics; see `specialisation`.

    Args:
        joint: `event`, `key` (of a partner), `weight` of the event, one row an event and partner.
        about: `event`, `topic`, of those events alone, each of which has one at least.
        floor: least number of events about the topic, or of expected ones; from 1.

    Returns:
        `key`, `topic`, `about`, `joint`, `topic_share`, `topic_all`, `topic_expected`, `index`, `index_low`,
        `index_high`, `bounded`, `standing`; intervals null where a weight is not 1. Empty without an event.
    """
    events = joint.unique("event").select("event", "weight")
    total = events["weight"].sum()
    topics = about.join(events, on="event").group_by("topic").agg(topic_all=pl.col("weight").sum() / total)
    partners = joint.group_by("key").agg(joint=pl.len().cast(pl.Int64), weight=pl.col("weight").sum())
    pairs = joint.join(about, on="event").group_by("key", "topic")
    found = pairs.agg(about=pl.len().cast(pl.Int64), about_weight=pl.col("weight").sum())
    table = (
        partners.join(topics, how="cross")
        .join(found, on=["key", "topic"], how="left")
        .with_columns(pl.col("about", "about_weight").fill_null(0))
        .with_columns(
            topic_share=pl.col("about_weight") / pl.col("weight"),
            topic_expected=pl.col("joint") * pl.col("topic_all"),
        )
        .filter((pl.col("about") >= floor) | (pl.col("topic_expected") >= floor))
        .with_columns(index=pl.col("topic_share") / pl.col("topic_all"))
    )
    low, high = binomial_interval(table["about"].to_numpy(), table["joint"].to_numpy())
    in_full = pl.lit((joint["weight"] == 1).all())
    return table.with_columns(
        pl.Series("bounded", bounded(table["index"].to_numpy())),
        *(
            pl.when(in_full).then(pl.Series(end) / pl.col("topic_all")).alias(f"index_{name}")
            for name, end in (("low", low), ("high", high))
        ),
    ).with_columns(standing("index_low", "index_high"))


def topic_cosine(incidence: Incidence, scope: Scope, keys: Sequence[str]) -> pl.DataFrame:
    """Return how alike the topics of every two actors' projects are: the cosine of how many are about each.

    What is about a topic is about those above it too, so that neighbours in the tree are somewhat alike (Salton &
    McGill 1983; as in `link_prediction`, which has it for all at once).

    Args:
        incidence: the store's ties.
        scope: which projects count, with the CNRS or without; its level is that of `keys`.
        keys: node keys of actors, without repetition.

    Returns:
        `a`, `b`, `cosine` from 0, no topic in common, to 1; one row each two of `keys`, in their order. Null where one
        of both has no project with a published topic in the scope.

    Raises:
        BadRequest: a key is no actor of the graph at the scope's level.
    """
    for key in keys:
        check_actor(incidence, scope, key)
    shape = bipartite(incidence, replace(scope, ties=frozenset({"projects"}), countries=(), regions=()))
    profiles, _ = link_prediction.topic_profiles(incidence, shape)
    numbers = [shape.number(key) for key in keys]
    present = [number for number in numbers if number is not None]
    place = {number: row for row, number in enumerate(present)}
    square = link_prediction.cosine(profiles[present], profiles[present]) if present else np.empty((0, 0))
    rows = [
        (keys[a], keys[b], None if one is None or other is None else float(square[place[one], place[other]]))
        for (a, one), (b, other) in combinations(enumerate(numbers), 2)
    ]
    schema = {"a": pl.String, "b": pl.String, "cosine": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("cosine").fill_nan(None))


def _level(incidence: Incidence, of: str | None, level: Level) -> Level:
    if of is None:
        return level
    if of.startswith("Lab:") or of == CNRS:
        raise BadRequest.of("refused.of_the_cnrs", actor=of)
    of_key: Level = "country" if of.startswith("Country:") else "institution"
    check_actor(incidence, Scope(level=of_key), of)
    return of_key


def _about(incidence: Incidence, events: pl.Series, depth: int) -> pl.DataFrame:
    """Return the topics at a depth of the tree that events are about, or have one below."""
    parents = dict(incidence.topics.select("topic", "parent").iter_rows())
    lines = {topic: line(parents, topic) for topic in parents}
    tops = {topic: up[-depth] if len(up) >= depth else None for topic, up in lines.items()}
    return (
        incidence.subjects.filter(pl.col("event").is_in(events.implode()))
        .with_columns(pl.col("topic").replace_strict(tops, default=None, return_dtype=pl.String))
        .drop_nulls()
        .unique()
    )


def _found(scope: Scope, table: pl.DataFrame) -> dict[str, int | None]:
    told = scope.weighting == "full"
    return {
        "rows": table.height,
        **{word: table.filter(standing=word).height if told else None for word in ("over", "under")},
    }


def _with_us(incidence: Incidence, scope: Scope, of: str | None) -> float | None:
    """Return the cosine of a partner's topics and the CNRS's or, of a country, those of the CNRS's country."""
    country = home(incidence)
    us = CNRS if scope.level == "institution" else f"Country:{country}"
    if of is None or of == us or country is None:
        return None
    found: float | None = topic_cosine(incidence, replace(scope, include_cnrs=True), [of, us])["cosine"][0]
    return found


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "specialisation",
        "affinity",
        specialisation,
        _COLUMNS,
        (
            Parameter("of", "actor"),
            Parameter("level", "choice", "country", choices=LEVELS),
            Parameter("depth", "count", 1),
            Parameter("floor", "count", 5),
            Parameter("first", "choice", "over", choices=("over", "under")),
        ),
        Picture("network", "key", "topic"),
    ),
)
