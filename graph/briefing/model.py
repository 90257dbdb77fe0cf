"""What a briefing is: frozen facts, tables and pictures, each knowing its question, source and date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

from graph.i18n import Language, date, euros, number, percent

Unit = Literal["number", "euros", "share", "date", "year", "text", "score", "url"]
Value = int | float | str | dt.date | None
Origin = tuple[str, str]
SubjectKind = Literal["Country", "Institution"]

UNKNOWN: Final = "–"
_NOTHING: Final[dict[Language, str]] = {"fr": "0\u202f€", "en": "€0"}
_RIGHT: Final = frozenset({"number", "euros", "share", "year", "score"})


def shown(value: Value, unit: Unit, language: Language) -> str:
    """Write a value as its unit and the language ask; unknown is an en dash, never 0."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, str):
        return urlsplit(value).netloc.removeprefix("www.").rstrip(".") or value if unit == "url" else value
    if isinstance(value, dt.date):
        return date(value, language)
    return _counted(value, unit, language)


def _counted(value: float, unit: Unit, language: Language) -> str:
    if unit == "euros":
        return _NOTHING[language] if value == 0 else euros(value, language).replace(" ", "\u00a0")
    if unit == "share":
        return percent(value, language, 0)
    if unit == "year":
        return str(int(value))
    return number(value, language, 2 if unit == "score" else 0)


@dataclass(frozen=True, slots=True)
class Fact:
    """One value and where it comes from.

    Attributes:
        value: the figure itself; None is unknown.
        question: what was asked of the graph, as a sentence that says how it is counted.
        source: title of the source that says so; several are parted by "; ".
        date: date of that data, written out; as many as there are sources.
        label: what stands beside the value where several stand together.
        unit: how the value is written.
    """

    value: Value
    question: str
    source: str
    date: str
    label: str = ""
    unit: Unit = "number"

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Each source with its date."""
        return tuple(zip(self.source.split("; "), self.date.split("; "), strict=True))


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the figures at the top: a label, one or more facts side by side, a remark on how to read them."""

    label: str
    facts: tuple[Fact, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence of fact and one of consequence."""

    what: str
    so_what: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: heading, unit, and its share of the width, which also says how much text fits a line."""

    label: str
    unit: Unit = "text"
    width: float = 1.0

    @property
    def right(self) -> bool:
        """Numbers stand to the right."""
        return self.unit in _RIGHT


@dataclass(frozen=True, slots=True)
class Table:
    """A captioned table; `fact` counts its rows and says where they come from.

    `printed` rows go on paper; a person finds all of them in the HTML.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    fact: Fact
    printed: int
    empty: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its text alternative; the same data stands in a table of the briefing."""

    key: str
    caption: str
    svg: str
    alternative: str
    fact: Fact
    remark: str = ""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One snapshot used, for the list at the end."""

    name: str
    publisher: str
    licence: str
    date: str
    coverage: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the briefing is about."""

    kind: SubjectKind
    id: str
    name: str
    country: str
    country_name: str
    city: str = ""
    name_en: str = ""
    acronym: str = ""

    @property
    def key(self) -> str:
        """What `compose` takes to find it again: `JP`, `Institution:ror:02feahw73`."""
        return self.id if self.kind == "Country" else f"Institution:{self.id}"


@dataclass(frozen=True, slots=True)
class Briefing:
    """Two pages on a country or an institution, in one language.

    `standing` is the country's status in Horizon Europe, None where no source of it is at hand.
    """

    subject: Subject
    language: Language
    visit_date: dt.date | None
    written_on: dt.date
    data_dates: str
    headlines: tuple[Headline, ...]
    messages: tuple[Message, ...]
    tables: tuple[Table, ...]
    pictures: tuple[Picture, ...]
    method: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    empty: bool = False
    standing: Fact | None = None
    _numbers: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for fact in self.facts():
            self._numbers.setdefault(fact.question, len(self._numbers) + 1)

    def facts(self) -> Iterator[Fact]:
        """Yield every fact in reading order: the order of the footnotes."""
        if self.standing:
            yield self.standing
        for headline in self.headlines:
            yield from headline.facts
        for message in self.messages:
            yield from message.facts
        for table in self.tables:
            yield table.fact
        for picture in self.pictures:
            yield picture.fact

    @property
    def footnotes(self) -> tuple[tuple[int, str, tuple[Origin, ...]], ...]:
        """Number, question and origins of each distinct question, an origin once."""
        origins: dict[str, dict[Origin, None]] = {}
        for fact in self.facts():
            origins.setdefault(fact.question, {}).update(dict.fromkeys(fact.origins))
        return tuple((self._numbers[question], question, tuple(found)) for question, found in origins.items())

    def note(self, *facts: Fact) -> str:
        """Return the footnote numbers of `facts`, comma-separated, each once."""
        return ",".join(str(one) for one in sorted({self._numbers[fact.question] for fact in facts}))

    def table(self, key: str) -> Table | None:
        """Return one table, None if this briefing has none of that key."""
        return next((table for table in self.tables if table.key == key), None)

    def picture(self, key: str) -> Picture | None:
        """Return one picture, None if this briefing has none of that key."""
        return next((picture for picture in self.pictures if picture.key == key), None)
