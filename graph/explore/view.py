"""What a picture of the graph is made of, and how pictures are joined, thinned and taken apart again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from graph.i18n import Language

Line = Literal["actual", "agreement", "structure"]

LINES: Final[dict[str, Line]] = {
    "projects": "actual",
    "copublications": "actual",
    "participates_in": "actual",
    "copublishes_with": "actual",
    "mobility_to": "actual",
    "agreements": "agreement",
    "party_to": "agreement",
    "hosted_in": "agreement",
    "covered_by": "agreement",
}
"""How a tie is drawn; every other tie only says where something belongs."""


@dataclass(frozen=True, slots=True)
class ViewNode:
    """One node of a picture.

    Attributes:
        projects: joint projects with the centre of the picture (the CNRS, for countries and
            regions); None where that is not counted, which is not 0.
        agreements: agreements shared with that centre; None as above.
        works: joint publications counted; None as above.
        active: False for an agreement or unit known to have ended.
        opened: the key of the node whose opening brought this one in; None for the first picture.
        short: a short name for the drawing, where the name is long and a short one is known.
    """

    label: str
    id: str
    name_fr: str
    name_en: str
    country: str | None = None
    note: str | None = None
    projects: int | None = None
    agreements: int | None = None
    works: int | None = None
    active: bool = True
    opened: str | None = None
    short: str | None = None

    @property
    def key(self) -> str:
        """`Label:id`, unique in the whole graph and stable between builds."""
        return f"{self.label}:{self.id}"

    def name(self, language: Language) -> str:
        """Return the name in a language; most bodies have one name in both."""
        return self.name_fr if language == "fr" else self.name_en

    def caption(self, language: Language) -> str:
        """Return what is written beside the node: the short name if there is one."""
        return self.short or self.name(language) or self.id

    @property
    def strength(self) -> tuple[int, int, int]:
        """What "strongest first" means: joint projects, then agreements, then joint works."""
        return (self.projects or 0, self.agreements or 0, self.works or 0)


@dataclass(frozen=True, slots=True)
class ViewEdge:
    """One tie between two nodes of a picture.

    Attributes:
        tie: `projects`, `agreements` or `copublications` where records were counted into one tie,
            else the relationship type in lower case.
        weight: what is counted; None where the tie is a bare fact.
    """

    a: str
    b: str
    tie: str
    weight: float | None = None
    active: bool = True

    @property
    def key(self) -> str:
        """Stable identity; `|` occurs in no identifier."""
        return f"{self.tie}|{self.a}|{self.b}"

    @property
    def line(self) -> Line:
        """How it is drawn."""
        return LINES.get(self.tie, "structure")


@dataclass(frozen=True, slots=True)
class View:
    """A picture: nodes, the ties among them, and how much of the whole it shows.

    Attributes:
        shown: neighbours drawn, the centre itself not counted.
        total: neighbours there are within the scope.
        ranked_by: what "strongest" means here: `projects`, `agreements`, `works` or `date`.
    """

    nodes: tuple[ViewNode, ...]
    edges: tuple[ViewEdge, ...]
    shown: int
    total: int
    centre: str | None = None
    ranked_by: str = "projects"

    def node(self, key: str) -> ViewNode | None:
        """Return the node with this key, or None."""
        return next((node for node in self.nodes if node.key == key), None)

    def edge(self, key: str) -> ViewEdge | None:
        """Return the tie with this key, or None."""
        return next((edge for edge in self.edges if edge.key == key), None)

    def kinds(self) -> dict[str, int]:
        """Count the nodes of each kind."""
        return dict(Counter(node.label for node in self.nodes))

    def ties(self) -> dict[str, int]:
        """Count the ties of each kind."""
        return dict(Counter(edge.tie for edge in self.edges))

    def neighbours(self, key: str) -> tuple[str, ...]:
        """Return the keys tied to `key`, each once, in drawing order."""
        ends = (edge.b if edge.a == key else edge.a for edge in self.edges if key in (edge.a, edge.b))
        return tuple(dict.fromkeys(ends))


EMPTY: Final = View((), (), 0, 0)


def merged(view: View, other: View, opened: str | None = None) -> View:
    """Join another picture into `view`; what both hold is kept once, as the first has it.

    Args:
        view: the picture that stays in place.
        other: the picture that comes in.
        opened: key of the node that was opened; remembered on every node that is new.
    """
    known = {node.key for node in view.nodes}
    ties = {edge.key for edge in view.edges}
    pairs = {(edge.tie, edge.b, edge.a) for edge in view.edges}
    nodes = tuple(replace(node, opened=opened) for node in other.nodes if node.key not in known)
    edges = tuple(edge for edge in other.edges if edge.key not in ties and (edge.tie, edge.a, edge.b) not in pairs)
    return replace(view, nodes=view.nodes + nodes, edges=view.edges + edges)


def only(view: View, kinds: Iterable[str]) -> View:
    """Keep the nodes of some kinds (the centre always stays) and the ties among what is left."""
    wanted = set(kinds)
    nodes = tuple(node for node in view.nodes if node.label in wanted or node.key == view.centre)
    return _closed(view, nodes)


def without(view: View, keys: Iterable[str]) -> View:
    """Take nodes out, and every tie that ended in them."""
    gone = set(keys)
    return _closed(view, tuple(node for node in view.nodes if node.key not in gone))


def _closed(view: View, nodes: tuple[ViewNode, ...]) -> View:
    kept = {node.key for node in nodes}
    edges = tuple(edge for edge in view.edges if edge.a in kept and edge.b in kept)
    return replace(view, nodes=nodes, edges=edges)
