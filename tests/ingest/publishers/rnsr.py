"""The ministry's portal: its whole-dataset export as csv or json, thirty real structures."""

from __future__ import annotations

from pathlib import Path

DATASET = "fr-esr-structures-recherche-publiques-actives"
_EXPORTS = f"/api/explore/v2.1/catalog/datasets/{DATASET}/exports"
ADDRESSES = {"structures": f"{_EXPORTS}/csv?delimiter=%3B&list_separator=%7C"}
EXPECTED = {"Lab": 4, "Institution": 3, "SUPERVISED_BY": 7, "PART_OF": 1, "LOCATED_IN": 7, "Snapshot": 1, "Source": 1}

FIXTURES = Path(__file__).parents[2] / "fixtures" / "published" / "rnsr"
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}


def respond(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    kind = path.removeprefix(f"{_EXPORTS}/")
    if kind not in _TYPES or path == kind:
        return 404, {"Content-Type": "application/json"}, b'{"error_code": "ODSQLError", "message": "Unknown"}'
    body = (FIXTURES / f"{DATASET}.{kind}").read_bytes()
    if kind == "csv":
        if query.get("delimiter", [";"]) != [";"]:
            return 400, {"Content-Type": "application/json"}, b'{"error_code": "InvalidRESTParameterError"}'
        body = body.replace(b"|", query.get("list_separator", [","])[0].encode())
    return 200, {"Content-Type": _TYPES[kind], "Content-Disposition": f'attachment; filename="{DATASET}.{kind}"'}, body
