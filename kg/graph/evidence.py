"""One rdf:Statement per extracted fact, with the words it rests on (the annotations graph; RDF 1.1, PROV-O)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from kg.graph import annotator
from kg.graph.frame import Frame, Stated
from kg.graph.mention import spans
from kg.iris import hex_digest
from kg.vocab import PROV, RDF

__all__ = ["node", "triples"]


def node(frame: Frame, triple: Triple) -> NamedNode:
    """The IRI of the evidence for a triple: the same triple of the same article has the same one."""
    return frame.part("st-" + hex_digest(f"{triple.subject} {triple.predicate} {triple.object}", 12))


def triples(frame: Frame, stated: Iterable[Stated]) -> Iterator[Triple]:
    """The evidence of every stated triple that rests on spans, and those spans; a fact stated twice has one node
    with all spans, and the highest score and whose that is."""
    best: dict[NamedNode, Stated] = {}
    for one in stated:
        places = tuple(frame.places(one.spans))
        if not one.spans:
            continue
        fact = one.triple
        at = node(frame, fact)
        if at not in best or one.score > best[at].score:
            best[at] = one
        yield Triple(at, RDF.type, RDF.Statement)
        yield Triple(at, RDF.subject, fact.subject)
        yield Triple(at, RDF.predicate, fact.predicate)
        yield Triple(at, RDF.object, fact.object)
        for place in places:
            yield Triple(at, PROV.wasDerivedFrom, place.iri)
        yield from spans(frame, places)
    for at, one in best.items():
        yield from annotator.said(frame, at, one.by, one.score)
