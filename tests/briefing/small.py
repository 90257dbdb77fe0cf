"""A graph small enough to know by heart, with what the bundled one has not: visits, mobility, OpenAlex, statuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from graph.store import Tables
from tests.samples import provenance

CNRS = "ror:02feahw73"
Ends = tuple[str, str, str]
Rows = Sequence[Sequence[object]]

_COUNTRIES = {
    "FR": ("France", "France"),
    "JP": ("Japan", "Japon"),
    "KR": ("South Korea", "Corée du Sud"),
    "CA": ("Canada", "Canada"),
    "CH": ("Switzerland", "Suisse"),
    "DE": ("Germany", "Allemagne"),
    "GB": ("United Kingdom", "Royaume-Uni"),
    "NC": ("New Caledonia", "Nouvelle-Calédonie"),
    "TR": ("Türkiye", "Turquie"),
}
_BODIES = {
    CNRS: ("CNRS", "FR"),
    "utokyo": ("University of Tokyo", "JP"),
    "riken": ("RIKEN", "JP"),
    "kaist": ("KAIST", "KR"),
    "eth": ("ETH Zürich", "CH"),
}
_MARCH, _JUNE = dt.date(2026, 3, 12), dt.date(2026, 6, 1)
_VISITS: Rows = (
    # id, first day, last day, city, purpose, commitments, follow-up, due, state; countries, bodies, host
    ("coming", dt.date(2026, 12, 8), dt.date(2026, 12, 10), "Paris", "Sign", ["Not yet"], None, _JUNE, "todo",
     ["JP"], [], "FR"),
    ("late", _MARCH, dt.date(2026, 3, 14), "Paris", "Review", ["Quantum call", "Doctoral exchange"], "Send the draft",
     _JUNE, "in_progress", ["JP"], ["utokyo"], "FR"),
    ("open", dt.date(2025, 11, 30), dt.date(2025, 12, 1), "Tokyo", "Return", ["Ocean workshop"], None,
     dt.date(2026, 11, 23), "todo", ["FR"], [CNRS], "JP"),
    ("done", dt.date(2024, 5, 6), None, None, "See", ["Beam time"], None, None, "done", ["JP", "KR"], ["kaist"], "FR"),
    ("silent", dt.date(2023, 5, 6), None, None, None, ["A list"], None, None, None, ["JP"], [], "FR"),
    ("undated", None, None, None, None, None, "Call the ministry", None, "todo", ["CH"], [], "FR"),
    ("other", dt.date(2026, 1, 5), None, None, "Greet", None, None, None, None, ["KR"], ["kaist"], "FR"),
)  # fmt: skip
_MOBILITY: Rows = (
    # who, label, year, missions, stays, recruits, note
    (CNRS, "Institution", 2025, 1412, 31, None, None),
    (CNRS, "Institution", 2024, 1290, 0, 9, "provisional"),
    ("INP", "CnrsInstitute", 2024, 211, 2, None, None),
    ("INP", "CnrsInstitute", 2022, 96, 3, 1, None),
    ("UMR 1", "Lab", 2022, 12, 0, 0, None),
)
_STANDINGS: Rows = (
    # country, programme, status, part, first day, last day
    ("FR", "HORIZON", "member", None, None, None),
    ("CA", "HORIZON", "associated", "HORIZON.2", dt.date(2024, 7, 3), None),
    ("CH", "HORIZON", "associated", None, dt.date(2025, 1, 1), None),
    ("KR", "HORIZON", "associated", "HORIZON.9", dt.date(2027, 1, 1), None),
    ("GB", "HORIZON", "associated", None, None, dt.date(2025, 12, 31)),
    ("TR", "HORIZON", "candidate", None, None, None),
    ("DE", "HORIZON", "territory", None, None, None),
    ("NC", "H2020", "territory", None, None, None),
)


def small(
    *, works: bool = True, visits: bool = True, mobility: bool = True, standings: bool = True, crowd: int = 0
) -> Tables:
    """The graph with or without each of its layers.

    Args:
        works: co-publications of two labs, of the source `openalex`.
        visits: of five countries; two of Japan's have unfinished follow-ups, one is past its day.
        mobility: to Japan.
        standings: of countries in Horizon Europe.
        crowd: visits, institutes, agreements and institutions to add to Japan, each with long texts.
    """
    nodes, ties = _ground(crowd)
    if works:
        ties["COPUBLISHES_WITH", "Lab", "Institution"] = _of(
            "openalex",
            ("start", "end", "year_from", "year_to", "full_count"),
            [("UMR 1", "utokyo", 2021, 2021, 3), ("UMR 1", "utokyo", 2023, 2023, 4), ("UMR 2", "kaist", 2022, 2022, 1)],
        )
    if visits:
        _add_visits(nodes, ties, crowd)
    if mobility:
        _add_mobility(ties, crowd)
    if standings:
        ties["HAS_STATUS_IN", "Country", "Programme"] = _of(
            "standing", ("start", "end", "status", "scope", "start_date", "end_date"), _STANDINGS
        )
    return Tables({label: frame for label, frame in nodes.items() if frame.height}, ties)


def _of(source: str, columns: Sequence[str], rows: Rows) -> pl.DataFrame:
    return provenance(pl.DataFrame(list(rows), schema=list(columns), orient="row", infer_schema_length=None), source)


def _ground(crowd: int) -> tuple[dict[str, pl.DataFrame], dict[Ends, pl.DataFrame]]:
    """Countries, bodies, labs, programmes, three projects and an agreement; each source with its snapshot."""
    bodies = dict(_BODIES)
    bodies |= {
        f"jp:{n}": (f"National Institute of Very Advanced Science and Technology {n}", "JP") for n in range(crowd)
    }
    agreements = ["A1", *(f"A{n}" for n in range(2, crowd + 2))]
    sources = ("sample", "openalex", "visits", "mobility", "standing")
    told = [(one, *(f"{one} {what}" for what in ("name", "publisher", "licence", "coverage"))) for one in sources]
    nodes = {
        "Country": _of("sample", ("id", "name_en", "name_fr"), [(code, *names) for code, names in _COUNTRIES.items()]),
        "Institution": _of(
            "sample",
            ("id", "name", "named", "country", "identifiers", "city", "latitude", "longitude"),
            [(id_, name, True, country, [id_], "Tokyo", 35.7, 139.7) for id_, (name, country) in bodies.items()],
        ),
        "CnrsInstitute": _of("sample", ("id", "name_en", "name_fr"), [("INP", "Physics", "Physique")]),
        "Lab": _of("sample", ("id", "name"), [(f"UMR {n}", f"Laboratory {n}") for n in (1, 2, 3)]),
        "Programme": _of(
            "sample",
            ("id", "name_en", "name_fr", "family"),
            [("HORIZON", "Horizon Europe", "Horizon Europe", "HORIZON"), ("H2020", "H2020", "H2020", "H2020"),
             ("HORIZON.2", "Global challenges", "Problématiques mondiales", "HORIZON"),
             ("HORIZON.9", "Ninth part", "Neuvième partie", "HORIZON")],
        ),
        "Project": _of(
            "sample",
            ("id", "name", "framework"),
            [("HORIZON:1", "ALPHA", "HORIZON"), ("H2020:1", "BETA", "H2020"), ("H2020:2", "GAMMA", "H2020")],
        ),
        "Agreement": _of(
            "sample",
            ("id", "name", "instrument", "dates_conflict", "verification"),
            [(one, f"A laboratory of a long name for instruments and methods {one}", "IRN", False, "page_read")
             for one in agreements],
        ),
        "Source": _of(
            "sample",
            ("id", "name_en", "name_fr", "publisher_en", "publisher_fr", "licence_en", "licence_fr", "coverage_en",
             "coverage_fr"),
            [(id_, name, name, publisher, publisher, licence, licence, coverage, coverage)
             for id_, name, publisher, licence, coverage in told],
        ),
        "Snapshot": _of(
            "sample",
            ("id", "date", "dated", "checksum", "rows", "used", "ignored", "rejected"),
            [(f"{one}@2025-12-06", dt.date(2025, 12, 6), True, one, 1, 1, 0, 0) for one in sources],
        ),
    }  # fmt: skip
    takes = [(CNRS, "HORIZON:1"), ("utokyo", "HORIZON:1"), (CNRS, "H2020:1"), ("kaist", "H2020:1"), (CNRS, "H2020:2"),
             ("eth", "H2020:2"), *((body, "HORIZON:1") for body in bodies if body.startswith("jp:"))]  # fmt: skip
    ties = {
        ("LOCATED_IN", "Institution", "Country"): _of(
            "sample", ("start", "end"), [(id_, country) for id_, (_, country) in bodies.items()]
        ),
        ("PART_OF", "Snapshot", "Source"): _of(
            "sample", ("start", "end"), [(f"{one}@2025-12-06", one) for one in sources]
        ),
        ("PARTICIPATES_IN", "Institution", "Project"): _of(
            "sample", ("start", "end", "role", "source_id"), [(*one, "participant", one[0]) for one in takes]
        ),
        ("HOSTED_IN", "Agreement", "Country"): _of("sample", ("start", "end"), [(one, "JP") for one in agreements]),
    }  # fmt: skip
    return nodes, ties


def _add_visits(nodes: dict[str, pl.DataFrame], ties: dict[Ends, pl.DataFrame], crowd: int) -> None:
    crowded = [
        (f"v{n}", _MARCH, _MARCH, "Saint-Germain-en-Laye", "Renewal of the framework agreement " * 3,
         ["A joint call with equal funding"] * 4, "Send the draft to both legal services " * 2, _JUNE, "todo",
         ["JP"], ["utokyo", "riken"], "FR")
        for n in range(crowd)
    ]  # fmt: skip
    visits = [*_VISITS, *crowded]
    columns = ("id", "start_date", "end_date", "city", "purpose", "commitments", "follow_up", "follow_up_due",
               "follow_up_state")  # fmt: skip
    nodes["Event"] = _of("visits", columns, [one[:9] for one in visits]).with_columns(name=pl.col("id"))
    guests = {
        "Country": [(code, str(id_)) for id_, *_, countries, _, _ in visits for code in _texts(countries)],
        "Institution": [(body, str(id_)) for id_, *_, bodies, _ in visits for body in _texts(bodies)],
    }
    for label, came in guests.items():
        ties["VISITED", label, "Event"] = _of("visits", ("start", "end"), came)
    ties["HOSTED_IN", "Event", "Country"] = _of("visits", ("start", "end"), [(one[0], one[-1]) for one in visits])


def _add_mobility(ties: dict[Ends, pl.DataFrame], crowd: int) -> None:
    crowded = [("INP", "CnrsInstitute", 2000 - n, 1, 2, 3, "counted from signed orders") for n in range(crowd)]
    for label in ("Institution", "CnrsInstitute", "Lab"):
        rows = [(who, "JP", *figures) for who, level, *figures in (*_MOBILITY, *crowded) if level == label]
        ties["MOBILITY_TO", label, "Country"] = _of(
            "mobility", ("start", "end", "year", "missions", "stays", "recruits", "note"), rows
        )


def _texts(values: object) -> list[str]:
    return [str(one) for one in values] if isinstance(values, list) else []
