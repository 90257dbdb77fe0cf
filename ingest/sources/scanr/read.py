"""scanR's dumps: units of the CNRS, the bodies that supervise them, and the European projects they take part in."""

from __future__ import annotations

import polars as pl

from ingest.reading import Reading, SourceFiles
from ingest.sources.scanr.organizations import units
from ingest.sources.scanr.projects import participations
from ingest.units import labs, same_body


def read_published(files: SourceFiles) -> Reading:
    """Read the dumps of organizations and projects; names of people and texts are never read.

    Units and bodies have the ids that the register of structures gives them. A project is named by its grant
    agreement (`grant:FRAMEWORK:NUMBER`); where that project is in no other source, the tie is set aside.

    Raises:
        SourceError: a dump cannot be read, or has no unit of the CNRS or no European project with a lab.
    """
    found = units(files)
    ties = found.ties.unique(["id", "body"], maintain_order=True)
    identities = [same_body(files, "organizations", ties, system) for system in ("siren", "siret", "ror")]
    return files.reading(
        nodes={
            "Lab": labs(found.frame),
            "Institution": ties.unique("body", maintain_order=True).select(
                id="body",
                name="name",
                named=pl.lit(True),
                country=pl.when(pl.col("body").str.starts_with("name:fr:")).then(pl.lit("FR")),
                record=pl.coalesce("structure", "number"),
            ),
        },
        relationships={
            ("SUPERVISED_BY", "Lab", "Institution"): ties.select(
                start="id", end="body", record=pl.format("{}/{}", "id", "body")
            ),
            ("PARTICIPATES_IN", "Lab", "Project"): participations(files, found),
        },
        identities=pl.concat(identities),
    )
