"""`python -m ingest diff`: what changed between two vintages of a source, as tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from graph.errors import BadRequest
from ingest.__main__ import app
from ingest.catalogue import source
from ingest.snapshot import adopt
from tests.ingest.archives import cells, lines, members, zipped

OLDER, NEWER = date(2025, 6, 1), date(2025, 12, 7)
CENIEH, MAASTRICHT, CSIC = "986579241", "999975911", "999991722"
ICARO = "101046927"


def keep(data: Path, day: date, without: set[tuple[str, str]]) -> None:
    """Keep a snapshot of the archive's fixture without these participations: project and body."""
    held = members("cordis_horizon")
    header, *rows = cells(held["organization.csv"])
    project, body = header.index("projectID"), header.index("organisationID")
    kept = [row for row in rows if (row[project], row[body]) not in without]
    assert len(kept) == len(rows) - len(without)
    given = data.parent / f"given-{day}" / "cordis-HORIZONprojects-csv.zip"
    given.parent.mkdir()
    given.write_bytes(zipped({**held, "organization.csv": lines([header, *kept])}))
    adopt(source("cordis_horizon"), data, [given], day)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two snapshots: the newer has Maastricht, lacks the CENIEH, and lost one of the CSIC's two projects."""
    keep(tmp_path / "data", OLDER, {("101167313", MAASTRICHT)})
    keep(tmp_path / "data", NEWER, {("101039711", CENIEH), (ICARO, CSIC)})
    return tmp_path / "data"


def diff(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["diff", *arguments, "--data", str(data)])


def table(output: str) -> list[tuple[str, ...]]:
    """Every row of every table, cell by cell."""
    drawn = [line.strip("│").split("│") for line in output.splitlines() if line.startswith("│")]
    return [tuple(cell.strip() for cell in row) for row in drawn]


def kinds(output: str) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in table(output) if len(row) == 4}


def partners(output: str) -> list[tuple[str, ...]]:
    return [(row[0], *row[2:]) for row in table(output) if len(row) == 6]


def test_new_ended_and_changed_partners_are_told_with_their_ties_before_and_after(data):
    done = diff(data, "cordis_horizon")
    assert done.exit_code == 0, done.output
    assert "cordis_horizon: 2025-06-01 → 2025-12-07" in done.output
    assert "Partners whose ties changed: 3" in done.output
    assert partners(done.output) == [
        (f"pic:{CENIEH}", "ES", "1", "–", "ended"),
        (f"pic:{MAASTRICHT}", "NL", "–", "1", "new"),
        (f"pic:{CSIC}", "ES", "2", "1", "changed"),
    ]
    told = kinds(done.output)
    assert told["PARTICIPATES_IN"] == ("1", "2", "0")
    assert told["Institution"] == ("1", "1", "0")
    assert told["Project"] == ("0", "0", "0")


def test_the_other_way_round_what_ended_is_new(data):
    done = diff(data, "cordis_horizon", "--older", "2025-12-07", "--newer", "2025-06-01")
    assert "cordis_horizon: 2025-12-07 → 2025-06-01" in done.output
    assert [(row[0], row[-1]) for row in partners(done.output)] == [
        (f"pic:{CENIEH}", "new"),
        (f"pic:{MAASTRICHT}", "ended"),
        (f"pic:{CSIC}", "changed"),
    ]


@pytest.mark.parametrize(("top", "shown"), [("1", 1), ("0", 3)])
def test_as_many_partners_are_listed_as_are_asked_for(data, top, shown):
    done = diff(data, "cordis_horizon", "--top", top)
    assert len(partners(done.output)) == shown
    assert ("the 1 largest changes shown" in done.output) == (shown < 3)


def test_a_snapshot_is_held_against_the_bundled_tables(data):
    """The bundled 1,222 projects have the CNRS, as twelve of the archive's fourteen do."""
    done = diff(data, "cordis_horizon", "--older", "bundled", "--top", "1")
    assert done.exit_code == 0, done.output
    assert "cordis_horizon: bundled → 2025-12-07" in done.output
    assert kinds(done.output)["Project"][:2] == ("0", "1,210")


def test_one_vintage_is_too_few_and_the_error_says_how_to_get_another(tmp_path):
    failure = diff(tmp_path, "cordis_horizon").exception
    assert isinstance(failure, BadRequest)
    assert "one vintage of 'cordis_horizon' here, bundled" in failure.what
    assert "python -m ingest fetch cordis_horizon" in failure.next_action


@pytest.mark.parametrize("side", ["--older", "--newer"])
def test_a_vintage_that_is_not_there_is_named_beside_those_that_are(data, side):
    failure = diff(data, "cordis_horizon", side, "2024-01-01").exception
    assert isinstance(failure, BadRequest)
    assert "no vintage '2024-01-01'" in failure.what
    assert failure.next_action == "Choose from bundled, 2025-06-01, 2025-12-07."


def test_a_source_that_is_not_there_is_named(tmp_path):
    failure = diff(tmp_path, "cordis_fp9").exception
    assert isinstance(failure, BadRequest)
    assert "no source 'cordis_fp9'" in failure.what


def test_nothing_is_older_than_the_first_vintage_and_of_some_sources_there_is_none(data: Path) -> None:
    failure = diff(data, "cordis_horizon", "--newer", "bundled").exception
    assert isinstance(failure, BadRequest)
    assert "No vintage of 'cordis_horizon' is older than bundled" in failure.what
    failure = diff(data, "rnsr").exception
    assert isinstance(failure, BadRequest)
    assert "There is no vintage of 'rnsr' here" in failure.what
