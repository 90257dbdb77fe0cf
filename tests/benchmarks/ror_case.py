"""Time one reading of a full-size ROR dump, and its peak memory: `-m tests.benchmarks.ror_case source|index`.

The dump is the fixture's records over and over under numbers of their own, indented as ROR publishes it, zipped.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from ingest.catalogue import source
from ingest.containers import unpacked
from ingest.reading import SourceFiles
from ingest.ror_index import read_dump
from ingest.sources.ror.read import read_published
from tests.benchmarks.load_case import peak

FIXTURE = Path(__file__).parent.parent / "fixtures" / "published" / "ror" / "ror-data_schema_v2.json"
RECORDS = 110_000


def write(path: Path, count: int) -> int:
    """Write a dump of so many records; returns its bytes unpacked."""
    real: list[dict[str, Any]] = json.loads(FIXTURE.read_text(encoding="utf-8"))
    # What follows the real records is related to nothing of theirs.
    others = [json.dumps({**record, "relationships": []}, indent=4, ensure_ascii=False) for record in real[1:]]
    ids = [record["id"] for record in real[1:]]
    size = 0
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("v2.9-2026-06-23-ror-data.json", "w", force_zip64=True) as file,
    ):
        size += file.write(json.dumps(real, indent=4, ensure_ascii=False).rstrip("]\n").encode())
        for number in range(count - len(real)):
            text = others[number % len(others)].replace(ids[number % len(ids)], f"https://ror.org/9{number:08d}")
            size += file.write(f",\n{text}".encode())
        size += file.write(b"\n]\n")
    return size


def main(what: str, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "v2.9-2026-06-23-ror-data.zip"
        size = write(path, count)
        before, start = peak(os.getpid()), time.perf_counter()
        if what == "index":
            with unpacked(path, "*_schema_v2.json|*.json", path.name) as plain:
                rows = read_dump(plain, path.name).frame.height
        else:
            reading = read_published(SourceFiles(source("ror").at(dt.date(2026, 6, 23), "x", lambda key: path)))
            rows = reading.tables["organisations"]
        seconds = time.perf_counter() - start
        found = {
            "what": what,
            "records": rows,
            "mb": size / 1e6,
            "seconds": seconds,
            "before": before,
            "peak": peak(os.getpid()),
        }
        print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "source", int(sys.argv[2]) if len(sys.argv) > 2 else RECORDS)
