"""Joint works from OpenAlex: its interface page by page over real HTTP, and their count a lab and institution."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import BadRequest, SourceError
from ingest import containers, copublications
from ingest.catalogue import source
from ingest.copublications import CNRS, count
from ingest.download import Client
from ingest.reading import SourceFiles
from ingest.sources.openalex.fetch import fetch
from ingest.sources.openalex.read import read_published
from ingest.works import fields
from tests.ingest.publishers import openalex as publisher
from tests.ingest.support import rows

LABS = pl.DataFrame({"ror": ["0lab00001", "0lab00002", "0lab0000b"], "lab": ["UMR 1", "UMR 2", "UMR 1"]})


# --- the interface -------------------------------------------------------------------------------------------------


class Publisher(ThreadingHTTPServer):
    """api.openalex.org on this machine; `before` may answer a question, by its number, instead of it."""

    def __init__(self, before=None, respond=publisher.respond):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.before, self.respond = before or (lambda number, query: None), respond
        self.asked: list[dict[str, list[str]]] = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}{publisher.ADDRESSES['works']}"

    @property
    def cursors(self):
        return [query["cursor"][0] for query in self.asked]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        self.server.asked.append(query)
        answer = self.server.before(len(self.server.asked), query)
        if answer == "gone":
            self.connection.close()
            return
        status, headers, body = answer or self.server.respond(parts.path, query)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def serving(before=None, respond=publisher.respond):
    server = Publisher(before, respond)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def fetched(server, target, *, more="", told=None):
    def tell(name, done, total):
        if told is not None:
            told.append((name, done, total))

    return fetch("works", server.url + more, target, {"127.0.0.1"}, largest=10**8, client=Client(pause=0.01), tell=tell)


def kept(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def numbers(works):
    return [work["id"] for work in works]


def refusal(status, message, **headers):
    return status, {**publisher.HEADERS, **headers}, json.dumps({"error": "x", "message": message}).encode()


def test_pages_are_followed_by_cursor_to_the_last_and_progress_goes_by_the_announced_count(tmp_path):
    told = []
    with serving() as server:
        came = fetched(server, tmp_path / "works.jsonl.gz", told=told)
    assert numbers(kept(came.path)) == numbers(publisher.works())
    assert server.cursors == ["*", publisher.cursor(10), publisher.cursor(20), publisher.cursor(30)]
    assert [(done, total) for _, done, total in told] == [(10, 24), (20, 24), (24, 24), (24, 24)]


def test_no_person_and_no_title_is_kept(tmp_path):
    def named(path, query):
        listed = publisher.works()
        for work in listed:
            work["title"] = work["display_name"] = "A Title"
            for author in work["authorships"]:
                author |= {"author": {"display_name": "A Person"}, "raw_author_name": "A Person"}
        return publisher.page(listed, 0 if query["cursor"] == ["*"] else 24, 100)

    with serving(respond=named) as server:
        came = fetched(server, tmp_path / "works.jsonl.gz")
    with gzip.open(came.path, "rt", encoding="utf-8") as file:
        text = file.read()
    assert len(text.splitlines()) == 24
    assert "A Person" not in text
    assert "A Title" not in text


def test_a_busy_server_is_asked_again_after_what_retry_after_says(tmp_path):
    def busy(number, query):
        return refusal(429, "Too many requests", **{"Retry-After": "1"}) if number == 2 else None

    with serving(busy) as server:
        came = fetched(server, tmp_path / "works.jsonl.gz")
    assert server.cursors[1:3] == [publisher.cursor(10)] * 2
    assert numbers(kept(came.path)) == numbers(publisher.works())


def test_an_interrupted_listing_goes_on_with_the_page_it_was_at(tmp_path):
    target = tmp_path / "works.jsonl.gz"
    part = target.with_name(target.name + ".part")
    down = [True]
    with serving(lambda number, query: "gone" if down[0] and number >= 3 else None) as server:
        with pytest.raises(SourceError):
            fetched(server, target)
        assert not target.exists()
        part.write_bytes(part.read_bytes() + gzip.compress(b'{"id":"half a page'))  # killed while a page was written
        down[0] = False
        server.asked.clear()
        came = fetched(server, target)
    assert server.cursors[0] == publisher.cursor(20)
    assert came.resumed > 0
    assert numbers(kept(target)) == numbers(publisher.works())


def test_a_cursor_that_expired_before_the_run_went_on_begins_the_listing_again(tmp_path):
    target = tmp_path / "works.jsonl.gz"
    stage = ["down"]

    def answer(number, query):
        if stage[0] == "down":
            return "gone" if number >= 3 else None
        return stage.append("known") or refusal(400, "Cursor value is invalid.") if len(stage) == 1 else None

    with serving(answer) as server:
        with pytest.raises(SourceError):
            fetched(server, target)
        stage[0] = "expired"
        server.asked.clear()
        came = fetched(server, target)
    assert server.cursors[:2] == [publisher.cursor(20), "*"]
    assert numbers(kept(came.path)) == numbers(publisher.works())


def test_an_expired_cursor_begins_the_listing_again_with_word(tmp_path):
    told = []

    def expired(number, query):
        return refusal(400, "Cursor value is invalid or has expired.") if number == 3 else None

    with serving(expired) as server:
        came = fetched(server, tmp_path / "works.jsonl.gz", told=told)
    assert server.cursors[3] == "*"
    assert any("no longer knows the cursor" in name for name, _, _ in told)
    assert numbers(kept(came.path)) == numbers(publisher.works())


def test_a_server_that_knows_no_cursor_is_not_asked_for_ever(tmp_path):
    def never(number, query):
        return None if query["cursor"] == ["*"] else refusal(400, "Cursor value is invalid.")

    with serving(never) as server, pytest.raises(SourceError, match="Cursor value is invalid"):
        fetched(server, tmp_path / "works.jsonl.gz")
    assert len(server.asked) == 4


def test_an_empty_page_before_the_end_is_asked_for_again(tmp_path):
    def hollow(number, query):
        if number != 2:
            return None
        meta = {"count": 24, "next_cursor": publisher.cursor(20)}
        return 200, dict(publisher.HEADERS), json.dumps({"meta": meta, "results": []}).encode()

    with serving(hollow) as server:
        came = fetched(server, tmp_path / "works.jsonl.gz")
    assert server.cursors[1:3] == [publisher.cursor(10)] * 2
    assert numbers(kept(came.path)) == numbers(publisher.works())


def test_a_listing_that_ends_before_what_it_announced_is_refused(tmp_path):
    def short(number, query):
        meta = {"count": 24, "next_cursor": None}
        return 200, dict(publisher.HEADERS), json.dumps({"meta": meta, "results": publisher.works()[:9]}).encode()

    with serving(short) as server, pytest.raises(SourceError, match="9 of 24"):
        fetched(server, tmp_path / "works.jsonl.gz")
    assert not (tmp_path / "works.jsonl.gz").exists()


def test_a_work_on_two_pages_is_counted_once_and_told(tmp_path):
    listed = publisher.works()
    listed.insert(10, listed[9])

    def shifted(path, query):
        start = 0 if query["cursor"] == ["*"] else json.loads(base64.b64decode(query["cursor"][0]))[0]
        return publisher.page(listed, start, 10)

    with serving(respond=shifted) as server:
        came = fetched(server, tmp_path / "works.jsonl.gz")
    assert len(kept(came.path)) == 25
    once, twice = reading(publisher.FIXTURE), reading(came.path)
    tie = ("COPUBLISHES_WITH", "Lab", "Institution")
    assert twice.relationships[tie].equals(once.relationships[tie])
    assert twice.ignored_rules()[copublications.AGAIN] == 1


def test_a_list_of_authors_the_interface_cuts_at_a_hundred_is_marked(tmp_path):
    listed = publisher.works()
    author = listed[0]["authorships"][0]
    listed[0]["authorships"], listed[1]["authorships"] = [author] * 100, [author] * 99
    with serving(
        respond=lambda path, query: publisher.page(listed, 0 if query["cursor"] == ["*"] else 24, 100)
    ) as server:
        came = fetched(server, tmp_path / "works.jsonl.gz")
    assert [work.get("is_authors_truncated") for work in kept(came.path)[:3]] == [True, None, None]


def test_who_asks_is_sent_and_neither_kept_nor_shown(tmp_path):
    who = "&mailto=someone%40example.org&api_key=s3cret%2Bkey"
    with serving() as server:
        came = fetched(server, tmp_path / "works.jsonl.gz", more=who)
    assert server.asked[0]["api_key"] == ["s3cret+key"]
    assert server.asked[0]["mailto"] == ["someone@example.org"]
    assert "s3cret" not in came.url
    with (
        serving(lambda number, query: refusal(401, "API key s3cret+key is not valid")) as server,
        pytest.raises(SourceError, match=r"openalex\.org/settings/api") as raised,
    ):
        fetched(server, tmp_path / "other.jsonl.gz", more=who)
    assert "s3cret" not in str(raised.value)
    assert "someone" not in str(raised.value)


def test_who_asks_is_not_shown_where_the_interface_leads_elsewhere(tmp_path):
    def moved(number, query):
        return 302, {"Location": "https://elsewhere.example/works"}, b""

    with serving(moved) as server, pytest.raises(BadRequest, match=r"elsewhere\.example") as raised:
        fetched(server, tmp_path / "works.jsonl.gz", more="&mailto=someone%40example.org&api_key=s3cret%2Bkey")
    assert "s3cret" not in str(raised.value)
    assert "someone" not in str(raised.value)


def test_another_host_is_refused(tmp_path):
    with pytest.raises(BadRequest, match="not among the hosts"):
        fetch(
            "works",
            "https://example.org/works",
            tmp_path / "w",
            {"api.openalex.org"},
            largest=1,
            client=Client(),
            tell=lambda *_: None,
        )


def test_the_default_address_asks_for_the_cnrs_and_only_for_root_fields_that_are_used():
    spec = source("openalex")
    query = parse_qs(urlsplit(spec.live.downloads["works"].url).query)
    assert "authorships.institutions.lineage:i1294671590" in query["filter"][0]
    assert set(query["select"][0].split(",")) == set(spec.live.files["works"].columns)
    assert int(query["per_page"][0]) <= 100


# --- the count -----------------------------------------------------------------------------------------------------


def body(number, *, ror=None, over=(), country="DE", kind="education", name=None):
    own = f"https://openalex.org/I{number}"
    lineage = [f"https://openalex.org/I{each}" for each in over] + [own, own]
    name = name or f"Body {number}"
    return {
        "id": own,
        "display_name": name,
        "ror": ror and f"https://ror.org/{ror}",
        "country_code": country,
        "type": kind,
        "lineage": lineage,
    }


TOP = body(CNRS, ror="02feahw73", country="FR", kind="government")
LAB1 = body(1, ror="0lab00001", over=[CNRS, CNRS, 50, CNRS], country="FR", kind="facility")
LAB1B = body(11, ror="0lab0000b", over=[CNRS], country="FR", kind="facility")
LAB2 = body(2, ror="0lab00002", over=[CNRS], country="FR", kind="facility")
STRANGER = body(3, ror="0str00001", over=[CNRS], country="FR", kind="facility")
TUTELLE = body(50, country="FR")
BERLIN, KYOTO = body(60), body(61, country="JP")


def work(number, *authors, year=2021, kind="article", retracted=False, **more):
    return {
        "id": f"https://openalex.org/W{number}",
        "publication_year": year,
        "type": kind,
        "is_retracted": retracted,
        "authorships": [{"author_position": "middle", "institutions": list(author)} for author in authors],
        **more,
    }


def written(path, works):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(each if isinstance(each, str) else json.dumps(each) + "\n" for each in works)
    return path


def counted(tmp_path, *works, **options):
    return count([written(tmp_path / "works.jsonl.gz", works)], LABS, **options)


def reasons(found):
    return dict(found.works.select("work", "reason").rows())


def test_a_small_case_gives_what_was_counted_by_hand(tmp_path):
    found = counted(
        tmp_path,
        work(1, [LAB1, TOP], [BERLIN], [BERLIN]),  # 3 institutions
        work(2, [LAB1], [BERLIN], [KYOTO], [TUTELLE]),  # 4
        work(3, [LAB1, LAB2], [KYOTO], year=2022),  # 3
    )
    assert found.ties.rows() == [
        ("UMR 1", "I60", 2021, 2, round(1 / 3 + 1 / 4, 9)),
        ("UMR 1", "I61", 2021, 1, 0.25),
        ("UMR 1", "I61", 2022, 1, round(1 / 3, 9)),
        ("UMR 2", "I61", 2022, 1, round(1 / 3, 9)),
    ]
    assert rows(found.institutions, "id", "country", "type") == {("I60", "DE", "education"), ("I61", "JP", "education")}


def test_three_thirds_are_one(tmp_path):
    found = counted(tmp_path, *(work(n, [LAB1], [BERLIN], [KYOTO]) for n in range(1, 4)))
    assert found.ties["fractional_count"].to_list() == [1.0, 1.0]


def test_ids_that_repeat_in_a_lineage_count_once_and_what_stands_over_a_lab_is_no_partner(tmp_path):
    found = counted(tmp_path, work(1, [LAB1, TOP, TUTELLE], [LAB1, KYOTO]))
    assert found.ties.rows() == [("UMR 1", "I61", 2021, 1, 0.25)]


def test_the_supervising_body_of_one_lab_is_a_partner_of_another(tmp_path):
    found = counted(tmp_path, work(1, [LAB1], [LAB2], [TUTELLE]))
    assert rows(found.ties, "lab", "institution") == {("UMR 2", "I50")}


def test_two_ror_numbers_of_one_unit_are_one_lab(tmp_path):
    found = counted(tmp_path, work(1, [LAB1], [LAB1B], [BERLIN]))
    assert found.ties.rows() == [("UMR 1", "I60", 2021, 1, round(1 / 3, 9))]


def test_a_body_of_the_cnrs_that_is_not_listed_is_told_and_not_taken_for_a_lab(tmp_path):
    found = counted(tmp_path, work(1, [BERLIN], [STRANGER]), work(2, [LAB1], [STRANGER]))
    assert reasons(found) == {"W1": copublications.NO_UNIT, "W2": None}
    assert found.strangers.rows() == [(0, 1, "I3", "Body 3", "0str00001")]


def test_works_set_aside_are_told_with_line_and_rule(tmp_path):
    found = counted(
        tmp_path,
        work(1, [LAB1], [BERLIN], retracted=True),
        "this is no JSON\n",
        work(3, [LAB1], [BERLIN], kind="paratext"),
        work(4, [LAB1], [BERLIN], year=None),
        work(5, [KYOTO], [BERLIN]),
        work(6, [LAB1], [BERLIN], is_xpac=True),
        work(7, [LAB1], [BERLIN], is_authors_truncated=True),
        work(8, [LAB1, TOP], [LAB2]),
        work(9, [LAB1], []),
        work(10),
        {"id": "https://openalex.org/A1", "publication_year": 2021},
    )
    assert found.works.select("line", "work", "reason").rows() == [
        (1, "W1", copublications.RETRACTED),
        (2, None, copublications.NO_NUMBER),
        (3, "W3", copublications.NO_WORK),
        (4, "W4", copublications.NO_YEAR),
        (5, "W5", copublications.NOT_CNRS),
        (6, "W6", copublications.OUTSIDE),
        (7, "W7", copublications.CUT),
        (8, "W8", copublications.NO_PARTNER),
        (9, "W9", copublications.NO_PARTNER),
        (10, "W10", copublications.NOT_CNRS),
        (11, None, copublications.NO_NUMBER),
    ]
    assert found.ties.is_empty()


@pytest.mark.parametrize(("partners", "ties"), [(99, 99), (100, 0)])
def test_a_collaboration_over_the_cap_is_set_aside_by_name(tmp_path, partners, ties):
    found = counted(tmp_path, work(1, [LAB1], *([body(1000 + n)] for n in range(partners))))
    assert found.ties.height == ties
    assert reasons(found) == {"W1": None if ties else copublications.too_large(100)}


def test_a_work_that_comes_twice_counts_once(tmp_path):
    found = counted(tmp_path, work(1, [LAB1], [BERLIN]), work(2, [LAB1], [BERLIN]), work(1, [LAB1], [BERLIN]))
    assert found.ties["full_count"].to_list() == [2]
    assert found.works["reason"].to_list() == [copublications.AGAIN, None, None]


PARTNERS = [body(100 + n) for n in range(30)]


@settings(max_examples=15)
@given(
    st.lists(
        st.lists(st.lists(st.sampled_from([LAB1, TOP, TUTELLE, LAB2, *PARTNERS]), max_size=4), max_size=12),
        min_size=1,
        max_size=12,
    )
)
def test_the_shares_of_a_work_add_up_to_one(tmp_path_factory, signed):
    signed = [[[LAB1], *authors] for authors in signed]
    path = tmp_path_factory.mktemp("shares")
    found = counted(path, *(work(n, *authors, year=1900 + n) for n, authors in enumerate(signed, 1)))
    shares = dict(
        found.ties.filter(pl.col("lab") == "UMR 1").group_by("year").agg(pl.col("fractional_count").sum()).iter_rows()
    )
    for number, authors in enumerate(signed, 1):
        institutions = {each["id"] for author in authors for each in author}
        own = institutions & {each["id"] for each in (LAB1, TOP, TUTELLE, LAB2)}
        total = shares.get(1900 + number, 0.0) + len(own) / len(institutions)
        assert total == pytest.approx(1, abs=1e-7)


def test_the_real_works_give_the_same_counts_as_a_plain_loop_over_them():
    labels = dict(
        pl.read_csv("data/bundled/labs_ror.csv").drop_nulls("lab_label").select("ror_id", "lab_label").iter_rows()
    )
    top = f"https://openalex.org/I{CNRS}"
    full: Counter[tuple[str, str, int]] = Counter()
    for each in publisher.works():
        bodies = {b["id"]: b for author in each["authorships"] for b in author["institutions"]}
        units = {i for i, b in bodies.items() if top in b["lineage"] and i != top and b["ror"] in labels}
        for lab in {labels[bodies[i]["ror"]] for i in units}:
            over = {a for i in units if labels[bodies[i]["ror"]] == lab for a in bodies[i]["lineage"]}
            for partner in set(bodies) - units - over - {top}:
                full[lab, partner.rpartition("/")[2], each["publication_year"]] += 1
    table = pl.DataFrame({"ror": [ror.rpartition("/")[2] for ror in labels], "lab": list(labels.values())})
    ties = count([publisher.FIXTURE], table).ties
    assert len(full) > 100
    assert {row[:3]: row[3] for row in ties.iter_rows()} == full


# --- files a person gives ------------------------------------------------------------------------------------------


def test_parquet_of_the_snapshot_counts_like_json_lines(tmp_path):
    plain = count([publisher.FIXTURE], LABS_OF_FIXTURE)
    path = tmp_path / "works.parquet"
    duckdb.execute(f"COPY (SELECT *, 'x' AS title FROM read_json('{publisher.FIXTURE}')) TO '{path}' (FORMAT parquet)")
    packed = count([path], LABS_OF_FIXTURE)
    assert plain.ties.height == 123
    assert packed.ties.equals(plain.ties)
    assert packed.works.equals(plain.works)
    assert fields(path) == {"id", "publication_year", "type", "is_retracted", "authorships", "title"}


def test_a_file_cut_short_is_refused(tmp_path):
    path = written(tmp_path / "works.jsonl.gz", publisher.works() * 60)  # the cut is far behind its beginning
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(SourceError, match="cut short"):
        fields(path)


@pytest.mark.parametrize("line", [b'{"authorships":[]}\n', b" " * 1_000_000 + b"\n"], ids=["in works", "in the rest"])
def test_a_gzip_file_that_unpacks_without_end_is_stopped_at_the_limit(tmp_path, line, monkeypatch):
    monkeypatch.setattr(containers, "LARGEST", 5 * 1024**2)
    path = tmp_path / "works.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b'{"authorships":[]}\n')
        for _ in range(64):
            file.write(line * (1024**2 // len(line) or 1))
    path.write_bytes(path.read_bytes()[:-8])  # the end, which is damaged, is not reached
    with pytest.raises(SourceError, match="unpacks to more than 5 MB"):
        fields(path)


@pytest.mark.parametrize("text", ["", "<!doctype html>\n", '{"meta":{},"results":[]}\n', '[{"id":"W1"}]'])
def test_what_holds_no_works_is_refused(tmp_path, text):
    path = tmp_path / "works.jsonl"
    path.write_text(text)
    with pytest.raises(SourceError, match="holds no works"):
        fields(path)


def test_a_parquet_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "works.parquet"
    pl.DataFrame({"id": ["https://openalex.org/A1"]}).write_parquet(path)
    with pytest.raises(SourceError, match="lacks the column 'publication_year'"):
        count([path], LABS)


LABS_OF_FIXTURE = (
    pl.read_csv("data/bundled/labs_ror.csv", infer_schema=False)
    .drop_nulls("lab_label")
    .select(ror=pl.col("ror_id").str.strip_prefix("https://ror.org/"), lab="lab_label")
)


# --- the source ----------------------------------------------------------------------------------------------------


def reading(path):
    spec = source("openalex").at(dt.date(2026, 11, 25), "x", lambda _: path, given=True)
    return read_published(SourceFiles(spec))


def test_one_relationship_a_year_joins_a_unit_and_an_institution_under_their_ids():
    found = reading(publisher.FIXTURE)
    assert found.records == {"Lab": 13, "Institution": 42, "COPUBLISHES_WITH": 123}
    tie = found.relationships["COPUBLISHES_WITH", "Lab", "Institution"].row(0, named=True)
    assert tie == {
        "start": "UMR 5120",
        "end": "openalex:I157674565",
        "year_from": 2015,
        "year_to": 2015,
        "full_count": 1,
        "fractional_count": 0.125,
        "record": "020nks034/I157674565/2015",
    }
    assert ("UMR 5120", "020nks034") in rows(found.nodes["Lab"], "id", "ror")
    assert ("openalex:I103635307", "HES", "US") in rows(found.nodes["Institution"], "id", "type", "country")
    assert ("openalex:I103635307", "ror:03nawhv43") in rows(found.identities, "left", "right")


def test_every_work_is_used_or_told():
    found = reading(publisher.FIXTURE)
    assert found.tables["works"] == 24
    rules = found.ignored_rules()
    assert rules["none of its institutions is a known CNRS unit"] == 11
    assert rules["body of the CNRS not known as a unit"] >= 1
    told = found.audit.filter(pl.col("reason") == "body of the CNRS not known as a unit")["value"]
    assert any("04y91dy23" in value for value in told)


def test_a_body_without_name_or_with_a_strange_type_is_kept_as_what_is_known_of_it(tmp_path):
    listed = publisher.works()
    for each in listed:
        for author in each["authorships"]:
            for one in author["institutions"]:
                if one["id"].endswith("/I103635307"):
                    one |= {"display_name": None, "type": "moonbase", "country_code": None, "ror": None}
    found = reading(written(tmp_path / "works.jsonl.gz", listed))
    row = found.nodes["Institution"].filter(id="openalex:I103635307").row(0, named=True)
    assert (row["name"], row["named"], row["type"], row["country"]) == ("I103635307", False, None, None)
    assert "openalex:I103635307" not in found.identities["left"].to_list()
    assert found.ignored_rules()["a type of institution nobody knows"] == 1


def test_a_field_the_publisher_added_is_signalled(tmp_path):
    listed = [{**each, "moon_phase": 3, "title": "ignored by name"} for each in publisher.works()]
    assert reading(written(tmp_path / "works.jsonl.gz", listed)).new_columns == ["moon_phase"]


# --- past one machine ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_spark_gives_the_same_rows(spark, tmp_path, kind):
    strange = [work(1, [LAB1], [BERLIN], [KYOTO]), work(1, [LAB1], [BERLIN], [KYOTO]), work(2, [LAB1], retracted=True)]
    damaged = ["{no\n"] if kind == "jsonl" else []
    path = written(tmp_path / "works.jsonl.gz", [*publisher.works(), *strange, *damaged])
    if kind == "parquet":
        packed = tmp_path / "works.parquet"
        duckdb.execute(f"COPY (SELECT * FROM read_json('{path}')) TO '{packed}' (FORMAT parquet)")
        path = packed
    labs = pl.concat([LABS_OF_FIXTURE, LABS])
    here, there = count([path], labs), count([path], labs, engine="spark", spark_master=spark)
    assert here.ties.height == 125
    assert there.ties.equals(here.ties)
    assert there.institutions.equals(here.institutions)
    assert rows(there.works, "work", "reason") == rows(here.works, "work", "reason")
    assert rows(there.strangers, "institution", "name", "ror") == rows(here.strangers, "institution", "name", "ror")


def test_spark_that_is_not_installed_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(BadRequest, match="needs pyspark"):
        counted(tmp_path, work(1, [LAB1], [BERLIN]), engine="spark")


def test_a_body_taken_for_the_cnrs_by_its_acronym_is_left_out_and_told(tmp_path):
    society = body(4210155240, ror="04zzdbj59", country="CA", name="Canadian Nautical Research Society")
    listed = [
        {**each, "authorships": [*each["authorships"], {"institutions": [society]}]} for each in publisher.works()
    ]
    found = reading(written(tmp_path / "works.jsonl.gz", listed))
    assert found.relationships["COPUBLISHES_WITH", "Lab", "Institution"].height > 0
    assert "openalex:I4210155240" not in found.nodes["Institution"]["id"].to_list()
    assert found.ignored_rules()["a body OpenAlex takes for the CNRS by its acronym"] == 1
