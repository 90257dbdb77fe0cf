"""Partners against their part in all the CNRS does: small cases by hand, properties, and the files' own figures."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from graph.errors import BadRequest
from graph.network import Incidence, Scope, empty_incidence
from graph.network.representation import representation
from tests.network.networks import incidence

DATA = Path(__file__).parents[2] / "data" / "bundled"
COUNTRIES = {"CNRS": "FR", "J": "JP", "D": "DE", "E": "DE"}
SMALL = incidence(
    {"P1": ["CNRS", "J"], "P2": ["CNRS", "J", "D"], "P3": ["CNRS", "D", "E"], "P4": ["CNRS", "D"], "P5": ["CNRS"]},
    countries=COUNTRIES,
    programmes={"P1": "HORIZON.1.2", "P2": "HORIZON.1", "P3": "H2020", "P4": "H2020", "P5": "H2020"},
)


def rows(found: pl.DataFrame, *columns: str) -> dict[tuple[str, str], tuple[object, ...]]:
    return {row[:2]: row[2:] for row in found.select("country", "programme", *columns).iter_rows()}


def test_a_small_case_by_hand() -> None:
    """Five participations, three of them German, three under Horizon Europe."""
    found = rows(representation(SMALL, Scope(), floor=1).table, "n", "expected", "pai", "part_here", "part_all")
    assert found["JP", "Programme:HORIZON"] == pytest.approx((2, 2 * 3 / 5, 2 / (6 / 5), 2 / 3, 2 / 5))
    assert found["DE", "Programme:HORIZON"] == pytest.approx((1, 3 * 3 / 5, 1 / (9 / 5), 1 / 3, 3 / 5))
    assert found["DE", "Programme:H2020"] == pytest.approx((2, 3 * 2 / 5, 2 / (6 / 5), 1, 3 / 5))
    assert ("JP", "Programme:H2020") not in found, "neither one found nor one expected"


def test_who_is_expected_and_not_met_is_a_row() -> None:
    events = {f"P{i}": ["CNRS", "J", "D"] for i in range(20)} | {f"Q{i}": ["CNRS", "D"] for i in range(20)}
    events = {name.replace("Q", "PQ"): members for name, members in events.items()}
    programmes = {name: "H2020" if name.startswith("PQ") else "HORIZON" for name in events}
    answer = representation(incidence(events, countries=COUNTRIES, programmes=programmes), Scope())
    found = rows(answer.table, "n", "expected", "pai", "pai_low", "bounded", "standing")
    assert found["JP", "Programme:H2020"] == pytest.approx((0, 20 / 3, 0, 0, -1, "under"))
    assert found["JP", "Programme:HORIZON"][-1] == "over"
    # 20 of 40 projects: Clopper and Pearson's 0.338 to 0.662, against the two thirds of participations there.
    assert found["DE", "Programme:HORIZON"][-1] == "under"
    assert (answer.figures["over"], answer.figures["under"]) == (2, 2)


def test_the_interval_is_exact_for_a_share_of_the_partners_events() -> None:
    row = (
        representation(SMALL, Scope(), floor=1).table.filter(country="DE", programme="Programme:HORIZON").to_dicts()[0]
    )
    exact = binomtest(1, 3).proportion_ci(0.95, "exact")
    assert (row["pai_low"], row["pai_high"]) == pytest.approx((exact.low / (3 / 5), exact.high / (3 / 5)))


def test_the_programmes_of_the_scope_are_looked_at_and_change_no_expectation() -> None:
    every = rows(representation(SMALL, Scope(), floor=1).table, "n", "expected")
    one = rows(representation(SMALL, Scope(programmes=("HORIZON",)), floor=1).table, "n", "expected")
    assert one == {pair: found for pair, found in every.items() if pair[1] == "Programme:HORIZON"}
    deeper = rows(representation(SMALL, Scope(programmes=("HORIZON.1.2",)), floor=1).table, "n", "expected")
    assert deeper["JP", "Programme:HORIZON.1.2"] == pytest.approx((1, 2 * 1 / 5))
    with pytest.raises(BadRequest, match="no programme 'NONE'"):
        representation(SMALL, Scope(programmes=("NONE",)))


def test_places_choose_rows_and_what_does_not_count_is_said() -> None:
    answer = representation(SMALL, Scope(countries=("JP",), weighting="fractional"), floor=1)
    assert set(answer.table["country"]) == {"JP"}
    assert {"affinity.places", "affinity.whole_events"} <= {key for key, _ in answer.notes}
    with pytest.raises(BadRequest, match="Joint works"):
        representation(SMALL, Scope(ties=frozenset({"copublications"})))


def test_an_empty_graph_gives_an_empty_table() -> None:
    assert representation(empty_incidence(), Scope()).table.is_empty()
    assert representation(incidence({"P1": ["J"]}, countries=COUNTRIES), Scope()).table.is_empty()


NETWORKS = st.lists(
    st.tuples(st.sets(st.sampled_from(["J", "D", "E", "K"])), st.sampled_from(["HORIZON", "H2020"])), max_size=12
)


@given(NETWORKS, st.permutations(range(12)))
@settings(max_examples=40)
def test_expected_events_of_partners_add_up_and_no_order_of_events_matters(
    drawn: list[tuple[set[str], str]], order: list[int]
) -> None:
    named = [(f"P{i}", ["CNRS", *sorted(members)], programme) for i, (members, programme) in enumerate(drawn)]
    shuffled = [named[i] for i in order if i < len(named)]
    answers = []
    for events in (named, shuffled):
        graph = incidence(
            {e: m for e, m, _ in events}, countries=COUNTRIES | {"K": "KR"}, programmes={e: p for e, _, p in events}
        )
        answers.append(representation(graph, Scope(), level="institution", floor=1).table)
    assert answers[0].equals(answers[1])
    assert answers[0]["pai"].is_finite().all()
    inside = (pl.col("pai_low") <= pl.col("pai") + 1e-9) & (pl.col("pai") <= pl.col("pai_high") + 1e-9)
    assert answers[0].select(inside.all()).item()
    # A partner's events are never more than all it has, nor is any programme told twice.
    totals = answers[0].group_by("key").agg(pl.col("n").sum(), pl.col("all").first())
    assert (totals["n"] <= totals["all"]).all()


def table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_horizon_europe_on_the_bundled_graph_is_the_count_of_the_files(bundled_incidence: Incidence) -> None:
    """Russia: none of 91 projects, 25 expected; the United States: 86 of 216, 59 expected."""
    seats = {row["org_id"]: row["country"] for row in table("cordis_fp7_organisations")}
    met = {
        "FP7": {(r["rcn"], seats[r["org_id"]]) for r in table("cordis_fp7_participations")},
        "H2020": {(r["rcn"], r["country"]) for r in table("cordis_h2020_participations")},
        "HORIZON": {(r["rcn"], r["country"]) for r in table("cordis_horizon_participations")},
    }
    answer = representation(bundled_incidence, Scope(ties=frozenset({"projects"})))
    found = rows(answer.table, "n", "all")
    for country in ("RU", "US", "DE", "BR", "JP"):
        per = Counter(programme for programme, pairs in met.items() for _, c in pairs if c == country)
        for programme in met:
            if (country, f"Programme:{programme}") in found:
                assert found[country, f"Programme:{programme}"] == (per[programme], per.total())
    assert found["RU", "Programme:HORIZON"] == (0, 91)
    assert found["US", "Programme:HORIZON"] == (86, 216)
    standings = rows(answer.table, "standing")
    assert standings["RU", "Programme:HORIZON"] == ("under",)
    assert standings["US", "Programme:HORIZON"] == ("over",)
