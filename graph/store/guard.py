"""May a console statement run? Judged by the engine's own parser and plan, not by a list of words.

It stands before two other walls: the reader user or READ mode, which
refuses writes, and the server's settings, which close files and the web.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import neo4j
from neo4j.exceptions import ClientError

from graph.errors import BadRequest, StatementRefused
from graph.store.capabilities import Capabilities

PROCEDURES: Final = frozenset({"db.labels", "db.relationshiptypes", "db.propertykeys", "db.index.fulltext.querynodes"})
"""Procedures that only read the graph and end soon, in lower case."""

_ALLOWED_TEXT: Final = "db.labels, db.relationshipTypes, db.propertyKeys and db.index.fulltext.queryNodes"
_FOREIGN_OPERATORS: Final = re.compile(
    r"LoadCSV|AdministrationCommand|Show|Terminate|TransactionForeach|TransactionApply", re.IGNORECASE
)
_WRITING_STEPS: Final = re.compile(
    r"^(CREATE|MERGE|SET|DELETE|DETACH|REMOVE|FOREACH|LOAD|DROP|ALTER|TERMINATE|SHOW|BACKUP)\b", re.IGNORECASE
)
_STEP: Final = re.compile(r"^[\s|]*[+*][-\s]*(.*)$", re.MULTILINE)
_QUIET: Final = re.compile(
    r"""'(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" | //[^\n\r]* | /\*.*?\*/ | `(?:``|[^`])*`""", re.VERBOSE | re.DOTALL
)
_CALL: Final = re.compile(r"\bCALL\b\s*(?P<name>[^\W\d][\w\s.]*)?", re.IGNORECASE)
_UNBOUNDED: Final = re.compile(r"\[[^\[\]]*\*\s*(?:\d+\s*)?(?:\.\.\s*)?(?:\]|\{)")
_FIXED: Final = re.compile(r"\*\s*\d+\s*(?:\]|\{)$")
_REPEATED: Final = re.compile(
    r"(?:\]\s*-|--)>?\s*(?:\+|\*|\{\s*\d*\s*,\s*\})\s*\( | \)\s*\{\s*\d*\s*,\s*\}", re.VERBOSE
)
"""Quantified patterns without an upper bound, as far as text shows them; the plan shows the rest."""
_PATHS: Final = re.compile(r"VarLength|ShortestPath|Repeat|Trail", re.IGNORECASE)
_PATH_STEPS: Final = re.compile(r"^(EXPAND PATH|QUANTIFIED PATH|SHORTEST PATH)\b", re.IGNORECASE)
_OPEN_END: Final = re.compile(r"\*\s*\]|\*\d*\.\.(?:2147483647)?\s*\]|\{\s*\d*\s*,\s*\}|\)[+*]")
"""How both engines' plans write a path without an upper bound."""
_FUNCTIONS: Final = re.compile(r"\b(eval|promql|util\s*\.\s*\w+)\s*\(", re.IGNORECASE)
"""Functions of the embedded engine that run text, sleep or unpack; Neo4j has none of them."""
_MAX_LENGTH: Final = 20_000


def check(session: neo4j.Session, cypher: str, params: Mapping[str, object], capabilities: Capabilities) -> None:
    """Return if the statement only reads the graph. Runs nothing but its EXPLAIN.

    Raises:
        StatementRefused: it writes, leaves the graph, calls a procedure off the list, or has no plan.
        BadRequest: it cannot be parsed; carries the engine's own words.
    """
    _check_text(cypher)
    try:
        summary = session.run("EXPLAIN " + cypher, dict(params)).consume()
    except ClientError as error:
        raise refused_by_engine(error) from error
    if not summary.plan:
        raise _refused("This statement has no reading plan (administration and schema statements have none).")
    if capabilities.typed_plan:
        _check_operators(summary.query_type, summary.plan)
    else:
        _check_steps(str(summary.plan.get("args", {}).get("string-representation", "")))


def refused_by_engine(error: ClientError) -> BadRequest | StatementRefused:
    """The engine's refusal as one of our errors."""
    code = error.code or ""
    message = " ".join((error.message or code).split())[:500]
    if ".Security." in code or "AccessMode" in code:
        return _refused("Only reading is allowed here.")
    return BadRequest(f"The statement cannot be run: {message}.", "Correct it and run it again.")


def _check_text(cypher: str) -> None:
    """What the embedded engine's plan does not show: the inside of a subquery, and a second statement."""
    if len(cypher) > _MAX_LENGTH:
        raise BadRequest(f"The statement is longer than {_MAX_LENGTH:,} characters.", "Pass long lists as parameters.")
    text = _QUIET.sub(_blank, cypher)
    if not text.strip(" \t\r\n;"):
        raise BadRequest("The statement is empty.", "Write a Cypher query, such as MATCH (c:Country) RETURN c.id.")
    if re.match(r"\s*(EXPLAIN|PROFILE)\b", text, re.IGNORECASE):
        raise _refused("EXPLAIN and PROFILE answer with no rows.")
    if ";" in text.rstrip().removesuffix(";"):
        raise _refused("More than one statement.")
    if "`" in text or "'" in text or '"' in text or "/*" in text:
        raise BadRequest("A quote or comment is not closed.", "Close it and run the statement again.")
    for name in _procedures(text):
        if name.lower() not in PROCEDURES:
            raise _refused(f"The procedure {name} is not on the short list ({_ALLOWED_TEXT}).")
    function = _FUNCTIONS.search(text)
    if function:
        raise _refused(f"The function {function.group(1)} is not allowed here.")
    if _REPEATED.search(text) or any(not _FIXED.search(found.group()) for found in _UNBOUNDED.finditer(text)):
        raise _endless()


def _blank(quiet: re.Match[str]) -> str:
    """Literals become an empty one and comments a space; a quoted name keeps its letters: `algo`.x is a call."""
    text = quiet.group()
    if text[0] == "`":
        return re.sub(r"\W", "_", text[1:-1]) if not re.fullmatch(r"[\w.]+", text[1:-1]) else text[1:-1]
    return " " if text[0] == "/" else " _s "


def _procedures(text: str) -> Iterator[str]:
    """Names that follow the word CALL where it can be the clause."""
    for call in _CALL.finditer(text):
        before = text[: call.start()].rstrip()
        is_property = before.endswith(".") and re.search(r"[\w)\]}]\s*\.$", before) and not re.search(r"\d\.$", before)
        name = call.group("name")
        if name is None or is_property or re.search(r"\bAS$", before, re.IGNORECASE):
            continue
        dotted = re.match(r"\w+(\s*\.\s*\w+)*", name)
        yield re.sub(r"\s+", "", dotted.group()) if dotted else name


def _check_operators(query_type: str | None, plan: Mapping[str, Any]) -> None:
    """Neo4j: a reading query whose every operator stays in the graph."""
    if query_type != "r":
        raise _refused("Only reading is allowed here.")
    pending = [plan]
    while pending:
        step = pending.pop()
        operator = str(step.get("operatorType", "")).split("@")[0]
        details = str(step.get("args", {}).get("Details", ""))
        if _FOREIGN_OPERATORS.search(operator):
            raise _refused(f"{operator} leaves the graph.")
        if _PATHS.search(operator) and _OPEN_END.search(details):
            raise _endless()
        if operator.startswith("ProcedureCall"):
            name = details.split("(", maxsplit=1)[0].strip().lower()
            if name not in PROCEDURES:
                raise _refused(f"The procedure {name} is not on the short list ({_ALLOWED_TEXT}).")
        pending.extend(step.get("children", []))


def _check_steps(plan: str) -> None:
    """Embedded engine: no step of the plan writes, leaves the graph or calls off the list."""
    steps = [step.strip() for step in _STEP.findall(plan)]
    if not steps:
        raise _refused("The engine shows no plan for this statement.")
    for step in steps:
        if _WRITING_STEPS.match(step):
            raise _refused("Only reading is allowed here.")
        if _PATH_STEPS.match(step) and _OPEN_END.search(step):
            raise _endless()
        call = re.match(r"CALL\s+([\w.]+)\s*\(", step)
        if call and call.group(1).lower() not in PROCEDURES:
            raise _refused(f"The procedure {call.group(1)} is not on the short list ({_ALLOWED_TEXT}).")


def _endless() -> StatementRefused:
    return StatementRefused("A path of any length is not allowed.", "Give the path an upper bound, such as [*1..4].")


def _refused(what: str) -> StatementRefused:
    return StatementRefused(what, "Use MATCH … RETURN; data is changed by `python -m ingest build` only.")
