"""OpenAlex's snapshot as it comes: a folder a day, of parts, as JSON lines or Parquet; read as one table of works."""

from __future__ import annotations

import gzip
import json
from datetime import date

import duckdb
import polars as pl
import pytest

from graph.errors import BadRequest, SourceError
from ingest import copublications
from ingest.catalogue import source
from ingest.reading import SourceFiles
from ingest.snapshot import adopt, newest
from ingest.sources.openalex.read import read_published
from tests.ingest.publishers import openalex as publisher

OPENALEX = source("openalex")
DAYS = ("2026-10-02", "2026-11-06", "2026-11-06")


COUNTED = ("https://openalex.org/W2003091363", "https://openalex.org/W2071387726")
"""Two of the fixture's works that give ties."""


def snapshot(folder, works, suffix=".gz"):
    """Write works into `works/updated_date=…/part_….gz`, with what lies beside them."""
    root = folder / "works"
    for number, day in enumerate(DAYS):
        path = root / f"updated_date={day}" / f"part_{number:03}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(each) + "\n" for each in works[number :: len(DAYS)]]
        if suffix == ".parquet":
            plain = folder / "plain.jsonl"
            plain.write_text("".join(lines), encoding="utf-8")
            duckdb.execute(f"COPY (SELECT * FROM read_json('{plain}')) TO '{path}' (FORMAT parquet)")
        else:
            path.write_bytes(gzip.compress("".join(lines).encode()))
    (root / "manifest").write_text("{}")
    (root / "updated_date=2026-11-06" / "_SUCCESS").touch()
    return root


def read(held):
    return read_published(SourceFiles(held.of(OPENALEX)))


def ties(found):
    return found.relationships["COPUBLISHES_WITH", "Lab", "Institution"].rows()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return read(adopt(OPENALEX, tmp_path_factory.mktemp("whole"), [publisher.FIXTURE]))


def test_a_folder_of_parts_is_kept_and_dated_by_its_newest_part(tmp_path):
    held = adopt(OPENALEX, tmp_path / "data", [snapshot(tmp_path, publisher.works())])
    assert [(file.name, file.origin) for file in held.files] == [
        ("works-0001-updated_date-2026-10-02-part_000.jsonl.gz", "works/updated_date=2026-10-02/part_000.gz"),
        ("works-0002-updated_date-2026-11-06-part_001.jsonl.gz", "works/updated_date=2026-11-06/part_001.gz"),
        ("works-0003-updated_date-2026-11-06-part_002.jsonl.gz", "works/updated_date=2026-11-06/part_002.gz"),
    ]
    assert (held.date, held.dated, held.given) == (date(2026, 11, 6), True, True)
    assert newest(tmp_path / "data", "openalex") == held
    held.verify()
    (held.folder / "works-0002-updated_date-2026-11-06-part_001.jsonl.gz").write_bytes(b"")
    with pytest.raises(SourceError, match=r"part_001\.jsonl\.gz is not what"):
        held.verify()


@pytest.mark.parametrize("suffix", [".gz", ".parquet"])
def test_parts_count_like_one_file(tmp_path, whole, suffix):
    found = read(adopt(OPENALEX, tmp_path / "data", [snapshot(tmp_path, publisher.works(), suffix)]))
    assert ties(found) == ties(whole)
    assert found.tables == whole.tables
    assert found.nodes["Institution"].equals(whole.nodes["Institution"])
    assert found.ignored_rules() == whole.ignored_rules()


def test_parts_given_one_by_one_count_like_their_folder(tmp_path, whole):
    folder = snapshot(tmp_path, publisher.works())
    held = adopt(OPENALEX, tmp_path / "data", [*folder.glob("updated_date=*/*.gz")])
    assert ties(read(held)) == ties(whole)
    assert held.date == date(2026, 11, 6)


def with_partner(work, number):
    partner = {"id": f"https://openalex.org/I{number}", "display_name": f"Body {number}", "lineage": []}
    return {**work, "authorships": [*work["authorships"], {"institutions": [partner]}]}


@pytest.mark.parametrize("dataframes", ["embedded", "spark"])
def test_a_later_part_replaces_a_work_of_an_earlier_one_whole(tmp_path, dataframes, request, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATAFRAME_ENGINE", dataframes)
    if dataframes == "spark":
        monkeypatch.setenv("EXPLORER_SPARK_MASTER", request.getfixturevalue("spark"))
    one, two = (work for work in publisher.works() if work["id"] in COUNTED)
    folder = tmp_path / "works"
    for day, works in (
        ("2026-11-06", [{**one, "is_retracted": True}, {**with_partner(two, 92), "publication_year": 2022}]),
        ("2026-10-02", [one, {**with_partner(two, 91), "publication_year": 2021}]),
    ):
        path = folder / f"updated_date={day}" / "part_000.gz"
        path.parent.mkdir(parents=True)
        path.write_bytes(gzip.compress("".join(json.dumps(work) + "\n" for work in works).encode()))
    found = read(adopt(OPENALEX, tmp_path / "data", [folder]))
    told = found.relationships["COPUBLISHES_WITH", "Lab", "Institution"]
    assert told["year_from"].unique().to_list() == [2022]
    assert "openalex:I92" in told["end"].to_list()
    assert "openalex:I91" not in told["end"].to_list()
    rules = found.ignored_rules()
    assert (rules[copublications.AGAIN], rules[copublications.RETRACTED]) == (2, 1)


def test_what_is_set_aside_is_told_with_its_part_and_line(tmp_path):
    works = publisher.works()
    works[4]["is_retracted"] = True  # the second of the second part
    works[5] = {"id": "https://openalex.org/A1", "authorships": []}  # the second of the third
    works[9]["id"] = works[1]["id"]  # the fourth of the first part is older than the first of the second
    found = read(adopt(OPENALEX, tmp_path / "data", [snapshot(tmp_path, works)])).audit
    told = {(row["file"], row["line"]): (row["outcome"], row["reason"]) for row in found.to_dicts()}
    assert told["works-0002-updated_date-2026-11-06-part_001.jsonl.gz", 2] == ("ignored", "retracted")
    assert told["works-0003-updated_date-2026-11-06-part_002.jsonl.gz", 2] == (
        "rejected",
        "not a work with an OpenAlex number",
    )
    assert told["works-0001-updated_date-2026-10-02-part_000.jsonl.gz", 4] == ("ignored", copublications.AGAIN)


def test_parts_on_spark_count_like_one_file(tmp_path, whole, spark, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATAFRAME_ENGINE", "spark")
    monkeypatch.setenv("EXPLORER_SPARK_MASTER", spark)
    for suffix, kept in ((".gz", ".jsonl.gz"), (".parquet", ".parquet")):
        found = read(adopt(OPENALEX, tmp_path / suffix, [snapshot(tmp_path / suffix, publisher.works(), suffix)]))
        assert ties(found) == ties(whole)
        aside = found.audit.filter(pl.col("file").str.starts_with("works"))
        assert aside["line"].null_count() == aside.height
        assert set(aside["file"]) <= {
            f"works-{n + 1:04}-updated_date-{day}-part_{n:03}{kept}" for n, day in enumerate(DAYS)
        }


def test_a_damaged_part_is_named(tmp_path):
    folder = snapshot(tmp_path, publisher.works() * 60)
    part = folder / "updated_date=2026-11-06" / "part_002.gz"
    part.write_bytes(part.read_bytes()[:-100])
    with pytest.raises(SourceError, match=r"updated_date=2026-11-06/part_002\.gz is damaged or cut short"):
        adopt(OPENALEX, tmp_path / "data", [folder])
    assert not (tmp_path / "data").exists()


NO_WORKS = {
    "text": b"x",
    "Parquet in name": b"PAR1 but no Parquet",
    "authors": gzip.compress(b'{"id": "https://openalex.org/A1"}\n', mtime=0),
}


@pytest.mark.parametrize("content", NO_WORKS.values(), ids=NO_WORKS)
def test_what_is_no_works_is_refused_before_anything_is_kept(tmp_path, content):
    folder = snapshot(tmp_path, publisher.works())
    (folder / "updated_date=2026-11-06" / "part_003.gz").write_bytes(content)
    with pytest.raises(SourceError, match=r"updated_date=2026-11-06/part_003\.gz (holds no works|is no readable)"):
        adopt(OPENALEX, tmp_path / "data", [folder])
    assert not (tmp_path / "data").exists()


def test_many_rejected_rows_are_told_with_the_part_they_begin_in(tmp_path):
    folder = snapshot(tmp_path, publisher.works())
    part = folder / "updated_date=2026-11-06" / "part_001.gz"
    part.write_bytes(part.read_bytes() + gzip.compress(b'{"id": "https://openalex.org/A1"}\n' * 100))
    with pytest.raises(SourceError, match=r"of the 3 files of works are rejected, from line \d+ of works-0002\S+ on"):
        read(adopt(OPENALEX, tmp_path / "data", [folder]))


def test_an_empty_part_is_named_before_anything_is_kept(tmp_path):
    folder = snapshot(tmp_path, publisher.works())
    (folder / "updated_date=2026-11-06" / "part_003.gz").touch()
    with pytest.raises(SourceError, match=r"updated_date=2026-11-06/part_003\.gz is empty"):
        adopt(OPENALEX, tmp_path / "data", [folder])
    assert newest(tmp_path / "data", "openalex") is None


def test_parts_of_two_kinds_and_a_folder_without_parts_are_refused(tmp_path):
    folder = snapshot(tmp_path, publisher.works())
    (tmp_path / "nothing").mkdir()
    (folder / "works.parquet").write_bytes(b"PAR1")
    with pytest.raises(BadRequest, match="Give parts of one kind"):
        adopt(OPENALEX, tmp_path / "data", [folder])
    with pytest.raises(BadRequest, match="nothing holds no files"):
        adopt(OPENALEX, tmp_path / "data", [tmp_path / "nothing"])
    assert not (tmp_path / "data").exists()
