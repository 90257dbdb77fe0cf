"""The department's own tables: what is understood, what is refused and why, and what comes of it in the graph."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.queries import ask
from graph.settings import Settings
from graph.store import open_store, stop_store
from ingest.build import build, read_source
from ingest.catalogue import source
from ingest.department import FileRefused, check, known, table_named
from ingest.department.bodies import bodies
from ingest.selection import Selection
from ingest.snapshot import adopt
from tests.ingest.publishers import delegations, mobility
from tests.ingest.support import rows

TODAY = dt.date(2026, 11, 25)
KNOWN = known(TODAY)
MOBILITY = "year;who;country;missions;stays;recruits;note\n"
VISITS = "reference;start;end;visitor;institutions;host;place;purpose;commitments;follow_up;due;state\n"


def checked(tmp_path: Path, table: str, text: str | bytes, name: str = "table.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check(path, table_named(table), KNOWN)


def mobility_line(tmp_path: Path, line: str):
    return checked(tmp_path, "mobility", MOBILITY + line + "\n")


def visit_line(tmp_path: Path, line: str):
    return checked(tmp_path, "delegations", VISITS + line + "\n")


def told(found, weight: str = "error") -> list[tuple[int, str, str]]:
    return [(f.line, f.column, f.problem.key.removeprefix("department.")) for f in found.findings if f.weight == weight]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("12", 12), ("0", 0), ("1 234", 1234), ("1\u202f234", 1234), ("1\u00a0234", 1234), ("12,0", 12), ("12.00", 12)],
)
def test_a_number_as_a_spreadsheet_writes_it_is_understood(tmp_path, cell, number):
    found = mobility_line(tmp_path, f"2025;CNRS;JP;{cell};;;")
    assert told(found) == []
    assert found.frame["missions"].to_list() == [number]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("-1", "count_negative"),
        ("\u22125", "count_negative"),
        ("1.234", "count_ambiguous"),
        ("1,234", "count_ambiguous"),
        ("3,5", "count_decimal"),
        ("n/a", "count_text"),
        ("1e3", "count_text"),
        ("٣", "count_text"),
        ("99999999999999999999", "count_large"),
    ],
)
def test_what_is_no_count_is_an_error_and_never_guessed(tmp_path, cell, problem):
    found = mobility_line(tmp_path, f"2025;CNRS;JP;7;{cell};;")
    assert told(found) == [(2, "stays", problem)]
    assert found.frame.is_empty(), "a line with an error is not loaded in part"


def test_an_unknown_count_stays_unknown_and_zero_stays_zero(tmp_path):
    found = mobility_line(tmp_path, "2025;CNRS;JP;0;;;")
    assert rows(found.frame, "missions", "stays", "recruits") == {(0, None, None)}
    assert told(mobility_line(tmp_path, "2025;CNRS;JP;;;;a note")) == [(2, "", "mobility_nothing")]


@pytest.mark.parametrize(
    ("cell", "problem"), [("1989", "year_range"), ("2028", "year_range"), ("25", "year_range"), ("last", "year_text")]
)
def test_a_year_outside_1990_and_the_next_year_is_an_error(tmp_path, cell, problem):
    assert told(mobility_line(tmp_path, f"{cell};CNRS;JP;1;;;")) == [(2, "year", problem)]


def test_next_year_is_a_warning(tmp_path):
    found = mobility_line(tmp_path, "2027;CNRS;JP;1;;;")
    assert (told(found), told(found, "warning")) == ([], [(2, "year", "year_future")])


@pytest.mark.parametrize(
    ("cell", "code"),
    [("Japan", "JP"), ("japon", "JP"), ("JPN", "JP"), ("jp", "JP"), ("Îles vierges américaines", "VI")],
)
def test_a_country_by_its_exact_name_is_understood_and_told(tmp_path, cell, code):
    found = mobility_line(tmp_path, f"2025;CNRS;{cell};1;;;")
    assert found.frame["country"].to_list() == [code]
    assert told(found, "warning") == [(2, "country", "country_name")]


def test_namibia_is_a_country_and_not_a_missing_value(tmp_path):
    found = mobility_line(tmp_path, "2025;CNRS;NA;1;;;")
    assert (found.frame["country"].to_list(), found.findings) == (["NA"], ())


@pytest.mark.parametrize(
    ("cell", "problem"),
    [("UK", "country_close"), ("Japn", "country_close"), ("Atlantis-sur-Mer", "country_unknown"), ("", "empty")],
)
def test_an_unknown_country_is_an_error_with_the_likely_one(tmp_path, cell, problem):
    found = mobility_line(tmp_path, f"2025;CNRS;{cell};1;;;")
    assert told(found) == [(2, "country", problem)]
    if cell == "UK":
        assert "GB (United Kingdom, Royaume-Uni)" in found.findings[0].problem.text("en")


@pytest.mark.parametrize(
    ("cell", "who"),
    [
        ("CNRS", "Institution:ror:02feahw73"),
        ("insis", "CnrsInstitute:INSIS"),
        ("CNRS Physique", "CnrsInstitute:INP"),
        ("UMR 7198", "Lab:UMR 7198"),
        ("umr7198", "Lab:UMR 7198"),
        ("UMR_7198", "Lab:UMR 7198"),
        ("200918493S", "Lab:EA 4407"),
    ],
)
def test_the_cnrs_an_institute_and_a_unit_are_told_apart(tmp_path, cell, who):
    found = mobility_line(tmp_path, f"2025;{cell};JP;1;;;")
    assert found.frame["who"].to_list() == [who]
    assert found.findings == ()


def test_a_unit_the_directory_lacks_is_a_warning_and_a_word_an_error(tmp_path):
    assert told(mobility_line(tmp_path, "2025;UMR 99999;JP;1;;;"), "warning") == [(2, "who", "unit_unlisted")]
    assert told(mobility_line(tmp_path, "2025;my lab;JP;1;;;")) == [(2, "who", "who_unknown")]
    assert told(mobility_line(tmp_path, "2025;XYZ 12;JP;1;;;")) == [(2, "who", "who_unknown")]


def test_a_line_again_counts_once_and_a_contradiction_is_an_error(tmp_path):
    found = checked(
        tmp_path,
        "mobility",
        MOBILITY + "2025;CNRS;JP;5;;;\n2025;CNRS;Japon;5;;;\n2025;CNRS;JP;6;;;\n2025;INP;JP;5;;;\n",
    )
    assert found.frame["line"].to_list() == [2, 5]
    assert (3, "", "line_again") in told(found, "warning")
    assert told(found) == [(4, "", "line_contradicts")]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("année,institut ou unité,pays,nombre de missions\r\n2025,CNRS,JP,5\r\n", [(2025, "JP", 5)]),
        ("\ufeffYEAR;Institute or unit;Country;Missions\n\n2025;CNRS;JP;5\n;;;\n", [(2025, "JP", 5)]),
        ('sep=;\nannee;unite;pays;"nombre de missions";;\n2025;CNRS;JP;5;;\n', [(2025, "JP", 5)]),
        ("country;missions;who;year\rJP;5;CNRS;2025\r", [(2025, "JP", 5)]),
    ],
)
def test_either_separator_language_line_end_and_order_is_read(tmp_path, text, keys):
    found = checked(tmp_path, "mobility", text)
    assert told(found) == []
    assert found.frame.select("year", "country", "missions").rows() == keys


def test_lines_are_numbered_as_an_editor_does(tmp_path):
    lines = '2025;CNRS;JP;1;"two\nlines"\n\n2025;CNRS;XX;1;\n2025;CNRS;DE\n2025;CNRS;DE;1;;9\n'
    found = checked(tmp_path, "mobility", "year;who;country;missions;note\n" + lines)
    assert told(found) == [(5, "country", "country_unknown"), (6, "", "line_short"), (7, "", "line_long")]
    assert found.frame["note"].to_list() == ["two lines"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("année;institut ou unité;pays\n2025;CNRS;JP\n".encode("cp1252"), "file_encoding"),
        (MOBILITY.encode("utf-16"), "file_utf16"),
        (b"PK\x03\x04 a workbook", "file_workbook"),
        (b"\xd0\xcf\x11\xe0 an old one", "file_workbook"),
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \n", "file_empty"),
        (b"year;who\x00;country\n", "file_not_csv"),
        (b"<html>", "file_not_csv"),
        (b"one;two\n1;2\n", "file_header"),
        (b"year;who\n2025;CNRS\n", "file_column_missing"),
        (b"year;who;year;country\n", "file_column_twice"),
        (b"year;who;country;nom du missionnaire\n", "file_column_person"),
        (b"year;who;country;e-mail\n", "file_column_person"),
        (b'year;who;country\n2025;"CNRS;JP\n', "file_quote"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole(tmp_path, data, problem):
    with pytest.raises(FileRefused) as refusal:
        checked(tmp_path, "mobility", data)
    assert refusal.value.finding.problem.key == f"department.{problem}"


def test_a_workbook_by_its_name_is_told_what_to_save(tmp_path):
    with pytest.raises(FileRefused, match="CSV UTF-8"):
        checked(tmp_path, "mobility", MOBILITY, "mobility.xlsx")


def test_the_line_of_the_first_letter_that_is_not_utf8_is_named(tmp_path):
    with pytest.raises(FileRefused, match="line 3"):
        checked(tmp_path, "mobility", MOBILITY.encode() + b"2025;CNRS;JP;1;;;\n2025;CNRS;Cor\xe9e;1;;;\n")


def test_a_renamed_column_is_named_with_its_likely_old_name(tmp_path):
    with pytest.raises(FileRefused, match="'contry' may be the same"):
        checked(tmp_path, "mobility", "year;who;contry\n")


def test_a_column_nobody_knows_is_told_and_left_out(tmp_path):
    found = checked(tmp_path, "mobility", "year;who;country;missions;number of participants\n2025;CNRS;JP;5;7\n")
    assert told(found, "warning") == [(1, "", "column_unknown")]
    assert found.frame.height == 1


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-14", "2026-03-14"),
        ("14/03/2026", "2026-03-14"),
        ("2026-3-4", "2026-03-04"),
        ("05/05/2026", "2026-05-05"),
    ],
)
def test_a_day_is_read_in_both_forms(tmp_path, cell, day):
    found = visit_line(tmp_path, f";{cell};;JP;;FR;;;;;;")
    assert told(found) == []
    assert found.frame["start"].to_list() == [dt.date.fromisoformat(day)]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("03/04/2026", "date_ambiguous"),
        ("03/14/2026", "date_impossible"),
        ("2026-02-30", "date_impossible"),
        ("14/03/26", "date_short_year"),
        ("46095", "date_serial"),
        ("14 mars 2026", "date_text"),
        ("1989-12-31", "date_range"),
        ("2028-01-01", "date_range"),
        ("", "empty"),
    ],
)
def test_an_ambiguous_or_impossible_day_is_an_error(tmp_path, cell, problem):
    assert told(visit_line(tmp_path, f";{cell};;JP;;FR;;;;;;")) == [(2, "start", problem)]


def test_an_ambiguous_day_is_shown_in_both_readings(tmp_path):
    text = visit_line(tmp_path, ";03/04/2026;;JP;;FR;;;;;;").findings[0].problem.text("en")
    assert "2026-04-03" in text
    assert "2026-03-04" in text


def test_the_order_of_day_and_month_is_told_by_the_file_itself_or_by_french_headings(tmp_path):
    proof = VISITS + "A;14/03/2026;;JP;;FR;;;;;;\nB;03/04/2026;;JP;;FR;;;;;;\n"
    assert checked(tmp_path, "delegations", proof).frame["start"].to_list()[1] == dt.date(2026, 4, 3)
    french = "date de début;pays de la délégation;pays de la visite\n03/04/2026;JP;FR\n"
    assert checked(tmp_path, "delegations", french).frame["start"].to_list() == [dt.date(2026, 4, 3)]
    contrary = checked(tmp_path, "delegations", french + "03/14/2026;JP;FR\n")
    assert told(contrary) == [(2, "start", "date_ambiguous"), (3, "start", "date_impossible")]


def test_days_out_of_order_are_errors_and_a_visit_to_come_a_warning(tmp_path):
    assert told(visit_line(tmp_path, ";2026-03-14;2026-03-13;JP;;FR;;;;;;")) == [(2, "end", "end_before_start")]
    assert told(visit_line(tmp_path, ";2026-03-14;;JP;;FR;;;;do;2026-03-01;")) == [(2, "due", "due_before_start")]
    assert told(visit_line(tmp_path, ";2026-12-14;;JP;;FR;;;;;;"), "warning") == [(2, "start", "date_future")]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("write to someone@example.org", "text_email"),
        ("someone (at) example.org", "text_email"),
        ("call 01 23 45 67 89", "text_phone"),
        ("call +81 3-1234-5678", "text_phone"),
        ("Tél. : 1234", "text_phone"),
        ("x" * 301, "text_long"),
        ("a\x07b", "text_damaged"),
    ],
)
def test_addresses_and_numbers_of_people_and_long_texts_are_refused(tmp_path, cell, problem):
    assert told(visit_line(tmp_path, f";2026-03-14;;JP;;FR;;{cell};;;;")) == [(2, "purpose", problem)]


def test_a_grant_number_or_a_date_is_no_phone_number(tmp_path):
    plain = visit_line(tmp_path, ";2026-03-14;;JP;;FR;;grant 101070254 of 2026-03-14, 14/03/2026, 1 200 000 EUR;;;;")
    assert plain.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "Reçu par M. Exemple",
        "M.Exemple",
        "M. J.-P. Exemple",
        "Mme d'Exemple et sa délégation",
        "MM. Exemple et Essai",
        "Monsieur Exemple",
        "met Prof. Example",
        "Prof. Dr. Łexample",
        "M. de Exemple",
        "Prof. Example, University of Tokyo",
        "Prof. Example (University of Tokyo)",
        "M. Exemple Université de Kyoto",
        "président de l'Université Dr. Exemple",
        "accueil à l'hôpital, puis Dr Exemple",
        "Dr. Ambedkar University, then Mr Example",
    ],
)
def test_a_title_with_a_name_is_refused_in_every_text_and_no_value_of_the_line_is_kept(tmp_path, text):
    for place, column in ((4, "institutions"), (6, "place"), (7, "purpose"), (8, "commitments"), (9, "follow_up")):
        cells = ["", "2026-03-14", "", "JP", "", "FR", *[""] * 6]
        cells[place] = text
        found = visit_line(tmp_path, ";".join(cells))
        assert told(found) == [(2, column, "text_person")]
        assert found.frame.is_empty()
    assert told(mobility_line(tmp_path, f"2025;CNRS;JP;1;;;{text}")) == [(2, "note", "text_person")]


def test_the_message_says_to_write_the_function_in_both_languages(tmp_path):
    (finding,) = visit_line(tmp_path, ";2026-03-14;;JP;;FR;;met Prof. Example;;;;").findings
    assert "fonction" in finding.problem.text("fr") and "function" in finding.problem.text("en")


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("Dr. Babasaheb Ambedkar University", True),
        ("M. S. Ramaiah Medical College", True),
        ("Université Dr. Moulay Tahar", True),
        ("Hospital Prof. Dr. Fernando Fonseca", True),
        ("25 rue du Dr Roux", True),
        ("M. Curie prize", False),
        ("action M. Skłodowska-Curie", False),
        ("master M. Sc. de physique", False),
        ("M. le Président, Mme la Ministre", False),
        ("Mr President and Mr Ambassador", False),
        ("axe M. matériaux", False),
        ("doctor honoris causa", False),
    ],
)
def test_a_name_that_a_body_a_street_or_a_prize_bears_and_a_function_are_let_through(tmp_path, text, warned):
    found = visit_line(tmp_path, f";2026-03-14;;JP;;FR;;{text};;;;")
    assert found.frame["purpose"].to_list() == [text]
    assert told(found, "warning") == ([(2, "purpose", "text_named_after")] if warned else [])


@pytest.mark.parametrize("cell", ["à faire", "A faire", "To do", "todo"])
def test_a_state_is_read_in_french_and_english(tmp_path, cell):
    assert visit_line(tmp_path, f";2026-03-14;;JP;;FR;;;;send it;;{cell}").frame["state"].to_list() == ["todo"]


def test_a_state_nobody_knows_is_answered_with_those_there_are(tmp_path):
    found = visit_line(tmp_path, ";2026-03-14;;JP;;FR;;;;send it;;soon")
    assert "abandonné / dropped" in found.findings[0].problem.text("fr")


@pytest.mark.parametrize(
    ("cell", "ids"),
    [
        ("University of Tokyo", [("name:jp:university-of-tokyo",)]),
        ("ror:057zh3y96", [("ror:057zh3y96",)]),
        ("https://ror.org/057zh3y96", [("ror:057zh3y96",)]),
        ("999991722", [("pic:999991722",)]),
        ("UTokyo [https://ror.org/057zh3y96, pic:999991722]", [("ror:057zh3y96", "pic:999991722")]),
        ("CSIC [ES] | 東京大学", [("name:es:csic",), ("name:jp:東京大学",)]),
    ],
)
def test_institutions_are_known_by_number_or_by_name_and_country(tmp_path, cell, ids):
    found = visit_line(tmp_path, f";2026-03-14;;JP;{cell};FR;;;;;;")
    assert found.findings == ()
    assert [body.ids for body in bodies(found.frame["institutions"][0], "JP", KNOWN)] == ids


@pytest.mark.parametrize(
    ("visitor", "cell", "problem"),
    [
        ("JP", "ror:057zh3y97", "institution_ror"),
        ("JP", "Tokyo [pic:12]", "institution_identifier"),
        ("JP", "Tokyo [", "institution_brackets"),
        ("JP|KR", "University of Tokyo", "institution_unplaced"),
    ],
)
def test_an_institution_that_cannot_be_told_is_an_error(tmp_path, visitor, cell, problem):
    found = visit_line(tmp_path, f";2026-03-14;;{visitor};{cell};FR;;;;;;")
    assert told(found) == [(2, "institutions", problem)]


def test_two_visits_of_one_reference_are_a_contradiction(tmp_path):
    found = checked(tmp_path, "delegations", VISITS + "A;2026-03-14;;JP;;FR;;;;;;\nA;2026-03-15;;JP;;FR;;;;;;\n")
    assert told(found) == [(3, "", "line_contradicts")]


@pytest.mark.parametrize("pair", [("Université de Kyoto", "Universite de  Kyoto"), ("", "-"), ("C.N.R.S.", "cnrs")])
def test_two_spellings_of_an_institution_are_one_visit_and_two_purposes_of_it_a_contradiction(tmp_path, pair):
    line = ";2026-03-14;;JP;{};FR;;{};;;;\n"
    found = checked(tmp_path, "delegations", VISITS + line.format(pair[0], "one") + line.format(pair[1], "other"))
    assert told(found) == [(3, "", "line_contradicts")]
    again = checked(tmp_path, "delegations", VISITS + line.format(pair[0], "one") + line.format(pair[1], "one"))
    assert told(again) == [] and told(again, "warning") == [(3, "", "line_again")]
    assert again.frame["institutions"].to_list() == [pair[0] or None]


def published(name: str, path: Path):
    spec = source(name)
    return replace(spec.at(TODAY, "0" * 64, lambda key: path, given=True))


def test_the_reader_loads_what_validates_and_rejects_the_rest_with_line_and_reason():
    found = check(mobility.FIXTURE, table_named("mobility"), KNOWN)
    reading = read_source(published("mobility", mobility.FIXTURE))
    assert reading.records["MOBILITY_TO"] == found.frame.height == 6
    rejected = reading.audit.filter(outcome="rejected")
    assert rows(rejected, "line", "value") == {(9, "UK"), (10, "-3")}
    assert all("Write" in reason for reason in rejected["reason"])
    assert rows(reading.audit.filter(outcome="ignored"), "line", "reason") == {(8, "the same line again")}
    assert reading.used + 3 == reading.rows == 9


def test_a_column_nobody_knows_is_signalled_by_the_build_too(tmp_path):
    path = tmp_path / "mobility.csv"
    path.write_text("year;who;country;missions;colour\n2025;CNRS;JP;5;red\n")
    assert read_source(published("mobility", path)).new_columns == ["colour"]


def test_a_table_wrong_throughout_is_not_loaded_in_part(tmp_path):
    path = tmp_path / "mobility.csv"
    path.write_text(MOBILITY + "".join(f"2025;CNRS;JP;-{n};;;\n" for n in range(1, 13)) + "2024;CNRS;JP;1;;;\n")
    with pytest.raises(SourceError, match="12 of 13 rows"):
        read_source(published("mobility", path))


def test_a_visit_keeps_its_id_when_its_follow_up_is_corrected(tmp_path):
    path = tmp_path / "delegations.csv"
    ids = set()
    for end in ("do it;;todo", "do it;2026-05-01;done"):
        path.write_text(VISITS + f";2026-03-14;;JP;University of Tokyo;FR;;;;{end}\n")
        ids |= set(read_source(published("delegations", path)).nodes["Event"]["id"])
    assert len(ids) == 1


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("department"), neo4j_uri=None)
    adopt(source("mobility"), settings.data_dir, mobility.GIVEN)
    adopt(source("delegations"), settings.data_dir, delegations.GIVEN)
    build(settings, selection=Selection(("delegations", "mobility"), "all"))
    with open_store(settings) as opened:
        yield opened
    stop_store(settings)


def test_the_graph_holds_what_the_tables_say(store):
    for expected in (mobility, delegations):
        name = expected.__name__.rpartition(".")[2]
        for kind, count in expected.EXPECTED.items():
            pattern = f"()-[x:{kind}]->()" if kind.isupper() else f"(x:{kind})"
            assert store.read(f"MATCH {pattern} WHERE x.source = $s RETURN count(x)", {"s": name}).rows == [(count,)]


def test_visits_of_a_country_come_with_commitments_and_follow_up(store):
    visits = ask(store, "visits_of_country", country="JP").dicts()
    assert [visit["visit_id"].split(":")[1] for visit in visits] == ["2026-04-03", "2026-001", "2025-11-20"]
    assert visits[1] | {"visit_id": ""} == {
        "visit_id": "",
        "start_date": dt.date(2026, 3, 14),
        "end_date": dt.date(2026, 3, 16),
        "visitors": ["JP"],
        "institutions": ["Essai Institute", "University of Tokyo"],
        "host_id": "FR",
        "place": "Paris",
        "purpose": "visite d'essai ; un laboratoire",
        "commitments": ["projet d'accord", "appel commun"],
        "follow_up": "envoyer le projet",
        "due": dt.date(2026, 9, 30),
        "state": "in_progress",
    }
    assert visits[2]["institutions"] == ["Centre national de la recherche scientifique"]
    assert ask(store, "visits_of_country", country="DE").dicts()[0]["visitors"] == ["DE", "IT"]


def test_mobility_to_a_country_keeps_its_levels_apart(store):
    answer = ask(store, "mobility_to_country", country="JP").rows
    assert [row[:6] for row in answer] == [
        (2025, "cnrs", "CNRS", 1222, 11, None),
        (2024, "cnrs", "CNRS", 1111, 12, 9),
        (2024, "institute", "INP", 111, 2, None),
    ]
    assert ask(store, "mobility_to_country", country="NA").rows == [(2025, "cnrs", "CNRS", 0, 0, 0, None)]
