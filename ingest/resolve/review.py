"""What a person decides: the open pairs as a file to edit, and the edited file as judgements."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from graph.errors import BadRequest, SourceError
from graph.export import defused
from graph.files import whole
from ingest.resolve.judgements import COLUMNS, VERDICTS, Judgement, load_judgements
from ingest.resolve.linker import Linker

FOLDER: Final = "review"
PROPOSED: Final = "proposed.csv"
UNSURE: Final = "unsure.csv"
SET_ASIDE: Final = "unsure-set-aside"
"""Beginning of the names of edited files that a build could not read."""

TO_EDIT: Final = ("judgement", "note")
"""What a person fills in: same, different or unsure (empty leaves the pair open), and why."""

SHOWN: Final = (
    *("left", "right", "left_name", "right_name", "country", "left_city", "right_city", "left_url", "right_url"),
    *("score", "why_en", "why_fr"),
)
_SEPARATORS: Final = (";", ",", "\t")
_DEFUSED: Final = r"^'([=+\-@\t\r])"
_NOT_UTF8: Final = "In the spreadsheet: File, Save As, CSV UTF-8. Its letters cannot be told otherwise."


def write_review(data_dir: Path, proposed: pl.DataFrame) -> Path | None:
    """Write what a build's machine proposed: all of it to `proposed.csv`, what is for a person to `unsure.csv`.

    What a person has filled in and not yet accepted stays, also for a pair that is no longer open. An edited file that
    cannot be read does not hold a build up: it is renamed, and `set_aside` lists it.

    Returns:
        The file set aside, if there is one.
    """
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    rounded = proposed.with_columns(pl.col(pl.Float64).round(4))
    _replace(folder / PROPOSED, _for_spreadsheets(rounded))
    empty = [pl.lit(None, pl.String).alias(column) for column in TO_EDIT]
    fresh = rounded.filter(pl.col("verdict") == "unsure").with_columns(empty).select(*TO_EDIT, *SHOWN)
    fresh = fresh.with_columns(pl.col("score").cast(pl.String))
    path = folder / UNSURE
    aside = None
    if path.is_file():
        try:
            held = _edited(path)
        except SourceError:
            aside = _aside(path)
        else:
            filled = held.filter(pl.col("judgement").is_not_null() | pl.col("note").is_not_null())
            fresh = pl.concat([filled, fresh.join(filled, on=["left", "right"], how="anti", maintain_order="left")])
    _replace(path, _for_spreadsheets(fresh))
    return aside


def set_aside(data_dir: Path) -> list[Path]:
    """Return the edited files that a build could not read and renamed, the oldest first."""
    return sorted((data_dir / FOLDER).glob(f"{SET_ASIDE}-*.csv"))


def open_pairs(data_dir: Path, judgements: Sequence[Judgement]) -> pl.DataFrame:
    """Return the pairs of the last build that no person has judged since; the likeliest first, none before a build."""
    path = data_dir / FOLDER / UNSURE
    if not path.is_file():
        return pl.DataFrame(schema=dict.fromkeys((*TO_EDIT, *SHOWN), pl.String))
    human = {frozenset((j.left, j.right)) for j in judgements if j.human}
    pairs = _edited(path)
    still = [frozenset(ends) not in human for ends in pairs.select("left", "right").iter_rows()]
    return pairs.filter(pl.Series("still", still, dtype=pl.Boolean))


def accept(edited: Path, judgements: Path, day: dt.date) -> list[Judgement]:
    """Append what a person filled in to the judgements, each as `human` and with the day; all of it or nothing.

    A pair that is judged so already is passed over. To take a judgement back, remove its line and build again.

    Returns:
        The judgements added.

    Raises:
        SourceError: the edited file is missing, not UTF-8, no table, or lacks a column.
        BadRequest: a line has no such verdict, contradicts another one, or would put two PICs or two RORs in one body.
    """
    known = load_judgements(judgements)
    said = {frozenset((j.left, j.right)): j.verdict for j in known if j.human}
    added: list[Judgement] = []
    for line, row in enumerate(_edited(edited).iter_rows(named=True), start=2):
        verdict = (row["judgement"] or "").strip().lower()
        if not verdict:
            continue
        judgement = _judgement(row, verdict, f"line {line} of {edited.name}")
        pair = frozenset((judgement.left, judgement.right))
        if said.get(pair, verdict) != verdict:
            raise BadRequest(
                f"Line {line} of {edited.name}: {judgement.left} and {judgement.right} are judged {said[pair]}.",
                f"Keep one of the two: correct the line, or remove the other from {judgements.name}.",
            )
        if pair not in said:
            said[pair] = judgement.verdict
            added.append(judgement)
    refused = Linker([], judgements=[*(j for j in known if j.human), *added]).conflicts
    ours = {(j.left, j.right) for j in added}
    for conflict in refused:
        if (conflict.left, conflict.right) in ours:
            raise BadRequest(
                f"{conflict.left} and {conflict.right} cannot be one body: {conflict.reason}.",
                "Judge them different or unsure, or correct the judgement that they contradict.",
            )
    if added:
        _append(judgements, added, day)
    return added


def _judgement(row: Mapping[str, str | None], verdict: str, where: str) -> Judgement:
    left, right = row["left"] or "", row["right"] or ""
    for value in VERDICTS:
        if value == verdict and ":" in left and ":" in right and left != right:
            rule = (row["note"] or "").strip() or f"read: {row['left_name']} / {row['right_name']}"
            return Judgement(left, right, value, True, " ".join(rule.split()))
    raise BadRequest(f"The {where} is not a judgement.", "Write same, different or unsure, and leave left and right.")


def _edited(path: Path) -> pl.DataFrame:
    """The file with whatever separator a spreadsheet gave it, and with what was defused for it as it was.

    Raises:
        SourceError: it is missing, not UTF-8, no table, or lacks a column.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
        if "\0" in text:
            raise SourceError(f"{path.name} is no csv file.", _NOT_UTF8)
        header = text.split("\n", 1)[0]
        separator = max(_SEPARATORS, key=header.count)
        frame = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False, separator=separator)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{path.name} is not UTF-8 (line {line}).", _NOT_UTF8) from error
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"{path} cannot be read.", "Build again, or name the file you edited.") from error
    frame = frame.rename({column: column.strip() for column in frame.columns})
    missing = [column for column in ("judgement", "left", "right") if column not in frame.columns]
    if missing:
        raise SourceError(f"{path.name} lacks {', '.join(missing)}.", "Edit the unsure.csv that a build wrote.")
    added = [pl.lit(None, pl.String).alias(c) for c in (*TO_EDIT, *SHOWN) if c not in frame.columns]
    frame = frame.with_columns(added).select(*TO_EDIT, *SHOWN)
    return frame.with_columns(pl.all().str.replace(_DEFUSED, "${1}"))


def _for_spreadsheets(frame: pl.DataFrame) -> str:
    """As the department's templates: a byte order mark and `;`; a publisher's text never runs as a formula."""
    safe = frame.with_columns(defused(name) for name, kind in frame.schema.items() if kind == pl.String)
    return safe.write_csv(include_bom=True, separator=";")


def _aside(path: Path) -> Path:
    """Rename a file to the next free name of those set aside."""
    number = 1
    while (kept := path.with_name(f"{SET_ASIDE}-{number:03}.csv")).exists():
        number += 1
    return path.rename(kept)


def _append(path: Path, added: Sequence[Judgement], day: dt.date) -> None:
    text = path.read_text(encoding="utf-8")
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    for j in added:
        values = (j.left, j.right, j.verdict, "human", j.rule, day.isoformat())
        writer.writerow(dict(zip(COLUMNS, values, strict=True)))
    _replace(path, text + ("" if text.endswith("\n") else "\n") + out.getvalue())


def _replace(path: Path, text: str) -> None:
    """Write all of it or nothing."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="")
