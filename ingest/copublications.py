"""Joint works of CNRS units and institutions, counted from OpenAlex works by one Ibis expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis  # type: ignore[import-untyped]
import polars as pl

from graph.dataframes import MEMORY, Engine
from graph.errors import SourceError
from ingest.works import PART, on_duckdb, on_spark

CNRS: Final = 1294671590
"""Number of the CNRS in OpenAlex."""

LARGEST: Final = 100
"""Institutions a work may have; one of a larger collaboration says little of any two of them."""

NO_RESEARCH: Final = (
    "erratum",
    "grant",
    "libguides",
    "paratext",
    "peer-review",
    "retraction",
    "supplementary-materials",
)
"""OpenAlex types that are no work of research of their own."""

NO_NUMBER: Final = "not a work with an OpenAlex number"
NO_YEAR: Final = "no year of publication"
AGAIN: Final = "an earlier copy of a work that comes again"
RETRACTED: Final = "retracted"
NO_WORK: Final = "paratext, erratum, peer review, grant or the like"
OUTSIDE: Final = "outside OpenAlex's core corpus"
NOT_CNRS: Final = "not signed by the CNRS or a body of it"
CUT: Final = "its list of authors is cut short by the publisher"
NO_UNIT: Final = "none of its institutions is a known CNRS unit"
NO_PARTNER: Final = "no partner beside CNRS units and the bodies over them"

_SHARE: Final = 10**12
_CUT_TO: Final = 1000
_ID: Final = "https://openalex.org/I"


@dataclass(frozen=True, slots=True)
class Copublications:
    """What files of works say, as tables.

    Attributes:
        ties: lab, institution (`I…`), year, full_count (works), fractional_count (works, nine decimals); one row a
            lab, institution and year, sorted.
        institutions: id (`I…`), name, ror, country, type of those in `ties`; null where OpenAlex has none.
        works: file (its number, from 0), line, work (`W…`), reason; one row a row of a file, reason null where it is
            counted. The line is null where Spark read the file.
        strangers: file, line, institution (`I…`), name, ror of bodies of the CNRS that are not among `labs`, with the
            first line they are on; sorted.
    """

    ties: pl.DataFrame
    institutions: pl.DataFrame
    works: pl.DataFrame
    strangers: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Counted:
    """The tables of `Copublications` as expressions, ids as numbers."""

    ties: Any
    institutions: Any
    works: Any
    strangers: Any


def count(
    paths: Sequence[Path],
    labs: pl.DataFrame,
    *,
    engine: Engine = "embedded",
    largest: int = LARGEST,
    spark_master: str = "local[*]",
    memory: str = MEMORY,
) -> Copublications:
    """Count joint works a lab, institution and year.

    A lab is an institution of the work with the CNRS in its lineage, not the CNRS itself, whose ROR is in `labs`. Its
    partners are the work's other institutions, without CNRS units and without the bodies in the lab's own lineage,
    which supervise it. With I(w) the set of distinct institutions of work w, the lab's own and all others included,

        full_count(l, i, y) = |{w of year y : l, i in I(w)}|
        fractional_count(l, i, y) = sum over the same w of 1 / |I(w)|

    which is fractional counting at the level of organisations: every institution of a work has an equal share of it,
    and its shares add up to 1 (Waltman & van Eck 2015, Field-normalized citation impact indicators and the choice of
    an appropriate counting method, Journal of Informetrics 9(4), 872–894). An institution signs a work once, however
    many authors it has; of a work that comes twice, the last copy counts, as a later part of a snapshot has it.

    Every file is read once, in pieces; what does not fit in `memory` goes to a temporary folder.

    Args:
        paths: one file or more of works in OpenAlex's own layout, the oldest first, all JSON lines, plain or gzip, or
            all Parquet; no two of one name. Spark must see the same paths.
        labs: ror (`00vn0zc62`), lab; several rows may name one lab.
        largest: institutions a work may have; see `LARGEST`.
        spark_master: of the engine `spark`; one that begins with `local` is bound to this machine.
        memory: most DuckDB may hold.

    Returns:
        Empty tables where no work is counted.

    Raises:
        SourceError: a file is no list of works, or is damaged; names it.
        BadRequest: the engine is `spark`, and pyspark or Java is not there.
    """
    labs = labs.select("ror", "lab").unique()
    opened = on_duckdb(paths, labs, memory) if engine == "embedded" else on_spark(paths, labs, spark_master)
    try:
        with opened as (works, units), ExitStack() as held:
            found = _counted(works, units, largest, lambda table: held.enter_context(table.cache()))
            return Copublications(
                ties=_frame(found.ties, institution="I").sort("lab", "institution", "year"),
                institutions=_frame(found.institutions, id="I").sort("id"),
                works=_placed(_frame(found.works, work="W"), engine).sort("file", "line", "work"),
                strangers=_placed(_frame(found.strangers, institution="I"), engine).sort("institution"),
            )
    except duckdb.Error as error:
        raise SourceError(
            f"The works of OpenAlex cannot be counted: {str(error).splitlines()[0]}",
            "Free memory and disk and build again, or give fewer works.",
        ) from error


def _counted(works: Any, labs: Any, largest: int, keep: Callable[[Any], Any]) -> _Counted:
    """The whole count; the same for every engine.

    Args:
        works: place (see `ingest.works.PART`) and the columns of OpenAlex.
        labs: ror, lab.
        keep: computes a table that is asked more than once, and holds its rows.
    """
    works = works.mutate(work=_number(works.id, "W"))
    older = keep(_older(works))
    signed = _signed(works).anti_join(older, "place")
    signed = signed.mutate(of_cnrs=signed.lineage.contains(f"{_ID}{CNRS}"))
    members = signed.group_by(["work", "institution"]).agg(of_cnrs=signed.of_cnrs.any())
    by_work = ibis.window(group_by="work")
    members = members.mutate(cnrs_work=members.of_cnrs.any().over(by_work), size=members.count().over(by_work))
    members = keep(members.filter(members.cnrs_work).select("work", "institution", "size"))
    bodies = keep(
        signed.group_by("institution").agg(
            name=signed.name.min(),
            ror=signed.ror.min(),
            country=signed.country.min(),
            type=signed.type.min(),
            child=signed.of_cnrs.any(),
            place=signed.place.min(),
        )
    )
    children = bodies.filter(bodies.child & (bodies.institution != CNRS))
    units = keep(children.join(labs, "ror").select("institution", "lab"))
    over = signed.select("institution", "lineage").join(units, "institution")
    over = over.select("lab", over=lambda t: t.lineage.unnest())
    over = over.select("lab", institution=_number(over.over, "I")).distinct()
    rows = _judged(works, older, members, units, largest)
    kept = rows.filter(rows.reason.isnull())
    pairs = keep(
        kept.select("work", "year", "size")
        .join(members.join(units, "institution").select("work", "lab").distinct(), "work")
        .join(members.anti_join(units, "institution").select("work", "institution"), "work")
        .filter(lambda t: t.institution != CNRS)
        .anti_join(over, ["lab", "institution"])
        .select("work", "year", "size", "lab", "institution")
        .distinct()
    )
    # Shares are added as whole numbers, so that no order of rows changes the last digit of a sum.
    ties = pairs.group_by(["lab", "institution", "year"]).agg(
        full_count=pairs.count(), share=(ibis.literal(float(_SHARE)) / pairs["size"]).round().cast("int64").sum()
    )
    ties = ties.select(
        "lab",
        "institution",
        "year",
        "full_count",
        fractional_count=(ties.share / _CUT_TO).round().cast("float64") / (_SHARE // _CUT_TO),
    )
    partnered = pairs.select("work").distinct().mutate(partnered=True)
    rows = rows.left_join(partnered, "work").select(
        "place",
        "work",
        reason=lambda t: ibis.coalesce(t.reason, ibis.ifelse(t.partnered, ibis.null("string"), NO_PARTNER)),
    )
    return _Counted(
        ties=ties,
        institutions=bodies.semi_join(pairs, "institution").select("name", "ror", "country", "type", id="institution"),
        works=rows,
        strangers=children.anti_join(units, "institution").select("place", "institution", "name", "ror"),
    )


def _older(works: Any) -> Any:
    """Places of copies that a later one of the same work replaces."""
    copies = works.select("place", "work")
    twice = copies.group_by("work").agg(last=copies.place.max(), copies=copies.count())
    joined = copies.join(twice.filter((twice.copies > 1) & twice.work.notnull()), "work")
    return joined.filter(joined.place < joined["last"]).select("place")


def _signed(works: Any) -> Any:
    """One row an authorship and institution; lineage stays a list, asked as a set."""
    authors = works.select("place", "work", authorship=works.authorships.unnest())
    listed = authors.select("place", "work", body=authors.authorship["institutions"].unnest())
    signed = listed.select(
        "place",
        "work",
        institution=_number(listed.body["id"], "I"),
        name=listed.body["display_name"],
        ror=listed.body["ror"].re_extract(r"([0-9a-z]{9})$", 1).nullif(""),
        country=listed.body["country_code"],
        type=listed.body["type"],
        lineage=listed.body["lineage"],
    )
    return signed.filter(signed.work.notnull() & signed.institution.notnull())


def _judged(works: Any, older: Any, members: Any, units: Any, largest: int) -> Any:
    """Every row of the files with its year, its number of institutions, and why it is not counted, if so."""
    rows = works.select(
        "place",
        "work",
        year=works.publication_year,
        type=works.type,
        retracted=works.is_retracted,
        outside=works.is_xpac,
        cut=works.is_authors_truncated,
    )
    rows = rows.left_join(older.mutate(again=True), "place").drop("place_right")
    sizes = members.select("work", "size").distinct()
    with_unit = members.semi_join(units, "institution").select("work").distinct().mutate(unit=True)
    rows = rows.left_join(sizes, "work").drop("work_right").left_join(with_unit, "work").drop("work_right")
    reason = ibis.cases(
        (rows.work.isnull(), NO_NUMBER),
        (rows.year.isnull(), NO_YEAR),
        (rows.again, AGAIN),
        (rows.retracted, RETRACTED),
        (rows.type.isin(NO_RESEARCH), NO_WORK),
        (rows.outside, OUTSIDE),
        (rows["size"].isnull(), NOT_CNRS),
        (rows.cut, CUT),
        (rows["size"] > largest, too_large(largest)),
        (rows.unit.isnull(), NO_UNIT),
        else_=ibis.null("string"),
    )
    return rows.select("place", "work", "year", "size", reason=reason)


def too_large(largest: int = LARGEST) -> str:
    """Rule by which a large collaboration is ignored."""
    return f"signed by more than {largest} institutions"


def _number(column: Any, letter: str) -> Any:
    """The number of an OpenAlex id; null for what is none."""
    return column.re_extract(rf"{letter}(\d{{1,18}})$", 1).nullif("").cast("int64")


def _placed(frame: pl.DataFrame, engine: Engine) -> pl.DataFrame:
    """Rows with the number of their file, and their line where the engine counts lines."""
    place = pl.col("place")
    line = place % PART if engine == "embedded" else pl.lit(None, pl.Int64)
    return frame.select((place // PART).alias("file"), line.alias("line"), pl.exclude("place"))


def _frame(expression: Any, **ids: str) -> pl.DataFrame:
    frame: pl.DataFrame = expression.to_polars()
    return frame.with_columns(pl.format(letter + "{}", column).alias(column) for column, letter in ids.items())
