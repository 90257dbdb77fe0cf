"""Horizon Europe as CORDIS publishes it: the bundled tables of December 2025, or the official archive."""

from __future__ import annotations

from ingest import cordis
from ingest.reading import Reading, SourceFiles

FRAMEWORK = "HORIZON"


def read(files: SourceFiles) -> Reading:
    """Projects with the CNRS, participants by PIC, participations and fields of science."""
    return cordis.records(
        files,
        FRAMEWORK,
        files.table("projects"),
        files.table("organisations"),
        files.table("participations"),
        files.table("euroscivoc"),
    )


def read_published(files: SourceFiles) -> Reading:
    """Read `cordis-HORIZONprojects-csv.zip`."""
    return cordis.published(files, FRAMEWORK)
