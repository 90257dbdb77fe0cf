"""The commands as a person types them: answers, refusals and exit codes, in processes of their own."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl
import pytest

from graph.network import Scope
from tests.network.test_twelve_questions import DOCUMENTED
from tests.serving import ROOT


def graph(*arguments: str, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    where = ["--data", str(data)] if data else []
    return subprocess.run(
        [sys.executable, "-m", "graph", *arguments, *where], cwd=ROOT, capture_output=True, text=True, check=False
    )


def rows_of(text: str) -> list[dict[str, Any]]:
    """The rows of an answer in JSON, a list of them or an object that holds it beside its scope."""
    read = json.loads(text)
    rows: list[dict[str, Any]] = read["rows"] if isinstance(read, dict) else read
    return rows


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
    strengths = [row["strength"] for row in rows_of(done.stdout)]
    assert len(strengths) == 5
    assert strengths == sorted(strengths, reverse=True)


@pytest.mark.parametrize("words", DOCUMENTED)
def test_a_documented_question_is_answered_as_typed(bundled_data: Path, words: str) -> None:
    """Each command of docs/strategy.md to a table on the screen: its scope above, its rows counted below."""
    done = graph("measure", *shlex.split(words), data=bundled_data)
    assert done.returncode == 0, done.stderr
    rows = re.search(r"^\s*([\d,]+) rows\b", done.stdout, re.MULTILINE)
    assert rows, done.stdout
    assert 3 <= int(rows[1].replace(",", "")) <= 20
    typed = shlex.split(words)
    asked = Scope.parse(typed[typed.index("--scope") + 1] if "--scope" in typed else "")
    counted = replace(asked, ties=frozenset({"projects"})) if typed[0] == "changes" else asked  # over time, one kind
    scope = counted.sentence("en")
    # The screen of a process without one is narrow: lines are broken anywhere between words.
    assert " ".join(done.stdout.split()).startswith(" ".join(scope.split()))


def test_an_answer_has_the_same_rows_in_every_format(bundled_data: Path, tmp_path: Path) -> None:
    """All of them in a file; on the screen, in JSON too, as many as are asked for."""
    words = shlex.split(next(words for words in DOCUMENTED if words.startswith("untapped ")))
    read: dict[str, list[tuple[str, int]]] = {}
    for suffix in ("csv", "json", "parquet"):
        out = tmp_path / f"canada.{suffix}"
        done = graph("measure", *words, "--out", str(out), data=bundled_data)
        assert done.returncode == 0, done.stderr
        if suffix == "csv":
            rows: list[dict[str, Any]] = list(csv.DictReader(out.open(encoding="utf-8-sig")))
        elif suffix == "json":
            rows = rows_of(out.read_text(encoding="utf-8"))
        else:
            rows = pl.read_parquet(out).to_dicts()
        read[suffix] = [(row["key"], int(row["common"])) for row in rows]
    assert len(read["csv"]) > 20
    assert read["csv"] == read["json"] == read["parquet"]
    done = graph("measure", *words, "--top", "7", "--format", "json", data=bundled_data)
    assert [(row["key"], row["common"]) for row in rows_of(done.stdout)] == read["json"][:7]


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
        (("measure", "brokrs"), "brokers"),
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
