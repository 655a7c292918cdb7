"""Decisions in the open: what the graph says of who decided what, when and why (PROV-O)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from kg.iris import Iris
from kg.review.decisions import Decisions
from kg.review.journal import Entry, Trail
from kg.vocab import DCTERMS, OWL, PROV, RDF, RDFS, XSD

__all__ = ["published", "shown", "statements", "triples"]


def triples(entry: Entry, iris: Iris, target: Entry | None = None) -> Iterator[Triple]:
    """The provenance of one entry: an activity that used the things it speaks of, and its author.

    ``target`` is the entry that it undoes.
    """
    node = _activity(iris, entry)
    yield Triple(node, RDF.type, PROV.Activity)
    yield Triple(node, DCTERMS.identifier, Literal(_mark(entry)))
    yield Triple(node, RDFS.label, Literal(_label(entry), language="en"))
    yield Triple(node, PROV.endedAtTime, Literal(entry.time, datatype=XSD.dateTime))
    if entry.note:
        yield Triple(node, DCTERMS.description, Literal(entry.note))
    agent = iris.agent(f"reviewer {entry.by}".strip())
    yield Triple(node, PROV.wasAssociatedWith, agent)
    yield Triple(agent, RDF.type, PROV.Agent)
    yield Triple(agent, RDFS.label, Literal(entry.by or "reviewer"))
    told = entry if target is None else target
    for iri in sorted({one for one in (told.thing, told.other) if one}):
        yield Triple(node, PROV.used, NamedNode(iri))
        yield Triple(NamedNode(iri), PROV.wasInfluencedBy, node)
    if target is not None:
        yield Triple(node, PROV.used, _activity(iris, target))


def statements(thing: str, decisions: Decisions) -> tuple[Triple, ...]:
    """What reviewers state of a thing in the things graph: of a merged one, what it is."""
    winner = decisions.merged.get(thing)
    if winner is None:
        return ()
    node, other = NamedNode(thing), NamedNode(winner)
    return Triple(node, OWL.sameAs, other), Triple(node, DCTERMS.isReplacedBy, other)


def shown(entry: Entry, iris: Iris) -> Quad:
    """The bookkeeping row that says that this store published the entry. The provenance is no proof of that: it also
    comes in with the export of another store."""
    return Quad(iris.things_graph, DCTERMS.identifier, Literal(_mark(entry)), iris.revisions_graph)


def published(rdf: Store, iris: Iris, trail: Trail) -> tuple[tuple[Entry, ...], int]:
    """The entries that a dataset does not show yet, in order, and how many it shows that the journal lacks."""
    rows = rdf.quads_for_pattern(iris.things_graph, DCTERMS.identifier, None, iris.revisions_graph)
    known = {quad.object.value for quad in rows if isinstance(quad.object, Literal)}
    waiting = tuple(one for one in trail.entries if one.action != "redacted" and _mark(one) not in known)
    return waiting, len(known - {_mark(one) for one in trail.entries})


def _mark(entry: Entry) -> str:
    return f"review {entry.id} {entry.digest}"


def _activity(iris: Iris, entry: Entry) -> NamedNode:
    return iris.activity(_mark(entry))


def _label(entry: Entry) -> str:
    what = {"accept": "accepted a link", "reject": "rejected a link", "new": "found a thing of its own"}
    what |= {"merge": "merged two things", "split": "split a thing", "undo": f"took entry {entry.target} back"}
    return f"Review {entry.id}: {what[entry.action]}"
