"""The W3C's shapes for shapes as the judge of ours: whatever they refuse, reading refuses.

The suite carries them as a test case. The graphs are ours, each with one statement changed at random.
"""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import ConfigError
from kg.shacl.alone import Alone
from kg.shacl.reading import read_roots
from kg.shacl.shapes import ShapesGraph
from kg.shacl.source import words
from kg.shacl.view import Node
from kg.vocab import RDF, SH, XSD

pytestmark = pytest.mark.conformance

#: Shapes of every kind, small enough to be read hundreds of times.
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
ex:A a sh:NodeShape ; sh:targetClass ex:T ; sh:targetNode 1 ; sh:severity sh:Warning ; sh:message "no"@en ;
  sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:nodeKind sh:IRI ; sh:not [ sh:class ex:C ] ;
  sh:property ex:P, [ sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:maxCount 1 ; sh:uniqueLang true ;
    sh:lessThan ex:r ] ;
  sh:or ( ex:B [ sh:in ( 1 2 ) ] ) ; sh:sparql [ sh:select "SELECT $this {}" ; sh:message "no" ] .
ex:B a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:deactivated false ; sh:equals ex:q ;
  sh:xone ( ex:D [ sh:hasValue 1 ] ) .
ex:D a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:minInclusive 1 ; sh:maxExclusive 5 ; sh:disjoint ex:q ;
  sh:and ( [ sh:minLength 1 ; sh:maxLength 5 ] [ sh:pattern "a" ; sh:flags "i" ] ) .
ex:P a sh:PropertyShape ; sh:path [ sh:alternativePath ( ex:p [ sh:zeroOrMorePath ex:q ] ) ] ; sh:datatype xsd:string ;
  sh:minCount 1 ; sh:languageIn ( "en" ) ; sh:name "p" ; sh:description "what" ; sh:order 1 ; sh:group ex:G ;
  sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true .
"""
TERMS: tuple[Node, ...] = (
    Literal(1), Literal(-1), Literal(1.5), Literal("x"), Literal("x", language="en"), Literal(True),
    Literal("1", datatype=XSD.date), SH.IRI, SH.Violation, NamedNode("http://example.org/x"), BlankNode("nothing"),
    RDF.nil,
)  # fmt: skip
PATHS = (RDF.first, SH.alternativePath, SH.inversePath, SH.zeroOrMorePath)
MORE = tuple(SH[name] for name in sorted(words("node property targetClass lessThanOrEquals minExclusive maxInclusive")))


@cache
def judge(suite: Path) -> Alone:
    """The W3C's shapes for shapes, compiled."""
    return Alone(read_roots(ShapesGraph.load([suite / "core" / "complex" / "shacl-shacl-data-shapes.ttl"])))


def changed(seed: int) -> tuple[ShapesGraph, str]:
    """The shapes with one statement changed, added or left out, and what was done."""
    rows = ShapesGraph.parse([("shapes.ttl", SHAPES.encode())]).triples
    chance = random.Random(seed)
    place = chance.randrange(len(rows))
    one = rows[place]
    lists = [t.object for t in rows if t.predicate in (SH["in"], SH.path) and isinstance(t.object, BlankNode)]
    other = chance.choice([*TERMS, *lists])
    doing = chance.choice(["change", "add", "leave out"])
    if doing == "leave out":
        return ShapesGraph((*rows[:place], *rows[place + 1 :])), f"{doing} {one}"
    if doing == "change":
        new = Triple(one.subject, one.predicate, other)
        return ShapesGraph((*rows[:place], new, *rows[place + 1 :])), f"{doing} {one} to {other}"
    # Paths that carry something else are accepted: core/path/path-strange-001 and -002 of the suite want them to be.
    paths = {t.subject for t in rows if t.predicate in PATHS}
    one = chance.choice([t for t in rows if t.subject not in paths])
    terms = [*dict.fromkeys(t.predicate for t in rows if t.predicate in SH), *MORE]
    new = Triple(one.subject, chance.choice(terms), other)
    return ShapesGraph((*rows, new)), f"{doing} {new}"


@pytest.mark.parametrize("start", range(0, 400, 100))
def test_what_the_w3c_s_shapes_for_shapes_refuse_is_refused(shacl_suite: Path, start: int) -> None:
    refused = 0
    for seed in range(start, start + 100):
        shapes, done = changed(seed)
        theirs = judge(shacl_suite).check(shapes.view)
        try:
            read_roots(shapes)
        except ConfigError:
            refused += bool(theirs)
        else:
            assert not theirs, (seed, done, [(str(f[0]), str(f[1]), f[3].component) for f in theirs])
    assert refused > 20


def test_the_shapes_that_ship_are_accepted_by_both(shacl_suite: Path) -> None:
    shapes = ShapesGraph.load()
    assert judge(shacl_suite).check(shapes.view) == []
    assert read_roots(shapes)
