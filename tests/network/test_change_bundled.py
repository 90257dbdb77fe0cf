"""Change, formal ties and removal on the bundled graph: figures of the source tables and the named questions."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.network import CNRS, Answer, Incidence, Scope, change, continuity, formal, load_incidence, trend, what_if
from graph.queries import ask
from graph.store import Store

DATA = Path(__file__).parents[2] / "data" / "bundled"
PROJECTS = Scope(ties=frozenset({"projects"}))
ANALYSES = {one.name: one for module in (change, trend, continuity, formal, what_if) for one in module.ANALYSES}


@pytest.fixture(scope="module")
def bundled(bundled_store: Store) -> Incidence:
    return load_incidence(bundled_store)


def table(name: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def by_country() -> tuple[Counter[str], Counter[str]]:
    """FP7 and H2020 projects with an organisation of each country, straight from the files."""
    seat = {row["org_id"]: row["country"] for row in table("cordis_fp7_organisations")}
    fp7 = {(row["rcn"], seat[row["org_id"]]) for row in table("cordis_fp7_participations")}
    h2020 = {(row["rcn"], row["country"]) for row in table("cordis_h2020_participations")}
    return Counter(country for _, country in fp7), Counter(country for _, country in h2020)


def test_projects_with_each_country_in_two_programmes_are_those_of_the_files(bundled: Incidence) -> None:
    """The United States stand at 51 and 79 and rise; Russia at 66 and 25 and fades."""
    answer = ANALYSES["changes"].answer(bundled, Scope(level="country"), {})
    found = {
        c: (b, a, v) for c, b, a, v in answer.table.select("country", "n_before", "n_after", "verdict").iter_rows()
    }
    assert found["US"] == (51, 79, "rising")
    assert found["RU"] == (66, 25, "fading")
    fp7, h2020 = by_country()
    for country in ("DE", "ES", "JP", "CA", "IL", "ZA"):
        assert found[country][:2] == (fp7[country], h2020[country])


def test_starts_with_germany_year_by_year_are_those_of_the_files(bundled: Incidence) -> None:
    answer = ANALYSES["trend"].answer(bundled, Scope.parse("ties=projects;programmes=H2020"), {"country": "DE"})
    started = {row["rcn"]: row["start_date"][:4] for row in table("cordis_h2020_projects")}
    with_germany = {row["rcn"] for row in table("cordis_h2020_participations") if row["country"] == "DE"}
    expected = Counter(started[project] for project in with_germany)
    assert {str(year): n for year, n in answer.table.select("year", "started").iter_rows()} == expected
    assert answer.table.filter(complete=False)["year"].to_list() == [2021]
    all_programmes = ANALYSES["trend"].answer(bundled, PROJECTS, {"country": "DE"})
    assert all_programmes.table.filter(complete=False)["year"].to_list() == [2014, 2021, 2026]


def test_an_agreement_sleeps_where_the_named_question_lists_every_party_abroad(
    bundled: Incidence, bundled_store: Store
) -> None:
    listed = {f"Institution:{row[0]}" for row in ask(bundled_store, "dormant_agreements").rows}
    abroad = set(bundled.actors.filter(label="Institution").filter(country="FR")["actor"]) | {CNRS}
    parties: dict[str, set[str]] = {}
    for event, actor in bundled.members.iter_rows():
        if event.startswith("Agreement:") and actor.startswith("Institution:") and actor not in abroad:
            parties.setdefault(event, set()).add(actor)
    ended = {event for event, _, _, last in bundled.events.iter_rows() if last is not None and last < 2021}
    expected = {event for event, keys in parties.items() if keys <= listed and event not in ended}
    answer = ANALYSES["dormant"].answer(bundled, PROJECTS, {})
    assert set(answer.table["key"]) == expected
    assert len(expected) > 5
    assert answer.table["name"].null_count() == 0


def test_partners_without_agreement_are_those_of_the_named_question_but_for_france(
    bundled: Incidence, bundled_store: Store
) -> None:
    rows = ask(bundled_store, "partners_without_agreement").rows
    expected = [(f"Institution:{row[0]}", row[3]) for row in rows if row[2] != "FR"]
    answer = ANALYSES["undeclared"].answer(bundled, PROJECTS, {})
    assert sorted(answer.table.select("key", "recent").rows()) == sorted(expected)


def test_agreements_that_end_are_those_of_the_named_question(bundled: Incidence, bundled_store: Store) -> None:
    rows = ask(bundled_store, "agreements_ending", year=2028).rows
    answer = ANALYSES["expiry"].answer(bundled, Scope(), {"year": 2024, "ahead": 3})
    expected = {f"Agreement:{row[0]}" for row in rows if row[5] is None or row[5] >= 2024}
    assert set(answer.table["key"]) == expected
    assert answer.figures["ending"] == 1


def test_without_horizon_europe_is_lost_who_is_in_nothing_else(bundled: Incidence, bundled_store: Store) -> None:
    only = bundled_store.frame(
        "MATCH (i:Institution)-[:PARTICIPATES_IN]->(p:Project) WITH i, collect(DISTINCT p.framework) AS frameworks "
        "WHERE size(frameworks) = 1 AND frameworks[0] = 'HORIZON' RETURN count(i) AS n"
    )
    answer = ANALYSES["what_if"].answer(bundled, PROJECTS, {"programme": "HORIZON"})
    assert answer.figures["lost"] == only["n"][0]
    assert answer.figures["constraint_after"] > answer.figures["constraint_before"]


@pytest.mark.parametrize("name", sorted(ANALYSES))
def test_every_answer_has_its_columns_and_texts(bundled: Incidence, name: str) -> None:
    one = ANALYSES[name]
    answer: Answer = one.answer(bundled, Scope(), {"agreement": "Agreement:I001"} if name == "what_if" else {})
    assert answer.table.columns == [column.name for column in one.columns]
    assert answer.table.height
    for language in ("fr", "en"):
        assert all(answer.note_texts(language))
        assert all(one.figure(figure, language) for figure in answer.figures)
        assert all(one.heading(column.name, language) for column in one.columns)
        assert all(one.text(kind, language) for kind in ("question", "method"))
    floats = answer.table.select(column for column in answer.table.columns if answer.table[column].dtype.is_float())
    assert not any(series.is_nan().any() or series.is_infinite().any() for series in floats)
