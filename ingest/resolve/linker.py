"""The linker: from any identifier to the canonical one of its body."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ingest.resolve.judgements import Judgement

SYSTEMS: Final = ("ror", "pic", "openalex", "fp7", "name")
"""Identifier systems, the one that names the body first."""

ONE_A_BODY: Final = ("ror", "pic")
"""Systems of which a body has at most one identifier: a chain that would join two is refused."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A link that was not made, and why."""

    left: str
    right: str
    reason: str


class Linker:
    """Groups identifiers by the links between them and names each group.

    Links are made in this order: people's judgements, what one row of a source
    says, machines' judgements. A link that would put two PICs, two RORs or two
    identifiers judged different in one group is not made and listed in
    `conflicts`.
    """

    def __init__(
        self,
        identifiers: Iterable[str],
        identities: Iterable[tuple[str, str]] = (),
        judgements: Iterable[Judgement] = (),
    ) -> None:
        self._parent: dict[str, str] = {identifier: identifier for identifier in identifiers}
        self._members: dict[str, list[str]] = {identifier: [identifier] for identifier in self._parent}
        judgements = list(judgements)
        self._different: dict[str, set[str]] = {}
        for judgement in judgements:
            if judgement.verdict == "different":
                self._different.setdefault(judgement.left, set()).add(judgement.right)
                self._different.setdefault(judgement.right, set()).add(judgement.left)
        self.conflicts: list[Conflict] = []
        same = [judgement for judgement in judgements if judgement.verdict == "same"]
        for judgement in same:
            if judgement.human:
                self._link(judgement.left, judgement.right)
        for left, right in identities:
            self._link(left, right)
        for judgement in same:
            if not judgement.human:
                self._link(judgement.left, judgement.right)

    def canonical(self, identifier: str) -> str:
        """Return the canonical identifier of the body; an identifier never linked is its own."""
        root = self._root(identifier) if identifier in self._parent else None
        return identifier if root is None else min(self._members[root], key=_rank)

    def table(self) -> dict[str, str]:
        """Return every identifier's canonical one."""
        names = {root: min(members, key=_rank) for root, members in self._members.items()}
        return {identifier: names[self._root(identifier)] for identifier in self._parent}

    def groups(self) -> dict[str, list[str]]:
        """Return the identifiers of each body, best first, by canonical identifier."""
        return {min(members, key=_rank): sorted(members, key=_rank) for members in self._members.values()}

    def _root(self, identifier: str) -> str:
        parent = self._parent
        while parent[identifier] != identifier:
            parent[identifier] = parent[parent[identifier]]
            identifier = parent[identifier]
        return identifier

    def _link(self, left: str, right: str) -> None:
        for identifier in (left, right):
            if identifier not in self._parent:
                self._parent[identifier] = identifier
                self._members[identifier] = [identifier]
        a, b = self._root(left), self._root(right)
        if a == b:
            return
        reason = self._objection(self._members[a], self._members[b])
        if reason:
            self.conflicts.append(Conflict(left, right, reason))
            return
        if len(self._members[a]) < len(self._members[b]):
            a, b = b, a
        self._parent[b] = a
        self._members[a].extend(self._members.pop(b))

    def _objection(self, ours: list[str], theirs: list[str]) -> str:
        for system in ONE_A_BODY:
            mine = [i for i in ours if i.startswith(system + ":")]
            yours = [i for i in theirs if i.startswith(system + ":")]
            if mine and yours:
                return f"would join {mine[0]} and {yours[0]}"
        for identifier in ours:
            for other in theirs:
                if other in self._different.get(identifier, ()):
                    return f"{identifier} and {other} are judged different"
        return ""


def _rank(identifier: str) -> tuple[int, str]:
    system = identifier.split(":", 1)[0]
    return (SYSTEMS.index(system) if system in SYSTEMS else len(SYSTEMS), identifier)
