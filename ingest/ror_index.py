"""Every organisation of a ROR dump as one table, schema 1 or 2: what the ror source reads.

The dump is parsed by DuckDB object by object, so memory is bounded by the table and not by the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from graph.errors import SourceError
from ingest.tabular import ENGINE, REJECTS

ORGANISATIONS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "line": pl.Int64,
    "ror": pl.String,
    "name": pl.String,
    "name_fr": pl.String,
    "name_en": pl.String,
    "names": pl.List(pl.String),
    "acronyms": pl.List(pl.String),
    "aliases": pl.List(pl.String),
    "country": pl.String,
    "city": pl.String,
    "latitude": pl.Float64,
    "longitude": pl.Float64,
    "website": pl.String,
    "domains": pl.List(pl.String),
    "parents": pl.List(pl.String),
    "children": pl.List(pl.String),
    "related": pl.List(pl.String),
    "types": pl.List(pl.String),
    "status": pl.String,
    "established": pl.Int64,
    "external": pl.List(pl.String),
}
"""Columns of a dump's table.

`line` is the place in the file's array, from 1. `ror`, `parents`, `children` and `related` are bare numbers
(`02feahw73`). `names` are the display name and every label, without acronyms and aliases. `country`, `city` and the
coordinates are of the first place. `types` and `status` are in lower case. `external` are `grid:…`, `isni:…`,
`wikidata:…`, `fundref:…`. A list without an element is empty, never null; what is not known is null.
"""

_OBJECTS: Final = "read_json_objects($path, format='array', maximum_object_size=16777216)"

# A field of another type than it should be becomes null, so that one odd record does not end the reading.
_SHAPE_2: Final = """{"id":"VARCHAR","status":"VARCHAR","established":"BIGINT","types":["VARCHAR"],
"domains":["VARCHAR"],"names":[{"value":"VARCHAR","types":["VARCHAR"],"lang":"VARCHAR"}],
"links":[{"type":"VARCHAR","value":"VARCHAR"}],
"locations":[{"geonames_details":{"country_code":"VARCHAR","name":"VARCHAR","lat":"DOUBLE","lng":"DOUBLE"}}],
"relationships":[{"type":"VARCHAR","id":"VARCHAR"}],
"external_ids":[{"type":"VARCHAR","preferred":"VARCHAR","all":["VARCHAR"]}]}"""
_SHAPE_1: Final = """{"id":"VARCHAR","name":"VARCHAR","status":"VARCHAR","established":"BIGINT","types":["VARCHAR"],
"aliases":["VARCHAR"],"acronyms":["VARCHAR"],"labels":[{"label":"VARCHAR","iso639":"VARCHAR"}],"links":["VARCHAR"],
"country":{"country_code":"VARCHAR"},
"addresses":[{"city":"VARCHAR","lat":"DOUBLE","lng":"DOUBLE","geonames_city":{"city":"VARCHAR"}}],
"relationships":[{"type":"VARCHAR","id":"VARCHAR"}],"external_ids":"JSON"}"""


def _named(kind: str) -> str:
    return f"[n.value for n in r.names if list_contains(n.types, '{kind}')]"


def _joined(kind: str) -> str:
    return f"[x.id for x in r.relationships if lower(x.type) = '{kind}']"


_COMMON: Final = f"""r.id AS ror, lower(r.status) AS status, r.established AS established,
[lower(t) for t in r.types] AS types, {_joined("parent")} AS parents, {_joined("child")} AS children,
{_joined("related")} AS related"""
_SELECT_2: Final = f"""SELECT {_COMMON},
({_named("ror_display")})[1] AS name,
([n.value for n in r.names if list_contains(n.types, 'label') and n.lang = 'fr'])[1] AS name_fr,
([n.value for n in r.names if list_contains(n.types, 'label') and n.lang = 'en'])[1] AS name_en,
list_concat({_named("ror_display")}, {_named("label")}) AS names,
{_named("acronym")} AS acronyms, {_named("alias")} AS aliases,
r.locations[1].geonames_details.country_code AS country, r.locations[1].geonames_details.name AS city,
r.locations[1].geonames_details.lat AS latitude, r.locations[1].geonames_details.lng AS longitude,
([l.value for l in r.links if l.type = 'website'])[1] AS website, r.domains AS domains,
[lower(e.type) || ':' || coalesce(e.preferred, e.all[1]) for e in r.external_ids] AS external
FROM (SELECT json_transform(json, '{_SHAPE_2}') AS r FROM {_OBJECTS})"""  # noqa: S608 - made of this module's own words
_SELECT_1: Final = f"""SELECT {_COMMON},
r.name AS name,
([l.label for l in r.labels if l.iso639 = 'fr'])[1] AS name_fr,
([l.label for l in r.labels if l.iso639 = 'en'])[1] AS name_en,
list_concat([r.name], [l.label for l in r.labels]) AS names, r.acronyms AS acronyms, r.aliases AS aliases,
r.country.country_code AS country, coalesce(r.addresses[1].city, r.addresses[1].geonames_city.city) AS city,
r.addresses[1].lat AS latitude, r.addresses[1].lng AS longitude,
r.links[1] AS website, []::VARCHAR[] AS domains,
[lower(k) || ':' || coalesce(json_extract_string(r.external_ids, '$."' || k || '".preferred'),
  json_extract_string(r.external_ids, '$."' || k || '".all[0]'),
  json_extract_string(r.external_ids, '$."' || k || '".all')) for k in json_keys(r.external_ids)] AS external
FROM (SELECT json_transform(json, '{_SHAPE_1}') AS r FROM {_OBJECTS})"""  # noqa: S608 - made of this module's own words
_KEYS: Final = f"SELECT DISTINCT unnest(json_keys(json)) FROM {_OBJECTS}"  # noqa: S608 - made of this module's own words


@dataclass(frozen=True, slots=True)
class Dump:
    """A ROR dump as read.

    Attributes:
        schema: 1 or 2, told by the records themselves.
        frame: one row an organisation, see `ORGANISATIONS`.
        rejects: records without a ROR number or a name, see `REJECTS`.
        fields: names of the records' fields.
    """

    schema: int
    frame: pl.DataFrame
    rejects: pl.DataFrame
    fields: frozenset[str]


def read_dump(path: Path, name: str) -> Dump:
    """Read the unpacked array of records.

    Args:
        name: what to call the file in messages.

    Raises:
        SourceError: it is no JSON array, is cut short, or its records are not those of ROR.
    """
    with path.open("rb") as file:
        head = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith(b"["):
        found = "empty" if not head else "no JSON array of organisations"
        raise SourceError(f"{name} is {found}.", "Give the ROR dump itself, a zip or its json file.")
    try:
        with duckdb.connect(":memory:", config={**ENGINE, "memory_limit": "768MB"}) as database:
            keys = database.execute(_KEYS, {"path": str(path)})
            fields = frozenset(str(key) for (key,) in keys.fetchall())
            schema = 2 if "names" in fields else 1
            if not {"id", "status", "names" if schema == 2 else "name"} <= fields:
                raise SourceError(
                    f"{name} does not hold ROR records: they have {', '.join(sorted(fields)[:6]) or 'no fields'}.",
                    "Give the ROR dump itself, a zip or its json file.",
                )
            raw = database.execute(_SELECT_2 if schema == 2 else _SELECT_1, {"path": str(path)}).pl()
    except duckdb.Error as error:
        raise SourceError(
            f"{name} cannot be read as JSON: {str(error).splitlines()[0]}", "It may be cut short: fetch it again."
        ) from error
    frame = _tidy(raw)
    complete = pl.col("ror").str.contains("^[0-9a-z]{9}$").fill_null(False) & pl.col("name").is_not_null()
    lost = frame.filter(~complete).select(
        "line", reason=pl.lit("no ROR number or no name"), value=pl.coalesce("ror", "name")
    )
    return Dump(schema, frame.filter(complete), lost.cast(REJECTS), fields)  # type: ignore[arg-type]


def _tidy(raw: pl.DataFrame) -> pl.DataFrame:
    """Numbers without their address, texts trimmed, lists without repeats; columns as `ORGANISATIONS`."""

    def texts(column: str) -> pl.Expr:
        trimmed = pl.col(column).list.eval(pl.element().str.strip_chars())
        kept = trimmed.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True)
        return kept.fill_null(pl.lit([], pl.List(pl.String)))

    def numbers(column: str) -> pl.Expr:
        bare = pl.col(column).list.eval(pl.element().str.strip_prefix("https://ror.org/"))
        return bare.list.drop_nulls().list.unique(maintain_order=True).fill_null(pl.lit([], pl.List(pl.String)))

    def text(column: str) -> pl.Expr:
        trimmed = pl.col(column).str.strip_chars()
        return pl.when(trimmed != "").then(trimmed).alias(column)

    names = ("names", "acronyms", "aliases", "domains", "types", "external")
    frame = raw.with_row_index("line", offset=1).with_columns(
        pl.col("ror").str.strip_chars().str.strip_prefix("https://ror.org/"),
        *(text(column) for column in ("name", "name_fr", "name_en", "country", "city", "website", "status")),
        *(texts(column) for column in names),
        *(numbers(column) for column in ("parents", "children", "related")),
    )
    on_earth = pl.col("latitude").is_between(-90, 90) & pl.col("longitude").is_between(-180, 180)
    placed = frame.with_columns(
        name=pl.coalesce("name", "name_fr", "name_en", pl.col("names").list.first()),
        latitude=pl.when(on_earth).then("latitude"),
        longitude=pl.when(on_earth).then("longitude"),
    )
    return placed.select(*ORGANISATIONS).cast(ORGANISATIONS)  # type: ignore[arg-type]
