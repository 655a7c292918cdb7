"""Events of our own classes are also schema:Events, whatever they are."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg import resources
from kg.shacl import Gate, ShapesGraph
from kg.vocab import NKG, RDF, RDFS, SCHEMA

NODE = NamedNode("https://news.example/things/strike-00000001#id")


def own_events() -> list[NamedNode]:
    """The classes of the vocabulary that are events."""
    data = resources.path("ontology/nkg.ttl").read_bytes()
    below = {(q.subject, q.object) for q in parse(data, format=RdfFormat.TURTLE) if q.predicate == RDFS.subClassOf}
    found = {s for s, o in below if o == SCHEMA.Event}
    return sorted(found | {s for s, o in below if o in found}, key=str)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(ShapesGraph.load([resources.path("shapes/event.ttl"), resources.path("shapes/prefixes.ttl")]))


@pytest.mark.parametrize("cls", own_events(), ids=lambda c: c.value.rpartition("#")[2])
def test_an_event_of_an_own_class_alone_is_refused(gate: Gate, cls: NamedNode) -> None:
    alone = [Triple(NODE, RDF.type, cls), Triple(NODE, SCHEMA.name, Literal("A strike"))]
    assert [r.code for r in gate.check_triples(alone).violations] == ["E6"]
    assert gate.check_triples([*alone, Triple(NODE, RDF.type, SCHEMA.Event)]).violations == ()


def test_there_are_events_of_our_own() -> None:
    assert {NKG.Arrest, NKG.Strike, NKG.LegalEvent} < set(own_events())
