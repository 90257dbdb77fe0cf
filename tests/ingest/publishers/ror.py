"""Zenodo's list of ROR's releases and the newest dump, a zip with both schemas, as ROR packed them until 2025."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

RELEASE = "v1.73-2025-10-28-ror-data"
ADDRESSES = {"dump": "/api/communities/ror-data/records?q=&sort=newest"}
EXPECTED = {
    "Lab": 17,
    "Institution": 3,
    "SUPERVISED_BY": 19,
    "PART_OF": 2,
    "LOCATED_IN": 16,
    "Snapshot": 1,
    "Source": 1,
}

_FIXTURES = Path(__file__).parents[2] / "fixtures" / "published" / "ror"
_FILE = f"/api/records/17469436/files/{RELEASE}.zip/content"
Answer = tuple[int, dict[str, str], bytes]


def archive(release: str = RELEASE, members: tuple[str, ...] = ("ror-data.json", "ror-data_schema_v2.json")) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for member in members:
            name = member.replace("ror-data", release)
            file.writestr(name, (_FIXTURES / member).read_bytes())
            file.writestr(name.replace(".json", ".csv"), "id,name\n")
            file.writestr(f"__MACOSX/._{name}", b"\x00\x05\x16\x07")
    return packed.getvalue()


def respond(path: str, query: dict[str, list[str]]) -> Answer:
    if path == _FILE:
        return 200, {"Content-Type": "application/octet-stream"}, archive()
    if path == "/api/communities/ror-data/records" and query.get("sort") == ["newest"]:
        data = archive()
        newest = {
            "key": f"{RELEASE}.zip",
            "size": len(data),
            "checksum": f"md5:{hashlib.md5(data, usedforsecurity=False).hexdigest()}",
            # Zenodo gives whole addresses; this server does not know its own.
            "links": {"self": _FILE},
        }
        older = {**newest, "key": "v1.72-2025-10-06-ror-data.zip", "links": {"self": "/gone"}}
        records = [
            {"id": number, "metadata": {"version": file["key"].split("-")[0]}, "files": [file]}
            for number, file in ((17268018, older), (17469436, newest))
        ]
        body = json.dumps({"hits": {"hits": records, "total": len(records)}, "aggregations": {}, "links": {}})
        return 200, {"Content-Type": "application/json"}, body.encode()
    return 404, {"Content-Type": "application/json"}, b'{"status": 404, "message": "Not found"}'
