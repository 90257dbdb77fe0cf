"""Whether the loaded graph gives the counts and figures known from outside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.catalogue import SourceSpec

if TYPE_CHECKING:
    from graph.store import Store


@dataclass(frozen=True, slots=True)
class Finding:
    """One expectation and what the store says."""

    source: str
    what: str
    expected: int
    actual: int
    met: bool


def check(store: Store, specs: Sequence[SourceSpec]) -> list[Finding]:
    """Compare every source's expected counts and known values with the store.

    A source's nodes and relationships are counted by their `source` property;
    institutions are not, since one node merges the records of several sources. What is
    expected of a download are rows of its tables, which the build compares.
    """
    return [finding for spec in specs for finding in (*_counts(store, spec), *_known(store, spec))]


def _counts(store: Store, spec: SourceSpec) -> list[Finding]:
    findings = []
    for expected in () if spec.published else spec.expected:
        if expected.what in ("Institution", "Lab"):
            continue
        pattern = f"()-[x:{expected.what}]->()" if expected.what.isupper() else f"(x:{expected.what})"
        answer = store.read(f"MATCH {pattern} WHERE x.source = $source RETURN count(x) AS n", {"source": spec.name})
        actual = _number(answer.rows[0][0])
        findings.append(Finding(spec.name, expected.what, expected.value, actual, expected.met(actual)))
    return findings


def _known(store: Store, spec: SourceSpec) -> list[Finding]:
    findings = []
    for known in spec.known:
        actual = _number(store.read(known.cypher, known.params).rows[0][0])
        findings.append(Finding(spec.name, known.what, known.value, actual, actual == known.value))
    return findings


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1
