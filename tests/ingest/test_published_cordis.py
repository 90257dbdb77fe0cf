"""The official CORDIS archives, of whatever vintage, give the graph what the bundled tables give it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

from ingest.reading import Reading
from ingest.tabular import read_csv
from ingest.tidy import repair
from tests.ingest.archives import (
    CNRS_ONLY,
    PUBLISHED,
    at_archive,
    cells,
    lines,
    members,
    read_archive,
    read_bundled,
    read_source,
    read_tables,
)
from tests.ingest.publishers import cordis_fp7, cordis_h2020
from tests.ingest.support import rows

COMPLETE = Path(__file__).parents[3] / "shared/data/cordis/cordis-HORIZONprojects-csv.zip"
PARTICIPATES = ("PARTICIPATES_IN", "Institution", "Project")
FUNDED = ("FUNDED_UNDER", "Project", "Programme")
ABOUT = ("ABOUT", "Project", "Topic")


def same(found: pl.DataFrame, other: pl.DataFrame) -> bool:
    columns = sorted(found.columns)
    assert columns == sorted(other.columns)
    return found.select(columns).sort(columns).equals(other.select(columns).sort(columns))


def horizon(folder: Path) -> Reading:
    return read_tables("cordis_horizon", members("cordis_horizon"), folder, CNRS_ONLY)


def test_the_archive_gives_what_the_bundled_tables_give_of_the_same_projects(tmp_path):
    found, bundled = horizon(tmp_path), read_bundled("cordis_horizon")
    projects = found.nodes["Project"]["id"].to_list()
    assert len(projects) == 12
    assert same(found.nodes["Project"], bundled.nodes["Project"].filter(pl.col("id").is_in(projects)))
    for ends, column in ((PARTICIPATES, "end"), (FUNDED, "start"), (ABOUT, "start")):
        held = bundled.relationships[ends].filter(pl.col(column).is_in(projects))
        assert same(found.relationships[ends], held), ends
    bodies = found.nodes["Institution"]["id"].to_list()
    assert same(found.nodes["Institution"], bundled.nodes["Institution"].filter(pl.col("id").is_in(bodies)))


@pytest.mark.left_out_unless(COMPLETE.is_file(), "needs the complete Horizon Europe archive")
def test_the_complete_archive_gives_exactly_the_bundled_tables(tmp_path):
    found, bundled = (
        read_archive("cordis_horizon", COMPLETE.read_bytes(), tmp_path, CNRS_ONLY),
        read_bundled("cordis_horizon"),
    )
    assert found.records == bundled.records
    assert all(same(found.nodes[label], frame) for label, frame in bundled.nodes.items())
    assert all(same(found.relationships[ends], frame) for ends, frame in bundled.relationships.items())


def test_projects_without_the_cnrs_are_ignored_by_name_unless_all_are_wanted(tmp_path):
    ours, every = horizon(tmp_path / "ours"), read_tables("cordis_horizon", members("cordis_horizon"), tmp_path)
    assert (ours.records["Project"], every.records["Project"]) == (12, 14)
    assert (ours.records["PARTICIPATES_IN"], every.records["PARTICIPATES_IN"]) == (32, 38)
    assert ours.ignored_rules()["project without the CNRS"] == 2 + 6
    assert "project without the CNRS" not in every.ignored_rules()


def test_one_body_in_two_roles_of_one_project_stays_two_participations(tmp_path):
    found = horizon(tmp_path).relationships[PARTICIPATES].filter(end="HORIZON:240789", start="pic:999997930")
    assert rows(found, "role", "contribution_eur", "net_contribution_eur", "terminated") == {
        ("participant", 97042.58, 97042.58, False),
        ("thirdParty", 0.0, 105434.92, True),
    }


def test_columns_in_another_order_give_the_same(tmp_path):
    table = cells(members("cordis_horizon")["project.csv"])
    turned = members("cordis_horizon") | {"project.csv": lines(row[::-1] for row in table)}
    assert same(
        read_tables("cordis_horizon", turned, tmp_path, CNRS_ONLY).nodes["Project"],
        horizon(tmp_path / "b").nodes["Project"],
    )


def test_an_archive_of_two_tables_is_enough(tmp_path):
    few = {name: members("cordis_horizon")[name] for name in ("project.csv", "organization.csv")}
    found = read_tables("cordis_horizon", few, tmp_path, CNRS_ONLY)
    assert (found.records["Project"], found.records["PARTICIPATES_IN"], found.records["ABOUT"]) == (12, 32, 0)
    assert ("HORIZON:237994", "HORIZON.1.1") in rows(found.relationships[FUNDED], "start", "end")


def test_h2020_commas_and_points_of_one_row_are_both_decimals(tmp_path):
    found = read_archive("cordis_h2020", cordis_h2020.archive(), tmp_path).relationships[PARTICIPATES]
    cnrs = found.filter(start="pic:999997930")
    assert rows(cnrs, "end", "role", "contribution_eur", "total_cost_eur") >= {
        ("H2020:193835", "participant", 324389.0, 350312.5),
        ("H2020:900000671662", "thirdParty", 0.0, 187500.0),
    }


def test_h2020_of_2023_gives_what_the_bundled_tables_of_2020_give(tmp_path):
    found, bundled = read_archive("cordis_h2020", cordis_h2020.archive(), tmp_path), read_bundled("cordis_h2020")
    known = found.nodes["Project"].filter(pl.col("grant") != "671662")
    held = bundled.nodes["Project"].filter(pl.col("id").is_in(known["id"].implode()))
    shared = [column for column in held.columns if column not in ("status", "record")]
    assert known.height == 4
    assert same(known.select(shared), held.select(shared))
    ours = known["id"].implode()
    assert same(
        found.relationships[FUNDED].filter(pl.col("start").is_in(ours)),
        bundled.relationships[FUNDED].filter(pl.col("start").is_in(ours)),
    )
    # The sample of 2023 lacks two partners of the project of 2016; of the others it has all.
    columns = ("start", "end", "role")
    then = rows(bundled.relationships[PARTICIPATES].filter(pl.col("end").is_in(ours)), *columns)
    assert {end for _, end, _ in then - rows(found.relationships[PARTICIPATES], *columns)} == {"H2020:200152"}


def test_fp7_gives_dates_money_and_the_basis_where_it_is_told(tmp_path):
    found = read_archive("cordis_fp7", cordis_fp7.archive(), tmp_path, CNRS_ONLY)
    assert rows(found.nodes["Project"], "id", "name", "start_date", "ec_contribution_eur", "scheme") >= {
        ("FP7:100794", "MIReS", dt.date(2011, 10, 1), 573000.0, "CSA"),
        ("FP7:107938", "Local Turn", dt.date(2013, 6, 1), 166336.2, "MC-IEF"),
    }
    assert rows(found.relationships[FUNDED], "start", "end") >= {("FP7:100794", "FP7-ICT"), ("FP7:108019", "FP7")}
    assert found.records["Project"] == 5


OLD_PROJECTS = {
    "fp7": "rcn;reference;acronym;status;programme;topics;frameworkProgramme;title;startDate;endDate;projectUrl;"
    "objective;totalCost;ecMaxContribution;call;fundingScheme;coordinator;coordinatorCountry;participants;"
    "participantCountries;subjects",
    "h2020": "rcn;id;acronym;status;programme;topics;frameworkProgramme;title;startDate;endDate;projectUrl;"
    "objective;totalCost;ecMaxContribution;call;fundingScheme;coordinator;coordinatorCountry;participants;"
    "participantCountries;subjects",
}
OLD_PARTICIPATIONS = {
    "fp7": "projectRcn;projectReference;projectAcronym;role;id;name;shortName;activityType;endOfParticipation;"
    "ecContribution;country;street;city;postCode;organizationUrl;contactType;contactTitle;contactFirstNames;"
    "contactLastNames;contactFunction;contactTelephoneNumber;contactFaxNumber;contactEmail",
    "h2020": "projectRcn;projectID;projectAcronym;role;id;name;shortName;activityType;endOfParticipation;"
    "ecContribution;country;street;city;postCode;organizationUrl;vatNumber;contactForm;contactType;contactTitle;"
    "contactFirstNames;contactLastNames;contactFunction;contactTelephoneNumber;contactFaxNumber",
}


@pytest.mark.parametrize("programme", ["fp7", "h2020"])
def test_headers_of_older_vintages_are_understood_without_a_signal(tmp_path, programme):
    def table(header: str, **facts: str) -> bytes:
        columns = header.split(";")
        grant = {"reference": "641606", "projectReference": "641606", "projectID": "641606"}
        given = {column: grant.get(column, facts.get(column, "")) for column in columns}
        return ("\n".join((header, ";".join(given[column] for column in columns))) + "\n").encode()

    basis = {"fp7": "FP7-ICT", "h2020": "H2020-EU.3.1."}[programme]
    project = table(
        OLD_PROJECTS[programme],
        rcn="193835",
        id="641606",
        acronym="MISTRALE",
        programme=basis,
        startDate="2015-01-01",
        endDate="2018-06-30",
        totalCost="3337857,5",
        ecMaxContribution="2599244,63",
        call="H2020-Galileo-2014-1",
        fundingScheme="IA",
    )
    participation = table(
        OLD_PARTICIPATIONS[programme],
        projectRcn="193835",
        role="participant",
        id="999997930",
        name="CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE CNRS",
        endOfParticipation="false",
        ecContribution="324389",
        country="FR",
        contactLastNames="Nobody",
    )
    found = read_tables(
        f"cordis_{programme}", {"project.csv": project, "organization.csv": participation}, tmp_path, CNRS_ONLY
    )
    assert (found.new_columns, found.count("rejected"), found.count("value")) == ([], 0, 0)
    assert rows(found.nodes["Project"], "grant", "call", "scheme", "total_cost_eur", "ec_contribution_eur") == {
        ("641606", "H2020-Galileo-2014-1", "IA", 3337857.5, 2599244.63)
    }
    assert rows(found.relationships[PARTICIPATES], "start", "role", "contribution_eur") == {
        ("pic:999997930", "participant", 324389.0)
    }
    assert rows(found.relationships[FUNDED], "end") == {(basis.rstrip("."),)}
    assert "Nobody" not in str([frame.rows() for frame in found.nodes.values()])


def test_programmes_joined_by_semicolons_in_an_old_dump_are_told_apart(tmp_path):
    found = read_archive("cordis_h2020", cordis_h2020.archive(), tmp_path).relationships[FUNDED]
    assert rows(found.filter(start="H2020:193835"), "end") == {("H2020-EU.2.1.6",)}


def test_a_dump_with_conflict_markers_two_headers_and_damaged_text_keeps_its_rows():
    path = PUBLISHED / "dirty" / "fp7orgs.csv"
    found = read_csv(path, path.name, {"new_org_id", "name", "shortName", "country"})
    assert rows(found.rejects, "line", "reason") == {
        (1, "before the header"),
        (2, "before the header"),
        (3, "before the header"),
        (5, "fewer cells than the header"),
    }
    physical = path.read_text(encoding="utf-8").splitlines()
    assert found.frame.height == len(physical) - 5
    assert found.frame["line"].to_list() == list(range(6, len(physical) + 1))
    assert all(physical[line - 1].startswith(key) for line, key in found.frame.select("line", "new_org_id").rows())
    repaired = [repair(name) for name in found.frame["name"] if "Ã" in name]
    assert "52°NORTH INITIATIVE FOR GEOSPATIAL OPEN SOURCE SOFTWARE GMBH" in [repair(n) for n in found.frame["name"]]
    assert any("Ã" not in name for name in repaired)


@pytest.mark.parametrize("name", ["cordis_horizon", "cordis_h2020", "cordis_fp7"])
def test_the_stand_in_of_the_publisher_serves_what_the_reader_reads(tmp_path, name):
    publisher = import_module(f"tests.ingest.publishers.{name}")
    status, headers, body = publisher.respond(publisher.ADDRESSES["archive"], {})
    assert (status, headers["Content-Type"]) == (200, "application/zip")
    spec = replace(at_archive(name, body, tmp_path), expected=())
    assert read_source(spec).count("rejected") == 0
    assert publisher.respond("/else", {})[0] == 404
