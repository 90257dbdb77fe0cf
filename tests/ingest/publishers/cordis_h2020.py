"""The Publications Office's Horizon 2020 archive: real rows of five projects, comma-separated as in May 2023.

Their project table holds what the bundled one of 2020 knows of them; 671662 came later, and has numbers only.
"""

from __future__ import annotations

from tests.ingest.archives import lines, members, zipped

ADDRESSES: dict[str, str] = {"archive": "/data/cordis-h2020projects-csv.zip"}

EXPECTED: dict[str, int] = {
    "Institution": 23,
    "Project": 5,
    "Snapshot": 1,
    "Source": 1,
    "FUNDED_UNDER": 5,
    "LOCATED_IN": 23,
    "PARTICIPATES_IN": 28,
    "PART_OF": 1,
}
"""Of a build with --accept-counts: an archive of a few projects is not what its source.toml expects."""

HEADER = (
    "id",
    "acronym",
    "status",
    "title",
    "startDate",
    "endDate",
    "totalCost",
    "ecMaxContribution",
    "legalBasis",
    "topics",
    "ecSignatureDate",
    "frameworkProgramme",
    "masterCall",
    "subCall",
    "fundingScheme",
    "nature",
    "objective",
    "contentUpdateDate",
    "rcn",
    "grantDoi",
)
KNOWN: dict[str, dict[str, str]] = {
    "641606": {
        "acronym": "MISTRALE",
        "startDate": "2015-01-01",
        "endDate": "2018-06-30",
        "totalCost": "3337857,5",
        "ecMaxContribution": "2599244.63",
        "legalBasis": "H2020-EU.2.1.6.;H2020-EU.2.",
        "subCall": "H2020-Galileo-2014-1",
        "fundingScheme": "IA",
        "rcn": "193835",
    },
    "640868": {
        "acronym": "SWInG",
        "startDate": "2015-06-01",
        "endDate": "2018-05-31",
        "totalCost": "3254755",
        "ecMaxContribution": "3254755",
        "legalBasis": "H2020-EU.3.3.5.;H2020-EU.3.;H2020-EU.3.3.",
        "subCall": "H2020-LCE-2014-1",
        "fundingScheme": "RIA",
        "rcn": "196579",
    },
    "691102": {
        "acronym": "ALGAE4A-B",
        "startDate": "2016-01-01",
        "endDate": "2019-12-31",
        "totalCost": "972000",
        "ecMaxContribution": "972000",
        "legalBasis": "H2020-EU.1.3.3.",
        "subCall": "H2020-MSCA-RISE-2015",
        "fundingScheme": "MSCA-RISE",
        "rcn": "200152",
    },
    "657712": {
        "acronym": "BETAPEV",
        "startDate": "2015-04-01",
        "endDate": "2017-03-31",
        "totalCost": "173076",
        "ecMaxContribution": "173076",
        "legalBasis": "H2020-EU.1.3.2.",
        "subCall": "H2020-MSCA-IF-2014",
        "fundingScheme": "MSCA-IF-EF-RI",
        "rcn": "195496",
    },
    "671662": {"rcn": "900000671662"},
}
PROJECTS = (
    HEADER,
    *(tuple({"id": grant, **facts}.get(column, "") for column in HEADER) for grant, facts in KNOWN.items()),
)


def archive() -> bytes:
    return zipped({**members("cordis_h2020"), "project.csv": lines(PROJECTS, ",")})


def respond(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    if path != ADDRESSES["archive"] or query:
        return 404, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html><body>Not found</body></html>"
    return 200, {"Content-Type": "application/zip", "Last-Modified": "Sat, 06 May 2023 04:12:00 GMT"}, archive()
