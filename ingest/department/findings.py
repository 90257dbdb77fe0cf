"""What is wrong with a line, a cell or a whole file, as a text of the catalogue with its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from graph.errors import SourceError
from graph.i18n import Language, t

Weight = Literal["error", "warning", "note"]
"""An error keeps the line out; a warning does not; a note is worth knowing."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong and what to write instead: a key of the catalogue and the values of its placeholders."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """The problem in words."""
        return t(self.key, language, **self.values)


@dataclass(frozen=True)
class Finding:
    """One problem and where it is.

    Attributes:
        line: of the file, the first is 1; 0 for the file as a whole.
        column: key of the column; empty for the line as a whole.
        value: the cell as it stands; empty where there is none.
    """

    line: int
    column: str
    problem: Problem
    weight: Weight = "error"
    value: str = ""
    file: str = ""


class Parsed(NamedTuple):
    """One cell as understood: its value, or why there is none, or what should be looked at."""

    value: object = None
    error: Problem | None = None
    warning: Problem | None = None


class FileRefused(SourceError):
    """The file as a whole cannot be read as this table; nothing of it is used."""

    def __init__(self, finding: Finding, name: str) -> None:
        super().__init__(f"{name} is refused.", finding.problem.text("en"))
        self.finding = finding
