"""The mark of a complete build: removed before the first write, written after the last."""

from __future__ import annotations

from dataclasses import dataclass

from graph import schema


@dataclass(frozen=True)
class BuildInfo:
    """The last complete build of the graph in a store."""

    fingerprint: str
    schema_version: int
    built_at: str

    @property
    def current(self) -> bool:
        """False where the store was built for another version of the schema."""
        return self.schema_version == schema.VERSION


READ = "MATCH (b:Build) RETURN b.fingerprint, b.schema_version, b.built_at ORDER BY b.built_at DESC LIMIT 1"
REMOVE = "MATCH (b:Build) DETACH DELETE b"
WRITE = (
    "MERGE (b:Build {id: 'current'}) SET b.fingerprint = $fingerprint, b.schema_version = $schema_version, "
    "b.built_at = $built_at, b.source = 'build', b.snapshot = $built_at, b.record = $fingerprint, "
    "b.digest = $fingerprint"
)
