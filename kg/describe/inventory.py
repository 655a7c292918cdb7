"""What was counted of a snapshot, as rows for a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from kg.describe.dataset import Dataset
from kg.vocab import Namespace, compact

__all__ = ["ClassRow", "Counted", "GraphRow", "Inventory", "PropertyRow", "inventory"]

_VOID = Namespace("http://rdfs.org/ns/void#")
_EXT = Namespace("http://ldf.fi/void-ext#")


@dataclass(frozen=True, slots=True)
class Counted:
    """A class or datatype by its IRI and its short name, with the triples that lead to it."""

    iri: str
    name: str
    triples: int


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A property of a class with its triples and what they lead to, the most frequent first."""

    iri: str
    name: str
    triples: int
    targets: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class with its instances and their properties, the most frequent first."""

    iri: str
    name: str
    entities: int
    properties: tuple[PropertyRow, ...]


@dataclass(frozen=True, slots=True)
class GraphRow:
    """The named graphs of one kind: how many, and their triples."""

    name: str
    graphs: int
    triples: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """The default graph by its classes, and the named graphs by kind."""

    triples: int
    properties: int
    classes: tuple[ClassRow, ...]
    graphs: tuple[GraphRow, ...]


def inventory(counted: Iterable[Triple], about: Dataset) -> Inventory:
    """The rows of :func:`kg.describe.parts`, frequent things first, equals by name."""
    of: dict[str, dict[str, list[NamedNode | Literal]]] = {}
    for triple in counted:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, (NamedNode, Literal)):
            of.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, []).append(triple.object)

    def values(node: str, predicate: NamedNode) -> list[str]:
        return [one.value for one in of.get(node, {}).get(predicate.value, ())]

    def number(node: str, predicate: NamedNode) -> int:
        return next((int(value) for value in values(node, predicate)), 0)

    def leads(slot: str) -> tuple[Counted, ...]:
        found = [
            Counted(iri, compact(iri), number(part, _VOID.triples))
            for link, name in ((_VOID.classPartition, _VOID["class"]), (_EXT.datatypePartition, _EXT.datatype))
            for part in values(slot, link)
            for iri in values(part, name)
        ]
        return tuple(sorted(found, key=lambda one: (-one.triples, one.name)))

    def properties(part: str) -> tuple[PropertyRow, ...]:
        found = [
            PropertyRow(iri, compact(iri), number(slot, _VOID.triples), leads(slot))
            for slot in values(part, _VOID.propertyPartition)
            for iri in values(slot, _VOID.property)
        ]
        return tuple(sorted(found, key=lambda one: (-one.triples, one.name)))

    whole = about.iri.value
    classes = [
        ClassRow(iri, compact(iri), number(part, _VOID.entities), properties(part))
        for part in values(whole, _VOID.classPartition)
        for iri in values(part, _VOID["class"])
    ]
    graphs = [
        GraphRow(part.rpartition("#g-")[2], number(part, _VOID.documents), number(part, _VOID.triples))
        for part in values(whole, _VOID.subset)
    ]
    return Inventory(
        triples=number(whole, _VOID.triples),
        properties=number(whole, _VOID.properties),
        classes=tuple(sorted(classes, key=lambda one: (-one.entities, one.name))),
        graphs=tuple(sorted(graphs, key=lambda one: one.name)),
    )
