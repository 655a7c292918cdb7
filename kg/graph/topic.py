"""The fields an article belongs to, as IPTC Media Topics (the facts graph), with the words that speak for each."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from kg.graph.frame import Frame, Stated
from kg.vocab import MEDTOP, RDF, SCHEMA, SKOS

__all__ = ["stated"]


def stated(frame: Frame) -> Iterator[Stated]:
    """Every topic of the article, and the concept it is with the name IPTC gives it."""
    for topic in frame.annotated.topics:
        concept = MEDTOP[topic.code]
        yield Stated(Triple(frame.node, SCHEMA.about, concept), topic.evidence, topic.score, topic.by)
        label = Literal(topic.label, language="en")
        yield Stated(Triple(concept, RDF.type, SKOS.Concept))
        yield Stated(Triple(concept, RDF.type, SCHEMA.DefinedTerm))
        yield Stated(Triple(concept, SKOS.prefLabel, label))
        yield Stated(Triple(concept, SCHEMA.name, label))
        yield Stated(Triple(concept, SKOS.inScheme, NamedNode(MEDTOP.iri)))
