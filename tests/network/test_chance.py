"""The null model against what it must keep, closed forms and shuffled networks; and which ties are beyond chance."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, false_discovery_control

from graph.errors import BadRequest
from graph.i18n import LANGUAGES
from graph.network import CNRS, Answer, Incidence, Scope, chance, null_model
from tests.network.networks import incidence, key

BEYOND_CHANCE = chance.ANALYSES[0]
MATRICES = st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=2, max_size=8)


def asked(graph: Incidence, scope: str = "", **given: object) -> Answer:
    return BEYOND_CHANCE.answer(graph, Scope.parse(scope), {"floor": "1"} | given)


def random_network(seed: int, together: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Eighty projects of three to six out of thirty, and twelve more of those who go together."""
    rng = np.random.default_rng(seed)
    names = [f"m{i}" for i in range(30)]
    weights = 1 / np.arange(1, 31) ** 0.5
    drawn = [rng.choice(names, rng.integers(3, 7), replace=False, p=weights / weights.sum()) for _ in range(80)]
    events = {f"P{i}": [str(name) for name in members] for i, members in enumerate(drawn)}
    return events | {f"PT{i}": [*together, f"m{i % 30}"] for i in range(12 if together else 0)}


def curveball(matrix: np.ndarray, trades: int, rng: np.random.Generator) -> np.ndarray:
    """Trade what two events do not share, as in Strona et al. 2014, Nat. Commun. 5, 4114."""
    sets = [set(np.flatnonzero(row)) for row in matrix]
    for _ in range(trades):
        a, b = rng.choice(len(sets), 2, replace=False)
        common, loose = sets[a] & sets[b], list(sets[a] ^ sets[b])
        rng.shuffle(loose)
        cut = len(sets[a]) - len(common)
        sets[a], sets[b] = common | set(loose[:cut]), common | set(loose[cut:])
    found = np.zeros_like(matrix)
    for row, members in enumerate(sets):
        found[row, list(members)] = 1
    return found


@settings(max_examples=60)
@given(MATRICES)
def test_everybody_keeps_its_number_on_average(rows: list[list[bool]]) -> None:
    matrix = np.array(rows, dtype=int)
    taken, members = matrix.sum(axis=0), matrix.sum(axis=1)
    found = null_model.chance(taken, members)
    classes = found.probability[found.actor]
    assert (classes >= 0).all()
    assert (classes <= 1).all()
    assert classes @ found.many == pytest.approx(taken, abs=1e-5)
    assert classes.sum(axis=0) == pytest.approx(np.unique(members), abs=1e-5)
    assert (classes[taken == len(members)] == 1).all()
    assert (classes[taken == 0] == 0).all()


def test_among_equals_chance_is_binomial() -> None:
    """Forty actors of ten events each in a hundred of four: two of them meet in one with d(d-1)/n(n-1)."""
    found = null_model.chance(np.full(40, 10), np.full(100, 4))
    assert found.probability == pytest.approx(1 / 10)
    joint = null_model.joint(found, np.array([0, 3]), np.array([1, 2]), np.array([2, 0]))
    p = 4 * 3 / (40 * 39)
    assert joint.mean == pytest.approx(100 * p, rel=0.01)
    assert joint.sd == pytest.approx(np.sqrt(100 * p * (1 - p)), rel=0.01)
    assert joint.tail == pytest.approx(binom.sf([1, -1], 100, p), rel=0.02)
    assert (joint.low[0], joint.high[0]) == tuple(binom.ppf([0.025, 0.975], 100, p))


def test_nobody_is_met_alone() -> None:
    """Of events of one member none ties two, whatever the product of their chances says."""
    joint = null_model.joint(null_model.chance(np.full(50, 2), np.ones(100, dtype=int)), *np.array([[0], [1], [1]]))
    assert joint.mean[0] == pytest.approx(0, abs=1e-3)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 9)), min_size=1, max_size=6), st.integers(0, 60))
def test_sums_of_unlike_trials_are_those_of_convolution(classes: list[tuple[float, int]], n: int) -> None:
    p, many = np.array([q for q, _ in classes]), np.array([count for _, count in classes])
    by_chance = null_model.Chance(np.array([0, 1]), many, np.vstack([p, np.ones(len(p))]), np.ones(len(p)))
    trials = [[1 - q, q] for q, count in classes for _ in range(count)]
    mass = np.append(reduce(np.convolve, trials), np.zeros(61))
    joint = null_model.joint(by_chance, np.array([0]), np.array([1]), np.array([n]))
    assert joint.tail[0] == pytest.approx(max(mass[n:].sum(), null_model.LEAST), abs=1e-12)
    assert joint.mean[0] == pytest.approx(mass @ np.arange(len(mass)))
    inside = mass[joint.low[0] : joint.high[0] + 1].sum()
    assert inside >= 0.95 - 1e-9


def test_false_discoveries_are_those_of_scipy_with_what_was_not_listed() -> None:
    tail = np.array([0.001, 0.2, 0.012, 0.03, 0.9])
    reference = false_discovery_control(np.append(tail, np.ones(15)))[:5]
    assert null_model.false_discoveries(tail, 20) == pytest.approx(reference)


def test_what_it_expects_is_what_shuffling_gives() -> None:
    """Curveball keeps every number exactly, the model on average: over all pairs both expect the same."""
    graph = incidence(random_network(1))
    events, actors = graph.events["event"].to_list(), sorted(graph.members["actor"].unique())
    matrix = np.zeros((len(events), len(actors)), dtype=int)
    for event, actor in graph.members.iter_rows():
        matrix[events.index(event), actors.index(actor)] = 1
    rng = np.random.default_rng(2)
    pairs = np.triu_indices(len(actors), 1)
    shuffled, sums, draws = matrix, np.zeros(len(pairs[0])), 150
    for _ in range(draws):
        shuffled = curveball(shuffled, 200, rng)
        sums += (shuffled.T @ shuffled)[pairs]
    assert (shuffled.sum(axis=0) == matrix.sum(axis=0)).all()
    model = null_model.chance(matrix.sum(axis=0), matrix.sum(axis=1))
    expected = null_model.joint(model, *pairs, (matrix.T @ matrix)[pairs]).mean
    assert np.corrcoef(sums / draws, expected)[0, 1] > 0.99
    assert expected.sum() == pytest.approx((sums / draws).sum(), rel=0.02)
    assert np.abs(sums / draws - expected).max() < 0.5


def test_who_always_goes_together_is_beyond_chance_and_the_rest_is_not() -> None:
    answer = asked(incidence(random_network(3, ("S", "T")) | {"P": ["S"], "PP": ["T"]}), floor="5")
    assert answer.table.columns == [column.name for column in BEYOND_CHANCE.columns]
    first = answer.table.row(0, named=True)
    assert {first["a_name"], first["b_name"]} == {"S", "T"}
    assert (first["n"], first["n_a"], first["n_b"], first["beyond"]) == (12, 13, 13, True)
    assert first["low"] <= first["expected"] <= first["high"] < first["n"]
    assert answer.table["beyond"].sum() == answer.figures["beyond"] == 1
    assert answer.table["q"].to_list() == sorted(answer.table["q"])
    assert all(answer.note_texts(language) for language in LANGUAGES)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_beyond_chance_where_chance_made_it_all(seed: int) -> None:
    assert asked(incidence(random_network(10 + seed)), floor="5").figures["beyond"] == 0


def test_the_cnrs_in_every_project_is_certain_and_changes_nothing_for_others() -> None:
    without = asked(incidence(random_network(3, ("S", "T"))))
    answer = asked(incidence({event: ["CNRS", *members] for event, members in random_network(3, ("S", "T")).items()}))
    assert CNRS not in {*answer.table["a"], *answer.table["b"]}
    assert ("certainty.everywhere", {"names": "CNRS"}) in answer.notes
    assert answer.table["a"].to_list() == without.table["a"].to_list()
    assert answer.table["expected"].to_list() == pytest.approx(without.table["expected"].to_list(), abs=1e-6)


def test_a_pair_is_tested_by_its_ends_whether_it_is_tied_or_not() -> None:
    """Floor, place and question choose among actors; the pairs tested are counted, here by hand."""
    events = random_network(4)
    countries = {"m0": "CA", "m1": "CA", "m2": "JP"}
    graph = incidence(events, countries=countries)
    taken = Counter(name for members in events.values() for name in members)
    strong = [name for name, many in taken.items() if many >= 8]
    for scope, more, fits in (
        ("", {}, lambda a, b: True),
        ("countries=CA", {}, lambda a, b: {a, b} & {"m0", "m1"}),
        ("", {"of": "Country:CA"}, lambda a, b: {a, b} & {"m0", "m1"}),
        ("countries=CA", {"of": key("m2")}, lambda a, b: "m2" in (a, b) and {a, b} & {"m0", "m1"}),
        ("", {"of": key("m2")}, lambda a, b: "m2" in (a, b)),
    ):
        answer = asked(graph, scope, floor="8", **more)
        pairs = [{a, b} for a, b in combinations(strong, 2) if fits(a, b)]
        assert answer.figures["tested"] == len(pairs)
        tied = [pair for pair in pairs if any(pair <= set(members) for members in events.values())]
        assert answer.figures["tied"] == len(tied)
        assert all(set(names) in tied for names in answer.table.select("a_name", "b_name").iter_rows())


def test_countries_are_tested_by_country() -> None:
    countries = {f"m{i}": ["DE", "JP", "CA"][i % 3] for i in range(30)}
    answer = asked(incidence(random_network(5), countries=countries), "level=country", of="Country:JP")
    assert answer.figures["tested"] == 2
    assert all("Country:JP" in ends for ends in answer.table.select("a", "b").iter_rows())


def test_what_cannot_be_tested_says_so_and_nothing_gives_nothing() -> None:
    graph = incidence({"P1": ["A", "B"], "P2": ["A"]}, works=[("UMR 1", "A", 2019, 2023, 3, None)])
    with pytest.raises(BadRequest, match="Institution:NOPE"):
        asked(graph, of="Institution:NOPE")
    with pytest.raises(BadRequest, match="QQ"):
        asked(graph, of="Country:QQ")
    with pytest.raises(BadRequest, match="fewer than 3"):
        asked(graph, of=key("B"), floor="3")
    with pytest.raises(BadRequest, match="no members"):
        asked(graph, "ties=copublications")
    empty = asked(graph, "ties=agreements")
    assert (empty.table.height, dict(empty.figures)) == (0, {"tested": 0, "tied": 0, "beyond": 0})
    everywhere = asked(graph, "weighting=newman")
    assert everywhere.table.is_empty()
    assert all(everywhere.note_texts(language) for language in LANGUAGES)
