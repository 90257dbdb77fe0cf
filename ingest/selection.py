"""Which sources a graph is made of, each at its newest snapshot; a data directory remembers what was chosen for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal, get_args

from graph.errors import BadRequest, SourceError
from graph.files import whole
from ingest.catalogue import SourceSpec, source, sources
from ingest.snapshot import snapshots

Projects = Literal["cnrs", "all"]
Resolve = Literal["all", "ids"]

_FILE: Final = "selection.json"


@dataclass(frozen=True, slots=True)
class Selection:
    """What a data directory's graph is made of.

    Attributes:
        only: names of sources; empty for all. Reference sources come with them.
        projects: `cnrs` leaves out the projects of a complete archive that the CNRS has no part in.
        resolve: `ids` joins bodies by identifiers and people's judgements only, `all` also by likeness.
    """

    only: tuple[str, ...] = ()
    projects: Projects = "cnrs"
    resolve: Resolve = "all"

    @property
    def whole(self) -> bool:
        """Whether projects without the CNRS are wanted too."""
        return self.projects == "all"


def chosen(data_dir: Path) -> Selection | None:
    """What was chosen for this directory before; None where nothing was.

    Raises:
        SourceError: the note of it cannot be read.
    """
    path = data_dir / _FILE
    if not path.is_file():
        return None
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        only, projects, resolve = raw["only"], raw["projects"], raw.get("resolve", "all")
        if not isinstance(only, list) or projects not in get_args(Projects) or resolve not in get_args(Resolve):
            raise ValueError(raw)
        return Selection(tuple(source(name).name for name in only), projects, resolve)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} cannot be read.", "Delete it and build again with --only.") from error


def choose(
    data_dir: Path,
    only: Sequence[str] | None,
    projects: Projects | None = None,
    resolve: Resolve | None = None,
    *,
    built: bool,
) -> Selection:
    """Settle what this directory's graph is made of: what is said now, else what was chosen before, else everything.

    A graph of some sources holds all of their projects unless told otherwise.

    Args:
        only: names of sources; `["all"]` for every one.
        built: whether the directory holds a graph already; it is then not narrowed in passing.

    Raises:
        BadRequest: a source does not exist, or a graph of other sources stands there.
    """
    before = chosen(data_dir)
    if only is None:
        found = before or Selection()
    elif list(only) == ["all"]:
        found = Selection()
    else:
        names = tuple(sorted({source(name.strip()).name for name in only if name.strip()}))
        if not names:
            raise BadRequest("--only names no source.", "Name some, by commas, or say --only all.")
        found = Selection(names, "all")
        if built and (before or Selection()).only != names:
            held = ", ".join(before.only) if before and before.only else "every source"
            raise BadRequest(
                f"{data_dir} holds a graph of {held}.", "Name another directory with --data, or say --only all first."
            )
    kept = resolve or (before or Selection()).resolve
    return replace(found, projects=projects or found.projects, resolve=kept)


def remember(data_dir: Path, selection: Selection) -> None:
    """Note what was chosen, for the next build of this directory."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with whole(data_dir / _FILE) as part:
        part.write_text(json.dumps(asdict(selection), indent=2) + "\n", encoding="utf-8")


def specs(data_dir: Path, selection: Selection | None = None) -> tuple[SourceSpec, ...]:
    """The sources of a selection, best priority first, each at its newest snapshot, else as bundled.

    Older snapshots follow it, newest first, marked as past, where what only they say still counts. Left out are a
    source that is neither bundled nor fetched, and a bundled one that a fetched source supersedes, unless asked for.

    Raises:
        BadRequest: a source was asked for and has nothing to read.
    """
    selection = selection or chosen(data_dir) or Selection()
    found: list[SourceSpec] = []
    wanted = [s for s in sources() if not selection.only or s.name in selection.only or s.reference]
    fetched = {spec.name: snapshots(data_dir, spec.name) for spec in wanted}
    superseded = {name for spec in wanted if fetched[spec.name] for name in spec.supersedes} - {*selection.only}
    for spec in wanted:
        held = fetched[spec.name]
        if spec.name in superseded:
            continue
        if held:
            older = held[:-1] if spec.over_time != "replaced" else []
            found.append(held[-1].of(spec))
            found.extend(replace(each.of(spec), past=True) for each in reversed(older))
        elif spec.files:
            found.append(spec)
        elif spec.name in selection.only:
            raise BadRequest(
                f"Nothing of source '{spec.name}' is in {data_dir}.",
                f"Fetch it first: python -m ingest fetch {spec.name}",
            )
    return tuple(found)
