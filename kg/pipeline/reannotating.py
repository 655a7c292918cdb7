"""Rebuilding published articles from their kept source bytes, and withdrawing them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from kg.errors import StoreError, UsageError
from kg.iris import Iris
from kg.model import Document
from kg.pipeline import copies, identity
from kg.pipeline.across import Across
from kg.pipeline.documents import today
from kg.pipeline.ingest import Ingest
from kg.pipeline.outcome import Outcome
from kg.pipeline.versions import newest
from kg.store import Draft, Kept, Reader, SnapshotInfo, Store

__all__ = ["kept", "reannotate", "remove"]


def kept(ingest: Ingest, reader: Reader | Draft, pages: Iterable[str]) -> Iterator[Document]:
    """The source documents of these published articles, in order of their IRIs, each once.

    Articles that came as graphs of an export are left out: there is nothing to annotate. Raises
    :class:`kg.errors.StoreError` where the archive lacks the bytes of a published article.
    """
    seen: set[str] = set()
    for page in sorted(pages):
        if reader.lookup(f"imported:{page}") is not None:
            continue
        version = newest(reader.rdf, ingest.settings.iris, page)
        if version is None or not version.sha256:
            raise StoreError(f"{page}: the provenance graph names no source bytes; ingest the article again")
        arrivals = ingest.store.sources.arrivals(version.sha256)
        # The same bytes may have arrived under several keys; this page's is the one that a row names it for, and the
        # newest of those, or what was published under earlier rights would be published again.
        own = next((a for a in reversed(arrivals) if any(reader.lookup(key) == page for key in _rows(a))), None)
        if own is None:
            raise StoreError(
                f"{page}: its source bytes ({version.sha256[:12]}…) are not kept; ingest the article again"
            )
        if own.key not in seen:
            seen.add(own.key)
            document = own.document(ingest.store.sources.load(version.sha256))
            yield replace(document, source=today(document.source, ingest.settings))


def _rows(came: Kept) -> Iterator[str]:
    """The key rows an article of this document may have; a document rarely holds more than one article."""
    yield identity.arrival(came.key, came.sha256, came.source)
    yield f"article:{came.key}"
    for number in range(1, 200):
        yield identity.arrival(came.key, came.sha256, came.source, number)
        yield f"article:{came.key}#{number}"


def reannotate(ingest: Ingest, *, jobs: int = 1, dry_run: bool = False) -> Iterator[Outcome]:
    """Rebuild everything with today's annotators; IRIs stay, and what did not change writes nothing."""
    with ingest.store.reader() as reader:
        documents = list(kept(ingest, reader, reader.articles()))
    return ingest.run(documents, jobs=jobs, again=True, dry_run=dry_run)


def remove(
    store: Store, iri: str, *, time: datetime, reason: str, holder: str, across: Across | None = None
) -> SnapshotInfo:
    """Withdraw an article: its graphs leave, its IRI answers 410 with the reason.

    What that breaks elsewhere is no reason to keep it: with ``across`` the manifest tells of it (``broken``). Raises
    :class:`kg.errors.UsageError` where no article of that IRI is published.
    """
    page = Iris.page_of(iri)
    if not reason.strip():
        raise UsageError("a reason is needed; readers of the withdrawn article will see it")
    with store.begin(time=time, holder=holder) as draft:
        with draft.watching() as seen:
            copies.leave(draft, page)
            draft.remove(page, reason=reason, time=time)
        summary: dict[str, object] = {"removed": 1}
        if across is not None:
            left = across.broken(draft, seen).violations
            summary |= across.summary({}, Counter(one.code for one in left))
        return draft.commit(summary)
