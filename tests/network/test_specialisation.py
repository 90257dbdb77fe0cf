"""Topics of joint projects against figures by hand, and how alike two actors' topics are."""

from __future__ import annotations

import csv
from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import BadRequest
from graph.network import CNRS, Answer, Incidence, Scope, specialisation
from graph.network.expectation import binomial_interval
from graph.network.specialisation import topic_cosine
from ingest.catalogue import BUNDLED_DIR
from tests.network.networks import incidence, key

(SPECIALISATION,) = specialisation.ANALYSES

SUBJECTS = [("P1", "/1/2"), ("P2", "/1/2/3"), ("P3", "/1"), ("P3", "/2"), ("P4", "/2"), ("P6", "/1/2"), ("P7", "/2")]


def world(**more: object) -> Incidence:
    """Tokyo in P1, P2, P3, P5; Berlin in P3, P4; P5 has no topic, P6 is without the CNRS, P7 with Lyon alone."""
    events = {
        "P1": ("CNRS", "Tokyo"),
        "P2": ("CNRS", "Tokyo"),
        "P3": ("CNRS", "Tokyo", "Berlin"),
        "P4": ("CNRS", "Berlin"),
        "P5": ("CNRS", "Tokyo"),
        "P6": ("Berlin", "Tokyo"),
        "P7": ("CNRS", "Lyon"),
        "A1": ("CNRS", "Tokyo"),
    }
    return incidence(events, countries={"Tokyo": "JP", "Berlin": "DE"}, subjects=SUBJECTS, **more)


def ask(ties: Incidence, scope: str = "", **given: object) -> Answer:
    answer = SPECIALISATION.answer(ties, Scope.parse(scope), {"floor": 1} | given)
    assert answer.table.columns == [column.name for column in SPECIALISATION.columns]
    assert all(answer.note_texts("fr"))
    return answer


def rows(answer: Answer, column: str) -> dict[tuple[str, str], object]:
    return {row[:2]: row[2] for row in answer.table.select("key", "topic", column).iter_rows()}


def said(answer: Answer) -> Mapping[str, Mapping[str, int | str]]:
    return dict(answer.notes)


def test_a_partners_topics_by_hand() -> None:
    """Of the four projects abroad with a topic three are about /1 and two about /2; Tokyo has three of them."""
    answer = ask(world())
    assert rows(answer, "about") == {
        ("Country:JP", "Topic:/1"): 3,
        ("Country:JP", "Topic:/2"): 1,
        ("Country:DE", "Topic:/1"): 1,
        ("Country:DE", "Topic:/2"): 2,
    }
    assert set(answer.table.select("key", "joint").rows()) == {("Country:JP", 3), ("Country:DE", 2)}
    index = rows(answer, "index")
    assert index["Country:JP", "Topic:/1"] == pytest.approx((3 / 3) / (3 / 4))
    assert index["Country:DE", "Topic:/1"] == pytest.approx((1 / 2) / (3 / 4))
    assert rows(answer, "topic_expected")["Country:DE", "Topic:/2"] == pytest.approx(2 * 2 / 4)
    assert answer.table["topic_name"][0] == answer.table["topic"][0].removeprefix("Topic:")
    assert answer.figures["projects"] == 5
    assert answer.figures["with_topics"] == 4
    assert said(answer)["affinity.no_topics"] == {"count": 1, "projects": 5, "depth": 1}
    assert "affinity.projects_only" in said(answer)


def test_below_the_depth_counts_and_above_it_is_unknown() -> None:
    answer = ask(world(), depth=2)
    assert rows(answer, "about") == {("Country:JP", "Topic:/1/2"): 2}
    assert answer.figures["with_topics"] == 2
    assert ask(world(), depth=4).table.is_empty()


def test_by_institution_the_french_are_partners_too() -> None:
    answer = ask(world(), level="institution")
    assert rows(answer, "about")[key("Lyon"), "Topic:/2"] == 1
    assert rows(answer, "topic_all")[key("Lyon"), "Topic:/2"] == pytest.approx(3 / 5)
    tokyo = ask(world(), of=key("Tokyo"))
    assert set(tokyo.table["key"]) == {key("Tokyo")}
    assert tokyo.scope.level == "institution"


def test_what_was_expected_and_is_not_there_is_shown() -> None:
    events = {f"P{i}": ("CNRS", "Tokyo" if i < 6 else "Berlin") for i in range(12)}
    ties = incidence(
        events,
        countries={"Tokyo": "JP", "Berlin": "DE"},
        subjects=[(event, "/1" if int(event[1:]) < 6 else "/2") for event in events],
    )
    answer = ask(ties, floor=3, first="under")
    first = answer.table.row(0, named=True)
    assert (first["about"], first["topic_expected"], first["index"], first["bounded"]) == (0, 3, 0, -1)
    assert first["standing"] == "under"
    assert rows(answer, "standing")["Country:JP", "Topic:/1"] == "over"
    assert (answer.figures["over"], answer.figures["under"]) == (2, 2)
    assert ask(ties, floor=7).table.is_empty()


def test_the_interval_is_exact() -> None:
    """As published by Clopper & Pearson (1934): 5 of 10 lies between 0.187 and 0.813; none of 10 below 0.308."""
    low, high = binomial_interval(pl.Series([5, 0, 10]).to_numpy(), pl.Series([10, 10, 10]).to_numpy())
    assert low.round(3).tolist() == [0.187, 0, 0.692]
    assert high.round(3).tolist() == [0.813, 0.308, 1]
    row = ask(world()).table.row(by_predicate=(pl.col("key") == "Country:DE") & (pl.col("about") == 1), named=True)
    low, high = binomial_interval(pl.Series([1]).to_numpy(), pl.Series([2]).to_numpy())
    assert (row["index_low"], row["index_high"]) == (pytest.approx(low[0] / 0.75), pytest.approx(high[0] / 0.75))


def test_weights_change_shares_and_leave_no_interval() -> None:
    """P3 has three bodies, so it weighs 1/2: Berlin has 1/2 and 1 of 3.5 projects' weight."""
    answer = ask(world(), "weighting=newman", level="institution")
    share = rows(answer, "topic_share")
    assert share[key("Berlin"), "Topic:/1"] == pytest.approx(0.5 / 1.5)
    assert rows(answer, "topic_all")[key("Berlin"), "Topic:/2"] == pytest.approx((0.5 + 1 + 1) / 4.5)
    assert answer.table["index_low"].null_count() == answer.table["standing"].null_count() == answer.table.height
    assert (answer.figures["over"], "affinity.no_interval" in said(answer)) == (None, True)


def test_places_choose_partners_and_programmes_projects() -> None:
    whole = rows(ask(world()), "index")
    japan = rows(ask(world(), "countries=JP"), "index")
    assert japan == {pair: index for pair, index in whole.items() if pair[0] == "Country:JP"}
    funded = ask(world(programmes={"P1": "HORIZON", "P3": "HORIZON.1"}), "programmes=HORIZON")
    assert funded.figures["projects"] == 2
    assert rows(ask(world(), "cnrs=0"), "index") == whole


def test_who_is_no_partner_is_told() -> None:
    for of, scope, message in (
        ("Lab:L1", "", "no partner"),
        (CNRS, "", "no partner"),
        ("Institution:nobody", "", "no ties of"),
        ("Country:XX", "", "no country of the graph"),
        (None, "ties=agreements", "Only projects"),
    ):
        with pytest.raises(BadRequest, match=message) as refused:
            ask(world(), scope, of=of)
        assert refused.value.next_action


def test_without_topics_there_is_nothing_to_tell() -> None:
    for ties in (incidence({}), incidence({"P1": ("CNRS", "A")}, countries={"A": "JP"})):
        answer = ask(ties)
        assert answer.table.is_empty()
        assert answer.figures["with_topics"] == 0


def test_topics_are_alike_by_cosine() -> None:
    """Tokyo's projects count /1 four times, /1/2 three times, /1/2/3 and /2 once; Berlin's 2, 1, 0, 2."""
    found = topic_cosine(world(), Scope(), [key("Tokyo"), key("Berlin"), key("Lyon")])
    assert found.select("a", "b").rows() == [
        (key("Tokyo"), key("Berlin")),
        (key("Tokyo"), key("Lyon")),
        (key("Berlin"), key("Lyon")),
    ]
    tokyo, berlin = (27**0.5, 9**0.5)
    assert found["cosine"].to_list() == pytest.approx(
        [(4 * 2 + 3 * 1 + 1 * 2) / (tokyo * berlin), 1 / tokyo, 2 / berlin]
    )
    assert ask(world(), of=key("Lyon")).figures["cosine"] == pytest.approx(
        topic_cosine(world(), Scope(), [CNRS, key("Lyon")])["cosine"][0]
    )
    assert ask(world(), of="Country:JP").figures["cosine"] is not None


def test_a_cosine_with_nobody_is_unknown() -> None:
    ties = incidence({"P1": "AB", "P2": "BC", "P3": "D"}, subjects=[("P1", "/1")], programmes={"P3": "H2020"})
    assert topic_cosine(ties, Scope(), [key("A"), key("C")])["cosine"].to_list() == [None]
    inside = Scope(programmes=("H2020",))
    assert topic_cosine(ties, inside, [key("A"), key("D")])["cosine"].to_list() == [None]
    assert topic_cosine(ties, Scope(), [key("A")]).is_empty()
    with pytest.raises(BadRequest, match="no ties of"):
        topic_cosine(ties, Scope(), ["Institution:nobody"])


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["/1", "/2", "/3"])), min_size=1, max_size=12))
def test_indices_of_all_partners_average_to_one(projects: list[tuple[str, str]]) -> None:
    """Each project has one partner and one topic, so weighted by expected projects the indices of a topic come to 1."""
    ties = incidence(
        {f"P{i}": ("CNRS", who) for i, (who, _) in enumerate(projects)},
        countries={"A": "JP", "B": "DE", "C": "IT"},
        subjects=[(f"P{i}", topic) for i, (_, topic) in enumerate(projects)],
    )
    joint = ties.members.filter(pl.col("actor") != CNRS).select("event", key="actor", weight=pl.lit(1.0))
    table = specialisation.activity(joint, ties.subjects, 0)
    for _, rows_of in table.group_by("topic"):
        expected = rows_of["topic_expected"]
        assert (rows_of["index"] * expected).sum() == pytest.approx(expected.sum())
        assert (rows_of["index_low"] <= rows_of["index"] + 1e-9).all()
        assert (rows_of["index_high"] >= rows_of["index"] - 1e-9).all()


def test_physics_with_japan_is_the_straight_count(bundled_incidence: Incidence) -> None:
    """Of the projects of Horizon Europe with Japan that have a topic of level 2, those about a physical science."""
    folder = BUNDLED_DIR / "bundled"
    with (folder / "cordis_horizon_organisations.csv").open(encoding="utf-8", newline="") as file:
        japan = {row["pic"] for row in csv.DictReader(file) if row["country"] == "JP"}
    with (folder / "cordis_horizon_participations.csv").open(encoding="utf-8", newline="") as file:
        projects = {row["rcn"] for row in csv.DictReader(file) if row["pic"] in japan}
    with (folder / "cordis_horizon_projects.csv").open(encoding="utf-8", newline="") as file:
        topics = {row["rcn"]: row["euroscivoc"].split("|") for row in csv.DictReader(file) if row["rcn"] in projects}
    deep = [paths for paths in topics.values() if any(path.count("/") >= 2 for path in paths)]
    physics = [paths for paths in deep if any(f"{path}/".startswith("/23/43/") for path in paths)]
    answer = ask(bundled_incidence, "ties=projects;programmes=HORIZON", of="Country:JP", depth=2)
    row = answer.table.row(by_predicate=pl.col("topic") == "Topic:/23/43", named=True)
    assert (row["about"], row["joint"]) == (len(physics), len(deep))
