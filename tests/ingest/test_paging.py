"""A listing comes whole or not at all, and what has come is not asked for again."""

from __future__ import annotations

import gzip
import json
import threading
import time

import pytest

from graph.errors import BadRequest, SourceError
from ingest.download import Client
from ingest.meter import LONGEST
from ingest.paging import FRESH, Page, fetch_pages
from ingest.report import transfer
from tests.ingest.listing_server import serve
from tests.ingest.publisher_server import Server, send, serving
from tests.ingest.test_download import FEW, Clock

PAGES = 5
JSON = {"Content-Type": "application/json"}


def listing(_path, query):
    number = int(query["cursor"][0])
    records = [{"id": f"{number}{letter}", "name": "Université"} for letter in "ab"]
    following = str(number + 1) if number + 1 < PAGES else None
    return 200, JSON, json.dumps({"records": records, "next": following, "total": 2 * PAGES}).encode()


def page(answer, _cursor):
    return Page(answer["records"], answer["next"], answer["total"])


def fetch(
    server,
    folder,
    *,
    path="/list",
    key="",
    listed="",
    hosts=("127.0.0.1",),
    largest=10**6,
    clock=time.monotonic,
    tell=lambda *_: None,
):
    """Ask with `key` (as in `token=secret&`); `listed` is what of it the listing's own address bears."""
    url = f"{server.url}{path}"
    return fetch_pages(
        f"{url}{listed}",
        folder / "all.jsonl.gz",
        hosts,
        first="0",
        address=lambda cursor: f"{url}?{key}cursor={cursor}",
        read=page,
        largest=largest,
        client=Client(pause=0.001, clock=clock),
        tell=tell,
    )


def ids(path):
    return [json.loads(line)["id"] for line in gzip.open(path, "rt", encoding="utf-8")]


EVERY = [f"{number}{letter}" for number in range(PAGES) for letter in "ab"]


def instead(at, answers):
    """The listing, with these answers in the place of the first ones at a cursor."""
    waiting = list(answers)

    def respond(path, query):
        return waiting.pop(0) if query["cursor"][0] == at and waiting else listing(path, query)

    return respond


def test_all_records_come_in_order_and_progress_counts_records(tmp_path):
    told = []
    with serve(listing) as served:
        came = fetch(served, tmp_path, tell=lambda *progress: told.append(progress))
    assert ids(came.path) == EVERY
    assert told[0] == ("all.jsonl.gz", 2, 10)
    assert told[-1] == ("all.jsonl.gz", 10, 10)
    assert came.size == came.path.stat().st_size


def test_broken_off_it_goes_on_with_the_page_it_was_at(tmp_path):
    with serve(listing) as served:
        whole = fetch(served, tmp_path / "at once")
    with serve(instead("3", [(404, {}, b"gone")])) as served:
        with pytest.raises(SourceError, match="404"):
            fetch(served, tmp_path)
        assert not (tmp_path / "all.jsonl.gz").exists()
        before = len(served.asked)
        came = fetch(served, tmp_path)
        assert served.cursors("cursor")[before:] == ["3", "4"]
    assert came.sha256 == whole.sha256
    assert 0 < came.resumed < came.size


def test_a_page_half_written_when_the_run_was_killed_is_cut_off(tmp_path):
    with serve(instead("3", [(404, {}, b"gone")])) as served:
        with pytest.raises(SourceError):
            fetch(served, tmp_path)
        with (tmp_path / "all.jsonl.gz.part").open("ab") as file:
            file.write(b"\x1f\x8b half a page")
        assert ids(fetch(served, tmp_path).path) == EVERY


@pytest.mark.parametrize("notes", ["", "{", '{"listing": 1}'])
def test_damaged_notes_begin_the_listing_again(tmp_path, notes):
    with serve(instead("3", [(404, {}, b"gone")])) as served:
        with pytest.raises(SourceError):
            fetch(served, tmp_path)
        (tmp_path / "all.jsonl.gz.part.json").write_text(notes)
        assert ids(fetch(served, tmp_path).path) == EVERY


def test_pages_lost_since_begin_the_listing_again(tmp_path):
    with serve(instead("3", [(404, {}, b"gone")])) as served:
        with pytest.raises(SourceError):
            fetch(served, tmp_path)
        (tmp_path / "all.jsonl.gz.part").write_bytes(b"")
        assert ids(fetch(served, tmp_path).path) == EVERY


def test_pages_of_another_listing_or_of_last_week_are_not_gone_on_with(tmp_path, monkeypatch):
    with serve(instead("3", [(404, {}, b"gone")] * 2)) as served:
        with pytest.raises(SourceError):
            fetch(served, tmp_path)
        with pytest.raises(SourceError):
            fetch(served, tmp_path, path="/other")
        assert served.cursors("cursor") == ["0", "1", "2", "3"] * 2
        later = time.time() + FRESH + 1
        monkeypatch.setattr(time, "time", lambda: later)
        assert ids(fetch(served, tmp_path, path="/other").path) == EVERY
        assert served.cursors("cursor")[8:] == ["0", "1", "2", "3", "4"]


def test_a_finished_listing_is_not_asked_for_again_for_the_same_snapshot(tmp_path):
    with serve(listing) as served:
        first = fetch(served, tmp_path)
        asked = len(served.asked)
        again = fetch(served, tmp_path)
        assert len(served.asked) == asked
        assert (again.sha256, again.size) == (first.sha256, first.size)
        first.path.write_bytes(b"other bytes")
        assert ids(fetch(served, tmp_path).path) == EVERY


CUT = listing("", {"cursor": ["2"]})[2][:40]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((200, JSON, CUT), id="JSON cut in the middle"),
        pytest.param((200, JSON | {"Content-Length": "4000"}, CUT), id="connection lost"),
        pytest.param((200, JSON, b'{"records": [], "next": "3", "total": 10}'), id="an empty page before the end"),
        pytest.param((429, {"Retry-After": "0"}, b""), id="too many requests"),
        pytest.param((503, {}, b""), id="busy"),
    ],
)
def test_a_passing_fault_is_asked_again(tmp_path, answer):
    with serve(instead("2", [answer, answer])) as served:
        assert ids(fetch(served, tmp_path).path) == EVERY
        assert served.cursors("cursor").count("2") == 3


def test_a_lasting_fault_keeps_the_pages_before(tmp_path):
    with serve(instead("2", [(200, JSON, CUT)] * 3)) as served:
        with pytest.raises(SourceError, match="breaks off") as error:
            fetch(served, tmp_path)
        assert "go on from there" in error.value.next_action
        assert ids(fetch(served, tmp_path).path) == EVERY
        assert served.cursors("cursor").count("0") == 1


def test_a_web_page_is_no_page_of_a_listing(tmp_path):
    with (
        serve(instead("1", [(200, JSON, b"<!DOCTYPE html><html>maintenance")])) as served,
        pytest.raises(SourceError, match="web page"),
    ):
        fetch(served, tmp_path)


def test_a_page_without_records_ends_a_listing_that_has_all_it_announced(tmp_path):
    def respond(path, query):
        if query["cursor"][0] == "5":
            return 200, JSON, b'{"records": [], "next": "6", "total": 10}'
        status, headers, body = listing(path, query)
        return status, headers, body.replace(b'"next": null', b'"next": "5"')

    with serve(respond) as served:
        assert ids(fetch(served, tmp_path).path) == EVERY
        assert served.cursors("cursor")[-1] == "5"


def test_a_listing_without_a_record_is_an_empty_file(tmp_path):
    with serve(lambda *_: (200, JSON, b'{"records": [], "next": null, "total": 0}')) as served:
        assert ids(fetch(served, tmp_path).path) == []


def test_a_listing_that_ends_before_what_it_announced_is_refused(tmp_path):
    def respond(path, query):
        status, headers, body = listing(path, query)
        return status, headers, body.replace(b'"total": 10', b'"total": 11')

    with serve(respond) as served, pytest.raises(SourceError, match="ends after 10 of 11"):
        fetch(served, tmp_path)
    assert not (tmp_path / "all.jsonl.gz").exists()


def test_more_bytes_than_expected_are_refused(tmp_path):
    with serve(listing) as served, pytest.raises(SourceError, match="expected at most"):
        fetch(served, tmp_path, largest=100)


def test_only_hosts_of_the_source_are_asked_and_a_redirect_is_judged_too(tmp_path):
    with serve(lambda *_: (302, {"Location": "http://localhost:1/list"}, b"")) as served:
        with pytest.raises(BadRequest):
            fetch(served, tmp_path, hosts=("api.archives-ouvertes.fr",))
        assert served.asked == []
        with pytest.raises(BadRequest, match="localhost"):
            fetch(served, tmp_path)


def fetch_with_a_key(served, folder):
    return fetch(served, folder, key="api_key=secret&")


@pytest.mark.parametrize(
    "answer", [(404, {}, b""), (200, JSON, CUT), (200, JSON | {"Content-Length": "4000"}, CUT), (200, JSON, b"<html>")]
)
def test_a_key_in_the_pages_addresses_is_in_no_message_and_no_file(tmp_path, answer):
    with serve(instead("1", [answer] * 3)) as served, pytest.raises(SourceError) as error:
        fetch_with_a_key(served, tmp_path)
    assert "secret" not in str(error.value)
    assert "/list" in error.value.what
    assert not [path for path in tmp_path.iterdir() if b"secret" in path.read_bytes()]


def test_records_that_lack_within_the_tolerance_are_noted(tmp_path):
    def respond(_path, _query):
        records = [{"id": str(number)} for number in range(1990)]
        return 200, JSON, json.dumps({"records": records, "next": None, "total": 2000}).encode()

    with serve(respond) as served:
        came = fetch(served, tmp_path)
        again = fetch(served, tmp_path)
    assert came.note == again.note == "1,990 of 2,000 records"
    assert len(served.asked) == 1


def test_a_listing_that_is_whole_has_no_note(tmp_path):
    with serve(listing) as served:
        assert fetch(served, tmp_path).note == ""


def test_a_key_in_the_listing_itself_is_neither_shown_nor_kept(tmp_path):
    def bring(url):
        return fetch_pages(
            url,
            tmp_path / "all.jsonl.gz",
            ("127.0.0.1",),
            first="0",
            address=lambda cursor: f"{url}&cursor={cursor}",
            read=page,
            largest=10**6,
            client=Client(pause=0.001),
        )

    with serve(instead("3", [(404, {}, b"gone")])) as served:
        with pytest.raises(SourceError) as error:
            bring(f"{served.url}/list?year=2025&token=secret")
        kept = (tmp_path / "all.jsonl.gz.part.json").read_text()
        came = bring(f"{served.url}/list?year=2025&token=another")
        assert served.cursors("cursor") == ["0", "1", "2", "3", "3", "4"]
    assert "secret" not in str(error.value) + kept
    assert came.url == f"{served.url}/list?year=2025"


def test_a_key_in_a_redirect_off_the_hosts_is_not_shown(tmp_path):
    moved = serve(lambda *_: (302, {"Location": "https://elsewhere.example/?api_key=secret"}, b""))
    with moved as served, pytest.raises(BadRequest, match=r"elsewhere\.example") as error:
        fetch_with_a_key(served, tmp_path)
    assert "secret" not in str(error.value)


def test_progress_of_a_listing_is_shown_in_records_and_of_a_file_in_bytes(tmp_path, capsys):
    with serve(listing) as served, transfer() as tell:
        fetch(served, tmp_path, tell=tell)
        tell("file.zip", 11, 11)
    shown = capsys.readouterr().err
    assert "10/10 records" in shown
    assert "10/10 bytes" not in shown
    assert "11/11 bytes" in shown


def fetch_by(clock, server, folder):
    return fetch(server, folder, path="", key="token=secret&", listed="?token=secret", clock=clock)


def asked(server: Server) -> list[str]:
    return [path.partition("cursor=")[2] for path in server.paths]


def dripping(clock, times):
    """The listing, its third page byte by byte for the first requests."""
    ended = [threading.Event() for _ in range(times)]

    def answer(handler, before):
        cursor = handler.path.partition("cursor=")[2]
        if before > 2:
            ended[min(before - 3, times - 1)].wait(10)  # or the clock would still go
        body = listing("", {"cursor": [cursor]})[2]
        if cursor != "2" or before >= 2 + times:
            send(handler, body, kind="application/json")
            return
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(2000):
                clock.now += 20
                handler.wfile.write(b" ")  # JSON may begin with any number of them
                time.sleep(0.001)
        finally:
            ended[before - 2].set()

    return answer


def test_a_page_that_drips_is_asked_for_again(tmp_path):
    clock = Clock()
    with serving(dripping(clock, 1)) as server:
        assert ids(fetch_by(clock, server, tmp_path).path) == EVERY
    assert asked(server) == ["0", "1", "2", "2", "3", "4"]
    assert clock.now < Clock.now + FEW


def test_a_page_that_drips_each_time_ends_the_run_and_the_next_goes_on(tmp_path):
    clock = Clock()
    with serving(dripping(clock, 3)) as server:
        with pytest.raises(SourceError, match=r"sends too slowly .*; 4 records are kept") as error:
            fetch_by(clock, server, tmp_path)
        assert ids(fetch_by(clock, server, tmp_path).path) == EVERY
    assert "go on from there" in error.value.next_action
    assert "secret" not in str(error.value)
    assert asked(server) == ["0", "1", "2", "2", "2", "2", "3", "4"]


def test_a_listing_has_an_end_and_the_next_run_goes_on(tmp_path):
    clock = Clock()

    def slow(handler, before):
        if before < 3:
            clock.now += LONGEST / 3
        send(handler, listing("", {"cursor": [handler.path.partition("cursor=")[2]]})[2], kind="application/json")

    with serving(slow) as server:
        with pytest.raises(SourceError, match="has not sent all within 12 hours; 4 records are kept") as error:
            fetch_by(clock, server, tmp_path)
        assert ids(fetch_by(clock, server, tmp_path).path) == EVERY
    assert "go on from there" in error.value.next_action
    assert "secret" not in str(error.value)
    assert asked(server) == ["0", "1", "2", "2", "3", "4"]
