"""A publisher's file comes whole or not at all, from its own host, and is gone on with where it broke off."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

import pytest
import trustme

from graph.errors import BadRequest, ExplorerError, SourceError
from ingest.addresses import require_public, scrubbed, shown
from ingest.download import ATTEMPTS, Client, Downloaded, download
from ingest.meter import LONGEST, WINDOW
from tests.ingest.archives import members, zipped
from tests.ingest.publisher_server import send, serving, status
from tests.serving import ROOT, free_port

FILE = random.Random(1).randbytes(400_000)
OTHER = random.Random(2).randbytes(300_000)
HOSTS = ("127.0.0.1",)


def bring(url, folder, *, hosts=HOSTS, largest=10**7, **options) -> Downloaded:
    return download(url, folder / "file.zip", hosts, largest=largest, client=Client(pause=0.01), **options)


class Clock:
    """A client's clock which its server turns on, so that nobody has to wait."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


FEW = 200 * 20
"""Seconds of a client's clock by which a drip is long left: ten times less than it would go on."""


def drip(handler, clock: Clock, seconds: float = 20) -> None:
    """A byte at a time until nobody listens, or for as long as no test should need."""
    with contextlib.suppress(ConnectionError):
        for _ in range(2000):
            clock.now += seconds
            handler.wfile.write(b"x")
            time.sleep(0.001)


def left(folder) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_a_file_comes_whole_with_its_checksum_and_date(tmp_path):
    told = []
    with serving(lambda handler, _: send(handler, FILE)) as server:
        came = bring(server.url, tmp_path, tell=lambda *progress: told.append(progress))
    assert came.path.read_bytes() == FILE
    assert (came.size, came.sha256) == (len(FILE), hashlib.sha256(FILE).hexdigest())
    assert (came.modified, came.resumed) == ("2025-12-07", 0)
    assert left(tmp_path) == {"file.zip"}
    assert told[-1] == ("file.zip", len(FILE), len(FILE))


def test_a_connection_cut_in_the_middle_is_gone_on_with_in_the_same_run(tmp_path):
    with serving(lambda handler, before: send(handler, FILE, cut=None if before else 200_000)) as server:
        assert bring(server.url, tmp_path).path.read_bytes() == FILE
    first, second = server.requests
    assert "Range" not in first
    start = int(second["Range"].removeprefix("bytes=").rstrip("-"))
    assert 0 < start <= 200_000
    assert second["If-Range"] == '"one"'


def test_what_a_run_left_the_next_one_goes_on_with(tmp_path):
    def failing(handler, before):
        send(handler, FILE, cut=0 if before else 200_000)

    with serving(failing) as server:
        with pytest.raises(SourceError, match="are kept") as error:
            bring(server.url, tmp_path)
        assert "same command" in error.value.next_action
        assert left(tmp_path) == {"file.zip.part", "file.zip.part.json"}
        kept = (tmp_path / "file.zip.part").stat().st_size
        port = server.port
    assert 0 < kept <= 200_000
    with serving(lambda handler, _: send(handler, FILE)) as server:
        notes = tmp_path / "file.zip.part.json"
        notes.write_text(notes.read_text().replace(f":{port}/", f":{server.port}/"))
        came = bring(server.url, tmp_path)
    assert came.path.read_bytes() == FILE
    assert came.resumed == kept
    assert server.requests[0]["Range"] == f"bytes={kept}-"


def part(folder, content: bytes, **notes: object) -> None:
    (folder / "file.zip.part").write_bytes(content)
    (folder / "file.zip.part.json").write_text(json.dumps(notes))


def test_a_file_that_changed_meanwhile_starts_again(tmp_path):
    with serving(lambda handler, _: send(handler, OTHER, etag='"two"', modified=None)) as server:
        part(tmp_path, FILE[:100_000], url=server.url, validator='"one"')
        assert bring(server.url, tmp_path).path.read_bytes() == OTHER
    assert "Range" in server.requests[0]


@pytest.mark.parametrize("validator", ['W/"one"', None, 7])
def test_without_a_promise_of_the_same_bytes_nothing_is_put_behind_them(tmp_path, validator):
    with serving(lambda handler, _: send(handler, FILE, etag='W/"one"')) as server:
        part(tmp_path, OTHER[:100_000], url=server.url, validator=validator)
        assert bring(server.url, tmp_path).path.read_bytes() == FILE
    assert "Range" not in server.requests[0]


def test_the_part_of_another_address_is_not_gone_on_with(tmp_path):
    with serving(lambda handler, _: send(handler, FILE)) as server:
        part(tmp_path, OTHER[:100_000], url="https://elsewhere.example/file.zip", validator='"one"')
        assert bring(server.url, tmp_path).path.read_bytes() == FILE
    assert "Range" not in server.requests[0]


@pytest.mark.parametrize("notes", ["", "[]", "{", '"text"'])
def test_notes_that_cannot_be_read_start_the_file_again(tmp_path, notes):
    (tmp_path / "file.zip.part").write_bytes(OTHER[:100])
    (tmp_path / "file.zip.part.json").write_text(notes)
    with serving(lambda handler, _: send(handler, FILE)) as server:
        assert bring(server.url, tmp_path).path.read_bytes() == FILE


def test_a_part_that_is_already_whole_is_not_brought_again(tmp_path):
    with serving(lambda handler, _: send(handler, FILE)) as server:
        part(tmp_path, FILE, url=server.url, validator='"one"')
        came = bring(server.url, tmp_path)
    assert came.path.read_bytes() == FILE
    assert (len(server.requests), came.resumed) == (1, len(FILE))


def test_another_part_than_asked_for_is_not_put_behind_the_first(tmp_path):
    def wrong(handler, before):
        if before:
            send(handler, FILE)
            return
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes 0-{len(FILE) - 1}/{len(FILE)}")
        handler.send_header("Content-Length", str(len(FILE)))
        handler.end_headers()
        handler.wfile.write(FILE)

    with serving(wrong) as server:
        part(tmp_path, FILE[:100_000], url=server.url, validator='"one"')
        assert bring(server.url, tmp_path).path.read_bytes() == FILE


def test_a_busy_server_is_asked_again_after_the_time_it_names(tmp_path):
    def busy(handler, before):
        if before:
            send(handler, FILE)
        else:
            status(handler, 429, Retry_After="1")

    started = time.monotonic()
    with serving(busy) as server:
        assert bring(server.url, tmp_path).path.read_bytes() == FILE
    assert time.monotonic() - started >= 1
    assert len(server.requests) == 2


@pytest.mark.parametrize("seconds", [121, 10_800])
def test_a_server_that_asks_for_more_than_two_minutes_is_not_waited_for(tmp_path, seconds):
    started, busy = time.monotonic(), lambda handler, _: status(handler, 429, Retry_After=str(seconds))
    said = rf"answers 429 Too Many Requests and asks to wait {seconds:,} s\."
    with serving(busy) as server, pytest.raises(SourceError, match=said):
        bring(server.url, tmp_path)
    assert time.monotonic() - started < 60
    assert len(server.requests) == 1


def test_a_server_that_stays_busy_is_waited_for_within_bounds_in_all_and_said(tmp_path):
    client, said, started = Client(pause=0.01, patience=2.5), [], time.monotonic()
    client.say = said.append
    busy = serving(lambda handler, _: status(handler, 429, Retry_After="1"))
    with busy as server, pytest.raises(SourceError, match="and asks to wait 1 s"):
        download(server.url, tmp_path / "file.zip", HOSTS, largest=10**7, client=client)
    assert time.monotonic() - started >= 2
    assert len(server.requests) == 3
    assert said == ["127.0.0.1 is busy (429): waiting, 2 s at most"] * 2


def test_redirects_do_not_make_the_wait_longer(tmp_path):
    def answer(handler, before):
        if before % 2:
            status(handler, 302, Location=f"/{before}.zip")
        else:
            status(handler, 503, Retry_After="1")

    client = Client(pause=0.01, patience=1.5)
    with serving(answer) as server, pytest.raises(SourceError, match="answers 503"):
        download(server.url, tmp_path / "file.zip", HOSTS, largest=10**7, client=client)
    assert len(server.requests) == 3


def test_a_server_that_is_down_for_a_moment_is_asked_again(tmp_path):
    with serving(lambda handler, before: send(handler, FILE) if before > 1 else status(handler, 503)) as server:
        assert bring(server.url, tmp_path).path.read_bytes() == FILE
    assert len(server.requests) == 3


@pytest.mark.parametrize(("code", "asked"), [(404, 1), (403, 1), (204, 1), (500, ATTEMPTS + 1)])
def test_a_server_that_refuses_is_named_with_what_it_says(tmp_path, code, asked):
    with (
        serving(lambda handler, _: status(handler, code)) as server,
        pytest.raises(SourceError, match=f"answers {code}") as error,
    ):
        bring(server.url, tmp_path)
    assert server.url in error.value.what
    assert "--from" in error.value.next_action
    assert (len(server.requests), left(tmp_path)) == (asked, set())


def test_a_file_announced_too_large_is_refused_before_it_comes(tmp_path):
    with (
        serving(lambda handler, _: send(handler, FILE)) as server,
        pytest.raises(SourceError, match="expected at most"),
    ):
        bring(server.url, tmp_path, largest=100_000)
    assert left(tmp_path) == set()


def test_a_file_that_turns_out_too_large_is_stopped(tmp_path):
    with (
        serving(lambda handler, _: send(handler, FILE, length=False)) as server,
        pytest.raises(SourceError, match="sends more"),
    ):
        bring(server.url, tmp_path, largest=100_000)
    assert "file.zip" not in left(tmp_path)
    assert (tmp_path / "file.zip.part").stat().st_size <= 100_000


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8", "TEXT/HTML"])
def test_a_web_page_in_the_place_of_a_file_is_refused(tmp_path, kind):
    with (
        serving(lambda handler, _: send(handler, b"<!DOCTYPE html>", kind=kind)) as server,
        pytest.raises(SourceError, match="web page"),
    ):
        bring(server.url, tmp_path)
    assert left(tmp_path) == set()


def test_an_empty_file_is_refused(tmp_path):
    with serving(lambda handler, _: send(handler, b"")) as server, pytest.raises(SourceError, match="empty"):
        bring(server.url, tmp_path)
    assert left(tmp_path) == set()


def test_headers_that_are_nonsense_do_no_harm(tmp_path):
    def odd(handler, _):
        handler.send_response(200)
        handler.send_header("Content-Length", "many")
        handler.send_header("Last-Modified", "yesterday")
        handler.end_headers()
        handler.wfile.write(FILE)

    with serving(odd) as server:
        came = bring(server.url, tmp_path)
    assert (came.path.read_bytes(), came.modified) == (FILE, None)


def redirecting(location):
    def answer(handler, _):
        if handler.path == "/file.zip":
            status(handler, 302, Location=location)
        else:
            send(handler, FILE)

    return answer


def test_a_redirect_on_the_same_host_is_followed(tmp_path):
    with serving(redirecting("/there.zip")) as server:
        assert bring(server.url, tmp_path).path.read_bytes() == FILE
    assert server.paths == ["/file.zip", "/there.zip"]


@pytest.mark.parametrize(
    ("location", "named"),
    [
        ("https://elsewhere.example/file.zip", "elsewhere.example"),
        ("http://cordis.europa.eu/file.zip", "http://cordis.europa.eu"),
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("file:///etc/passwd", "file://"),
    ],
)
def test_a_redirect_elsewhere_is_not_followed(tmp_path, location, named):
    with serving(redirecting(location)) as server, pytest.raises(BadRequest) as error:
        bring(server.url, tmp_path, hosts=(*HOSTS, "cordis.europa.eu"))
    assert named in error.value.what
    assert "leads elsewhere" in error.value.what
    assert (len(server.requests), left(tmp_path)) == (1, set())


def test_a_redirect_to_no_address_is_told(tmp_path):
    with (
        serving(redirecting("https://[::1")) as server,
        pytest.raises(SourceError, match="redirects to an invalid address"),
    ):
        bring(server.url, tmp_path)


def test_a_redirect_without_end_is_given_up(tmp_path):
    with (
        serving(lambda handler, _: status(handler, 302, Location="/file.zip")) as server,
        pytest.raises(SourceError, match="without end"),
    ):
        bring(server.url, tmp_path)
    assert len(server.requests) < 10


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/file.zip",
        "http://cordis.europa.eu/file.zip",
        "https://somebody:secret@cordis.europa.eu/file.zip",
        "https://cordis.europa.eu.elsewhere.example/file.zip",
        "ftp://cordis.europa.eu/file.zip",
        "https://[::1",
        "https://cordis.europa.eu:port/",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_address_that_is_not_allowed_is_never_asked(tmp_path, url):
    with pytest.raises(BadRequest) as error:
        bring(url, tmp_path, hosts=("cordis.europa.eu",))
    assert "secret" not in str(error.value)
    assert left(tmp_path) == set()


def test_a_host_that_refuses_connections_is_named(tmp_path):
    with pytest.raises(SourceError, match="does not answer") as error:
        bring(f"http://127.0.0.1:{free_port()}/file.zip", tmp_path)
    assert "0 MB" in error.value.what


@pytest.fixture
def authority(tmp_path):
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert("127.0.0.1").configure_cert(context)
    return tmp_path / "authority.pem", context


def test_https_with_the_authority_one_names_is_trusted(tmp_path, authority, monkeypatch):
    certificate, context = authority
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with serving(lambda handler, before: send(handler, FILE, cut=None if before else 200_000), context) as server:
        assert bring(server.url, tmp_path / "here").path.read_bytes() == FILE
    assert server.url.startswith("https://")
    assert len(server.requests) == 2


def test_a_certificate_nobody_vouches_for_is_refused_and_says_what_to_do(tmp_path, authority, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with (
        serving(lambda handler, _: send(handler, FILE), authority[1]) as server,
        pytest.raises(SourceError, match=r"certificate of 127\.0\.0\.1") as error,
    ):
        bring(server.url, tmp_path / "here")
    assert "REQUESTS_CA_BUNDLE" in error.value.next_action
    assert (server.requests, left(tmp_path / "here")) == ([], set())


def test_a_missing_file_of_authorities_is_told_as_such(tmp_path, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(BadRequest, match=r"none\.pem") as error:
        bring("https://127.0.0.1:1/file.zip", tmp_path / "here")
    assert "REQUESTS_CA_BUNDLE" in error.value.next_action


def test_plain_http_in_the_place_of_https_is_given_up(tmp_path):
    with (
        serving(lambda handler, _: send(handler, FILE)) as server,
        pytest.raises(SourceError, match="does not answer"),
    ):
        bring(server.url.replace("http:", "https:"), tmp_path)


@pytest.mark.parametrize("sent", [70_000, 100_000, 131_071, 200_000])
def test_of_what_came_before_a_cut_at_most_64_kb_are_lost(tmp_path, sent):
    breaking = serving(lambda handler, before: send(handler, FILE, cut=0 if before else sent))
    with breaking as server, pytest.raises(SourceError, match="are kept"):
        bring(server.url, tmp_path)
    kept = (tmp_path / "file.zip.part").read_bytes()
    assert sent - 64 * 1024 <= len(kept) <= sent
    assert FILE.startswith(kept)


def test_a_part_of_another_file_is_not_put_behind_the_first(tmp_path):
    """A server that looks at Range and not at If-Range."""

    def careless(handler, before):
        del handler.headers["If-Range"]
        send(handler, OTHER, etag='"two"')

    with serving(careless) as server:
        part(tmp_path, FILE[:100_000], url=server.url, validator='"one"')
        came = bring(server.url, tmp_path)
    assert came.path.read_bytes() == OTHER
    assert ["Range" in request for request in server.requests] == [True, False]


def test_a_part_of_another_day_is_not_put_behind_the_first(tmp_path):
    def careless(handler, before):
        del handler.headers["If-Range"]
        send(handler, OTHER, etag=None)

    with serving(careless) as server:
        part(tmp_path, FILE[:100_000], url=server.url, validator="Sat, 06 Dec 2025 04:12:00 GMT")
        assert bring(server.url, tmp_path).path.read_bytes() == OTHER


def test_a_part_that_bears_no_validator_is_gone_on_with_by_the_one_asked_for(tmp_path):
    def answer(handler, before):
        if before:
            del handler.headers["If-Range"]
        cut = [100_000, 100_000, None][before]
        send(handler, FILE, etag=None if before else '"one"', modified=None, cut=cut)

    with serving(answer) as server:
        assert bring(server.url, tmp_path).path.read_bytes() == FILE
    assert [request.get("If-Range") for request in server.requests] == [None, '"one"', '"one"']


WHO = "?api_key=s3cret&mailto=someone%40example.org&Token=t0ken&year=2025"


def _told(folder, answer, **options) -> str:
    with serving(answer) as server, pytest.raises(ExplorerError) as raised:
        bring(server.url + WHO, folder, **options)
    assert "/file.zip?year=2025" in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    "answer",
    [
        lambda handler, _: status(handler, 302, Location="https://elsewhere.example/file.zip"),
        lambda handler, _: status(handler, 302, Location="https://[::1"),
        lambda handler, _: status(handler, 302, Location=handler.path),
        lambda handler, _: status(handler, 404),
        lambda handler, _: send(handler, FILE, cut=0),
        lambda handler, _: send(handler, b""),
        lambda handler, _: send(handler, b"<html>", kind="text/html"),
        lambda handler, _: send(handler, FILE * 30),
        lambda handler, _: send(handler, FILE * 30, length=False),
    ],
    ids=["off the hosts", "no address", "in a circle", "refused", "cut", "empty", "a page", "large", "larger"],
)
def test_who_asks_is_in_no_message_and_no_file(tmp_path, answer):
    said = _told(tmp_path, answer)
    kept = "".join(path.read_text("latin-1") for path in tmp_path.glob("*.json"))
    for secret in ("s3cret", "someone", "t0ken"):
        assert secret not in said + kept


def test_who_asks_is_sent_but_not_kept_and_the_file_is_gone_on_with_under_another_key(tmp_path):
    def answer(handler, before):
        send(handler, FILE, cut=[200_000, 0, 0, 0, None][before])

    with serving(answer) as server:
        with pytest.raises(SourceError):
            bring(server.url + WHO, tmp_path)
        assert json.loads((tmp_path / "file.zip.part.json").read_text())["url"] == server.url + "?year=2025"
        came = bring(server.url + WHO.replace("s3cret", "another"), tmp_path)
    assert "api_key=s3cret" in server.paths[0]
    assert came.url == server.url + "?year=2025"
    assert came.path.read_bytes() == FILE
    assert came.resumed > 0


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/f.zip", "https://a.example/f.zip"),
        ("https://a.example/f?x=1&y=%20", "https://a.example/f?x=1&y=%20"),
        ("https://a.example/f?x=1&api%5Fkey=s&y=2", "https://a.example/f?x=1&y=2"),
        ("https://a.example/f?ACCESS-TOKEN=s", "https://a.example/f"),
        ("https://a.example/f?monkey=1;key=s", "https://a.example/f?monkey=1"),
        ("https://me:s@a.example/f#access_token=s", "https://a.example/f"),
    ],
)
def test_an_address_is_shown_without_what_says_who_asks(url, expected):
    assert shown(url) == expected
    assert scrubbed(f"Asked '{url}' (twice).") == f"Asked '{expected}' (twice)."


def test_advice_to_give_a_key_stays_in_a_message():
    text = "Add &api_key=… to the address, with --url."
    assert scrubbed(text) == text


@pytest.mark.parametrize(
    "peer",
    [
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254"),
        *("0.0.0.0", "224.0.0.1", "240.0.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff0e::1"),
        *("::ffff:10.0.0.1", "::ffff:127.0.0.1"),
    ],
)
def test_a_machine_on_no_public_network_is_refused(peer):
    with pytest.raises(BadRequest, match="not a public address"):
        require_public("cordis.europa.eu", peer)


@pytest.mark.parametrize(
    ("host", "peer"),
    [
        ("cordis.europa.eu", "147.67.210.45"),
        ("zenodo.org", "2001:1458:d00:61::100:372"),
        ("localhost", "127.0.0.1"),
        ("localhost", "::1"),
    ],
)
def test_a_public_machine_and_this_one_by_its_name_are_asked(host, peer):
    require_public(host, peer)


def test_this_machine_under_a_loopback_name_is_no_other_machine():
    with pytest.raises(BadRequest, match="not a public address"):
        require_public("localhost", "93.184.215.14")


@pytest.mark.parametrize("host", ["127.0.0.2", "cordis.europa.eu"])
def test_a_host_that_leads_to_this_machine_is_sent_nothing(tmp_path, host, monkeypatch):
    """The name service answers with this machine, as after an attack on it."""
    resolve = socket.getaddrinfo

    def poisoned(name, *arguments):
        return resolve("127.0.0.2" if name == host else name, *arguments)

    monkeypatch.setattr(socket, "getaddrinfo", poisoned)
    with socket.create_server(("127.0.0.2", 0)) as listener:
        url = f"https://{host}:{listener.getsockname()[1]}/latest/meta-data"
        with pytest.raises(BadRequest, match=rf"{host} leads to 127\.0\.0\.2"):
            bring(url, tmp_path, hosts=(host,))
        connected, _ = listener.accept()
        with connected:
            assert connected.recv(100) == b""
    assert left(tmp_path) == set()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ingest", *arguments]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False)


def test_ctrl_c_keeps_what_came_and_the_next_run_goes_on(tmp_path):
    archive = zipped({**members("cordis_horizon"), "padding.bin": FILE})
    interrupted = threading.Event()

    def slow(handler, before):
        if before:
            send(handler, archive)
            return
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(archive)))
        handler.send_header("ETag", '"one"')
        handler.end_headers()
        handler.wfile.write(archive[:200_000])
        interrupted.wait(30)

    incoming = tmp_path / "raw" / "cordis_horizon" / ".incoming" / "cordis-HORIZONprojects-csv.zip.part"
    with serving(slow) as server:
        arguments = ("fetch", "cordis_horizon", "--url", server.url, "--data", str(tmp_path))
        first = subprocess.Popen(
            command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 60
        while not (incoming.exists() and incoming.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(first.pid, signal.SIGINT)
        said, complained = first.communicate(timeout=60)
        interrupted.set()
        assert first.returncode == 130, said + complained
        assert "Traceback" not in complained
        assert "Interrupted" in complained
        kept = incoming.stat().st_size
        assert 0 < kept <= 200_000
        assert not list(tmp_path.glob("raw/cordis_horizon/2*"))

        second = run(*arguments)
    assert second.returncode == 0, second.stderr
    assert server.requests[1]["Range"] == f"bytes={kept}-"
    (held,) = tmp_path.glob("raw/cordis_horizon/2*/*.zip")
    assert held.read_bytes() == archive
    assert not incoming.parent.exists()


def test_the_command_exits_1_for_failed_work_and_2_for_a_wrong_request(tmp_path):
    data = ("--data", str(tmp_path))
    with serving(lambda handler, _: status(handler, 404)) as server:
        failed = run("fetch", "cordis_horizon", "--url", server.url, *data)
    wrong = [
        run("fetch", "cordis_horizon", "--url", "http://elsewhere.example/a.zip", *data),
        run("fetch", "cordis_horizon", "--url", "table=https://cordis.europa.eu/a.zip", *data),
        run("fetch", "cordis_horizon", "--url", "https://[::1", *data),
        run("fetch", "no_such_source", *data),
        run("fetch", "countries", *data),
    ]
    assert failed.returncode == 1, failed.stderr
    assert [each.returncode for each in wrong] == [2] * len(wrong)
    for each in (failed, *wrong):
        assert each.stderr.strip()
        assert "Traceback" not in each.stderr
    assert not list(tmp_path.glob("raw/*/2*"))


def dripping_head(handler, clock):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Padding: ")
    drip(handler, clock)


def dripping_body(handler, clock):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(FILE)))
    handler.end_headers()
    drip(handler, clock)


def dripping_chunk(handler, clock):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")
    drip(handler, clock)


def packed_drip(handler, clock):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\x03")
    drip(handler, clock)  # into the file's name, which unpacks to nothing


@pytest.mark.parametrize("answer", [dripping_head, dripping_body, dripping_chunk, packed_drip])
@pytest.mark.parametrize("role", ["a server", "a proxy"])
def test_who_sends_a_byte_now_and_then_is_left_after_three_attempts(tmp_path, answer, role):
    clock = Clock()
    client = Client(pause=0.01, clock=clock)
    with serving(lambda handler, _: answer(handler, clock)) as server:
        if role == "a proxy":
            client.proxies = {"http": server.url.removesuffix("/file.zip")}
        with pytest.raises(SourceError, match="sends too slowly \\(less than 64 KB in 60 s\\)") as error:
            download(server.url + WHO, tmp_path / "file.zip", HOSTS, largest=10**7, client=client)
    assert len(server.requests) == 3
    assert "/file.zip?year=2025 sends" in error.value.what
    assert "s3cret" not in str(error.value)
    assert "same command" in error.value.next_action
    assert "file.zip" not in left(tmp_path)


def bring_after(answer, folder, clock, enough=3 * 64 * 1024):
    """Bring the file from a server that goes on with `answer` once so much has come."""
    came, ended = threading.Event(), threading.Event()

    def halting(handler, before):
        if before:
            ended.wait(10)  # or the clock would still go
            send(handler, FILE)
            return
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(FILE)))
        handler.send_header("ETag", '"one"')
        handler.end_headers()
        handler.wfile.write(FILE[:200_000])
        came.wait(10)
        try:
            answer(handler)
        finally:
            ended.set()

    def tell(_name, done, _total):
        if done >= enough:
            came.set()

    with serving(halting) as server:
        client = Client(pause=0.01, clock=clock)
        try:
            found = download(server.url + WHO, folder / "file.zip", HOSTS, largest=10**7, client=client, tell=tell)
        except SourceError as error:
            again = download(server.url + WHO, folder / "file.zip", HOSTS, largest=10**7, client=client)
            return server, again, error
    return server, found, None


def test_a_file_that_comes_ever_slower_is_gone_on_with_where_it_was(tmp_path):
    clock = Clock()
    server, came, error = bring_after(lambda handler: drip(handler, clock), tmp_path, clock)
    assert error is None
    assert clock.now < Clock.now + FEW
    assert came.path.read_bytes() == FILE
    assert [request.get("Range") for request in server.requests] == [None, "bytes=196608-"]


def test_a_download_has_an_end_and_the_next_run_goes_on(tmp_path):
    clock = Clock()

    def last(handler):
        clock.now += LONGEST
        handler.wfile.write(b"x")

    server, came, error = bring_after(last, tmp_path, clock)
    assert error is not None
    assert "/file.zip?year=2025 has not sent all within 12 hours; 0.2 MB are kept" in error.what
    assert "same command" in error.next_action
    assert "s3cret" not in str(error)
    assert (came.path.read_bytes(), came.resumed) == (FILE, 196608)
    assert [request.get("Range") for request in server.requests] == [None, "bytes=196608-"]


def test_attempts_that_each_bring_a_little_have_an_end_too(tmp_path):
    clock = Clock()

    def little(handler, _):
        clock.now += LONGEST / 5
        send(handler, FILE, cut=70_000)

    with serving(little) as server, pytest.raises(SourceError, match="within 12 hours"):
        download(server.url, tmp_path / "file.zip", HOSTS, largest=10**7, client=Client(pause=0, clock=clock))
    assert len(server.requests) == 5


def test_a_server_that_thinks_before_it_answers_is_no_slow_one(tmp_path):
    clock = Clock()

    def late(handler, _):
        clock.now += 10 * WINDOW
        send(handler, FILE)

    with serving(late) as server:
        came = download(server.url, tmp_path / "file.zip", HOSTS, largest=10**7, client=Client(clock=clock))
    assert (came.path.read_bytes(), len(server.requests)) == (FILE, 1)
