"""The whole path: documents in, published snapshots out."""

from kg.model import Unread
from kg.pipeline.documents import from_path, from_stream, walk
from kg.pipeline.ingest import BATCH, Ingest, lexical
from kg.pipeline.outcome import Outcome, Quarantine
from kg.pipeline.prepare import Preparer, completed, table
from kg.pipeline.purge import keys_of, purge, text_rows
from kg.pipeline.reannotate import reannotate, remove

__all__ = [
    "BATCH",
    "Ingest",
    "Outcome",
    "Preparer",
    "Quarantine",
    "Unread",
    "completed",
    "from_path",
    "from_stream",
    "keys_of",
    "lexical",
    "purge",
    "reannotate",
    "remove",
    "table",
    "text_rows",
    "walk",
]
