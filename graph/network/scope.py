"""What a projection covers, as one value: quotable in a sentence, restorable from an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeVar, get_args

from babel import Locale

from graph.errors import BadRequest
from graph.i18n import Language, keys, t

Tie = Literal["projects", "agreements", "copublications"]
Weighting = Literal["full", "fractional", "newman"]
Level = Literal["institution", "country"]

TIES: Final[tuple[Tie, ...]] = get_args(Tie)
WEIGHTINGS: Final[tuple[Weighting, ...]] = get_args(Weighting)
LEVELS: Final[tuple[Level, ...]] = get_args(Level)

_Word = TypeVar("_Word", bound=str)
_YEARS: Final = range(1900, 2101)
_FIELDS: Final = ("ties", "programmes", "years", "countries", "regions", "weighting", "level", "cnrs")
_YES_NO: Final = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the graph a projection is drawn from; every field narrows, the default is everything.

    Attributes:
        ties: kinds of joint event that make a tie.
        programmes: programme ids, each standing for its whole subtree; only what is
            funded under one of them counts, so co-publications, which have no
            programme, are left out as soon as one is named.
        years: first and last year, inclusive; an event counts if it overlaps them.
            One whose dates do not settle that is left out, and the projection says how many.
        countries: ISO 3166 alpha-2 codes; a tie counts if at least one end lies in
            one of them or in one of `regions`.
        regions: UN M49 codes, each standing for its whole subtree.
        weighting: what one joint event of d members adds to a tie: full 1,
            fractional 1/d, newman 1/(d-1) (Newman 2001). d is always the whole
            consortium, also when some of its members are outside the scope.
        level: whether an actor is one body (institution or lab) or a whole country,
            where an event counts once for each pair of countries.
        include_cnrs: False takes the CNRS out of the network; it is in every
            bundled project and agreement, and so a tie of everybody.

    Raises:
        BadRequest: an unknown word, no tie kind, or years in the wrong order.
    """

    ties: frozenset[Tie] = frozenset(TIES)
    programmes: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    weighting: Weighting = "full"
    level: Level = "institution"
    include_cnrs: bool = True

    def __post_init__(self) -> None:
        for tie in self.ties:
            _one_of("ties", tie, TIES)
        if not self.ties:
            raise BadRequest.of("refused.no_tie_kind", ties=", ".join(TIES))
        _one_of("weighting", self.weighting, WEIGHTINGS)
        _one_of("level", self.level, LEVELS)
        if self.years is not None:
            _check_years(self.years)

    def sentence(self, lang: Language) -> str:
        """Return the scope as one line a figure can be quoted with."""
        separator = t("network.separator", lang)
        places = separator.join([_place(code, lang) for code in (*self.regions, *self.countries)])
        parts = [
            separator.join(t(f"network.tie_{tie}", lang) for tie in TIES if tie in self.ties),
            separator.join(_programme(code, lang) for code in self.programmes) or t("network.all_programmes", lang),
            f"{self.years[0]}–{self.years[1]}" if self.years else t("network.all_years", lang),
            places or t("network.all_regions", lang),
            t(f"network.weighting_{self.weighting}", lang),
            t("network.with_cnrs" if self.include_cnrs else "network.without_cnrs", lang),
        ]
        if self.level == "country":
            parts.append(t("network.level_country", lang))
        line = " · ".join(parts)
        return line[0].upper() + line[1:]

    def to_query(self) -> dict[str, str]:
        """Return what differs from the default as address parameters; `from_query` restores it."""
        query: dict[str, str] = {}
        if self.ties != frozenset(TIES):
            query["ties"] = ",".join(tie for tie in TIES if tie in self.ties)
        for field, codes in (
            ("programmes", self.programmes),
            ("countries", self.countries),
            ("regions", self.regions),
        ):
            if codes:
                query[field] = ",".join(codes)
        if self.years is not None:
            query["years"] = f"{self.years[0]}-{self.years[1]}"
        if self.weighting != "full":
            query["weighting"] = self.weighting
        if self.level != "institution":
            query["level"] = self.level
        if not self.include_cnrs:
            query["cnrs"] = "0"
        return query

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Scope:
        """Read address parameters; other parameters of the same address are ignored.

        Raises:
            BadRequest: a value that is no scope; names it and what it may be.
        """
        ties = frozenset(_one_of("ties", tie, TIES) for tie in _codes(query, "ties"))
        return cls(
            ties=ties or frozenset(TIES),
            programmes=_codes(query, "programmes"),
            years=_years(query.get("years", "").strip()),
            countries=tuple(_country(code) for code in _codes(query, "countries")),
            regions=tuple(_region(code) for code in _codes(query, "regions")),
            weighting=_one_of("weighting", query.get("weighting", "").strip() or "full", WEIGHTINGS),
            level=_one_of("level", query.get("level", "").strip() or "institution", LEVELS),
            include_cnrs=_YES_NO[_one_of("cnrs", query.get("cnrs", "").strip() or "1", tuple(_YES_NO))],
        )

    @classmethod
    def parse(cls, text: str) -> Scope:
        """Read the command line's form, `ties=projects;programmes=HORIZON;years=2021-2025`.

        Raises:
            BadRequest: a part without `=`, an unknown field or a value that is no scope.
        """
        query: dict[str, str] = {}
        for part in filter(None, (piece.strip() for piece in text.split(";"))):
            field, equals, value = part.partition("=")
            if not equals or field.strip() not in _FIELDS:
                raise BadRequest.of("refused.no_scope_field", part=part, fields=", ".join(_FIELDS))
            query[field.strip()] = value
        return cls.from_query(query)


def _codes(query: Mapping[str, str], field: str) -> tuple[str, ...]:
    codes = (code.strip() for code in query.get(field, "").split(","))
    return tuple(dict.fromkeys(filter(None, codes)))


def _one_of(field: str, value: str, allowed: tuple[_Word, ...]) -> _Word:
    for word in allowed:
        if word == value:
            return word
    raise BadRequest.of("refused.no_scope_value", value=value, field=field, allowed=", ".join(allowed))


def _years(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    first, _, last = text.partition("-")
    try:
        return int(first), int(last or first)
    except ValueError:
        raise BadRequest.of("refused.no_years", text=text) from None


def _check_years(years: tuple[int, int]) -> None:
    if years[0] > years[1] or years[0] not in _YEARS or years[1] not in _YEARS:
        raise BadRequest.of("refused.no_years", text=f"{years[0]}-{years[1]}")


def _country(code: str) -> str:
    code = code.upper()
    if len(code) != 2 or not code.isalpha():
        raise BadRequest.of("refused.unknown_country", id=code)
    return code


def _region(code: str) -> str:
    if len(code) != 3 or not code.isdigit():
        raise BadRequest.of("refused.unknown_region", id=code)
    return code


def _programme(code: str, lang: Language) -> str:
    key = f"network.programme_{code}"
    return t(key, lang) if key in keys() else code


def _place(code: str, lang: Language) -> str:
    name: str = Locale(lang).territories.get(code, code)
    return name
