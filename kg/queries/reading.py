"""The one reader of SPARQL texts: what a query or an update says, with the place of every part, and edits by place.

Places are offsets of characters in the text, the end exclusive. What no edit touches stays as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = [
    "Call",
    "DatasetClause",
    "Edit",
    "Load",
    "Modifiers",
    "Node",
    "Operation",
    "Reading",
    "Service",
    "edited",
    "read",
]


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters ``start`` to ``end`` become ``text``; an insertion where both are the same."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A node of the syntax tree; ``kind`` is a production of the SPARQL 1.2 grammar, or a token's text or name."""

    kind: str
    start: int
    end: int
    parts: tuple[Node, ...] = ()


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
class Reading:
    """What a text says. ``form`` is ``select``, ``ask``, ``construct``, ``describe`` or ``update``."""

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


def read(text: str) -> Reading | None:
    """The reading of a query or update, or None where the grammar does not know what it reads."""
    del text
    return None


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text after all edits, which may not overlap."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        parts += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join((*parts, text[at:]))
