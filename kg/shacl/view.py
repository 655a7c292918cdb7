"""What constraints look at: the triples of one article, or the default graph of a store, behind one small protocol."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple
from pyoxigraph import Triple as TripleTerm

__all__ = ["MemoryView", "Node", "StoreView", "View"]

#: What stands in a subject or object position.
Node = NamedNode | BlankNode | Literal | TripleTerm

_NO_ROW: dict[NamedNode, Collection[Node]] = {}


class View(Protocol):
    """A set of triples that can be looked up both ways. Nothing is returned twice."""

    @property
    def store(self) -> Store:
        """The same triples as the default graph of a store, for questions in SPARQL."""

    def objects(self, subject: Node, predicate: NamedNode) -> Collection[Node]:
        """The objects of a subject and predicate."""

    def subjects(self, predicate: NamedNode, object: Node) -> Collection[Node]:
        """The subjects of a predicate and object."""

    def pairs(self, predicate: NamedNode) -> Iterable[tuple[Node, Node]]:
        """Every (subject, object) of a predicate."""

    def outgoing(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        """Every (predicate, object) of a subject."""

    def row(self, subject: Node) -> Mapping[NamedNode, Collection[Node]]:
        """All predicates of a subject with their objects, in one look; empty for a subject that is not there."""


#: One node, or several each once in the order they were met: most predicates have one object, and a tuple of one is
#: made in a fifth of the time of a dictionary, without hashing the node.
_Few = tuple[Node] | dict[Node, None]


class MemoryView:
    """The triples of one article as nested dictionaries. Terms compare as RDF terms: nothing is normalised here."""

    __slots__ = ("_pos", "_store", "rows", "triples")

    def __init__(self, *parts: Sequence[Triple]) -> None:
        rows: dict[Node, dict[NamedNode, _Few]] = {}
        last: Node | None = None
        row: dict[NamedNode, _Few] = {}
        for part in parts:
            for t in part:
                s, p, one = t.subject, t.predicate, (t.object,)
                # Triples of one subject mostly follow each other: comparing is cheaper than looking up.
                if s != last:
                    last = s
                    found = rows.get(s)
                    if found is None:
                        found = rows[s] = {}
                    row = found
                objects = row.setdefault(p, one)
                if objects is one:
                    continue
                if type(objects) is dict:
                    objects[one[0]] = None
                elif objects != one:
                    row[p] = dict.fromkeys((*objects, *one))
        self.triples = parts
        #: Every subject with its predicates and their objects.
        self.rows: Mapping[Node, Mapping[NamedNode, Collection[Node]]] = rows
        self._pos: dict[NamedNode, dict[Node, _Few]] = {}
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        """The same triples in a store; made when first asked for."""
        if self._store is None:
            self._store = Store()
            self._store.extend([Quad(s, p, o) for part in self.triples for s, p, o in part])
        return self._store

    def objects(self, subject: Node, predicate: NamedNode) -> Collection[Node]:
        """The objects of a subject and predicate, as first met."""
        return self.rows.get(subject, _NO_ROW).get(predicate, ())

    def subjects(self, predicate: NamedNode, object: Node) -> Collection[Node]:
        """The subjects of a predicate and object, as first met."""
        column = self._pos.get(predicate)
        if column is None:
            column = self._inverse(predicate)
        return column.get(object, ())

    def pairs(self, predicate: NamedNode) -> Iterable[tuple[Node, Node]]:
        """Every (subject, object) of a predicate."""
        return [(s, o) for s, row in self.rows.items() for o in row.get(predicate, ())]

    def outgoing(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        """Every (predicate, object) of a subject."""
        return [(p, o) for p, objects in self.rows.get(subject, _NO_ROW).items() for o in objects]

    def row(self, subject: Node) -> Mapping[NamedNode, Collection[Node]]:
        """All predicates of a subject with their objects."""
        return self.rows.get(subject, _NO_ROW)

    def _inverse(self, predicate: NamedNode) -> dict[Node, _Few]:
        """The predicate's objects with their subjects; made when first asked for, few predicates ever are."""
        column: dict[Node, _Few] = {}
        for s, row in self.rows.items():
            for o in row.get(predicate, ()):
                subjects = column.get(o)
                if subjects is None:
                    column[o] = (s,)
                elif type(subjects) is dict:
                    subjects[s] = None
                else:
                    column[o] = dict.fromkeys((*subjects, s))
        self._pos[predicate] = column
        return column


class StoreView:
    """The default graph of a store, looked up in its indexes: nothing is copied into memory."""

    __slots__ = ("store",)

    _GRAPH = DefaultGraph()

    def __init__(self, store: Store) -> None:
        self.store = store

    def objects(self, subject: Node, predicate: NamedNode) -> Collection[Node]:
        """The objects of a subject and predicate."""
        if isinstance(subject, Literal | TripleTerm):
            return ()
        return [q.object for q in self.store.quads_for_pattern(subject, predicate, None, self._GRAPH)]

    def subjects(self, predicate: NamedNode, object: Node) -> Collection[Node]:
        """The subjects of a predicate and object."""
        quads = self.store.quads_for_pattern(None, predicate, object, self._GRAPH)
        if isinstance(object, Literal):
            # A store keeps numbers and times by value: it holds 1 where 01 was added, and gives it to who asks for 01.
            return [q.subject for q in quads if q.object == object]
        return [q.subject for q in quads]

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
