"""What is wrong with a publisher's archive is told by file, line and reason, or stops the build before it writes.

Each kind is a real archive changed in one respect and read as a build reads it. Where the reading goes on, its
account differs from that of the sound archive by exactly the rows named here, and still adds up.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections import Counter

import polars as pl
import pytest

from graph.errors import SourceError
from graph.settings import Settings
from graph.store import open_store, stop_store
from ingest import containers
from ingest.reading import Reading
from ingest.tabular import read_csv
from tests.ingest.archives import CNRS_ONLY, Table, cells, lines, members, read_archive, zipped
from tests.ingest.bad_kinds import BODIES, KINDS, NAME, PROJECTS, Told, column, crossed
from tests.ingest.support import rows
from tests.serving import ROOT


@pytest.fixture(autouse=True)
def small_limit(monkeypatch):
    monkeypatch.setattr(containers, "LARGEST", 4 * 1024**2)


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Reading:
    return read_archive(NAME, zipped(members(NAME)), tmp_path_factory.mktemp("sound"))


def account(reading: Reading) -> Counter[Told]:
    """Lines of the account about the archive's own tables."""
    own = reading.audit.filter(pl.col("file").str.contains(" of "))
    return Counter(
        (str(file).split(" of ", maxsplit=1)[0], number, outcome, reason)
        for file, number, outcome, reason in own.select("file", "line", "outcome", "reason").iter_rows()
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_it_is_told_or_refused(kind, sound, tmp_path, monkeypatch):
    if "million" in kind.name:
        monkeypatch.setattr(containers, "LARGEST", 64 * 1024**2)
    archive = kind.archive(members(NAME))
    if kind.refused:
        with pytest.raises(SourceError) as error:
            read_archive(NAME, archive, tmp_path)
        assert all(re.search(pattern, str(error.value)) for pattern in kind.refused), str(error.value)
        assert error.value.next_action.strip().endswith(".")
        return
    found = read_archive(NAME, archive, tmp_path)
    assert account(found) - account(sound) == Counter(kind.told)
    assert account(sound) - account(found) == Counter()
    assert found.used + found.count("ignored") + found.count("rejected") == found.rows
    kept = {name: sound.records[name] - number for name, number in found.records.items()}
    assert {name: number for name, number in kept.items() if number and name not in ("Topic", "PART_OF")} == kind.less
    assert kind.holds(found)


def test_there_are_enough_kinds_and_none_twice():
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 60


# What one archive of fourteen projects is too small to show.


def test_a_quote_left_open_in_a_large_table_does_not_lose_the_rest_without_a_word(tmp_path):
    physical = [f"{number};name {number} {'y' * 300};x{number}" for number in range(120_000)]
    physical[1000] = '1000;"a;oops'
    path = tmp_path / "table.csv"
    path.write_text("id;name;x\n" + "\n".join(physical) + "\n")
    with pytest.raises(SourceError, match=r"opened and not closed in line 1,00\d: [\d,]+ lines after it"):
        read_csv(path, path.name, {"id", "name", "x"})


def test_a_quote_left_open_near_the_end_says_how_many_lines_went_with_it(tmp_path):
    physical = [f"{number};name {number};x{number}" for number in range(100)]
    physical[95] = '95;"name;x95'
    path = tmp_path / "table.csv"
    path.write_text("id;name;x\n" + "\n".join(physical) + "\n")
    found = read_csv(path, path.name, {"id", "name", "x"})
    assert rows(found.rejects, "line", "reason") == {(97, "a quote is opened and not closed: 5 lines lost")}
    assert (found.frame.height, found.swallowed) == (95, 4)


@pytest.mark.parametrize("seed", range(8))
def test_every_row_and_reject_has_the_line_it_starts_on(tmp_path, seed):
    dice = random.Random(seed)
    path = tmp_path / "table.csv"
    for _ in range(25):
        end, blanks = dice.choice(["\n", "\r\n"]), dice.random() < 0.4
        text, number, accepted, rejected = ["id;name;x"], 2, [], []
        for key in range(dice.randint(1, 30)):
            inner = dice.choice([end, end * 2]).join("t" * dice.randint(1, 4))
            draw = dice.random()
            if draw < 0.15 and blanks:
                text.append("")
            elif draw < 0.3:
                text.append(f"{key};short")
                rejected.append(number)
            elif draw < 0.4:
                text.append(f'{key};"a{end}b";c;d')
                rejected.append(number)
            else:
                text.append(f'{key};"{inner}";x' if draw < 0.6 else f"{key};name;x")
                accepted.append((number, str(key)))
            number += 1 + text[-1].count("\n")
        path.write_bytes((end.join(text) + dice.choice(["", end])).encode())
        if not accepted:
            continue
        found = read_csv(path, path.name, {"id", "name", "x"})
        assert found.frame.select("line", "id").rows() == accepted, path.read_bytes()
        assert found.rejects["line"].to_list() == rejected, path.read_bytes()


def test_a_text_of_many_lines_and_separators_is_no_lost_line(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('a;b;c;d;e\n1;2;"first; second\n\nthird; fourth; fifth\n- last";4;5\n')
    found = read_csv(path, path.name, {"a", "b", "c", "d", "e"})
    assert (found.frame.height, found.rejects.height) == (1, 0)


def test_a_path_with_the_signs_of_a_pattern_is_one_file(tmp_path):
    folder = tmp_path / "data [2025] *"
    folder.mkdir()
    (folder / "table.csv").write_text("id;name;x\n1;a;b\n")
    assert read_csv(folder / "table.csv", "table.csv", {"id", "name", "x"}).frame.rows() == [(2, "1", "a", "b")]


def test_an_archive_of_too_many_members_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "MEMBERS", 3)
    with pytest.raises(SourceError, match="5 members"):
        read_archive(NAME, zipped(members(NAME)), tmp_path)


def test_nothing_is_unpacked_outside_its_own_folder(tmp_path):
    archive = tmp_path / "evil.zip"
    archive.write_bytes(zipped([("../../../escaped.csv", b"a;b\n"), ("/etc/escaped.csv", b"a;b\n")]))
    with pytest.raises(SourceError, match="2 times"), containers.unpacked(archive, "escaped.csv", "evil.zip"):
        pass
    archive.write_bytes(zipped([("../../../escaped.csv", b"a;b\n")]))
    with containers.unpacked(archive, "escaped.csv", "evil.zip") as plain:
        assert plain.read_bytes() == b"a;b\n"
        kept = plain.parent
    assert not kept.exists()
    assert not list(tmp_path.rglob("escaped.csv"))


def test_an_archive_without_the_cnrs_is_not_an_empty_graph(tmp_path):
    with pytest.raises(SourceError, match="None of the 14 HORIZON projects has the CNRS") as error:
        read_archive(
            NAME,
            column(BODIES, "organisationID", lambda value: value.replace("999997930", "999565407"))(members(NAME)),
            tmp_path,
            CNRS_ONLY,
        )
    assert "--projects all" in error.value.next_action


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingest", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "name",
    [
        "an archive with a damaged member",
        "a column under a new name",
        "two columns in each other's place",
        "a web page",
    ],
)
def test_a_build_of_it_fails_in_one_line_and_writes_nothing(tmp_path, name):
    (kind,) = (kind for kind in KINDS if kind.name == name)
    given = tmp_path / "archive.zip"
    given.write_bytes(kind.archive(members(NAME)))
    data = tmp_path / "data"
    try:
        assert run("fetch", NAME, "--from", given, "--data", data).returncode == 0
        before = sorted(path for path in data.rglob("*") if path.is_file())
        built = run("build", "--only", NAME, "--data", data)
        assert built.returncode == 1
        assert "Traceback" not in built.stderr
        assert all(re.search(pattern, " ".join(built.stderr.split())) for pattern in kind.refused), built.stderr
        assert not (data / "rejects").exists()
        assert not (data / "selection.json").exists()
        assert all(path.exists() for path in before)
        with open_store(Settings(data_dir=data)) as store:
            assert store.build() is None
    finally:
        stop_store(Settings(data_dir=data))


def test_a_build_of_a_dirty_archive_lists_each_line_with_its_reason(tmp_path):
    given, data = tmp_path / "archive.zip", tmp_path / "data"
    files = members(NAME)
    files[BODIES] = crossed(files[BODIES])
    files[PROJECTS] = lines(_ended_early(cells(files[PROJECTS])))
    given.write_bytes(zipped(files))
    try:
        assert run("fetch", NAME, "--from", given, "--data", data).returncode == 0
        built = run("build", "--only", NAME, "--data", data)
        assert built.returncode == 0, built.stderr
        listed = pl.read_csv(data / "rejects" / f"{NAME}.csv")
        dirty = listed.filter(pl.col("outcome").is_in(["rejected", "value"]))
        assert rows(dirty, "line", "outcome", "reason") >= {
            (4, "rejected", "fewer cells than the header"),
            (6, "rejected", "fewer cells than the header"),
            (8, "rejected", "fewer cells than the header"),
            (2, "value", "end before the start"),
        }
        with open_store(Settings(data_dir=data)) as store:
            assert store.counts()["PARTICIPATES_IN"] == 38
    finally:
        stop_store(Settings(data_dir=data))


def _ended_early(table: Table) -> Table:
    table[1][table[0].index("endDate")] = "2019-12-31"
    return table
