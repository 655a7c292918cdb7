"""What constraints look at: the triples of one article, or the default graph of a store, behind one small protocol."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Store, Triple
from pyoxigraph import Triple as TripleTerm

__all__ = ["MemoryView", "Node", "StoreView", "View"]

#: What stands in a subject or object position.
Node = NamedNode | BlankNode | Literal | TripleTerm

_NOTHING: dict[Node, None] = {}
_NO_ROW: dict[NamedNode, dict[Node, None]] = {}


class View(Protocol):
    """A set of triples that can be looked up both ways. Nothing is returned twice."""

    def objects(self, subject: Node, predicate: NamedNode) -> Iterable[Node]:
        """The objects of a subject and predicate."""

    def subjects(self, predicate: NamedNode, object: Node) -> Iterable[Node]:
        """The subjects of a predicate and object."""

    def pairs(self, predicate: NamedNode) -> Iterable[tuple[Node, Node]]:
        """Every (subject, object) of a predicate."""

    def outgoing(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        """Every (predicate, object) of a subject."""

    def row(self, subject: Node) -> Mapping[NamedNode, Collection[Node]]:
        """All predicates of a subject with their objects, in one look; empty for a subject that is not there."""


class MemoryView:
    """The triples of one article as nested dictionaries. Terms compare as RDF terms: nothing is normalised here."""

    __slots__ = ("_pos", "_spo", "triples")

    def __init__(self, *parts: Sequence[Triple]) -> None:
        spo: dict[Node, dict[NamedNode, dict[Node, None]]] = {}
        for part in parts:
            for s, p, o in part:
                spo.setdefault(s, {}).setdefault(p, {})[o] = None
        self.triples = parts
        self._spo = spo
        self._pos: dict[NamedNode, dict[Node, dict[Node, None]]] = {}

    def objects(self, subject: Node, predicate: NamedNode) -> Iterable[Node]:
        """The objects of a subject and predicate, as first met."""
        found = self._spo.get(subject)
        return found.get(predicate, _NOTHING) if found is not None else _NOTHING

    def subjects(self, predicate: NamedNode, object: Node) -> Iterable[Node]:
        """The subjects of a predicate and object, as first met."""
        column = self._inverse(predicate)
        return column.get(object, _NOTHING)

    def pairs(self, predicate: NamedNode) -> Iterable[tuple[Node, Node]]:
        """Every (subject, object) of a predicate."""
        return [(s, o) for o, subjects in self._inverse(predicate).items() for s in subjects]

    def outgoing(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        """Every (predicate, object) of a subject."""
        return [(p, o) for p, objects in self._spo.get(subject, {}).items() for o in objects]

    def row(self, subject: Node) -> Mapping[NamedNode, Collection[Node]]:
        """All predicates of a subject with their objects."""
        return self._spo.get(subject, _NO_ROW)

    def _inverse(self, predicate: NamedNode) -> dict[Node, dict[Node, None]]:
        """The predicate's objects with their subjects; made when first asked for, few predicates ever are."""
        column = self._pos.get(predicate)
        if column is None:
            column = {}
            for s, row in self._spo.items():
                for o in row.get(predicate, _NOTHING):
                    column.setdefault(o, {})[s] = None
            self._pos[predicate] = column
        return column


class StoreView:
    """The default graph of a store, looked up in its indexes: nothing is copied into memory."""

    __slots__ = ("store",)

    _GRAPH = DefaultGraph()

    def __init__(self, store: Store) -> None:
        self.store = store

    def objects(self, subject: Node, predicate: NamedNode) -> Iterable[Node]:
        """The objects of a subject and predicate."""
        if isinstance(subject, Literal | TripleTerm):
            return ()
        return [q.object for q in self.store.quads_for_pattern(subject, predicate, None, self._GRAPH)]

    def subjects(self, predicate: NamedNode, object: Node) -> Iterable[Node]:
        """The subjects of a predicate and object."""
        return [q.subject for q in self.store.quads_for_pattern(None, predicate, object, self._GRAPH)]

    def pairs(self, predicate: NamedNode) -> Iterable[tuple[Node, Node]]:
        """Every (subject, object) of a predicate, read as it is asked for."""
        for q in self.store.quads_for_pattern(None, predicate, None, self._GRAPH):
            yield q.subject, q.object

    def outgoing(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        """Every (predicate, object) of a subject."""
        if isinstance(subject, Literal | TripleTerm):
            return ()
        return [(q.predicate, q.object) for q in self.store.quads_for_pattern(subject, None, None, self._GRAPH)]

    def row(self, subject: Node) -> Mapping[NamedNode, Collection[Node]]:
        """All predicates of a subject with their objects, read at once."""
        found: dict[NamedNode, list[Node]] = {}
        for predicate, value in self.outgoing(subject):
            found.setdefault(predicate, []).append(value)
        return found
