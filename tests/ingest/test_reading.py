"""No column and no row is lost without a word."""

from __future__ import annotations

import shutil

import pytest

from graph.errors import BadRequest, SourceError
from ingest.catalogue import Expected, source, sources
from ingest.tidy import most_specific, repair
from tests.ingest.support import FIXTURES, read


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(FIXTURES / "cordis_fp7", tmp_path / "fp7")


def test_a_renamed_column_is_named_with_its_likely_old_name(copy):
    path = copy / "cordis_fp7_organisations.csv"
    path.write_text(path.read_text().replace("short_name", "shortName", 1))
    with pytest.raises(SourceError) as error:
        read("cordis_fp7", copy)
    assert "'shortName'" in error.value.what
    assert "new name of 'short_name'" in error.value.what


def test_a_missing_column_is_named(copy):
    (copy / "cordis_fp7_projects.csv").write_text("rcn,call\n21,X\n")
    with pytest.raises(SourceError, match="'theme'"):
        read("cordis_fp7", copy)


def test_a_missing_file_is_named(copy):
    (copy / "cordis_fp7_participations.csv").unlink()
    with pytest.raises(SourceError, match=r"cordis_fp7_participations\.csv"):
        read("cordis_fp7", copy)


def test_an_empty_file_says_so(copy):
    (copy / "cordis_fp7_projects.csv").write_text("")
    with pytest.raises(SourceError, match=r"cordis_fp7_projects\.csv"):
        read("cordis_fp7", copy)


def test_every_column_of_every_bundled_file_is_accounted_for():
    for spec in sources():
        for file in spec.files.values():
            header = file.path.read_text(encoding="utf-8").splitlines()[0].split(",")
            assert set(header) == {*file.columns, *file.ignored}, file.path.name
            assert all(file.ignored.values()), file.path.name


def test_an_unknown_source_is_answered_with_those_there_are():
    with pytest.raises(BadRequest, match="cordis_horizon"):
        source("cordis_horizn")


def test_an_expected_count_has_a_relative_tolerance():
    assert Expected("Project", 1000, 0.01).met(1010)
    assert not Expected("Project", 1000, 0.01).met(1011)


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("HORIZON.2.4|HORIZON.2.4.1|HORIZON.2.4.10", ["HORIZON.2.4.1", "HORIZON.2.4.10"]),
        ("H2020-EU.3.3.5.|H2020-EU.3.|H2020-EU.3.3.", ["H2020-EU.3.3.5"]),
        ("H2020-EC", ["H2020"]),
        ("H2020-EU.4.b.", ["H2020-EU.4.b"]),
    ],
)
def test_only_the_most_specific_codes_remain(cell, parts):
    assert most_specific(cell) == parts


def test_text_that_is_not_damaged_or_beyond_repair_is_left_alone():
    assert repair("Ålesund Âge") == "Ålesund Âge"
    assert repair("KÃ–ZSZOLGÃ�LTATÃ�SOK") == "KÃ–ZSZOLGÃ�LTATÃ�SOK"
