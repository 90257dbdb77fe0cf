"""The map of a briefing: where in a country the partners are, from the country shapes shipped with the data."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from graph.briefing.drawing import AGREEMENT, INSTITUTION, QUIET, Point, Sheet
from graph.i18n import Language, number, t

SHAPES: Final = Path(__file__).parents[2] / "data" / "bundled" / "country_shapes.json"
_WIDTH, _HEIGHT = 230.0, 205.0
_FOOT: Final = 16.0
_LAND, _EDGE = "#eef0f2", "#c3c9cf"
_OWN_LAND, _OWN_EDGE = "#d3dbe4", "#7d8a99"
_LABELS: Final = 8
_FOCUS_LABELS: Final = 4
_NEAR: Final = 9.0

Ring = list[Point]
Polygon = list[Ring]


@dataclass(frozen=True, slots=True)
class City:
    """One place: joint projects of its institutions, agreements hosted there; `focus` is the subject's own."""

    name: str
    latitude: float
    longitude: float
    projects: int
    agreements: int
    focus: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """A drawn map and how many places lie outside its frame."""

    svg: str
    outside: int


@cache
def _shapes(path: Path) -> dict[str, list[Polygon]]:
    if not path.is_file():
        return {}
    found: dict[str, list[Polygon]] = {}
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        kept = [[[(float(x), float(y)) for x, y, *_ in ring] for ring in polygon] for polygon in polygons]
        found.setdefault(str(feature["properties"].get("iso2") or feature["properties"]["name"]), []).extend(kept)
    return found


def map_svg(
    country: str, cities: Sequence[City], *, title: str, alternative: str, language: Language, shapes: Path = SHAPES
) -> Map | None:
    """Draw a country and its places; None where neither its shape nor a place is known.

    The frame is the largest part of the country, what lies near it, and the places
    near that; overseas parts far away are left outside and counted.
    """
    world = _shapes(shapes)
    own = world.get(country, [])
    if not own and not cities:
        return None
    turned = _turned(own)
    box, inside = _frame([_turn(polygon, turned) for polygon in own], [_turn_city(city, turned) for city in cities])
    projection = _Projection(box)
    sheet = Sheet(_WIDTH, _HEIGHT, title, alternative, "map")
    _land(sheet, projection, [_turn(polygon, turned) for polygon in own], _OWN_LAND, _OWN_EDGE)
    # Neighbours last: where the shapes overlap (Morocco, Western Sahara) each territory keeps its own outline.
    for code, polygons in world.items():
        if code != country:
            _land(sheet, projection, [_turn(polygon, turned) for polygon in polygons], _LAND, _EDGE)
    top = max([city.projects for city in inside], default=1) or 1
    ordered = sorted(inside, key=lambda city: (-city.projects, -city.agreements, city.name))
    for city in ordered:
        place = projection.place(city.longitude, city.latitude)
        if city.projects:
            sheet.dot(place, _radius(city.projects, top), INSTITUTION, hollow=not city.focus and _any_focus(inside))
        if city.agreements:
            away = 0.7 * _radius(city.projects, top) + 1.5 if city.projects else 0
            sheet.star((place[0] - away, place[1] - away), 4.2, AGREEMENT)
    _labels(sheet, projection, ordered, top)
    _legend(sheet, top, language, inside)
    return Map(sheet.svg(), len(cities) - len(inside))


def _any_focus(cities: Sequence[City]) -> bool:
    return any(city.focus for city in cities)


def _radius(projects: int, top: int) -> float:
    return 1.5 + 6.5 * math.sqrt(projects / top)


def _turned(polygons: Sequence[Polygon]) -> bool:
    """Whether the country lies on both sides of 180°, and is drawn with its west moved east."""
    xs = [x for polygon in polygons for x, _ in polygon[0]]
    return bool(xs) and max(xs) - min(xs) > 300 and any(0 < x < 180 for x in xs)


def _turn(polygon: Polygon, turned: bool) -> Polygon:
    return [[(x + 360 if x < 0 else x, y) for x, y in ring] for ring in polygon] if turned else polygon


def _turn_city(city: City, turned: bool) -> City:
    if not turned or city.longitude >= 0:
        return city
    return City(city.name, city.latitude, city.longitude + 360, city.projects, city.agreements, city.focus)


@dataclass(frozen=True, slots=True)
class _Box:
    west: float
    south: float
    east: float
    north: float

    def padded(self, share: float) -> _Box:
        pad = share * max(self.east - self.west, self.north - self.south)
        return _Box(self.west - pad, max(-89.0, self.south - pad), self.east + pad, min(89.0, self.north + pad))

    def holds(self, x: float, y: float) -> bool:
        return self.west <= x <= self.east and self.south <= y <= self.north

    def with_(self, other: _Box) -> _Box:
        west, south = min(self.west, other.west), min(self.south, other.south)
        return _Box(west, south, max(self.east, other.east), max(self.north, other.north))


def _bounds(ring: Sequence[Point]) -> _Box:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return _Box(min(xs), min(ys), max(xs), max(ys))


def _area(ring: Sequence[Point]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def _frame(polygons: Sequence[Polygon], cities: Sequence[City]) -> tuple[_Box, list[City]]:
    if polygons:
        largest = max(polygons, key=lambda polygon: _area(polygon[0]))
        box = _bounds(largest[0])
        near = box.padded(0.35)
        for polygon in polygons:
            own = _bounds(polygon[0])
            wanted = _area(polygon[0]) > 0.02 * _area(largest[0])
            if wanted and near.holds((own.west + own.east) / 2, (own.south + own.north) / 2):
                box = box.with_(own)
        reach = box.padded(0.6)
    else:
        box = _Box(cities[0].longitude, cities[0].latitude, cities[0].longitude, cities[0].latitude)
        reach = _Box(box.west - 4, box.south - 4, box.east + 4, box.north + 4)
    inside = [city for city in cities if reach.holds(city.longitude, city.latitude)]
    for city in inside:
        box = box.with_(_Box(city.longitude, city.latitude, city.longitude, city.latitude))
    if box.east - box.west < 1 and box.north - box.south < 1:
        box = _Box(box.west - 0.8, box.south - 0.8, box.east + 0.8, box.north + 0.8)
    return box.padded(0.06), inside


class _Projection:
    """Equirectangular, true to scale at the middle of the frame: plain and good at a country's size."""

    def __init__(self, box: _Box) -> None:
        self._middle = math.cos(math.radians((box.south + box.north) / 2))
        width, height = (box.east - box.west) * self._middle, box.north - box.south
        self._scale = min(_WIDTH / width, (_HEIGHT - _FOOT) / height)
        self._west = (box.west + box.east) / 2 - _WIDTH / 2 / self._scale / self._middle
        self._north = (box.south + box.north) / 2 + (_HEIGHT - _FOOT) / 2 / self._scale

    def place(self, longitude: float, latitude: float) -> Point:
        return (longitude - self._west) * self._middle * self._scale, (self._north - latitude) * self._scale

    def ring(self, ring: Ring) -> Ring | None:
        """Project and clip to the sheet; None where nothing of it shows."""
        return _clipped([self.place(x, y) for x, y in ring], _WIDTH, _HEIGHT - _FOOT)


def _clipped(ring: Ring, width: float, height: float) -> Ring | None:
    """Sutherland–Hodgman against the four sides of the sheet."""
    for axis, limit, keep_below in ((0, 0.0, False), (0, width, True), (1, 0.0, False), (1, height, True)):
        clipped: Ring = []
        for one, other in zip(ring, [*ring[1:], *ring[:1]], strict=True):
            inside = one[axis] <= limit if keep_below else one[axis] >= limit
            next_inside = other[axis] <= limit if keep_below else other[axis] >= limit
            if inside:
                clipped.append(one)
            if inside != next_inside:
                share = (limit - one[axis]) / (other[axis] - one[axis])
                clipped.append((one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])))
        ring = clipped
        if not ring:
            return None
    return ring


def _land(sheet: Sheet, projection: _Projection, polygons: Sequence[Polygon], fill: str, edge: str) -> None:
    for polygon in polygons:
        rings = [ring for ring in map(projection.ring, polygon) if ring]
        if rings:
            sheet.area(rings, fill, edge)


def _labels(sheet: Sheet, projection: _Projection, cities: Sequence[City], top: int) -> None:
    taken: list[tuple[float, float, float, float]] = []
    labelled: list[Point] = []
    wanted = sorted(cities, key=lambda city: (not city.focus, -city.projects - 2 * city.agreements))
    for city in wanted[: _FOCUS_LABELS if _any_focus(cities) else _LABELS]:
        x, y = projection.place(city.longitude, city.latitude)
        radius = max(_radius(city.projects, top) if city.projects else 0, 4.0 if city.agreements else 0)
        length = 3.5 * len(city.name)
        if any(math.hypot(x - a, y - b) < _NEAR for a, b in labelled):
            continue
        for side in (1, -1):
            start = x + radius + 2 if side > 0 else x - radius - 2 - length
            room = (start, y - 5, start + length, y + 4)
            free = all(room[2] < a or room[0] > c or room[3] < b or room[1] > d for a, b, c, d in taken)
            if free and room[0] > 0 and room[2] < _WIDTH:
                taken.append(room)
                labelled.append((x, y))
                anchor = "start" if side > 0 else "end"
                place = (x + side * (radius + 2), y + 2.2)
                sheet.text(place, city.name, 6.2, anchor=anchor, bold=city.focus, halo=True)
                break


def _legend(sheet: Sheet, top: int, language: Language, cities: Sequence[City]) -> None:
    y = _HEIGHT - 7
    small = max(1, round(top / 4))
    sheet.dot((8, y), _radius(small, top), INSTITUTION)
    sheet.dot((22, y), _radius(top, top), INSTITUTION)
    sizes = number(top, language) if small == top else f"{number(small, language)}, {number(top, language)}"
    sheet.text((33, y + 2), t("briefing.legend_projects", language, sizes=sizes), 5.8, colour=QUIET)
    if any(city.agreements for city in cities):
        sheet.star((146, y), 4.2, AGREEMENT)
        sheet.text((153, y + 2), t("briefing.legend_hosted", language), 5.8, colour=QUIET)
    elif _any_focus(cities):
        sheet.dot((146, y), 3, INSTITUTION)
        sheet.dot((154, y), 3, INSTITUTION, hollow=True)
        sheet.text((160, y + 2), t("briefing.legend_focus", language), 5.8, colour=QUIET)
