"""Nodes of the store as nodes of a picture, and single relationships with who says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from graph.errors import BadRequest
from graph.explore.view import ViewNode
from graph.queries import internal
from graph.schema import NODE_BY_LABEL

if TYPE_CHECKING:
    from graph.store import Store

CNRS_ID: Final = "ror:02feahw73"
LONG_NAME: Final = 26
"""A longer name gives way on the drawing to the short one the source gives."""


@cache
def labelled(name: str, *labels: str) -> str:
    """Return an internal query for given labels, which cannot be parameters and come from the schema only.

    Raises:
        BadRequest: no such kind.
    """
    text = internal(name)
    for token, label in zip(("__A__", "__B__"), labels, strict=False):
        if label not in NODE_BY_LABEL:
            raise BadRequest.of("refused.no_kind", kind=label, kinds=", ".join(NODE_BY_LABEL))
        text = text.replace(token, label)
    return text


def split(key: str) -> tuple[str, str]:
    """Return label and id of a node key.

    Raises:
        BadRequest: no node key, or a kind that does not exist.
    """
    label, _, identity = key.partition(":")
    if label not in NODE_BY_LABEL or not identity:
        raise BadRequest.of("refused.no_node_key", text=key)
    return label, identity


def properties(store: Store, label: str, identities: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the properties of nodes of one kind by id, dates as `datetime.date`; ids not found are absent."""
    wanted = list(dict.fromkeys(identities))
    if not wanted:
        return {}
    rows = store.read(labelled("explore_nodes", label), {"ids": wanted})
    found = ({name: native(value) for name, value in row[0].items()} for row in _maps(rows.rows))
    return {str(each["id"]): each for each in found}


def _maps(rows: Iterable[tuple[object, ...]]) -> Iterable[tuple[Mapping[str, Any]]]:
    for row in rows:
        yield (dict(row[0].items()),)  # type: ignore[attr-defined]


def native(value: Any) -> Any:
    """Return a date of the driver as a `datetime.date`; anything else as it is."""
    return value.to_native() if hasattr(value, "to_native") else value


def nodes(store: Store, keys: Iterable[str]) -> dict[str, ViewNode]:
    """Return nodes by key, in the order asked for; what the store does not have is absent."""
    wanted = list(dict.fromkeys(keys))
    by_label: dict[str, list[str]] = defaultdict(list)
    for key in wanted:
        label, identity = split(key)
        by_label[label].append(identity)
    found = {
        f"{label}:{identity}": view_node(label, row)
        for label, identities in by_label.items()
        for identity, row in properties(store, label, identities).items()
    }
    return {key: found[key] for key in wanted if key in found}


def view_node(label: str, row: Mapping[str, Any]) -> ViewNode:
    """Make a node of a picture from a node of the store."""
    name = str(row.get("name") or row.get("acronym") or row["id"])
    if label in ("Topic",):
        name = str(row.get("name_en") or row["id"])
    french, english = str(row.get("name_fr") or name), str(row.get("name_en") or name)
    return ViewNode(
        label=label,
        id=str(row["id"]),
        name_fr=french,
        name_en=english,
        country=row.get("country") or (row["id"] if label == "Country" else None),
        note=_note(label, row),
        active=not _ended(row),
        short=_short(label, row, max(len(french), len(english))),
    )


def _short(label: str, row: Mapping[str, Any], length: int) -> str | None:
    acronym = row.get("acronym")
    if label == "Lab":
        unit = str(row.get("label") or "")
        return " · ".join(filter(None, (str(acronym or ""), unit))) or None
    if label == "Programme" and length > LONG_NAME:
        return str(acronym or row["id"])
    if acronym and label in ("Institution", "Agreement") and length > LONG_NAME and len(str(acronym)) <= LONG_NAME:
        return str(acronym)
    return None


def _note(label: str, row: Mapping[str, Any]) -> str | None:
    if label == "Agreement":
        years = "–".join(str(row[name]) for name in ("year_start", "year_end") if row.get(name))
        return " · ".join(filter(None, (str(row.get("instrument") or ""), years))) or None
    if label == "Lab":
        return row.get("label") or None
    if label == "Project":
        return row.get("framework") or None
    if label == "Programme":
        return str(row["id"])
    return row.get("city") or None


def _ended(row: Mapping[str, Any]) -> bool:
    year = row.get("year_end") or row.get("year_closed")
    return year is not None and "id" in row and "acronym" in row and int(year) < date.today().year


def year_of(value: object) -> int | None:
    """Return the year of a date, an ISO text or a year."""
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value.year
    return int(str(value)[:4])
