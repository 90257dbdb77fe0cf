"""What changed between two periods and over the years: exact intervals, verdicts, growth, and years not to trust."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from graph.errors import BadRequest
from graph.network import Answer, Incidence, Scope, change, trend
from graph.network.change import rate_ratio
from graph.network.trend import growth, incomplete_years
from tests.network.networks import incidence, key

CHANGES, TREND = change.ANALYSES[0], trend.ANALYSES[0]
FRAMEWORKS = {"before": "H2020", "after": "HORIZON"}
COUNTS = st.integers(0, 40)
TOTALS = st.integers(40, 200)


def series(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def verdicts(answer: Answer) -> dict[str, str]:
    return dict(answer.table.select("name", "verdict").iter_rows())


def said(answer: Answer) -> dict[str, dict[str, int | str]]:
    assert answer.note_texts("fr")
    assert answer.note_texts("en")
    return dict(answer.notes)


def test_the_interval_of_a_published_pair_of_rates() -> None:
    """Lung cancer, 11 of 800 in Fredericia, 21 of 3,011 in three other cities: R's poisson.test gives 0.858 to 4.28."""
    found = rate_ratio(series(21), series(11), 3011, 800)
    assert found.ratio[0] == pytest.approx(1.971488, abs=1e-6)
    assert (found.low[0], found.high[0]) == pytest.approx((0.8584264, 4.2772659), abs=1e-6)


@settings(max_examples=80)
@given(COUNTS, COUNTS, TOTALS, TOTALS)
def test_the_interval_is_that_of_the_binomial_given_both_counts(before: int, after: int, of_b: int, of_a: int) -> None:
    found = rate_ratio(series(before), series(after), of_b, of_a)
    if before + after == 0:
        assert all(np.isnan(part[0]) for part in (found.ratio, found.low, found.high, found.p))
        return
    exact = stats.binomtest(after, before + after, of_a / (of_a + of_b)).proportion_ci(0.95, "exact")
    odds = [end / (1 - end) * of_b / of_a if end < 1 else math.inf for end in exact]
    assert (found.low[0], found.high[0]) == pytest.approx(odds, rel=1e-6)
    assert (found.p[0] < 0.05) == (found.low[0] > 1 or found.high[0] < 1)


@settings(max_examples=60)
@given(st.integers(1, 40), st.integers(1, 40), TOTALS, TOTALS)
def test_looking_back_from_the_later_period_inverts_the_ratio(before: int, after: int, of_b: int, of_a: int) -> None:
    forth, back = (
        rate_ratio(series(before), series(after), of_b, of_a),
        rate_ratio(series(after), series(before), of_a, of_b),
    )
    assert back.ratio[0] == pytest.approx(1 / forth.ratio[0])
    assert (back.low[0], back.high[0]) == pytest.approx((1 / forth.high[0], 1 / forth.low[0]))
    assert back.p[0] == pytest.approx(forth.p[0])


def frameworks() -> Incidence:
    """Of 40 projects each: S in 10 and 10, R in 2 and 20, F in 20 and 2, N in 0 and 6, G in 6 and 0, and X once."""
    first = {"S": 10, "R": 2, "F": 20, "G": 6}
    later = {"S": 10, "R": 20, "F": 2, "N": 6, "X": 1}
    events, programmes = {}, {}
    for programme, counts in (("H2020", first), ("HORIZON.1.2", later)):
        for number in range(40):
            event = f"P{programme}{number:02d}"
            events[event] = ["CNRS", "base", *(name for name, count in counts.items() if number < count)]
            programmes[event] = programme
    events["Palone"] = ["CNRS"]
    events["Pothers"] = ["S", "R"]
    return incidence(events, programmes=programmes | {"Palone": "HORIZON", "Pothers": "HORIZON"}, countries={"N": "JP"})


def test_each_partner_gets_the_verdict_its_counts_allow() -> None:
    """Projects of the CNRS alone, or without it, are no joint ones and do not dilute a share."""
    answer = CHANGES.answer(frameworks(), Scope(), FRAMEWORKS)
    assert verdicts(answer) == {
        "R": "rising",
        "F": "fading",
        "N": "new",
        "G": "gone",
        "S": "steady",
        "base": "steady",
    }
    row = answer.table.row(by_predicate=pl.col("name") == "R", named=True)
    assert (row["n_before"], row["n_after"], row["share_before"], row["share_after"]) == (2, 20, 0.05, 0.5)
    assert row["ratio"] == pytest.approx(10)
    assert row["firm"]
    new = answer.table.row(by_predicate=pl.col("name") == "N", named=True)
    assert (new["ratio"], new["ratio_high"], new["country"]) == (None, None, "JP")
    assert (answer.figures["events_before"], answer.figures["events_after"], answer.figures["partners_both"]) == (
        40,
        40,
        4,
    )
    assert answer.table["name"][0] in ("R", "F")
    assert said(answer)["change.below_floor"] == {"count": 1, "floor": 5}


def test_places_choose_whom_to_list_and_change_no_share() -> None:
    everybody = CHANGES.answer(frameworks(), Scope(), FRAMEWORKS).table
    there = CHANGES.answer(frameworks(), Scope(countries=("JP",)), FRAMEWORKS).table
    assert there["name"].to_list() == ["N"]
    columns = ["n_before", "n_after", "share_after", "verdict", "firm"]
    assert there.select(columns).equals(everybody.filter(name="N").select(columns))
    by_country = CHANGES.answer(frameworks(), Scope(level="country"), FRAMEWORKS).table
    assert by_country.select("key", "n_after").rows() == [("Country:JP", 6)]


def test_what_the_scope_cannot_narrow_is_said() -> None:
    scope = Scope(weighting="newman", include_cnrs=False, countries=("JP",))
    notes = said(CHANGES.answer(frameworks(), scope, FRAMEWORKS))
    assert {
        "change.whole_events",
        "change.cnrs_counts",
        "change.places",
        "change.no_works",
        "change.projects_only",
    } <= set(notes)


def test_an_unknown_start_is_in_no_period_and_nothing_is_called_new_for_it() -> None:
    """The bundled FP7: no dates. Years before have no event then, and there is nothing to compare with."""
    events = {"Pold": ["CNRS", "A"], **{f"P{i}": ["CNRS", "A"] for i in range(9)}}
    dated = incidence(events, years={f"P{i}": (2015, 2018) for i in range(9)})
    answer = CHANGES.answer(dated, Scope(), {"by": "years"})
    assert answer.table.is_empty()
    assert said(answer)["change.undated"] == {"count": 1}
    assert said(answer)["change.nothing_to_compare"] == {"before": 0, "after": 9}
    assert said(answer)["change.last_start"] == {"year": 2015}


@pytest.mark.parametrize(
    ("scope", "given"),
    [
        (Scope(), {"before": "HORIZON", "after": "HORIZON.1"}),
        (Scope(), {"before": "HORIZON", "after": "HORIZON"}),
        (Scope(), {"before": "FP9", "after": "HORIZON"}),
        (Scope(), {"by": "years", "years_before": "2014-2020", "years_after": "2020-2025"}),
        (Scope(ties=frozenset({"copublications"})), FRAMEWORKS),
    ],
)
def test_periods_that_are_not_two_are_refused(scope: Scope, given: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        CHANGES.answer(frameworks(), scope, given)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.lists(st.sampled_from("ABCDE"), max_size=4, unique=True), st.booleans()), max_size=12),
    st.permutations("ABCDE"),
)
def test_counts_are_those_of_plain_counting_whatever_the_names(
    drawn: list[tuple[list[str], bool]], names: list[str]
) -> None:
    renamed = dict(zip("ABCDE", names, strict=True))
    events = {f"P{i}": ["CNRS", *(renamed[m] for m in members)] for i, (members, _) in enumerate(drawn)}
    programmes = {f"P{i}": "HORIZON.1" if later else "H2020" for i, (_, later) in enumerate(drawn)}
    table = CHANGES.answer(incidence(events, programmes=programmes), Scope(), {**FRAMEWORKS, "floor": 1}).table
    if {later for members, later in drawn if members} != {True, False}:
        assert table.is_empty()
        return
    expected = {
        renamed[name]: tuple(
            sum(name in members for members, later in drawn if later is period) for period in (False, True)
        )
        for name in "ABCDE"
    }
    found = {name: (before, after) for name, before, after in table.select("name", "n_before", "n_after").iter_rows()}
    assert found == {name: counts for name, counts in expected.items() if sum(counts)}


def test_growth_of_a_published_series() -> None:
    """New cases of AIDS in Belgium 1981–1993 (Wood 2006): slope 0.2021212 a year under the Poisson law."""
    cases = np.array([12, 14, 33, 50, 67, 74, 123, 141, 165, 204, 253, 246, 240], dtype=float)
    found = growth(np.arange(1981, 1994, dtype=float), cases)
    assert found is not None
    assert found.slope == pytest.approx(0.2021212, abs=1e-7)
    assert found.error == pytest.approx(0.007771 * math.sqrt(found.dispersion), rel=1e-3)
    yearly, low, high = found.yearly()
    assert low < 0.224 < high
    assert yearly == pytest.approx(0.224, abs=1e-3)


def test_counts_that_double_double() -> None:
    found = growth(np.array([2014.0, 2015, 2016, 2017]), np.array([3.0, 6, 12, 24]))
    assert found is not None
    assert found.yearly()[0] == pytest.approx(1)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(-50, 50))
def test_growth_turns_with_the_years_and_does_not_know_the_era(counts: list[int], shift: int) -> None:
    years, values = np.arange(len(counts), dtype=float), np.array(counts, dtype=float)
    found = growth(years, values)
    if len(counts) < 4 or np.count_nonzero(values) < 2:
        assert found is None
        return
    back, moved = growth(years, values[::-1]), growth(years + shift, values)
    assert found is not None
    assert back is not None
    assert moved is not None
    assert back.slope == pytest.approx(-found.slope, abs=1e-7)
    assert (moved.slope, moved.error) == pytest.approx((found.slope, found.error))
    assert found.dispersion >= 0


def dated(starts: dict[str, int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {"event": list(starts), "first": list(starts.values())}, schema={"event": pl.String, "first": pl.Int32}
    )


def test_the_last_year_of_a_snapshot_is_not_complete_but_a_straggler_is() -> None:
    """H2020 stops in 2021, where HORIZON has not begun; its one project of 2023 would be among many of HORIZON."""
    stops = {f"Project:H2020:{year}": year for year in (2019, 2020, 2021)}
    goes_on = {f"Project:HORIZON:{year}{i}": year for year in (2022, 2023, 2024) for i in range(3)}
    assert incomplete_years(dated(stops | goes_on)) == {2021, 2024}
    assert incomplete_years(dated(stops | goes_on | {"Project:H2020:x": 2023})) == {2024}
    assert incomplete_years(dated({**stops, "Project:FP7:1": None})) == {2019, 2021}
    assert incomplete_years(dated({})) == set()
    assert incomplete_years(dated({"Project:FP7:1": None})) == set()


def yearly() -> Incidence:
    """A in two projects a year from 2014 to 2018, with B in the last; C in one without a date, and in one of 2016."""
    events = {f"P{year}{i}": ["CNRS", "A"] for year in range(2014, 2019) for i in range(2)}
    years: dict[str, tuple[int | None, int | None]] = {e: (int(e[1:5]), int(e[1:5]) + 1) for e in events}
    events |= {
        "P2019": ["CNRS", "D"],
        "P20160": ["CNRS", "A", "C"],
        "P20180": ["CNRS", "A", "B"],
        "Pnone": ["CNRS", "A", "C"],
    }
    years |= {"P2019": (2019, 2020)}
    events |= {"A1": ["CNRS", "A"], "A2": ["CNRS"]}
    return incidence(
        events,
        years=years | {"A1": (2015, None), "A2": (2015, None)},
        countries={"A": "JP", "D": "DE"},
        hosts={"A1": "JP", "A2": "JP"},
    )


def test_a_year_without_a_start_is_a_zero_and_an_unknown_date_no_year() -> None:
    answer = TREND.answer(yearly(), Scope(), {"actor": key("A")})
    rows = answer.table.rows()
    assert rows == [
        (2014, 2, 2, 0, None, False),
        (2015, 2, 4, 0, 0, True),
        (2016, 2, 4, 0, 0, True),
        (2017, 2, 4, 0, 0, True),
        (2018, 2, 4, 1, 0, True),
        (2019, 0, 2, 0, None, False),
    ]
    assert answer.figures["growth"] is None
    assert answer.figures["undated"] == 1
    assert said(answer)["change.incomplete"] == {"years": "2014, 2019"}
    estimated = TREND.answer(yearly(), Scope(), {"actor": key("A"), "floor": 8})
    assert estimated.figures["growth"] == pytest.approx(0)
    assert estimated.figures["growth_low"] < 0 < estimated.figures["growth_high"]


def coming_and_going() -> Incidence:
    """Bodies of Germany by when they work with the CNRS; the last known start is of 2020, which is not over."""
    spans: dict[str, list[tuple[int | None, int | None]]] = {
        "early": [(2014, 2015)],
        "pauses": [(2014, 2014), (2017, 2017)],
        "overlaps": [(2014, 2018), (2015, 2016)],
        "stays": [(2016, 2021)],
        "lately": [(2018, 2019)],
        "no end": [(2014, None), (2014, 2015)],
        "no date": [(2015, 2016), (None, None)],
        "newest": [(2020, 2023)],
    }
    years = {f"P{name}{i}": span for name, all_of in spans.items() for i, span in enumerate(all_of)}
    events = {event: ["CNRS", event[1:-1]] for event in years}
    return incidence(events, years=years, countries=dict.fromkeys(spans, "DE"))


def test_a_body_exits_the_year_after_its_last_event_and_never_in_a_year_that_is_not_complete() -> None:
    """By hand: early 2016, pauses 2018 and not 2015, overlaps 2019; lately ended in 2019, the last complete year."""
    answer = TREND.answer(coming_and_going(), Scope(), {"country": "DE"})
    exits = dict(answer.table.select("year", "exits").iter_rows())
    assert exits == {2014: None, 2015: 0, 2016: 1, 2017: 0, 2018: 1, 2019: 1, 2020: None}
    entries = dict(answer.table.select("year", "entries").iter_rows())
    assert entries == {2014: 4, 2015: 0, 2016: 1, 2017: 0, 2018: 1, 2019: 0, 2020: 1}
    assert said(answer)["change.incomplete"] == {"years": "2014, 2020"}
    anybody = TREND.answer(coming_and_going(), Scope(), {})
    assert anybody.table["exits"].to_list() == answer.table["exits"].to_list()
    some = TREND.answer(coming_and_going(), Scope(), {"country": "DE", "years": "2016-2018"})
    assert some.table["exits"].to_list() == [1, 0, 1]


def test_beside_one_body_exits_are_of_those_met_with_it() -> None:
    """E ends with A in 2015 and goes on without it to 2017; D, who began it, runs to the end."""
    events = {"P1": ["CNRS", "A", "E"], "P2": ["CNRS", "E"], "P3": ["CNRS", "A", "D"], "P4": ["CNRS", "D"]}
    years = {"P1": (2014, 2015), "P2": (2016, 2017), "P3": (2015, 2018), "P4": (2019, 2020)}
    ties = incidence(events, years=years)
    beside = TREND.answer(ties, Scope(), {"actor": key("A")}).table
    assert dict(beside.select("year", "exits").iter_rows()) == {2014: 0, 2015: 0, 2016: 1, 2017: 0, 2018: 0, 2019: None}
    everybody = TREND.answer(ties, Scope(), {}).table
    assert everybody["exits"].to_list() == [0, 0, 0, 0, 1, None]


def test_where_no_end_is_known_nobody_is_said_to_have_left() -> None:
    ties = incidence(
        {"A1": ["CNRS", "X"], "A2": ["CNRS", "Y"], "A3": ["CNRS", "Y"]},
        years={"A1": (2014, None), "A2": (2015, None), "A3": (2016, None)},
    )
    found = TREND.answer(ties, Scope(ties=frozenset({"agreements"})), {}).table
    assert found["entries"].to_list() == [1, 1, 0]
    assert found["exits"].to_list() == [None, None, None]


def test_a_country_has_its_bodies_and_the_agreements_it_hosts() -> None:
    projects = TREND.answer(yearly(), Scope(), {"country": "JP"})
    assert projects.figures["events"] == 11
    assert projects.table["entries"].to_list() == [0] * 6
    agreements = TREND.answer(yearly(), Scope(ties=frozenset({"agreements"})), {"country": "JP"})
    assert agreements.table.rows() == [(2015, 2, None, 1, None, False)]
    with_key = TREND.answer(yearly(), Scope(), {"actor": "Country:JP"})
    assert with_key.table.equals(projects.table)


def test_the_trend_of_all_partners_in_some_years_and_places() -> None:
    everybody = TREND.answer(yearly(), Scope(), {"years": "2016-2019"})
    assert everybody.table["started"].to_list() == [2, 2, 2, 1]
    assert said(everybody)["change.earlier"] == {"count": 4}
    assert TREND.answer(yearly(), Scope(countries=("DE",)), {}).figures["events"] == 1
    assert TREND.answer(yearly(), Scope(countries=("DE",)), {"actor": key("A")}).figures["events"] == 0


@pytest.mark.parametrize(
    "given",
    [
        {"actor": key("A"), "country": "JP"},
        {"actor": key("nobody")},
        {"country": "XK"},
        {"country": "FR"},
        {"actor": key("CNRS")},
        {"actor": "Lab:UMR 1"},
    ],
)
def test_who_is_no_partner_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        TREND.answer(yearly(), Scope(), given)


def test_an_empty_network_has_no_change_and_no_trend() -> None:
    nothing = incidence({})
    assert CHANGES.answer(nothing, Scope(), FRAMEWORKS).table.is_empty()
    answer = TREND.answer(nothing, Scope(), {})
    assert answer.table.is_empty()
    assert answer.figures["growth"] is None
