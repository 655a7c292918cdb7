"""Views of a graph around a change: as it was before, and one that remembers what it was asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import islice

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from kg.shacl.view import Node, StoreView, View

__all__ = ["Earlier", "Kept", "TooMany"]

_DEFAULT = DefaultGraph()


class TooMany(Exception):
    """A look-up would give more than the asker has patience for."""


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

    def few(self, predicate: NamedNode, object: Node, most: int) -> Collection[Node]:
        """As :meth:`Kept.few`."""
        came = len(self._ends.get((predicate, object), ()))
        if isinstance(self._after, Kept):
            self._after.few(predicate, object, most + came)
        return self.subjects(predicate, object)

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

    @classmethod
    def of(cls, view: View) -> Kept:
        """The view, remembering; itself where it does so already."""
        return view if isinstance(view, Kept) else cls(view)

    @property
    def store(self) -> Store:
        """The same triples as the default graph of a store."""
        return self._view.store

    def sparing(self, most: int) -> View:
        """The view, with :class:`TooMany` raised where a node has more than ``most`` subjects by a predicate."""
        return _Sparing(self, most)

    def few(self, predicate: NamedNode, object: Node, most: int) -> Collection[Node]:
        """:meth:`subjects`, unless there are more than ``most``, which takes no longer than so many do.

        Raises :class:`TooMany`.
        """
        found = self._subjects.get((predicate, object))
        if found is None:
            if isinstance(self._view, StoreView):
                quads = self._view.store.quads_for_pattern(None, predicate, object, _DEFAULT)
                found = tuple(q.subject for q in islice(quads, most + 1) if q.object == object)
            elif isinstance(self._view, Earlier):
                found = self._view.few(predicate, object, most)
            else:
                found = tuple(self._view.subjects(predicate, object))
            if len(found) <= most:
                self._subjects[predicate, object] = found
        if len(found) > most:
            raise TooMany
        return found

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


class _Sparing:
    """A view that gives up where there is much to look at."""

    __slots__ = ("_most", "_view")

    def __init__(self, view: Kept, most: int) -> None:
        self._view = view
        self._most = most

    @property
    def store(self) -> Store:
        return self._view.store

    def objects(self, subject: Node, predicate: NamedNode) -> Collection[Node]:
        return self._view.objects(subject, predicate)

    def subjects(self, predicate: NamedNode, object: Node) -> Collection[Node]:
        return self._view.few(predicate, object, self._most)

    def pairs(self, predicate: NamedNode) -> Iterable[tuple[Node, Node]]:
        return self._view.pairs(predicate)

    def outgoing(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        return self._view.outgoing(subject)

    def row(self, subject: Node) -> Mapping[NamedNode, Collection[Node]]:
        return self._view.row(subject)
