"""OpenAlex works of any number in the official nested layout, and one count of them in a process of its own.

`python -m tests.benchmarks.openalex_case 50000 200000` writes works, counts them to ties, and prints one line of JSON
a size with seconds and peak memory, then the growth from each size to the next.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from tests.serving import ROOT

CNRS = "https://openalex.org/I1294671590"
UNIVERSITIES = 6_000
YEARS = (2021, 2025)
FULL = {"title": "x" * 90, "doi": "https://doi.org/10.1000/xyz", "cited_by_count": 3, "language": "en"}


def labs() -> pl.DataFrame:
    """The ROR numbers and labels of real CNRS units: ror, lab."""
    table = pl.read_csv(ROOT / "data" / "bundled" / "labs_ror.csv", infer_schema=False).drop_nulls("lab_label")
    return table.select(ror=pl.col("ror_id").str.strip_prefix("https://ror.org/"), lab="lab_label")


def works(path: Path, count: int, *, seed: int = 7) -> Path:
    """Write works as the publisher does: JSON lines in gzip, institutions repeated author by author.

    Authors are Poisson-like with a long tail, one work in 2,000 is a large collaboration, ids repeat in lineages.
    """
    random = np.random.default_rng(seed)
    rors = labs()["ror"].to_list()
    units = [_body(10_000_000 + n, f"Unit {n}", ror, "FR", "facility", lab=True) for n, ror in enumerate(rors)]
    others = [
        _body(20_000_000 + n, f"University {n}", f"0{n:08x}"[:9], ("FR", "DE", "US", "JP", "BR")[n % 5], "education")
        for n in range(UNIVERSITIES)
    ]
    cnrs = _body(1294671590, "Centre National de la Recherche Scientifique", "02feahw73", "FR", "government")
    weight = 1.0 / np.arange(1, UNIVERSITIES + 1) ** 0.8
    weight /= weight.sum()
    authors = np.minimum(2 + random.geometric(0.2, count), 60)
    authors[random.random(count) < 1 / 2000] = 300
    total = int(authors.sum())
    unit_of = random.integers(0, len(units), count)
    partner = random.choice(UNIVERSITIES, total, p=weight)
    at_unit = random.random(total) < 0.35
    year = random.integers(YEARS[0], YEARS[1] + 1, count)
    retracted = random.random(count) < 1 / 3000
    rest = json.dumps(FULL)[1:-1]
    done = 0
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        for n in range(count):
            signatures = []
            for place in range(int(authors[n])):
                each = done + place
                bodies = f"{units[unit_of[n]]},{cnrs}" if place == 0 or at_unit[each] else others[partner[each]]
                signatures.append(f'{{"author_position":"middle","institutions":[{bodies}],"countries":["FR"]}}')
            done += int(authors[n])
            file.write(
                f'{{"id":"https://openalex.org/W{4_000_000_000 + n}",{rest},"publication_year":{year[n]},'
                f'"type":"article","is_retracted":{"true" if retracted[n] else "false"},'
                f'"authorships":[{",".join(signatures)}]}}\n'
            )
    return path


def _body(number: int, name: str, ror: str, country: str, type_: str, *, lab: bool = False) -> str:
    own = f"https://openalex.org/I{number}"
    lineage = [CNRS, CNRS, CNRS, own, *(f"https://openalex.org/I{30_000_000 + number % 40 + n}" for n in range(9))]
    return json.dumps(
        {
            "id": own,
            "display_name": name,
            "ror": f"https://ror.org/{ror}",
            "country_code": country,
            "type": type_,
            "lineage": lineage if lab else [own],
        }
    )


def measured(path: Path) -> dict[str, float]:
    """Check and count a file: seconds, of the clock and of the processor, most megabytes this process held, ties."""
    from ingest.copublications import count
    from ingest.works import fields

    table = labs()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started, busy = time.perf_counter(), time.process_time()
    fields(path)
    found = count([path], table)
    return {
        "seconds": round(time.perf_counter() - started, 2),
        "cpu_seconds": round(time.process_time() - busy, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "before_mb": round(before),
        "ties": found.ties.height,
        "works": found.works.height,
        "counted": found.works["reason"].null_count(),
    }


def scanned(path: Path) -> dict[str, float]:
    """Read the same file with DuckDB and count its authorships, nothing else: the least any counting must do."""
    import duckdb

    started = time.perf_counter()
    row = duckdb.sql(
        f"SELECT count(*), sum(len(authorships)) FROM read_json('{path}', format='newline_delimited', "
        "columns={id: 'VARCHAR', publication_year: 'BIGINT', authorships: "
        "'STRUCT(institutions STRUCT(id VARCHAR, ror VARCHAR, lineage VARCHAR[])[])[]'})"
    ).fetchone()
    assert row is not None and row[0]
    return {"seconds": round(time.perf_counter() - started, 2)}


def compare(sizes: list[int]) -> list[dict[str, float]]:
    """Measure each size in a process of its own."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="openalex-") as folder:
        for size in sizes:
            path = works(Path(folder) / "works.jsonl.gz", size)
            ours, raw = (json.loads(alone(way, path)) for way in ("count", "scan"))
            rows.append({"size": size, "file_mb": path.stat().st_size >> 20, **ours, "scan_seconds": raw["seconds"]})
            print(json.dumps(rows[-1]), flush=True)
    return rows


def alone(way: str, path: Path) -> str:
    """Run one way in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.openalex_case", way, str(path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    if sys.argv[1] in ("count", "scan"):
        print(json.dumps((measured if sys.argv[1] == "count" else scanned)(Path(sys.argv[2]))))
    else:
        found = compare([int(size) for size in sys.argv[1:]])
        for less, more in itertools.pairwise(found):
            grown, slower = more["size"] / less["size"], more["cpu_seconds"] / less["cpu_seconds"]
            print(
                f"x{grown:.0f} works: x{slower:.2f} processor seconds, x{more['peak_mb'] / less['peak_mb']:.2f} memory"
            )
