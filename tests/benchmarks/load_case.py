"""One load in a process of its own, so that its memory is its own: `python -m tests.benchmarks.load_case …`.

Prints one line of JSON. `ours` is `Store.sync` into an empty store, `raw` the shortest loader that does nothing
but create: `UNWIND … CREATE` over Bolt with the same batches, or the embedded engine's GraphBatch in its own process.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from graph.settings import Settings
from graph.store import Tables, bulk, open_store, stop_store
from graph.store.server import Server
from graph.store.writes import batch_size

SHARE_OF_PROJECTS = 5
TIE = ("PARTICIPATES_IN", "Institution", "Project")
CHUNK = 20_000


def tables(nodes: int, ties: int) -> Tables:
    """A graph of the real one's shape: four in five nodes are institutions, the rest projects."""
    random = np.random.default_rng(7)
    count = nodes // SHARE_OF_PROJECTS
    ids = pl.int_range(nodes - count, eager=True).cast(pl.String)
    projects = pl.int_range(count, eager=True).cast(pl.String)
    names = pl.Series([f"Institute {n} of the university of town {n % 997}" for n in range(nodes - count)])
    institutions = pl.DataFrame({"id": "pic:" + ids, "name": names, "search": names.str.to_lowercase()}).with_columns(
        named=pl.lit(value=True), country=pl.lit("DE"), type=pl.lit("HES"), identifiers=pl.concat_list("id")
    )
    funded = pl.DataFrame({"id": "HORIZON:" + projects, "name": projects, "search": projects}).with_columns(
        framework=pl.lit("HORIZON"), ec_contribution_eur=pl.lit(1_234_567.0)
    )
    taking_part = pl.DataFrame(
        {
            "start": institutions["id"].gather(random.integers(0, nodes - count, ties)),
            "end": funded["id"].gather(random.integers(0, count, ties)),
            "source_id": pl.int_range(ties, eager=True).cast(pl.String),
        }
    ).with_columns(role=pl.lit("participant"), contribution_eur=pl.lit(100_000.0))
    return Tables({"Institution": _sourced(institutions), "Project": _sourced(funded)}, {TIE: _sourced(taking_part)})


def ours(given: Tables, settings: Settings) -> dict[str, object]:
    """Load an empty store; then change one record in a hundred and load again."""
    with open_store(settings) as store:
        started = time.perf_counter()
        store.sync(given, fingerprint="first")
        loaded = time.perf_counter() - started
        store.sync(given, fingerprint="first")
        again = time.perf_counter() - started - loaded
        changed = changing(given)
        started = time.perf_counter()
        report = store.sync(changed, fingerprint="second").total
        merged = time.perf_counter() - started
        told = {"new": report.new, "changed": report.changed, "removed": report.removed}
        server = peak(store._connection.runtime.pid) if settings.neo4j_uri is None else None
    return {"seconds": loaded, "unchanged": again, "merge": merged, **told, "server_mb": server}


def changing(given: Tables) -> Tables:
    """The same with every hundredth institution renamed and every hundredth tie of another role."""
    hundredth = pl.int_range(pl.len()) % 100 == 0
    name = pl.when(hundredth).then(pl.lit("renamed")).otherwise("name").alias("name")
    role = pl.when(hundredth).then(pl.lit("coordinator")).otherwise("role").alias("role")
    return Tables(
        {**given.nodes, "Institution": given.nodes["Institution"].with_columns(name)},
        {TIE: given.relationships[TIE].with_columns(role)},
    )


def raw_bolt(given: Tables, settings: Settings) -> dict[str, object]:
    """`UNWIND … CREATE` with the batches `ours` has, keys and full-text indexes there before."""
    store = open_store(settings)
    store.migrate()
    driver, database = store._connection.writing_driver(), store._connection.database
    started = time.perf_counter()
    with driver.session(database=database) as session:
        for label, frame in given.nodes.items():
            write = f"UNWIND $rows AS row CREATE (n:{label}) SET n = row"
            for piece in frame.iter_slices(batch_size(frame)):
                session.run(write, rows=piece.to_dicts()).consume()
        for (type_, start, end), frame in given.relationships.items():
            own = ", ".join(f"{name}: row.{name}" for name in frame.columns if name not in ("start", "end"))
            write = (
                f"UNWIND $rows AS row MATCH (a:{start} {{id: row.start}}), (b:{end} {{id: row.end}}) "
                f"CREATE (a)-[:{type_} {{{own}}}]->(b)"
            )
            for piece in frame.iter_slices(batch_size(frame)):
                session.run(write, rows=piece.to_dicts()).consume()
    return {"seconds": time.perf_counter() - started}


def raw_embedded(given: Tables, settings: Settings) -> dict[str, object]:
    """GraphBatch in this process, the types and indexes of the schema there before."""
    server = Server(settings.store_dir.resolve(), settings.heap)
    server._prepare()
    engine = server._engine("a long password for nobody", 0, 0)
    engine.start()
    database: Any = engine.create_database("graph")
    server._database = database
    server.apply_schema()
    started = time.perf_counter()
    rids: dict[str, dict[str, str]] = {}
    with database.graph_batch(use_wal=True, batch_size=bulk._EDGES) as batch:
        for label, frame in given.nodes.items():
            made: list[str] = []
            for piece in frame.iter_slices(CHUNK):
                made += batch.create_vertices(label, piece.to_dicts())
            rids[label] = dict(zip(frame["id"], made, strict=True))
        for (type_, start, end), frame in given.relationships.items():
            for piece in frame.iter_slices(CHUNK):
                sources = [rids[start][key] for key in piece["start"]]
                targets = [rids[end][key] for key in piece["end"]]
                batch.new_edges(sources, type_, targets, piece.drop("start", "end").to_dicts())
    seconds = time.perf_counter() - started
    engine.stop()
    return {"seconds": seconds}


def peak(pid: int) -> float:
    """Most memory a process has held, in MB."""
    return _memory(pid, "VmHWM")


def held(pid: int) -> float:
    """Memory a process holds now, in MB."""
    return _memory(pid, "VmRSS")


def _memory(pid: int, name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else float("nan")


def _sourced(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        source=pl.lit("bench"), snapshot=pl.lit("bench@2026"), record=pl.int_range(pl.len()).cast(pl.String)
    )


def main() -> None:
    """Run the case the arguments name: way, nodes, ties, data directory; Neo4j where the environment names one."""
    way, nodes, ties, data = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    settings = Settings(data_dir=data)
    given = tables(nodes, ties)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if way == "ours":
        found = ours(given, settings)
    else:
        found = (raw_bolt if settings.neo4j_uri else raw_embedded)(given, settings)
    found |= {"before_mb": before, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    print(json.dumps(found), flush=True)
    if settings.neo4j_uri is None and way == "ours":
        stop_store(settings)


if __name__ == "__main__":
    main()
