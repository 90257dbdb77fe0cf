"""What a build depends on, as one checksum, without opening the store or reading a table."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from graph import schema
from graph.store import text
from ingest.catalogue import BUNDLED_DIR, SOURCES_DIR, SourceSpec
from ingest.selection import Selection

JUDGEMENTS: Final = BUNDLED_DIR / "judgements" / "judgements.csv"


def fingerprint(specs: Sequence[SourceSpec], selection: Selection) -> str:
    """SHA-256 over every input of a build: the sources' files or snapshots, the judgements, the readers, the schema.

    What a snapshot holds is taken from its sidecar: reading it again is for the build.
    """
    files = {file.path for spec in specs for file in spec.files.values() if not file.download}
    files |= set(SOURCES_DIR.parent.rglob("*.py")) | set(SOURCES_DIR.rglob("source.toml"))
    files |= {JUDGEMENTS, JUDGEMENTS.with_name("word_counts.csv"), Path(schema.__file__), Path(text.__file__)}
    digest = hashlib.sha256(str(schema.VERSION).encode())
    if selection != Selection():
        digest.update(repr(selection).encode())
    for spec in specs:
        digest.update(f"{spec.name} {spec.snapshot} {spec.checksum}\n".encode())
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"")
    return digest.hexdigest()
