"""What each reader makes of a few rows of its source."""

from __future__ import annotations

import datetime as dt

from tests.ingest.support import read, rows

PARTICIPATES = ("PARTICIPATES_IN", "Institution", "Project")
FUNDED = ("FUNDED_UNDER", "Project", "Programme")


def test_two_rows_of_one_body_in_one_project_stay_two_participations():
    participations = read("cordis_horizon").relationships[PARTICIPATES]
    assert rows(participations, "start", "role", "contribution_eur", "net_contribution_eur", "record") >= {
        ("pic:999997930", "coordinator", 1_000_000.0, 900_000.0, "1/999997930/coordinator/1"),
        ("pic:999997930", "thirdParty", 0.0, 100_000.0, "1/999997930/thirdParty/2"),
    }


def test_a_participant_not_among_the_organisations_is_rejected_with_its_line():
    reading = read("cordis_horizon")
    rejected = reading.audit.filter(outcome="rejected")
    assert rows(rejected, "file", "line", "value") == {("cordis_horizon_participations.csv", 7, "123456789")}
    assert reading.relationships[PARTICIPATES].height == 5


def test_namibia_is_a_country_and_not_a_missing_value():
    bodies = read("cordis_horizon").nodes["Institution"]
    assert rows(bodies, "id", "country", "acronym") >= {
        ("pic:900000009", "NA", "UNAM"),
        ("pic:900000001", "GB", None),
    }


def test_a_project_keeps_its_dates_and_an_unknown_cost_stays_unknown():
    projects = read("cordis_horizon").nodes["Project"]
    assert rows(projects, "id", "name", "start_date", "end_date", "total_cost_eur", "scheme") == {
        ("HORIZON:1", "ALPHA", dt.date(2022, 9, 1), dt.date(2026, 8, 31), None, "HORIZON-RIA"),
        ("HORIZON:2", "BETA", dt.date(2023, 1, 1), None, 1000.5, "EURATOM-RIA"),
    }


def test_a_project_is_funded_under_the_most_specific_part_only():
    funding = read("cordis_horizon").relationships[FUNDED]
    assert rows(funding, "start", "end") == {("HORIZON:1", "HORIZON.2.5.9"), ("HORIZON:2", "EURATOM.1.1.1")}


def test_a_field_of_science_without_title_is_left_out_and_counted():
    reading = read("cordis_horizon")
    assert rows(reading.relationships["ABOUT", "Project", "Topic"], "start", "end") == {("HORIZON:1", "/23/43")}
    assert rows(reading.nodes["Topic"], "id", "name_en", "code") == {
        ("/23", "natural sciences", "23"),
        ("/23/43", "physical sciences", "43"),
    }
    assert rows(reading.audit.filter(outcome="value"), "value") == {("/99/99",)}


def test_a_body_without_a_name_is_called_by_its_number():
    bodies = read("cordis_h2020").nodes["Institution"]
    assert rows(bodies, "id", "name", "named", "acronym", "country") >= {
        ("pic:998616262", "PIC 998616262 · ES", False, None, "ES"),
        ("pic:955555555", "ETHNIKO", True, "EKX", "GR"),
    }


def test_damaged_text_is_repaired():
    assert "Concepción" in read("cordis_h2020").nodes["Institution"]["city"].to_list()
    assert "UNIVERSITÉ DE LORRAINE" in read("cordis_fp7").nodes["Institution"]["name"].to_list()


def test_h2020_funding_falls_back_to_the_part_then_to_the_whole():
    assert rows(read("cordis_h2020").relationships[FUNDED], "start", "end") == {
        ("H2020:11", "H2020-EU.2.1.6"),
        ("H2020:12", "H2020-EU.3.2"),
        ("H2020:12", "H2020-EU.3.5"),
        ("H2020:13", "H2020"),
    }


def test_an_fp7_project_known_by_its_participants_alone_is_kept():
    reading = read("cordis_fp7")
    assert rows(reading.nodes["Project"], "id", "record") >= {("FP7:24", "participations/24"), ("FP7:21", "21")}
    assert rows(reading.relationships[FUNDED], "start", "end") == {
        ("FP7:21", "FP7-ICT"),
        ("FP7:22", "FP7-PEOPLE"),
        ("FP7:23", "FP7"),
        ("FP7:24", "FP7"),
    }


def test_a_nine_digit_fp7_number_is_a_pic():
    bodies = read("cordis_fp7").nodes["Institution"]
    assert set(bodies["id"]) == {"fp7:3dd8adf7378218b42943d9cf442a40be", "pic:999572779"}


def test_the_later_row_of_one_unit_label_stands():
    reading = read("cnrs_units")
    assert rows(reading.nodes["Lab"], "id", "name", "unit_type", "ror", "year_closed") == {
        ("UMR 1", "Present row", "UMR", "0000aaa11", None),
        ("URA 2", "Former unit", "URA", None, None),
        ("rnsr:200612345X", "Unlabelled unit", None, None, None),
    }
    assert (reading.count("ignored"), reading.count("rejected")) == (1, 1)
    assert reading.used + 2 == reading.rows


def test_departments_of_the_past_are_not_mapped_to_institutes():
    reading = read("cnrs_units")
    assert rows(reading.relationships["PART_OF", "Lab", "CnrsInstitute"], "start", "end") == {("UMR 1", "INP")}
    assert rows(reading.audit.filter(outcome="value"), "value") == {("Sciences de la vie",)}


def test_supervising_bodies_are_known_by_name():
    supervision = read("cnrs_units").relationships["SUPERVISED_BY", "Lab", "Institution"]
    assert rows(supervision, "start", "end") == {
        ("UMR 1", "name:fr:centre-national-de-la-recherche-scientifique"),
        ("UMR 1", "name:fr:sorbonne-universite"),
        ("rnsr:200612345X", "name:fr:institut-pasteur"),
    }
