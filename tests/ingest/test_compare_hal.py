"""`python -m ingest compare hal`: both counts of the snapshots in a data directory, side by side."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest
from typer.testing import CliRunner

from graph.errors import BadRequest
from ingest.catalogue import source
from ingest.snapshot import adopt
from ingest.sources.hal.commands import compare_app
from tests.ingest.publishers import hal, openalex

DAY = dt.date(2026, 11, 24)
IJL, USM = "https://ror.org/05k1smh27", "https://ror.org/02rgb2k63"
CNRS = "https://openalex.org/I1294671590"


def joint(number, year):
    """A work of Institut Jean Lamour and Universiti Sains Malaysia, as OpenAlex gives it."""
    bodies = [
        {"id": "https://openalex.org/I1", "ror": IJL, "country_code": "FR", "type": "facility", "lineage": [CNRS]},
        {"id": "https://openalex.org/I2", "ror": USM, "country_code": "MY", "type": "education", "lineage": []},
    ]
    signed = [{"institutions": [body | {"display_name": body["ror"]}], "countries": []} for body in bodies]
    told = {"id": f"https://openalex.org/W{number}", "publication_year": year, "type": "article"}
    return told | {"is_retracted": False, "authorships": signed}


def run(*arguments):
    return CliRunner().invoke(compare_app, ["hal", *arguments])


MORE = [joint(1, 2019), joint(2, 2020), joint(3, 2024)]


@pytest.fixture
def data(tmp_path):
    """Both publishers' fixtures as snapshots."""
    listings = {
        "hal": {key: hal.documents(key) for key in ("works", "structures")},
        "openalex": {"works": [*openalex.works(), *MORE]},
    }
    for name, files in listings.items():
        given = []
        for key, documents in files.items():
            path = tmp_path / name / f"{key}.jsonl.gz"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in documents).encode()))
            given.append(path)
        adopt(source(name), tmp_path / "data", given, DAY)
    return tmp_path / "data"


def test_a_missing_snapshot_is_named_with_how_to_fetch_it(tmp_path):
    failure = run("--data", str(tmp_path)).exception
    assert isinstance(failure, BadRequest)
    assert "python -m ingest fetch hal" in str(failure)


def cells(output, *begins):
    """The cells of the row that begins so."""
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in output.splitlines() if "│" in line]
    (row,) = [row for row in rows if tuple(row[: len(begins)]) == begins]
    return row[len(begins) :]


def test_both_counts_stand_side_by_side_over_all_of_openalexs_years(data):
    country, partner = (run("--by", by, "--top", "0", "--data", str(data)).output for by in ("country", "partner"))
    assert cells(partner, "UMR 7198", "02rgb2k63", "MY") == ["2002–2024", "2", "3", "0.67"]
    assert cells(country, "UMR 7198", "MY") == ["2002–2024", "2", "3", "0.67", "1.00"]


def test_the_largest_come_first_and_the_rest_is_counted(data):
    done = run("--top", "1", "--data", str(data))
    assert "1 of " in done.output and "rows shown" in done.output
    assert cells(done.output, "UMR 7198", "MY")
