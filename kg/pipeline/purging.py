"""Legal removal of an article: what the store needs to know to forget it (docs/decisions/0019-purge.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from pyoxigraph import NamedNode
from pyoxigraph import Store as Rdf

from kg import review
from kg.errors import UsageError
from kg.iris import Iris
from kg.model import Article, ArticleGraphs, Document
from kg.pipeline import copies, identity
from kg.pipeline.journal import Journal
from kg.pipeline.naming import Names, Register
from kg.pipeline.prepare import Preparer
from kg.pipeline.textrows import article_row, thing_rows
from kg.pipeline.waiting import Waiting
from kg.store import Kept, Means, Purged, Reader, Store, TextDocument, contents, erasure

__all__ = ["keys_of", "purge", "text_rows"]

#: Articles that one document is taken to hold at most.
_ARTICLES = 200


@dataclass(frozen=True, slots=True)
class _Open:
    """A dataset with its publication's IRIs, as the text rows are read from."""

    rdf: Rdf
    iris: Iris


def purge(
    store: Store,
    iri: str,
    *,
    time: datetime,
    reason: str,
    preparer: Preparer | None = None,
    forget: bool = False,
    wait: float = 0.0,
) -> Purged:
    """Take an article, live or withdrawn, out of everything the store keeps; its IRI answers 410 with the reason.

    ``iri`` is its page or the article itself. ``preparer`` reads the kept bytes of earlier versions once more, so that
    whoever only those named is forgotten too. With ``forget`` not even the IRI is kept; ``wait`` is how many seconds
    readers of old snapshots are waited for. Raises :class:`kg.errors.UsageError` where no kept snapshot knows the
    article, :class:`kg.errors.StoreLocked`, and :class:`kg.errors.StoreError`.
    """
    page = Iris.page_of(iri)
    if not reason.strip():
        raise UsageError("a reason is needed; readers of the article's address will see it")
    if page.startswith(f"{store.base_iri}/things/"):
        raise UsageError(_thing(store, page))
    Journal(store.path / "runs").forget(page)
    decided = review.Journal.of(store.path)
    if forget:
        with store.writing(time=time, holder="kg purge"):
            decided.forget(page)
    names = partial(_named, preparer=preparer, page=page, decisions=review.Decisions.of(decided.read()))
    means = Means(rows=text_rows, keys=keys_of, named=names, mend=copies.regroup)
    with store.reader() as reader:  # another version than any that was published: only its key tells whose it is
        waits = Waiting(store.path / "waiting").of(page, reader.lookup)
    done = store.purge(page, time=time, reason=reason.strip(), means=means, forget=forget, wait=wait)
    with store.reader() as reader:  # of a thing that other articles name, what was decided holds on
        gone = [thing for thing in done.things if reader.state(thing) != "live"]
    with store.writing(time=time, holder="kg purge"):
        decided.redact(gone)
    for file in waits:
        file.unlink(missing_ok=True)
    also = (str(file.relative_to(store.path)) for file in waits)
    return replace(done, erased=tuple(sorted({*done.erased, *also})))


def _named(
    reader: Reader,
    documents: Sequence[Document],
    *,
    preparer: Preparer | None,
    page: str,
    decisions: review.Decisions = review.NONE,
) -> Iterator[str]:
    """The pages of the things that the documents name, as they would be named now."""
    if preparer is None:
        return
    iris = reader.iris
    register = Register(reader.lookup, lambda iri: contents.keys_of(reader.rdf, iris, iris.page_of(iri)))
    names = Names(iris, register, preparer.table, decisions)
    for document in documents:
        for annotated in preparer(document).articles:
            naming, _ = names.naming(annotated, page, version=1, previous=None)
            yield from (iris.page_of(thing) for thing in naming.things.values())


def _thing(store: Store, page: str) -> str:
    """Why a thing cannot be purged, and what can."""
    with store.reader() as reader:
        node, found = reader.iris.of_page(page), set()
        prefix = f"{reader.iris.base}/graphs/articles/"
        for quad in erasure.about(reader.rdf, node):
            if isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(prefix):
                name = quad.graph_name.value[len(prefix) :].partition("/")[0]
                found.add(f"{reader.iris.base}/articles/{name}")
    named = f"; {len(found)} name it: {', '.join(sorted(found)[:5])}" if found else "; none names it now"
    return f"{page}: is a thing, and what is known of it is what articles say; purge the articles{named}"


def text_rows(rdf: Rdf, iris: Iris, pages: Sequence[str]) -> Iterator[TextDocument]:
    """The text index's rows of these articles and things, those that are published."""
    things = []
    for page in pages:
        if not page.startswith(f"{iris.base}/articles/"):
            things.append(page)
            continue
        content, facts = (
            tuple(sorted((q.triple for q in rdf.quads_for_pattern(None, None, None, iris.graph(page, kind))), key=str))
            for kind in ("content", "facts")
        )
        if content:
            yield article_row(ArticleGraphs(page=page, content=content, facts=facts, annotations=(), provenance=()))
    yield from thing_rows(_Open(rdf, iris), things)


def keys_of(kept: Kept) -> Iterator[str]:
    """The keys that articles in an arrival of bytes may be known by."""
    yield identity.arrival(kept.key, kept.sha256, kept.source)
    yield f"article:{kept.key}"
    yield from (f"article:{key}" for key in identity.keys(kept.document(b""), Article(headline="")))
    for number in range(1, _ARTICLES):
        yield identity.arrival(kept.key, kept.sha256, kept.source, number)
        yield f"article:{kept.key}#{number}"
