"""The store of a publication: immutable snapshots of RDF, keys and text, and the archive of source bytes.

>>> from datetime import datetime, timezone
>>> from kg.store import Store
>>> store = Store.create(folder / "store", "https://news.example")                          # doctest: +SKIP
>>> with store.begin(time=datetime.now(timezone.utc), holder="kg ingest") as draft:         # doctest: +SKIP
...     draft.put(graphs)
...     draft.claim("guid:1", graphs.page)
...     draft.index(TextDocument(graphs.page, "article", "A headline"))
...     draft.commit({"articles": 1})
>>> with store.reader() as reader:                                                          # doctest: +SKIP
...     reader.text.search("headline").total
1

docs/decisions/0002-snapshots.md, 0003-leases.md, 0004-snapshot-contents.md and 0010-default-graph.md say why.
"""

from kg.store.annotators import Ensemble, attributed, mixed
from kg.store.audit import Audit
from kg.store.changes import Change, replay
from kg.store.dataset import Changed
from kg.store.draft import Draft
from kg.store.history import Pruned, Snapshot, tally
from kg.store.ledger import Entry
from kg.store.manifest import Counts, SnapshotInfo
from kg.store.purge import Means, Purged
from kg.store.reader import Follower, Reader
from kg.store.sources import Kept, Sources
from kg.store.store import Store
from kg.store.text import Hit, Hits, TextDocument, TextIndex

__all__ = [
    "Audit",
    "Change",
    "Changed",
    "Counts",
    "Draft",
    "Ensemble",
    "Entry",
    "Follower",
    "Hit",
    "Hits",
    "Kept",
    "Means",
    "Pruned",
    "Purged",
    "Reader",
    "Snapshot",
    "SnapshotInfo",
    "Sources",
    "Store",
    "TextDocument",
    "TextIndex",
    "attributed",
    "mixed",
    "replay",
    "tally",
]
