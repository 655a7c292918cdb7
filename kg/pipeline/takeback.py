"""Articles that their source takes back: canceled, withheld or deleted (docs/decisions/0021-versions.md)."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from kg import graph
from kg.model import ArticleGraphs, Gone, Status
from kg.pipeline import copies, identity
from kg.pipeline.outcome import Outcome
from kg.pipeline.prepare import Prepared
from kg.pipeline.textrows import article_row, thing_rows
from kg.pipeline.versions import Version
from kg.store import Draft

__all__ = ["Taken", "canceled", "gone", "take_back"]

#: What readers of a retracted article are told. A note to editors is not for them.
_REASONS = {
    Status.CANCELED: "The source of this article canceled it.",
    Status.WITHHELD: "The source of this article withholds it until further notice.",
}
_STATUSES = {Status.CANCELED: "Retracted", Status.WITHHELD: "Withheld"}


@dataclass(frozen=True, slots=True)
class Taken:
    """A published article that its source takes back, not yet done. ``document`` says so, where a document does."""

    page: str
    last: Version
    origin: str
    status: str
    reason: str
    keys: tuple[str, ...]
    prepared: Prepared | None = None
    number: int = 0


def gone(said: Gone, page: str | None, last: Version | None) -> Taken | Outcome:
    """What follows from a source's word that it no longer publishes the article, whose newest version is ``last``."""
    if page is None or last is None or not last.live:
        return Outcome(said.origin, "skipped", page, reason=f"{said.reason}; it is not published here")
    if last.status == "Retracted":
        return Outcome(said.origin, "unchanged", page, reason="retracted before")
    reason = f"The source of this article no longer publishes it: {said.reason}."
    return Taken(page, last, said.origin, "Retracted", reason, said.keys)


def canceled(
    prepared: Prepared, number: int, keys: tuple[str, ...], page: str | None, last: Version | None
) -> Taken | Outcome:
    """What follows from a document whose status is canceled or withheld."""
    document, article = prepared.document, prepared.articles[number].article
    status, origin = _STATUSES[article.status], document.origin
    word = article.status.value
    if page is None or last is None or not last.live:
        return Outcome(origin, "skipped", page, reason=f"{word} by its source; it is not published here")
    if last.sha256 == document.sha256.hex() or last.status == status:
        return Outcome(origin, "unchanged", page, reason=f"{word} by its source")
    if last.newer_than(article.date_modified):
        why = f"older than the published version, which was changed on {last.modified}"
        return Outcome(origin, "unchanged", page, reason=why)
    public = () if document.source.withheld else article.corrections  # the words of others stay theirs
    reason = " ".join((_REASONS[article.status], *public))
    return Taken(page, last, origin, status, reason, keys, prepared, number)


def take_back(draft: Draft, taken: Taken, *, time: str) -> tuple[str, ...]:
    """Its words go, its facts leave the default graph, and its page says that it was taken back and why.

    ``time`` is the lexical form of an xsd:dateTime. The keys that the document which says so is known by from now on.
    """
    iris, page, prepared = draft.iris, taken.page, taken.prepared
    content = iris.graph(page, "content")
    own = [
        quad
        for kind in ("content", "annotations", "report")
        for quad in draft.rdf.quads_for_pattern(None, None, None, iris.graph(page, kind))
    ]
    before = tuple(quad.triple for quad in own if quad.graph_name == content)
    things = {
        iris.page_of(term.value)
        for quad in draft.rdf.quads_for_pattern(None, None, None, iris.graph(page, "facts"))
        for term in (quad.subject, quad.object)
        if isinstance(term, NamedNode) and term.value.startswith(f"{iris.base}/things/")
    }
    after = graph.retraction(before, page, status=taken.status, reason=taken.reason, time=time)
    with draft.attempt():
        draft.retire(page, reason=taken.reason)
        copies.leave(draft, page)
        kept = {Quad(t.subject, t.predicate, t.object, content) for t in after}
        draft.change(add=kept, remove=[quad for quad in own if quad not in kept])
        if prepared is not None:
            version = taken.last.number + 1
            draft.provenance(graph.retraction_provenance(prepared.document, page, version, taken.last.iri))
        draft.touch(page, *sorted(things))
        draft.index(article_row(ArticleGraphs(page, after, (), (), ())))
        for text in thing_rows(draft, sorted(things)):
            draft.index(text)
    if prepared is None:
        return ()
    document = prepared.document
    return (identity.arrival(document.key, document.sha256.hex(), document.source, taken.number),)
