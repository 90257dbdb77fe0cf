"""What the CNRS would lose without a programme, an agreement, a body or a country: partners, reach, brokerage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

from graph.errors import BadRequest
from graph.network.answer import ACTOR, Analysis, Answer, Column, Parameter, Picture
from graph.network.bipartite import once
from graph.network.incidence import CNRS, Incidence
from graph.network.joint_events import home, in_places, joint_events, named
from graph.network.joint_works import works_in
from graph.network.notes import Note
from graph.network.projection import Projection, project, subtree
from graph.network.scope import Scope


@dataclass(frozen=True, eq=False)
class Removal:
    """What is taken away.

    Attributes:
        events: `event` of each project and agreement that falls.
        bodies: keys of those that leave, with their joint works; empty for a programme or an agreement.
        notes: what the reader has to know of it, as catalogue keys and values.
    """

    events: pl.DataFrame
    bodies: pl.Series
    notes: tuple[Note, ...]


def constraint_of(adjacency: sparse.csr_array, vertex: int) -> float | None:
    """Return Burt's constraint of one vertex (Burt 1992; see `brokerage.constraint`), None for one without a tie."""
    strength = np.asarray(adjacency.sum(axis=1), dtype=float)
    if not strength[vertex]:
        return None
    share = sparse.diags_array(np.divide(1, strength, out=np.zeros_like(strength), where=strength > 0)) @ adjacency
    own = share.tocsr()[[vertex]]
    invested = (own + own @ share).toarray()[0]
    return float((invested[own.toarray()[0] > 0] ** 2).sum())


def harmonic_of(adjacency: sparse.csr_array, vertex: int) -> float:
    """Return the sum of inverse distances of one vertex to all others, ties 1/w long (Marchiori & Latora 2000)."""
    lengths = adjacency.copy()
    lengths.data = 1 / lengths.data
    far = csgraph.dijkstra(lengths, directed=False, indices=vertex)
    far[vertex] = np.inf
    return float((1 / far[np.isfinite(far)]).sum())


def what_if(
    incidence: Incidence,
    scope: Scope,
    *,
    programme: str | None,
    agreement: str | None,
    actor: str | None,
    consortia: str,
) -> Answer:
    """Return which partners of the CNRS would be lost or weakened without one programme, agreement, body or country.

    A programme falls with its subtree: every event funded under it, also in part. With a body or a country fall, by
    `consortia`, all events it is in ("fall": what hangs on it, an upper bound of the loss) or nothing but its own ties
    ("stay": a lower bound). A partner is lost where no joint event and no joint work with a lab of the CNRS is left.
    Reach is harmonic closeness of the CNRS; components are counted among the actors of the network before, one without
    a tie being its own, those that leave not counted.

    Raises:
        BadRequest: none or several of the three are named, the graph has no such one, or it is the CNRS; a body is to
            leave a network of countries while its consortia stay; and for a programme, country or region of the scope
            the graph does not have.
    """
    given = [one for one in (programme, agreement, actor) if one]
    if len(given) != 1:
        raise BadRequest.of("refused.one_removed")
    if actor and consortia == "stay" and scope.level == "country" and not actor.startswith("Country:"):
        raise BadRequest.of("refused.body_alone")
    removal = _removal(incidence, programme, agreement, actor, consortia)
    left = replace(
        incidence,
        events=incidence.events.join(removal.events, on="event", how="anti"),
        works=incidence.works.filter(
            ~pl.col("lab").is_in(removal.bodies.implode()), ~pl.col("institution").is_in(removal.bodies.implode())
        ),
    )
    leaving = removal.bodies
    if scope.level == "country":
        leaving = pl.Series([actor] if actor and actor.startswith("Country:") else [], dtype=pl.String)
    notes: list[Note] = [("change.without", {"what": _name(incidence, given[0])}), *removal.notes]
    notes.append(("change.renamed", {}))
    partners = _partners(incidence, left, scope, leaving, notes)
    whole = replace(scope, include_cnrs=True)
    before = project(incidence, whole)
    after = _onto(before, project(left, whole), leaving)
    ego = before.nodes["key"].index_of(CNRS if scope.level == "institution" else f"Country:{home(incidence)}")
    stays = ~before.nodes["key"].is_in(leaving.implode()).to_numpy()
    figures: dict[str, float | int | str | None] = {**_counts(partners)}
    for name, ties in (("before", before.adjacency), ("after", after)):
        figures[f"reach_{name}"] = None if ego is None else harmonic_of(ties, ego)
        figures[f"constraint_{name}"] = None if ego is None else constraint_of(ties, ego)
        present = ties if name == "before" else ties[stays][:, stays]
        figures[f"components_{name}"] = int(csgraph.connected_components(present, directed=False)[0])
    affected = partners.filter(pl.col("fate") != "kept").sort(
        pl.col("fate") != "lost",
        "n_before",
        "share_lost",
        "key",
        descending=[False, True, True, False],
        nulls_last=True,
    )
    return Answer(scope, affected.select(column.name for column in _COLUMNS), figures, once([*notes, *before.notes]))


def _removal(
    incidence: Incidence, programme: str | None, agreement: str | None, actor: str | None, consortia: str
) -> Removal:
    nobody = pl.Series(dtype=pl.String)
    if programme:
        within = subtree(incidence.programmes, [programme], "programme")
        inside = pl.col("programme").is_in(within)
        events = incidence.funding.filter(inside).select("event").unique()
        elsewhere = events.join(incidence.funding.filter(~inside), on="event", how="semi").height
        return Removal(events, nobody, (("change.also_elsewhere", {"count": elsewhere}),) if elsewhere else ())
    if agreement:
        events = incidence.agreements.filter(event=agreement).select("event")
        if events.is_empty():
            raise BadRequest.of("refused.unknown_agreement", id=agreement)
        return Removal(events, nobody, ())
    label, _, identity = (actor or "").partition(":")
    if actor == CNRS or (label == "Country" and identity == home(incidence)):
        raise BadRequest.of("refused.no_cnrs_left", actor=actor)
    at = pl.col("country") == identity if label == "Country" else pl.col("actor") == actor
    bodies = incidence.actors.filter(at, pl.col("actor") != CNRS)["actor"]
    if bodies.is_empty():
        raise BadRequest.of("refused.no_ties", actor=actor)
    taking_part = [
        incidence.members.filter(pl.col("actor").is_in(bodies.implode())).select("event"),
        incidence.parts.filter(pl.col("lab").is_in(bodies.implode())).select("event"),
        incidence.hosts.filter(pl.col("country") == identity if label == "Country" else pl.lit(value=False)).select(
            "event"
        ),
    ]
    fallen = pl.concat(taking_part).unique()
    return Removal(fallen if consortia == "fall" else fallen.clear(), bodies, ((f"change.consortia_{consortia}", {}),))


def _name(incidence: Incidence, given: str) -> str:
    bodies = incidence.actors.select(pl.col("actor").alias("key"), "name")
    known = pl.concat([bodies, incidence.agreements.select(pl.col("event").alias("key"), "name")]).filter(key=given)
    return str(known["name"][0]) if known.height else given.removeprefix("Country:")


def _partners(
    incidence: Incidence, left: Incidence, scope: Scope, leaving: pl.Series, notes: list[Note]
) -> pl.DataFrame:
    """Return every partner in scope, its joint events before and after, the share of weight lost, and its fate."""
    tied = []
    for store, said, gone in ((incidence, notes, pl.Series(dtype=pl.String)), (left, list[Note](), leaving)):
        events = joint_events(store, scope, said).filter(~pl.col("key").is_in(gone.implode()))
        # Whether there are joint works at all does not hang on how they are weighted.
        works = works_in(store, replace(scope, weighting="full"), said).filter(pl.col("institution") != CNRS)
        counted = events.group_by("key").agg(pl.len().cast(pl.Int64).alias("n"), pl.col("weight").sum())
        joint = works.select(pl.col("institution").alias("key"), pl.lit(value=True).alias("works")).unique()
        tied.append(counted.join(joint, on="key", how="full", coalesce=True))
    both = (
        tied[0]
        .join(tied[1], on="key", how="left", suffix="_after")
        .with_columns(pl.col("n", "n_after").fill_null(0), pl.col("weight_after").fill_null(0.0))
    )
    alone = pl.col("n_after") == 0
    fate = (
        pl.when(alone & pl.col("works_after").is_null())
        .then(pl.lit("lost"))
        .when(alone & (pl.col("n") > 0))
        .then(pl.lit("works_only"))
        .when(pl.col("n_after") < pl.col("n"))
        .then(pl.lit("weakened"))
        .otherwise(pl.lit("kept"))
    )
    counted = both.select(
        "key",
        pl.col("n").alias("n_before"),
        "n_after",
        (1 - pl.col("weight_after") / pl.col("weight")).alias("share_lost"),
        fate.alias("fate"),
    )
    return in_places(incidence, scope, named(incidence, counted))


def _onto(before: Projection, after: Projection, leaving: pl.Series) -> sparse.csr_array:
    """Return the ties of the later network over the actors of the earlier one, without those of who leaves."""
    numbers = pl.DataFrame({"key": before.nodes["key"]}).with_row_index("number")
    at = after.nodes.select("key").join(numbers, on="key", how="left", maintain_order="left")["number"].to_numpy()
    gone = after.nodes["key"].is_in(leaving.implode()).to_numpy()
    kept = ~(gone[after.a] | gone[after.b])
    size = before.nodes.height
    upper = sparse.coo_array((after.weight[kept], (at[after.a[kept]], at[after.b[kept]])), shape=(size, size))
    return (upper + upper.T).tocsr()


def _counts(partners: pl.DataFrame) -> dict[str, float | int | str | None]:
    kept = partners.filter(pl.col("fate") != "lost")
    countries, still = (set(frame["country"].drop_nulls()) for frame in (partners, kept))
    return {
        "partners_before": partners.height,
        "partners_after": kept.height,
        "lost": partners.height - kept.height,
        "works_only": partners.filter(fate="works_only").height,
        "weakened": partners.filter(fate="weakened").height,
        "countries_before": len(countries),
        "countries_after": len(still),
        "countries_lost": ", ".join(sorted(countries - still)) or None,
    }


_COLUMNS: Final = (
    *ACTOR,
    Column("n_before"),
    Column("n_after"),
    Column("share_lost", "percent"),
    Column("fate", "word"),
)

ANALYSES: Final[tuple[Analysis, ...]] = (
    Analysis(
        "what_if",
        "change",
        what_if,
        _COLUMNS,
        (
            Parameter("programme", "programme"),
            Parameter("agreement", "agreement"),
            Parameter("actor", "actor"),
            Parameter("consortia", "choice", "fall", choices=("fall", "stay")),
        ),
        Picture("bars", "name", "n_before"),
        one_of=("programme", "agreement", "actor"),
    ),
)
