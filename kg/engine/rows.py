"""Solutions counted in the bytes the engine writes, and cut between two rows.

The engine's serializers are several times as fast as a loop over solutions in Python, so rows are found in what they
write: where a row begins is exact in each format, because strings are escaped there. Nothing is parsed twice, and a
block is looked at again only when it has doubled, so that the work stays linear in the bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["JSON_ROWS", "TSV_ROWS", "XML_ROWS", "Cutter", "Rows"]


class Rows(Protocol):
    """How the rows of a format are found."""

    def starts(self, block: bytes, *, head: bool) -> tuple[int, int] | None:
        """How many rows begin in the block, one at its very beginning left out, and where the last of them does.

        ``head`` says that the block begins with the document's head instead of a row; None where the head is not whole.
        """

    def place(self, block: bytes, nth: int, *, head: bool) -> int:
        """Where what comes before the nth row (from 1, counted as above) ends."""


@dataclass(slots=True)
class Cutter:
    """Lets an answer through up to its row ``limit``; ``full`` says that one more began."""

    layout: Rows
    limit: int
    rows: int = 0
    full: bool = False
    _head: bool = True
    _held: list[bytes] = field(default_factory=list)
    _size: int = 0
    _look: int = 0

    def feed(self, data: bytes) -> bytes:
        """What may leave now: whole rows, and the head before them. Nothing after the limit."""
        if self.full:
            return b""
        self._held.append(data)
        self._size += len(data)
        if self._size < self._look:
            return b""
        block = b"".join(self._held)
        found = self.layout.starts(block, head=self._head)
        last = 0
        if found is not None:
            count, last = found
            if self.rows + count > self.limit:
                self.full = True
                place = self.layout.place(block, self.limit - self.rows + 1, head=self._head)
                self.rows = self.limit
                self._held = []
                return block[:place]
            self.rows += count
            self._head = self._head and not count
            if not count:
                last = 0
        kept = block[last:]
        self._held, self._size, self._look = [kept], len(kept), 2 * len(kept)
        return block[:last]

    def end(self) -> bytes:
        """What is left when the engine has written everything."""
        self._look = 0
        made = self.feed(b"")
        if self.full:
            return made
        rest, self._held = b"".join(self._held), []
        return made + rest


class _Lines:
    """TSV: a row is a line, and no term holds a raw line feed (SPARQL 1.1 Query Results CSV and TSV Formats, 4.1)."""

    def starts(self, block: bytes, *, head: bool) -> tuple[int, int]:
        del head
        end = len(block) - 1  # a line feed that is the last byte begins nothing yet
        return block.count(b"\n", 0, max(end, 0)), block.rfind(b"\n", 0, max(end, 0)) + 1

    def place(self, block: bytes, nth: int, *, head: bool) -> int:
        del head
        at = 0
        for _ in range(nth):
            at = block.index(b"\n", at) + 1
        return at


class _Elements:
    """XML: a row is a ``result`` element, and ``<`` is escaped in every value."""

    def starts(self, block: bytes, *, head: bool) -> tuple[int, int]:
        skip = 0 if head else 1
        return block.count(b"<result>", skip), block.rfind(b"<result>", skip)

    def place(self, block: bytes, nth: int, *, head: bool) -> int:
        at = -1 if head else 0
        for _ in range(nth):
            at = block.index(b"<result>", at + 1)
        return at


#: A string, whole or up to the end of the block; or the brace that begins an object of an array.
_JSON = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|(?<=[\[,])\{', re.DOTALL)
_BINDINGS = b'"bindings":['
_BETWEEN = b'}},{"'


class _Objects:
    """JSON: a row is an object of the array ``bindings``.

    ``}},{"`` parts two rows, unless it is the end of a string that holds ``}},{``: then a comma or a brace follows,
    which no variable's name begins with. An empty row (all variables unbound) has nothing that strings cannot hold as
    well, so a block that may have one is read string by string.
    """

    def starts(self, block: bytes, *, head: bool) -> tuple[int, int] | None:
        first = 0
        if head:
            first = block.find(_BINDINGS) + len(_BINDINGS)
            if first < len(_BINDINGS) or len(block) == first:
                return None
            if block[first] != ord("{"):
                return 0, 0
        if block.startswith(b"{}", first) or b"}},{}" in block:
            found = self._read(block, first)
            return (len(found) - (not head), found[-1] if found else 0)
        count = block.count(_BETWEEN, first, len(block) - 1) - sum(
            block.count(_BETWEEN + m, first) for m in (b",", b"}")
        )
        last, end = first, len(block) - 1
        while (at := block.rfind(_BETWEEN, first, end)) >= 0:
            if block[at + 5] not in b",}":
                last = at + 3
                break
            end = at + 4
        return count + head, last

    def place(self, block: bytes, nth: int, *, head: bool) -> int:
        first = block.index(_BINDINGS) + len(_BINDINGS) if head else 0
        at = self._read(block, first)[nth - head]
        return at - (block[at - 1 : at] == b",")

    @staticmethod
    def _read(block: bytes, first: int) -> list[int]:
        """Where objects of the array begin, the first one's place included."""
        found = [m.start() for m in _JSON.finditer(block, first) if m[0] == b"{"]
        return found if found and found[0] == first else [first, *found]


TSV_ROWS: Rows = _Lines()
XML_ROWS: Rows = _Elements()
JSON_ROWS: Rows = _Objects()
