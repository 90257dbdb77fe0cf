"""Search by name across labels: accents and case do not matter, the last word may be unfinished."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import neo4j

from graph.store.capabilities import Capabilities
from graph.store.rows import Rows
from graph.store.text import fold, words

LABELS: Final = (
    "Country",
    "Institution",
    "Lab",
    "Programme",
    "Project",
    "Agreement",
    "CnrsInstitute",
    "Region",
)
COLUMNS: Final = ("label", "id", "name", "country", "score")
_CANDIDATES: Final = 400
_PRIOR: Final[Mapping[str, float]] = {
    "Country": 0.9,
    "Region": 0.5,
    "Institution": 0.6,
    "CnrsInstitute": 0.95,
    "Lab": 0.4,
    "Programme": 1.2,
    "Agreement": 0.3,
    "Project": 0.1,
}
"""Which label comes first among equally good names: a person who types 'Japan' means the country."""

_MOST_WORDS: Final = 12
_LONGEST: Final = 100
"""Letters of a word; what is longer is no name, and more than the engines can look for by its beginning."""
_UNIT: Final = re.compile(r"\b([A-Za-z]{2,5})(\d{2,})\b")
"""UMR8552 is written UMR 8552."""

_WEIGHED: Final = 60
"""How many of the best are weighed by their ties."""
_UNWEIGHED: Final = frozenset({"Country", "Region", "Programme", "CnrsInstitute"})
"""Large by nature; their names are enough."""
_TIES: Final = "MATCH (n:{label})-[r]-() WHERE n.id IN $ids RETURN n.id AS id, count(r) AS ties"
_LONG: Final = 8
_SMALL_WORDS: Final = frozenset(
    {"a", "an", "and", "at", "d", "de", "del", "della", "der", "des", "di", "do", "du", "e", "en", "et"}
    | {"for", "fur", "in", "l", "la", "le", "les", "of", "the", "und", "y"}
)

_BY_ID: Final = """
UNWIND $ids AS id MATCH (n:{label} {{id: id}})
RETURN n.id AS id, coalesce(n.name, n.name_en, n.id) AS name, n.country AS country
"""
_FIND: Final = """
CALL db.index.fulltext.queryNodes($index, $terms) YIELD node, score
WITH node, score ORDER BY score DESC LIMIT $limit
RETURN node.id AS id, node.name AS name, node.name_en AS name_en, node.name_fr AS name_fr,
       node.acronym AS acronym, node.country AS country, node.aliases AS aliases, node.search AS search, score,
       node.latitude IS NOT NULL AS placed
"""


def search(
    transaction: neo4j.ManagedTransaction, capabilities: Capabilities, text: str, labels: Sequence[str], limit: int
) -> Rows:
    """Best matches over the labels, best first; see `Store.search`."""
    found: dict[tuple[str, str], tuple[object, ...]] = {}
    asked, parted = _asked(text), _asked(_UNIT.sub(r"\1 \2", text))
    for label in labels:
        _by_id(transaction, label, text.strip(), found)
        _by_words(transaction, capabilities.fulltext_index(label), label, asked, limit, found)
        if parted != asked:
            _by_words(transaction, capabilities.fulltext_index(label), label, parted, limit, found)
    if not found:
        for label in labels:
            _loosely(transaction, capabilities.fulltext_index(label), label, asked, found)
    candidates = sorted(found.values(), key=_rank)[: max(limit, _WEIGHED)]
    weighed = [(*row[:4], round(_number(row[4]) + bonus, 3)) for row, bonus in _bonuses(transaction, candidates)]
    return Rows(COLUMNS, sorted(weighed, key=_rank)[:limit])


def _asked(text: str) -> list[str]:
    return [word[:_LONGEST] for word in words(text)[:_MOST_WORDS]]


def _rank(row: tuple[object, ...]) -> tuple[float, int, str]:
    return (-_number(row[4]), len(str(row[2])), str(row[2]))


def _bonuses(
    transaction: neo4j.ManagedTransaction, rows: list[tuple[object, ...]]
) -> Iterator[tuple[tuple[object, ...], float]]:
    """Each row with up to 1.5 for its ties: of many bodies named alike, the partner is the one meant."""
    ties: dict[tuple[object, object], int] = {}
    for label in {str(row[0]) for row in rows if row[0] not in _UNWEIGHED}:
        ids = [row[1] for row in rows if row[0] == label]
        query = _TIES.format(label=label)
        ties |= {(label, row["id"]): row["ties"] for row in transaction.run(query, ids=ids).data()}
    for row in rows:
        yield row, min(1.5, 0.6 * math.log10(1 + ties.get((row[0], row[1]), 0)))


def _by_id(
    transaction: neo4j.ManagedTransaction, label: str, id_: str, found: dict[tuple[str, str], tuple[object, ...]]
) -> None:
    ids = list({id_, id_.upper(), _UNIT.sub(r"\1 \2", id_).upper()})
    for row in transaction.run(_BY_ID.format(label=label), ids=ids).data():
        found[label, row["id"]] = (label, row["id"], row["name"], row["country"], 10.2 + _PRIOR.get(label, 0.0))


def _by_words(
    transaction: neo4j.ManagedTransaction,
    index: str,
    label: str,
    asked: list[str],
    limit: int,
    found: dict[tuple[str, str], tuple[object, ...]],
) -> None:
    if not asked:
        return
    exact = " ".join(f"+{word}" for word in asked)
    prefix = " ".join([*(f"+{word}" for word in asked[:-1]), f"+{asked[-1]}*"])
    before = len(found)
    for terms in (exact, prefix):
        if len(found) - before >= limit:
            break  # whole words filled the answer, and beginnings of words rank below them
        for row in transaction.run(_FIND, index=index, terms=terms, limit=_CANDIDATES).data():
            score = _score(asked, label, row)
            if score is not None and (label, row["id"]) not in found:
                name = row["name"] or row["name_en"] or row["id"]
                found[label, row["id"]] = (label, row["id"], name, row["country"], round(score, 3))


def _loosely(
    transaction: neo4j.ManagedTransaction,
    index: str,
    label: str,
    asked: list[str],
    found: dict[tuple[str, str], tuple[object, ...]],
) -> None:
    """Words by their stems: 'université de tokyo' means the University of Tokyo."""
    stems = [word[:6] if len(word) >= _LONG else word for word in asked if word not in _SMALL_WORDS]
    if not stems:
        return
    terms = " ".join(f"+{stem}*" for stem in stems)
    for row in transaction.run(_FIND, index=index, terms=terms, limit=_CANDIDATES).data():
        known = words(str(row["search"] or ""))
        if all(any(word.startswith(stem) for word in known) for stem in stems):
            name = row["name"] or row["name_en"] or row["id"]
            found[label, row["id"]] = (label, row["id"], name, row["country"], 2.0 + _PRIOR.get(label, 0.0))


def _score(asked: list[str], label: str, row: Mapping[str, object]) -> float | None:
    """How well a row's names answer the words asked; None if they do not.

    10 the acronym or id itself, 9 a name itself, 8 an alias itself,
    5.5 a name's beginning, 5 whole words, 4 words by their beginning.
    """
    phrase = " ".join(asked)
    names = [" ".join(words(str(row[key]))) for key in ("name", "name_en", "name_fr") if row[key]]
    given = row["aliases"]
    aliases = [" ".join(words(str(alias))) for alias in given] if isinstance(given, list) else []
    if phrase in (" ".join(words(str(row["acronym"] or ""))), " ".join(words(str(row["id"])))):
        base = 10.0
    elif phrase in names:
        base = 9.5
    elif phrase in aliases:
        base = 8.0
    elif any(name.startswith(phrase) for name in names):
        base = 5.5 if any(name.startswith(phrase + " ") for name in names) else 4.5
    else:
        known = words(fold(str(row["search"] or ""), *names))
        whole = set(known)
        if all(word in whole for word in asked):
            base = 5.0
        elif all(word in whole for word in asked[:-1]) and any(word.startswith(asked[-1]) for word in known):
            base = 4.0
        else:
            return None
    # A body that was placed on the map is known better than a bare name in one source.
    return base + _PRIOR.get(label, 0.0) + (0.05 if row["placed"] else 0.0)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
