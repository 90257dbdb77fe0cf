"""A snapshot is dated, vouched for and whole, or it is not there; a graph is made of what was chosen for its place."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from graph.errors import BadRequest, ExplorerError, SourceError
from graph.settings import Settings
from graph.store import open_store, stop_store
from ingest.catalogue import Download, source
from ingest.download import Client
from ingest.lock import exclusive
from ingest.selection import Selection, chosen, specs
from ingest.snapshot import SIDECAR, adopt, fetch, newest, snapshots
from tests.ingest.archives import members, zipped
from tests.ingest.publisher_server import MODIFIED, send, serving, status
from tests.serving import ROOT

ARCHIVE = zipped(members("cordis_horizon"))
OTHER = zipped(members("cordis_horizon") | {"topics.csv": b"projectID;topic;title\n"})
HORIZON = source("cordis_horizon")
TODAY = dt.datetime.now(dt.UTC).date()


def brought(data, answer, url="/file.zip", **options):
    with serving(answer) as server:
        address = server.url.replace("/file.zip", url)
        return fetch(HORIZON, data, Client(pause=0.01), lambda *_: None, {"archive": address}, **options)


def given(folder, name="cordis-HORIZONprojects-csv.zip", content=ARCHIVE) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def raw(data) -> list[str]:
    return sorted(path.relative_to(data / "raw").as_posix() for path in (data / "raw").rglob("*") if path.is_file())


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingest", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_snapshot_is_the_file_untouched_and_a_sidecar_that_vouches_for_it(tmp_path):
    held = brought(tmp_path, lambda handler, _: send(handler, ARCHIVE))
    assert raw(tmp_path) == [
        "cordis_horizon/2025-12-07/cordis-HORIZONprojects-csv.zip",
        "cordis_horizon/2025-12-07/snapshot.json",
    ]
    noted = json.loads((held.folder / SIDECAR).read_text())
    assert (noted["source"], noted["date"], noted["dated"]) == ("cordis_horizon", "2025-12-07", True)
    assert dt.datetime.fromisoformat(noted["retrieved"]).date() == TODAY
    (file,) = noted["files"]
    assert (file["size"], file["sha256"]) == (len(ARCHIVE), hashlib.sha256(ARCHIVE).hexdigest())
    assert file["origin"].startswith("http://127.0.0.1")
    assert newest(tmp_path, "cordis_horizon") == held
    assert not held.given


FUTURE = "Thu, 01 Jan 2099 00:00:00 GMT"


def undated(handler, _):
    send(handler, ARCHIVE, modified=None)


@pytest.mark.parametrize(
    ("answer", "url", "date", "expected"),
    [
        (lambda handler, _: send(handler, ARCHIVE), "/cordis-2025-11-02.zip", dt.date(2025, 10, 1), "2025-10-01"),
        (lambda handler, _: send(handler, ARCHIVE), "/cordis-2025-11-02.zip", None, "2025-11-02"),
        (
            lambda handler, _: send(handler, ARCHIVE, modified=MODIFIED.replace("07", "09")),
            "/c.zip",
            None,
            "2025-12-09",
        ),
        (undated, "/cordis.zip", None, "2025-12-07"),
        (undated, "/cordis-2025-13-45.zip", None, "2025-12-07"),
        (undated, "/cordis-2099-01-01.zip", None, "2025-12-07"),
        (lambda handler, _: send(handler, ARCHIVE, modified=FUTURE), "/cordis.zip", None, "2025-12-07"),
    ],
    ids=[
        "told",
        "in its name",
        "by the server",
        "by the archive",
        "no day in its name",
        "a day to come in its name",
        "a day to come by the server",
    ],
)
def test_the_date_is_of_the_data(tmp_path, answer, url, date, expected):
    held = brought(tmp_path, answer, url, date=date)
    assert (held.date.isoformat(), held.dated, held.folder.name) == (expected, True, expected)


def test_a_file_that_says_no_date_has_the_day_it_came_and_says_so(tmp_path):
    labels = replace(source("cordis_fp7"), name="undated")
    assert labels.live is not None
    live = replace(labels.live, downloads={"archive": Download("table.csv", "", 10**6)}, files={})
    held = adopt(replace(labels, live=live), tmp_path, [given(tmp_path, "table.csv", b"a;b\n")])
    assert (held.date, held.dated) == (TODAY, False)


def test_a_day_to_come_is_refused(tmp_path):
    with pytest.raises(BadRequest, match="yet to come"):
        adopt(HORIZON, tmp_path / "data", [given(tmp_path)], dt.date(2062, 1, 1))
    assert not (tmp_path / "data").exists()


def test_the_same_bytes_again_make_no_second_snapshot(tmp_path):
    first = brought(tmp_path, lambda handler, _: send(handler, ARCHIVE))
    again = brought(tmp_path, lambda handler, _: send(handler, ARCHIVE))
    assert again == first
    assert len(snapshots(tmp_path, "cordis_horizon")) == 1
    assert not (tmp_path / "raw" / "cordis_horizon" / ".incoming").exists()


def test_another_file_of_the_same_day_is_refused_and_the_first_stays(tmp_path):
    first = brought(tmp_path, lambda handler, _: send(handler, ARCHIVE))
    with pytest.raises(BadRequest, match="another snapshot") as error:
        brought(tmp_path, lambda handler, _: send(handler, OTHER))
    assert "--date" in error.value.next_action
    assert snapshots(tmp_path, "cordis_horizon") == (first,)
    first.verify()
    later = brought(tmp_path, lambda handler, _: send(handler, OTHER), date=dt.date(2025, 12, 8))
    assert newest(tmp_path, "cordis_horizon") == later


def tamper(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [tamper, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_file_that_is_not_what_came_stops_the_build_and_is_put_right_by_fetching_it_again(tmp_path, harm):
    held = brought(tmp_path, lambda handler, _: send(handler, ARCHIVE))
    path = held.path("archive")
    harm(path)
    with pytest.raises(SourceError, match=path.name) as error:
        held.verify()
    assert error.value.next_action.endswith("fetch cordis_horizon --date 2025-12-07")
    brought(tmp_path, lambda handler, _: send(handler, ARCHIVE))
    held.verify()
    assert path.read_bytes() == ARCHIVE


def test_a_build_names_the_file_that_was_tampered_with_and_loads_nothing(tmp_path):
    held = adopt(HORIZON, tmp_path, [given(tmp_path / "given")])
    tamper(held.path("archive"))
    try:
        built = run("build", "--only", "cordis_horizon", "--data", tmp_path)
        assert built.returncode == 1
        assert held.path("archive").name in built.stderr
        assert "Traceback" not in built.stderr
        assert not (tmp_path / "rejects").exists()
        assert chosen(tmp_path) is None
        with open_store(Settings(data_dir=tmp_path)) as store:
            assert store.build() is None
    finally:
        stop_store(Settings(data_dir=tmp_path))


@pytest.mark.parametrize(
    ("content", "said"),
    [(ARCHIVE[: len(ARCHIVE) // 2], "not a readable zip"), (b"<html>", "not a readable zip"), (b"", "empty")],
    ids=["cut short", "a web page", "empty"],
)
def test_what_is_no_archive_is_not_kept_and_takes_no_day(tmp_path, content, said):
    with pytest.raises(SourceError, match=said):
        adopt(HORIZON, tmp_path / "data", [given(tmp_path, content=content)])
    assert raw(tmp_path / "data") == []
    with pytest.raises(SourceError, match=said):
        brought(tmp_path / "data", lambda handler, _: send(handler, content))
    assert raw(tmp_path / "data") == []
    assert snapshots(tmp_path / "data", "cordis_horizon") == ()


def test_a_file_given_by_hand_is_copied_and_counted_as_given(tmp_path):
    mine = given(tmp_path / "given", "my download.zip")
    held = adopt(HORIZON, tmp_path / "data", [mine])
    assert mine.read_bytes() == ARCHIVE == held.path("archive").read_bytes()
    assert (held.given, held.files[0].origin) == (True, "my download.zip")


def test_a_path_that_leads_nowhere_is_refused(tmp_path):
    for path, why in ((tmp_path / "none.zip", "There is no file"), (tmp_path, "is a folder")):
        with pytest.raises(BadRequest, match=why):
            adopt(HORIZON, tmp_path / "data", [path])
    assert not (tmp_path / "data").exists()


def test_more_files_than_the_source_has_are_refused_by_name(tmp_path):
    paths = [given(tmp_path, "cordis-HORIZONprojects-csv.zip"), given(tmp_path, "something else.zip")]
    with pytest.raises(BadRequest, match=r"something else\.zip is none") as error:
        adopt(HORIZON, tmp_path / "data", paths)
    assert "cordis-HORIZONprojects-csv.zip" in error.value.next_action
    assert not (tmp_path / "data").exists()


def test_one_table_in_the_place_of_an_archive_of_several_is_refused(tmp_path):
    with pytest.raises(BadRequest, match=r"project\.csv is no zip archive") as error:
        adopt(HORIZON, tmp_path / "data", [given(tmp_path, "project.csv", members("cordis_horizon")["project.csv"])])
    assert "organization.csv" in error.value.what
    assert not (tmp_path / "data").exists()


def test_a_source_kept_by_hand_is_not_fetched(tmp_path):
    with pytest.raises(BadRequest, match="kept by hand"):
        adopt(source("countries"), tmp_path / "data", [given(tmp_path)])
    with pytest.raises(BadRequest, match="kept by hand"):
        fetch(source("countries"), tmp_path / "data", Client(), lambda *_: None, {})


def test_a_run_killed_half_way_leaves_no_snapshot(tmp_path):
    with pytest.raises(SourceError, match="are kept"):
        brought(tmp_path, lambda handler, before: send(handler, ARCHIVE, cut=0 if before else 2000))
    assert snapshots(tmp_path, "cordis_horizon") == ()
    assert [name.split("/")[1] for name in raw(tmp_path)] == [".incoming"] * len(raw(tmp_path))
    assert specs(tmp_path, Selection(("cordis_horizon",)))[-1].published is False


def test_where_files_arrive_is_empty_after_the_next_run(tmp_path):
    incoming = tmp_path / "raw" / "cordis_horizon" / ".incoming"
    (incoming / "pages").mkdir(parents=True)
    (incoming / "pages" / "1.json").write_text("{}")
    (incoming / "old.zip.part").write_text("left")
    held = brought(tmp_path, lambda handler, _: send(handler, ARCHIVE))
    assert not incoming.exists()
    assert {path.name for path in held.folder.iterdir()} == {SIDECAR, "cordis-HORIZONprojects-csv.zip"}


def test_two_fetches_of_one_source_do_not_write_into_one_file(tmp_path):
    with (
        exclusive(tmp_path, "fetch-cordis_horizon"),
        pytest.raises(ExplorerError, match="Another fetch-cordis_horizon"),
    ):
        adopt(HORIZON, tmp_path, [given(tmp_path / "given")])


def test_a_folder_of_a_day_without_its_sidecar_is_told_not_passed_over(tmp_path):
    given(tmp_path / "raw" / "cordis_horizon" / "2026-01-01")
    with pytest.raises(SourceError, match=r"2026-01-01 has no snapshot\.json") as error:
        specs(tmp_path)
    assert "--from" in error.value.next_action


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"source": 1}', "{"])
def test_a_sidecar_that_cannot_be_read_is_named(tmp_path, text):
    held = adopt(HORIZON, tmp_path, [given(tmp_path / "given")])
    (held.folder / SIDECAR).write_text(text)
    with pytest.raises(SourceError, match=r"snapshot\.json cannot be read"):
        snapshots(tmp_path, "cordis_horizon")


def test_the_sources_command_says_what_a_build_would_use(tmp_path):
    adopt(HORIZON, tmp_path, [given(tmp_path / "given")], dt.date(2025, 12, 7))
    listed = run("sources", "--data", tmp_path)
    assert listed.returncode == 0, listed.stderr
    held = {line.split("│")[1].strip(): line for line in listed.stdout.splitlines() if line.startswith("│")}
    assert "snapshot of 2025-12-07" in held["cordis_horizon"]
    assert f"bundled, {source('cordis_fp7').date}" in held["cordis_fp7"]
    assert "kept by hand" in held["countries"]


def test_the_fetch_command_takes_a_file_and_a_day(tmp_path):
    path = given(tmp_path / "given")
    done = run("fetch", "cordis_horizon", "--from", path, "--date", "2025-12-06", "--data", tmp_path)
    assert done.returncode == 0, done.stderr
    assert hashlib.sha256(ARCHIVE).hexdigest() in done.stdout.replace("\n", "")
    assert "2025-12-06" in done.stdout
    for wrong in (("--date", "06/12/2025"), ("--date", "2062-01-01"), ("--date", "2025-02-30")):
        refused = run("fetch", "cordis_horizon", "--from", path, *wrong, "--data", tmp_path)
        assert (refused.returncode, "Traceback" in refused.stderr) == (2, False), refused.stderr
    assert len(snapshots(tmp_path, "cordis_horizon")) == 1


def test_a_refused_download_leaves_nothing_behind(tmp_path):
    with pytest.raises(SourceError):
        brought(tmp_path, lambda handler, _: status(handler, 404))
    assert raw(tmp_path) == []


def table_source():
    """A source of one table, which bears no date."""
    spec = replace(source("cordis_fp7"), name="undated")
    assert spec.live is not None
    return replace(spec, live=replace(spec.live, downloads={"archive": Download("table.csv", "", 10**6)}, files={}))


def fetched_table(data, content, **options):
    with serving(lambda handler, _: send(handler, content, modified=None, kind="text/csv")) as server:
        urls = {"archive": server.url.replace(".zip", ".csv")}
        return fetch(table_source(), data, Client(pause=0.01), lambda *_: None, urls, **options)


def yesterday(held):
    """The snapshot as if it had come the day before."""
    day = (TODAY - dt.timedelta(days=1)).isoformat()
    sidecar = held.folder / SIDECAR
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | {"date": day}))
    held.folder.rename(held.folder.with_name(day))
    return newest(held.folder.parents[2], held.source)


def test_the_same_bytes_without_a_date_on_another_day_make_no_second_snapshot(tmp_path):
    first = fetched_table(tmp_path, b"a;b\n")
    assert (first.dated, first.unchanged) == (False, False)
    first = yesterday(first)
    again = fetched_table(tmp_path, b"a;b\n")
    assert again == first
    assert again.unchanged
    assert snapshots(tmp_path, "undated") == (first,)
    assert not (tmp_path / "raw" / "undated" / ".incoming").exists()


def test_other_bytes_without_a_date_on_another_day_are_another_snapshot(tmp_path):
    first = yesterday(fetched_table(tmp_path, b"a;b\n"))
    second = fetched_table(tmp_path, b"a;b;c\n")
    assert not second.unchanged
    assert snapshots(tmp_path, "undated") == (first, second)
    third = fetched_table(tmp_path, b"a;b\n", replace=True)  # as it was: not the newest, so another
    assert third.date == TODAY
    assert [each.checksum for each in snapshots(tmp_path, "undated")] == [first.checksum] * 2


def test_a_day_a_person_names_is_kept_though_the_bytes_are_known(tmp_path):
    yesterday(fetched_table(tmp_path, b"a;b\n"))
    assert fetched_table(tmp_path, b"a;b\n", date=TODAY).unchanged is False
    assert len(snapshots(tmp_path, "undated")) == 2


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at", range(8))
def test_a_run_killed_while_it_replaces_leaves_a_snapshot_that_can_be_read(tmp_path, at, monkeypatch):
    """Killed at each renaming and deletion in turn: before it, or with a folder half deleted."""
    first = adopt(HORIZON, tmp_path, [given(tmp_path / "given")])
    done = 0
    rename, remove = Path.replace, shutil.rmtree

    def step(act, path, *arguments):
        nonlocal done
        done += 1
        if done == at:
            if act is remove:
                next(iter(sorted(Path(path).iterdir()))).unlink()
            raise Killed
        return act(path, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda path, target: step(rename, path, target))
        patch.setattr(shutil, "rmtree", lambda path, *more, **options: step(remove, path, *more))
        try:
            adopt(HORIZON, tmp_path, [given(tmp_path / "given", content=OTHER)], replace=True)
            ended = True
        except Killed:
            ended = False
    assert ended == (at not in (1, 2, 3, 4))
    (held,) = snapshots(tmp_path, "cordis_horizon")
    held.verify()
    assert held.date == first.date
    second = adopt(HORIZON, tmp_path, [given(tmp_path / "given", content=OTHER)], replace=True)
    assert snapshots(tmp_path, "cordis_horizon") == (second,)
    assert second.path("archive").read_bytes() == OTHER
    assert [path.name for path in second.folder.parent.iterdir()] == [second.folder.name]


def test_a_folder_of_a_day_without_its_sidecar_is_replaced_on_demand(tmp_path):
    held = brought(tmp_path, lambda handler, _: send(handler, ARCHIVE))
    (held.folder / SIDECAR).unlink()
    with pytest.raises(SourceError, match=r"has no snapshot\.json") as error:
        brought(tmp_path, lambda handler, _: send(handler, ARCHIVE))
    assert "fetch cordis_horizon --date 2025-12-07 --replace" in error.value.next_action
    again = brought(tmp_path, lambda handler, _: send(handler, ARCHIVE), replace=True)
    assert snapshots(tmp_path, "cordis_horizon") == (again,)
    again.verify()


def test_who_asks_is_not_in_the_sidecar(tmp_path):
    held = brought(tmp_path, lambda handler, _: send(handler, ARCHIVE), "/file.zip?api_key=s3cret&year=2025")
    assert held.files[0].origin.endswith("/file.zip?year=2025")
    assert "s3cret" not in (held.folder / SIDECAR).read_text()


def test_records_that_lack_are_noted_in_the_sidecar(tmp_path):
    def listed(handler, _):
        handler.path, meta = "", {"count": 1000, "next_cursor": None}
        works = [{"id": str(number), "authorships": []} for number in range(995)]
        send(handler, json.dumps({"meta": meta, "results": works}).encode(), kind="application/json")

    with serving(listed) as server:
        held = fetch(source("openalex"), tmp_path, Client(pause=0.01), lambda *_: None, {"works": server.url})
    assert held.files[0].note == "995 of 1,000 records"
    assert newest(tmp_path, "openalex") == held
    assert "note" in json.loads((held.folder / SIDECAR).read_text())["files"][0]
