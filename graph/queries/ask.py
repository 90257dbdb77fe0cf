"""Asking a named question: parameters checked first, then one read of the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from graph.errors import BadRequest, require_parameters
from graph.i18n import Language, t
from graph.queries.catalogue import Parameter, Question, internal, question

if TYPE_CHECKING:
    from graph.store import Rows, Store

_YEARS: Final = range(1900, 2101)
_NODES: Final = ("country", "institution", "lab", "project", "programme", "cnrs_institute")


def ask(store: Store, name: str, /, **params: object) -> Rows:
    """Answer one named question.

    An institution may be given by any identifier judged to be it, such as its PIC.

    Args:
        store: any store whose graph is built.
        name: the question's id, the name of its file.
        params: values by parameter name; text from a command line or an
            address is converted. A missing one takes the question's default.

    Returns:
        The question's columns; no rows where nothing matches.

    Raises:
        BadRequest: no such question, an unknown or missing parameter, a value of the
            wrong kind, or one that names nothing in the graph.
    """
    one = question(name)
    rows = store.read(one.cypher, resolved(store, one, params))
    # The embedded engine does not name the columns of an answer without rows.
    return rows if rows.rows else replace(rows, columns=tuple(column.name for column in one.columns))


def resolved(store: Store, one: Question, params: Mapping[str, object]) -> dict[str, object]:
    """Return a complete set of parameters whose identifiers are those of the graph.

    Raises:
        BadRequest: as `validated`, or a value names nothing in the graph.
    """
    values = validated(one, params)
    for parameter in one.parameters:
        value = values[parameter.name]
        if parameter.type in _NODES and value is not None:
            values[parameter.name] = canonical(store, parameter, str(value))
    return values


def validated(one: Question, params: Mapping[str, object]) -> dict[str, object]:
    """Return a complete set of parameters for `one`, defaults filled and types converted.

    An empty value means "no restriction" where the parameter is optional.

    Raises:
        BadRequest: an unknown or missing parameter, or a value of the wrong kind; names it.
    """
    known = {parameter.name: parameter for parameter in one.parameters}
    require_parameters(one.id, params, known)
    return {name: _value(parameter, params.get(name, parameter.default)) for name, parameter in known.items()}


def identified(store: Store, value: str) -> str:
    """Return the id of the institution that answers to any of its identifiers, such as one it was known by before.

    An identifier that nobody has comes back as it is.
    """
    read = store.read(internal("questions_identified_institution"), {"id": value})
    return str(read.rows[0][0]) if read.rows else value


def canonical(store: Store, parameter: Parameter, value: str) -> str:
    """Return the id in the graph of the node a value names; an institution also answers to its other identifiers.

    Raises:
        BadRequest: the graph has no such node.
    """
    read = store.read(internal(f"questions_known_{parameter.type}"), {"id": value})
    if not read.rows and parameter.type == "institution":
        read = store.read(internal("questions_identified_institution"), {"id": value})
    if not read.rows:
        raise BadRequest.of(f"refused.unknown_{parameter.type}", id=value)
    return str(read.rows[0][0])


def _value(parameter: Parameter, value: object) -> object:
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "":
        if parameter.required:
            raise BadRequest.of(
                "refused.value_needed", name=parameter.name, label=_label(parameter), expected=_expected(parameter)
            )
        return None
    if parameter.type in ("year", "integer"):
        return _integer(parameter, value)
    if not isinstance(value, str):
        raise _wrong(parameter, value)
    if parameter.type == "country":
        if len(value) != 2 or not (value.isascii() and value.isalpha()):
            raise _wrong(parameter, value)
        return value.upper()
    return value


def _integer(parameter: Parameter, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise _wrong(parameter, value)
    try:
        whole = int(value)
    except ValueError:
        raise _wrong(parameter, value) from None
    if whole not in (_YEARS if parameter.type == "year" else range(1, 10_001)):
        raise _wrong(parameter, value)
    return whole


def _wrong(parameter: Parameter, value: object) -> BadRequest:
    return BadRequest.of(
        "refused.no_value",
        value=value,
        name=parameter.name,
        label=_label(parameter),
        expected=_expected(parameter),
    )


def _label(parameter: Parameter) -> Callable[[Language], str]:
    return parameter.label.__getitem__


def _expected(parameter: Parameter) -> Callable[[Language], str]:
    kind = parameter.type if parameter.type in ("country", "year", "integer") else "text"
    return partial(t, f"ask.expected_{kind}")
