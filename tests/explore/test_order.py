"""An engine promises no order that was not asked for: whatever it gives, every answer is the same to the last digit."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

import polars as pl
import pytest

from graph.briefing import compose
from graph.explore import Picture, details, draw, evidence
from graph.network import Incidence, Scope, load_incidence
from graph.network.incidence import CNRS
from graph.store import Rows, Store
from tests.contract.answers import forget

NODES = ("Country:JP", "Lab:UMR 7198", "Agreement:I001", "Programme:HORIZON", "Region:150", "Institution:ror:02gfc7t72")


class Shuffled:
    """A store that gives rows in any order wherever a statement asks for none."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store = store
        self.chance = random.Random(seed)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def read(self, cypher: str, params: Mapping[str, object] | None = None) -> Rows:
        found = self.store.read(cypher, params)
        rows = list(found.rows)
        return found if ordered(cypher) else replace(found, rows=self.chance.sample(rows, len(rows)))

    def frame(self, cypher: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        found = self.store.frame(cypher, params)
        if ordered(cypher):
            return found
        return found.sample(fraction=1, shuffle=True, seed=self.chance.randrange(1_000_000))


def ordered(cypher: str) -> bool:
    return "ORDER BY" in cypher.rpartition("RETURN")[2]


def seen(store: Any, incidence: Incidence) -> Iterator[tuple[str, object]]:
    """Everything a page shows of some nodes, read afresh."""
    forget()
    for key in (*NODES, CNRS):
        label, _, identity = key.partition(":")
        yield f"picture of {key}", draw(store, Picture(key), Scope(), incidence=incidence)
        yield f"panel of {key}", details(store, label, identity, incidence=incidence)
        yield f"evidence of {key}", evidence(store, key, CNRS, incidence=incidence)
    for subject in ("JP", "Institution:ror:02gfc7t72"):
        today = dt.date(2026, 11, 25)
        yield f"briefing on {subject}", compose(store, subject, "fr", today=today, incidence=incidence)


@pytest.fixture(scope="module")
def expected(bundled_store: Store, bundled_incidence: Incidence) -> Iterator[dict[str, object]]:
    yield dict(seen(bundled_store, bundled_incidence))
    forget()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_shown_does_not_depend_on_the_order_of_rows(
    bundled_store: Store, bundled_incidence: Incidence, expected: dict[str, object], seed: int
) -> None:
    store: Any = Shuffled(bundled_store, seed)
    incidence = load_incidence(store)
    for field in fields(Incidence):
        assert getattr(incidence, field.name).equals(getattr(bundled_incidence, field.name)), field.name
    for name, shown in seen(store, incidence):
        assert shown == expected[name], name
