"""SPARQL constraints and constraint components as Python functions over a focus node (SHACL, sections 5 and 6).

The query runs in Python where :func:`kg.shacl.query.prepare` knows it, and else in the view's store.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg.errors import ConfigError
from kg.shacl.path import Path, predicate
from kg.shacl.shape import Custom, Query, Shape, Sparql
from kg.shacl.stamp import Finding, Stamp
from kg.shacl.view import Node, View

if TYPE_CHECKING:
    from kg.shacl.query import Prepared

__all__ = ["Ask", "Judge", "Solve", "answer", "question", "solutions"]

#: (view, focus node, its value nodes, findings to add to)
Judge = Callable[[View, Node, Collection[Node], list[Finding]], None]

#: (view, variables bound beforehand) → solutions.
Solve = Callable[[View, Mapping[str, Node]], Iterable[Mapping[str, Node]]]
#: (view, variables bound beforehand) → yes or no.
Ask = Callable[[View, Mapping[str, Node]], bool]

_PLACE = re.compile(r"\{[?$](\w{1,100})\}")


def solutions(query: Query, prebound: Iterable[str], path: Path | None = None) -> Solve:
    """The function that solves a SELECT query, its rows a multiset.

    Raises :class:`kg.shacl.shapes.Unsupported` for a query that neither engine knows and
    :class:`kg.shacl.query.IllFormed` for one that SHACL forbids.
    """
    prepared = _prepared(query, frozenset(prebound), path)
    if prepared is not None:
        return prepared.solve
    from kg.shacl.query import solve_in_store

    return lambda view, bindings: solve_in_store(view.store, query, bindings, path)


def answer(query: Query, prebound: Iterable[str], path: Path | None = None) -> Ask:
    """The function that answers an ASK query. Raises what :func:`solutions` does."""
    prepared = _prepared(query, frozenset(prebound), path)
    if prepared is not None:
        return prepared.ask
    from kg.shacl.query import solve_in_store

    return lambda view, bindings: any(True for _ in solve_in_store(view.store, query, bindings, path))


def _prepared(query: Query, names: frozenset[str], path: Path | None) -> Prepared | None:
    """The query compiled, None when it is to be asked of a store."""
    from kg.shacl.query import prepare, solve_in_store
    from kg.shacl.shapes import Unsupported

    try:
        return prepare(query, prebound=names, path=path)
    except Unsupported:
        # Raises what this engine does not know either.
        nothing = dict.fromkeys(sorted(names), NamedNode("urn:x-nothing"))
        next(iter(solve_in_store(Store(), query, nothing, path)), None)
        return None


def question(shape: Shape, constraint: Sparql | Custom, stamp: Stamp) -> Judge:
    """The function that adds what the constraint finds about a focus node.

    It raises :class:`kg.errors.ConfigError` when a query signals a failure (``?failure``; SHACL, section 5.3).
    """
    bindings: dict[str, Node] = {}
    if "currentShape" in constraint.query.text:
        bindings["currentShape"] = shape.node
    if isinstance(constraint, Custom):
        bindings |= dict(constraint.bindings)
        if constraint.ask:
            return _of_values(shape, constraint, bindings, stamp)
    return _of_solutions(shape, constraint, bindings, stamp)


def _of_values(shape: Shape, constraint: Custom, bindings: dict[str, Node], stamp: Stamp) -> Judge:
    """An ASK validator: a result for each value node it says no to (SHACL, section 6.2.3)."""
    ask = answer(constraint.query, ("this", "value", *bindings), shape.path)
    path = shape.path
    speaks = _PLACE.search(stamp.message) is not None

    def judge(view: View, focus: Node, values: Collection[Node], found: list[Finding]) -> None:
        for value in values:
            bound = {"this": focus, "value": value, **bindings}
            if not ask(view, bound):
                found.append((focus, path, value, _said(stamp, bound, path) if speaks else stamp))

    return judge


def _of_solutions(shape: Shape, constraint: Sparql | Custom, bindings: dict[str, Node], stamp: Stamp) -> Judge:
    """A SELECT query: a result for each distinct solution (SHACL, section 5.3)."""
    solve = solutions(constraint.query, ("this", *bindings), shape.path)
    path = shape.path
    speaks = bool(constraint.messages) and _PLACE.search(stamp.message) is not None

    def finding(focus: Node, solution: Mapping[str, Node]) -> Finding:
        if "failure" in solution:
            _fail(shape, focus, solution["failure"])
        said, place, value = solution.get("message"), solution.get("path"), solution.get("value")
        where = predicate(place) if isinstance(place, NamedNode) else path
        if value is None and path is None:
            value = focus
        own = stamp
        if isinstance(said, Literal):
            own = replace(stamp, message=said.value)
        elif speaks:
            own = _said(stamp, {"this": focus, **bindings, **solution}, where)
        return focus, where, value, own

    def judge(view: View, focus: Node, _values: Collection[Node], found: list[Finding]) -> None:
        seen: set[frozenset[tuple[str, Node]]] = set()
        for solution in solve(view, {"this": focus, **bindings} if bindings else {"this": focus}):
            row = frozenset(solution.items())
            if row not in seen:
                seen.add(row)
                found.append(finding(focus, solution))

    return judge


def _fail(shape: Shape, focus: Node, failure: Node) -> None:
    if not isinstance(failure, Literal) or failure.value in ("false", "0", ""):
        return
    label = shape.name or str(shape.node)
    raise ConfigError(f"{label}: its query signals a failure at {focus}; see its ?failure", setting="shapes")


def _said(stamp: Stamp, values: Mapping[str, Node], path: Path | None) -> Stamp:
    """The stamp with the values of a solution in its message (SHACL, section 5.3.2); an unbound name stays."""

    def text(found: re.Match[str]) -> str:
        name = found[1]
        if name in values:
            return _text(values[name])
        if name in ("path", "PATH") and path is not None:
            return path.iri.value if path.iri is not None else str(path)
        return found[0]

    return replace(stamp, message=_PLACE.sub(text, stamp.message))


def _text(node: Node) -> str:
    return (
        node.value
        if isinstance(node, NamedNode | Literal)
        else f"_:{node.value}"
        if isinstance(node, BlankNode)
        else str(node)
    )
