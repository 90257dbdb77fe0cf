"""The assembled tables hold exactly what a straight count over the fact tables gives."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from dataclasses import replace

import polars as pl
import pytest

from graph.schema import NODE_BY_LABEL
from graph.store.tables import checked
from ingest.assemble import assemble
from ingest.build import assemble_all
from ingest.catalogue import BUNDLED_DIR, source
from ingest.reading import AUDIT, IDENTITIES, Reading

CNRS = "ror:02feahw73"
CNRS_IN_SOURCE = {"HORIZON": "999997930", "H2020": "999997930", "FP7": "3dd8adf7378218b42943d9cf442a40be"}
FILES = {"HORIZON": "cordis_horizon", "H2020": "cordis_h2020", "FP7": "cordis_fp7"}


def facts(name: str) -> list[dict[str, str]]:
    with (BUNDLED_DIR / "bundled" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def assembly():
    return assemble_all()[1]


@pytest.fixture(scope="module")
def participations(assembly):
    table = assembly.tables.relationships["PARTICIPATES_IN", "Institution", "Project"]
    bodies = assembly.tables.nodes["Institution"].select(start="id", country="country", identifiers="identifiers")
    return table.join(bodies, on="start").with_columns(framework=pl.col("end").str.extract(r"^(\w+):"))


def test_the_tables_pass_the_schema_whole(assembly):
    checked(assembly.tables)


@pytest.mark.parametrize("framework", FILES)
def test_every_participation_of_the_facts_is_there_once(framework, participations):
    rows = facts(f"{FILES[framework]}_participations")
    own = participations.filter(framework=framework)
    assert own.height == len(rows)
    assert own["end"].n_unique() == len({row["rcn"] for row in rows})


@pytest.mark.parametrize("framework", ["HORIZON", "H2020"])
def test_joint_projects_with_each_partner_equal_the_straight_count(framework, participations):
    key = CNRS_IN_SOURCE[framework]
    projects_of: dict[str, set[str]] = {}
    for row in facts(f"{FILES[framework]}_participations"):
        projects_of.setdefault(row["pic"], set()).add(row["rcn"])
    ours = projects_of[key]
    straight = Counter({f"pic:{pic}": len(rcns & ours) for pic, rcns in projects_of.items() if pic != key})
    own = participations.filter(framework=framework)
    joint = own.filter(
        pl.col("end").is_in(own.filter(start=CNRS)["end"].unique().to_list()) & (pl.col("start") != CNRS)
    )
    counted = dict(joint.group_by("source_id").agg(pl.col("end").n_unique()).iter_rows())
    assert {f"pic:{pic}": n for pic, n in counted.items()} == dict(straight)


@pytest.mark.parametrize(
    ("pic", "projects"),
    [("pic:999991722", 103), ("pic:999992401", 99), ("pic:999979500", 95)],
    ids=["CSIC", "CEA", "CNR"],
)
def test_first_partners_in_horizon_europe(pic, projects, participations):
    own = participations.filter(pl.col("identifiers").list.contains(pic) & (pl.col("framework") == "HORIZON"))
    assert own["end"].n_unique() == projects


def test_joint_projects_with_germany(participations):
    assert participations.filter(framework="HORIZON", country="DE")["end"].n_unique() == 515


def test_twelve_fp7_projects_are_known_by_their_participants_alone(assembly):
    projects = assembly.tables.nodes["Project"].filter(framework="FP7")
    unknown = projects.filter(pl.col("record").str.starts_with("participations/"))
    assert (projects.height, unknown.height) == (1623, 12)
    assert unknown.select("acronym", "grant", "start_date", "call").null_count().row(0) == (12, 12, 12, 12)


def test_each_project_has_a_programme_and_the_tree_reaches_a_root(assembly):
    relationships = assembly.tables.relationships
    funded = set(relationships["FUNDED_UNDER", "Project", "Programme"]["start"])
    assert funded == set(assembly.tables.nodes["Project"]["id"])
    above = dict(relationships["PART_OF", "Programme", "Programme"].select("start", "end").iter_rows())
    for code in assembly.tables.nodes["Programme"]["id"]:
        top = code
        while top in above:
            top = above[top]
        assert top in {"FP7", "H2020", "HORIZON", "CNRS-INSTRUMENTS", "MULTILATERAL", "FRANCE-EUROPE-2020"}


def test_no_body_has_two_pics_or_two_rors(assembly):
    bodies = assembly.tables.nodes["Institution"]
    for system in ("pic:", "ror:"):
        counts = bodies.select(pl.col("identifiers").list.eval(pl.element().str.starts_with(system)).list.sum())
        assert counts.max().item() <= 1


def test_co_publications_are_kept_lab_by_lab(assembly):
    rows = facts("copublications_lorraine")
    table = assembly.tables.relationships["COPUBLISHES_WITH", "Lab", "Institution"]
    straight = Counter()
    for row in rows:
        if row["partner_name"] != "Canadian Nautical Research Society":  # taken for the CNRS by its acronym
            straight[row["lab_label"]] += int(row["co_works"])
    counted = dict(table.group_by("start").agg(pl.col("full_count").sum()).iter_rows())
    assert counted == dict(straight)
    assert len(counted) == 21


def test_japan_has_its_agreements_with_their_partners(assembly):
    relationships = assembly.tables.relationships
    hosted = set(relationships["HOSTED_IN", "Agreement", "Country"].filter(end="JP")["start"])
    with (BUNDLED_DIR / "curated" / "instruments.csv").open(encoding="utf-8", newline="") as handle:
        assert hosted == {row["id"] for row in csv.DictReader(handle) if "JP" in row["countries"].split(";")}
    parties = relationships["PARTY_TO", "Institution", "Agreement"]
    tokyo = (
        assembly.tables.nodes["Institution"].filter(pl.col("identifiers").list.contains("ror:057zh3y96"))["id"].item()
    )
    assert set(parties.filter(start=tokyo)["end"]) >= {"I001", "I039", "I040", "I041", "I042", "I064"}


def test_conflicting_start_years_are_kept_and_marked(assembly):
    agreements = assembly.tables.nodes["Agreement"].filter(pl.col("dates_conflict"))
    assert agreements.height == 7
    assert agreements["dates_note"].null_count() == 0


def test_every_record_says_which_snapshot_and_which_record(assembly):
    snapshots = set(assembly.tables.nodes["Snapshot"]["id"])
    for frame in (*assembly.tables.nodes.values(), *assembly.tables.relationships.values()):
        assert set(frame["snapshot"]) <= snapshots
        assert frame["record"].null_count() == 0


def test_searched_kinds_are_found_without_accents(assembly):
    labs = assembly.tables.nodes["Lab"].filter(pl.col("name") == "Géosciences Montpellier")
    assert "geosciences montpellier" in labs["search"][0]
    for label, frame in assembly.tables.nodes.items():
        assert ("search" in frame.columns) == NODE_BY_LABEL[label].fulltext


def test_rows_read_are_used_ignored_or_rejected(assembly):
    snapshots = assembly.tables.nodes["Snapshot"]
    assert (snapshots["rows"] == snapshots["used"] + snapshots["ignored"] + snapshots["rejected"]).all()


def test_the_bundled_tables_hold_no_address_of_a_code_host():
    for path in BUNDLED_DIR.rglob("*.csv"):
        if path.parent.name in {"bundled", "curated", "judgements"}:
            assert "github" not in path.read_text(encoding="utf-8").lower(), path.name


def test_a_tie_told_as_former_that_the_body_has_under_another_number_is_dropped():
    """The newer snapshot names the same body by another identifier; joined, it never left."""
    spec = source("cordis_horizon")
    old = replace(spec, date=dt.date(2024, 1, 1), past=True)
    nodes = {
        "Institution": pl.DataFrame({"id": ["ror:1"], "name": ["A"], "named": [True], "record": ["1"]}),
        "Project": pl.DataFrame({"id": ["HORIZON:1"], "name": ["P"], "framework": ["HORIZON"], "record": ["1"]}),
    }
    now = {
        ("PARTICIPATES_IN", "Institution", "Project"): pl.DataFrame(
            {"start": ["ror:1"], "end": ["HORIZON:1"], "record": ["1"], "source_id": ["1"]}
        )
    }
    then = {
        ("FORMERLY", "Institution", "Project"): pl.DataFrame(
            {
                "start": ["openalex:1", "openalex:2"],
                "end": ["HORIZON:1"] * 2,
                "record": ["0", "2"],
                "type": ["PARTICIPATES_IN"] * 2,
                "withdrawn_on": [dt.date(2025, 12, 6)] * 2,
            }
        )
    }
    lost = {
        "Institution": pl.DataFrame(
            {"id": ["openalex:1", "openalex:2"], "name": ["A", "B"], "named": [True] * 2, "record": ["0", "2"]}
        )
    }
    same = pl.DataFrame({"left": ["openalex:1"], "right": ["ror:1"]})
    empty, audit = pl.DataFrame(schema=IDENTITIES), pl.DataFrame(schema=AUDIT)
    found = assemble([(spec, Reading(nodes, now, same, audit, 1)), (old, Reading(lost, then, empty, audit, 2))], ())
    former = found.tables.relationships["FORMERLY", "Institution", "Project"]
    assert former.select("start", "snapshot").rows() == [("openalex:2", "cordis_horizon@2024-01-01")]
    assert found.tables.nodes["Snapshot"]["id"].to_list() == ["cordis_horizon@2025-12-06", "cordis_horizon@2024-01-01"]


def test_a_project_named_by_its_grant_is_found_and_one_that_two_have_is_not() -> None:
    own = source("cordis_horizon")
    other = replace(own, name="scanr", priority=99)
    none = pl.DataFrame(schema=AUDIT)
    same = pl.DataFrame(schema=IDENTITIES)
    projects = pl.DataFrame(
        {
            "id": ["HORIZON:1", "HORIZON:2", "HORIZON:3", "H2020:1"],
            "name": ["A", "B", "C", "D"],
            "framework": ["HORIZON", "HORIZON", "HORIZON", "H2020"],
            "grant": ["101", "102", "102", "101"],
            "record": ["1", "2", "3", "1"],
        }
    )
    lab = pl.DataFrame({"id": ["UMR 1"], "name": ["Lab"], "record": ["1"]})
    ties = pl.DataFrame(
        {
            "start": ["UMR 1"] * 3,
            "end": ["grant:HORIZON:101", "grant:HORIZON:102", "grant:HORIZON:103"],
            "record": ["101/x", "102/x", "103/x"],
            "source_id": ["x"] * 3,
        }
    )
    ends = ("PARTICIPATES_IN", "Lab", "Project")
    found = assemble(
        [
            (own, Reading({"Project": projects}, {}, same, none, 4)),
            (other, Reading({"Lab": lab}, {ends: ties}, same, none, 3)),
        ],
        [],
    )
    assert found.tables.relationships[ends].select("start", "end").rows() == [("UMR 1", "HORIZON:1")]
    set_aside = found.audits["scanr"].filter(reason="PARTICIPATES_IN: no such Project")
    assert set_aside["value"].to_list() == ["grant:HORIZON:102", "grant:HORIZON:103"]
