"""What the two views answer about literals that a store writes in another way."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.shacl import Gate, ShapesGraph
from kg.shacl.earlier import Kept
from kg.shacl.view import MemoryView, StoreView
from kg.vocab import XSD

P = NamedNode("http://example.org/p")
A = NamedNode("http://example.org/a")
ONE, OTHER_ONE = Literal("1", datatype=XSD.integer), Literal("01", datatype=XSD.integer)
SHAPES = b"""
@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:S a sh:NodeShape ; sh:targetNode '01'^^xsd:integer , 1 ;
  sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:maxCount 0 ] .
"""


@pytest.fixture
def store() -> Store:
    store = Store()
    store.add(Quad(A, P, OTHER_ONE))
    return store


def test_a_term_has_the_subjects_of_that_term_and_not_of_one_with_the_same_value(store: Store) -> None:
    (kept,) = store
    assert kept.object == ONE
    assert list(StoreView(store).subjects(P, ONE)) == [A]
    assert list(StoreView(store).subjects(P, OTHER_ONE)) == []
    assert list(Kept(StoreView(store)).few(P, OTHER_ONE, 1)) == []


def test_a_literal_that_is_a_target_is_judged_over_a_store_as_over_what_the_store_holds(store: Store) -> None:
    gate = Gate(ShapesGraph.parse([("shapes.ttl", SHAPES)]))
    report = gate.check_store(store)
    assert [result.focus for result in report.results] == [ONE]
    assert report == gate.check_view(MemoryView(tuple(quad.triple for quad in store)))
