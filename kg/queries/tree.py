"""What a SPARQL text says, as values: the syntax tree and the parts that matter outside the grammar."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kg.queries.references import resolved, unescaped

__all__ = [
    "Call",
    "DatasetClause",
    "Edit",
    "Load",
    "Modifiers",
    "Node",
    "Operation",
    "Prologue",
    "Reading",
    "Service",
]


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters ``start`` to ``end`` become ``text``; an insertion where both are the same."""

    start: int
    end: int
    text: str


@dataclass(slots=True, eq=False)  # not frozen: that takes three times as long to make, and a query has hundreds
class Node:
    """A node of the syntax tree; ``kind`` is a production of the SPARQL 1.2 grammar, or a terminal.

    Terminals are leaves: keywords in capitals, marks as they are, else the terminal's name (``IRIREF``, ``PNAME_LN``,
    ``PNAME_NS``, ``BLANK_NODE_LABEL``, ``LANG_DIR``, ``INTEGER``, ``DECIMAL``, ``DOUBLE``) or that of the production
    that does nothing else (``Var``, ``String``, ``BooleanLiteral``). A production that would have one part and no
    mark of its own is left out: a string without a language is a ``String``, a path of one IRI that IRI, an
    expression of one variable a ``Var``.
    """

    kind: str
    start: int
    end: int
    parts: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """The node and everything below it, in the order of the text."""
        todo = [self]
        while todo:
            found = todo.pop()
            yield found
            todo.extend(reversed(found.parts))

    def first(self, *kinds: str) -> Node | None:
        """The first node of one of the kinds directly below."""
        return next((part for part in self.parts if part.kind in kinds), None)

    def all(self, *kinds: str) -> tuple[Node, ...]:
        """The nodes of the kinds directly below."""
        return tuple(part for part in self.parts if part.kind in kinds)


@dataclass(frozen=True, slots=True)
class Service:
    """A SERVICE pattern. ``endpoint`` is its IRI, or None where it is a variable; ``pattern`` is its group."""

    start: int
    end: int
    endpoint: str | None
    silent: bool
    pattern: Node


@dataclass(frozen=True, slots=True)
class Load:
    """A LOAD operation of an update."""

    start: int
    end: int
    source: str
    silent: bool


@dataclass(frozen=True, slots=True)
class DatasetClause:
    """FROM or FROM NAMED of a query, USING or USING NAMED of an update."""

    start: int
    end: int
    graph: str
    named: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function called: ``function`` is an IRI, or a built-in's name in capitals."""

    start: int
    end: int
    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an update; ``kind`` is its keywords (``INSERT DATA``, ``DELETE WHERE``, ``MODIFY`` …)."""

    kind: str
    start: int
    end: int
    with_graph: str | None = None
    using: tuple[DatasetClause, ...] = ()
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Modifiers:
    """LIMIT and OFFSET of the outermost query, with the places of their whole clauses; ``end`` is where a clause that
    is not there is put in."""

    limit: int | None
    limit_place: tuple[int, int] | None
    offset: int
    offset_place: tuple[int, int] | None
    end: int


@dataclass(frozen=True, slots=True)
class Prologue:
    """What BASE and PREFIX say from the place ``start`` on."""

    start: int
    base: str | None
    prefixes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says. ``form`` is ``select``, ``ask``, ``construct``, ``describe`` or ``update``.

    ``base`` and ``prefixes`` hold at the end of the text; ``prologues`` has them for every place. ``volatile`` is a
    text that calls a function whose value is not the data's, as NOW.
    """

    text: str
    tree: Node
    form: str
    base: str | None = None
    prefixes: Mapping[str, str] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
    loads: tuple[Load, ...] = ()
    datasets: tuple[DatasetClause, ...] = ()
    calls: tuple[Call, ...] = ()
    operations: tuple[Operation, ...] = ()
    modifiers: Modifiers | None = None
    volatile: bool = False
    prologues: tuple[Prologue, ...] = ()

    def text_of(self, node: Node) -> str:
        """What stands at the node."""
        return self.text[node.start : node.end]

    def iri(self, node: Node) -> str | None:
        """The IRI that an ``IRIREF``, ``PNAME_LN`` or ``PNAME_NS`` means; None for any other node.

        A relative one without a base stays relative.
        """
        if node.kind not in ("IRIREF", "PNAME_LN", "PNAME_NS"):
            return None
        at = bisect_right(self.prologues, node.start, key=lambda one: one.start) - 1
        prologue = self.prologues[at] if at >= 0 else Prologue(0, self.base, {})
        return iri(self.text_of(node), prologue.base, prologue.prefixes)

    def string(self, node: Node) -> str | None:
        """The value of a ``String``, its escapes resolved; None for any other node."""
        if node.kind != "String":
            return None
        text = self.text_of(node)
        quotes = 3 if text[:3] in ("'''", '"""') and len(text) >= 6 else 1
        return unescaped(text[quotes:-quotes])

    def variables(self, node: Node | None = None) -> tuple[str, ...]:
        """The names of the variables at the node, or in the whole text, each once, in the order of the text."""
        below = (node or self.tree).walk()
        return tuple(dict.fromkeys(self.text[n.start + 1 : n.end] for n in below if n.kind == "Var"))


def iri(written: str, base: str | None, prefixes: Mapping[str, str]) -> str | None:
    """The IRI that an IRI reference or a prefixed name means; None where its prefix is not declared."""
    if written.startswith("<"):
        return resolved(unescaped(written[1:-1]), base)
    prefix, _, local = written.partition(":")
    namespace = prefixes.get(prefix)
    return None if namespace is None else namespace + local.replace("\\", "")
