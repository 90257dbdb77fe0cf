"""One measure in slices of time: each slice is the network of its years, and the first of either end are followed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.errors import BadRequest
from graph.i18n import LANGUAGES
from graph.network import ANALYSES, Incidence, Scope, empty_incidence, measure_table, project
from graph.network.slices import MEASURES, slices
from tests.network.networks import incidence

SLICES = ANALYSES["slices"]
SMALL = incidence(
    {"P1": ["A", "B", "C"], "P2": ["A", "B"], "P3": ["C", "D"], "P4": ["C", "D", "E"], "P5": ["A", "E"]},
    years={"P1": (2014, 2015), "P2": (2015, 2016), "P3": (2016, 2018), "P4": (2017, 2019), "P5": (2019, 2019)},
)


def places(answer, *columns):
    return {(row[0].partition(":")[2], row[1]): row[2:] for row in answer.table.select("key", "begin", *columns).rows()}


def test_a_small_case_gives_what_was_counted_by_hand():
    """2014–2015: P1, P2; 2016–2017: P2, P3, P4; 2018–2019: P3, P4, P5."""
    found = slices(SMALL, Scope(), width=2, top=1)
    assert found.table["key"].unique(maintain_order=True).to_list() == ["Institution:C", "Institution:A"]
    assert places(found, "value", "rank", "actors") == {
        ("C", 2014): (2, 3, 3),
        ("C", 2016): (3, 1, 5),
        ("C", 2018): (3, 1, 4),
        ("A", 2014): (3, 1, 3),
        ("A", 2016): (1, 4, 5),
        ("A", 2018): (1, 4, 4),
    }
    assert found.figures == {"slices": 3, "followed": 2}


def test_who_is_not_in_a_slice_has_no_value_there():
    found = slices(SMALL, Scope(), width=2, top=5)
    assert places(found, "value", "rank", "actors")["D", 2014] == (None, None, 3)
    assert places(found, "value", "rank")["B", 2018] == (None, None)


@pytest.mark.parametrize("measure", MEASURES)
def test_each_slice_is_the_network_of_its_years(bundled_incidence: Incidence, measure: str) -> None:
    scope = Scope.parse("ties=projects;programmes=HORIZON,H2020;cnrs=0;weighting=newman")
    found = slices(bundled_incidence, scope, measure=measure, years=(2016, 2024), width=3, top=3).table
    assert found["begin"].unique().sort().to_list() == [2016, 2019, 2022]
    for begin, end in ((2016, 2018), (2019, 2021), (2022, 2024)):
        whole = measure_table(project(bundled_incidence, replace(scope, years=(begin, end))), [measure])
        told = found.filter(begin=begin).drop_nulls("rank")
        assert told["actors"].unique().to_list() == [whole.height]
        own = whole.filter(id=told["key"][0].partition(":")[2]).row(0, named=True)
        assert (told["rank"][0], told["value"][0]) == (own["rank"], pytest.approx(own[measure]))
    first = found.filter(begin=2022)
    assert first["rank"][0] == 1, "the first of the latest slice comes first"


def test_a_slice_that_is_shorter_or_not_all_known_is_marked_and_said():
    found = slices(SMALL, Scope(), width=4, top=1)
    assert places(found, "end", "complete")["C", 2018] == (2019, False)
    ((_, said),) = [note for note in found.notes if note[0] == "change.slices_incomplete"]
    assert said["spans"].endswith("2018–2019")


def test_the_scopes_years_bound_the_slices():
    found = slices(SMALL, Scope(years=(2016, 2017)), width=1)
    assert found.table["begin"].unique().sort().to_list() == [2016, 2017]


@pytest.mark.parametrize("graph", [empty_incidence(), incidence({"P1": ["A", "B"]})], ids=["empty", "undated"])
def test_without_a_known_year_there_is_no_slice_and_a_note_says_so(graph: Incidence) -> None:
    found = slices(graph, Scope())
    assert found.table.is_empty()
    assert found.table.columns == [column.name for column in SLICES.columns]
    assert [note[0] for note in found.notes] == ["change.slices_none"]
    assert found.table.schema == slices(SMALL, Scope()).table.schema
    for language in LANGUAGES:
        assert found.note_texts(language)


def test_years_without_a_beginning_are_named_and_joint_works_alone_are_refused():
    found = slices(SMALL, Scope(), years=(1990, 1995))
    assert found.table.is_empty()
    assert found.notes == (("change.slices_outside", {"years": "1990–1995"}),)
    with pytest.raises(BadRequest):
        slices(SMALL, Scope.parse("ties=copublications"))


def test_what_a_slice_leaves_out_is_said_once():
    works = incidence(
        {"P1": ["CNRS", "A"], "P2": ["CNRS", "B"]},
        years={"P1": (2015, 2017), "P2": (2018, 2020)},
        works=[("L1", "A", 2015, 2020, 4, 2.0)],
    )
    keys = [key for key, _ in slices(works, Scope(), width=2).notes]
    assert len(keys) == len(set(keys))
    assert {key for key in keys if key.startswith("network.works")}
