"""The groups of a query as flat lists of elements, each with its terminals: what steps look for patterns in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.queries.reading import Node, Reading

__all__ = ["Element", "Group", "groups", "leaves", "number", "outside", "parted"]

#: What only holds a group's elements together.
_THROUGH = frozenset({"GroupGraphPatternSub", "TriplesBlock", "GraphPatternNotTriples"})
#: A basic graph pattern goes on over these (SPARQL 1.1, section 5.1.1).
_BASIC = frozenset({"TriplesSameSubjectPath", "Filter", "."})
_NUMBERS = frozenset({"INTEGER", "DECIMAL", "DOUBLE"})
_OPENS, _CLOSES = frozenset("([{") | {"<<", "<<(", "{|"}, frozenset(")]}") | {">>", ")>>", "|}"}


@dataclass(frozen=True, slots=True)
class Element:
    """Triples of one subject (``TriplesSameSubjectPath``), a filter or another part of a group.

    ``begins`` is where the basic graph pattern begins that the element belongs to: patterns put in there are joined
    with it.
    """

    kind: str
    start: int
    end: int
    leaves: tuple[Node, ...]
    begins: int


@dataclass(frozen=True, slots=True)
class Group:
    """The elements of one pair of braces, in order; what is in braces within it is a group of its own."""

    elements: tuple[Element, ...]

    def all(self, kind: str) -> tuple[Element, ...]:
        """The elements of a kind."""
        return tuple(one for one in self.elements if one.kind == kind)


def groups(reading: Reading) -> Iterator[Group]:
    """The groups that are evaluated here: not those inside SERVICE."""
    todo = [reading.tree]
    while todo:
        node = todo.pop()
        if node.kind == "ServiceGraphPattern":
            continue
        if node.kind == "GroupGraphPattern":
            yield Group(tuple(_elements(node)))
        todo.extend(reversed(node.parts))


def _elements(group: Node) -> Iterator[Element]:
    begins: int | None = None
    todo = list(reversed(group.parts))
    while todo:
        node = todo.pop()
        if node.kind in _THROUGH:
            todo.extend(reversed(node.parts))
        elif node.kind not in ("{", "}"):
            if node.kind not in _BASIC:
                begins = None
            elif begins is None:
                begins = node.start
            yield Element(node.kind, node.start, node.end, leaves(node), node.start if begins is None else begins)


def leaves(node: Node) -> tuple[Node, ...]:
    """The terminals of a node, in order."""
    return tuple(one for one in node.walk() if not one.parts and one.start < one.end)


def outside(node: Node, *kinds: str) -> Iterator[Node]:
    """The node and everything below it, but for nodes of these kinds and what is in them."""
    todo = [node]
    while todo:
        one = todo.pop()
        if one.kind not in kinds:
            yield one
            todo.extend(reversed(one.parts))


def parted(found: Sequence[Node], *marks: str) -> list[tuple[Node, ...]]:
    """The terminals in parts, without the marks that stood between them; marks inside brackets part nothing."""
    parts: list[list[Node]] = [[]]
    depth = 0
    for leaf in found:
        depth += (leaf.kind in _OPENS) - (leaf.kind in _CLOSES)
        if depth == 0 and leaf.kind in marks:
            parts.append([])
        else:
            parts[-1].append(leaf)
    return [tuple(part) for part in parts]


def number(reading: Reading, found: Sequence[Node]) -> float | None:
    """The number that the terminals are, with the sign before it, or None."""
    signs = [one.kind for one in found[:-1]]
    if not found or found[-1].kind not in _NUMBERS or signs not in ([], ["+"], ["-"]):
        return None
    value = float(reading.text_of(found[-1]))
    return -value if signs == ["-"] else value
