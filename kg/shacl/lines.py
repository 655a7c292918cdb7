"""Where in a Turtle document a node and its properties are written.

The store's parser tells triples, not places. This reader follows the structure of a document that parser has accepted
(tokens, brackets, lists, prefixes), and gives blank nodes the places of those they stand for in it: siblings keep
their order in both. It is used when something is wrong, never on the way to a good result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from pyoxigraph import BlankNode, NamedNode, Triple

from kg.shacl.view import Node
from kg.vocab import RDF

__all__ = ["Lines"]

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+|\#[^\r\n]*)
    |(?P<string>\"{3}[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*\"{3}|'{3}[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'{3}
        |"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"|'[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*')
    |(?P<iri><[^<>"{}|^`\x00-\x20]*>)
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9-]+)*)
    |(?P<blank>_:(?:\.*(?:[A-Za-z0-9_-]|[^\x00-\x7f]))+)
    |(?P<name>(?:\.*(?:[A-Za-z0-9_-]|[^\x00-\x7f]))*:(?:\.*(?:[A-Za-z0-9_:%-]|[^\x00-\x7f]|\\.))*)
    |(?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[A-Za-z]+)
    |(?P<mark>\^\^|<<|\{\||.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_FIRST, _REST, _TYPE = RDF.first.value, RDF.rest.value, RDF.type.value
#: What a literal is called here: its value does not matter.
_LITERAL = '"'


@dataclass(slots=True)
class _Place:
    """What a document says of one node: the line it begins on and, for each predicate, its first line and the blank
    nodes it leads to."""

    line: int
    rows: dict[str, tuple[int, dict[str, None]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Frame:
    """An open statement, bracket or list; a list's ``subject`` is its last cell."""

    kind: str
    line: int
    subject: str | None = None
    predicate: str | None = None
    head: str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one document, counted from 1. Make one with :meth:`of`."""

    places: dict[str, _Place] = field(repr=False)
    names: dict[Node, str] = field(repr=False)

    @classmethod
    def of(cls, text: str, triples: Iterable[Triple], *, base: str = "") -> Lines:
        """The lines of a Turtle document, for the triples that a parser read from it. Linear in both."""
        places = _Reader(base).read(text)
        return cls(places, dict(_matched(places, triples)))

    def line(self, node: Node, predicate: NamedNode | None = None) -> int | None:
        """The line of a node's predicate, else of the node; None for what the document does not describe."""
        name = node.value if isinstance(node, NamedNode) else self.names.get(node)
        place = None if name is None else self.places.get(name)
        if place is None:
            return None
        row = None if predicate is None else place.rows.get(predicate.value)
        return place.line if row is None else row[0]

    def has(self, node: Node, predicate: NamedNode) -> bool:
        """Whether the document gives the node that predicate."""
        name = node.value if isinstance(node, NamedNode) else self.names.get(node)
        place = None if name is None else self.places.get(name)
        return place is not None and predicate.value in place.rows


class _Reader:
    """Follows the structure of one document, without recursion."""

    def __init__(self, base: str) -> None:
        self.places: dict[str, _Place] = {}
        self._base = base
        self._prefixes: dict[str, str] = {}
        self._stack = [_Frame(".", 1)]
        self._fresh = 0

    def read(self, text: str) -> dict[str, _Place]:
        """The places of the document's nodes; those after a construct of RDF 1.2 are left out."""
        tokens = _tokens(text)
        for kind, word, line in tokens:
            if kind == "mark":
                if word in ("<<", "{|", "~"):
                    break
                self._mark(word, line, tokens)
            elif kind == "tag" or (kind == "word" and word.upper() in ("PREFIX", "BASE")):
                self._directive(word.lower().lstrip("@"), tokens)
            elif kind == "word" and word == "a" and self._wants_predicate():
                self._put(_TYPE, line)
            else:
                self._put(self._term(kind, word), line)
        return self.places

    def _mark(self, word: str, line: int, tokens: Iterator[tuple[str, str, int]]) -> None:
        frame = self._stack[-1]
        if word == "[":
            self._stack.append(_Frame("[", line, subject=self._blank(line)))
        elif word == "(":
            self._stack.append(_Frame("(", line))
        elif word == ")" and frame.kind == "(":
            self._stack.pop()
            if frame.subject is not None:
                self._say(frame.subject, _REST, RDF.nil.value, line)
            self._put(frame.head or RDF.nil.value, frame.line)
        elif word == "]" and frame.kind == "[" and frame.subject is not None:
            self._stack.pop()
            self._put(frame.subject, frame.line)
        elif word == ";":
            frame.predicate = None
        elif word == "." and frame.kind == ".":
            frame.subject = frame.predicate = None
        elif word == "^^":
            next(tokens, None)

    def _directive(self, word: str, tokens: Iterator[tuple[str, str, int]]) -> None:
        if word == "prefix":
            name, iri = next(tokens, None), next(tokens, None)
            if name is not None and iri is not None:
                self._prefixes[name[1][:-1]] = self._iri(iri[1])
        elif word == "base":
            iri = next(tokens, None)
            if iri is not None:
                self._base = self._iri(iri[1])

    def _put(self, term: str, line: int) -> None:
        """A term at the place the document is at."""
        frame = self._stack[-1]
        if frame.kind == "(":
            cell = self._blank(line)
            if frame.subject is None:
                frame.head = cell
            else:
                self._say(frame.subject, _REST, cell, line)
            self._say(cell, _FIRST, term, line)
            frame.subject = cell
        elif frame.subject is None:
            frame.subject = term
            self.places.setdefault(term, _Place(line))
        elif frame.predicate is None:
            frame.predicate = term
            self._say(frame.subject, term, _LITERAL, line)
        else:
            self._say(frame.subject, frame.predicate, term, line)

    def _say(self, subject: str, predicate: str, term: str, line: int) -> None:
        place = self.places.setdefault(subject, _Place(line))
        row = place.rows.setdefault(predicate, (line, {}))
        if term.startswith("_:"):
            row[1][term] = None

    def _wants_predicate(self) -> bool:
        frame = self._stack[-1]
        return frame.kind != "(" and frame.subject is not None and frame.predicate is None

    def _blank(self, line: int) -> str:
        self._fresh += 1
        name = f"_: {self._fresh}"
        self.places[name] = _Place(line)
        return name

    def _term(self, kind: str, word: str) -> str:
        if kind == "iri":
            return self._iri(word)
        if kind == "name":
            prefix, _, local = word.partition(":")
            return self._prefixes.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)
        return word if kind == "blank" else _LITERAL

    def _iri(self, word: str) -> str:
        iri = _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)), word[1:-1])
        return iri if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", iri) or not self._base else urljoin(self._base, iri)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """(kind, text, line) of every token but white space and comments."""
    line, at = 1, 0
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            line += text.count("\n", at, match.start())
            at = match.start()
            yield match.lastgroup or "", match.group(), line


def _matched(places: dict[str, _Place], triples: Iterable[Triple]) -> Iterator[tuple[Node, str]]:
    """Each blank node of the triples with its name in the document."""
    rows: dict[Node, dict[str, dict[Node, None]]] = {}
    inner: set[Node] = set()
    for t in triples:
        row = rows.setdefault(t.subject, {}).setdefault(t.predicate.value, {})
        if isinstance(t.object, BlankNode):
            row[t.object] = None
            inner.add(t.object)
    within = {name for place in places.values() for _, blanks in place.rows.values() for name in blanks}
    queue: list[tuple[Node, str]] = [(n, n.value) for n in rows if isinstance(n, NamedNode)]
    tops = [n for n in rows if isinstance(n, BlankNode) and n not in inner]
    named = [n for n, place in places.items() if n.startswith("_:") and n not in within and place.rows]
    found = list(zip(tops, named, strict=False))
    known: set[Node] = {node for node, _ in found}
    queue += found
    yield from found
    for node, name in queue:
        place = places.get(name)
        if place is None:
            continue
        for predicate, blanks in rows.get(node, {}).items():
            for one, other in zip(blanks, place.rows.get(predicate, (0, {}))[1], strict=False):
                if one not in known:
                    known.add(one)
                    queue.append((one, other))
                    yield one, other
