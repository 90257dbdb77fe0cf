"""Small networks written by hand: events as sets of actors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import networkx as nx
import polars as pl

from graph.network import CNRS, Incidence, Projection, Scope, empty_incidence, project
from graph.network.incidence import _typed

WORLD = [("150", "001"), ("142", "001"), ("001", None)]
"""Europe and Asia."""


def key(name: str) -> str:
    return CNRS if name == "CNRS" else f"Institution:{name}"


def incidence(
    events: Mapping[str, Iterable[str]],
    *,
    years: Mapping[str, tuple[int | None, int | None]] | None = None,
    programmes: Mapping[str, str] | None = None,
    countries: Mapping[str, str | None] | None = None,
    hosts: Mapping[str, str] | None = None,
    works: Iterable[tuple[str, str, int, int, int, float | None]] = (),
    parts: Iterable[tuple[str, str]] = (),
    subjects: Iterable[tuple[str, str]] = (),
) -> Incidence:
    """Events named P… are projects, A… agreements; actors lie in FR unless `countries` says else.

    `parts` are (project, lab), `subjects` (project, topic); `/1/2` is a topic under `/1`.
    """
    years, programmes, countries, hosts = years or {}, programmes or {}, countries or {}, hosts or {}
    full = {e: ("Project:" if e.startswith("P") else "Agreement:") + e for e in events}
    actors = {key(m): m for members in events.values() for m in members}
    works, parts, subjects = list(works), list(parts), list(subjects)
    labs = {f"Lab:{lab}": lab for lab, *_ in works} | {f"Lab:{lab}": lab for _, lab in parts}
    topics = sorted(
        {"/".join(topic.split("/")[:depth]) for _, topic in subjects for depth in range(2, topic.count("/") + 2)}
    )
    actors |= {key(partner): partner for _, partner, *_ in works}
    rows = [
        (k, k.partition(":")[2], k.partition(":")[0], n, countries.get(n, "FR")) for k, n in (actors | labs).items()
    ]
    codes = sorted({row[4] for row in rows if row[4]} | set(hosts.values()))
    tables = {name: getattr(empty_incidence(), name) for name in Incidence.__slots__}
    tables |= {
        "actors": pl.DataFrame(rows, schema=tables["actors"].schema, orient="row"),
        "events": pl.DataFrame(
            [(full[e], "projects" if e.startswith("P") else "agreements", *years.get(e, (None, None))) for e in events],
            schema=tables["events"].schema,
            orient="row",
        ),
        "members": pl.DataFrame(
            [(full[e], key(m)) for e, members in events.items() for m in dict.fromkeys(members)],
            schema=tables["members"].schema,
            orient="row",
        ),
        "hosts": pl.DataFrame([(full[e], c) for e, c in hosts.items()], schema=tables["hosts"].schema, orient="row"),
        "funding": pl.DataFrame(
            [(full[e], p) for e, p in programmes.items()], schema=tables["funding"].schema, orient="row"
        ),
        "programmes": pl.DataFrame(
            [("HORIZON", None), ("HORIZON.1", "HORIZON"), ("HORIZON.1.2", "HORIZON.1"), ("H2020", None)],
            schema=tables["programmes"].schema,
            orient="row",
        ),
        "places": pl.DataFrame(
            [
                *((c, "150" if c in ("FR", "DE") else "142") for c in codes),
                ("150", "001"),
                ("142", "001"),
                ("001", None),
            ],
            schema=tables["places"].schema,
            orient="row",
        ),
        "countries": pl.DataFrame({"id": codes, "name": codes}, schema=tables["countries"].schema),
        "works": pl.DataFrame(
            [(f"Lab:{lab}", key(partner), *rest) for lab, partner, *rest in works],
            schema=tables["works"].schema,
            orient="row",
        ),
        "parts": pl.DataFrame(
            [(full[e], f"Lab:{lab}") for e, lab in parts], schema=tables["parts"].schema, orient="row"
        ),
        "subjects": pl.DataFrame(
            [(full[e], topic) for e, topic in subjects], schema=tables["subjects"].schema, orient="row"
        ),
        "agreements": pl.DataFrame(
            [(full[e], e, None, "IRL") for e in events if not e.startswith("P")],
            schema=tables["agreements"].schema,
            orient="row",
        ),
        "topics": pl.DataFrame(
            [(topic, topic.rpartition("/")[0] or None, topic) for topic in topics],
            schema=tables["topics"].schema,
            orient="row",
        ),
    }
    return _typed(**tables)


def from_graph(graph: nx.Graph) -> Projection:
    """Each tie of weight w as w projects of two; each isolate as a project alone."""
    events = {f"P{a}-{b}-{i}": (str(a), str(b)) for a, b, w in graph.edges(data="weight", default=1) for i in range(w)}
    events |= {f"P{node}": (str(node),) for node in graph if graph.degree(node) == 0}
    return project(incidence(events), Scope())


def unfolded(projection: Projection) -> Projection:
    """The same network without the short cut for actors of a single event."""
    n = projection.nodes.height
    sole = pl.Series([-1] * n, dtype=pl.Int64).to_numpy()
    return replace(projection, sole=sole, sole_weight=sole * float("nan"), _memo={})
