"""SPARQL text as a concrete syntax tree with byte offsets.

A thin layer over tree-sitter-sparql: fast (0.04 ms for a query of a shape) and without recursion, but a grammar of its
own, so it never judges whether a text is SPARQL: Oxigraph does.
"""

from __future__ import annotations

import ctypes
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.queries.tokens import tokens

if TYPE_CHECKING:
    from tree_sitter import Language
    from tree_sitter import Node as Found

__all__ = ["Branch", "parse", "too_deep"]

#: Oxigraph's parser recurses: it ends the process near 10,000 nested brackets, and nested lists take it ever longer.
_DEEPEST = 60
#: A capsule keeps the address of its name, not a copy.
_CAPSULE = b"tree_sitter.Language"
#: Operators in a row make a tree as deep as there are of them.
_DEEPEST_TREE = 5_000
_OPEN, _CLOSED, _SIGNS = frozenset("([{"), frozenset(")]}"), frozenset("!-+^")
#: The longest query text in bytes that is read.
_LONGEST = 200_000


@dataclass(slots=True, eq=False)  # not frozen: that takes three times as long to make, and a query has hundreds
class Branch:
    """A node of the tree: its kind, its bytes' offsets in the text, and the branches below it in order.

    ``kind`` is the grammar's rule, or for keywords and marks the text itself with ``literal`` set. ``field`` is the
    part the branch plays in the one above it.
    """

    kind: str
    start: int
    end: int
    literal: bool
    parts: tuple[Branch, ...] = dataclasses.field(repr=False)
    field: str | None
    source: bytes = dataclasses.field(repr=False)

    @property
    def text(self) -> str:
        """The text it covers."""
        return self.source[self.start : self.end].decode("utf-8", "surrogatepass")

    def named(self) -> tuple[Branch, ...]:
        """The branches below that are rules of the grammar."""
        return tuple(b for b in self.parts if not b.literal)

    def has(self, word: str) -> bool:
        """Whether the keyword or mark stands directly below."""
        return any(b.literal and b.kind == word for b in self.parts)

    def first(self, *kinds: str) -> Branch | None:
        """The first rule of one of the kinds directly below."""
        return next((b for b in self.parts if not b.literal and b.kind in kinds), None)

    def all(self, *kinds: str) -> tuple[Branch, ...]:
        """The rules of the kinds directly below."""
        return tuple(b for b in self.parts if not b.literal and b.kind in kinds)

    def walk(self) -> Iterator[Branch]:
        """The branch and everything below it, in the order of the text."""
        todo = [self]
        while todo:
            found = todo.pop()
            yield found
            todo.extend(reversed(found.parts))


def parse(text: str) -> Branch | None:
    """The tree of a query or update, comments left out; None where the grammar does not know what it reads or the
    text is too deep or too long to be read."""
    source = text.encode("utf-8", "surrogatepass")
    if len(source) > _LONGEST or too_deep(text):
        return None
    from tree_sitter import Parser  # not needed to start a command

    root = Parser(_language()).parse(source).root_node
    return None if root.has_error else _branch(root, source)


def too_deep(text: str) -> bool:
    """Whether brackets or signs are nested deeper than any parser should be asked to follow."""
    if len(text) > _LONGEST:
        return True
    # Most texts have fewer of either than may be nested, wherever they stand.
    if all(sum(map(text.count, marks)) <= _DEEPEST for marks in (("(", "[", "{", "<<"), _SIGNS)):
        return False
    depth = run = 0
    before = ""
    for token in tokens(text):
        if token.kind in ("space", "comment"):
            continue
        mark = token.text
        run = run + 1 if mark in _SIGNS else 0
        if mark in _OPEN or mark == before == "<":
            depth += 1
            before = ""
        else:
            if mark in _CLOSED or mark == before == ">":
                depth = max(depth - 1, 0)
            before = mark
        if max(depth, run) > _DEEPEST:
            return True
    return False


def _branch(root: Found, source: bytes) -> Branch | None:
    """The tree as values; a loop, because a long chain of operators is a deep tree."""
    cursor = root.walk()
    #: What the cursor stands in, outermost first.
    around: list[tuple[Found, str | None, list[Branch]]] = []
    node: Found = root
    field: str | None = None
    parts: list[Branch] = []
    while True:
        if cursor.goto_first_child():
            around.append((node, field, parts))
            if len(around) >= _DEEPEST_TREE:
                return None
        else:
            while True:
                kind = node.type
                if kind != "comment":
                    made = Branch(kind, node.start_byte, node.end_byte, not node.is_named, tuple(parts), field, source)
                    if not around:
                        return made
                    around[-1][2].append(made)
                if cursor.goto_next_sibling():
                    break
                cursor.goto_parent()
                node, field, parts = around.pop()
        node, field, parts = cursor.node or root, cursor.field_name, []


@lru_cache(maxsize=1)
def _language() -> Language:
    """The grammar. The package hands out a bare address, tree-sitter wants it in a capsule."""
    import tree_sitter_sparql
    from tree_sitter import Language

    found: object = tree_sitter_sparql.language()
    if not isinstance(found, int):
        return Language(found)
    new = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    return Language(new(("PyCapsule_New", ctypes.pythonapi))(found, _CAPSULE, None))
