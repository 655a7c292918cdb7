"""Property paths of a query followed over a view, with the multiplicities of SPARQL 1.1 (section 18.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyoxigraph import NamedNode

from kg.shacl.query import algebra as a
from kg.shacl.query import scan
from kg.shacl.view import Node, View

__all__ = ["inverted", "starts", "walker", "zero_length"]

Walk = Callable[[View, Node], Iterable[Node]]


def inverted(way: a.Way) -> a.Way:
    """The path walked from its end."""
    match way:
        case a.Link():
            return a.Inverse(way)
        case a.Inverse(inner):
            return inner
        case a.Sequence(ways):
            return a.Sequence(tuple(inverted(w) for w in reversed(ways)))
        case a.Alternative(ways):
            return a.Alternative(tuple(inverted(w) for w in ways))
        case a.Repeat(inner, zero, many):
            return a.Repeat(inverted(inner), zero, many)
        case a.Negated(forward, backward):
            return a.Negated(backward, forward)


def zero_length(way: a.Way) -> bool:
    """Whether the path leads from every node to itself."""
    match way:
        case a.Repeat(_, True, _):
            return True
        case a.Inverse(inner) | a.Repeat(inner, _, _):
            return zero_length(inner)
        case a.Sequence(ways):
            return all(map(zero_length, ways))
        case a.Alternative(ways):
            return any(map(zero_length, ways))
    return False


def walker(way: a.Way) -> Walk:
    """A function (view, node) → the nodes at the path's end, as often as the path leads to each."""
    match way:
        case a.Link(iri):
            return lambda view, node: view.objects(node, iri)
        case a.Inverse(a.Link(iri)):
            return lambda view, node: view.subjects(iri, node)
        case a.Inverse(inner):
            return walker(inverted(inner))
        case a.Sequence(ways):
            return _sequence([walker(w) for w in ways])
        case a.Alternative(ways):
            walks = [walker(w) for w in ways]
            return lambda view, node: [n for walk in walks for n in walk(view, node)]
        case a.Repeat(inner, zero, many):
            return _repeat(walker(inner), zero, many)
        case a.Negated(forward, backward):
            return _negated(forward, backward)


def _sequence(walks: list[Walk]) -> Walk:
    def walk(view: View, node: Node) -> list[Node]:
        found = [node]
        for each in walks:
            found = [n for m in found for n in each(view, m)]
        return found

    return walk


def _repeat(step: Walk, zero: bool, many: bool) -> Walk:
    def walk(view: View, node: Node) -> Iterable[Node]:
        if not many:
            return dict.fromkeys((node, *step(view, node)))
        seen = {node: None} if zero else dict.fromkeys(step(view, node))
        queue = list(seen)
        while queue:
            for n in step(view, queue.pop()):
                if n not in seen:
                    seen[n] = None
                    queue.append(n)
        return seen

    return walk


def _negated(forward: frozenset[NamedNode] | None, backward: frozenset[NamedNode] | None) -> Walk:
    def walk(view: View, node: Node) -> list[Node]:
        found: list[Node] = []
        if forward is not None:
            found += [o for p, o in view.outgoing(node) if p not in forward]
        if backward is not None:
            found += [s for s, p in scan.incoming(view, node) if p not in backward]
        return found

    return walk


def starts(way: a.Way) -> Callable[[View], Iterable[Node]]:
    """A function view → nodes (each once) at which the path can begin, perhaps some where it leads nowhere."""
    match way:
        case a.Link(iri):
            return lambda view: dict.fromkeys(s for s, _ in view.pairs(iri))
        case a.Inverse(a.Link(iri)):
            return lambda view: dict.fromkeys(o for _, o in view.pairs(iri))
        case a.Inverse(inner):
            return starts(inverted(inner))
        case a.Sequence(ways) if not zero_length(ways[0]):
            return starts(ways[0])
        case a.Alternative(ways) if not zero_length(way):
            each = [starts(w) for w in ways]
            return lambda view: dict.fromkeys(n for start in each for n in start(view))
        case a.Repeat(inner, False, _) if not zero_length(inner):
            return starts(inner)
    return scan.nodes
