"""Property paths: followed over a view, written as text or as RDF (SHACL, section 2.3.1)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Triple

from kg.shacl.view import Node, View
from kg.vocab import RDF, SH

__all__ = ["Path", "predicate"]

_MODIFIER = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


@dataclass(frozen=True, slots=True)
class Path:
    """A SHACL property path.

    ``kind`` is ``predicate`` (then ``iri`` is set), ``sequencePath``, ``alternativePath``, ``inversePath``,
    ``zeroOrMorePath``, ``oneOrMorePath`` or ``zeroOrOnePath`` (then ``parts`` are the paths it is made of).
    """

    kind: str
    iri: NamedNode | None = None
    parts: tuple[Path, ...] = ()

    def __str__(self) -> str:
        if self.iri is not None:
            return str(self.iri)
        inner = [str(p) if p.kind in ("predicate", "inversePath") else f"({p})" for p in self.parts]
        if self.kind == "sequencePath":
            return "/".join(inner)
        if self.kind == "alternativePath":
            return "|".join(inner)
        if self.kind == "inversePath":
            return "^" + inner[0]
        return inner[0] + _MODIFIER[self.kind]

    def follow(self) -> Callable[[View, Node], Collection[Node]]:
        """A function (view, node) → the distinct nodes this path leads to, in a stable order."""
        if self.iri is not None:
            iri = self.iri
            return lambda view, node: view.objects(node, iri)
        steps = tuple(p.follow() for p in self.parts)
        if self.kind == "sequencePath":
            return lambda view, node: _sequence(view, node, steps)
        if self.kind == "alternativePath":
            return lambda view, node: tuple(dict.fromkeys(v for step in steps for v in step(view, node)))
        if self.kind == "inversePath":
            inner = self.parts[0]
            if inner.iri is not None:
                iri = inner.iri
                return lambda view, node: view.subjects(iri, node)
            return _reverse(inner).follow()
        (step,) = steps
        if self.kind == "zeroOrOnePath":
            return lambda view, node: tuple(dict.fromkeys((node, *step(view, node))))
        if self.kind == "zeroOrMorePath":
            return lambda view, node: _closure(view, (node,), step)
        return lambda view, node: _closure(view, step(view, node), step)

    def triples(self, fresh: Iterator[BlankNode]) -> tuple[NamedNode | BlankNode, tuple[Triple, ...]]:
        """The node that stands for the path in RDF, and the triples that describe it; ``fresh`` gives blank nodes."""
        if self.iri is not None:
            return self.iri, ()
        nodes: list[NamedNode | BlankNode] = []
        made: list[Triple] = []
        for part in self.parts:
            node, triples = part.triples(fresh)
            nodes.append(node)
            made.extend(triples)
        head: NamedNode | BlankNode
        if self.kind in ("sequencePath", "alternativePath"):
            cells = [next(fresh) for _ in nodes]
            rests: list[NamedNode | BlankNode] = [*cells[1:], RDF.nil]
            for cell, node, rest in zip(cells, nodes, rests, strict=True):
                made += [Triple(cell, RDF.first, node), Triple(cell, RDF.rest, rest)]
            head = cells[0]
            if self.kind == "sequencePath":
                return head, tuple(made)
        else:
            head = nodes[0]
        own = next(fresh)
        made.append(Triple(own, SH[self.kind], head))
        return own, tuple(made)


def predicate(iri: NamedNode) -> Path:
    """The path of one predicate."""
    return Path("predicate", iri)


_Step = Callable[[View, Node], Collection[Node]]


def _sequence(view: View, node: Node, steps: tuple[_Step, ...]) -> Collection[Node]:
    nodes: Collection[Node] = (node,)
    for step in steps:
        if len(nodes) == 1:
            (only,) = nodes
            nodes = step(view, only)
        else:
            nodes = dict.fromkeys([v for n in nodes for v in step(view, n)])
    return nodes


def _closure(view: View, start: Iterable[Node], step: _Step) -> tuple[Node, ...]:
    seen = dict.fromkeys(start)
    queue = list(seen)
    while queue:
        for v in step(view, queue.pop()):
            if v not in seen:
                seen[v] = None
                queue.append(v)
    return tuple(seen)


def _reverse(path: Path) -> Path:
    """The path walked from its end; an inverse of a whole path is its parts inverted in reverse order."""
    if path.kind == "predicate":
        return Path("inversePath", parts=(path,))
    if path.kind == "inversePath":
        return path.parts[0]
    parts = tuple(_reverse(p) for p in path.parts)
    return Path(path.kind, parts=parts[::-1] if path.kind == "sequencePath" else parts)
