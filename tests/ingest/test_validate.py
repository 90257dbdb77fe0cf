"""Templates and validation as the department runs them, and the curated tables as they stand."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graph.i18n import LANGUAGES
from ingest.catalogue import BUNDLED_DIR
from ingest.department import TABLES, check, known
from ingest.department.curated import check_curated
from tests.ingest.publishers import delegations, mobility

ROOT = Path(__file__).parents[2]
FIXTURE = {"mobility": mobility.FIXTURE, "delegations": delegations.FIXTURE}


def ingest(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "ingest", *arguments], cwd=ROOT, capture_output=True, check=False)


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    return (done.stdout + done.stderr).decode().replace("\u00a0", " ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_an_empty_template_is_what_the_reader_reads(tmp_path, name, language):
    path = tmp_path / "table.csv"
    done = ingest("template", name, "--lang", language, "--out", str(path))
    assert done.returncode == 0, said(done)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf"), "a spreadsheet needs the mark to see UTF-8"
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == 1
    found = check(path, TABLES[name], known())
    assert (found.frame.height, found.findings) == (0, ())
    header = next(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert header == [column.heading(language) for column in TABLES[name].columns]


def test_a_template_goes_to_standard_output_byte_for_byte(tmp_path):
    path = tmp_path / "table.csv"
    ingest("template", "delegations", "--lang", "en", "--out", str(path))
    assert ingest("template", "delegations", "--lang", "en").stdout == path.read_bytes()


def test_a_filled_table_is_never_overwritten(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("filled")
    done = ingest("template", "mobility", "--out", str(path))
    assert done.returncode == 2
    assert "exists already" in said(done)
    assert path.read_text() == "filled"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_explained_and_headings_differ_within_a_table(name, language):
    text = " ".join(said(ingest("template", name, "--lang", language, "--explain")).replace("│", " ").split())
    headings = [column.heading(language) for column in TABLES[name].columns]
    assert len(set(headings)) == len(headings)
    for heading in headings:
        assert heading.split()[0] in text


def test_the_examples_of_the_explanation_validate(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(
        "reference;start;end;visitor;institutions;host;place;due;follow_up;state\n"
        "2026-014;2026-03-14;2026-03-16;JP;University of Tokyo [ror:057zh3y96] | RIKEN;FR;Paris;2026-09-30;send;done\n"
    )
    assert check(path, TABLES["delegations"], known()).findings == ()


def test_errors_are_told_by_line_and_column_in_both_languages():
    french = ingest("validate", "mobility", str(mobility.FIXTURE), "--lang", "fr")
    english = ingest("validate", "mobility", str(mobility.FIXTURE), "--lang", "en")
    assert (french.returncode, english.returncode) == (1, 1)
    lines = said(french).splitlines()
    assert lines[0].startswith("ligne 6 · pays · avertissement · « Allemagne »")
    assert lines[3].startswith("ligne 10 · nombre de missions · erreur · « -3 » est négatif.")
    assert "line 9 · country · error · 'UK' is not a country" in said(english)
    assert "6 lines would be loaded" in said(english)


def test_a_table_without_errors_exits_with_0_warnings_or_not(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("year;who;country;missions\n2025;CNRS;Japan;5\n")
    done = ingest("validate", "mobility", str(path), "--lang", "en")
    assert (done.returncode, "no errors, 1 warning(s)" in said(done)) == (0, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_is_refused_with_what_to_do(tmp_path, language):
    path = tmp_path / "table.xlsx"
    path.write_bytes(b"PK\x03\x04")
    done = ingest("validate", "delegations", str(path), "--lang", language)
    assert (done.returncode, "CSV UTF-8" in said(done), "Traceback" in said(done)) == (1, True, False)


def test_a_file_that_cannot_be_read_is_refused_before_a_copy_is_kept(tmp_path):
    path = tmp_path / "mobility.csv"
    path.write_text("year;who;country;nom\n2025;CNRS;JP;someone\n")
    done = ingest("fetch", "mobility", "--from", str(path), "--data", str(tmp_path / "data"))
    assert done.returncode == 1
    assert "name people" in said(done)
    assert not (tmp_path / "data" / "raw").exists()


def test_many_errors_are_cut_short_and_counted(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("year;who;country;missions\n" + "2025;CNRS;JP;x\n" * 500)
    lines = said(ingest("validate", "mobility", str(path), "--lang", "en")).splitlines()
    assert len(lines) == 202
    assert lines[-2].startswith("… and 300 more")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("validate", "mobilty", "x.csv"), "mobility, delegations, curated"),
        (("validate", "mobility"), "No file is given"),
        (("validate", "mobility", "absent.csv"), "There is no file absent.csv"),
        (("template", "curated"), "mobility, delegations"),
    ],
)
def test_a_wrong_request_is_answered_with_what_there_is(arguments, words):
    done = ingest(*arguments)
    assert (done.returncode, words in " ".join(said(done).split())) == (2, True), said(done)


def test_the_curated_tables_pass_and_their_conflicts_are_listed():
    done = ingest("validate", "curated", "--lang", "en")
    assert done.returncode == 0, said(done)
    assert said(done).count("Two start years, both kept") == 7
    found = check_curated(BUNDLED_DIR / "curated")
    assert found.files == 9
    assert found.rows == 852
    assert [finding.weight for finding in found.findings].count("error") == 0


@pytest.fixture
def curated(tmp_path):
    return shutil.copytree(BUNDLED_DIR / "curated", tmp_path / "curated")


def changed(folder: Path, table: str, key: str, **cells: str) -> list[tuple[str, str, str]]:
    """What is wrong once these cells of one row are changed: file, column, problem."""
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0])
    row = next(row for row in rows if row[columns[0]] == key)
    row |= cells
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    found = check_curated(folder).findings
    errors = [finding for finding in found if finding.weight == "error"]
    return [(f.file, f.column, f.problem.key.removeprefix("department.curated_")) for f in errors]


@pytest.mark.parametrize(
    ("table", "key", "cells", "column", "problem"),
    [
        ("programmes", "FP7-HEALTH", {"id": "FP7-COOPERATION"}, "id", "twice"),
        ("programmes", "FP7-HEALTH", {"parent": "FP7-NOWHERE"}, "parent", "reference"),
        ("programmes", "FP7-HEALTH", {"family": "H2020"}, "family", "family"),
        ("programmes", "FP7", {"year_start": "2077"}, "year_start", "year"),
        ("programmes", "FP7", {"year_end": "2006"}, "year_end", "years"),
        ("programmes", "FP7-HEALTH", {"name_fr": ""}, "name_fr", "empty"),
        ("instruments", "I001", {"countries": "JP;XX"}, "countries", "country"),
        ("instruments", "I001", {"programme": "CNRS-XXX"}, "programme", "reference"),
        ("instruments", "I001", {"cnrs_institutes": "INSIS;INX"}, "cnrs_institutes", "reference"),
        ("instruments", "I001", {"source": ""}, "source", "empty"),
        ("instruments", "I001", {"vintage": "2099-01-01"}, "vintage", "vintage"),
        ("instruments", "I001", {"start_year": "about 1995"}, "start_year", "year"),
        ("instruments", "I001", {"dates_conflict": "yes"}, "dates_conflict", "boolean"),
        ("instruments", "I063", {"year_note": "2021"}, "year_note", "conflict_lost"),
        ("instruments", "I063", {"start_year": "2019"}, "start_year", "conflict_year"),
        ("instruments", "I063", {"dates_conflict": "false"}, "dates_conflict", "conflict_unmarked"),
        ("agreement_parties", "I001", {"country": "UK"}, "country", "country"),
        ("agreement_parties", "I001", {"agreement": "I999"}, "agreement", "reference"),
        ("published_statistics", "F001", {"vintage": ""}, "vintage", "empty"),
        ("h2020_parts", "MSCA", {"programme": "H2020-EU.9"}, "programme", "reference"),
        ("associations", "H2020-CH-1", {"scope": "H2020-EU.9"}, "scope", "reference"),
        ("associations", "H2020-CH-1", {"status": "observer"}, "status", "choice"),
        ("associations", "H2020-CH-1", {"start_date": "15/09/2014"}, "start_date", "date"),
        ("associations", "H2020-CH-1", {"end_date": "2014-09-14"}, "end_date", "years"),
    ],
)
def test_what_is_wrong_with_a_curated_row_is_named(curated, table, key, cells, column, problem):
    assert (f"{table}.csv", column, problem) in changed(curated, table, key, **cells)


@pytest.mark.parametrize(
    ("table", "column"), [("instruments", "year_note"), ("instruments", "dates_conflict"), ("programmes", "parent")]
)
def test_a_renamed_column_of_a_curated_table_is_named(curated, table, column):
    path = curated / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(column, "note_of_years", 1), encoding="utf-8")
    told = [(f.file, f.problem.key, f.problem.values) for f in check_curated(curated).findings if f.weight == "error"]
    assert (path.name, "department.curated_header", {"column": column}) in told


def test_a_programme_that_is_a_part_of_itself_is_told_with_the_circle(curated):
    found = changed(curated, "programmes", "FP7-COOPERATION", parent="FP7-HEALTH")
    assert found.count(("programmes.csv", "parent", "circle")) == 2


def test_a_curated_table_that_is_missing_or_has_lost_a_column_is_one_error(curated):
    (curated / "programmes.csv").unlink()
    path = curated / "institutions.csv"
    path.write_text(path.read_text().replace("vintage", "date", 1))
    errors = [finding for finding in check_curated(curated).findings if finding.weight == "error"]
    assert [(f.file, f.problem.key) for f in errors] == [
        ("programmes.csv", "department.curated_unreadable"),
        ("institutions.csv", "department.curated_header"),
    ]
    assert ingest("validate", "curated", str(curated)).returncode == 1
