"""The kinds of node and relationship of the graph, as data.

Constraints, validation, the writing Cypher, the console's legend and
docs/schema.md are all derived from `NODES` and `RELATIONSHIPS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

PropertyType = Literal["string", "integer", "float", "boolean", "date", "strings"]

VERSION: Final = 3
"""Number of the last migration in `graph/store/migrations`; rises with every change of a kind."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a kind: its type, unit and meaning."""

    name: str
    type: PropertyType
    description: str
    required: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class NodeKind:
    """A node label; `id` is its key, unique within the label."""

    label: str
    description: str
    properties: tuple[Property, ...]
    fulltext: bool = False
    internal: bool = False
    """Written by the store about itself, never by a build, and in no archive of the graph."""

    @property
    def columns(self) -> tuple[Property, ...]:
        """Key, own properties, then provenance, in table order."""
        search = (SEARCH,) if self.fulltext else ()
        return (KEY, *self.properties, *search, *PROVENANCE)


@dataclass(frozen=True, slots=True)
class RelationshipKind:
    """A relationship type and the pairs of labels it may join.

    Two relationships of one type between the same nodes are told apart by
    `record`, the publisher's record id.
    """

    type: str
    ends: tuple[tuple[str, str], ...]
    description: str
    properties: tuple[Property, ...] = ()

    @property
    def columns(self) -> tuple[Property, ...]:
        """Own properties, then provenance, in table order."""
        return (*self.properties, *PROVENANCE)


def _p(name: str, type_: PropertyType, description: str, *, required: bool = False, unit: str = "") -> Property:
    return Property(name, type_, description, required, unit)


KEY: Final = _p("id", "string", "Canonical identifier, unique within the label", required=True)
SEARCH: Final = _p("search", "string", "Name, acronym and aliases, lower case without accents, for full text")
PROVENANCE: Final = (
    _p("source", "string", "Source that says so", required=True),
    _p("snapshot", "string", "Dated retrieval of that source", required=True),
    _p("record", "string", "The publisher's record id, or file and line", required=True),
    _p("digest", "string", "Checksum of the content, by which an unchanged record is left alone", required=True),
)

_NAME = _p("name", "string", "Name in the source's language")
_NAME_EN = _p("name_en", "string", "English name", required=True)
_NAME_FR = _p("name_fr", "string", "French name", required=True)
_LAT = _p("latitude", "float", "Latitude", unit="degrees")
_LON = _p("longitude", "float", "Longitude", unit="degrees")
_START = _p("start_date", "date", "First day, where known")
_END = _p("end_date", "date", "Last day, where known")

NODES: Final[tuple[NodeKind, ...]] = (
    NodeKind(
        "Region",
        "A region of the UN M49 tree; id is the three-digit M49 code",
        (
            _NAME_EN,
            _NAME_FR,
            _p("level", "integer", "0 world, 1 region, 2 sub-region, 3 intermediate region", required=True),
        ),
        fulltext=True,
    ),
    NodeKind(
        "Country",
        "A country or territory; id is the ISO 3166 alpha-2 code",
        (
            _NAME_EN,
            _NAME_FR,
            _p("iso3", "string", "ISO 3166 alpha-3 code"),
            _p("m49", "string", "UN M49 numeric code"),
            _LAT,
            _LON,
        ),
        fulltext=True,
    ),
    NodeKind(
        "Institution",
        "Any partner body, French or foreign, and the CNRS itself",
        (
            _p(
                "name", "string", "Name in the source's language, or its number where only that is known", required=True
            ),
            _p("acronym", "string", "Short name"),
            _p("named", "boolean", "False where the source gives a number and no name", required=True),
            _p("type", "string", "HES higher education, REC research, PRC private, PUB public, OTH other"),
            _p("country", "string", "ISO 3166 alpha-2 code of its seat"),
            _p("city", "string", "City of its seat"),
            _p("url", "string", "Web address"),
            _LAT,
            _LON,
            _p("identifiers", "strings", "Every identifier judged to be this body: pic:, ror:, fp7: …", required=True),
            _p("aliases", "strings", "Other names the sources use"),
        ),
        fulltext=True,
    ),
    NodeKind(
        "Lab",
        "A CNRS unit, in France or abroad; id is its label (UMR 8552), else its RNSR or ROR number",
        (
            _p("name", "string", "Name of the unit", required=True),
            _p("acronym", "string", "Short name"),
            _p("label", "string", "Unit type and number"),
            _p("unit_type", "string", "UMR, UPR, IRL, UAR …"),
            _p("country", "string", "ISO 3166 alpha-2 code of its place"),
            _p("city", "string", "City"),
            _p("rnsr", "string", "French national number of research structures"),
            _p("ror", "string", "ROR id"),
            _p("year_created", "integer", "Year of creation, where known"),
            _p("year_closed", "integer", "Year of closing; empty means not known to be closed"),
        ),
        fulltext=True,
    ),
    NodeKind("CnrsInstitute", "An institute of the CNRS; id is its acronym", (_NAME_EN, _NAME_FR), fulltext=True),
    NodeKind(
        "Programme",
        "A framework programme or part of one, a family of CNRS instruments, or a multilateral programme",
        (
            _NAME_EN,
            _NAME_FR,
            _p("acronym", "string", "Short name or code"),
            _p("family", "string", "FP7, H2020, HORIZON, CNRS, MULTILATERAL or NATIONAL", required=True),
            _p("year_start", "integer", "First year, where known"),
            _p("year_end", "integer", "Last year, where known"),
        ),
        fulltext=True,
    ),
    NodeKind(
        "Project",
        "A funded project with the CNRS; id is its framework programme and record number",
        (
            _p("name", "string", "Acronym, or the record number where no acronym is known", required=True),
            _p("acronym", "string", "Acronym"),
            _p("framework", "string", "FP7, H2020 or HORIZON", required=True),
            _p("grant", "string", "Grant agreement number"),
            _START,
            _END,
            _p("status", "string", "SIGNED, CLOSED, TERMINATED as published"),
            _p("scheme", "string", "Funding scheme"),
            _p("call", "string", "Call"),
            _p("ec_contribution_eur", "float", "EU contribution to the whole project", unit="EUR"),
            _p("total_cost_eur", "float", "Total cost of the whole project", unit="EUR"),
            _p("withdrawn_on", "date", "Date of the first snapshot that no longer has it; empty where it is published"),
        ),
        fulltext=True,
    ),
    NodeKind(
        "Agreement",
        "One CNRS instrument with partners: IRL, IRP, IRN, LIA, GDRI, UMIFRE, office …",
        (
            _p("name", "string", "Name, or acronym where only that is known", required=True),
            _p("acronym", "string", "Short name"),
            _p("instrument", "string", "Instrument type", required=True),
            _p("code", "string", "Unit number, where sourced"),
            _p("year_start", "integer", "Start year; empty if unknown"),
            _p("year_end", "integer", "End year; empty if unknown, which is not 'open-ended'"),
            _p("dates_note", "string", "What the sources say of its dates, conflicts kept"),
            _p("dates_conflict", "boolean", "True where sources give different start years", required=True),
            _p("city", "string", "Host city"),
            _p("verification", "string", "How the row was verified", required=True),
            _p("url", "string", "Where it is published"),
        ),
        fulltext=True,
    ),
    NodeKind(
        "Event",
        "A symposium or a delegation's visit",
        (
            _p("name", "string", "Name, or the countries and the day of a visit", required=True),
            _START,
            _END,
            _p("city", "string", "City"),
            _p("purpose", "string", "What the visit was for"),
            _p("commitments", "strings", "What was promised, one by one"),
            _p("follow_up", "string", "What is to be done about it"),
            _p("follow_up_due", "date", "Until when, where a day is set"),
            _p("follow_up_state", "string", "todo, in_progress, done or dropped; empty if unknown"),
        ),
        fulltext=True,
    ),
    NodeKind(
        "Topic",
        "A field of science of the EuroSciVoc tree; id is its code path",
        (_NAME_EN, _p("code", "string", "Last code of the path", required=True)),
        fulltext=True,
    ),
    NodeKind(
        "Figure",
        "A figure somebody published; shown beside what the graph counts, never added up",
        (
            _p("scope", "string", "Whom or where it is about", required=True),
            _p("measure", "string", "What is counted", required=True),
            _p("value", "string", "The value as published; empty where the statement has none"),
            _p("period", "string", "Year or period as published", required=True),
            _p("url", "string", "Where it was published", required=True),
        ),
    ),
    NodeKind(
        "Source",
        "One publisher's file or API",
        (
            _NAME_EN,
            _NAME_FR,
            _p("publisher_en", "string", "Publisher, in English", required=True),
            _p("publisher_fr", "string", "Publisher, in French", required=True),
            _p("licence_en", "string", "Licence, in English", required=True),
            _p("licence_fr", "string", "Licence, in French", required=True),
            _p("url", "string", "Where it is published"),
            _p("coverage_en", "string", "What it covers and what it leaves out, in English", required=True),
            _p("coverage_fr", "string", "What it covers and what it leaves out, in French", required=True),
        ),
    ),
    NodeKind(
        "Snapshot",
        "One dated retrieval of a source; id is source@date",
        (
            _p("date", "date", "Date of the data; of its retrieval, where the publisher gives none", required=True),
            _p("dated", "boolean", "False where the publisher's file carries no date", required=True),
            _p("checksum", "string", "SHA-256 over its files", required=True),
            _p("rows", "integer", "Rows read", required=True),
            _p("used", "integer", "Rows that became records", required=True),
            _p("ignored", "integer", "Rows ignored by a named rule", required=True),
            _p("rejected", "integer", "Rows rejected with line and reason", required=True),
        ),
    ),
    NodeKind(
        "Build",
        "The last complete build of this graph; absent while a build is under way",
        (
            _p("fingerprint", "string", "Checksum of every input of the build", required=True),
            _p("schema_version", "integer", "Version of the schema", required=True),
            _p("built_at", "string", "When it was finished, UTC, ISO 8601", required=True),
        ),
        internal=True,
    ),
    NodeKind(
        "Migration",
        "A change of the schema that was applied to this graph; id is its number",
        (
            _p("number", "integer", "Its number; the highest is the schema version of the graph", required=True),
            _p("name", "string", "What it does", required=True),
            _p("applied_at", "string", "When it was applied, UTC, ISO 8601", required=True),
        ),
        internal=True,
    ),
    NodeKind(
        "Lease",
        "Who is writing to this graph now; there only during a build on a Neo4j server",
        (
            _p("owner", "string", "A number drawn for this build", required=True),
            _p("host", "string", "Machine it runs on", required=True),
            _p("pid", "integer", "Its process there", required=True),
            _p("since", "string", "When it began, UTC, ISO 8601", required=True),
            _p("expires", "integer", "Until when it holds unless renewed, by the server's clock", unit="ms"),
        ),
        internal=True,
    ),
)

RELATIONSHIPS: Final[tuple[RelationshipKind, ...]] = (
    RelationshipKind(
        "LOCATED_IN",
        (("Institution", "Country"), ("Lab", "Country"), ("Country", "Region")),
        "Has its seat in; a country lies in a region",
    ),
    RelationshipKind(
        "PART_OF",
        (
            ("Region", "Region"),
            ("Programme", "Programme"),
            ("Lab", "CnrsInstitute"),
            ("CnrsInstitute", "Institution"),
            ("Topic", "Topic"),
            ("Snapshot", "Source"),
        ),
        "Belongs to the larger one",
    ),
    RelationshipKind("SUPERVISED_BY", (("Lab", "Institution"),), "A lab's supervising body (tutelle)"),
    RelationshipKind(
        "PARTICIPATES_IN",
        (("Institution", "Project"), ("Lab", "Project")),
        "Takes part in a project; one relationship for each published row. A lab's part lies within that of a body "
        "that supervises it: the two are never added up",
        (
            _p("role", "string", "coordinator, participant, partner, associatedPartner, thirdParty; empty if unknown"),
            _p("contribution_eur", "float", "EU contribution (gross) to this participant", unit="EUR"),
            _p("net_contribution_eur", "float", "EU contribution net of its third parties", unit="EUR"),
            _p("total_cost_eur", "float", "Total cost of this participant", unit="EUR"),
            _p("sme", "boolean", "Declared a small or medium-sized enterprise"),
            _p("terminated", "boolean", "Participation ended early"),
            _p("source_id", "string", "The participant's identifier in the source", required=True),
        ),
    ),
    RelationshipKind(
        "FUNDED_UNDER", (("Project", "Programme"), ("Agreement", "Programme")), "Funded under, or is an instrument of"
    ),
    RelationshipKind(
        "PARTY_TO",
        (("Institution", "Agreement"), ("Lab", "Agreement"), ("CnrsInstitute", "Agreement")),
        "Is a party to an agreement, or the unit that embodies it",
        (_p("source_name", "string", "The party as the source names it"),),
    ),
    RelationshipKind("HOSTED_IN", (("Agreement", "Country"), ("Event", "Country")), "Is hosted in, or concluded with"),
    RelationshipKind(
        "COPUBLISHES_WITH",
        (("Lab", "Institution"),),
        "Published together; counts of one lab are never added to those of another",
        (
            _p("year_from", "integer", "First year counted", required=True),
            _p("year_to", "integer", "Last year counted", required=True),
            _p("full_count", "integer", "Joint works, each counted once", required=True, unit="works"),
            _p("fractional_count", "float", "Joint works, divided among their institutions", unit="works"),
        ),
    ),
    RelationshipKind("ABOUT", (("Project", "Topic"),), "The publisher classified it under this topic"),
    RelationshipKind(
        "MOBILITY_TO",
        (("Lab", "Country"), ("CnrsInstitute", "Country"), ("Institution", "Country")),
        "Missions, stays and recruits of one year, of a unit, an institute or the whole CNRS; never added up",
        (
            _p("year", "integer", "Year", required=True),
            _p("missions", "integer", "Missions to the country; empty if unknown", unit="missions"),
            _p("stays", "integer", "Stays of a year or more in the country; empty if unknown", unit="stays"),
            _p("recruits", "integer", "People recruited from the country; empty if unknown", unit="people"),
            _p("note", "string", "What the table says of these figures"),
        ),
    ),
    RelationshipKind(
        "VISITED",
        (("Institution", "Event"), ("Country", "Event")),
        "Sent a delegation",
        (_p("source_name", "string", "The visitor as the source names it"),),
    ),
    RelationshipKind(
        "FORMERLY",
        (
            ("Institution", "Project"),
            ("Lab", "Project"),
            ("Institution", "Agreement"),
            ("Lab", "Agreement"),
            ("Lab", "Institution"),
        ),
        "Was said by an older snapshot and no longer is; never counted as a tie",
        (
            _p("type", "string", "The relationship type it had", required=True),
            _p("withdrawn_on", "date", "Date of the first snapshot without it", required=True),
        ),
    ),
    RelationshipKind(
        "HAS_STATUS_IN",
        (("Country", "Programme"),),
        "How a country stands to a framework programme in a period; one without it has no status known to its source",
        (
            _p("status", "string", "member, associated, transitional, candidate or territory", required=True),
            _p("scope", "string", "Code of the part it is limited to; empty for the whole programme"),
            _p("start_date", "date", "First day, where known"),
            _p("end_date", "date", "Last day, where known; empty where it has not ended"),
            _p("note", "string", "What the source says of it"),
            _p("url", "string", "Where it is published"),
        ),
    ),
    RelationshipKind("COVERED_BY", (("Country", "Agreement"),), "Has a CNRS office or UMIFRE on its soil"),
)

CONTENT: Final = tuple(kind for kind in NODES if not kind.internal)
"""The kinds of node that are the graph, without what the store notes about itself."""
NODE_BY_LABEL: Final = {kind.label: kind for kind in NODES}
RELATIONSHIP_BY_TYPE: Final = {kind.type: kind for kind in RELATIONSHIPS}
