"""Who took part in what: the store's ties as columns, read once and kept beside the store.

A projection is drawn from these columns in memory, so that a change of scope
costs no read of the store.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from graph.errors import StoreUnavailable
from graph.queries import internal
from graph.settings import Settings

if TYPE_CHECKING:
    from graph.store import BuildInfo, Store

CNRS: Final = "Institution:ror:02feahw73"
"""Node key of the CNRS."""

_TIMES: Final = 3

_SCHEMAS: Final[dict[str, dict[str, pl.DataType | type[pl.DataType]]]] = {
    "actors": {"actor": pl.String, "id": pl.String, "label": pl.String, "name": pl.String, "country": pl.String},
    "events": {"event": pl.String, "tie": pl.String, "first": pl.Int32, "last": pl.Int32},
    "members": {"event": pl.String, "actor": pl.String},
    "hosts": {"event": pl.String, "country": pl.String},
    "funding": {"event": pl.String, "programme": pl.String},
    "programmes": {"child": pl.String, "parent": pl.String},
    "places": {"child": pl.String, "parent": pl.String},
    "countries": {"id": pl.String, "name": pl.String},
    "works": {
        "lab": pl.String,
        "institution": pl.String,
        "first": pl.Int32,
        "last": pl.Int32,
        "full": pl.Int64,
        "fractional": pl.Float64,
    },
    "parts": {"event": pl.String, "lab": pl.String},
    "subjects": {"event": pl.String, "topic": pl.String},
    "topics": {"topic": pl.String, "parent": pl.String, "name": pl.String},
    "agreements": {"event": pl.String, "name": pl.String, "acronym": pl.String, "instrument": pl.String},
}


@dataclass(frozen=True, slots=True)
class Incidence:
    """Every joint event of the store and its members, as tables.

    Attributes:
        actors: `actor` (node key such as "Institution:ror:…"), `id`, `label`, `name`,
            `country` (null if unknown); only those that appear in a tie.
        events: `event` ("Project:…" or "Agreement:…"), `tie`, `first` and `last` year,
            null if unknown.
        members: one row for each event and distinct actor; the CNRS stands in every
            agreement, being a party to all of its own instruments.
        hosts: the country an agreement is hosted in or concluded with.
        funding: the programme an event is funded under, leaf only.
        programmes: programme and the one above it; a root has a null `parent`.
        places: country or region and the region above it; a root has a null `parent`.
        countries: `id` and English `name`.
        works: joint works of one lab and one institution in a span of years; counts
            of different labs overlap and must never be added into one of the CNRS.
        parts: a project and a lab (node key) that has a part in it; within the part of a member, so never one itself.
        subjects: a project and a field of science it is about, as published: the leaves only.
        topics: each field, the one above it (null for a root) and its English name.
        agreements: `name`, `acronym` (null if there is none) and `instrument` (IRL, IRP, …) of each event that is an
            agreement.
    """

    actors: pl.DataFrame
    events: pl.DataFrame
    members: pl.DataFrame
    hosts: pl.DataFrame
    funding: pl.DataFrame
    programmes: pl.DataFrame
    places: pl.DataFrame
    countries: pl.DataFrame
    works: pl.DataFrame
    parts: pl.DataFrame
    subjects: pl.DataFrame
    topics: pl.DataFrame
    agreements: pl.DataFrame

    def __post_init__(self) -> None:
        for field in fields(self):
            expected = list(_SCHEMAS[field.name])
            found = getattr(self, field.name).columns
            if found != expected:
                raise ValueError(f"incidence table '{field.name}': expected columns {expected}, found {found}")


def empty_incidence() -> Incidence:
    """Return an incidence without any row, the start of a test's own."""
    return Incidence(**{name: pl.DataFrame(schema=schema) for name, schema in _SCHEMAS.items()})


def load_incidence(store: Store) -> Incidence:
    """Read every tie of the store, in ten statements and about two seconds; again where it was built meanwhile.

    Rows stand in one order whatever the engine's, so that every answer made of them is the same to its last digit.

    Raises:
        StoreUnavailable: the store cannot be reached, or is built again and again.
    """
    return _settled(store)[1]


def _settled(store: Store) -> tuple[BuildInfo | None, Incidence]:
    """The ties, and the build that all of them are of."""
    for _ in range(_TIMES):
        before = store.build()
        incidence = _read_store(store)
        if store.build() == before:
            return before, incidence
    raise StoreUnavailable.of("refused.being_built")


def _read_store(store: Store) -> Incidence:
    projects = store.frame(internal("network_projects"))
    agreements = store.frame(internal("network_agreements"))
    works = store.frame(internal("network_works"))
    actors = store.frame(internal("network_actors"))
    members = pl.concat(
        [
            _exploded(projects, "Project", "members", "actor"),
            _exploded(agreements, "Agreement", "members", "actor"),
            agreements.select(pl.format("Agreement:{}", "id").alias("event"), pl.lit(CNRS).alias("actor")),
        ]
    ).unique(maintain_order=True)
    labs, institutions = pl.format("Lab:{}", "lab"), pl.format("Institution:{}", "institution")
    parts = store.frame(internal("network_parts"))
    tied = pl.concat(
        [members["actor"], works.select(labs)["lab"], works.select(institutions)["institution"], parts["lab"]]
    )
    read = _typed(
        actors=actors.select(pl.format("{}:{}", "label", "id").alias("actor"), "id", "label", "name", "country").filter(
            pl.col("actor").is_in(tied.unique().implode())
        ),
        events=pl.concat([_events(projects, "Project", "projects"), _events(agreements, "Agreement", "agreements")]),
        members=members,
        hosts=_exploded(agreements, "Agreement", "hosts", "country"),
        funding=pl.concat(
            [
                _exploded(projects, "Project", "programmes", "programme"),
                _exploded(agreements, "Agreement", "programmes", "programme"),
            ]
        ),
        programmes=store.frame(internal("network_programmes")),
        places=store.frame(internal("network_places")),
        countries=store.frame(internal("network_countries")),
        works=works.with_columns(labs.alias("lab"), institutions.alias("institution")),
        parts=parts,
        subjects=store.frame(internal("network_subjects")),
        topics=store.frame(internal("network_topics")),
        agreements=agreements.with_columns(pl.format("Agreement:{}", "id").alias("event")),
    )
    return Incidence(**{name: (table := getattr(read, name)).sort(table.columns) for name in _SCHEMAS})


def cache_incidence(store: Store, settings: Settings) -> Incidence:
    """Read the incidence of the store's last build from its cache file, else from the store.

    Writes `<data>/cache/incidence-<key>.parquet` in one step and deletes those of earlier builds; the key is of the
    build and of how it is read here. A directory that cannot be written, or a damaged file, costs the read of the store
    and nothing else.

    Raises:
        NotBuilt: the store holds no complete graph.
        NewerSchema: a newer program has built it.
        StoreUnavailable: the store cannot be reached.
    """
    folder = settings.data_dir / "cache"
    cached = _read(folder / _name(store.built()))
    if cached is not None:
        return cached
    build, incidence = _settled(store)
    if build is not None:
        with suppress(OSError):
            _write(incidence, folder / _name(build))
    return incidence


def _name(build: BuildInfo) -> str:
    key = hashlib.sha256(f"{build.fingerprint} {build.built_at}".encode() + _how_read())
    return f"incidence-{key.hexdigest()}.parquet"


@cache
def _how_read() -> bytes:
    """Checksum of this module and of the statements it reads the store by."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(files("graph.queries").joinpath("internal").iterdir(), key=lambda path: path.name):
        if path.name.startswith("network_"):
            digest.update(path.read_bytes())
    return digest.digest()


def _exploded(frame: pl.DataFrame, label: str, column: str, name: str) -> pl.DataFrame:
    lists = frame.select(
        pl.format("{}:{}", pl.lit(label), "id").alias("event"), pl.col(column).cast(pl.List(pl.String)).alias(name)
    )
    return lists.explode(name).drop_nulls().unique(maintain_order=True)


def _events(frame: pl.DataFrame, label: str, tie: str) -> pl.DataFrame:
    return frame.select(
        pl.format("{}:{}", pl.lit(label), "id").alias("event"),
        pl.lit(tie).alias("tie"),
        pl.col("first").cast(pl.Int32),
        pl.col("last").cast(pl.Int32),
    )


def _typed(**tables: pl.DataFrame) -> Incidence:
    return Incidence(
        **{
            name: tables[name].select(pl.col(column).cast(type_) for column, type_ in schema.items())
            for name, schema in _SCHEMAS.items()
        }
    )


def _write(incidence: Incidence, path: Path) -> None:
    # One row whose columns are whole tables: one file, replaced in one step, so never half a cache.
    tables = {field.name: [getattr(incidence, field.name).to_struct(field.name)] for field in fields(incidence)}
    packed = pl.DataFrame(tables)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".incidence-")
    try:
        with os.fdopen(handle, "wb") as file:
            packed.write_parquet(file)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    for old in path.parent.glob("incidence-*.parquet"):
        if old != path:
            old.unlink(missing_ok=True)


def _read(path: Path) -> Incidence | None:
    try:
        packed = pl.read_parquet(path)
        return _typed(**{name: packed[name][0].struct.unnest() for name in _SCHEMAS})
    except (OSError, pl.exceptions.PolarsError, IndexError):
        return None
