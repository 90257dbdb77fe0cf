"""scanR's two dumps: the units of the CNRS, who supervises them, and the European projects they take part in."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from graph.errors import SourceError
from ingest.assemble import assemble
from ingest.catalogue import source
from ingest.reading import Reading, SourceFiles
from ingest.sources.cordis_horizon import read as cordis_horizon
from ingest.sources.scanr.read import read_published
from tests.ingest import test_rnsr
from tests.ingest.publishers.scanr import FIXTURES
from tests.ingest.support import rows

DAY = dt.date(2026, 11, 25)
CNRS_NAME = "Centre national de la recherche scientifique"
CNRS = "name:fr:centre-national-de-la-recherche-scientifique"
PARTICIPATES = ("PARTICIPATES_IN", "Lab", "Project")
SUPERVISED = ("SUPERVISED_BY", "Lab", "Institution")

Record = dict[str, Any]


def over(folder: Path, end: str = "jsonl") -> Reading:
    return read_published(SourceFiles(source("scanr").at(DAY, "x", lambda key: folder / f"{key}.{end}")))


def lines(records: list[Any]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def records(key: str) -> list[Record]:
    return [json.loads(line) for line in (FIXTURES / f"{key}.jsonl").read_text(encoding="utf-8").splitlines()]


def tie(structure: str | None = "180089013", label: str | None = CNRS_NAME, **changes: Any) -> Record:
    return {"structure": structure, "label": label, "relationType": "établissement tutelle", "endDate": None, **changes}


def unit(number: str = "202023512A", codes: tuple[str, ...] = ("UMR 9999",), **changes: Any) -> Record:
    """An active unit of the CNRS, as the dump has it."""
    codes_ = [{"type": "label_numero", "id": code} for code in codes]
    return {
        "id": number,
        "label": {"default": "UNITÉ", "fr": "UNITÉ"},
        "level": "2",
        "status": "active",
        "creationYear": "2020",
        "externalIds": [{"type": "rnsr", "id": number}, *codes_],
        "address": [{"main": True, "city": "TOULOUSE CEDEX 09", "postcode": "31062", "country": "France"}],
        "institutions": [tie()],
        **changes,
    }


def participant(structure: str | None = "202023512A", **changes: Any) -> Record:
    return {"structure": structure, "role": "partner", "participates_as": "beneficiary", **changes}


def project(*participants: Record, **changes: Any) -> Record:
    return {"id": "101069686", "type": "Horizon Europe", "participants": list(participants), **changes}


@pytest.fixture
def read(tmp_path: Path):
    """Read these records of both dumps; a unit that takes part in a project where nothing else is said."""

    def reading(organizations: list[Any] | bytes | None = None, projects: list[Any] | bytes | None = None) -> Reading:
        given = {
            "organizations": [unit()] if organizations is None else organizations,
            "projects": [project(participant())] if projects is None else projects,
        }
        for key, content in given.items():
            (tmp_path / f"{key}.jsonl").write_bytes(content if isinstance(content, bytes) else lines(content))
        return over(tmp_path)

    return reading


@pytest.fixture(scope="module")
def sample() -> Reading:
    return over(FIXTURES)


def labs(reading: Reading) -> dict[str, Record]:
    return {row["rnsr"]: row for row in reading.nodes["Lab"].iter_rows(named=True)}


def supervisors(reading: Reading, lab: str = "UMR 9999") -> set[str]:
    return set(reading.relationships[SUPERVISED].filter(start=lab)["end"])


def parts(reading: Reading) -> set[tuple[str, str, str | None]]:
    return rows(reading.relationships[PARTICIPATES], "start", "end", "role")


def told(reading: Reading, rule: str) -> list[str]:
    return reading.audit.filter(reason=rule)["value"].to_list()


def test_units_are_the_structures_the_cnrs_supervises(sample):
    assert {row["id"] for row in labs(sample).values()} == {
        *("UMR 5004", "UMR 5217", "UMR 7522", "UPR 288", "UPR 841", "UPS 44", "ERL 3526")
    }
    lab = labs(sample)["195817959H"]
    assert (lab["acronym"], lab["city"], lab["country"], lab["year_created"]) == ("BPMP", "Montpellier", "FR", 1999)


def test_units_and_bodies_are_those_of_the_register_of_structures(sample):
    register = test_rnsr.over(test_rnsr.CSV)
    numbers = set(labs(register)) & set(labs(sample))
    assert len(numbers) == 4
    for number in numbers:
        lab = labs(sample)[number]
        assert lab["id"] == labs(register)[number]["id"]
        assert supervisors(sample, lab["id"]) == supervisors(register, lab["id"])


def test_each_unit_takes_part_in_a_european_project_once(sample):
    assert parts(sample) == {
        ("UMR 5217", "grant:H2020:321186", None),
        ("UMR 7522", "grant:HORIZON:101069686", "thirdParty"),
        ("UPR 288", "grant:HORIZON:101069686", "participant"),
        ("ERL 3526", "grant:HORIZON:101069726", "coordinator"),
        ("UMR 5217", "grant:HORIZON:101069726", "coordinator"),
        ("UPR 841", "grant:HORIZON:101039711", None),
        ("UMR 5004", "grant:H2020:633085", None),
    }
    ties = sample.relationships[PARTICIPATES]
    assert ties["record"].is_unique().all()
    assert set(ties["source_id"]) <= set(labs(sample))


def test_a_unit_and_a_bundled_project_are_tied_by_the_grant_agreement(sample):
    cordis = source("cordis_horizon")
    horizon = cordis_horizon.read(SourceFiles(cordis))
    spec = source("scanr").at(DAY, "x", lambda key: FIXTURES / f"{key}.jsonl")
    found = assemble([(cordis, horizon), (spec, sample)], [])
    assert rows(found.tables.relationships[PARTICIPATES], "start", "end") == {
        ("UMR 7522", "HORIZON:237929"),
        ("UPR 288", "HORIZON:237929"),
        ("ERL 3526", "HORIZON:237954"),
        ("UMR 5217", "HORIZON:237954"),
        ("UPR 841", "HORIZON:238077"),
    }
    absent = found.audits["scanr"].filter(reason="PARTICIPATES_IN: no such Project")["value"].to_list()
    assert sorted(absent) == ["grant:H2020:321186", "grant:H2020:633085"]


def test_every_row_is_accounted_for(sample):
    """The 21 rows of projects: 15 participants of European projects, and six other projects."""
    assert {key: count for key, count in sample.tables.items() if key != "units"} == {
        "organizations": 13,
        "projects": 21,
    }
    assert sample.ignored_rules() == {
        "European project of a framework programme that is not in the graph": 1,
        "European project without participants": 1,
        "a partner, not said as what": 1,
        "a role that has no equal in the graph": 1,
        "funding of the whole body, not of its lab": 6,
        "lab that is not among the organizations": 1,
        "lab that the CNRS does not supervise": 1,
        "no longer supervises the unit": 2,
        "no structure of research: it has no RNSR number": 3,
        "no unit of the CNRS": 3,
        "participant that is no lab: CORDIS has it": 4,
        "participant without an identifier": 1,
        "project of another funder": 4,
        "takes part in a unit, does not supervise it": 1,
        "the same unit again in the project": 1,
    }
    assert sample.used - sample.tables["units"] == 7 + 7
    assert not sample.new_columns
    assert sample.audit["line"].null_count() == 0


@pytest.mark.parametrize("end", ["jsonl.gz", "json", "json.gz"])
def test_lines_and_an_array_packed_or_not_say_the_same(end, sample, tmp_path: Path):
    for key in ("organizations", "projects"):
        body = json.dumps(records(key), indent=1).encode() if "json." in f"{end}." else lines(records(key))
        (tmp_path / f"{key}.{end}").write_bytes(gzip.compress(body) if end.endswith(".gz") else body)
    found = over(tmp_path, end)
    assert all(found.nodes[label].equals(frame) for label, frame in sample.nodes.items())
    assert all(found.relationships[ends].equals(frame) for ends, frame in sample.relationships.items())
    assert found.audit.drop("file").equals(sample.audit.drop("file"))


def test_no_name_of_a_person_and_no_text_is_read(read):
    person = {"firstName": "Camille", "lastName": "DUPONT", "role": "x"}
    found = read(
        [unit(leaders=[person], description={"fr": "DUPONT"})],
        [project(participant(), persons=[person], description={"default": "by Camille"})],
    )
    frames = [*found.nodes.values(), *found.relationships.values(), found.identities, found.audit]
    assert not any("DUPONT" in frame.write_csv() or "Camille" in frame.write_csv() for frame in frames)


def test_the_cnrs_is_known_by_name_or_number_never_by_acronym(read):
    lebanon = "Conseil national de la recherche scientifique du Liban"
    found = read(
        [
            unit(
                "202023512A", ("UMR 9991",), institutions=[tie("paYs1", "CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE")]
            ),
            unit("202023513B", ("UMR 9992",), institutions=[tie("18008901303720", "CNRS")]),
            unit("202023514C", ("UMR 9993",), institutions=[tie("leBn0", lebanon, acronym="CNRS")]),
            unit("202023515D", ("UMR 9994",), institutions=[tie(None, "CNRS")]),
        ]
    )
    assert {row["id"] for row in labs(found).values()} == {"UMR 9991", "UMR 9992"}
    assert set(found.nodes["Institution"]["id"]) == {CNRS}
    assert told(found, "no unit of the CNRS") == ["202023514C", "202023515D"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"relationType": "établissement participant"}, "the CNRS takes part, it does not supervise"),
        ({"endDate": "2015-12-31T00:00:00"}, "the CNRS no longer supervises it"),
        ({"endDate": "Date"}, "what the CNRS is to it is not known"),
        ({"relationType": "partenaire"}, "what the CNRS is to it is not known"),
    ],
)
def test_a_structure_the_cnrs_does_not_supervise_now_is_left_out_by_name(read, changes, rule):
    found = read([unit(), unit("202023513B", ("UMR 9998",), institutions=[tie(**changes)])])
    assert set(labs(found)) == {"202023512A"}
    assert told(found, rule) == ["202023513B"]


@pytest.mark.parametrize("changes", [{"relationType": "primary"}, {"endDate": "2027-12-31T00:00:00"}])
def test_a_supervision_that_has_not_ended_yet_counts(read, changes):
    assert supervisors(read([unit(institutions=[tie(**changes), tie("1", "X", endDate="2000-01-01")])])) == {CNRS}


def test_a_closed_unit_is_one_if_the_cnrs_supervised_it_to_the_end(read):
    closed = {"status": "old", "endDate": "2016-12-31T00:00:00"}
    to_the_end = [tie(endDate="2016-12-31T00:00:00"), tie("1", "Institut", endDate="2014-12-31T00:00:00")]
    left = [tie(endDate="2014-12-31T00:00:00")]
    found = read(
        [
            unit(**closed, institutions=to_the_end),
            unit("202023513B", ("UMR 9998",), **closed, institutions=left),
        ]
    )
    assert {number: lab["year_closed"] for number, lab in labs(found).items()} == {"202023512A": 2016}
    assert supervisors(found) == {CNRS}
    assert told(found, "the CNRS no longer supervises it") == ["202023513B"]


def test_an_active_unit_is_not_closed_by_a_planned_end(read):
    assert labs(read([unit(endDate="2027-12-31T00:00:00")]))["202023512A"]["year_closed"] is None


@pytest.mark.parametrize("level", ["1", "Équipe interne"])
def test_a_team_within_a_unit_is_left_out_with_its_projects(read, level):
    team = unit("202023513B", ("UMR 9998",), level=level)
    found = read([unit(), team], [project(participant(), participant("202023513B"))])
    assert set(labs(found)) == {"202023512A"}
    assert told(found, "team within a unit") == ["202023513B", "HORIZON:101069686/202023513B"]


def test_a_unit_without_a_code_of_the_cnrs_is_known_by_its_number(read):
    assert labs(read([unit(codes=())]))["202023512A"]["id"] == "rnsr:202023512A"


def test_a_project_of_an_earlier_structure_is_one_of_the_unit(read):
    before = unit("199812345C", creationYear="1998", status="old", endDate="2019-12-31", institutions=[tie()])
    found = read([before, unit()], [project(participant("199812345C"))])
    assert set(labs(found)) == {"202023512A"}
    assert labs(found)["202023512A"]["year_closed"] is None
    assert told(found, "earlier structure of one unit") == ["199812345C"]
    assert rows(found.relationships[PARTICIPATES], "start", "source_id") == {("UMR 9999", "199812345C")}


def test_a_structure_in_two_registers_is_one(read):
    other = unit("202023512A", id="paYs1")
    found = read([other, unit()])
    assert labs(found)["202023512A"]["record"] == "202023512A"
    assert told(found, "the same structure again") == ["paYs1"]


def test_a_body_without_a_french_number_is_french_if_its_record_says_so(read):
    bodies = [tie("paYs1", None), tie("paYs2", "Université de Genève"), tie()]
    found = read(
        [
            unit(institutions=bodies),
            {"id": "paYs1", "label": {"fr": "École de Lyon"}, "isFrench": True},
            {"id": "paYs2", "label": {"fr": "Université de Genève"}, "isFrench": False},
        ]
    )
    assert supervisors(found) == {CNRS, "name:fr:ecole-de-lyon", "name:zz:universite-de-geneve"}
    countries = dict(found.nodes["Institution"].select("id", "country").iter_rows())
    assert (countries["name:fr:ecole-de-lyon"], countries["name:zz:universite-de-geneve"]) == ("FR", None)


def test_a_body_without_a_name_is_told_and_left_out(read):
    found = read([unit(institutions=[tie(), tie("paYs1", None)])])
    assert supervisors(found) == {CNRS}
    assert told(found, "a body without a name") == ["paYs1"]


def test_a_number_is_an_identity_only_of_one_body(read):
    def body(number: str, ror: str) -> Record:
        return {"id": number, "label": {"fr": number}, "externalIds": [{"type": "ror", "id": ror}]}

    ties = [tie(), tie("130000001", "Université A"), tie("130000002", "Université B"), tie("130000002", "Université C")]
    found = read(
        [
            unit(institutions=ties),
            body("180089013", "https://ror.org/02feahw73"),
            body("130000001", "051escj72"),
            body("130000002", "00pg6eq24"),
        ]
    )
    assert rows(found.identities, "left", "right") == {
        (CNRS, "siren:180089013"),
        (CNRS, "ror:02feahw73"),
        ("name:fr:universite-a", "siren:130000001"),
        ("name:fr:universite-a", "ror:051escj72"),
    }
    assert told(found, "one SIREN on several supervising bodies") == ["130000002"] * 2
    assert told(found, "one ROR on several supervising bodies") == ["00pg6eq24"] * 2


@pytest.mark.parametrize(
    ("role", "as_", "expected"),
    [
        ("coordinator", "beneficiary", "coordinator"),
        ("Coordinateur", None, "coordinator"),
        ("partner", "beneficiary", "participant"),
        ("partner", "thirdparty", "thirdParty"),
        ("partner", "associated partner", "associatedPartner"),
        ("participant", None, "participant"),
        ("pi", "thirdparty", "thirdParty"),
        ("partner", None, None),
        ("pi", "beneficiary", None),
        (None, "beneficiary", None),
        (None, None, None),
    ],
)
def test_a_role_is_mapped_and_never_guessed(read, role, as_, expected):
    found = read(projects=[project(participant(role=role, participates_as=as_), participant("180089013"))])
    assert parts(found) == {("UMR 9999", "grant:HORIZON:101069686", expected)}


def test_roles_nobody_knows_are_told(read):
    found = read(projects=[project(participant(role="co-pi", participates_as="observer"))])
    assert told(found, "a role that has no equal in the graph") == ["co-pi"]
    assert told(found, "a way of taking part nobody knows") == ["observer"]


def test_of_a_units_lines_in_a_project_the_coordinators_stands(read):
    found = read(projects=[project(participant(), participant(role="coordinator"), participant())])
    assert parts(found) == {("UMR 9999", "grant:HORIZON:101069686", "coordinator")}
    assert told(found, "the same unit again in the project") == ["HORIZON:101069686/202023512A"] * 2


def test_the_funding_beside_a_lab_is_not_taken_for_its_own(read):
    found = read(projects=[project(participant(funding=250000.5))])
    assert "contribution_eur" not in found.relationships[PARTICIPATES].columns
    assert told(found, "funding of the whole body, not of its lab") == ["250000.5"]


@pytest.mark.parametrize(
    ("type_", "framework"),
    [("Horizon Europe", "HORIZON"), ("Horizon 2020", "H2020"), ("H2020", "H2020"), ("FP7", "FP7"), ("7e PCRDT", "FP7")],
)
def test_a_framework_programme_is_known_under_each_of_its_names(read, type_, framework):
    found = read(projects=[project(participant(), type=type_, id=601234)])
    assert set(found.relationships[PARTICIPATES]["end"]) == {f"grant:{framework}:601234"}


def test_projects_that_cannot_be_used_are_one_row_each(read):
    found = read(
        projects=[
            project(participant()),
            project(participant(), participant("180089013")),
            project(participant(), id="HE-1"),
            project(participant(), id="7", type=None),
            project(participant(), participant(), id="ANR-1", type="ANR"),
            project(id="8", participants="none"),
        ]
    )
    assert found.tables["projects"] == 6
    assert told(found, "the same project again") == ["HORIZON:101069686"]
    assert told(found, "project of another funder") == ["ANR-1 (ANR)"]
    assert told(found, "European project without participants") == ["HORIZON:8"]
    assert found.audit.filter(outcome="rejected").select("line", "reason").rows() == [
        (4, "no type of project"),
        (3, "no number of a grant agreement"),
    ]


def test_a_line_that_is_no_record_is_rejected_and_the_others_are_read(read):
    damaged = lines([unit()]) + b'{"id": "x", oops}\n[1]\n' + lines([{"label": "y"}, unit("202023513B", ("UMR 9998",))])
    found = read(damaged)
    assert set(labs(found)) == {"202023512A", "202023513B"}
    assert found.audit.filter(outcome="rejected").select("line", "reason").rows() == [
        (2, "no JSON record"),
        (3, "no JSON record"),
        (4, "no identifier"),
    ]


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("organizations", "institutions", "institution"),
        ("organizations", "externalIds", "externalIdentifiers"),
        ("organizations", "institutions.relationType", "institutions.relation_type"),
        ("organizations", "institutions.endDate", "institutions.toDate"),
        ("projects", "participants", "participations"),
        ("projects", "participants.structure", "participants.structures"),
    ],
)
def test_a_renamed_field_is_named_with_its_likely_new_name(read, key, old, new):
    within, _, field = old.rpartition(".")
    word = new.rpartition(".")[2]
    content = {"organizations": [unit()], "projects": [project(participant())]}
    for record in content[key]:
        for each in record[within] if within else [record]:
            each[word] = each.pop(field)
    with pytest.raises(
        SourceError, match=rf"^No record of {key}.jsonl .* '{old}'. It may be called '{new}' now"
    ) as error:
        read(**content)
    assert error.value.next_action.endswith("source.toml.")


def test_fields_nobody_knows_are_told_and_known_ones_are_not(read):
    found = read(
        [unit(orcid="x", badges=[], institutions=[tie(startDate="2020-01-01", share=50)])],
        [project(participant(label={"default": "x"}, team="y"), year=2020)],
    )
    assert found.new_columns == ["institutions.share", "orcid", "participants.team"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"[]", "has no records"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"id;type\n1;ANR\n", "is no JSON: it begins with 'id;type"),
        (lines(["x"])[:-2] + b"\n", "is no JSON"),
        (lines([unit(), unit("202023513B")])[:-40], "is cut short: its last line, 2,"),
        (json.dumps([unit(), unit("202023513B")]).encode()[:-40], "cannot be read as JSON"),
        (lines([unit(institutions=[tie("775684897", "Institut Pasteur")])]), "has no unit of the CNRS"),
    ],
)
def test_a_file_that_is_no_dump_of_organizations_is_refused(read, tmp_path, content, said):
    with pytest.raises(SourceError, match=said) as error:
        read(content)
    assert str(tmp_path) not in error.value.what
    assert error.value.next_action.endswith(".")


@pytest.mark.parametrize(
    ("projects", "said"),
    [
        ([project(participant(), type="ANR")], "no project of FP7, Horizon 2020 or Horizon Europe; its types are ANR"),
        ([project(participant("180089013"))], "names no lab in a European project"),
    ],
)
def test_a_file_that_is_no_dump_of_projects_is_refused(read, projects, said):
    with pytest.raises(SourceError, match=said):
        read(projects=projects)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(lines([unit()] * 50))[:-30], "damaged or cut short"),
        (b"<html>not packed</html>", "damaged or cut short"),
        (gzip.compress(b""), "is empty"),
    ],
    ids=["cut short", "not packed", "empty"],
)
def test_a_packed_file_that_is_damaged_is_refused(tmp_path: Path, content, said):
    (tmp_path / "organizations.jsonl.gz").write_bytes(content)
    with pytest.raises(SourceError, match=said):
        over(tmp_path, "jsonl.gz")
