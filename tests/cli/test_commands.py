"""The commands as a person types them: answers, refusals and exit codes, in processes of their own."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

from tests.serving import ROOT


def graph(*arguments: str, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    where = ["--data", str(data)] if data else []
    return subprocess.run(
        [sys.executable, "-m", "graph", *arguments, *where], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_status_names_the_engine_and_counts(bundled_data: Path) -> None:
    done = graph("status", data=bundled_data)
    assert done.returncode == 0, done.stderr
    assert "embedded" in done.stdout
    assert "PARTICIPATES_IN" in done.stdout


def test_cypher_answers_as_json(bundled_data: Path) -> None:
    done = graph(
        "cypher", "MATCH (c:Country {id: 'JP'}) RETURN c.name_fr AS name", "--format", "json", data=bundled_data
    )
    assert json.loads(done.stdout) == [{"name": "Japon"}]


def test_cypher_refuses_a_write_and_says_so(bundled_data: Path) -> None:
    done = graph("cypher", "MATCH (c:Country) DETACH DELETE c", data=bundled_data)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_ask_gives_the_first_partners_of_horizon_europe_as_csv(bundled_data: Path) -> None:
    done = graph("ask", "partners_in_programme", "--param", "programme=HORIZON", "--format", "csv", data=bundled_data)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["joint_projects"] for row in rows[:3]] == ["103", "99", "95"]


def test_measure_ranks_in_its_scope(bundled_data: Path) -> None:
    scope = "ties=projects;programmes=HORIZON;cnrs=0"
    done = graph("measure", "strength,degree", "--scope", scope, "--top", "5", "--format", "json", data=bundled_data)
    assert done.returncode == 0, done.stderr
    strengths = [row["strength"] for row in json.loads(done.stdout)]
    assert len(strengths) == 5
    assert strengths == sorted(strengths, reverse=True)


@pytest.mark.parametrize(("form", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_export_writes_a_network_that_networkx_reads(bundled_data: Path, tmp_path: Path, form: str, read) -> None:
    out = tmp_path / f"network.{form}"
    scope = "ties=agreements;countries=JP"
    done = graph("export", "--format", form, "--scope", scope, "--out", str(out), data=bundled_data)
    assert done.returncode == 0, done.stderr
    assert read(out).number_of_edges() > 0


def test_export_of_ties_as_csv_names_both_ends(bundled_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "ties.csv"
    graph("export", "--format", "csv", "--scope", "ties=agreements;countries=JP", "--out", str(out), data=bundled_data)
    rows = list(csv.DictReader(out.open(encoding="utf-8-sig")))
    assert rows and all(row["a_name"] and row["b_name"] for row in rows)


@pytest.mark.parametrize("suffix", [".pdf", ".html"])
def test_brief_writes_the_format_its_file_name_asks_for(bundled_data: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"japon{suffix}"
    done = graph("brief", "JP", "--lang", "fr", "--out", str(out), data=bundled_data)
    assert done.returncode == 0, done.stderr
    assert out.read_bytes()[:4] in (b"%PDF", b"<!do", b"<!DO")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("ask", "no_such_question"), "no_such_question"),
        (("ask", "partners_of_country", "--param", "country"), "country"),
        (("ask", "partners_of_country", "--param", "country=QQ"), "QQ"),
        (("measure", "betweeness"), "betweenness"),
        (("measure", "degree", "--scope", "ties=friends"), "friends"),
        (("brief", "QQ", "--out", "x.pdf"), "QQ"),
        (("brief", "JP", "--out", "x.docx"), "docx"),
        (("nonsense",), "nonsense"),
    ],
)
def test_a_wrong_request_ends_with_two_and_names_the_thing(
    bundled_data: Path, arguments: tuple[str, ...], named: str
) -> None:
    done = graph(*arguments, data=bundled_data)
    assert done.returncode == 2, done.stdout + done.stderr
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_every_command_explains_itself() -> None:
    for name in (
        "status",
        "cypher",
        "ask",
        "measure",
        "export",
        "brief",
        "search",
        "schema",
        "start",
        "stop",
        "dump",
        "load",
        "migrate",
    ):
        done = graph(name, "--help")
        assert done.returncode == 0
        assert "--help" in done.stdout


def test_a_data_directory_without_a_build_says_what_to_run(tmp_path: Path) -> None:
    done = graph("search", "Japan", data=tmp_path / "empty")
    graph("stop", data=tmp_path / "empty")
    assert done.returncode == 1
    assert "ingest build" in done.stderr
