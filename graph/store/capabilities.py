"""The named differences between the two engines; nothing else in the project knows which one it talks to."""

from __future__ import annotations

from dataclasses import dataclass

from graph.schema import NODES


@dataclass(frozen=True)
class Capabilities:
    """What one engine does differently from the other."""

    engine: str
    reader_user: bool
    """Read-only is a second user; otherwise it is the session's READ access mode."""
    server_timeout: bool
    """`Query(timeout=…)` is honoured; otherwise one limit holds for the whole database."""
    restartable: bool
    """A statement that nothing ends is ended by restarting the server process, which is ours."""
    bulk_load: bool
    """An empty database can be loaded in the server's own process."""
    cypher_schema: bool
    """Constraints and full-text indexes are created in Cypher; otherwise the server process does it."""
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


EMBEDDED = Capabilities("embedded", True, False, True, True, False, False)
NEO4J = Capabilities("neo4j", False, True, False, False, True, True)
