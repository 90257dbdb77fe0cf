"""Who took part in what: the store's ties as columns, read once and kept beside the store.

A projection is drawn from these columns in memory, so that a change of scope
costs no read of the store.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from graph.queries import internal
from graph.settings import Settings

if TYPE_CHECKING:
    from graph.store import Store

CNRS: Final = "Institution:ror:02feahw73"
"""Node key of the CNRS."""

_FORMAT: Final = 1
"""Rises when the columns below change; a cache of another format is read again from the store."""

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
    """Read every tie of the store, in eight statements and about two seconds.

    Raises:
        StoreUnavailable: the store cannot be reached.
    """
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
    tied = pl.concat([members["actor"], works.select(labs)["lab"], works.select(institutions)["institution"]])
    return _typed(
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
    )


def cache_incidence(store: Store, settings: Settings) -> Incidence:
    """Read the incidence of the store's last build from its cache file, else from the store.

    Writes `<data>/cache/incidence-<fingerprint>.parquet` in one step and deletes
    those of earlier builds. A directory that cannot be written, or a damaged file,
    costs the read of the store and nothing else.

    Raises:
        NotBuilt: the store holds no complete graph.
        NewerSchema: a newer program has built it.
        StoreUnavailable: the store cannot be reached.
    """
    path = settings.data_dir / "cache" / f"incidence-{store.built().fingerprint}.parquet"
    cached = _read(path)
    if cached is not None:
        return cached
    incidence = load_incidence(store)
    with suppress(OSError):
        _write(incidence, path)
    return incidence


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
    packed = pl.DataFrame({"format": [_FORMAT], **tables})
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
        if packed["format"][0] != _FORMAT:
            return None
        return _typed(**{name: packed[name][0].struct.unnest() for name in _SCHEMAS})
    except (OSError, pl.exceptions.PolarsError, IndexError):
        return None
