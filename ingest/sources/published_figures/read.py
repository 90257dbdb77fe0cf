"""Figures as published, each with its period and address."""

from __future__ import annotations

from ingest.reading import Reading, SourceFiles
from ingest.tidy import text


def read(files: SourceFiles) -> Reading:
    """Figures (id F001 …); a statement without a number has no value."""
    figures = files.table("figures")
    return files.reading(
        nodes={
            "Figure": figures.select(
                id="id",
                scope="scope",
                measure="measure",
                value=text("value"),
                period="period",
                url="source",
                record="id",
            )
        }
    )
