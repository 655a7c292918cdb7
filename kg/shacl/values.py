"""Constraints on all value nodes together as Python functions (SHACL, sections 4.4.4, 4.5, 4.7.3, 4.8.1 and 4.8.2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from pyoxigraph import Literal, NamedNode

from kg.shacl import shape as s
from kg.shacl.literal import Value, order, value_of
from kg.shacl.path import Path, predicate
from kg.shacl.shapes import Unsupported
from kg.shacl.value import Test
from kg.shacl.view import Node, View

__all__ = ["Find", "Place", "qualified", "whole"]

#: The path and the value of a result.
Place = tuple[Path | None, Node | None]
#: (view, focus node, value nodes) → where something is wrong.
Find = Callable[[View, Node, Collection[Node]], Sequence[Place]]

_ENDLESS = 1 << 62
#: Numbers and dates that a constraint remembers as read.
_REMEMBERED = 4096


def whole(constraint: s.Constraint, path: Path | None) -> Find:
    """What finds the values that break a constraint; Unsupported for one that is of no known kind."""
    match constraint:
        case s.HasValue(value=wanted):
            wrong = ((path, None),)
            return lambda _view, _focus, values: () if wanted in values else wrong
        case s.UniqueLang():
            return _unique(path)
        case s.Equals(other=other):
            return _equal(path, other)
        case s.Disjoint(other=other):
            return _disjoint(path, other)
        case s.Less(other=other, equal=equal):
            return _less(path, other, _up_to if equal else _below)
        case s.Closed(allowed=allowed):
            return _closed(allowed)
    raise Unsupported(f"the constraint {constraint.component}")


def _unique(path: Path | None) -> Find:
    def find(_view: View, _focus: Node, values: Collection[Node]) -> Sequence[Place]:
        if len(values) < 2:
            return ()
        count: dict[str, int] = {}
        for value in values:
            if isinstance(value, Literal) and value.language:
                tag = value.language.lower()
                count[tag] = count.get(tag, 0) + 1
        return [(path, None) for n in count.values() if n > 1]

    return find


def _equal(path: Path | None, other: NamedNode) -> Find:
    def find(view: View, focus: Node, values: Collection[Node]) -> Sequence[Place]:
        mine, others = dict.fromkeys(values), dict.fromkeys(view.objects(focus, other))
        return [(path, v) for v in (*(m for m in mine if m not in others), *(o for o in others if o not in mine))]

    return find


def _disjoint(path: Path | None, other: NamedNode) -> Find:
    def find(view: View, focus: Node, values: Collection[Node]) -> Sequence[Place]:
        others = frozenset(view.objects(focus, other)) if values else frozenset()
        return [(path, value) for value in values if value in others] if others else ()

    return find


def _less(path: Path | None, other: NamedNode, test: Callable[[int], bool]) -> Find:
    """One result for each pair that is not in order or cannot be compared (SHACL, section 4.5.3)."""

    read = _reader()

    def find(view: View, focus: Node, values: Collection[Node]) -> Sequence[Place]:
        if not values:
            return ()
        others = [read(o) for o in view.objects(focus, other)]
        wrong: list[Place] = []
        for value in values if others else ():
            mine = read(value)
            for against in others:
                found = order(mine, against) if mine is not None and against is not None else None
                if found is None or not test(found):
                    wrong.append((path, value))
        return wrong

    return find


def _reader() -> Callable[[Node], Value | None]:
    """:func:`value_of` that remembers: the same dates and numbers come again and again."""
    known: dict[Node, Value] = {}

    def read(node: Node) -> Value | None:
        value = known.get(node)
        if value is None and isinstance(node, Literal):
            value = value_of(node)
            # A text is compared as it is, and may be long.
            if value is not None and value[0] != "string":
                if len(known) >= _REMEMBERED:
                    known.clear()
                known[node] = value
        return value

    return read


def _closed(allowed: frozenset[NamedNode]) -> Find:
    def find(view: View, _focus: Node, values: Collection[Node]) -> Sequence[Place]:
        return [
            (predicate(term), target)
            for value in values
            for term, targets in view.row(value).items()
            if term not in allowed
            for target in targets
        ]

    return find


def _below(order: int) -> bool:
    return order < 0


def _up_to(order: int) -> bool:
    return order <= 0


def qualified(constraint: s.Qualified, path: Path | None, wanted: Test, siblings: tuple[Test, ...]) -> Find:
    """What finds too few or too many values of a shape, those of its siblings not counted (SHACL, section 4.7.3)."""
    least = constraint.least if constraint.least is not None else 0
    most = constraint.most if constraint.most is not None else _ENDLESS
    wrong = ((path, None),)

    def find(view: View, _focus: Node, values: Collection[Node]) -> Sequence[Place]:
        count = 0
        for value in values:
            if wanted(view, value) and not any(sibling(view, value) for sibling in siblings):
                count += 1
        return () if least <= count <= most else wrong

    return find
