"""What of HAL enters the graph: its labs and its numbers for institutions; its counts do not.

`COPUBLISHES_WITH` is OpenAlex's count. A second count of the same works beside it would be added to the first by every
question that adds over partners or years. `counts` and `compare` hold one against the other instead.
"""

from __future__ import annotations

import polars as pl

from ingest.reading import Reading, SourceFiles
from ingest.sources.hal import records
from ingest.sources.hal.counts import Counts, Register, count, deposits, named, register
from ingest.unit_codes import unit_type

_VALID = "VALID"


def read_published(files: SourceFiles) -> Reading:
    """Labs with deposits (id is the label, `UMR 8552`), and pairs `hal:…` = `ror:…` of institutions."""
    known = register(files)
    labs = _labs(known, named(deposits(files, known), known))
    return files.reading(nodes={"Lab": labs}, identities=_institutions(known))


def cross_check(files: SourceFiles) -> Counts:
    """HAL's counts of a snapshot, for `compare`."""
    known = register(files)
    return count(deposits(files, known), known)


def _labs(known: Register, labs: pl.DataFrame) -> pl.DataFrame:
    """One row a lab that a valid structure stands for and a deposit names; of several structures, the newest."""
    current = known.labs.filter(pl.col("valid") == _VALID).join(labs, on="lab", how="semi")
    newest = current.sort("structure", descending=True).unique("lab", keep="first", maintain_order=True).sort("lab")
    return newest.select(
        id="lab",
        name="name",
        acronym="acronym",
        label="lab",
        unit_type=unit_type(pl.col("lab")),
        country="country",
        rnsr="rnsr",
        record=pl.format("structure {}", "structure"),
    )


def _institutions(known: Register) -> pl.DataFrame:
    """No node of their own: HAL's number only joins a body another source describes."""
    found = known.structures.filter(
        (pl.col("type") == records.INSTITUTION) & (pl.col("valid") == _VALID) & pl.col("ror").is_not_null()
    )
    return found.sort("id").select(left=pl.format("ror:{}", "ror"), right=pl.format("hal:{}", "id"))
