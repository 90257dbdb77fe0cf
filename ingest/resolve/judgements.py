"""Judgements as kept in git: two identifiers are, are not, or may be the same body."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

from graph.errors import SourceError

Verdict = Literal["same", "different", "unsure"]
COLUMNS: Final = ("left", "right", "judgement", "by", "rule", "date")
VERDICTS: Final[tuple[Verdict, ...]] = ("same", "different", "unsure")
_JUDGES: Final = ("human", "machine")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision on a pair of identifiers; a person's overrules a machine's."""

    left: str
    right: str
    verdict: Verdict
    human: bool
    rule: str


def load_judgements(path: Path) -> tuple[Judgement, ...]:
    """Read the judgements, people's first.

    Raises:
        SourceError: the file is missing, or a line has an unknown verdict or judge; names the line.
    """
    if not path.is_file():
        raise SourceError(f"The judgements file {path.name} is missing.", "Restore it from the repository.")
    judgements: list[Judgement] = []
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise SourceError(f"{path.name} does not have the columns {', '.join(COLUMNS)}.", "Restore its first line.")
        for row in reader:
            if row["judgement"] not in VERDICTS or row["by"] not in _JUDGES or ":" not in row["left"] + row["right"]:
                raise SourceError(
                    f"Line {reader.line_num} of {path.name} is not a judgement.",
                    "Write same, different or unsure, by human or machine.",
                )
            judgements.append(
                Judgement(
                    row["left"], row["right"], cast("Verdict", row["judgement"]), row["by"] == "human", row["rule"]
                )
            )
    return tuple(sorted(judgements, key=lambda judgement: not judgement.human))
