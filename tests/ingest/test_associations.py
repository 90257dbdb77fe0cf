"""How countries stand to the framework programmes: what the reader makes of a row, and what the table says."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from itertools import pairwise

import polars as pl
import pytest

from ingest.catalogue import BUNDLED_DIR, source
from ingest.reading import SourceFiles
from ingest.sources.associations.read import read as read_associations
from tests.ingest.support import read, rows

ENDS = ("HAS_STATUS_IN", "Country", "Programme")
HEADER = "id,country,programme,status,scope,start_date,end_date,note,source,vintage\n"
FRAMEWORKS = ("FP7", "H2020", "HORIZON")


@pytest.fixture(scope="module")
def bundled():
    return read_associations(SourceFiles(source("associations")))


@pytest.fixture(scope="module")
def parents():
    with (BUNDLED_DIR / "curated/programmes.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["parent"] for row in csv.DictReader(file)}


def over(folder, *lines):
    (folder / "associations.csv").write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return read("associations", folder)


def test_a_row_is_one_status_with_its_period_part_and_first_address(tmp_path):
    reading = over(
        tmp_path,
        "A,CH,H2020,associated,H2020-EU.1,2014-09-15,2016-12-31,a note,A list: https://a.org/x | https://b.org/y,2014",
        "B,NA,H2020,territory,,,,,A list without address,2014",
    )
    columns = ("start", "end", "status", "scope", "start_date", "end_date", "note", "url", "record")
    first, last = dt.date(2014, 9, 15), dt.date(2016, 12, 31)
    assert rows(reading.relationships[ENDS], *columns) == {
        ("CH", "H2020", "associated", "H2020-EU.1", first, last, "a note", "https://a.org/x", "A"),
        ("NA", "H2020", "territory", None, None, None, None, None, "B"),
    }
    assert reading.audit.is_empty()


def test_a_word_that_is_no_status_is_rejected_with_its_line_and_a_day_that_is_none_is_unknown(tmp_path):
    reading = over(
        tmp_path,
        "A,CH,H2020,observer,,,,,https://a.org,2014",
        "B,NO,H2020,associated,,in 2014,,,https://a.org,2014",
    )
    assert rows(reading.relationships[ENDS], "record", "start_date") == {("B", None)}
    assert rows(reading.audit, "line", "outcome", "reason", "value") == {
        (2, "rejected", "no status", "observer"),
        (3, "value", "not a date", "in 2014"),
    }


def test_every_row_of_the_table_is_used_and_all_but_the_fp7_list_have_an_address(bundled):
    assert bundled.audit.is_empty()
    assert bundled.used == bundled.relationships[ENDS].height == 181
    assert set(bundled.relationships[ENDS].filter(pl.col("url").is_null())["end"]) == {"FP7"}


def test_statuses_are_of_framework_programmes_and_scopes_are_parts_of_them(bundled, parents):
    for end, scope in bundled.relationships[ENDS].select("end", "scope").iter_rows():
        assert end in FRAMEWORKS
        part = scope
        while part not in (None, end):
            part = parents[part]
        assert scope is None or part == end


def test_members_are_28_then_27_and_the_fp7_list_has_no_third_country(bundled):
    found = bundled.relationships[ENDS]
    counted = Counter(found.unique(["start", "end", "status"]).select("end", "status").iter_rows())
    assert {end: counted[end, "member"] for end in FRAMEWORKS} == {"FP7": 28, "H2020": 28, "HORIZON": 27}
    assert rows(found.filter(end="FP7", status="candidate"), "start") == {("IS",), ("ME",), ("MK",), ("RS",), ("TR",)}
    fp7 = set(found.filter(end="FP7")["start"])
    assert {"GB", "GR", "FO", "NC"} < fp7
    assert not fp7 & {"UK", "EL", "EU", "ZZ", "XC", "XL", "AN", "US", "XK", "CW"}


def test_periods_of_one_country_in_one_programme_and_part_do_not_overlap(bundled):
    periods: dict[tuple[str, ...], list[tuple[dt.date, dt.date]]] = {}
    columns = ("start", "end", "scope", "start_date", "end_date")
    for country, programme, scope, start, end in bundled.relationships[ENDS].select(columns).iter_rows():
        period = (start or dt.date.min, end or dt.date.max)
        periods.setdefault((country, programme, scope or ""), []).append(period)
    for spans in map(sorted, periods.values()):
        assert all(end < start for (_, end), (start, _) in pairwise(spans)), spans


def test_croatia_joins_in_fp7_and_the_united_kingdom_leaves_in_h2020(bundled):
    found = bundled.relationships[ENDS]
    assert rows(found.filter(start="HR", end="FP7"), "status", "start_date", "end_date") == {
        ("associated", dt.date(2007, 1, 1), dt.date(2013, 6, 30)),
        ("member", dt.date(2013, 7, 1), None),
    }
    united_kingdom = found.filter(start="GB").select("end", "status", "start_date", "end_date")
    assert set(united_kingdom.iter_rows()) == {
        ("FP7", "member", None, None),
        ("H2020", "member", None, dt.date(2020, 1, 31)),
        ("HORIZON", "associated", dt.date(2024, 1, 1), None),
    }


def test_a_date_on_which_sources_disagree_is_left_open_and_all_are_kept(bundled):
    (row,) = bundled.relationships[ENDS].filter(start="AM", end="H2020").to_dicts()
    assert row["start_date"] is None
    assert all(day in row["note"] for day in ("2016-01-01", "May 2016", "2016-05-19"))
