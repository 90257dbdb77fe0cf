"""What became of groups: every fate by hand, and nothing lost whatever the partitions."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.network import Incidence, Scope, continuity
from tests.network.networks import incidence

CONTINUITY = continuity.ANALYSES[0]
FRAMEWORKS = {"before": "H2020", "after": "HORIZON"}


def fates(before: list[int], after: list[int], threshold: float = 0.2) -> pl.DataFrame:
    """Of two partitions of the same actors, as lists of blocks by actor."""
    actors = pl.DataFrame({"before": before, "after": after}, schema={"before": pl.Int64, "after": pl.Int64})
    sizes = [actors.group_by(side).agg(pl.len().cast(pl.Int64).alias(f"size_{side}")) for side in ("before", "after")]
    shared = actors.group_by("before", "after").agg(pl.len().cast(pl.Int64).alias("common"))
    return continuity.fates(shared, sizes[0], sizes[1], threshold)


def told(table: pl.DataFrame) -> set[tuple[int | None, int | None, str]]:
    return set(table.select("before", "after", "fate").iter_rows())


def test_a_block_that_halves_has_split_and_two_that_join_have_merged() -> None:
    """Block 1 of eight goes to 11 and 12; 2 and 3, of four each, come together in 13; 4 stays as 14."""
    before = [1] * 8 + [2] * 4 + [3] * 4 + [4] * 4
    after = [11] * 4 + [12] * 4 + [13] * 8 + [14] * 4
    table = fates(before, after)
    assert told(table) == {
        (1, 11, "split"),
        (1, 12, "split"),
        (2, 13, "merged"),
        (3, 13, "merged"),
        (4, 14, "survived"),
    }
    half = table.row(by_predicate=(pl.col("before") == 1) & (pl.col("after") == 11), named=True)
    assert (half["common"], half["jaccard"], half["expected"]) == (4, 0.5, pytest.approx(8 * 4 / 20))


def test_what_scatters_has_died_and_what_comes_from_everywhere_was_born() -> None:
    """Block 1 leaves one member in each of five; a new block 16 has one of each."""
    before = [1] * 5 + [2] * 6 + [3] * 6 + [4] * 6 + [5] * 6 + [6] * 6
    after = [12, 13, 14, 15, 16] + ([12] * 5 + [17]) + ([13] * 5 + [17]) + ([14] * 5 + [17]) + ([15] * 5 + [17])
    after += [16] * 5 + [17]
    found = told(fates(before, after, 0.3))
    assert (1, None, "died") in found
    assert (None, 17, "born") in found
    assert {fate for *_, fate in found} == {"died", "born", "survived"}


def test_blocks_that_trade_halves_are_mixed() -> None:
    before, after = [1] * 8 + [2] * 8 + [3] * 16, [11] * 4 + [12] * 4 + [11] * 4 + [12] * 4 + [13] * 16
    assert told(fates(before, after)) == {
        (1, 11, "mixed"),
        (1, 12, "mixed"),
        (2, 11, "mixed"),
        (2, 12, "mixed"),
        (3, 13, "survived"),
    }


def test_two_large_blocks_that_overlap_by_chance_alone_are_no_match() -> None:
    """Eight of ten members each in both partitions, six in common: a Jaccard of 0.6, and less than 6.4 by chance."""
    before, after = [1] * 8 + [2] * 2, [11] * 6 + [12] * 2 + [11] * 2
    assert told(fates(before, after, 0.5)) == {(b, None, "died") for b in (1, 2)} | {
        (None, a, "born") for a in (11, 12)
    }


BLOCKS = st.lists(st.tuples(st.integers(1, 4), st.integers(11, 14)), min_size=1, max_size=30)


@settings(max_examples=60)
@given(BLOCKS, st.sampled_from([0.05, 0.2, 0.5, 1.0]))
def test_every_block_has_a_fate_and_time_run_backwards_mirrors_it(
    drawn: list[tuple[int, int]], threshold: float
) -> None:
    before, after = [b for b, _ in drawn], [a for _, a in drawn]
    found = told(fates(before, after, threshold))
    assert {b for b, _, _ in found} - {None} == set(before)
    assert {a for _, a, _ in found} - {None} == set(after)
    mirror = {"split": "merged", "merged": "split", "born": "died", "died": "born"}
    assert told(fates(after, before, threshold)) == {(a, b, mirror.get(fate, fate)) for b, a, fate in found}


@settings(max_examples=30)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=30))
def test_a_partition_survives_itself(blocks: list[int]) -> None:
    table = fates(blocks, blocks, 1.0)
    assert told(table) == {(block, block, "survived") for block in set(blocks)}


def cliques(groups: list[str], programme: str) -> dict[str, list[str]]:
    pairs = [(a, b) for group in groups for a, b in combinations(group, 2)]
    return {f"P{programme}{a}{b}": [a, b] for a, b in pairs}


def two_networks() -> Incidence:
    """Three groups before; after, the first has split, the others have merged, and four newcomers stand apart."""
    before = cliques(["ABCDEFGH", "IJKL", "MNOP"], "H2020")
    after = cliques(["ABCD", "EFGH", "IJKLMNOP", "WXYZ"], "HORIZON")
    return incidence(before | after, programmes={**dict.fromkeys(before, "H2020"), **dict.fromkeys(after, "HORIZON")})


def test_groups_of_two_periods_through_the_networks() -> None:
    answer = CONTINUITY.answer(two_networks(), Scope(include_cnrs=False), {**FRAMEWORKS, "floor": 4})
    assert sorted(answer.table["fate"].to_list()) == ["merged", "merged", "split", "split"]
    figures = answer.figures
    assert (figures["actors_before"], figures["actors_after"], figures["actors_both"]) == (16, 20, 16)
    assert 0 < figures["ari"] < figures["nmi"] < 1
    assert figures["stability_before"] == 1
    row = answer.table.row(0, named=True)
    assert row["leaders_before"].count(" · ") == 2
    assert answer.note_texts("fr")
    same = CONTINUITY.answer(two_networks(), Scope(include_cnrs=False), {**FRAMEWORKS, "floor": 5})
    assert {note for note, _ in same.notes} >= {"change.small_blocks"}


def test_nothing_in_common_is_no_likeness_and_not_a_likeness_of_nothing() -> None:
    for events in ({}, {"P1": ["A", "B"]}):
        answer = CONTINUITY.answer(incidence(events, programmes=dict.fromkeys(events, "H2020")), Scope(), FRAMEWORKS)
        assert answer.table.is_empty()
        assert (answer.figures["nmi"], answer.figures["ari"], answer.figures["actors_both"]) == (None, None, 0)
        assert "change.nothing_to_compare" in dict(answer.notes)
