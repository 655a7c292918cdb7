"""Whether a page is live, moved, gone or was never there, and single resources below a page."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from kg.errors import IriError
from kg.iris import Iris
from kg.reads.rows import State
from kg.reads.view import Snapshot, View
from kg.vocab import DCTERMS, NIF, NKG, PROV, SCHEMA

__all__ = ["headline", "node", "state", "text", "withheld"]


def node(iri: str) -> NamedNode:
    """The IRI as a term. Raises :class:`kg.errors.IriError` for text that is none (as a path may be)."""
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise IriError(f"{iri!r} is no IRI: {error}", text=iri) from None


def state(reader: Snapshot, page: str) -> State:
    """Whether the page is live, moved (merged into another), gone (published once, described no more) or unknown.

    When an article was removed, the newest tombstone in the provenance graph says when and why (PROV-O, section 3.2).
    """
    view = View.of(reader)
    try:
        subject = Iris.of_page(node(page).value)
    except IriError:
        return State("unknown")
    target = next((o for o in view.objects(subject, DCTERMS.isReplacedBy) if isinstance(o, NamedNode)), None)
    if target is not None:
        return State("moved", target=Iris.page_of(target.value))
    if next(view.quads(subject, None, None), None) is not None:
        return State("live")
    known = next(view.quads(NamedNode(page), NKG.revision, None, view.iris.revisions_graph), None)
    for one in (NamedNode(page), subject):
        known = known or next(view.quads(None, NKG.identifies, one, view.iris.keys_graph), None)
    prov = view.iris.prov_graph
    times = sorted(o.value for o in view.objects(subject, PROV.invalidatedAtTime, prov) if isinstance(o, Literal))
    if not known and not times:
        stone = view.iris.tombstone(page)  # a purge may have left nothing that names the page
        purged = view.value(Iris.of_page(stone), PROV.invalidatedAtTime, prov) is not None
        return state(reader, stone) if purged else State("unknown")
    time = times[-1] if times else None
    reasons = [
        reason
        for activity in view.objects(subject, PROV.wasInvalidatedBy, prov)
        if view.value(activity, PROV.endedAtTime, prov) == time
        and (reason := view.value(activity, DCTERMS.description, prov)) is not None
    ]
    return State("gone", time, reasons[-1] if reasons else None)


def text(reader: Snapshot, page: str, iri: str) -> str | None:
    """The words of one of the article's texts; None when there is no such text or it is withheld."""
    view = View.of(reader)
    try:
        return view.value(node(iri), NIF.isString, view.iris.graph(node(page).value, "annotations"))
    except IriError:
        return None


def headline(reader: Snapshot, page: str) -> str | None:
    """The headline of a published article, or None."""
    found = View.of(reader).text(Iris.of_page(page), SCHEMA.headline)
    return found.text if found else None


def withheld(reader: Snapshot, page: str) -> bool:
    """Whether the article's text may not be shown, so that its page is an excerpt that search engines leave out."""
    return View.of(reader).true(Iris.of_page(page), NKG.textWithheld)
