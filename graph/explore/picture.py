"""What a person has done to the picture, as values: what is opened, hidden and undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from graph.explore.around import LIMIT, neighbourhood
from graph.explore.branches import Through
from graph.explore.read import split
from graph.explore.view import View, merged, without
from graph.explore.world import world
from graph.network.incidence import Incidence
from graph.network.scope import Scope
from graph.schema import NODE_BY_LABEL

if TYPE_CHECKING:
    from graph.store import Store

OPENED: Final = 30
"""Most neighbours a node brings in when it is opened inside a picture."""
MOST_NODES: Final = 1500
"""The drawing stays quick up to here; what would come on top is left out, and the page says so."""
UNDO: Final = 50


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, whole: the same value always draws the same.

    Attributes:
        centre: key of the node it is about; None is the world.
        opened: keys opened inside it, in that order.
        hidden: keys taken out of it.
        limit: most neighbours of the centre.
        through: whether an institution in the centre opens to projects or to partners.
    """

    centre: str | None = None
    opened: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    limit: int = LIMIT
    through: Through = "direct"


WORLD: Final = Picture()


def expand(picture: Picture, key: str) -> Picture:
    """Open a node inside the picture; in the world picture, and of nothing twice, it becomes the centre."""
    if picture.centre is None:
        return Picture(centre=key)
    if key in picture.opened or key == picture.centre:
        return picture
    return replace(picture, opened=(*picture.opened, key))


def collapse(picture: Picture, key: str) -> Picture:
    """Take back what opening a node brought in; a node that was never opened is hidden instead."""
    if key in picture.opened:
        return replace(picture, opened=tuple(each for each in picture.opened if each != key))
    if picture.centre is None or key == picture.centre or key in picture.hidden:
        return picture
    return replace(picture, hidden=(*picture.hidden, key))


def encode(picture: Picture) -> str:
    """Write what a picture adds to its centre as one address parameter; the plain one is empty."""
    parts = []
    if picture.through != "direct":
        parts.append(f"through={picture.through}")
    if picture.limit != LIMIT:
        parts.append(f"limit={picture.limit}")
    if picture.opened:
        parts.append("opened=" + ",".join(picture.opened))
    if picture.hidden:
        parts.append("hidden=" + ",".join(picture.hidden))
    return ";".join(parts)


def decode(centre: str | None, text: str) -> Picture:
    """Read what `encode` wrote; what cannot be read is left out, as a link may be cut short."""
    fields = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    limit = fields.get("limit", "")
    through: Through = "partners" if fields.get("through") == "partners" else "direct"
    return Picture(
        centre,
        _keys(fields.get("opened", "")),
        _keys(fields.get("hidden", "")),
        min(max(int(limit), 1), MOST_NODES) if limit.isdecimal() else LIMIT,
        through,
    )


def _keys(text: str) -> tuple[str, ...]:
    keys = (key for key in text.split(",") if ":" in key and key.partition(":")[0] in NODE_BY_LABEL)
    return tuple(dict.fromkeys(keys))[:UNDO]


def more(picture: Picture, step: int = LIMIT) -> Picture:
    """Show more neighbours of the centre."""
    return replace(picture, limit=min(picture.limit + step, MOST_NODES))


@dataclass(frozen=True, slots=True)
class History:
    """A picture, those before it and those undone; nothing is ever lost by looking around."""

    present: Picture = WORLD
    past: tuple[Picture, ...] = ()
    future: tuple[Picture, ...] = ()

    def to(self, picture: Picture) -> History:
        """Go to another picture; the same one changes nothing."""
        if picture == self.present:
            return self
        return History(picture, (*self.past, self.present)[-UNDO:])

    def undo(self) -> History:
        """Go back one step; at the start, stay."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redo(self) -> History:
        """Take back the last undo; without one, stay."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present), self.future[1:])

    def trail(self) -> tuple[str, ...]:
        """Return the centres on the way here, each once and in order: the breadcrumbs behind the world."""
        centres = [each.centre for each in (*self.past, self.present)]
        start = max((index for index, centre in enumerate(centres) if centre is None), default=-1)
        trail: list[str] = []
        for centre in centres[start + 1 :]:
            if centre is None:
                continue
            if centre in trail:
                del trail[trail.index(centre) :]
            trail.append(centre)
        return tuple(trail)


Reader = Callable[[str, int, Through], View]


def draw(store: Store, picture: Picture, scope: Scope, *, incidence: Incidence | None = None) -> View:
    """Return the view of a picture: its centre's neighbourhood and, inside it, those of what is opened.

    Raises:
        BadRequest: a key that is not in the graph.
    """

    def read(key: str, limit: int, through: Through) -> View:
        label, identity = split(key)
        return neighbourhood(store, label, identity, scope, limit, through=through, incidence=incidence)

    if picture.centre is None:
        return without(world(store, scope, incidence=incidence), picture.hidden)
    return assemble(picture, read)


def assemble(picture: Picture, read: Reader) -> View:
    """Join the neighbourhoods of a picture read by `read`; stops growing at `MOST_NODES`."""
    assert picture.centre is not None  # noqa: S101 -- the world has no neighbourhoods; `draw` goes first
    view = read(picture.centre, picture.limit, picture.through)
    for key in picture.opened:
        if view.node(key) is None or len(view.nodes) >= MOST_NODES:
            continue
        view = merged(view, read(key, OPENED, "direct"), opened=key)
    return without(view, picture.hidden)
