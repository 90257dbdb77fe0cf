"""A unit's part in a project, from scanR's dumps to what a person sees: the question, the panel, the picture."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from graph.explore import details, evidence, neighbourhood
from graph.network import Scope, load_incidence
from graph.network.crossing import crossed
from graph.queries import ask
from graph.settings import Settings
from graph.store import Store, open_store, stop_store
from ingest.build import build
from ingest.catalogue import source
from ingest.selection import Selection
from ingest.snapshot import adopt
from tests.ingest.publishers.scanr import FIXTURES


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("labs")
    given = []
    for name in ("organizations", "projects"):
        packed = folder / f"{name}.jsonl.gz"
        packed.write_bytes(gzip.compress((FIXTURES / f"{name}.jsonl").read_bytes()))
        given.append(packed)
    settings = Settings(data_dir=folder / "data")
    adopt(source("scanr"), settings.data_dir, given)
    build(settings, selection=Selection(("cordis_horizon", "scanr")), accept_counts=True)
    with open_store(settings) as opened:
        yield opened
    stop_store(settings)


def test_what_a_unit_takes_part_in_is_asked_seen_and_counted(store: Store) -> None:
    ties = store.read(
        "MATCH (l:Lab)-[:PARTICIPATES_IN]->(p:Project) RETURN l.id AS lab, p.id AS project ORDER BY lab, project"
    ).rows
    assert len(ties) >= 3
    lab, project = map(str, ties[0])
    of_lab = {str(each) for one, each in ties if one == lab}
    assert dict(details(store, "Lab", lab).ties)["projects"] == len(of_lab)
    assert dict(details(store, "Project", project).ties)["labs_with_a_part"] == sum(each == project for _, each in ties)
    drawn = neighbourhood(store, "Lab", lab, Scope())
    assert {node.id for node in drawn.nodes if node.label == "Project"} == of_lab
    assert f"Lab:{lab}" in {node.key for node in neighbourhood(store, "Project", project, Scope()).nodes}

    partners = store.read(
        "MATCH (i:Institution)-[:PARTICIPATES_IN]->(:Project {id: $p}) WHERE i.country <> 'FR' "
        "RETURN i.id AS id, i.country AS country ORDER BY id",
        {"p": project},
    ).rows
    partner, country = map(str, partners[0])
    shared = evidence(store, f"Lab:{lab}", f"Institution:{partner}").projects
    assert project in {str(each["id"]) for each in shared}
    answer = {str(row["lab_id"]): row for row in ask(store, "labs_in_projects_with_country", country=country).dicts()}
    assert int(str(answer[lab]["projects"])) >= 1

    incidence = load_incidence(store)
    assert incidence.parts.height == len(ties)
    table = crossed(incidence, Scope(), "lab", "country").table
    found = table.filter(row=f"Lab:{lab}", column=f"Country:{country}")["projects"].item()
    assert found == int(str(answer[lab]["projects"]))
    # a consortium has as many members as before: a unit's part lies within its body's
    members = incidence.members.filter(event=f"Project:{project}")["actor"]
    assert not members.str.starts_with("Lab:").any()
