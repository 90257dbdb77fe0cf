"""Affinity against figures by hand and a plain count, and where nothing can be expected."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import BadRequest
from graph.network import CNRS, Answer, Incidence, Scope, affinity
from ingest.catalogue import BUNDLED_DIR
from tests.network.networks import incidence, key

(AFFINITY,) = affinity.ANALYSES
CONSORTIA = st.lists(st.lists(st.sampled_from("ABCDEFGH"), min_size=1, max_size=5, unique=True), min_size=1, max_size=9)
WEIGHTINGS = st.sampled_from(["full", "fractional", "newman"])
RATIOS = ("pai", "bounded", "salton", "jaccard", "share_a", "share_b", "ric_a", "ric_b")

SMALL = incidence({"P1": "AB", "P2": "AB", "P3": "AC", "P4": "BC", **{f"Q{i}": "CD" for i in range(4)}})
"""C_AB 2, C_AC 1, C_BC 1, C_CD 4: totals 3, 3, 6, 4 and C 16."""


def ask(ties: Incidence, scope: str = "", **given: object) -> Answer:
    answer = AFFINITY.answer(ties, Scope.parse(scope), {"level": "institution", "floor": 1} | given)
    assert answer.table.columns == [column.name for column in AFFINITY.columns]
    assert all(answer.note_texts("fr"))
    return answer


def rows(answer: Answer) -> dict[frozenset[str], dict[str, object]]:
    return {frozenset((row["a_name"], row["b_name"])): row for row in answer.table.iter_rows(named=True)}


def said(answer: Answer) -> Mapping[str, Mapping[str, int | str]]:
    return dict(answer.notes)


def plain(consortia: list[list[str]], weighting: str) -> Iterator[tuple[frozenset[str], float, float, float, float]]:
    """Each pair with C_xy, C_x, C_y and C, counted the long way."""
    joint: Counter[frozenset[str]] = Counter()
    for members in consortia:
        worth = {"full": 1, "fractional": 1 / len(members), "newman": 1 / max(len(members) - 1, 1)}[weighting]
        joint.update({frozenset(pair): worth for pair in combinations(members, 2)})
    totals: Counter[str] = Counter()
    for pair, worth in joint.items():
        totals.update(dict.fromkeys(pair, worth))
    for pair, worth in joint.items():
        a, b = sorted(pair)
        yield pair, worth, totals[a], totals[b], sum(totals.values())


def test_a_small_network_by_hand() -> None:
    found = rows(ask(SMALL))
    ab = found[frozenset("AB")]
    assert (ab["n"], ab["weight"], ab["expected"]) == (2, 2, pytest.approx(9 / 16))
    assert ab["pai"] == pytest.approx(2 * 16 / 9)
    assert ab["bounded"] == pytest.approx(((32 / 9) ** 2 - 1) / ((32 / 9) ** 2 + 1))
    assert ab["salton"] == pytest.approx(2 / 3)
    assert ab["jaccard"] == pytest.approx(2 / 4)
    assert ab["ric_a"] == pytest.approx((2 / 3) / ((3 - 2) / (16 - 3)))
    cd = found[frozenset("CD")]
    assert (cd["share_a"], cd["share_b"]) == (pytest.approx(4 / 6), 1)
    assert cd["ric_a"] is None, "D has no tie but with C"
    assert cd["ric_b"] == pytest.approx((4 / 4) / ((6 - 4) / (16 - 4)))


def test_the_interval_is_that_of_a_poisson_count() -> None:
    """As tabled by Garwood (1936): 2 has 0.2422 to 7.2247."""
    ab = rows(ask(SMALL))[frozenset("AB")]
    assert ab["pai_low"] == pytest.approx(0.2422 * 16 / 9, rel=1e-3)
    assert ab["pai_high"] == pytest.approx(7.2247 * 16 / 9, rel=1e-3)
    assert ab["standing"] == "even"
    often = incidence({f"P{i}": "AB" for i in range(40)} | {f"Q{i}": "CD" for i in range(40)} | {"R": "AC"})
    assert rows(ask(often))[frozenset("AB")]["standing"] == "over"
    weighted = rows(ask(often, "weighting=fractional"))[frozenset("AB")]
    assert (weighted["pai_low"], weighted["standing"]) == (None, None)


def test_one_actor_sees_its_pairs_from_its_own_side() -> None:
    answer = ask(SMALL, of=key("C"))
    assert answer.table.select("a_name", "b_name").rows() == [("C", "D"), ("C", "A"), ("C", "B")]
    d = answer.table.row(0, named=True)
    assert (d["share_a"], d["share_b"]) == (pytest.approx(4 / 6), 1)
    assert (d["ric_a"], d["ric_b"]) == (None, pytest.approx(6))
    assert answer.figures["average"] == pytest.approx(16 / 10)
    back = ask(SMALL, of=key("D")).table.row(0, named=True)
    assert (back["a_name"], back["share_a"], back["share_b"]) == ("D", 1, pytest.approx(4 / 6))
    assert (back["ric_a"], back["ric_b"]) == (pytest.approx(6), None)


@settings(max_examples=40)
@given(CONSORTIA, WEIGHTINGS)
def test_every_pair_is_that_of_a_plain_count(consortia: list[list[str]], weighting: str) -> None:
    found = rows(ask(incidence({f"P{i}": one for i, one in enumerate(consortia)}), f"weighting={weighting}"))
    tied = [set(one) for one in consortia if len(one) > 1]
    everywhere = set.intersection(*tied) if tied else set()
    for pair, joint, of_x, of_y, total in plain(consortia, weighting):
        row = found[pair]
        assert row["weight"] == pytest.approx(joint)
        assert row["salton"] == pytest.approx(joint / (of_x * of_y) ** 0.5)
        if pair & everywhere:
            assert (row["expected"], row["pai"], row["ric_a"], row["standing"]) == (None, None, None, None)
            continue
        assert row["pai"] == pytest.approx(joint * total / (of_x * of_y))
        if row["ric_a"] is not None:
            ric = (joint / of_x) / ((of_y - joint) / (total - of_x))
            assert row["ric_a"] == pytest.approx(ric)
            assert (row["ric_a"] > 1 + 1e-9) == (row["pai"] > 1 + 1e-9), "both are neutral at one point"


@settings(max_examples=25)
@given(CONSORTIA, st.permutations("ABCDEFGH"), st.integers(2, 3))
def test_names_and_repetition_do_not_matter(consortia: list[list[str]], names: list[str], times: int) -> None:
    renamed = dict(zip("ABCDEFGH", names, strict=True))
    once = rows(ask(incidence({f"P{i}": one for i, one in enumerate(consortia)})))
    often = [[renamed[m] for m in one] for one in consortia * times]
    again = rows(ask(incidence({f"P{i}": one for i, one in enumerate(often)}), floor=times))
    for pair, row in once.items():
        turned = again[frozenset(renamed[m] for m in pair)]
        assert turned["n"] == times * row["n"]
        same = (renamed[str(row["a_name"])] == turned["a_name"]) or row["n"] == 0
        for name in RATIOS:
            other = name if same or not name.endswith(("_a", "_b")) else name[:-1] + "ba"["ab".index(name[-1])]
            assert turned[other] == (None if row[name] is None else pytest.approx(row[name])), name


def test_pairs_without_a_tie_are_shown_where_some_were_expected() -> None:
    apart = incidence({f"P{i}": ("A", f"x{i}") for i in range(9)} | {f"Q{i}": ("B", f"y{i}") for i in range(9)})
    assert frozenset("AB") not in rows(ask(apart, floor=3))
    none = rows(ask(apart, floor=2))[frozenset("AB")]
    assert (none["n"], none["pai"], none["bounded"], none["pai_low"]) == (0, 0, -1, 0)
    assert none["pai_high"] == pytest.approx(3.6889 / (9 * 9 / 36), rel=1e-4)
    assert rows(ask(apart, first="under", floor=2))[frozenset("AB")] == none
    assert ask(apart, first="under", floor=2).table.row(0, named=True) == none


def test_the_cnrs_in_every_event_has_no_expectation() -> None:
    """Its index with a partner would only say how small the consortia with that partner are."""
    own = incidence({"P1": ("CNRS", "A", "B"), "P2": ("CNRS", "A"), "P3": ("CNRS", "B", "C"), "A1": ("CNRS", "C")})
    answer = ask(own, of=CNRS)
    assert answer.table.select("b_name", "n").sort("b_name").rows() == [("A", 2), ("B", 2), ("C", 2)]
    for column in ("expected", "pai", "pai_low", "bounded", "standing", "ric_a", "ric_b"):
        assert answer.table[column].null_count() == 3, column
    assert answer.table["share_a"].sum() == pytest.approx(1)
    assert (answer.figures["over"], answer.figures["average"]) == (None, None)
    assert "affinity.everywhere" in said(answer)


def test_there_its_partners_are_compared_without_it() -> None:
    own = incidence({"P1": ("CNRS", "A", "B"), "P2": ("CNRS", "A"), "P3": ("CNRS", "B", "C"), "P4": ("CNRS", "C", "D")})
    answer = ask(own)
    assert "affinity.own_network" in said(answer)
    assert not answer.scope.include_cnrs
    assert {pair: row["n"] for pair, row in rows(answer).items()} == {
        frozenset("AB"): 1,
        frozenset("BC"): 1,
        frozenset("CD"): 1,
    }
    assert answer.table.equals(ask(own, "cnrs=0").table)
    assert ask(own, of=key("A")).table.select("b_name", "n").rows() == [("B", 1)]


def test_what_was_gathered_for_the_cnrs_is_left_out_beside_a_whole_archive() -> None:
    events = {
        "P1": ("CNRS", "A"),
        "P2": "AB",
        "P3": "BC",
        "P4": ("CNRS", "B"),
        "P5": ("CNRS", "A"),
        "A1": ("CNRS", "C"),
    }
    both = incidence(events, programmes={**dict.fromkeys(("P1", "P2", "P3", "P4"), "HORIZON.1"), "P5": "H2020"})
    answer = ask(both)
    assert said(answer)["affinity.own_left_out"] == {"count": 2}
    assert answer.table["a"].unique().to_list() == [CNRS]
    assert answer.table.select("b_name", "n", "pai").sort("b_name").rows() == [
        ("A", 1, pytest.approx(1 * 8 / (2 * 2))),
        ("B", 1, pytest.approx(1 * 8 / (2 * 3))),
    ]


def test_by_country_a_body_stands_apart_from_its_country() -> None:
    """The CNRS with Berlin and with Lyon; Lyon with Berlin; Tokyo with Osaka, which is one country and no tie."""
    events = {"P1": ("CNRS", "Berlin"), "P2": ("CNRS", "Lyon"), "P3": ("Lyon", "Berlin"), "P4": ("Tokyo", "Osaka")}
    places = {"Berlin": "DE", "Tokyo": "JP", "Osaka": "JP"}
    ties = incidence(events | {"P5": ("Tokyo", "Berlin")}, countries=places)

    def partners(of: str | None) -> list[tuple[str, str, int]]:
        return ask(ties, level="country", of=of).table.select("a", "b", "n").sort("b").rows()

    assert partners(None) == [(CNRS, "Country:DE", 1), (CNRS, "Country:FR", 1)]
    assert partners("Country:FR") == [("Country:FR", "Country:DE", 2)]
    assert partners(key("Lyon")) == [(key("Lyon"), "Country:DE", 1), (key("Lyon"), "Country:FR", 1)]
    answer = ask(ties, level="country")
    assert answer.table.row(0, named=True)["a_country"] == "FR"
    assert (answer.scope.level, answer.figures["events"]) == ("country", 4)
    assert ask(ties, level="country", of="Country:FR").figures["events"] == 3


def test_hosts_count_for_their_country_and_labs_do_not_count_twice() -> None:
    ties = incidence(
        {"A1": ("CNRS", "Kyoto"), "P1": ("Kyoto", "Berlin"), "A2": ("Lyon", "Kyoto"), "P2": ("CNRS", "Berlin")},
        countries={"Kyoto": "JP", "Berlin": "DE"},
        hosts={"A2": "CA"},
    )
    assert frozenset(("CA", "JP")) in rows(ask(ties, "cnrs=0", level="country"))
    labs = ties.members.with_columns(pl.col("actor").replace(key("Lyon"), "Lab:Lyon"))
    with_lab = Incidence(**{name: getattr(ties, name) for name in Incidence.__slots__} | {"members": labs})
    table = ask(with_lab, "cnrs=0").table
    assert table.select("a", "b").rows() == [(key("Berlin"), key("Kyoto"))]


def test_places_choose_rows_and_change_no_expectation() -> None:
    ties = incidence({"P1": "AB", "P2": "AC", "P3": "BC", "P4": "CD"}, countries={"A": "JP", "B": "DE"})
    whole = rows(ask(ties))
    japan = ask(ties, "countries=JP")
    assert rows(japan) == {pair: row for pair, row in whole.items() if "A" in pair}
    assert "affinity.places" in said(japan)
    assert ask(ties, "countries=JP", of=key("C")).table["b_name"].to_list() == ["A"]
    assert ask(ties, "regions=142", of=key("A")).table.height == ask(ties, of=key("A")).table.height


def test_joint_works_have_no_total() -> None:
    ties = incidence({"P1": "AB", "P2": "BC"}, works=[("L1", "A", 2020, 2020, 9, None)])
    answer = ask(ties)
    assert "affinity.no_works" in said(answer)
    assert {row["n"] for row in rows(answer).values()} == {1}
    with pytest.raises(BadRequest, match="no total"):
        ask(ties, "ties=copublications")


def test_who_cannot_be_asked_about_is_told() -> None:
    for of, scope, level, message in (
        ("Institution:nobody", "", "institution", "no ties of"),
        ("Country:XX", "", "country", "no country of the graph"),
        ("Country:FR", "", "institution", "no institution"),
        ("Lab:L1", "", "country", "part of the CNRS"),
        (key("CNRS"), "cnrs=0", "country", "without it"),
    ):
        with pytest.raises(BadRequest, match=message) as refused:
            ask(SMALL, scope, of=of, level=level)
        assert refused.value.next_action


@pytest.mark.parametrize("events", [{}, {"P1": "A"}, {"P1": "A", "P2": "BC"}])
@pytest.mark.parametrize("level", ["institution", "country"])
def test_odd_networks_have_an_answer(events: dict[str, str], level: str) -> None:
    answer = ask(incidence(events), level=level)
    assert answer.table["pai"].drop_nulls().is_empty()
    assert answer.figures["rows"] == answer.table.height


def test_horizon_europe_between_countries_is_the_straight_count(bundled_incidence: Incidence) -> None:
    """Affinity of Germany and Japan, the CNRS left out, over the tables of Horizon Europe."""
    cnrs = "999997930"
    tables = [BUNDLED_DIR / "bundled" / f"cordis_horizon_{name}.csv" for name in ("organisations", "participations")]
    with tables[0].open(encoding="utf-8", newline="") as file:
        country = {row["pic"]: row["country"] for row in csv.DictReader(file)}
    projects: dict[str, set[str]] = {}
    with tables[1].open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["pic"] != cnrs and country[row["pic"]]:
                projects.setdefault(row["rcn"], set()).add(country[row["pic"]])
    ties = [(pair, n) for pair, n in Counter(p for c in projects.values() for p in combinations(sorted(c), 2)).items()]
    de, jp = (sum(n for pair, n in ties if code in pair) for code in ("DE", "JP"))
    joint = dict(ties)["DE", "JP"]
    found = ask(bundled_incidence, "ties=projects;programmes=HORIZON", level="country", floor=5).table
    row = found.row(by_predicate=(pl.col("a") == "Country:DE") & (pl.col("b") == "Country:JP"), named=True)
    assert row["n"] == joint
    assert row["pai"] == pytest.approx(joint * 2 * sum(n for _, n in ties) / (de * jp))
