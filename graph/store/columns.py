"""Column names of an answer without rows: the embedded engine sends none then, but its plan has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import neo4j
from neo4j.exceptions import Neo4jError

_FINAL: Final = re.compile(r"FINAL PROJECTION \[(.*)\]\s*$", re.MULTILINE)


def named(
    result: neo4j.Result, runner: neo4j.Session | neo4j.ManagedTransaction, cypher: str, params: Mapping[str, object]
) -> tuple[str, ...]:
    """The answer's column names, asked of the plan where the answer has none."""
    keys = tuple(result.keys())
    if keys:
        return keys
    result.consume()
    try:
        plan = runner.run(f"EXPLAIN {cypher}", dict(params)).consume().plan
    except Neo4jError:
        return ()
    found = _FINAL.findall(str((plan or {}).get("args", {}).get("string-representation", "")))
    return split(found[-1]) if found else ()


def split(projection: str) -> tuple[str, ...]:
    """Names of a projection, parted at the commas that are in no bracket and no string.

    >>> split("n.id, {a:n.b, c:1}, substring(n.x, 1, 2)")
    ('n.id', '{a:n.b, c:1}', 'substring(n.x, 1, 2)')
    """
    names, depth, quote, start = [], 0, "", 0
    for at, letter in enumerate(projection):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "," and depth == 0:
            names.append(projection[start:at].strip())
            start = at + 1
    names.append(projection[start:].strip())
    return tuple(name for name in names if name)
