"""The complete Horizon Europe as an incidence, where its archive is at hand: a network with strangers to the CNRS."""

from __future__ import annotations

import zipfile

import polars as pl

from graph.network import CNRS, Incidence, empty_incidence
from graph.network.incidence import _typed
from tests.horizon import ARCHIVE, _csv, horizon

_CNRS_NUMBER = "pic:999997930"


def archive() -> Incidence:
    """Every project of the archive, who took part in it and what it is about."""
    tables = horizon()
    took_part = tables.relationships["PARTICIPATES_IN", "Institution", "Project"]
    with zipfile.ZipFile(ARCHIVE) as packed:
        about = _csv(packed, "euroSciVoc.csv")
    bodies, projects = tables.nodes["Institution"], tables.nodes["Project"]
    event = pl.format("Project:{}", "id").alias("event")
    paths = {
        path.rsplit("/", depth)[0] for path in about["euroSciVocPath"].unique() for depth in range(path.count("/"))
    }
    topics = sorted(paths)
    empty = empty_incidence()
    rest = {name: getattr(empty, name) for name in Incidence.__slots__}
    return _typed(
        **rest
        | {
            "actors": bodies.select(
                _key("id").alias("actor"), "id", pl.lit("Institution").alias("label"), "name", "country"
            ),
            "events": projects.select(
                event,
                pl.lit("projects").alias("tie"),
                pl.col("start_date").dt.year().alias("first"),
                pl.col("end_date").dt.year().alias("last"),
            ),
            "members": took_part.select(
                pl.format("Project:{}", "end").alias("event"), _key("start").alias("actor")
            ).unique(),
            "funding": projects.select(event, pl.lit("HORIZON").alias("programme")),
            "programmes": pl.DataFrame({"child": ["HORIZON"], "parent": [None]}, schema=rest["programmes"].schema),
            "countries": bodies.select(pl.col("country").alias("id"), pl.col("country").alias("name"))
            .drop_nulls()
            .unique()
            .sort("id"),
            "subjects": about.select(
                pl.format("Project:HORIZON:{}", "projectID").alias("event"), pl.col("euroSciVocPath").alias("topic")
            ).unique(),
            "topics": pl.DataFrame(
                [(topic, topic.rpartition("/")[0] or None, topic) for topic in topics],
                schema=rest["topics"].schema,
                orient="row",
            ),
        }
    )


def _key(column: str) -> pl.Expr:
    is_cnrs = pl.col(column) == _CNRS_NUMBER
    return pl.when(is_cnrs).then(pl.lit(CNRS)).otherwise(pl.format("Institution:{}", column))
