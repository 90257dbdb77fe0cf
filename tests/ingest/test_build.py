"""A build is idempotent, exclusive and checked; run as a person runs it."""

from __future__ import annotations

import datetime as dt
import fcntl
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from graph.errors import ExplorerError, SourceError
from graph.settings import Settings
from graph.store.build import stamp, stamped
from ingest.build import build, require_expected, wanted
from ingest.catalogue import source
from ingest.check import check
from tests.ingest.support import read

ROOT = Path(__file__).parents[2]


def ingest_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingest", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_second_build_does_nothing_and_says_so(bundled_data):
    again = ingest_command("build", "--data", str(bundled_data))
    assert (again.returncode, again.stdout.splitlines()[0].split(":")[0]) == (0, "up to date")


def test_a_second_build_loads_neither_tables_nor_driver(bundled_data):
    script = (
        "import sys; from ingest.__main__ import app\n"
        f"sys.argv = ['ingest', 'build', '--data', {str(bundled_data)!r}]\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "print(sorted({'polars', 'neo4j', 'jpype'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.stdout.splitlines()[-1] == "[]", ran.stderr


def test_a_store_without_its_stamp_is_asked_and_left_alone(bundled_settings, bundled_store):
    before = bundled_store.build()
    stamp(bundled_settings.store_dir, None)
    assert build(bundled_settings).up_to_date
    assert bundled_store.build() == before
    assert stamped(bundled_settings.store_dir) == wanted(bundled_settings)


def test_a_build_beside_another_is_refused_and_names_it(tmp_path):
    lock = tmp_path / "cache" / "build.lock"
    lock.parent.mkdir()
    with lock.open("w") as holder:
        holder.write("4242")
        holder.flush()
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(ExplorerError, match="4242"):
            build(Settings(data_dir=tmp_path, neo4j_uri=None))


def test_a_truncated_source_stops_the_build():
    with pytest.raises(SourceError, match="1,222 are expected"):
        require_expected(source("cordis_horizon"), replace(read("cordis_horizon"), tables={}))


def test_check_meets_every_expectation(bundled_data):
    checked = ingest_command("check", "--data", str(bundled_data))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "NOT MET" not in checked.stdout


def test_check_finds_what_is_not_met(bundled_store):
    spec = source("cordis_horizon")
    wrong = replace(spec, known=(replace(spec.known[0], value=104),))
    assert [(f.expected, f.actual) for f in check(bundled_store, (wrong,)) if not f.met] == [(104, 103)]


def test_check_of_a_store_not_built_says_what_to_run(tmp_path):
    checked = ingest_command("check", "--data", str(tmp_path))
    assert checked.returncode == 1
    assert "python -m ingest build" in checked.stderr
    assert "Traceback" not in checked.stderr


def test_status_says_what_is_loaded_and_from_which_snapshot(bundled_data):
    status = ingest_command("status", "--data", str(bundled_data))
    assert status.returncode == 0, status.stderr
    assert "cordis_horizon@2025-12-06" in status.stdout
    assert "up to date" in status.stdout


def test_what_is_not_used_is_listed_with_its_reason(bundled_data):
    units = (bundled_data / "rejects" / "cnrs_units.csv").read_text(encoding="utf-8")
    assert "older row of the same label" in units
    assert "not one of today's ten institutes" in units


@pytest.mark.parametrize(("name", "known"), [("ror", "1,014"), ("rnsr", "1,790")])
def test_a_download_with_few_units_of_the_cnrs_is_refused_and_a_file_a_person_gave_is_not(name, known, tmp_path):
    few = replace(read("cordis_horizon"), nodes={"Lab": pl.DataFrame({"id": ["UMR 1"]})}, tables={})
    spec = source(name).at(dt.date(2026, 11, 25), "x", lambda key: tmp_path)
    with pytest.raises(SourceError, match=f"1 Lab where {known} are expected"):
        require_expected(spec, few)
    require_expected(replace(spec, given=True), few)
