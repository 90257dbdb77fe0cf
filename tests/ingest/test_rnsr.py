"""The portal's export of the register of research structures: units the CNRS supervises, and who else does."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph.errors import SourceError
from graph.settings import Settings
from graph.store import open_store, stop_store
from ingest.build import build
from ingest.catalogue import source
from ingest.reading import Reading, SourceFiles
from ingest.selection import Selection, chosen
from ingest.snapshot import adopt
from ingest.sources.rnsr.read import read_published
from tests.ingest.publishers import rnsr as portal

CSV = portal.FIXTURES / f"{portal.DATASET}.csv"
JSON = portal.FIXTURES / f"{portal.DATASET}.json"
CNRS = "name:fr:centre-national-de-la-recherche-scientifique"
CNRS_NAME = "Centre national de la recherche scientifique"
INRAE = "Institut national de recherche pour l'agriculture, l'alimentation et l'environnement"

Row = dict[str, Any]


def over(path: Path) -> Reading:
    return read_published(SourceFiles(source("rnsr").at(dt.date(2026, 11, 25), "x", lambda key: path)))


def labs(reading: Reading) -> dict[str, Row]:
    return {row["rnsr"]: row for row in reading.nodes["Lab"].iter_rows(named=True)}


def supervisors(reading: Reading, lab: str) -> set[str]:
    ties = reading.relationships["SUPERVISED_BY", "Lab", "Institution"]
    return set(ties.filter(pl.col("start") == lab)["end"])


def told(reading: Reading, rule: str) -> list[str]:
    return reading.audit.filter(pl.col("reason") == rule)["value"].to_list()


def unit(**changes: Any) -> Row:
    """A unit of the CNRS and INRAE, as the json export has it."""
    row = dict.fromkeys(json.loads(JSON.read_text(encoding="utf-8"))[0])
    return row | {
        "numero_national_de_structure": "202023512A",
        "libelle": "UNITÉ",
        "annee_de_creation": "2020",
        "code_de_niveau_de_structure": "2",
        "code_postal": "31062",
        "commune": "TOULOUSE CEDEX 09",
        "label_numero": ["UMR 9999"],
        "tutelles": [CNRS_NAME, INRAE],
        "sigles_des_tutelles": ["CNRS", "INRAE"],
        "code_de_nature_de_tutelle": ["EPST", "EPST"],
        "code_de_type_de_tutelle": ["TUTE", "TUTE"],
        **changes,
    }


def as_json(folder: Path, *rows: Row) -> Path:
    path = folder / f"{portal.DATASET}.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return path


def as_csv(folder: Path, separator: str, *rows: Row) -> Path:
    path = folder / f"{portal.DATASET}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: separator.join(v) if isinstance(v, list) else v for k, v in row.items()})
    return path


def test_units_are_the_structures_the_cnrs_supervises():
    reading = over(CSV)
    assert {row["id"] for row in labs(reading).values()} == {"UPR 841", "UPS 44", "UMR 5004", "UPR 288"}
    assert reading.ignored_rules()["no unit of the CNRS"] == 26
    lab = labs(reading)["195817959H"]
    assert (lab["acronym"], lab["city"], lab["country"], lab["year_created"]) == ("BPMP", "Montpellier", "FR", 1999)


def test_the_csv_and_the_json_export_say_the_same():
    from_csv, from_json = over(CSV), over(JSON)
    assert from_csv.nodes["Lab"].equals(from_json.nodes["Lab"])
    assert from_csv.nodes["Institution"].equals(from_json.nodes["Institution"])
    assert from_csv.identities.equals(from_json.identities)


def test_every_supervising_body_is_told_by_name():
    reading = over(CSV)
    assert supervisors(reading, "UMR 5004") == {
        CNRS,
        "name:fr:centre-international-d-etudes-superieures-en-sciences-agronomiques",
        "name:fr:universite-de-montpellier",
        "name:fr:institut-national-de-la-recherche-agronomique",
    }
    assert supervisors(reading, "UPR 841") == {CNRS}


def test_the_acronym_of_the_cnrs_on_another_body_is_told_and_not_used():
    """The register has it on the university of Montpellier."""
    reading = over(CSV)
    acronyms = dict(reading.nodes["Institution"].select("id", "acronym").iter_rows())
    assert (acronyms["name:fr:universite-de-montpellier"], acronyms[CNRS]) == (None, "CNRS")
    assert told(reading, "the acronym CNRS on another body") == ["CNRS"]


def test_no_name_of_a_person_is_read(tmp_path: Path):
    reading = over(as_json(tmp_path, unit(nom_du_responsable=["DUPONT"], prenom_du_responsable=["Camille"])))
    frames = [*reading.nodes.values(), *reading.relationships.values(), reading.identities, reading.audit]
    assert not any("DUPONT" in frame.write_csv() or "Camille" in frame.write_csv() for frame in frames)


@pytest.mark.parametrize("separator", ["|", ";", ","])
def test_a_comma_in_a_name_does_not_part_it(tmp_path: Path, separator: str):
    reading = over(as_csv(tmp_path, separator, unit()))
    assert set(reading.nodes["Institution"]["name"]) == {CNRS_NAME, INRAE}


def test_bodies_that_cannot_be_told_apart_leave_the_cnrs_where_all_supervise(tmp_path: Path):
    broken = unit(tutelles=[CNRS_NAME, "Institut A", "B"])
    reading = over(as_json(tmp_path, broken))
    assert supervisors(reading, "UMR 9999") == {CNRS}
    assert told(reading, "supervising bodies that cannot be told apart") == [f"{CNRS_NAME}|Institut A|B"]


def test_bodies_whose_roles_do_not_match_reject_the_structure(tmp_path: Path):
    broken = unit(
        numero_national_de_structure="202023513B", tutelles=[CNRS_NAME], code_de_type_de_tutelle=["TUTE", "PART"]
    )
    reading = over(as_json(tmp_path, unit(), broken))
    assert set(labs(reading)) == {"202023512A"}
    assert reading.audit.filter(pl.col("outcome") == "rejected").select("line", "reason").rows() == [
        (2, "bodies and their roles do not match")
    ]


def test_a_structure_the_cnrs_only_takes_part_in_is_no_unit(tmp_path: Path):
    other = unit(numero_national_de_structure="202023513B", code_de_type_de_tutelle=["PART", "TUTE"])
    reading = over(as_json(tmp_path, unit(), other))
    assert set(labs(reading)) == {"202023512A"}
    assert told(reading, "the CNRS takes part, it does not supervise") == ["202023513B"]


def test_a_body_that_only_takes_part_does_not_supervise(tmp_path: Path):
    reading = over(as_json(tmp_path, unit(code_de_type_de_tutelle=["TUTE", "PART"])))
    assert supervisors(reading, "UMR 9999") == {CNRS}
    assert told(reading, "takes part in a unit, does not supervise it") == [INRAE]


def test_a_team_within_a_unit_is_left_out_by_name(tmp_path: Path):
    team = unit(numero_national_de_structure="202023513B", code_de_niveau_de_structure="1")
    assert told(over(as_json(tmp_path, unit(), team)), "team within a unit") == ["202023513B"]


def test_a_unit_without_a_code_of_the_cnrs_is_known_by_its_number(tmp_path: Path):
    reading = over(as_json(tmp_path, unit(label_numero=["UMR 1416"])))
    assert labs(reading)["202023512A"]["id"] == "rnsr:202023512A"
    assert told(reading, "unit codes that do not tell which unit it is") == ["UMR 1416"]


def test_a_unit_without_a_code_has_the_label_the_dictionary_has_for_its_number(tmp_path: Path):
    reading = over(as_json(tmp_path, unit(numero_national_de_structure="193719314X", label_numero=None)))
    assert labs(reading)["193719314X"]["id"] == "UPR 841"


def test_of_two_structures_of_one_unit_the_later_stands(tmp_path: Path):
    before = unit(numero_national_de_structure="199812345C", annee_de_creation="1998")
    reading = over(as_json(tmp_path, before, unit()))
    assert set(labs(reading)) == {"202023512A"}
    assert told(reading, "earlier structure of one unit") == ["199812345C"]


def test_the_post_of_a_unit_abroad_does_not_make_it_french(tmp_path: Path):
    moscow = unit(label_numero=["UAR 3060"], code_postal="92320", commune="Châtillon")
    lab = labs(over(as_json(tmp_path, moscow)))["202023512A"]
    assert (lab["country"], lab["city"]) == (None, None)


def test_a_foreign_body_is_not_said_to_be_french(tmp_path: Path):
    reading = over(
        as_json(
            tmp_path, unit(tutelles=[CNRS_NAME, "Université de Genève"], code_de_nature_de_tutelle=["EPST", "UNIV_ETR"])
        )
    )
    body = reading.nodes["Institution"].row(by_predicate=pl.col("name") == "Université de Genève", named=True)
    assert (body["id"], body["country"], body["type"]) == ("name:zz:universite-de-geneve", None, "HES")


def test_a_nature_nobody_knows_is_told_and_not_guessed(tmp_path: Path):
    reading = over(as_json(tmp_path, unit(code_de_nature_de_tutelle=["EPST", "NOUVEAU"])))
    assert told(reading, "nature of a supervising body nobody knows") == ["NOUVEAU"]


def test_a_siret_is_an_identity_only_where_it_is_known_whose_it_is(tmp_path: Path):
    """The portal leaves a body without a SIRET out of the list: a shorter list tells nothing."""
    whole = unit(siret_des_tutelles=["18008901303720", "18007003901803"])
    assert over(as_json(tmp_path, whole)).identities.height == 2
    short = unit(siret_des_tutelles=["18007003901803"])
    assert over(as_json(tmp_path, short)).identities.height == 0


def test_one_siret_on_several_bodies_is_told_and_not_used(tmp_path: Path):
    reading = over(as_json(tmp_path, unit(siret_des_tutelles=["18008901303720", "18008901303720"])))
    assert reading.identities.height == 0
    assert told(reading, "one SIRET on several supervising bodies") == ["18008901303720"] * 2


def test_a_year_that_is_none_is_told_and_left_unknown(tmp_path: Path):
    reading = over(as_json(tmp_path, unit(annee_de_creation="20")))
    assert labs(reading)["202023512A"]["year_created"] is None
    assert told(reading, "annee_de_creation is not a year") == ["20"]


def test_a_column_nobody_knows_is_told(tmp_path: Path):
    assert over(as_json(tmp_path, unit(orcid_du_responsable=None))).new_columns == ["orcid_du_responsable"]


def test_a_page_of_answers_is_not_taken_for_the_export(tmp_path: Path):
    path = tmp_path / "records.json"
    path.write_text(json.dumps([{"total_count": 1, "results": []}]), encoding="utf-8")
    with pytest.raises(SourceError, match="lacks the column"):
        over(path)


def test_a_file_without_a_unit_of_the_cnrs_is_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="no unit of the CNRS"):
        over(as_json(tmp_path, unit(tutelles=["Institut Pasteur", INRAE])))


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_json_export_cut_in_the_middle_is_refused(tmp_path: Path, share: float):
    whole = JSON.read_bytes().rstrip()
    path = tmp_path / "cut.json"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(SourceError, match=r"cut\.json cannot be read as JSON") as error:
        over(path)
    assert error.value.next_action == "Fetch it again."


def test_a_json_export_that_lacks_only_its_last_sign_is_refused(tmp_path: Path):
    path = tmp_path / "cut.json"
    path.write_bytes(JSON.read_bytes().rstrip().removesuffix(b"]"))
    with pytest.raises(SourceError, match="cannot be read as JSON"):
        over(path)


def test_of_a_json_export_cut_in_the_middle_nothing_is_written(tmp_path: Path):
    body = JSON.read_bytes()
    settings = Settings(data_dir=tmp_path / "data", heap="512m", neo4j_uri=None)
    given = tmp_path / JSON.name
    given.write_bytes(body[: len(body) // 2])
    adopt(source("rnsr"), settings.data_dir, [given])
    try:
        with pytest.raises(SourceError, match="cannot be read as JSON"):
            build(settings, selection=Selection(("rnsr",)))
        assert not (settings.data_dir / "rejects").exists()
        assert chosen(settings.data_dir) is None
        with open_store(settings) as store:
            assert store.build() is None
            assert store.read("MATCH (n:Lab) RETURN count(n)").rows == [(0,)]
    finally:
        stop_store(settings)


def test_a_json_export_cut_behind_a_whole_structure_is_refused(tmp_path: Path):
    path = tmp_path / "cut.json"
    path.write_text(json.dumps([unit()]).removesuffix("]") + ",", encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be read as JSON"):
        over(path)
