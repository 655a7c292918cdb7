"""Views of a graph around a change: as it was before, and one that remembers what it was asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from kg.shacl.view import Node, View

__all__ = ["Earlier", "Kept"]

_DEFAULT = DefaultGraph()


class Earlier:
    """A view as it was before a change: ``after`` without what was added and with what was removed."""

    __slots__ = ("_after", "_back", "_came", "_ends", "_gone", "_store")

    def __init__(self, after: View, added: Iterable[Triple], removed: Iterable[Triple]) -> None:
        self._after = after
        self._came: dict[Node, set[tuple[NamedNode, Node]]] = {}
        self._gone: dict[Node, dict[tuple[NamedNode, Node], None]] = {}
        self._ends: dict[tuple[NamedNode, Node], set[Node]] = {}
        self._back: dict[NamedNode, dict[Node, dict[Node, None]]] = {}
        self._store: Store | None = None
        for s, p, o in added:
            self._came.setdefault(s, set()).add((p, o))
            self._ends.setdefault((p, o), set()).add(s)
        for s, p, o in removed:
            self._gone.setdefault(s, {})[p, o] = None
            self._back.setdefault(p, {}).setdefault(o, {})[s] = None

    @property
    def store(self) -> Store:
        """The same triples in a store; made when first asked for, in time that grows with the whole graph."""
        if self._store is None:
            self._store = Store()
            self._store.extend([q for q in self._after.store if q.graph_name == _DEFAULT])
            for s, row in self._came.items():
                for p, o in row:
                    self._store.remove(Quad(s, p, o))  # type: ignore[arg-type]
            for s, gone in self._gone.items():
                self._store.extend([Quad(s, p, o) for p, o in gone])  # type: ignore[arg-type]
        return self._store

    def objects(self, subject: Node, predicate: NamedNode) -> Collection[Node]:
        """The objects of a subject and predicate."""
        now = self._after.objects(subject, predicate)
        came, gone = self._came.get(subject), self._gone.get(subject)
        if came is None and gone is None:
            return now
        kept = [o for o in now if (predicate, o) not in came] if came else list(now)
        return kept + [o for p, o in gone or () if p == predicate]

    def subjects(self, predicate: NamedNode, object: Node) -> Collection[Node]:
        """The subjects of a predicate and object."""
        now = self._after.subjects(predicate, object)
        came, gone = self._ends.get((predicate, object)), self._back.get(predicate, {}).get(object)
        if came is None and gone is None:
            return now
        kept = [s for s in now if s not in came] if came else list(now)
        return kept + list(gone or ())

    def pairs(self, predicate: NamedNode) -> Iterable[tuple[Node, Node]]:
        """Every (subject, object) of a predicate."""
        for s, o in self._after.pairs(predicate):
            if (predicate, o) not in self._came.get(s, ()):
                yield s, o
        for o, subjects in self._back.get(predicate, {}).items():
            for s in subjects:
                yield s, o

    def outgoing(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        """Every (predicate, object) of a subject."""
        came, gone = self._came.get(subject, ()), self._gone.get(subject, ())
        return [pair for pair in self._after.outgoing(subject) if pair not in came] + list(gone)

    def row(self, subject: Node) -> Mapping[NamedNode, Collection[Node]]:
        """All predicates of a subject with their objects."""
        if subject not in self._came and subject not in self._gone:
            return self._after.row(subject)
        found: dict[NamedNode, list[Node]] = {}
        for predicate, value in self.outgoing(subject):
            found.setdefault(predicate, []).append(value)
        return found


class Kept:
    """A view that remembers what it was asked, for one check: its answers must not change meanwhile."""

    __slots__ = ("_rows", "_subjects", "_view")

    def __init__(self, view: View) -> None:
        self._view = view
        self._rows: dict[Node, Mapping[NamedNode, Collection[Node]]] = {}
        self._subjects: dict[tuple[NamedNode, Node], Collection[Node]] = {}

    @property
    def store(self) -> Store:
        """The same triples as the default graph of a store."""
        return self._view.store

    def objects(self, subject: Node, predicate: NamedNode) -> Collection[Node]:
        """The objects of a subject and predicate."""
        return self.row(subject).get(predicate, ())

    def subjects(self, predicate: NamedNode, object: Node) -> Collection[Node]:
        """The subjects of a predicate and object."""
        found = self._subjects.get((predicate, object))
        if found is None:
            found = self._subjects[predicate, object] = tuple(self._view.subjects(predicate, object))
        return found

    def pairs(self, predicate: NamedNode) -> Iterable[tuple[Node, Node]]:
        """Every (subject, object) of a predicate."""
        return self._view.pairs(predicate)

    def outgoing(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        """Every (predicate, object) of a subject."""
        return [(p, o) for p, objects in self.row(subject).items() for o in objects]

    def row(self, subject: Node) -> Mapping[NamedNode, Collection[Node]]:
        """All predicates of a subject with their objects."""
        found = self._rows.get(subject)
        if found is None:
            found = self._rows[subject] = self._view.row(subject)
        return found
