"""What a view answers only by looking at every triple: patterns with a variable for the predicate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import DefaultGraph, NamedNode

from kg.shacl.view import MemoryView, Node, View

__all__ = ["incoming", "is_node", "matches", "nodes"]

_GRAPH = DefaultGraph()


def _triples(view: View) -> Iterable[tuple[Node, NamedNode, Node]]:
    """Every triple, each once."""
    if isinstance(view, MemoryView):
        return ((s, p, o) for s, row in view.rows.items() for p, objects in row.items() for o in objects)
    return ((q.subject, q.predicate, q.object) for q in view.store.quads_for_pattern(None, None, None, _GRAPH))


def incoming(view: View, object: Node) -> Iterable[tuple[Node, NamedNode]]:
    """Every (subject, predicate) of an object."""
    if isinstance(view, MemoryView):
        return [(s, p) for s, p, o in _triples(view) if o == object]
    return [(q.subject, q.predicate) for q in view.store.quads_for_pattern(None, None, object, _GRAPH)]


def nodes(view: View) -> Iterable[Node]:
    """The subjects and objects, each once."""
    return dict.fromkeys(n for s, _, o in _triples(view) for n in (s, o))


def is_node(view: View, term: Node) -> bool:
    """Whether the term is the subject or object of a triple."""
    return bool(view.row(term)) or any(True for _ in incoming(view, term))


def matches(
    view: View, subject: Node | None, predicate: Node | None, object: Node | None
) -> Iterator[tuple[Node, Node, Node]]:
    """The triples with these terms; None stands for any."""
    if predicate is None:
        if subject is not None:
            for p, o in view.outgoing(subject):
                if object is None or o == object:
                    yield subject, p, o
        elif object is not None:
            for s, p in incoming(view, object):
                yield s, p, object
        else:
            yield from _triples(view)
        return
    if not isinstance(predicate, NamedNode):
        return
    if subject is not None:
        for o in view.objects(subject, predicate):
            if object is None or o == object:
                yield subject, predicate, o
    elif object is not None:
        for s in view.subjects(predicate, object):
            yield s, predicate, object
    else:
        for s, o in view.pairs(predicate):
            yield s, predicate, o
