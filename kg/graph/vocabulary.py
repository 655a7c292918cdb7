"""schema.org and our own terms, used where they are defined for: domains, ranges and what is in the release.

schema.org's ``domainIncludes``/``rangeIncludes`` are unions, so a property fits when one class of its subject is (or
is below) one class of its domain, and the same for its value (https://schema.org/docs/datamodel.html).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg import resources
from kg.graph import terms
from kg.vocab import NKG, RDF, RDFS, SCHEMA, XSD

__all__ = ["Vocabulary", "check", "load"]

_DATES = frozenset(XSD[n].value for n in ("date", "dateTime", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay"))
_NUMBERS = frozenset(XSD[n].value for n in ("integer", "decimal", "double", "float"))


def _kinds(literal: Literal) -> frozenset[str]:
    """The schema.org data types a literal can stand for."""
    kind = literal.datatype.value
    if literal.language or kind == XSD.string.value:
        return frozenset({"Text"})
    if kind in _DATES:
        return frozenset({"Date", "DateTime"})
    if kind in _NUMBERS:
        return frozenset({"Number", "Integer"} if kind == XSD.integer.value else {"Number"})
    if kind == XSD.duration.value:
        return frozenset({"Duration"})
    return frozenset({"Boolean"}) if kind == XSD.boolean.value else frozenset()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The term table: every class with all its superclasses, every property with its domain and range (IRIs)."""

    classes: Mapping[str, frozenset[str]]
    properties: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    members: Mapping[str, frozenset[str]]

    def above(self, types: Iterable[NamedNode]) -> frozenset[str]:
        """The classes and all their superclasses, as IRIs."""
        return frozenset().union(*(self.classes.get(t.value, frozenset({t.value})) for t in types))

    def is_class(self, node: NamedNode) -> bool:
        """Whether the table has this class."""
        return node.value in self.classes

    def takes(self, subject: Iterable[NamedNode], property: NamedNode) -> bool:
        """Whether something of these classes can have the property."""
        known = self.properties.get(property.value)
        return known is not None and bool(known[0] & self.above(subject))

    def gives(self, property: NamedNode, object: Iterable[NamedNode]) -> bool:
        """Whether something of these classes can be the property's value."""
        known = self.properties.get(property.value)
        return known is not None and bool(known[1] & self.above(object))

    def value(self, property: NamedNode, lexical: str, language: str | None) -> NamedNode | Literal | None:
        """The text as a value of the property, in the most specific data type of its range that it is written in."""
        known = self.properties.get(property.value)
        if known is None:
            return None
        reach = {iri.removeprefix(SCHEMA.iri) for iri in known[1]}
        if reach & {"Date", "DateTime"} and (found := terms.date(lexical, partial=True)):
            return found
        if "Duration" in reach and (found := terms.duration(lexical)):
            return found
        if "URL" in reach and (page := terms.web(lexical)):
            return page
        return terms.text(lexical, language) if reach & {"Text", "PronounceableText"} else None

    def fits_literal(self, property: NamedNode, literal: Literal) -> bool:
        """Whether the literal is of a data type in the property's range."""
        _, reach = self.properties[property.value]
        names = {
            "Text"
            if iri.endswith(("CssSelectorType", "PronounceableText", "XPathType"))
            else iri.removeprefix(SCHEMA.iri)
            for iri in reach
        }
        return bool(names & _kinds(literal))


def _own_classes() -> dict[str, set[str]]:
    """The classes of nkg.ttl with their direct superclasses."""
    found: dict[str, set[str]] = {}
    properties: set[str] = set()
    for quad in ox.parse(path=str(resources.path("ontology/nkg.ttl")), format=ox.RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            if quad.predicate == RDFS.subClassOf:
                found.setdefault(quad.subject.value, set()).add(quad.object.value)
            elif quad.object == RDF.Property:
                properties.add(quad.subject.value)
    return found


@cache
def load() -> Vocabulary:
    """The term table of this installation (``ontology/schema_table.json`` and ``ontology/nkg.ttl``)."""
    table = json.loads(resources.path("ontology/schema_table.json").read_text(encoding="utf-8"))

    def iris(names: Iterable[str]) -> frozenset[str]:
        return frozenset(SCHEMA.iri + n for n in names)

    direct = {SCHEMA.iri + name: set(iris(over)) for name, over in table["classes"].items()} | _own_classes()
    closed: dict[str, frozenset[str]] = {}

    def close(name: str) -> frozenset[str]:
        if name not in closed:
            closed[name] = frozenset({name})  # a loop in the hierarchy ends here
            closed[name] = closed[name].union(*(close(over) for over in direct.get(name, ())))
        return closed[name]

    for name in direct:
        close(name)
    return Vocabulary(
        classes=closed,
        properties={SCHEMA.iri + n: (iris(domain), iris(reach)) for n, (domain, reach) in table["properties"].items()},
        members={SCHEMA.iri + n: iris(over) for n, over in table["members"].items()},
    )


@cache
def _own_terms() -> frozenset[str]:
    path = str(resources.path("ontology/nkg.ttl"))
    return frozenset(
        quad.subject.value
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE)
        if quad.predicate == RDF.type and isinstance(quad.subject, NamedNode)
    )


def check(triples: Iterable[Triple]) -> tuple[str, ...]:
    """What is wrong with the use of schema.org and own terms in a graph, sorted; empty when nothing is.

    Found are terms the release does not have, properties on subjects outside their domain, and values outside their
    range. A subject or value is judged by the types the graph itself gives it, so the graph must be complete.
    """
    vocabulary = load()
    graph = tuple(triples)
    types: dict[NamedNode | BlankNode, list[NamedNode]] = {}
    for t in graph:
        if t.predicate == RDF.type and isinstance(t.object, NamedNode) and not isinstance(t.subject, Triple):
            types.setdefault(t.subject, []).append(t.object)
    findings: set[str] = set()
    for t in graph:
        for node in (t.predicate, t.object):
            if isinstance(node, NamedNode) and not _known(node, vocabulary):
                findings.add(f"no such term: {node.value}")
        domain_range = vocabulary.properties.get(t.predicate.value)
        if domain_range is None or isinstance(t.subject, Triple):
            continue
        domain, reach = domain_range
        if not domain & vocabulary.above(types.get(t.subject, ())):
            findings.add(f"domain: {_local(t.predicate)} on {_names(types.get(t.subject, ()))} {t.subject}")
        if isinstance(t.object, Literal):
            if not vocabulary.fits_literal(t.predicate, t.object):
                findings.add(f"range: {_local(t.predicate)} takes no {t.object}")
        elif isinstance(t.object, (NamedNode, BlankNode)) and SCHEMA.URL.value not in reach:
            found = vocabulary.above(types.get(t.object, ()))
            if isinstance(t.object, NamedNode):
                found |= vocabulary.members.get(t.object.value, frozenset())
            if not reach & found:
                findings.add(f"range: {_local(t.predicate)} on {_names(types.get(t.object, ()))} {t.object}")
    return tuple(sorted(findings))


def _known(node: NamedNode, vocabulary: Vocabulary) -> bool:
    if node in NKG:
        return node.value in _own_terms()
    return (
        node not in SCHEMA
        or node.value in vocabulary.classes
        or node.value in vocabulary.properties
        or node.value in vocabulary.members
    )


def _local(node: NamedNode) -> str:
    return node.value.removeprefix(SCHEMA.iri)


def _names(types: Iterable[NamedNode]) -> str:
    return "[" + ", ".join(sorted(_local(t) for t in types)) + "]"
