"""Which identifiers become one body, and which must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import SourceError
from ingest.fingerprint import JUDGEMENTS
from ingest.resolve import Judgement, Linker, load_judgements

CNRS = ["ror:02feahw73", "pic:999997930", "openalex:I1294671590", "fp7:3dd8adf7378218b42943d9cf442a40be"]


def same(left: str, right: str, *, human: bool = False) -> Judgement:
    return Judgement(left, right, "same", human, "test")


def test_the_four_identifiers_of_the_cnrs_are_one_body_named_by_its_ror():
    linker = Linker(CNRS, judgements=load_judgements(JUDGEMENTS))
    assert {linker.canonical(identifier) for identifier in CNRS} == {"ror:02feahw73"}


def test_the_cnrs_of_lebanon_is_another_body():
    linker = Linker([*CNRS, "pic:999565407"], judgements=load_judgements(JUDGEMENTS))
    assert linker.canonical("pic:999565407") != "ror:02feahw73"
    assert linker.canonical("fp7:22ce64998051a12273870fd5a31f0e35") != "ror:02feahw73"


def test_a_chain_that_would_join_two_pics_is_refused_and_listed():
    linker = Linker([], judgements=[same("pic:1", "name:fr:x"), same("name:fr:x", "pic:2")])
    assert linker.canonical("pic:1") != linker.canonical("pic:2")
    assert [(c.left, c.right) for c in linker.conflicts] == [("name:fr:x", "pic:2")]


def test_a_person_overrules_a_machine():
    different = Judgement("pic:1", "fp7:a", "different", True, "test")
    linker = Linker([], judgements=[same("pic:1", "fp7:a"), different])
    assert linker.canonical("fp7:a") == "fp7:a"


def test_unsure_joins_nothing():
    linker = Linker([], judgements=[Judgement("pic:1", "fp7:a", "unsure", True, "test")])
    assert linker.canonical("fp7:a") == "fp7:a"


def test_one_row_of_a_source_joins_its_two_identifiers():
    linker = Linker(["openalex:I1"], identities=[("openalex:I1", "ror:0x")])
    assert linker.groups()["ror:0x"] == ["ror:0x", "openalex:I1"]


IDENTIFIERS = st.sampled_from([f"{system}:{n}" for system in ("ror", "pic", "openalex", "fp7", "name") for n in "123"])


@given(st.lists(st.tuples(IDENTIFIERS, IDENTIFIERS, st.booleans())))
def test_no_judgements_ever_join_two_pics_or_two_rors(pairs):
    linker = Linker([], judgements=[same(a, b, human=human) for a, b, human in pairs])
    for members in linker.groups().values():
        assert sum(m.startswith("pic:") for m in members) <= 1
        assert sum(m.startswith("ror:") for m in members) <= 1


def test_a_line_that_is_no_judgement_is_named(tmp_path):
    path = tmp_path / "judgements.csv"
    path.write_text("left,right,judgement,by,rule,date\npic:1,pic:2,maybe,human,x,2026-01-01\n")
    with pytest.raises(SourceError, match="Line 2"):
        load_judgements(path)
