"""Results become bytes: solutions and triples in the format asked for, counted, and cut where they are to be.

Results of pyoxigraph belong to the thread that asked, and are used up here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, cast

import pyoxigraph as ox

from kg import formats
from kg.engine import marks
from kg.engine.request import Cut, Limits, Request
from kg.engine.rows import JSON_ROWS, TSV_ROWS, XML_ROWS, Cutter, Rows
from kg.engine.tables import CsvWriter
from kg.errors import QueryRefused, QueryTooLarge, UsageError
from kg.formats import Format
from kg.vocab import PREFIXES

__all__ = ["Window", "write", "write_triples"]

#: The engine writes in blocks of 8 KiB; fewer and larger ones are cheaper to send.
_BLOCK = 64 * 1024

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_ROWS: dict[str, Rows] = {"csv": TSV_ROWS, "tsv": TSV_ROWS, "json": JSON_ROWS, "xml": XML_ROWS}
#: What XML 1.0 has no way to say (section 2.2), in UTF-8.
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of an answer are sent: at most ``limit`` after ``skip`` ones. ``asked`` says that the client wants it
    cut there; else more rows are an error. Rows are solutions of SELECT, and triples of CONSTRUCT and DESCRIBE."""

    limit: int
    skip: int = 0
    asked: bool = False

    @classmethod
    def of(cls, request: Request, limits: Limits) -> Window:
        """What the request asks for, as far as the limits let it."""
        if request.rows is None:
            return cls(limits.rows, request.skip)
        return cls(min(request.rows, limits.rows), request.skip, asked=True)

    def cut(self) -> Cut:
        """The cut at the end of the window. Raises :class:`kg.errors.QueryTooLarge` where it was not asked for."""
        if self.asked:
            return Cut(rows=self.limit, skip=self.skip + self.limit)
        raise QueryTooLarge(
            f"the answer has more than {self.limit:,} rows, the most that are sent at once; ask for it in parts with "
            f"rows={self.limit} and skip=0, skip={self.limit} and so on, or ask for less",
            limit=self.limit,
            unit="rows",
        )


class _Full(Exception):
    """Enough rows are written: a signal to ourselves through the engine."""


class _Out:
    """What the engine writes to: whole blocks go on."""

    def __init__(self, step: Callable[[bytes], None]) -> None:
        self._step = step
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        made = bytes(data)
        self._held.append(made)
        self._size += len(made)
        if self._size >= _BLOCK:
            self.flush()
        return len(made)

    def flush(self) -> None:
        if self._held:
            block, self._held, self._size = b"".join(self._held), [], 0
            self._step(block)


def write(results: Results, format: Format, window: Window, send: Callable[[bytes], None]) -> Cut | None:
    """Send the answer in blocks; where it was cut, None for a whole one.

    ``window.skip`` counts for triples alone: of solutions the query itself leaves out the first ones. Raises
    :class:`kg.errors.QueryTooLarge` for more rows than there may be, :class:`kg.errors.QueryRefused` for a value that
    the format cannot hold, ValueError for a format of another kind of results, and what the engine raises.
    """
    if isinstance(results, ox.QueryTriples) != (not format.results):
        raise ValueError(f"{format.name} is not for these results")
    if isinstance(results, ox.QueryTriples):
        return write_triples(results, format, window, send)
    assert isinstance(format.oxigraph, ox.QueryResultsFormat)
    if isinstance(results, ox.QueryBoolean):
        send(results.serialize(format=format.oxigraph) or b"")
        return None
    return _solutions(results, format, window, send)


def _solutions(results: ox.QuerySolutions, format: Format, window: Window, send: Callable[[bytes], None]) -> Cut | None:
    cutter = Cutter(_ROWS[format.suffix], window.limit)
    turned = _turned(format)

    def step(block: bytes) -> None:
        rows = cutter.feed(block)
        if rows:
            send(turned(rows))
        if cutter.full:
            raise _Full

    source = formats.TSV if format is formats.CSV else format
    assert isinstance(source.oxigraph, ox.QueryResultsFormat)
    out = _Out(step)
    try:
        results.serialize(cast("IO[bytes]", out), format=source.oxigraph)
        out.flush()
        rest = cutter.end()
        if rest:
            send(turned(rest))
    except _Full:
        pass
    if not cutter.full:
        return None
    cut = window.cut()
    ending = marks.ending(format, cut)
    if ending:
        send(ending)
    return cut


def _turned(format: Format) -> Callable[[bytes], bytes]:
    """What is done to the engine's bytes, in blocks of whole rows."""
    if format is formats.CSV:
        return CsvWriter().turn
    return _xml if format is formats.XML else bytes


def _xml(block: bytes) -> bytes:
    """XML that is read again as what it was: carriage returns as references, since bare ones become line feeds
    (XML 1.0, section 2.11). Raises :class:`kg.errors.QueryRefused` for a character that XML cannot hold."""
    # Two cheap looks save nearly all blocks the search.
    odd = b"\xef" in block or len(block.translate(None, _CONTROLS)) != len(block)
    found = _NOT_XML.search(block) if odd else None
    if found is not None:
        raise QueryRefused(
            f"the answer holds U+{ord(found[0].decode()):04X}, which XML cannot hold; ask for JSON, CSV or TSV"
        )
    return block.replace(b"\r", b"&#xD;")


def write_triples(
    triples: Iterable[ox.Triple], format: Format, window: Window, send: Callable[[bytes], None]
) -> Cut | None:
    """Send the triples of the window in blocks; where they were cut, None where the last of all was sent.

    Raises :class:`kg.errors.QueryRefused` for a value that the format cannot hold, and what the triples' source raises.
    """
    assert isinstance(format.oxigraph, ox.RdfFormat)
    found: Iterator[ox.Triple] = iter(triples)
    for _ in islice(found, window.skip):
        pass
    shown: Iterable[ox.Triple] = islice(found, window.limit)
    if format is formats.RDFXML:
        shown = map(_in_xml, shown)
    head = True

    def step(block: bytes) -> None:
        nonlocal head
        if head:
            block, head = _ordered(block, format), False
        send(block.replace(b"\r", b"&#xD;") if format is formats.RDFXML else block)

    out = _Out(step)
    ox.serialize(shown, cast("IO[bytes]", out), format=format.oxigraph, prefixes=PREFIXES)
    out.flush()
    if next(found, None) is None:
        return None
    cut = window.cut()
    mark = marks.after(format, cut)
    if mark:
        send(mark)
    return cut


def _in_xml(triple: ox.Triple) -> ox.Triple:
    try:
        formats.check_xml((triple,))
    except UsageError as error:
        raise QueryRefused(error.message) from None
    return triple


#: The declarations of the root element; a namespace holds no quote.
_XMLNS = re.compile(rb' xmlns:[^=\s]+="[^"]*"')


def _ordered(block: bytes, format: Format) -> bytes:
    """A document's first block with its prefixes in order: the engine declares them in that of a hash table, and one
    snapshot has one answer."""
    if format in (formats.TURTLE, formats.TRIG):
        end = 0
        while block.startswith(b"@prefix ", end):
            end = block.index(b"\n", end) + 1
        return b"".join(sorted(block[:end].splitlines(keepends=True))) + block[end:]
    if format is formats.RDFXML:
        start = block.find(b"<rdf:RDF") + len(b"<rdf:RDF")
        end = block.find(b">", start)
        return block[:start] + b"".join(sorted(_XMLNS.findall(block[start:end]))) + block[end:]
    return block
