"""Which communities there are and who bridges them: Leiden blocks with their inside and outside, and participation."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from graph.network.answer import ACTOR, Analysis, Answer, Column, Parameter, Picture
from graph.network.caveats import caveats
from graph.network.centrality import degree, strength
from graph.network.communities import blocks, others, stability
from graph.network.incidence import Incidence
from graph.network.mixing import ei_index, numbered, participation, recovery, shares
from graph.network.projection import Floats, Ints, Projection, project
from graph.network.scope import Scope
from graph.network.trees import line

_NAMED: Final = 3
"""Members of a block that are named, the strongest ones."""

_DEPTH: Final = 2
"""How far a region lies below the world in the UN M49 tree: 1 are continents, 2 such as Eastern Asia."""

_COMMUNITIES: Final = (
    Column("block"),
    Column("size"),
    Column("members", "text"),
    Column("main_country", "country"),
    Column("country_share", "percent"),
    Column("main_region", "node"),
    Column("region_share", "percent"),
    Column("internal", decimals=1),
    Column("external", decimals=1),
    Column("ei", decimals=2),
    Column("density", "percent", 1),
    Column("stability", decimals=2),
)
_BRIDGES: Final = (
    *ACTOR,
    Column("block"),
    Column("participation", decimals=2, low="participation_low", high="participation_high"),
    Column("participation_low", decimals=2),
    Column("participation_high", decimals=2),
    Column("groups"),
    Column("ei", decimals=2),
    Column("partners"),
    Column("strength", decimals=1),
)


def communities(incidence: Incidence, scope: Scope, floor: int = 5) -> Answer:
    """List the Leiden blocks, what they are made of, how closed they are and how stable.

    Blocks are those that make the weighted modularity Q = 1/2m · sum over i, j of one block of (w_ij - s_i s_j/2m) as
    large as the Leiden algorithm gets it (Newman 2004; Traag, Waltman & van Eck 2019; `graph.network.communities`).
    How closed one is: its E-I index (E - I)/(E + I), of the tie weight that leaves it and that stays inside, from -1 to
    1 (Krackhardt & Stern 1988). How stable: the mean, over three other seeds, of its largest Jaccard similarity with
    one of their blocks (after Hennig 2007).

    Args:
        incidence: the store's ties.
        scope: the network.
        floor: least number of actors in a block.

    Returns:
        Largest first. Main country and region are those of most members, equal ones by code, and their shares are of
        the members whose country is known. A tie inside counts once in `internal`, one across in `external` of both.
        Empty where no block has as many actors, as in an empty network.

    Raises:
        BadRequest: the graph has no such programme, country or region as the scope names.
    """
    projection = project(incidence, scope)
    found = blocks(projection)
    groups = _numbered(found.values)
    sizes = np.bincount(groups[groups >= 0])
    table = (
        pl.DataFrame(
            {"block": np.arange(1, len(sizes) + 1), "size": sizes}, schema={"block": pl.Int64, "size": pl.Int64}
        )
        .with_columns(
            *(pl.Series(name, values) for name, values in _closure(projection, groups).items()),
            pl.Series("stability", recovery(groups, others(projection)), dtype=pl.Float64),
        )
        .filter(pl.col("size") >= floor)
        .join(_composition(incidence, projection, groups), on="block", how="left", maintain_order="left")
        .select(column.name for column in _COMMUNITIES)
    )
    figures: dict[str, float | int | str | None] = {
        "blocks": found.count,
        "blocks_shown": table.height,
        "modularity": found.modularity if found.count else None,
        "stability": stability(projection) if found.count else None,
        "actors": projection.nodes.height,
        "alone": int((groups < 0).sum()),
    }
    return Answer(scope, table, figures, tuple(caveats(incidence, projection)))


def bridges(incidence: Incidence, scope: Scope, over: str = "communities", floor: int = 10) -> Answer:
    """Rank the actors whose ties are spread most evenly over communities, countries or regions.

    Args:
        incidence: the store's ties.
        scope: the network.
        over: `communities`, `countries` or `regions`, which are the sub-regions of UN M49.
        floor: least number of partners; with few, any spread is chance.

    Returns:
        Highest participation first, equal ones by strength. Its interval is the span over the four seeds of the
        partition, null where the groups are places. `ei` is null for an actor of no known group.
    """
    projection = project(incidence, scope)
    block = blocks(projection).values
    groups = _numbered(block) if over == "communities" else _places(incidence, projection, over)
    weights = shares(projection, groups)
    own, total = _inside(projection, groups), weights.sum(axis=1)
    low = high = np.full(len(groups), np.nan)
    if over == "communities":
        seeds = [participation(shares(projection, one)) for one in (groups, *others(projection))]
        low, high = np.min(seeds, axis=0), np.max(seeds, axis=0)
    columns = {
        "block": block,
        "participation": participation(weights),
        "participation_low": low,
        "participation_high": high,
        "ei": ei_index(total - own, own),
        "strength": strength(projection),
    }
    table = (
        projection.nodes.with_columns(pl.Series(name, values).fill_nan(None) for name, values in columns.items())
        .with_columns(
            pl.col("block").cast(pl.Int64),
            pl.Series("groups", np.diff(weights.indptr), dtype=pl.Int64),
            pl.Series("partners", degree(projection)).cast(pl.Int64),
        )
        .filter(pl.col("partners") >= floor)
        .drop_nulls("participation")
        .sort("participation", "strength", "key", descending=[True, True, False])
        .select(column.name for column in _BRIDGES)
    )
    figures: dict[str, float | int | str | None] = {
        "actors_shown": table.height,
        "groups": int(groups.max(initial=-1)) + 1,
        "stability": stability(projection) if over == "communities" and table.height else None,
    }
    notes = caveats(incidence, projection)
    unknown = int((groups < 0).sum())
    if over != "communities" and unknown:
        notes.append(("structure.unplaced_groups", {"count": unknown}))
    return Answer(scope, table, figures, tuple(notes))


def _numbered(values: Floats) -> Ints:
    return np.where(np.isnan(values), -1, np.nan_to_num(values) - 1).astype(np.int64)


def _inside(projection: Projection, groups: Ints) -> Floats:
    """Return the tie weight of each vertex with its own group; nan for a vertex of none."""
    a, b = projection.a, projection.b
    same = groups[a] == groups[b]
    ends = np.concatenate([a[same], b[same]])
    own = np.bincount(ends, np.tile(projection.weight[same], 2), len(groups)).astype(float)
    own[groups < 0] = np.nan
    return own


def _closure(projection: Projection, groups: Ints) -> dict[str, Floats]:
    """Return tie weight inside and across, their E-I index and the share of pairs tied, by group."""
    sizes = np.bincount(groups[groups >= 0]).astype(float)
    count = len(sizes)
    first, second = groups[projection.a], groups[projection.b]
    inside, weight = first == second, projection.weight
    internal = np.bincount(first[inside], weight[inside], count).astype(float)
    # An end with each block: a tie across is external to both.
    ends = np.concatenate([first[~inside], second[~inside]])
    external = np.bincount(ends, np.tile(weight[~inside], 2), count).astype(float)
    pairs = sizes * (sizes - 1) / 2
    density = np.divide(np.bincount(first[inside], minlength=count), pairs, out=np.zeros(count), where=pairs > 0)
    return {"internal": internal, "external": external, "ei": ei_index(external, internal), "density": density}


def _composition(incidence: Incidence, projection: Projection, groups: Ints) -> pl.DataFrame:
    """Return by block the names of its strongest members, and its main country and region with their shares."""
    members = projection.nodes.select(
        pl.Series("block", groups) + 1,
        pl.Series("strength", strength(projection)),
        "key",
        "name",
        "country",
        pl.col("country").replace_strict(_regions(incidence), default=None, return_dtype=pl.String).alias("region"),
    ).filter(pl.col("block") > 0)
    found = (
        members.sort("strength", "key", descending=[True, False])
        .group_by("block", maintain_order=True)
        .agg(pl.col("name").head(_NAMED).str.join(" · ").alias("members"))
    )
    if projection.scope.level == "country":
        # Of countries themselves none is where most of a block lie.
        members = members.with_columns(pl.lit(None, pl.String).alias("country"))
    for place in ("country", "region"):
        main = (
            members.drop_nulls(place)
            .group_by("block", place)
            .agg(pl.len().alias("here"))
            .with_columns((pl.col("here") / pl.col("here").sum().over("block")).alias(f"{place}_share"))
            .sort("here", place, descending=[True, False])
            .unique("block", keep="first", maintain_order=True)
        )
        found = found.join(main.drop("here"), on="block", how="left")
    return found.rename({"country": "main_country"}).with_columns(pl.format("Region:{}", "region").alias("main_region"))


def _places(incidence: Incidence, projection: Projection, over: str) -> Ints:
    """Return the country or region of each vertex as a number, -1 where unknown."""
    places = projection.nodes["country"]
    if over == "regions":
        places = places.replace_strict(_regions(incidence), default=None, return_dtype=pl.String)
    return numbered(places)


def _regions(incidence: Incidence) -> dict[str, str]:
    """Return the region of each country: the one `_DEPTH` below the world, or the nearest above where there is none."""
    above = dict(incidence.places.iter_rows())
    lines = {country: line(above, country) for country in incidence.countries["id"]}
    return {country: up[max(1, len(up) - 1 - _DEPTH)] for country, up in lines.items() if len(up) > 1}


ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "communities",
        "structure",
        communities,
        _COMMUNITIES,
        (Parameter("floor", "count", 5),),
        Picture("bars", "members", "size"),
    ),
    Analysis(
        "bridges",
        "structure",
        bridges,
        _BRIDGES,
        (
            Parameter("over", "choice", "communities", choices=("communities", "countries", "regions")),
            Parameter("floor", "count", 10),
        ),
        Picture("bars", "name", "participation"),
    ),
)
