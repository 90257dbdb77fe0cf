"""Whether anything changed since the last build, answered without opening the store or reading a table."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

from graph import schema
from graph.store import text
from ingest.catalogue import BUNDLED_DIR, SOURCES_DIR, sources

JUDGEMENTS: Final = BUNDLED_DIR / "judgements" / "judgements.csv"
_STAMP: Final = "ingest.json"


def fingerprint() -> str:
    """SHA-256 over every input of a build: the sources' files, the judgements, the readers and the schema."""
    files = {file.path for spec in sources() for file in spec.files.values()}
    files |= set(SOURCES_DIR.parent.rglob("*.py")) | set(SOURCES_DIR.rglob("source.toml"))
    files |= {JUDGEMENTS, Path(schema.__file__), Path(text.__file__)}
    digest = hashlib.sha256(str(schema.VERSION).encode())
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"")
    return digest.hexdigest()


def stamped(store_dir: Path) -> str | None:
    """Fingerprint of the last complete build of the embedded store in this directory; None if there is none."""
    try:
        value = json.loads((store_dir / _STAMP).read_text(encoding="utf-8"))["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(value)


def stamp(store_dir: Path, value: str | None) -> None:
    """Note the build the embedded store holds; None while one is under way."""
    path = store_dir / _STAMP
    if value is None:
        path.unlink(missing_ok=True)
        return
    store_dir.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"fingerprint": value}), encoding="utf-8")
    part.replace(path)
