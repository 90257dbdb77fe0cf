"""The network of a briefing: the CNRS in the middle, its partners around it, at most forty of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from graph.briefing.drawing import AGREEMENT, INSTITUTION, LINE, QUIET, Point, Sheet, wrapped
from graph.i18n import Language, number, t

MOST: Final = 28
"""Partners drawn; with the CNRS and the subject the picture stays below forty nodes and can be read on paper."""

_CHORDS: Final = 40
"""Ties between partners drawn, the strongest: more of them is a hairball."""

_WIDTH, _HEIGHT = 300.0, 258.0
_CENTRE: Final[Point] = (150.0, 118.0)
_LABEL_CHARACTERS: Final = 23


@dataclass(frozen=True, slots=True)
class Partner:
    """One institution of the picture: joint projects, and agreements on record."""

    id: str
    name: str
    projects: int
    agreements: int

    @property
    def strength(self) -> tuple[int, int, str]:
        """Sorts the strongest first."""
        return (-self.projects, -self.agreements, self.name)


def chosen(partners: Sequence[Partner], most: int = MOST) -> list[Partner]:
    """Pick whom to draw: the strongest by joint projects, a quarter of the places kept for agreements."""
    ranked = sorted(partners, key=lambda one: one.strength)
    formal = [one for one in ranked if one.agreements][: most // 4]
    rest = [one for one in ranked if one not in formal]
    return sorted([*formal, *rest[: most - len(formal)]], key=lambda one: one.strength)


def network_svg(
    partners: Sequence[Partner],
    shared: Mapping[tuple[str, str], int],
    *,
    centre: Sequence[str],
    title: str,
    alternative: str,
    language: Language,
) -> str:
    """Draw partners around `centre`.

    Args:
        partners: whom to draw, at most `MOST`.
        shared: joint projects of two partners by their ids in order; the strongest of two projects or more are drawn.
        centre: what stands in the middle, one or two lines.
        title: accessible name.
        alternative: text alternative.
        language: of the legend.
    """
    sheet = Sheet(_WIDTH, _HEIGHT, title, alternative, "network")
    ring = _around([partner.id for partner in partners], shared)
    places = _places(ring)
    by_id = {partner.id: partner for partner in partners}
    top = max([partner.projects for partner in partners], default=1) or 1
    pairs = [(pair, count) for pair, count in shared.items() if count > 1 and pair[0] in places and pair[1] in places]
    for (one, other), count in sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:_CHORDS]:
        a, b = places[one], places[other]
        middle = ((a[0] + b[0] + _CENTRE[0]) / 3, (a[1] + b[1] + _CENTRE[1]) / 3)
        sheet.curve((a, b), middle, LINE, min(1.6, 0.3 + 0.3 * math.sqrt(count)), opacity=0.5)
    for identity in ring:
        _tie(sheet, by_id[identity], places[identity], top)
    for identity in ring:
        _node(sheet, by_id[identity], places[identity], top)
    sheet.dot(_CENTRE, 16, INSTITUTION)
    for index, line in enumerate(centre):
        place = (_CENTRE[0], _CENTRE[1] + 2.6 + 7.4 * (index - (len(centre) - 1) / 2))
        sheet.text(place, line, 7.5 if index == 0 else 5.6, anchor="middle", bold=True, colour="#ffffff")
    _legend(sheet, top, language)
    return sheet.svg()


def _around(ids: Sequence[str], shared: Mapping[tuple[str, str], int]) -> list[str]:
    """Order so that those who work together stand together: each next one shares most with the last."""
    left = list(ids)
    ring = left[:1]
    left = left[1:]
    while left:
        last = ring[-1]
        following = max(left, key=lambda one: (shared.get((min(last, one), max(last, one)), 0), -left.index(one)))
        ring.append(following)
        left.remove(following)
    return ring


def _places(ring: Sequence[str]) -> dict[str, Point]:
    """Two arcs, right then left, evenly spaced in height so that no label covers another."""
    right = (len(ring) + 1) // 2
    sides = ((ring[:right], 1.0), (list(reversed(ring[right:])), -1.0))
    places: dict[str, Point] = {}
    for side, sign in sides:
        for index, identity in enumerate(side):
            share = 0.5 if len(side) == 1 else index / (len(side) - 1)
            height = -1 + 2 * share
            places[identity] = (
                _CENTRE[0] + sign * (22 + 44 * math.sqrt(max(0.0, 1 - 0.92 * height * height))),
                _CENTRE[1] + 106 * height,
            )
    return places


def _radius(projects: int, top: int) -> float:
    return 1.6 + 5.4 * math.sqrt(projects / top)


def _tie(sheet: Sheet, partner: Partner, place: Point, top: int) -> None:
    if partner.projects:
        sheet.line(_CENTRE, place, LINE, 0.4 + 2.0 * math.sqrt(partner.projects / top), opacity=0.5)
    if partner.agreements:
        sheet.line(_CENTRE, place, AGREEMENT, 0.9)


def _node(sheet: Sheet, partner: Partner, place: Point, top: int) -> None:
    sign = 1 if place[0] >= _CENTRE[0] else -1
    radius = _radius(partner.projects, top)
    sheet.dot(place, radius, INSTITUTION, hollow=not partner.projects)
    edge = place[0] + sign * (radius + 2.5)
    if partner.agreements:
        sheet.star((edge + sign * 2.2, place[1]), 3.6, AGREEMENT)
        edge += sign * 6.5
    anchor = "start" if sign > 0 else "end"
    room = _WIDTH - edge if sign > 0 else edge
    lines = wrapped(partner.name, max(12, min(_LABEL_CHARACTERS + 3, int(room / 3.25))))
    for index, line in enumerate(lines):
        sheet.text((edge, place[1] + 2.1 + (index - (len(lines) - 1) / 2) * 6.6), line, 6.1, anchor=anchor)


def _legend(sheet: Sheet, top: int, language: Language) -> None:
    y = _HEIGHT - 8
    small = max(1, round(top / 4))
    sheet.dot((8, y), _radius(small, top), INSTITUTION)
    sheet.dot((21, y), _radius(top, top), INSTITUTION)
    sizes = number(top, language) if small == top else f"{number(small, language)}, {number(top, language)}"
    sheet.text((31, y + 2), t("briefing.legend_projects", language, sizes=sizes), 5.8, colour=QUIET)
    sheet.star((135, y), 3.6, AGREEMENT)
    sheet.line((140, y), (150, y), AGREEMENT, 0.9)
    sheet.text((153, y + 2), t("briefing.legend_agreement", language), 5.8, colour=QUIET)
    sheet.curve(((226, y + 2), (238, y + 2)), (232, y - 5), LINE, 0.9)
    sheet.text((242, y + 2), t("briefing.legend_shared", language), 5.8, colour=QUIET)
