"""Of two snapshots the newer holds; what it dropped is closed with a date, and told as a table."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl

from ingest.reading import AUDIT, IDENTITIES, Ends, Reading
from ingest.vintages import CLOSED, Vintage, carried, closed, difference

JOINED: Ends = ("PARTICIPATES_IN", "Institution", "Project")
GONE: Ends = (CLOSED, "Institution", "Project")
NODE = {"id": pl.String, "name": pl.String, "record": pl.String}
TIE = {"start": pl.String, "end": pl.String, "record": pl.String}
DAYS = [dt.date(2024, 1, 1), dt.date(2025, 1, 1), dt.date(2026, 1, 1)]


def reading(*ties: tuple[str, str], names: dict[str, str] | None = None) -> Reading:
    bodies = sorted({body for body, _ in ties})
    projects = sorted({project for _, project in ties})
    return Reading(
        nodes={
            "Institution": pl.DataFrame(
                {"id": bodies, "name": [(names or {}).get(b, b.upper()) for b in bodies], "record": bodies}, schema=NODE
            ),
            "Project": pl.DataFrame({"id": projects, "name": projects, "record": projects}, schema=NODE),
        },
        relationships={
            JOINED: pl.DataFrame(
                [(body, project, f"{project}/{body}") for body, project in ties],
                schema=TIE,
                orient="row",
            )
        },
        identities=pl.DataFrame(schema=IDENTITIES),
        audit=pl.DataFrame(schema=AUDIT),
        rows=len(ties),
    )


def over(*readings: Reading) -> list[Reading]:
    """What older readings keep, of which the whole archive was read."""
    return closed([Vintage(day, each, each) for day, each in zip(DAYS, readings, strict=False)])


def pairs(found: Reading) -> set[tuple[object, ...]]:
    if GONE not in found.relationships:
        return set()
    return set(found.relationships[GONE].select("start", "end", "type", "withdrawn_on").iter_rows())


def test_what_a_newer_snapshot_still_has_is_not_taken_from_the_older_one():
    newer = reading(("a", "p"), ("b", "p"), ("c", "p"))
    (older,) = over(reading(("a", "p"), ("b", "p")), newer)
    assert older.relationships == {}
    assert older.nodes == {}


def test_a_tie_that_went_is_closed_on_the_day_of_the_first_snapshot_without_it():
    (older,) = over(reading(("a", "p"), ("b", "p")), reading(("a", "p")))
    assert pairs(older) == {("b", "p", "PARTICIPATES_IN", DAYS[1])}
    assert older.nodes["Institution"]["id"].to_list() == ["b"], "a body nobody describes any more stays known"
    assert older.nodes["Project"].height == 0, "its project is described by the newer one"


def test_a_project_that_went_carries_the_day():
    (older,) = over(reading(("a", "p"), ("a", "q")), reading(("a", "p")))
    assert older.nodes["Project"].select("id", "withdrawn_on").rows() == [("q", DAYS[1])]


def test_a_tie_with_what_another_source_describes_is_closed_too():
    def of_labs(*ties: tuple[str, str]) -> Reading:
        whole = reading(*ties)
        return replace(whole, nodes={"Institution": whole.nodes["Institution"]})

    (older,) = over(of_labs(("a", "grant:HORIZON:1"), ("a", "grant:HORIZON:2")), of_labs(("a", "grant:HORIZON:2")))
    assert pairs(older) == {("a", "grant:HORIZON:1", "PARTICIPATES_IN", DAYS[1])}


def test_a_unit_that_left_a_register_stays_known_with_whom_supervised_it_until_when():
    def register(*ties: tuple[str, str]) -> Reading:
        nodes = {
            "Lab": pl.DataFrame({"id": sorted({lab for lab, _ in ties})}),
            "Institution": pl.DataFrame({"id": sorted({body for _, body in ties})}),
        }
        told = pl.DataFrame(ties, schema=["start", "end"], orient="row").with_columns(record="start")
        return replace(reading(("a", "p")), nodes=nodes, relationships={("SUPERVISED_BY", "Lab", "Institution"): told})

    (older,) = over(register(("UMR 1", "u"), ("UMR 2", "u"), ("UMR 2", "v")), register(("UMR 1", "u")))
    gone = older.relationships["FORMERLY", "Lab", "Institution"]
    assert set(gone.select("start", "end", "type", "withdrawn_on").rows()) == {
        ("UMR 2", "u", "SUPERVISED_BY", DAYS[1]),
        ("UMR 2", "v", "SUPERVISED_BY", DAYS[1]),
    }
    assert older.nodes["Lab"]["id"].to_list() == ["UMR 2"]
    assert older.nodes["Institution"]["id"].to_list() == ["v"]


def test_of_three_snapshots_each_tie_is_closed_once():
    first, second = reading(("a", "p"), ("b", "p"), ("c", "p")), reading(("a", "p"), ("b", "p"))
    older, middle = over(first, second, reading(("a", "p")))
    assert pairs(older) == {("c", "p", "PARTICIPATES_IN", DAYS[1])}
    assert pairs(middle) == {("b", "p", "PARTICIPATES_IN", DAYS[2])}


def test_a_tie_taken_up_again_is_not_closed():
    vintages = (reading(("a", "p"), ("b", "p")), reading(("a", "p")), reading(("a", "p"), ("b", "p")))
    assert [pairs(found) for found in over(*vintages)] == [set(), set()]


def test_a_project_that_only_lost_us_is_not_withdrawn_nor_are_its_other_partners():
    """The newer archive still has it, but not among the projects this graph takes."""
    whole = reading(("b", "p"), ("a", "q"), ("c", "q"))
    (older,) = closed(
        [
            Vintage(DAYS[0], reading(("a", "p"), ("b", "p"), ("a", "q"), ("c", "q")), reading()),
            Vintage(DAYS[1], reading(("a", "q"), ("c", "q")), whole),
        ]
    )
    assert pairs(older) == {("a", "p", "PARTICIPATES_IN", DAYS[1])}
    assert older.nodes["Project"].select("id", "withdrawn_on").rows() == [("p", None)]


def test_a_table_that_only_grows_keeps_what_a_newer_one_leaves_out():
    first, second = reading(("a", "2024"), ("b", "2024")), reading(("a", "2024"), ("a", "2025"))
    (older,) = carried([first, second])
    assert older.relationships[JOINED].select("start", "end").rows() == [("b", "2024")]
    assert older.nodes["Institution"]["id"].to_list() == ["b"]
    (none,) = carried([second, second])
    assert none.relationships[JOINED].is_empty()


def test_a_changed_role_is_a_changed_record_and_no_end():
    newer = reading(("a", "p"))
    renamed = newer.relationships[JOINED].with_columns(record=pl.lit("p/a/coordinator"))
    changed = Reading(newer.nodes, {JOINED: renamed}, newer.identities, newer.audit, 1)
    (older,) = over(newer, changed)
    assert pairs(older) == set()


def test_the_difference_counts_records_and_names_partners_the_largest_change_first():
    older = reading(("a", "p"), ("a", "q"), ("b", "p"), names={"b": "Beta"})
    newer = reading(("a", "p"), ("c", "p"), ("c", "q"), ("c", "r"), names={"a": "Alpha"})
    found = difference(older, newer)
    assert found.kinds == {"Institution": (1, 1, 1), "Project": (1, 0, 0), "PARTICIPATES_IN": (3, 2, 0)}
    assert found.partners.select("id", "name", "before", "after", "change").rows() == [
        ("c", "C", None, 3, "new"),
        ("a", "Alpha", 2, 1, "changed"),
        ("b", "Beta", 1, None, "ended"),
    ]


def test_vintages_that_name_their_records_differently_are_compared_by_their_ends():
    one = reading(("a", "p"))
    other = Reading(
        one.nodes,
        {JOINED: one.relationships[JOINED].with_columns(record=pl.lit("p/a/participant/1"))},
        one.identities,
        one.audit,
        1,
    )
    assert difference(one, other).kinds["PARTICIPATES_IN"] == (1, 1, 0)
    assert difference(one, other, by_record=False).kinds["PARTICIPATES_IN"] == (0, 0, 0)


def test_two_equal_snapshots_differ_in_nothing():
    found = difference(reading(("a", "p")), reading(("a", "p")))
    assert set(found.kinds.values()) == {(0, 0, 0)}
    assert found.partners.is_empty()


def test_empty_snapshots_are_compared_like_others():
    found = difference(reading(), reading(("a", "p")))
    assert found.kinds["PARTICIPATES_IN"] == (1, 0, 0)
    assert pairs(over(reading(("a", "p")), reading())[0]) == {("a", "p", "PARTICIPATES_IN", DAYS[1])}
