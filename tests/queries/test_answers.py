"""Every question on the real built graph: it runs, keeps its columns, and its figures are a straight count."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.i18n import LANGUAGES, t
from graph.queries import Question, ask, cells, question, questions, resolved
from graph.queries.legend import examples
from graph.store import Rows, Store

DATA = Path(__file__).parents[2] / "data"
CNRS = "999997930"
EVERY = [pytest.param(one, id=one.id) for one in questions()]


def table(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def horizon() -> dict[str, set[str]]:
    """Project -> PICs, straight from the file of participations."""
    members: dict[str, set[str]] = defaultdict(set)
    for row in table("bundled/cordis_horizon_participations.csv"):
        members[row["rcn"]].add(row["pic"])
    return {project: pics for project, pics in members.items() if CNRS in pics}


@pytest.fixture(scope="module")
def seats() -> dict[str, str]:
    """PIC -> ISO country of its seat, straight from the file of organisations."""
    codes = {"UK": "GB", "EL": "GR"}
    rows = table("bundled/cordis_horizon_organisations.csv")
    return {row["pic"]: codes.get(row["country"], row["country"]) for row in rows}


def column(rows: Rows, name: str) -> list[object]:
    index = rows.columns.index(name)
    return [row[index] for row in rows.rows]


@pytest.mark.parametrize("one", EVERY)
def test_a_question_returns_rows_in_the_columns_of_its_header(bundled_store: Store, one: Question) -> None:
    rows = ask(bundled_store, one.id)
    assert rows.columns == tuple(returned.name for returned in one.columns)
    assert rows.rows or one.needs, "the defaults of a question show a real answer"
    answer = cells.typed_frame(one, rows)
    for language in LANGUAGES:
        assert cells.written(one, answer, language, {"JP": "Japon"}).height == answer.height
        assert cells.shown(one, language)


@pytest.mark.parametrize("one", EVERY)
def test_a_question_without_optional_restrictions_still_answers(bundled_store: Store, one: Question) -> None:
    open_ = {parameter.name: None for parameter in one.parameters if not parameter.required}
    assert ask(bundled_store, one.id, **open_).rows or one.needs


@pytest.mark.parametrize(
    "one", [param for param in EVERY if any(p.type == "country" for p in question(param.id).parameters)]
)
def test_a_country_with_nothing_is_an_empty_answer_with_its_columns(bundled_store: Store, one: Question) -> None:
    rows = ask(bundled_store, one.id, country="NU")
    assert rows.columns == tuple(returned.name for returned in one.columns)
    assert cells.typed_frame(one, rows).is_empty()


@pytest.mark.parametrize("one", [pytest.param(one, id=one.id) for one in examples()])
def test_an_example_statement_passes_the_console(bundled_store: Store, one: object) -> None:
    assert bundled_store.console(one.cypher).rows  # type: ignore[attr-defined]


@pytest.mark.parametrize("one", EVERY)
def test_a_question_can_be_taken_to_the_console_with_its_values(bundled_store: Store, one: Question) -> None:
    literal = cells.with_values(one.cypher, resolved(bundled_store, one, {}))
    assert "$" not in literal
    assert bundled_store.console(literal).columns == tuple(returned.name for returned in one.columns)


def test_the_first_partners_in_horizon_europe_are_a_straight_count(
    bundled_store: Store, horizon: dict[str, set[str]]
) -> None:
    counted = Counter(pic for pics in horizon.values() for pic in pics if pic != CNRS)
    first = [count for _, count in counted.most_common(3)]
    rows = ask(bundled_store, "partners_in_programme", programme="HORIZON")
    assert first == [103, 99, 95]
    assert column(rows, "joint_projects")[:3] == first
    assert column(rows, "country_id")[:3] == ["ES", "FR", "IT"]
    assert column(rows, "joint_projects") == sorted(counted.values(), reverse=True)[:100]


def test_every_country_of_horizon_europe_is_a_straight_count(
    bundled_store: Store, horizon: dict[str, set[str]], seats: dict[str, str]
) -> None:
    counted: Counter[str] = Counter()
    for pics in horizon.values():
        counted.update({seats[pic] for pic in pics if pic != CNRS and seats.get(pic)})
    rows = ask(bundled_store, "countries_by_joint_projects", programme="HORIZON")
    answer = dict(zip(column(rows, "country_id"), column(rows, "joint_projects"), strict=True))
    assert answer["DE"] == 515
    assert answer == counted


def test_statuses_stand_with_their_part_and_period_beside_a_straight_count_of_joint_projects(
    bundled_store: Store, horizon: dict[str, set[str]], seats: dict[str, str]
) -> None:
    curated = [row for row in table("curated/associations.csv") if row["programme"] == "HORIZON"]
    counted = Counter(country for pics in horizon.values() for country in {seats.get(pic) for pic in pics - {CNRS}})
    rows = ask(bundled_store, "programme_status", programme="HORIZON").dicts()
    assert [row["country_id"] for row in rows] == sorted(row["country"] for row in curated)
    assert {row["country_id"]: row["joint_projects"] for row in rows} == {
        row["country"]: counted[row["country"]] for row in curated
    }
    swiss = ask(bundled_store, "programme_status", programme="H2020", country="CH").dicts()
    assert [(str(row["start_date"]), row["scope"], row["scope_en"]) for row in swiss] == [
        ("2014-09-15", "H2020-EU.1", "Excellent science"),
        ("2014-09-15", "H2020-EU.4", "Spreading excellence and widening participation"),
        ("2014-09-15", "H2020-Euratom", "Euratom (Horizon 2020)"),
        ("2017-01-01", None, None),
    ]


def test_the_partners_of_japan_are_a_straight_count(
    bundled_store: Store, horizon: dict[str, set[str]], seats: dict[str, str]
) -> None:
    counted = Counter(pic for pics in horizon.values() for pic in pics if seats.get(pic) == "JP")
    rows = ask(bundled_store, "partners_of_country", country="JP", programme="HORIZON")
    assert sorted(column(rows, "joint_projects")) == sorted(counted.values())


def test_the_agreements_with_japan_are_the_rows_of_the_curated_table(bundled_store: Store) -> None:
    curated = {row["id"]: row for row in table("curated/instruments.csv") if "JP" in row["countries"].split(";")}
    rows = ask(bundled_store, "agreements_with_country", country="JP").dicts()
    assert {row["agreement_id"] for row in rows} == set(curated)
    for row in rows:
        source = curated[str(row["agreement_id"])]
        assert row["start_year"] == (int(source["start_year"]) if source["start_year"] else None)
        assert row["end_year"] == (int(source["end_year"]) if source["end_year"] else None)


def test_unknown_roles_and_amounts_of_fp7_are_unknown_and_not_zero(bundled_store: Store) -> None:
    funding = {row["framework"]: row for row in ask(bundled_store, "funding_with_country", country="DE").dicts()}
    assert funding["FP7"]["joint_projects"] > 0
    assert funding["FP7"]["country_gross_eur"] is None
    assert funding["HORIZON"]["country_net_eur"] is not None
    programmes = {row["programme_id"]: row for row in ask(bundled_store, "programmes_by_projects").dicts()}
    assert programmes["HORIZON"]["projects"] == 1222
    assert programmes["HORIZON"]["coordinated"] > 0
    assert all(row["coordinated"] is None for row in programmes.values() if row["family"] == "FP7")


@pytest.mark.parametrize("country", ["DE", "JP", "CH"])
def test_gross_funding_with_a_country_is_a_straight_sum_of_what_is_published(
    bundled_store: Store, horizon: dict[str, set[str]], seats: dict[str, str], country: str
) -> None:
    published = [
        float(row["ec_contribution"])
        for row in table("bundled/cordis_horizon_participations.csv")
        if row["rcn"] in horizon and seats.get(row["pic"]) == country and row["ec_contribution"]
    ]
    rows = ask(bundled_store, "funding_with_country", country=country).dicts()
    gross = next(row for row in rows if row["framework"] == "HORIZON")["country_gross_eur"]
    assert gross == (pytest.approx(sum(published)) if published else None)


def test_the_fp7_contracts_stand_beside_the_projects_counted(bundled_store: Store) -> None:
    counted = {row["rcn"] for row in table("bundled/cordis_fp7_participations.csv")}
    rows = ask(bundled_store, "published_and_counted").dicts()
    contracts = next(row for row in rows if row["explanation"] == "fp7_contracts")
    assert contracts["published"] == "1250"
    assert contracts["counted"] == len(counted) == 1623
    for language in LANGUAGES:
        assert t("sources.explain_fp7_contracts", language)
    assert all(row["counted"] is None for row in rows if row["explanation"] is None)


def test_dormant_and_missing_agreements_are_opposites(bundled_store: Store) -> None:
    dormant = set(column(ask(bundled_store, "dormant_agreements"), "institution_id"))
    lacking = set(column(ask(bundled_store, "partners_without_agreement"), "institution_id"))
    assert dormant
    assert lacking
    assert not dormant & lacking


def test_a_path_comes_as_nodes_and_relationships(bundled_store: Store) -> None:
    rows = ask(bundled_store, "path_between")
    assert rows.nodes()
    assert rows.relationships()
    assert question("path_between").columns[-1].type == "graph"
