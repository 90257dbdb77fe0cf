"""The Publications Office's FP7 archive: six real projects, and participations made for the test.

Of FP7 only the project table is at hand as published (byte order mark, decimal point, no legal basis in it).
"""

from __future__ import annotations

from tests.ingest.archives import cells, lines, members, zipped

ADDRESSES: dict[str, str] = {"archive": "/data/cordis-fp7projects-csv.zip"}

EXPECTED: dict[str, int] = {
    "Institution": 2,
    "Project": 6,
    "Snapshot": 1,
    "Source": 1,
    "FUNDED_UNDER": 6,
    "LOCATED_IN": 2,
    "PARTICIPATES_IN": 7,
    "PART_OF": 1,
}
"""Of a build with --accept-counts: an archive of a few projects is not what its source.toml expects."""

HEADER = (
    "projectID",
    "projectAcronym",
    "organisationID",
    "vatNumber",
    "name",
    "shortName",
    "SME",
    "activityType",
    "street",
    "postCode",
    "city",
    "country",
    "nutsCode",
    "geolocation",
    "organizationURL",
    "contactForm",
    "contentUpdateDate",
    "rcn",
    "order",
    "role",
    "ecContribution",
    "netEcContribution",
    "totalCost",
    "endOfParticipation",
    "active",
)
BODIES = {
    "999997930": ("CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE CNRS", "CNRS", "PARIS", "FR"),
    "999991722": ("AGENCIA ESTATAL CONSEJO SUPERIOR DE INVESTIGACIONES CIENTIFICAS", "CSIC", "MADRID", "ES"),
    "986152150": ("PANEPISTIMIO THESSALIAS", "UTH", "VOLOS", "EL"),
}


def participation(grant: str, pic: str, role: str, order: int, money: str) -> tuple[str, ...]:
    name, short, city, country = BODIES[pic]
    return (
        grant,
        "",
        pic,
        "",
        name,
        short,
        "false",
        "REC",
        "",
        "",
        city,
        country,
        "",
        "",
        "",
        "",
        "",
        "",
        str(order),
        role,
        money,
        money,
        money,
        "false",
        "",
    )


def archive() -> bytes:
    grants = [row[0] for row in cells(members("cordis_fp7")["project.csv"])[1:]]
    rows = [HEADER, *(participation(grant, "999997930", "coordinator", 1, "100000.5") for grant in grants[:5])]
    rows.append(participation(grants[0], "999991722", "participant", 2, "50000"))
    rows.append(participation(grants[5], "986152150", "coordinator", 1, "70000"))
    bases = lines([("projectID", "legalBasis", "title", "uniqueProgrammePart"), (grants[0], "FP7-ICT", "", "true")])
    return zipped({**members("cordis_fp7"), "organization.csv": lines(rows), "legalBasis.csv": bases})


def respond(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    if path != ADDRESSES["archive"] or query:
        return 404, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html><body>Not found</body></html>"
    return 200, {"Content-Type": "application/zip"}, archive()
