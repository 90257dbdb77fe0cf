"""HAL's count of joint works: what is fetched, what is counted, and that it stands beside OpenAlex's, not in it."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections import Counter

import polars as pl
import pytest

from graph.errors import SourceError
from ingest.catalogue import source
from ingest.download import Client
from ingest.reading import Reading, SourceFiles
from ingest.snapshot import fetch
from ingest.sources.hal.compare import by_country, by_partner, copublications
from ingest.sources.hal.read import cross_check, read_published
from tests.ingest.listing_server import serve
from tests.ingest.publishers import hal
from tests.ingest.support import rows

IJL, LRGP, GEO = "UMR 7198", "UMR 7274", "UMR 7359"
USM, RMIT, CADI_AYYAD = 375738, 302133, 302207
DAY = dt.date(2026, 11, 25)


def files(folder, works=None, structures=None):
    """The source over these documents, the publisher's own where none are given."""
    for key, documents in (("works", works), ("structures", structures)):
        lines = [line if isinstance(line, str) else json.dumps(line) for line in documents or hal.documents(key)]
        with gzip.open(folder / f"{key}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))
    return SourceFiles(source("hal").at(DAY, "0" * 64, lambda key: folder / f"{key}.jsonl.gz"))


def total(frame, *keys):
    return rows(frame.group_by(keys).agg(pl.col("works").sum()), *keys, "works")


def deposit(docid, *structures, year=2020, doi=None, type_="ART"):
    told = {"docid": docid, "halId_s": f"hal-{docid:08d}", "docType_s": type_, "producedDateY_i": year}
    return told | {"structId_i": list(structures)} | ({"doiId_s": doi} if doi else {})


def keep(served, folder, tell=lambda *_: None):
    urls = {key: served.url + path for key, path in hal.ADDRESSES.items()}
    return fetch(source("hal"), folder, Client(pause=0.001), tell, urls, DAY)


# Fetching


def test_both_listings_are_kept_whole_as_one_snapshot_with_progress_by_the_number_found(tmp_path):
    told = []
    with serve(hal.respond) as served:
        snapshot = keep(served, tmp_path, lambda *progress: told.append(progress))
    for key in hal.ADDRESSES:
        with gzip.open(snapshot.path(key), "rt", encoding="utf-8") as file:
            assert [json.loads(line) for line in file] == hal.documents(key)
    assert ("works.jsonl.gz", 4, 11) in told
    assert ("works.jsonl.gz", 11, 11) in told


def test_neither_titles_nor_authors_are_asked_for(tmp_path):
    with serve(hal.respond) as served:
        keep(served, tmp_path)
    asked = {name for query in served.asked if "facet" not in query for name in query["fl"][0].split(",")}
    assert not {name for name in asked if "title" in name.lower() or "auth" in name.lower()}
    assert served.asked[0]["fq"][:2] == ["structId_i:441569", "producedDateY_i:[2019 TO *]"]


def test_a_run_broken_off_in_the_second_listing_asks_for_nothing_twice(tmp_path):
    faults = [(404, {}, b"")]

    def respond(path, query):
        if path == "/ref/structure/" and query["cursorMark"] != ["*"] and faults:
            return faults.pop()
        return hal.respond(path, query)

    with serve(respond) as served:
        with pytest.raises(SourceError, match="404"):
            keep(served, tmp_path)
        before = served.cursors()
        snapshot = keep(served, tmp_path)
    assert served.cursors()[len(before)] == before[-1]
    assert len(served.cursors()) == (3 + 1) + (4 + 1) + 1
    assert Reading is type(read_published(SourceFiles(source("hal").at(DAY, "", snapshot.path))))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"error": {"msg": "undefined field structId_i", "code": 400}}', "undefined field structId_i"),
        (b'{"error": "Maintenance"}', "Maintenance"),
        (b'{"response": {"numFound": 3, "docs": []}}', "no listing"),
        (b"[]", "no listing"),
        (b"<html>HAL est en maintenance</html>", "web page"),
    ],
)
def test_an_answer_that_is_no_listing_is_told_and_nothing_is_kept_as_a_snapshot(tmp_path, body, told):
    with (
        serve(lambda *_: (200, {"Content-Type": "application/json"}, body)) as served,
        pytest.raises(SourceError, match=told),
    ):
        keep(served, tmp_path)
    assert not list(tmp_path.glob("raw/hal/2*"))


def counted(years):
    facets = {"producedDateY_i": [value for year, count in years.items() for value in (str(year), count)]}
    return json.dumps({"response": {"docs": []}, "facet_counts": {"facet_fields": facets}}).encode()


def test_deposits_are_held_against_hals_own_count_of_each_year(tmp_path):
    """Of one of the fixture's years HAL counts more than it listed: nothing is kept, the next run begins anew."""
    years = Counter(document["producedDateY_i"] for document in hal.documents("works"))
    year = max(years)
    more = [{**years, year: years[year] + 40}]

    def respond(path, query):
        if "facet" in query and more:
            return 200, {"Content-Type": "application/json"}, counted(more.pop())
        return hal.respond(path, query)

    with serve(respond) as served:
        told = f"HAL counts {years[year] + 40} deposits of {year} and has listed {years[year]}"
        with pytest.raises(SourceError, match=told):
            keep(served, tmp_path)
        assert not list(tmp_path.glob("raw/hal/2*"))
        asked = len(served.cursors())
        keep(served, tmp_path)
    assert served.cursors()[asked] == "*"
    (facets,) = {tuple(query["facet.field"]) for query in served.asked if "facet" in query}
    assert facets == ("producedDateY_i",)
    assert all(query["fq"][0] == "structId_i:441569" for query in served.asked if "facet" in query)


def test_few_deposits_may_come_or_go_while_the_pages_are_read(tmp_path):
    years = Counter(document["producedDateY_i"] for document in hal.documents("works"))
    some = {year: count + 5 for year, count in years.items()}
    with serve(
        lambda path, query: (
            (200, {"Content-Type": "application/json"}, counted(some)) if "facet" in query else hal.respond(path, query)
        )
    ) as served:
        assert keep(served, tmp_path).path("works").is_file()


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"facet_counts": {"facet_fields": {"producedDateY_i": ["x", 1]}}}'])
def test_an_answer_without_the_counts_by_year_is_told(tmp_path, body):
    with (
        serve(
            lambda path, query: (
                (200, {"Content-Type": "application/json"}, body) if "facet" in query else hal.respond(path, query)
            )
        ) as served,
        pytest.raises(SourceError, match="without the counts by year"),
    ):
        keep(served, tmp_path)


# What enters the graph


def test_the_graph_gets_labs_and_identifiers_and_no_second_count(tmp_path):
    reading = read_published(files(tmp_path))
    assert rows(reading.nodes["Lab"], "id", "rnsr", "country", "unit_type") == {
        (IJL, "200918462H", "FR", "UMR"),
        (LRGP, "201320573K", "FR", "UMR"),
        (GEO, "201320575M", "FR", "UMR"),
    }
    assert set(reading.nodes) == {"Lab"}
    assert reading.relationships == {}
    assert ("ror:02rgb2k63", f"hal:{USM}") in rows(reading.identities, "left", "right")


def test_every_row_is_used_or_told(tmp_path):
    reading = read_published(files(tmp_path))
    assert (reading.rows, reading.tables) == (24, {"works": 11, "structures": 13})
    assert reading.count("rejected") == 0
    assert reading.ignored_rules() == {
        "a CNRS lab without CNRS unit code": 1,
        "no article, communication, chapter, book or preprint": 1,
        "no lab with a CNRS unit code": 1,
    }


def test_what_is_no_document_is_rejected_with_its_line_and_reason(tmp_path):
    broken = [
        '{"docid": 1, "halId_s"',
        "",
        "[1]",
        {"halId_s": "hal-00000001", "docType_s": "ART"},
        deposit(2, 104710) | {"producedDateY_i": None},
        {"docid": 3, "docType_s": "ART", "producedDateY_i": 2020, "structId_i": [104710]},
    ]
    found = read_published(files(tmp_path, works=[*broken, *hal.documents("works") * 2]))
    rejected = found.audit.filter(pl.col("outcome") == "rejected")
    assert rows(rejected, "line", "reason") == {
        (1, "no JSON document"),
        (2, "no JSON document"),
        (3, "no JSON document"),
        (4, "no docid"),
        (5, "no year"),
        (6, "neither HAL number nor DOI"),
    }
    assert found.ignored_rules()["a deposit listed twice"] == 11


def test_without_a_deposit_of_a_known_lab_there_is_no_lab_and_no_count(tmp_path):
    found = files(tmp_path, works=[deposit(1, USM)])
    assert read_published(found).nodes["Lab"].is_empty()
    assert all(frame.is_empty() for frame in (cross_check(found).labs, cross_check(found).partners))


@pytest.mark.parametrize("empty", [("works",), ("structures",), ("works", "structures")])
def test_an_empty_listing_is_an_empty_reading(tmp_path, empty):
    found = files(tmp_path)
    for key in empty:
        (tmp_path / f"{key}.jsonl.gz").write_bytes(gzip.compress(b""))
    assert read_published(found).nodes["Lab"].is_empty()
    assert cross_check(found).labs.is_empty()


@pytest.mark.parametrize("damage", [b"\xe9", b"\x01"])
@pytest.mark.parametrize("key", ["works", "structures"])
def test_a_damaged_listing_is_refused_by_its_name(tmp_path, key, damage):
    found = files(tmp_path)
    path = tmp_path / f"{key}.jsonl.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b'"', b'"' + damage, 1)))
    with pytest.raises(SourceError, match=rf"{key}\.jsonl\.gz of source 'hal' cannot be read"):
        read_published(found)


def test_a_field_solr_no_longer_knows_is_named(tmp_path):
    lacking = [{k: v for k, v in document.items() if k != "code_s"} for document in hal.documents("structures")]
    with pytest.raises(SourceError, match="'code_s'"):
        read_published(files(tmp_path, structures=lacking))


def test_unknown_codes_are_told_and_stay_unknown(tmp_path):
    odd = {"docid": "9", "name_s": "X", "type_s": "consortium", "valid_s": "VALID", "country_s": "xxx"}
    found = files(tmp_path, works=[deposit(1, 104710, 9)], structures=[*hal.documents("structures"), odd])
    counts = cross_check(found)
    assert counts.partners["structure"].to_list() == [9]
    assert (9, "X", None, None) in rows(counts.bodies, "structure", "name", "country", "ror")
    assert counts.countries.is_empty()


# Counting


def test_a_partner_is_an_institution_or_what_has_none_above_and_never_supervises_the_lab(tmp_path):
    counts = cross_check(files(tmp_path))
    assert total(counts.partners, "lab", "structure") == {
        (IJL, USM, 2),
        (IJL, RMIT, 1),
        (LRGP, 212082, 2),
        (LRGP, CADI_AYYAD, 1),
        (GEO, RMIT, 2),
        (GEO, USM, 1),
        (GEO, 472747, 1),
    }
    assert total(counts.labs, "lab") == {(IJL, 3), (LRGP, 3), (GEO, 3)}


def test_two_deposits_of_one_doi_are_one_work_of_the_earlier_year(tmp_path):
    counts = cross_check(files(tmp_path))
    morocco = counts.countries.filter(pl.col("country") == "MA")
    assert rows(morocco, "lab", "year", "works") == {(LRGP, 2020, 1)}


def test_a_work_with_two_structures_of_a_country_counts_once_there(tmp_path):
    found = files(tmp_path, works=[deposit(1, 104710, 302133, 9)], structures=[*hal.documents("structures"), OTHER])
    counts = cross_check(found)
    assert rows(counts.countries, "lab", "country", "works") == {(IJL, "AU", 1)}
    assert counts.partners["works"].to_list() == [1, 1]


OTHER = {
    "docid": "9",
    "name_s": "Another institution",
    "type_s": "institution",
    "valid_s": "VALID",
    "country_s": "au",
}


def test_two_structures_of_one_lab_are_one_lab(tmp_path):
    old = {
        "docid": "8",
        "name_s": "IJL, before",
        "type_s": "laboratory",
        "valid_s": "OLD",
        "country_s": "fr",
        "code_s": ["UMR 7198"],
        "parentDocid_i": ["441569"],
    }
    register = [*hal.documents("structures"), old]
    found = files(tmp_path, works=[deposit(1, 104710, 8, USM), deposit(2, 8, USM)], structures=register)
    assert total(cross_check(found).partners, "lab", "structure") == {(IJL, USM, 2)}
    assert rows(read_published(found).nodes["Lab"], "id", "name") == {(IJL, "Institut Jean Lamour")}


@pytest.mark.parametrize(
    ("codes", "label"),
    [
        (["UMR8552"], "UMR 8552"),
        (["UMR_8552", "UMR 8552"], "UMR 8552"),
        (["UMR CNRS 7375"], "UMR 7375"),
        (["UAR0831"], "UAR 831"),
        (["IRL2615", "U1234"], "IRL 2615"),
        (["UMR1095"], None),
        (["UMR_S 938"], None),
        (["UMR7198", "UMR7274"], None),
        ([], None),
    ],
)
def test_a_unit_code_is_taken_where_it_is_the_cnrs_s_and_only_one(tmp_path, codes, label):
    lab = {"docid": "8", "name_s": "A lab", "type_s": "laboratory", "valid_s": "VALID", "country_s": "fr"}
    lab |= {"code_s": codes, "parentDocid_i": ["441569"]}
    register = [document for document in hal.documents("structures") if document["type_s"] == "institution"]
    works = [deposit(1, 8, USM), deposit(2, 104710)]
    found = cross_check(files(tmp_path, works=works, structures=[*register, lab]))
    assert found.labs["lab"].to_list() == ([label] if label else [])


def test_a_lab_under_the_cnrs_by_a_chain_is_found_and_a_cycle_does_not_hold_it_up(tmp_path):
    chain = [
        {"docid": "1", "name_s": "Lab", "type_s": "laboratory", "valid_s": "VALID", "country_s": "jp"}
        | {"code_s": ["IRL2820"], "parentDocid_i": ["2"]},
        {"docid": "2", "name_s": "A", "type_s": "regroupinstitution", "valid_s": "VALID", "parentDocid_i": ["3"]},
        {"docid": "3", "name_s": "B", "type_s": "regroupinstitution", "valid_s": "VALID"}
        | {"parentDocid_i": ["2", "441569"]},
    ]
    found = files(tmp_path, works=[deposit(1, 1, 2, 3, 441569, USM)], structures=[*hal.documents("structures"), *chain])
    counts = cross_check(found)
    assert rows(counts.partners, "lab", "structure") == {("IRL 2820", USM)}
    assert rows(counts.countries, "lab", "country") == {("IRL 2820", "MY")}


def test_a_structure_the_register_lacks_is_told_once(tmp_path):
    found = files(tmp_path, works=[deposit(1, 104710, 77), deposit(2, 104710, 77)])
    audit = read_published(found).audit.filter(pl.col("reason") == "a structure the register lacks")
    assert rows(audit, "line", "value") == {(1, "77")}


# Beside OpenAlex's


def told(*ties):
    """OpenAlex's co-publications as `copublications` gives them; years 2019 to 2023."""
    schema = ["lab", "ror", "country", "works"]
    frame = pl.DataFrame(ties, schema=schema, orient="row")
    return frame.with_columns(year_from=pl.lit(2019, pl.Int64), year_to=pl.lit(2023, pl.Int64))


def test_both_counts_stand_side_by_side_and_unknown_is_not_zero(tmp_path):
    ties = [
        (IJL, "02rgb2k63", "MY", 15),
        (LRGP, "02rgb2k63", "MY", 10),
        (IJL, "036rp1748", "BR", 18),
        ("UMR 7563", "02rgb2k63", "MY", 1),
    ]
    found = by_partner(cross_check(files(tmp_path)), told(*ties))
    assert rows(found, "lab", "ror", "hal", "openalex", "ratio") == {
        (IJL, "02rgb2k63", 2, 15, 2 / 15),
        (LRGP, "02rgb2k63", 0, 10, 0.0),
        (IJL, "036rp1748", None, 18, None),
        ("UMR 7563", "02rgb2k63", None, 1, None),
    }


def test_only_the_years_of_the_other_count_are_counted(tmp_path):
    ties = told((IJL, "02rgb2k63", "MY", 15)).with_columns(year_from=pl.lit(2020, pl.Int64))
    counts = cross_check(files(tmp_path))
    assert by_partner(counts, ties)["hal"].to_list() == [1]
    assert by_country(counts, ties)["hal_works"].to_list() == [1]


def test_a_country_has_its_ratio_over_the_institutions_both_know_and_says_how_many_those_are(tmp_path):
    ties = [
        (IJL, "02rgb2k63", "MY", 15),
        (IJL, "0090j2029", "MY", 5),
        ("UMR 7563", "04ttjf776", "AU", 1),
        (GEO, "036rp1748", "BR", 2),
    ]
    found = by_country(cross_check(files(tmp_path)), told(*ties))
    columns = ("lab", "country", "hal_works", "openalex", "hal", "openalex_same", "ratio")
    assert rows(found, *columns) == {
        (IJL, "MY", 2, 20, 2, 15, 2 / 15),
        (GEO, "BR", 0, 2, None, None, None),
        ("UMR 7563", "AU", None, 1, None, None, None),
    }
    assert rows(found, "lab", "institutions", "known", "found", "coverage") == {
        (IJL, 2, 1, 1, 0.5),
        (GEO, 1, 0, None, 0.0),
        ("UMR 7563", 1, 0, None, 0.0),
    }


def test_a_reading_of_openalex_gives_its_ties_by_ror():
    institutions = pl.DataFrame(
        {"id": ["openalex:I139322472", "openalex:I1", "ror:04ttjf776"], "country": ["MY", "BR", "AU"]}
    )
    ties = pl.DataFrame({"start": [IJL] * 3, "end": institutions["id"], "full_count": [15, 18, 5]})
    ties = ties.with_columns(year_from=pl.lit(2019, pl.Int64), year_to=pl.lit(2023, pl.Int64))
    reading = Reading(
        nodes={"Institution": institutions},
        relationships={("COPUBLISHES_WITH", "Lab", "Institution"): ties},
        identities=pl.DataFrame({"left": ["openalex:I139322472"], "right": ["ror:02rgb2k63"]}),
        audit=pl.DataFrame(),
        rows=3,
    )
    found = copublications(reading)
    assert rows(found, "lab", "ror", "country", "year_from", "year_to", "works") == {
        (IJL, "02rgb2k63", "MY", 2019, 2023, 15),
        (IJL, "04ttjf776", "AU", 2019, 2023, 5),
    }


def test_the_bundled_count_can_be_held_against_hals(tmp_path):
    from ingest.build import read_source

    ties = copublications(read_source(source("openalex_lorraine")))
    found = by_partner(cross_check(files(tmp_path)), ties)
    assert (IJL, "02rgb2k63", 2, 15) in rows(found, "lab", "ror", "hal", "openalex")
    assert found.height == ties.height
