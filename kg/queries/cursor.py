"""The place of a reader in a SPARQL text, and what it has found so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.queries.lexis import KEYWORDS, VOLATILE, terminal
from kg.queries.tree import Call, DatasetClause, Load, Modifiers, Node, Operation, Prologue, Service, iri

__all__ = ["IRIS", "Cursor", "Unreadable", "node"]

#: How deep brackets and signs may be nested. Oxigraph takes ever longer for nested lists and ends near 10,000.
_DEEPEST = 60
#: The terminals of an IRI.
IRIS = frozenset({"IRIREF", "PNAME_LN", "PNAME_NS"})


class Unreadable(Exception):
    """The text is no SPARQL that this grammar knows."""


@dataclass(slots=True)
class Cursor:
    """The terminal that comes next, from ``start`` to ``end``; ``last`` is where the one before it ends."""

    text: str
    base: str | None = None
    kind: str = ""
    start: int = 0
    end: int = 0
    last: int = 0
    depth: int = 0
    prefixes: dict[str, str] = field(default_factory=dict)
    prologues: list[Prologue] = field(default_factory=list)
    kept: int = 0  # prefixes in all prologues
    services: list[Service] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    datasets: list[DatasetClause] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    modifiers: Modifiers | None = None

    def next(self) -> None:
        """Go on to the next terminal."""
        text = self.text
        self.last = self.end
        found = terminal().match(text, self.end)
        if found is None:
            raise Unreadable
        kind = found.lastgroup or ""
        self.start, self.end = start, end = found.span(kind)
        if kind == "mark":
            kind = text[start:end]
        elif kind in ("word", "run"):
            word = text[start:end]
            if kind == "run":  # letters before a dot or a hyphen
                word = word.partition(".")[0].partition("-")[0]
                self.end = start + len(word)
            kind = word if word == "a" else word.upper()
            if kind in ("TRUE", "FALSE"):
                kind = "BooleanLiteral"
            elif kind not in KEYWORDS and kind != "a":
                raise Unreadable
        self.kind = kind

    def less(self) -> None:
        """Where an operator comes, ``<`` is one, whatever follows it."""
        end = self.start + (2 if self.text.startswith("<=", self.start) else 1)
        self.kind, self.end = self.text[self.start : end], end

    def take(self) -> Node:
        """The terminal as a leaf; the next one comes up."""
        leaf = Node(self.kind, self.start, self.end)
        self.next()
        return leaf

    def needed(self, kind: str) -> Node:
        """The terminal, which has to be of the kind."""
        if self.kind != kind:
            raise Unreadable
        return self.take()

    def maybe(self, *kinds: str) -> list[Node]:
        """The terminal where it is of one of the kinds."""
        return [self.take()] if self.kind in kinds else []

    def iri(self) -> Node:
        """An IRI, which has to come."""
        kind = self.kind
        if kind not in IRIS:
            raise Unreadable
        if kind != "IRIREF" and self.text[self.start : self.end].partition(":")[0] not in self.prefixes:
            raise Unreadable
        return self.take()

    def meant(self, leaf: Node) -> str:
        """The IRI of a leaf."""
        found = iri(self.text[leaf.start : leaf.end], self.base, self.prefixes)
        if found is None:
            raise Unreadable
        return found

    def open(self, mark: str) -> Node:
        """A bracket, one deeper; what closes it takes ``depth`` back."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unreadable
        return self.needed(mark)

    def close(self, mark: str) -> Node:
        """The bracket's end."""
        self.depth -= 1
        return self.needed(mark)

    @property
    def volatile(self) -> bool:
        """Whether a function was called whose value is not the data's."""
        return any(call.function in VOLATILE for call in self.calls)


def node(kind: str, parts: list[Node]) -> Node:
    """A node over its parts."""
    return Node(kind, parts[0].start, parts[-1].end, tuple(parts))
