"""The whole path: documents in, published snapshots out.

What is exported is imported when it is first asked for: who annotates a text needs neither the store nor the gate.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kg.model import Unread
    from kg.pipeline.chain import table
    from kg.pipeline.documents import from_path, from_stream, walk
    from kg.pipeline.ingest import Ingest, lexical
    from kg.pipeline.outcome import Outcome, Quarantine
    from kg.pipeline.prepare import BATCH, Preparer, completed
    from kg.pipeline.purging import keys_of, purge, text_rows
    from kg.pipeline.reannotating import reannotate, remove

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

#: Where each is; no module here has the name of what it holds, which the import of the module would put in its place.
_HOMES: Final = {
    **dict.fromkeys(("Unread",), "kg.model"),
    **dict.fromkeys(("table",), "kg.pipeline.chain"),
    **dict.fromkeys(("from_path", "from_stream", "walk"), "kg.pipeline.documents"),
    **dict.fromkeys(("Ingest", "lexical"), "kg.pipeline.ingest"),
    **dict.fromkeys(("Outcome", "Quarantine"), "kg.pipeline.outcome"),
    **dict.fromkeys(("BATCH", "Preparer", "completed"), "kg.pipeline.prepare"),
    **dict.fromkeys(("keys_of", "purge", "text_rows"), "kg.pipeline.purging"),
    **dict.fromkeys(("reannotate", "remove"), "kg.pipeline.reannotating"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
