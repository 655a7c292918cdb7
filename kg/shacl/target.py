"""Targets as Python functions: which nodes of a view a shape looks at (SHACL, section 2.1.3; SHACL-AF, section 3)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from pyoxigraph import NamedNode

from kg.shacl.question import solutions
from kg.shacl.shape import Target
from kg.shacl.view import Node, View
from kg.vocab import RDF

__all__ = ["finder"]


def finder(target: Target) -> Callable[[View], Collection[Node]]:
    """The function view → the focus nodes of a target, each once in a stable order.

    Raises :class:`kg.shacl.shapes.Unsupported` for a SPARQL target whose query no engine knows.
    """
    term = target.term
    if target.query is not None:
        bindings = dict(target.bindings)
        solve = solutions(target.query, tuple(bindings))
        return lambda view: dict.fromkeys(row["this"] for row in solve(view, bindings) if "this" in row)
    if target.kind == "targetNode":
        return lambda _view: (term,)
    if target.kind == "targetClass":
        classes = target.classes
        return lambda view: dict.fromkeys(node for c in classes for node in view.subjects(RDF.type, c))
    assert isinstance(term, NamedNode)
    if target.kind == "targetSubjectsOf":
        return lambda view: dict.fromkeys(subject for subject, _ in view.pairs(term))
    return lambda view: dict.fromkeys(value for _, value in view.pairs(term))
