"""Link prediction against networkx and by hand; suggestions and who introduces; lists held against a later period."""

from __future__ import annotations

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import binomtest

from graph.errors import BadRequest
from graph.i18n import LANGUAGES
from graph.network import CNRS, Answer, Incidence, Scope, back_test, link_prediction, whom_next
from graph.network.bipartite import bipartite
from graph.network.expectation import wilson
from tests.horizon import ARCHIVE
from tests.network.archive import archive
from tests.network.networks import incidence

UNTAPPED, BACK_TEST = whom_next.ANALYSES[0], back_test.ANALYSES[0]
COUNTRIES = {"X": "CA", "Y": "CA", "Z": "CA", "V": "CA"}


def around_us() -> Incidence:
    """Canada's X and Y stand behind our partners A and B, V behind our lab; Z was with us, under H2020 alone."""
    return incidence(
        {
            "P1": ["CNRS", "A"],
            "P2": ["A", "X"],
            "P3": ["CNRS", "B"],
            "P4": ["B", "X"],
            "P5": ["B", "Y"],
            "P6": ["CNRS", "Z", "B"],
        },
        programmes={f"P{i}": "HORIZON" for i in range(1, 6)} | {"P6": "H2020"},
        countries=COUNTRIES,
        works=[("UMR 1", "V", 2019, 2023, 4, None)],
        subjects=[("P1", "/1/2"), ("P2", "/1/2"), ("P5", "/1/3"), ("P4", "/4/5")],
    )


def untapped(graph: Incidence, scope: str = "", **given: object) -> Answer:
    return UNTAPPED.answer(graph, Scope.parse(scope), {"country": "CA"} | given)


def row(answer: Answer, name: str) -> dict[str, object]:
    (found,) = answer.table.filter(name=name).to_dicts()
    return found


def projected(graph: nx.Graph) -> tuple[sparse.csr_array, list[str]]:
    shape = bipartite(incidence({f"P{a}-{b}": (str(a), str(b)) for a, b in graph.edges}), Scope())
    return link_prediction.tied(shape.joint), shape.nodes["name"].to_list()


@pytest.mark.parametrize(
    ("score", "reference"),
    [
        (link_prediction.resource_allocation, nx.resource_allocation_index),
        (link_prediction.adamic_adar, nx.adamic_adar_index),
    ],
)
def test_scores_of_zacharys_club_are_those_of_networkx(score, reference) -> None:
    club = nx.karate_club_graph()
    ties, names = projected(club)
    found = score(ties, ties, ties.sum(axis=1))
    at = {int(name): place for place, name in enumerate(names)}
    pairs = list(reference(club, list(nx.non_edges(club))))
    assert [found[at[a], at[b]] for a, b, _ in pairs] == pytest.approx([value for *_, value in pairs])


def test_what_proportion_gives_leaves_no_gap() -> None:
    """C_xy = C_x·C_y/C throughout: nobody works together less than their size says; one short of it is one short."""
    output = np.array([2.0, 3, 5])
    joint = np.outer(output, output) / 10
    assert link_prediction.affinity_gap(joint, output, output) == pytest.approx(np.zeros((3, 3)))
    joint[0, 2] -= 1
    assert link_prediction.affinity_gap(joint, output, output)[0, 2] == pytest.approx(1)
    assert np.isnan(link_prediction.affinity_gap(joint, output, np.array([2.0, 0, 5]))[:, 1]).all()


def test_ranks_are_fused_as_published_and_what_is_unknown_adds_nothing() -> None:
    nan = np.nan
    scores = {"a": np.array([[9.0, 5, 5, 7]]), "b": np.array([[nan, 2, 1, 8]]), "c": np.array([[1.0, 2, 3, 4]])}
    candidates = np.array([[True, True, True, False]])
    (found,) = link_prediction.fused(scores, candidates, {"a": 1, "b": 2})
    assert found[:3] == pytest.approx([1 / 61, 1 / 62.5 + 2 / 61, 1 / 62.5 + 2 / 62])
    assert np.isnan(found[3])


def test_topics_count_for_those_above_them() -> None:
    """A on /1/2 and B on /1/3 share /1 alone: profiles (1, 1, 0) and (1, 0, 1) have the cosine 1/2."""
    graph = incidence({"P1": ["A"], "P2": ["B"], "P3": ["C"]}, subjects=[("P1", "/1/2"), ("P2", "/1/3")])
    shape = bipartite(graph, Scope())
    profiles, topics = link_prediction.topic_profiles(graph, shape)
    assert topics["topic"].to_list() == ["/1", "/1/2", "/1/3"]
    found = link_prediction.cosine(profiles, profiles)
    assert found[0, :2] == pytest.approx([1, 0.5])
    assert np.isnan(found[2]).all()


def test_untapped_partners_of_a_small_country_by_hand() -> None:
    """X through A (2 partners) and B (4), Y through B, V through the lab (V and the CNRS); Z is with us already."""
    answer = untapped(around_us())
    assert answer.table.columns == [column.name for column in UNTAPPED.columns]
    assert set(answer.table["name"]) == {"X", "Y", "V"}
    assert answer.figures["untapped"] == 3
    assert dict(answer.table.select("name", "resource_allocation").iter_rows()) == pytest.approx(
        {"X": 1 / 2 + 1 / 4, "Y": 1 / 4, "V": 1 / 2}
    )
    x, y, v = (row(answer, name) for name in "XYV")
    assert (x["with_us"], x["events"], x["common"]) == (0, 2, 2)
    assert answer.table["name"][0] == "X"
    # n_us·n_them/k: A 1·1/2, B 2·1/4, so that the name decides; of Y and V there is but one.
    assert [x["introducer"], y["introducer"], v["introducer"]] == ["A", "B", "UMR 1"]
    assert (y["n_us"], y["n_them"], y["works_them"]) == (2, 1, None)
    assert (v["n_us"], v["n_them"], v["works_them"]) == (0, 0, 4)
    # Of 16 ends of ties, 4 are the CNRS's and 2 X's; V has no project to be in proportion to.
    assert x["affinity_gap"] == pytest.approx(4 * 2 / 16)
    assert (v["affinity_gap"], v["topic_cosine"], v["topic"]) == (None, None, None)
    # X is on /1, /1/2, /4, /4/5 and the CNRS on /1, /1/2.
    assert x["topic_cosine"] == pytest.approx(2 / (2 * np.sqrt(2)))
    assert (x["topic"], y["topic"]) == ("/1/2", None)
    assert answer.table["score"].to_list() == sorted(answer.table["score"], reverse=True)
    assert all(answer.note_texts(language) for language in LANGUAGES)


def test_who_knows_both_sides_well_introduces_before_who_met_them_once() -> None:
    """A has met us three times and has three partners, B once and has two: 3·1/3 against 1·1/2."""
    events = {"P1": ["CNRS", "A"], "P2": ["CNRS", "A"], "P3": ["CNRS", "A"], "P4": ["CNRS", "B"]}
    graph = incidence(events | {"P5": ["A", "X"], "P6": ["B", "X"], "P7": ["A", "C"]}, countries=COUNTRIES)
    found = row(untapped(graph), "X")
    assert (found["introducer"], found["n_us"], found["n_them"], found["common"]) == ("A", 3, 1, 2)


def test_a_partner_that_dropped_out_is_untapped_again() -> None:
    assert row(untapped(around_us(), absent_programme="HORIZON"), "Z")["with_us"] == 0
    assert row(untapped(around_us(), fewer_than="2"), "Z")["with_us"] == 1
    dated = incidence(
        {"P1": ["CNRS", "Z"], "P2": ["CNRS", "A"], "P3": ["A", "Z"]},
        years={"P1": (2014, 2016), "P2": (2021, 2023), "P3": (2021, 2023)},
        countries=COUNTRIES,
    )
    assert untapped(dated).table.is_empty()
    assert row(untapped(dated, absent_years="2020-2023"), "Z")["introducer"] == "A"
    assert untapped(dated, absent_years="2016-2023").table.is_empty()


def test_the_floor_leaves_out_who_has_fewer_common_partners() -> None:
    assert set(untapped(around_us(), floor="2").table["name"]) == {"X"}


def test_a_filter_by_place_holds_for_common_partners_too() -> None:
    """With ties that have an end in Canada alone, the CNRS and A, both French, are not tied."""
    assert set(untapped(around_us(), "countries=CA").table["name"]) == {"V"}


def test_joint_works_alone_need_no_project() -> None:
    answer = untapped(around_us(), "ties=copublications")
    assert answer.table.select("name", "introducer", "score").row(0)[:2] == ("V", "UMR 1")
    assert answer.table.height == 1


@settings(max_examples=25)
@given(st.lists(st.sets(st.sampled_from("ABCDE"), min_size=1), min_size=1, max_size=6), st.permutations("ABCDE"))
def test_names_do_not_matter(consortia: list[set[str]], names: list[str]) -> None:
    renamed = dict(zip("ABCDE", names, strict=True))

    def scores(name) -> dict[str, tuple[float, float]]:
        events = {f"P{i}": ["CNRS" if m == "A" else name(m) for m in members] for i, members in enumerate(consortia)}
        graph = incidence(events | {"P": ["other"]}, countries={name(m): "CA" for m in "DE"} | {"other": "CA"})
        table = untapped(graph).table
        return {one: values for one, *values in table.select("name", "score", "adamic_adar").iter_rows()}

    assert scores(lambda m: f"new {renamed[m]}") == {
        f"new {renamed[m]}": values for m, values in scores(lambda m: m).items()
    }


@pytest.mark.parametrize("scope", ["level=country", "cnrs=0"])
def test_what_cannot_be_asked_says_so(scope: str) -> None:
    with pytest.raises(BadRequest):
        untapped(around_us(), scope)
    with pytest.raises(BadRequest, match="QQ"):
        untapped(around_us(), country="QQ")
    with pytest.raises(BadRequest, match="NOPE"):
        untapped(around_us(), absent_programme="NOPE")


def test_nobody_to_suggest_is_an_empty_answer() -> None:
    alone = incidence({"P1": ["X"]}, countries=COUNTRIES)
    assert untapped(alone).table.is_empty()
    assert untapped(around_us(), "ties=agreements").table.is_empty()


def two_periods(later: dict[str, list[str]], **more: object) -> Incidence:
    before = {"P1": ["A", "B"], "P2": ["B", "C"], "P3": ["C", "D"], "P4": ["CNRS", "A"]}
    programmes = dict.fromkeys(before, "H2020") | dict.fromkeys(later, "HORIZON")
    return incidence(before | later, programmes=programmes, **more)


def held_out(graph: Incidence, scope: str = "", **given: object) -> Answer:
    return BACK_TEST.answer(graph, Scope.parse(scope), {"before": "H2020", "after": "HORIZON"} | given)


def test_a_chain_that_closes_at_one_end_by_hand() -> None:
    """A-B-C-D; at distance two A-C and B-D, each on two lists. A and C came together: 2 of 4, as chance gives."""
    answer = held_out(two_periods({"P5": ["A", "C"], "P6": ["B"], "P7": ["D"]}))
    assert answer.table.columns == [column.name for column in BACK_TEST.columns]
    assert answer.figures == {"egos": 4, "candidates": 4, "new_ties": 2}
    ten = answer.table.filter(k=10, method="combined").to_dicts()
    assert [(one["own"], one["n"], one["hits"], one["random"], one["lift"]) for one in ten] == [(False, 4, 2, 0.5, 1)]
    assert "topic_cosine" not in answer.table["method"]
    assert all(answer.note_texts(language) for language in LANGUAGES)


def test_the_cnrs_has_a_list_of_its_own_where_somebody_was_not_tied_to_it() -> None:
    """Behind A stands B: C is three steps off and no candidate."""
    later = {"P5": ["CNRS", "B"], "P6": ["C", "A"]}
    (one,) = held_out(two_periods(later)).table.filter(k=10, method="combined", own=True).to_dicts()
    assert (one["n"], one["hits"], one["precision"], one["random"]) == (1, 1, 1, 1)
    assert held_out(two_periods(later), "cnrs=0").table.filter(own=True).is_empty()


def test_who_left_is_no_candidate_and_no_owner() -> None:
    """B and D stand at distance two as A and C do, but D is gone."""
    answer = held_out(two_periods({"P5": ["A", "C"], "P6": ["B"]}))
    assert answer.figures == {"egos": 3, "candidates": 2, "new_ties": 2}


def test_topics_are_tested_where_the_first_period_has_any() -> None:
    graph = two_periods({"P5": ["A", "C"]}, subjects=[("P1", "/1"), ("P2", "/1")])
    assert "topic_cosine" in held_out(graph).table["method"]


def test_a_score_that_knows_hits_everything_and_one_of_no_worth_as_chance() -> None:
    rng = np.random.default_rng(5)
    candidates = rng.random((40, 300)) < 0.8
    hits = rng.random((40, 300)) < 0.2
    constant = np.zeros((40, 300))
    one = back_test.Trial({"knows": hits.astype(float), "constant": constant}, candidates, hits)
    assert back_test.precision(one, "knows")[10] == (400, 400)
    places, right = back_test.precision(one, "constant")[100]
    assert right / places == pytest.approx(back_test.by_chance(one, 100), abs=0.02)
    assert back_test.by_chance(one, 100) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (5, 10), (10, 10), (458, 1000)])
def test_wilsons_interval_is_that_of_scipy(hits: int, n: int) -> None:
    reference = binomtest(hits, n).proportion_ci(method="wilson")
    low, high = wilson(np.array([hits]), np.array([n]))
    assert (low[0], high[0]) == pytest.approx((reference.low, reference.high), abs=1e-6)


def test_what_cannot_be_tested_says_so() -> None:
    graph = two_periods({"P5": ["A", "C"]})
    with pytest.raises(BadRequest, match="same"):
        held_out(graph, after="H2020")
    with pytest.raises(BadRequest, match="NOPE"):
        held_out(graph, after="NOPE")
    for scope in ("level=country", "ties=copublications"):
        with pytest.raises(BadRequest):
            held_out(graph, scope)
    nobody = held_out(graph, "ties=agreements")
    assert nobody.table.is_empty()
    assert all(nobody.note_texts(language) for language in LANGUAGES)


@pytest.mark.left_out_unless(ARCHIVE.is_file(), f"{ARCHIVE.name}, too large for git, is not on this machine")
def test_strangers_of_a_whole_programme() -> None:
    """Of New Zealand: nobody on the list has met the CNRS, and each has met whom it has met, by plain sets."""
    graph = archive()
    answer = untapped(graph, country="NZ")
    consortia: dict[str, set[str]] = {}
    for event, actor in graph.members.iter_rows():
        consortia.setdefault(event, set()).add(actor)
    ours = set().union(*(members for members in consortia.values() if CNRS in members))
    met: dict[str, set[str]] = {}
    there = set(graph.actors.filter(country="NZ")["actor"])
    for members in consortia.values():
        for one in members & there:
            met.setdefault(one, set()).update(members - {one})
    expected = {one: len(partners & ours) for one, partners in met.items() if one not in ours and partners & ours}
    assert dict(answer.table.select("key", "common").iter_rows()) == expected
    assert len(expected) > 10
    assert answer.table.filter(pl.col("introducer_key").is_in(ours).not_()).is_empty()


def test_a_candidate_is_explained_in_words_and_what_is_unknown_is_left_out() -> None:
    say = UNTAPPED.in_words
    row = {
        "key": "Institution:U",
        "name": "U",
        "common": 12,
        "introducer_key": "Institution:B",
        "introducer": "B",
        "n_us": 3,
        "n_them": 5,
        "works_them": None,
        "affinity_gap": 1.5,
        "topic": "robotics",
    }
    assert say(row, "en") == (
        "With U we have 12 common partners. B could introduce us (projects and agreements with us: 3; with U: 5). "
        "In proportion to both our sizes 1.5 more joint events would be expected. Most frequent common topic: robotics."
    )
    lab = {**row, "common": 1, "introducer_key": "Lab:L", "introducer": "L", "works_them": 2}
    assert say({**lab, "affinity_gap": None, "topic": None}, "en") == (
        "With U we have one common partner. Our lab L could introduce us (joint works with U: 2)."
    )
    assert say({**row, "affinity_gap": -1.0, "topic": None}, "fr").startswith(
        "Avec U nous avons 12 partenaires communs."
    )
