"""What is added to a ranking before it is shown or taken away: ties with the CNRS, the network among its rows."""

from __future__ import annotations

import networkx as nx
import polars as pl

from graph.i18n import Language
from graph.network import CNRS, Projection


def with_ties_to_cnrs(projection: Projection, ranking: pl.DataFrame) -> pl.DataFrame:
    """Add `cnrs_projects` and `cnrs_agreements`, counted in full; unchanged where the CNRS is not in the network."""
    if CNRS not in projection.keys:
        return ranking
    vertex = projection.keys.index(CNRS)
    ties = projection.edges.filter((pl.col("a") == vertex) | (pl.col("b") == vertex))
    partners = projection.nodes.select("id", "label").with_row_index("vertex")
    with_cnrs = ties.select(
        (pl.col("a") + pl.col("b") - vertex).cast(pl.UInt32).alias("vertex"),
        pl.col("projects").alias("cnrs_projects"),
        pl.col("agreements").alias("cnrs_agreements"),
    ).join(partners, on="vertex")
    return ranking.join(with_cnrs.drop("vertex"), on=["id", "label"], how="left", maintain_order="left")


def network(projection: Projection, shown: pl.DataFrame, language: Language) -> nx.Graph[str]:
    """Return the network among the actors shown, measures on its nodes; the whole one is never built for it."""
    actors = shown.join(projection.nodes.select("id", "label", "key").with_row_index("vertex"), on=["id", "label"])
    keys = dict(actors.select("vertex", "key").iter_rows())
    graph: nx.Graph[str] = nx.Graph(scope=projection.scope.sentence(language))
    for row in actors.drop("vertex", "id").rename({"label": "kind"}).to_dicts():
        graph.add_node(row.pop("key"), **row)
    ties = projection.edges.filter(pl.col("a").is_in(list(keys)) & pl.col("b").is_in(list(keys)))
    for tie in ties.to_dicts():
        graph.add_edge(keys[tie.pop("a")], keys[tie.pop("b")], **tie)
    return graph
