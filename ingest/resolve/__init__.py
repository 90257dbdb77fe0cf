"""Which identifiers are one body: recorded judgements and a read-only linker over them."""

from ingest.resolve.judgements import Judgement, load_judgements
from ingest.resolve.linker import Conflict, Linker

__all__ = ["Conflict", "Judgement", "Linker", "load_judgements"]
