"""The named differences between the two engines; nothing else in the project knows which one it talks to."""

from __future__ import annotations

from dataclasses import dataclass

from graph.schema import NODES


@dataclass(frozen=True)
class Capabilities:
    """What one engine does differently from the other."""

    engine: str
    server_timeout: bool
    """`Query(timeout=…)` is honoured; otherwise one limit holds for the whole database."""
    restartable: bool
    """A statement that nothing ends is ended by restarting the server process, which is ours."""
    bulk_load: bool
    """An empty database can be loaded in the server's own process; otherwise it is created over Bolt."""
    shared: bool
    """Other machines may write to it: one writer at a time holds a lease in the graph, not only a lock file."""
    cypher_schema: bool
    """Constraints and full-text indexes are created in Cypher; otherwise the server process does it."""
    lists_declared: bool
    """`db.labels` and its like list what the schema declares; otherwise what the graph has ever used."""
    data_science: bool
    """It may have the Graph Data Science library; the embedded engine has none."""
    typed_plan: bool
    """EXPLAIN gives a tree of operators and a query type; otherwise a text of steps."""

    @staticmethod
    def fulltext_index(label: str) -> str:
        """Name of the full-text index over `search` of a label; the embedded engine gives it, Neo4j follows."""
        return f"{label}[search]"

    def schema_statements(self) -> list[str]:
        """Cypher that creates keys and full-text indexes; safe to repeat. Empty where the server does it."""
        if not self.cypher_schema:
            return []
        keys = [
            f"CREATE CONSTRAINT {kind.label.lower()}_id IF NOT EXISTS FOR (n:{kind.label}) REQUIRE n.id IS UNIQUE"
            for kind in NODES
        ]
        fulltext = [
            f"CREATE FULLTEXT INDEX `{self.fulltext_index(kind.label)}` IF NOT EXISTS "
            f"FOR (n:{kind.label}) ON EACH [n.search]"
            for kind in NODES
            if kind.fulltext
        ]
        return [*keys, *fulltext]


EMBEDDED = Capabilities(
    engine="embedded",
    server_timeout=False,
    restartable=True,
    bulk_load=True,
    shared=False,
    cypher_schema=False,
    lists_declared=True,
    data_science=False,
    typed_plan=False,
)
NEO4J = Capabilities(
    engine="neo4j",
    server_timeout=True,
    restartable=False,
    bulk_load=False,
    shared=True,
    cypher_schema=True,
    lists_declared=False,
    data_science=True,
    typed_plan=True,
)
