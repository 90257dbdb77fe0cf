"""A project's XML gives what the csv archive gives of it; what is no project is told."""

from __future__ import annotations

import pytest

from graph.errors import SourceError
from ingest.build import read_source
from ingest.catalogue import source
from ingest.cordis_xml import LARGEST, TABLES, is_xml, read_xml
from ingest.reading import Reading
from ingest.selection import Selection
from ingest.snapshot import adopt
from tests.ingest.archives import members, read_tables, zipped
from tests.ingest.support import FIXTURES

FOLDER = FIXTURES / "published" / "cordis_xml"
FILES = {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.xml"))}
WHOLE = Selection(("cordis_horizon",), "all")


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "cordis-HORIZONprojects-xml.zip"
    path.write_bytes(zipped(FILES))
    return path


def reading(path, folder) -> Reading:
    spec = source("cordis_horizon")
    kept = adopt(spec, folder, [path])
    return read_source(spec.at(kept.date, kept.checksum, kept.path, given=True), WHOLE)


def test_xml_and_csv_give_the_same_records_of_the_same_projects(archive, tmp_path):
    found = reading(archive, tmp_path / "data")
    expected = read_tables("cordis_horizon", members("cordis_horizon"), tmp_path / "csv")
    projects = found.nodes["Project"]["id"]
    assert projects.len() == len(FILES)
    for label in ("Project", "Institution"):
        ours = found.nodes[label].sort("id")
        theirs = expected.nodes[label].filter(expected.nodes[label]["id"].is_in(ours["id"].implode())).sort("id")
        assert ours.equals(theirs), label
    for ends in (("PARTICIPATES_IN", "Institution", "Project"), ("FUNDED_UNDER", "Project", "Programme")):
        column = "end" if ends[2] == "Project" else "start"
        ours = found.relationships[ends].sort("record")
        theirs = expected.relationships[ends]
        assert ours.equals(theirs.filter(theirs[column].is_in(projects.implode())).sort("record")), ends
    assert (
        found.relationships["ABOUT", "Project", "Topic"].height
        == expected.relationships["ABOUT", "Project", "Topic"]
        .filter(expected.relationships["ABOUT", "Project", "Topic"]["start"].is_in(projects.implode()))
        .height
    )


def test_one_file_alone_is_a_snapshot_too(tmp_path):
    found = reading(FOLDER / next(iter(FILES)), tmp_path)
    assert found.nodes["Project"].height == 1
    assert found.tables["projects"] == 1


def test_what_is_no_project_is_rejected_with_its_place_and_name(tmp_path):
    path = tmp_path / "mixed.zip"
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><project><id>&b;</id></project>'
    path.write_bytes(
        zipped({**FILES, "cut.xml": next(iter(FILES.values()))[:2000], "bomb.xml": bomb, "other.xml": b"<article/>"})
    )
    tables, rejects = read_xml(path)
    assert tables["projects"].height == len(FILES)
    assert rejects["value"].to_list() == ["cut.xml", "bomb.xml", "other.xml"]
    assert rejects["line"].to_list() == [3, 4, 5]


def test_a_file_larger_than_any_project_ends_the_reading(tmp_path):
    path = tmp_path / "large.zip"
    path.write_bytes(zipped({"large.xml": b" " * (LARGEST + 1)}))
    with pytest.raises(SourceError, match=r"large\.xml has more than"):
        read_xml(path)


def test_a_damaged_stream_is_told_as_the_archives(tmp_path):
    path, content = tmp_path / "damaged.zip", bytearray(zipped(FILES))
    content[30 + len(next(iter(FILES)))] = 0xFF  # the first block of the first member is of a kind there is not
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"damaged\.zip is damaged .* invalid block type"):
        read_xml(path)


def test_what_a_mac_adds_is_no_project_and_no_reject(tmp_path):
    path = tmp_path / "mac.zip"
    extras = {"__MACOSX/._a.xml": b"\x00\x05\x16\x07", "._b.xml": b"\x00\x05", ".DS_Store": b"\x00"}
    path.write_bytes(zipped({**extras, **FILES}))
    assert is_xml(path)
    tables, rejects = read_xml(path)
    assert tables["projects"].height == len(FILES)
    assert rejects.is_empty()


def test_an_archive_unpacking_to_more_than_all_projects_ends_the_reading(tmp_path, monkeypatch):
    path = tmp_path / "large.zip"
    path.write_bytes(zipped(FILES))
    monkeypatch.setattr("ingest.cordis_xml.TOTAL", sum(map(len, FILES.values())))
    assert read_xml(path)[0]["projects"].height == len(FILES)
    monkeypatch.setattr("ingest.cordis_xml.TOTAL", sum(map(len, FILES.values())) - 1)
    with pytest.raises(SourceError, match=r"large\.zip unpacks to more than"):
        read_xml(path)


def test_an_archive_of_too_many_files_ends_the_reading(archive, monkeypatch):
    monkeypatch.setattr("ingest.containers.MEMBERS", len(FILES) - 1)
    for step in (is_xml, read_xml):
        with pytest.raises(SourceError, match="members"):
            step(archive)


def test_a_csv_archive_is_not_taken_for_xml(tmp_path):
    path = tmp_path / "archive.zip"
    path.write_bytes(zipped(members("cordis_horizon")))
    assert not is_xml(path)


def test_without_a_namespace_it_reads_the_same(tmp_path):
    plain = tmp_path / "plain.xml"
    content = next(iter(FILES.values()))
    plain.write_bytes(content.replace(b"<project>", b'<project xmlns="http://cordis.europa.eu">', 1))
    bare = tmp_path / "bare.xml"
    bare.write_bytes(content.replace(b'<project xmlns="http://cordis.europa.eu">', b"<project>", 1))
    for table in TABLES:
        assert read_xml(plain)[0][table].equals(read_xml(bare)[0][table]), table
