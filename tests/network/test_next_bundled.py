"""The bundled graph's answers against straight counts in Cypher, and what rests on chance against chance itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from functools import reduce

import numpy as np
import polars as pl
import pytest
from scipy import optimize
from scipy.special import expit
from scipy.stats import binom

from graph.network import CNRS, Incidence, Scope, back_test, certainty, chance, links, whom_next
from graph.network.projection import Floats, Ints
from graph.store import Store
from tests.network.test_twelve_questions import asked, consortia, named

KNOWN_BY_WORKS_ALONE = """
MATCH (:Lab)-[:COPUBLISHES_WITH]-(i:Institution)
WHERE i.country = 'CA' AND NOT (i)-[:PARTICIPATES_IN]->() AND NOT (i)-[:PARTY_TO]->()
RETURN i.id AS id, count(*) AS works
"""
JOINT = """
MATCH (a:Institution {id: $a})-[:PARTICIPATES_IN]->(p:Project)<-[:PARTICIPATES_IN]-(b:Institution {id: $b})
RETURN count(DISTINCT p) AS n
"""


def numbers(of: Iterable[int]) -> tuple[Ints, Ints]:
    """Return the different numbers there are, and how often each."""
    return np.unique(np.fromiter(of, dtype=np.int64), return_counts=True)


def test_canadas_untapped_partners_are_those_labs_publish_with_and_no_project_has(
    bundled_store: Store, bundled_incidence: Incidence
) -> None:
    answer = whom_next.ANALYSES[0].answer(bundled_incidence, Scope(), {"country": "CA"})
    expected = bundled_store.frame(KNOWN_BY_WORKS_ALONE)
    assert set(answer.table["key"]) == {f"Institution:{one}" for one in expected["id"]}
    assert answer.table["n_us"].sum() == 0
    assert ("next.untapped_ego", {}) in answer.notes
    assert 0 < answer.figures["precision_10_random"] < answer.figures["precision_10"] < 1


def test_suggestions_of_fp7_come_true_in_h2020_more_often_than_by_chance(bundled_incidence: Incidence) -> None:
    """Pairs foretold and tied, for the three best connected, by plain sets of FP7 and H2020 partners."""
    answer = back_test.ANALYSES[0].answer(bundled_incidence, Scope(), {"egos": 3})
    met: dict[str, dict[str, set[str]]] = {"FP7": {}, "H2020": {}}
    for members in bundled_incidence.members.filter(pl.col("actor") != CNRS).partition_by("event"):
        programme = members["event"][0].split(":")[1]
        names = set(members["actor"])
        for one in names if programme in met else ():
            met[programme].setdefault(one, set()).update(names - {one})
    before, after = met["FP7"], met["H2020"]
    both = before.keys() & after.keys()
    owners = sorted(both, key=lambda one: (-len(before[one]), one))[:3]
    foretold = {
        (one, other)
        for one in owners
        for other in both - before[one] - {one}
        if not before[one].isdisjoint(before[other])
    }
    assert answer.figures["candidates"] == len(foretold)
    assert answer.figures["new_ties"] == sum(other in after[one] for one, other in foretold)
    lifts = answer.table.filter(method="resource_allocation")["lift"]
    assert lifts.min() > 1


def test_a_tie_beyond_chance_has_as_many_joint_projects_as_the_store(
    bundled_store: Store, bundled_incidence: Incidence
) -> None:
    answer = chance.ANALYSES[0].answer(bundled_incidence, Scope.parse("ties=projects"), {"top": 3})
    for row in answer.table.to_dicts():
        ids = {end: row[end].partition(":")[2] for end in ("a", "b")}
        assert bundled_store.frame(JOINT, ids)["n"].to_list() == [row["n"]]
        assert row["beyond"]
    assert CNRS not in {*answer.table["a"], *answer.table["b"]}


def test_a_tie_beyond_chance_is_as_unlikely_in_the_configuration_model_solved_another_way(
    bundled_incidence: Incidence,
) -> None:
    """Expectation, interval, z and p of three ties of the documented command.

    The model by least squares over the numbers of projects and members; two in a project of d by the exact
    probability given that d took part, where the answer has Hájek's approximation; their sum by folding each project
    in, where it has a Fourier transform.
    """
    answer = asked(bundled_incidence, named("beyond_chance"))
    projects = consortia(bundled_incidence)  # the CNRS is in all, and so no part of what chance decides
    taken = Counter(one for members in projects for one in members)
    often, bodies = numbers(taken.values())
    sizes, times = numbers(len(members) for members in projects if members)

    def probability(at: Floats) -> Floats:
        return expit(at[: len(often), None] + at[None, len(often) :])

    def short(at: Floats) -> Floats:
        p = probability(at)
        return np.concatenate([p @ times / often, bodies @ p / sizes]) - 1

    start = np.log(np.concatenate([often, sizes]) / np.sqrt(often @ bodies))
    fitted = optimize.least_squares(short, start, method="lm").x
    assert np.abs(short(fitted)).max() < 1e-9
    p = probability(fitted)

    def together(i: int, j: int, size: int, column: Floats) -> float:
        """Probability of both, of the classes i and j, in a project that has so many members."""
        others = bodies - np.bincount([i, j], minlength=len(bodies))
        rest = np.eye(1, size + 1)[0]
        for many, each in zip(others, column, strict=True):
            rest = np.convolve(rest, binom.pmf(np.arange(size + 1), many, each))[: size + 1]
        ends = np.convolve([1 - column[i], column[i]], [1 - column[j], column[j]])
        all_told = sum(ends[k] * rest[size - k] for k in range(min(size, 2) + 1))
        return float(ends[2] * rest[size - 2] / all_told) if size > 1 else 0.0

    # The least likely tie of all, the first of two large bodies, and the last that is called beyond chance.
    first, last = answer.table.row(0, named=True), answer.table.filter("beyond").row(-1, named=True)
    large = answer.table.filter((pl.col("n_a") >= 20) & (pl.col("n_b") >= 20)).row(0, named=True)
    for row in (first, large, last):
        a, b = row["a"], row["b"]
        assert (row["n_a"], row["n_b"]) == (taken[a], taken[b])
        assert row["n"] == sum({a, b} <= members for members in projects)
        i, j = (int(np.searchsorted(often, taken[end])) for end in (a, b))
        both = np.array([together(i, j, int(size), column) for size, column in zip(sizes, p.T, strict=True)])
        mean, sd = float(times @ both), float(np.sqrt(times @ (both * (1 - both))))
        mass = reduce(np.convolve, [binom.pmf(np.arange(n + 1), n, each) for n, each in zip(times, both, strict=True)])
        assert row["expected"] == pytest.approx(mean, rel=0.01)
        assert row["z"] == pytest.approx((row["n"] - mean) / sd, rel=0.01)
        assert row["p"] == pytest.approx(mass[row["n"] :].sum(), rel=0.05)
        below = mass.cumsum()
        assert (row["low"], row["high"]) == tuple(int((below >= end).argmax()) for end in (0.025, 0.975))
        assert row["n"] > row["high"]
    assert large["expected"] > 1 > first["expected"]


def test_the_seventh_of_horizon_europe_is_the_sorbonne_and_might_be_the_fifth_or_the_twentysixth(
    bundled_incidence: Incidence,
) -> None:
    """The documented command, beside 2000 draws of whole projects from another seed and plain counts of ties."""
    table = asked(bundled_incidence, named("certainty")).table
    (row,) = table.filter(rank=7).to_dicts()
    assert (row["name"], row["country"], row["low"], row["high"]) == ("SORBONNE UNIVERSITE", "FR", 5, 26)
    assert row["unstable"] is True
    projects = consortia(bundled_incidence)
    bodies = {one: number for number, one in enumerate(sorted(set().union(*projects)))}
    # Partners of each in each project, the CNRS among them; it leads every draw, being in all.
    partners = np.zeros((len(projects), len(bodies)), dtype=np.float32)
    for number, members in enumerate(projects):
        partners[number, [bodies[one] for one in members]] = len(members)
    rng = np.random.default_rng(2024)
    draws = [np.bincount(rng.integers(len(projects), size=len(projects)), minlength=len(projects)) for _ in range(2000)]
    strength = np.array(draws, dtype=np.float32) @ partners
    ranks = np.sort(2 + (strength > strength[:, [bodies[row["key"]]]]).sum(axis=1))
    # The answer has 200 draws, whose upper end varies by some places from seed to seed.
    assert abs(ranks[49] - row["low"]) <= 1
    assert abs(ranks[1949] - row["high"]) <= 4
    for weighting, tie, expected in (
        ("full", lambda d: Fraction(1), 7),
        ("fractional", lambda d: Fraction(1, d), 5),
        ("newman", lambda d: Fraction(1, d - 1), 5),
    ):
        weight: Counter[str] = Counter()
        for members in projects:
            for one in members:
                weight[one] += len(members) * tie(len(members) + 1)
        better = sum(value > weight[row["key"]] for value in weight.values())
        assert row[f"rank_{weighting}"] == 2 + better == expected
    assert (row["value"], row["events"]) == (
        sum(len(members) for members in projects if row["key"] in members),
        sum(row["key"] in members for members in projects),
    )


def test_the_first_rank_of_horizon_europe_is_sure_and_the_second_less(bundled_incidence: Incidence) -> None:
    scope = Scope.parse("ties=projects;programmes=HORIZON")
    table = certainty.ANALYSES[0].answer(bundled_incidence, scope, {"top": 10, "draws": 50}).table
    first, second = table.rows(named=True)[:2]
    assert (first["key"], first["low"], first["high"], first["events"]) == (CNRS, 1, 1, 1222)
    assert second["high"] > second["low"] == second["rank"] == 2
    assert table.filter((pl.col("low") <= pl.col("rank")) & (pl.col("rank") <= pl.col("high"))).height == 10


def test_a_lab_of_nancy_is_two_steps_from_waterloo(bundled_store: Store, bundled_incidence: Incidence) -> None:
    """Without the CNRS, as many paths of two steps as bodies that write with the lab and share a project with it."""
    waterloo, lab = "ror:01aff2v68", "UMR 7198"
    given = {"a": f"Lab:{lab}", "b": f"Institution:{waterloo}"}
    answer = links.ANALYSES[0].answer(bundled_incidence, Scope.parse("cnrs=0"), given)
    between = bundled_store.frame(
        "MATCH (:Lab {id: $lab})-[:COPUBLISHES_WITH]-(z:Institution)-[:PARTICIPATES_IN]->(:Project)"
        "<-[:PARTICIPATES_IN]-(:Institution {id: $b}) WHERE z.id <> 'ror:02feahw73' RETURN count(DISTINCT z) AS n",
        {"lab": lab, "b": waterloo},
    )
    assert answer.figures == {"steps": 2, "fewest": between["n"][0]}
