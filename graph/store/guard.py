"""May a console statement run? Judged by the engine's own parser and plan, not by a list of words.

It stands before two other walls: the reader user or READ mode, which
refuses writes, and the server's settings, which close files and the web.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import neo4j
from neo4j.exceptions import ClientError

from graph.errors import BadRequest, StatementRefused
from graph.store.capabilities import Capabilities

PROCEDURES: Final = frozenset({"db.labels", "db.relationshiptypes", "db.propertykeys", "db.index.fulltext.querynodes"})
"""Procedures that only read the graph and end soon, in lower case."""

_ALLOWED: Final = "db.labels, db.relationshipTypes, db.propertyKeys, db.index.fulltext.queryNodes"
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
        raise StatementRefused.of("refused.no_reading_plan")
    if capabilities.typed_plan:
        _check_operators(summary.query_type, summary.plan)
    else:
        _check_steps(str(summary.plan.get("args", {}).get("string-representation", "")))


def refused_by_engine(error: ClientError) -> BadRequest | StatementRefused:
    """The engine's refusal as one of our errors."""
    code = error.code or ""
    message = " ".join((error.message or code).split())[:500]
    if ".Security." in code or "AccessMode" in code:
        return StatementRefused.of("refused.reading_only")
    return BadRequest.of("refused.statement_faulty", reason=message)


def _check_text(cypher: str) -> None:
    """What the embedded engine's plan does not show: the inside of a subquery, and a second statement."""
    if len(cypher) > _MAX_LENGTH:
        from graph.i18n import number  # noqa: PLC0415 - see `ExplorerError.of`

        raise BadRequest.of("refused.statement_long", length=partial(number, _MAX_LENGTH))
    text = _QUIET.sub(_blank, cypher)
    if not text.strip(" \t\r\n;"):
        raise BadRequest.of("refused.statement_empty")
    if re.match(r"\s*(EXPLAIN|PROFILE)\b", text, re.IGNORECASE):
        raise StatementRefused.of("refused.explained")
    if ";" in text.rstrip().removesuffix(";"):
        raise StatementRefused.of("refused.several_statements")
    if "`" in text or "'" in text or '"' in text or "/*" in text:
        raise BadRequest.of("refused.statement_open")
    for name in _procedures(text):
        if name.lower() not in PROCEDURES:
            raise _not_listed(name)
    function = _FUNCTIONS.search(text)
    if function:
        raise StatementRefused.of("refused.function", name=function.group(1))
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
        raise StatementRefused.of("refused.reading_only")
    pending = [plan]
    while pending:
        step = pending.pop()
        operator = str(step.get("operatorType", "")).split("@")[0]
        details = str(step.get("args", {}).get("Details", ""))
        if _FOREIGN_OPERATORS.search(operator):
            raise StatementRefused.of("refused.leaves_graph", operator=operator)
        if _PATHS.search(operator) and _OPEN_END.search(details):
            raise _endless()
        if operator.startswith("ProcedureCall"):
            name = details.split("(", maxsplit=1)[0].strip().lower()
            if name not in PROCEDURES:
                raise _not_listed(name)
        pending.extend(step.get("children", []))


def _check_steps(plan: str) -> None:
    """Embedded engine: no step of the plan writes, leaves the graph or calls off the list."""
    steps = [step.strip() for step in _STEP.findall(plan)]
    if not steps:
        raise StatementRefused.of("refused.no_reading_plan")
    for step in steps:
        if _WRITING_STEPS.match(step):
            raise StatementRefused.of("refused.reading_only")
        if _PATH_STEPS.match(step) and _OPEN_END.search(step):
            raise _endless()
        call = re.match(r"CALL\s+([\w.]+)\s*\(", step)
        if call and call.group(1).lower() not in PROCEDURES:
            raise _not_listed(call.group(1))


def _endless() -> StatementRefused:
    return StatementRefused.of("refused.endless_path")


def _not_listed(procedure: str) -> StatementRefused:
    return StatementRefused.of("refused.procedure", name=procedure, allowed=_ALLOWED)
