"""What the network is like as a whole, a quantity at a time."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from graph.network.answer import Analysis, Answer, Column
from graph.network.caveats import caveats
from graph.network.centrality import degree, strength
from graph.network.incidence import Incidence
from graph.network.mixing import degree_assortativity, ei_index, group_assortativity, numbered, placed
from graph.network.projection import Ints, Projection, project
from graph.network.scope import Scope

_COLUMNS: Final = (
    Column("quantity", "word"),
    Column("value", decimals=4),
    Column("over"),
    Column("of", "word"),
)


def structure(incidence: Incidence, scope: Scope) -> Answer:
    """Describe the network: how dense, how whole, how clustered, and who is tied to whose like.

    With n actors, m ties, k_i partners and s_i strength:

    - mean partners 2m/n, mean strength (sum of s_i)/n in units of the scope's weighting, density 2m/(n(n - 1));
    - share of the largest connected component in n;
    - clustering, mean over actors of two partners and more of t_i/(k_i(k_i - 1)/2), t_i the ties among i's partners
      (Watts & Strogatz 1998, Nature 393, 440), and transitivity, the sum of the t_i over that of the k_i(k_i - 1)/2
      (Newman 2003, SIAM Review 45, 167);
    - assortativity by degree and strength (Newman 2002) and by country (Newman 2003): see `graph.network.mixing`;
    - E-I index (E - I)/(E + I) of ties to other countries and within one (Krackhardt & Stern 1988), by number and by
      weight.

    Args:
        incidence: the store's ties.
        scope: the network.

    Returns:
        One row a quantity, with the number of actors, ties or pairs it is over; null where undefined, as countries are
        in a network of countries, and all of them in an empty one.

    Raises:
        BadRequest: the graph has no such programme, country or region as the scope names.
    """
    projection = project(incidence, scope)
    n, m = projection.nodes.height, projection.edges.height
    partners, weight = degree(projection), strength(projection)
    groups = _countries(projection)
    known = len(placed(projection, groups)[0])
    several = int((partners > 1).sum())
    pairs = n * (n - 1) // 2
    clustering, transitivity = _clustering(projection) if several else (None, None)
    giant = int(np.bincount(projection.pieces).max(initial=0))
    by_ties, by_weight = _across(projection, groups)
    rows: list[tuple[str, float | None, int, str]] = [
        ("mean_partners", 2 * m / n if n else None, n, "actors"),
        ("mean_strength", float(weight.sum()) / n if n else None, n, "actors"),
        ("density", m / pairs if pairs else None, pairs, "pairs"),
        ("giant_share", giant / n if n else None, n, "actors"),
        ("clustering", clustering, several, "actors"),
        ("transitivity", transitivity, several, "actors"),
        ("degree_assortativity", degree_assortativity(projection, partners), m, "ties"),
        ("strength_assortativity", degree_assortativity(projection, weight), m, "ties"),
        ("country_assortativity", group_assortativity(projection, groups), known, "ties"),
        ("ei_countries", by_ties, known, "ties"),
        ("ei_countries_weight", by_weight, known, "ties"),
    ]
    types = {"quantity": pl.String, "value": pl.Float64, "over": pl.Int64, "of": pl.String}
    figures: dict[str, float | int | str | None] = {
        "actors": n,
        "ties": m,
        "components": int(projection.pieces.max(initial=-1)) + 1,
        "giant": giant,
        "alone": int((partners == 0).sum()),
    }
    notes = [*caveats(incidence, projection), ("structure.consortia_are_cliques", {})]
    if known < m and scope.level == "institution":
        notes.append(("structure.unplaced_ties", {"count": m - known}))
    return Answer(scope, pl.DataFrame(rows, schema=types, orient="row"), figures, tuple(notes))


def _countries(projection: Projection) -> Ints:
    if projection.scope.level == "country":
        return np.full(projection.nodes.height, -1, dtype=np.int64)
    return numbered(projection.nodes["country"])


def _clustering(projection: Projection) -> tuple[float, float]:
    """Return mean local clustering (Watts & Strogatz 1998), over actors of two partners and more, and transitivity."""
    graph = projection.igraph
    return float(graph.transitivity_avglocal_undirected(mode="nan")), float(graph.transitivity_undirected())


def _across(projection: Projection, groups: Ints) -> tuple[float | None, float | None]:
    """Return the E-I index of ties over groups, of their number and of their weight."""
    first, second = groups[projection.a], groups[projection.b]
    known = (first >= 0) & (second >= 0)
    sides = [known & (first != second), known & (first == second)]
    counts = [np.array([side.sum(), projection.weight[side].sum()], dtype=float) for side in sides]
    ties, weight = (None if np.isnan(value) else float(value) for value in ei_index(*counts))
    return ties, weight


ANALYSES: Final[tuple[Analysis, ...]] = (Analysis("structure", "structure", structure, _COLUMNS),)
