"""A ROR dump, schema 1 or 2: the units of the CNRS, the bodies around them, and the index of every organisation."""

from __future__ import annotations

import datetime as dt
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest

from graph.errors import BadRequest, SourceError
from ingest.assemble import assemble
from ingest.catalogue import source
from ingest.containers import unpacked
from ingest.download import Client
from ingest.reading import Reading, SourceFiles
from ingest.ror_index import ORGANISATIONS, read_dump
from ingest.snapshot import fetch
from ingest.sources.ror.read import read_published
from tests.ingest.publisher_server import send, serving
from tests.ingest.publishers import ror as zenodo
from tests.serving import free_port

FIXTURES = Path(__file__).parent.parent / "fixtures" / "published" / "ror"
CNRS, TIMA, CERMAV, INS2I = "02feahw73", "000063q30", "0003ege03", "04z22qz54"
GRENOBLE = "02rx3b187"

Record = dict[str, Any]


def records(schema: int = 2) -> dict[str, Record]:
    name = "ror-data_schema_v2.json" if schema == 2 else "ror-data.json"
    return {record["id"][-9:]: record for record in json.loads((FIXTURES / name).read_text(encoding="utf-8"))}


def written(folder: Path, found: dict[str, Record]) -> Path:
    path = folder / "ror-data.json"
    path.write_text(json.dumps(list(found.values()), ensure_ascii=False), encoding="utf-8")
    return path


def over(path: Path) -> Reading:
    return read_published(SourceFiles(source("ror").at(dt.date(2025, 10, 28), "x", lambda key: path)))


def labs(reading: Reading) -> dict[str, Record]:
    return {row["ror"]: row for row in reading.nodes["Lab"].iter_rows(named=True)}


def bodies(reading: Reading) -> dict[str, Record]:
    return {row["id"]: row for row in reading.nodes["Institution"].iter_rows(named=True)}


def told(reading: Reading, rule: str) -> list[str]:
    return reading.audit.filter(pl.col("reason") == rule)["value"].to_list()


def child(number: str, name: str, parent: str, **changes: Any) -> Record:
    """A record as short as the schema allows."""
    return {
        "id": f"https://ror.org/{number}",
        "names": [{"value": name, "types": ["ror_display", "label"], "lang": "fr"}],
        "relationships": [{"type": "parent", "label": "", "id": f"https://ror.org/{parent}"}],
        "status": "active",
        "types": ["facility"],
        "locations": [],
        "links": [],
        "domains": [],
        "external_ids": [],
        "established": None,
        **changes,
    }


@pytest.fixture(scope="module")
def two() -> Reading:
    return over(FIXTURES / "ror-data_schema_v2.json")


def test_a_unit_is_known_by_the_code_its_names_bear(two: Reading):
    found = labs(two)
    assert (found[CERMAV]["id"], found[CERMAV]["unit_type"], found[CERMAV]["year_created"]) == ("UPR 5301", "UPR", 1966)
    assert found["00r4taj88"]["id"] == "IRL 2021"  # of 2024: no dictionary has it


def test_a_unit_without_a_code_has_the_label_of_the_bundled_table(two: Reading):
    assert labs(two)[TIMA]["id"] == "UMR 5159"
    assert labs(two)[TIMA]["rnsr"] is not None


def test_of_two_codes_the_one_the_dictionary_or_the_table_has_counts(two: Reading):
    assert labs(two)["002v3cy83"]["id"] == "UMR 8586"  # beside IRD's UMR 215
    assert labs(two)["05t5n2z26"]["id"] == "UMR 8261"  # beside its former FRE 3630


def test_a_unit_no_code_tells_is_known_by_its_ror_number(two: Reading):
    assert labs(two)["01ydb3330"]["id"] == "ror:01ydb3330"
    assert labs(two)["01ydb3330"]["label"] is None


def test_codes_that_do_not_tell_which_unit_it_is_are_told_and_not_used(tmp_path: Path):
    found = records()
    found["0aaaaaaa1"] = child("0aaaaaaa1", "Génétique animale UMR 1313", CNRS)  # INRAE numbers its units so
    reading = over(written(tmp_path, found))
    assert labs(reading)["0aaaaaaa1"]["id"] == "ror:0aaaaaaa1"
    assert told(reading, "unit codes that do not tell which unit it is") == ["UMR 1313"]


def test_both_schemas_give_the_same_labs_where_their_vintages_agree(two: Reading):
    one, two_ = labs(over(FIXTURES / "ror-data.json")), labs(two)
    assert set(one) - set(two_) == {"02pr0xw82"}  # a child in 1.73, related in 2.9
    assert {number: one[number] for number in two_} == two_


def test_descendants_are_followed_to_any_depth(tmp_path: Path):
    found = records()
    found["0aaaaaaa1"] = child("0aaaaaaa1", "Équipe", TIMA)
    found["0aaaaaaa2"] = child("0aaaaaaa2", "Plateforme de l'équipe", "0aaaaaaa1")
    assert {"0aaaaaaa1", "0aaaaaaa2"} <= set(labs(over(written(tmp_path, found))))


def test_a_circle_of_children_ends(tmp_path: Path):
    found = records()
    found["0aaaaaaa1"] = child("0aaaaaaa1", "Équipe", TIMA)
    found["0aaaaaaa2"] = child("0aaaaaaa2", "Plateforme de l'équipe", "0aaaaaaa1")
    found["0aaaaaaa1"]["relationships"].append({"type": "parent", "label": "", "id": "https://ror.org/0aaaaaaa2"})
    assert {"0aaaaaaa1", "0aaaaaaa2"} <= set(labs(over(written(tmp_path, found))))


@pytest.mark.parametrize("status", ["inactive", "withdrawn"])
def test_what_is_no_longer_active_is_ignored_by_name_with_what_is_only_below_it(tmp_path: Path, status: str):
    found = records()
    found[CERMAV]["status"] = status
    found["0aaaaaaa1"] = child("0aaaaaaa1", "Équipe", CERMAV)
    reading = over(written(tmp_path, found))
    assert not {CERMAV, "0aaaaaaa1"} & set(labs(reading))
    assert told(reading, f"{status} in ROR") == [CERMAV]


def test_a_body_that_supervises_units_does_not_become_one_by_standing_below_another(tmp_path: Path):
    """ROR has IRD below UAR Data Terra; IRD is above units of the CNRS and has units of its own."""
    found = records()
    found["05q3vnk25"] = child("05q3vnk25", "Institut de Recherche pour le Développement", "0518tra10")
    found["002v3cy83"]["relationships"].append({"type": "parent", "label": "", "id": "https://ror.org/05q3vnk25"})
    found["0aaaaaaa1"] = child("0aaaaaaa1", "Unité de l'IRD", "05q3vnk25")
    reading = over(written(tmp_path, found))
    assert not {"05q3vnk25", "0aaaaaaa1"} & set(labs(reading))
    assert "ror:05q3vnk25" in bodies(reading)
    assert ("UMR 8586", "ror:05q3vnk25") in set(
        reading.relationships["SUPERVISED_BY", "Lab", "Institution"].select("start", "end").iter_rows()
    )


def test_institutes_and_offices_of_the_cnrs_are_no_units(two: Reading):
    assert not {INS2I, "03fd77x13", "03yz3tz18"} & set(labs(two))
    assert told(two, "administrative body of the CNRS") == ["03yz3tz18"]
    part_of = two.relationships["PART_OF", "Lab", "CnrsInstitute"]
    assert part_of.select("start", "end", "record").rows() == [("UMR 5159", "INS2I", "UMR 5159/INS2I")]


def test_an_address_in_france_of_a_unit_abroad_is_told_and_left_unknown(two: Reading):
    for number in ("00zmdjj30", "0502mw613", "008bf9746", "054bkz707"):  # Moscow, Karnak, Cairo, Chennai
        assert (labs(two)[number]["country"], labs(two)[number]["city"]) == (None, None)
    values = told(two, "address in France of a unit in another country")
    assert sorted(values) == ["Châtillon"] * 3 + ["FR"] * 4 + ["Gif-sur-Yvette"]
    assert labs(two)["007xn7v02"]["country"] == "JP"


def test_a_country_that_differs_from_the_dictionarys_is_told(two: Reading):
    assert told(two, "another country than the unit dictionary's") == ["EG"]


def test_the_second_record_of_one_unit_is_ignored(two: Reading):
    assert told(two, "second ROR record of one unit") == ["04x9a0q46"]
    assert labs(two)["01ap27310"]["id"] == "UMR 5206"


def test_only_bodies_related_to_the_cnrs_or_its_units_become_institutions(tmp_path: Path):
    found = records()
    found["0aaaaaaa1"] = child("0aaaaaaa1", "Université d'ailleurs", "0aaaaaaa2")
    reading = over(written(tmp_path, found))
    assert set(bodies(reading)) == {f"ror:{number}" for number in (CNRS, GRENOBLE, "025zn3p72", "050nt2059")}
    assert told(reading, "neither a unit of the CNRS nor related to one") == ["0aaaaaaa1"]
    body = bodies(reading)[f"ror:{GRENOBLE}"]
    assert (body["name"], body["acronym"], body["aliases"]) == (
        "Université Grenoble Alpes",
        "UGA",
        ["Grenoble Alpes University"],
    )
    assert (body["type"], body["country"], body["city"], body["latitude"]) == ("HES", "FR", "Grenoble", 45.17869)


def test_other_names_ror_has_become_aliases_of_the_body(two: Reading):
    spec = source("ror").at(dt.date(2025, 10, 28), "x", lambda key: FIXTURES / "ror-data_schema_v2.json")
    nodes = assemble([(spec, two)], []).tables.nodes["Institution"]
    row = nodes.row(by_predicate=pl.col("id") == f"ror:{GRENOBLE}", named=True)
    assert row["aliases"] == ["Grenoble Alpes University"]
    assert "grenoble alpes university" in row["search"]


def test_a_unit_beside_the_cnrs_is_no_institution(two: Reading):
    rule = "related to the CNRS or its units, with a unit's code, and not below it"
    assert told(two, rule) == ["02pr0xw82"]


def test_every_record_is_used_ignored_or_rejected(tmp_path: Path):
    found = records()
    found["x"] = {**child("0aaaaaaa1", "", CNRS), "names": []}
    found["y"] = {**child("", "Sans numéro", CNRS), "id": None}
    reading = over(written(tmp_path, found))
    lost = reading.audit.filter(pl.col("outcome") == "rejected").select("line", "reason").rows()
    assert lost == [(27, "no ROR number or no name"), (28, "no ROR number or no name")]
    used = {*labs(reading), *(i.removeprefix("ror:") for i in bodies(reading)), INS2I, "03fd77x13"}
    set_aside = reading.audit.filter(pl.col("outcome") == "ignored")["value"]
    assert len(used) + len(set_aside) + len(lost) == reading.tables["organisations"] == 28


def test_a_field_nobody_knows_is_told(tmp_path: Path):
    found = records()
    found[TIMA]["contact"] = "x"
    assert over(written(tmp_path, found)).new_columns == ["contact"]


def test_a_value_of_another_type_loses_itself_and_not_the_record(tmp_path: Path):
    found = records()
    found[CERMAV] |= {"established": "MCMLXVI", "locations": "Gières"}
    lab = labs(over(written(tmp_path, found)))[CERMAV]
    assert (lab["id"], lab["year_created"], lab["city"]) == ("UPR 5301", None, None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b'{"message": "Not found"}', "no JSON array"),
        (b'[{"id": "https://ror.org/02feahw73", "status": "active", "names": [', "cannot be read as JSON"),
        (b'[{"rcn": 1}]', "does not hold ROR records"),
        (b"[]", "does not hold ROR records"),
    ],
)
def test_what_is_no_dump_is_refused_in_words(tmp_path: Path, content: bytes, message: str):
    path = tmp_path / "ror-data.json"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        over(path)


def test_a_dump_without_the_cnrs_is_refused(tmp_path: Path):
    found = records()
    del found[CNRS]
    with pytest.raises(SourceError, match="no record of the CNRS"):
        over(written(tmp_path, found))


@pytest.mark.parametrize(
    ("members", "schema"),
    [
        (("ror-data.json", "ror-data_schema_v2.json"), 2),
        (("ror-data.json",), 1),
    ],
)
def test_an_archive_is_read_by_schema_2_where_it_has_it(tmp_path: Path, members: tuple[str, ...], schema: int):
    path = tmp_path / "v1.73-2025-10-28-ror-data.zip"
    path.write_bytes(zenodo.archive(members=members))
    reading = over(path)
    assert ("02pr0xw82" in labs(reading)) == (schema == 1)


def test_an_archive_with_two_dumps_of_one_schema_is_refused(tmp_path: Path):
    path = tmp_path / "dumps.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name in ("v1.72-ror-data.json", "v1.73-ror-data.json"):
            file.writestr(name, (FIXTURES / "ror-data.json").read_bytes())
    with pytest.raises(SourceError, match="2 times"):
        over(path)


def organisations(path: Path) -> pl.DataFrame:
    member = source("ror").live.files["organisations"].member
    with unpacked(path, member if path.suffix == ".zip" else None, path.name) as plain:
        return read_dump(plain, path.name).frame


@pytest.mark.parametrize("member", ["ror-data_schema_v2.json", "ror-data.json"])
def test_the_index_holds_every_organisation_in_one_layout(member: str):
    frame = organisations(FIXTURES / member)
    assert dict(frame.schema) == ORGANISATIONS
    assert frame.height == 26
    row = frame.row(by_predicate=pl.col("ror") == TIMA, named=True)
    assert (row["acronyms"], row["aliases"], row["country"]) == (["TIMA"], ["TIMA Laboratory"], "FR")
    assert row["website"] == "https://tima.univ-grenoble-alpes.fr"
    assert {CNRS, GRENOBLE} <= set(row["parents"])
    assert row["external"][0] == "grid:grid.464092.d"


def test_the_index_keeps_what_is_not_active(tmp_path: Path):
    found = records()
    found[TIMA]["status"] = "withdrawn"
    frame = organisations(written(tmp_path, found))
    assert frame.filter(pl.col("status") == "withdrawn")["ror"].to_list() == [TIMA]


Respond = Callable[[str, dict[str, list[str]]], zenodo.Answer]


class _Server(ThreadingHTTPServer):
    respond: Respond = staticmethod(zenodo.respond)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        assert isinstance(self.server, _Server)
        status, headers, body = self.server.respond(parts.path, parse_qs(parts.query, keep_blank_values=True))
        self.send_response(status)
        for name, value in (*headers.items(), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Handler) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def retrieved(server: _Server, folder: Path, path: str = zenodo.ADDRESSES["dump"]):
    urls = {"dump": f"http://127.0.0.1:{server.server_port}{path}"}
    return fetch(source("ror"), folder, Client(pause=0.01), lambda *_: None, urls)


def test_the_newest_release_of_the_list_is_fetched_and_bears_its_date(server: _Server, tmp_path: Path):
    snapshot = retrieved(server, tmp_path)
    assert (snapshot.date, snapshot.dated) == (dt.date(2025, 10, 28), True)
    assert len(labs(over(snapshot.path("dump")))) == 17


def test_the_address_of_a_dump_itself_is_fetched_too(server: _Server, tmp_path: Path):
    path = f"/api/records/17469436/files/{zenodo.RELEASE}.zip/content"
    assert retrieved(server, tmp_path, path).date == dt.date(2025, 10, 28)


def test_a_dump_that_is_not_what_the_list_says_is_refused(server: _Server, tmp_path: Path):
    def damaged(path: str, query: dict[str, list[str]]) -> zenodo.Answer:
        status, headers, body = zenodo.respond(path, query)
        return status, headers, body if b"hits" in body else body[:-1] + b"\xff"

    server.respond = damaged
    with pytest.raises(SourceError, match="checksum differs"):
        retrieved(server, tmp_path)


@pytest.mark.parametrize("body", [b'{"hits": {"hits": []}}', b"<html>", b'{"hits": {"hits": [{"files": [{}]}]}}'])
def test_a_list_without_a_dump_is_refused_in_words(server: _Server, tmp_path: Path, body: bytes):
    server.respond = lambda path, query: (200, {"Content-Type": "application/json"}, body)
    with pytest.raises(SourceError, match="lists no ROR dump"):
        retrieved(server, tmp_path)


def test_a_dump_on_another_host_than_the_lists_is_not_fetched(server: _Server, tmp_path: Path):
    def lured(path: str, query: dict[str, list[str]]) -> zenodo.Answer:
        status, headers, body = zenodo.respond(path, query)
        return status, headers, body.replace(b'"self": "/api', b'"self": "https://example.org/api')

    server.respond = lured
    with pytest.raises(BadRequest, match=r"example\.org"):
        retrieved(server, tmp_path)


def test_a_list_that_cannot_be_reached_is_told_in_words(tmp_path: Path):
    with pytest.raises(SourceError, match="does not answer") as error:
        urls = {"dump": f"http://127.0.0.1:{free_port()}/api/records?token=s3cret"}
        fetch(source("ror"), tmp_path, Client(pause=0.01), lambda *_: None, urls)
    assert "--from" in error.value.next_action
    assert "s3cret" not in str(error.value)


def test_a_list_that_breaks_off_is_told_in_words(tmp_path: Path):
    def cut(handler: BaseHTTPRequestHandler, _: int) -> None:
        send(handler, b'{"hits": {"hits": [' + b" " * 200_000, cut=100_000, kind="application/json")

    with serving(cut) as listing, pytest.raises(SourceError, match="does not answer or breaks off"):
        fetch(source("ror"), tmp_path, Client(pause=0.01), lambda *_: None, {"dump": listing.url.replace(".zip", "")})


def test_a_list_without_end_is_refused(server: _Server, tmp_path: Path):
    server.respond = lambda path, query: (200, {"Content-Type": "application/json"}, b" " * (17 * 1024**2))
    with pytest.raises(SourceError, match="sends more than 16 MB"):
        retrieved(server, tmp_path)
