"""What the reader of any figure on the structure of the network has to know of its scope."""

from __future__ import annotations

import polars as pl

from graph.network.incidence import CNRS, Incidence
from graph.network.notes import Note
from graph.network.projection import Projection


def caveats(incidence: Incidence, projection: Projection) -> list[Note]:
    """Return the projection's notes, and whether it is all around the CNRS or cut by places."""
    notes: list[Note] = [*projection.notes]
    scope = projection.scope
    ours = incidence.members.filter(pl.col("actor") == CNRS).height
    if scope.include_cnrs and ours and ours == incidence.events.height:
        notes.append(("structure.cnrs_everywhere", {}))
    if scope.countries or scope.regions:
        notes.append(("structure.filtered_places", {}))
    return notes
