"""WARC archives of web pages (ISO 28500:2017), compressed record by record, as a whole, or not at all.

Read by hand rather than with a library, because a broken record must cost that record only, in bounded memory: after
one, reading goes on at the next line that begins a record or, where records are compressed, at the next gzip member.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO
from urllib.parse import quote

from kg.errors import InputError, InvalidFormat
from kg.extract.archive import CHUNK, Replayed, Slice, drain, over, read_exactly
from kg.extract.compressed import DEFLATE, GZIP, ZLIB, Inflated
from kg.model import Document, Gone, Unread

__all__ = ["Warc"]

_VERSION = re.compile(rb"WARC/\d+\.\d+\s*$")
#: Bytes that the header of a record, or of the HTTP response in it, may have.
_HEADER = 1 << 18
_LINE = 1 << 14
#: Records that hold what somebody asked to read; ``request``, ``metadata``, ``revisit`` … do not.
_KINDS = frozenset({"response", "resource", "conversion"})
_TEXTS = re.compile(r"(?:text/(?:html|plain|xml|markdown)|application/(?:[\w.+-]*json|[\w.+-]*xml))\s*(?:;|$)")
_GONE = re.compile(rb"HTTP/\d(?:\.\d)? 410\b")
_PAGES = ("http://", "https://", "file://", "ftp://")
_HIDDEN = re.compile("[\x00-\x20\x7f-\x9f\ufffe\uffff]")
_CHUNK_SIZE = re.compile(rb"\s*([0-9A-Fa-f]{1,15})\s*(?:;[^\r\n]*)?\r?\n")
_ROBOTS = re.compile(r"https?://[^/]+/robots\.txt(?:\?|$)", re.I)


class Warc:
    """A WARC file: its pages, feeds and data, each as the response the crawler got."""

    name = "warc"

    def recognises(self, head: bytes, media_type: str | None) -> float:  # noqa: ARG002 the content tells
        """1 where the bytes, decompressed if need be, begin with a record."""
        if head.startswith(GZIP.magic):
            try:
                head = zlib.decompressobj(31).decompress(head, 16)
            except zlib.error:
                return 0.0
        return 1.0 if _VERSION.match(head[:16].partition(b"\n")[0]) else 0.0

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread | Gone]:
        """The successful responses that are text, by the address they were fetched from; the rest is passed over.

        Transfer and content codings are undone; ``media_type`` is the response's own.
        """
        source = _Source(stream, given.origin)
        told = False
        while True:
            try:
                record = _record(source)
                if record is None:
                    return
                made = _document(record, given, limit)
                _finish(source, record)
            except InputError as error:
                if not told:  # what follows a broken record may look broken too, until one is whole
                    yield Unread(InvalidFormat(f"a record is damaged: {error.reason}", origin=given.origin))
                told = True
                if not source.resume():
                    return
                continue
            told = False
            if made is not None:
                yield made


class _Source:
    """The lines and bytes of a WARC file, decompressed, with a way on after damage."""

    def __init__(self, stream: BinaryIO, origin: str) -> None:
        head = read_exactly(stream, len(GZIP.magic))
        plain: BinaryIO = io.BufferedReader(Replayed(head, stream), CHUNK)
        self.origin = origin
        self.inflated = Inflated(plain, GZIP, origin) if head == GZIP.magic else None
        self.stream = io.BufferedReader(Replayed(b"", self.inflated), CHUNK) if self.inflated is not None else plain
        self._line: bytes | None = None
        self._error: InputError | None = None

    def line(self) -> bytes:
        """The next line with its end; empty at the end of the file. Raises :class:`kg.errors.InvalidFormat`."""
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        if self._line is not None:
            line, self._line = self._line, None
            return line
        return self.stream.readline(_LINE)

    def back(self, line: bytes) -> None:
        """Put a line back."""
        self._line = line

    def later(self, error: InputError) -> None:
        """Keep an error that belongs to what follows."""
        self._error = error

    def resume(self) -> bool:
        """After damage: stand at the next record's first line; False where there is none."""
        self._error = None
        while True:
            try:
                while line := self.line():
                    if _VERSION.match(line):
                        self.back(line)
                        return True
            except InputError:
                if self.inflated is None:
                    return False
            if self.inflated is None or not self.inflated.resume():
                return False
            # a buffer that is thrown away closes what it reads from, which goes on here
            self._line, self.stream = None, io.BufferedReader(Replayed(b"", self.inflated), CHUNK)


# records -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Record:
    """A record whose block was not read yet."""

    headers: dict[str, str]
    block: Slice

    @property
    def kind(self) -> str:
        return self.headers.get("warc-type", "").lower()

    @property
    def address(self) -> str:
        """The address, without the brackets that one old crawler wrote around it."""
        said = self.headers.get("warc-target-uri", "").strip("<> ")
        return _HIDDEN.sub(lambda bad: quote(bad.group()), said)


def _record(source: _Source) -> _Record | None:
    """The next record, or None at the end of the file. Raises :class:`kg.errors.InvalidFormat`."""
    line = source.line()
    while line and not line.strip():
        line = source.line()
    if not line:
        return None
    if not _VERSION.match(line):
        raise InvalidFormat("no record begins where one should", origin=source.origin)
    headers = _headers(source.line)
    length = headers.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,18}", length):
        raise InvalidFormat("its Content-Length is missing or no number", origin=source.origin)
    return _Record(headers, Slice(source.stream, int(length), headers.get("warc-target-uri") or source.origin))


def _headers(read: Callable[[], bytes]) -> dict[str, str]:
    """Header fields up to the empty line, names in lower case, the first of equal names; folded lines are joined."""
    fields: dict[str, str] = {}
    name, size = "", 0
    while (line := read()).strip():
        size += len(line)
        if size > _HEADER:
            raise InvalidFormat("its header is too long")
        text = line.decode("utf-8", errors="replace").rstrip("\r\n")
        if text[:1] in " \t" and name:
            fields[name] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower()
        if colon and name not in fields:
            fields[name] = value.strip()
        else:
            name = ""
    if not line:
        raise InvalidFormat("it ends inside a header")
    return fields


def _finish(source: _Source, record: _Record) -> None:
    """Go to the record's end. Raises :class:`kg.errors.InvalidFormat` where no record and no end follows."""
    drain(record.block)  # type: ignore[arg-type]
    try:
        line = source.line()
        while line and not line.strip():
            line = source.line()
    except InputError as error:
        if source.inflated is not None and source.inflated.begun:
            raise  # the checksum of this record's own member
        source.later(error)  # this record is whole; the next one is not
        return
    source.back(line)
    if line and not _VERSION.match(line):
        raise InvalidFormat("it does not end where its Content-Length says", origin=source.origin)


def _document(record: _Record, given: Document, limit: int) -> Document | Unread | Gone | None:
    """The record's document, why it cannot be taken, or None where it holds none."""
    address = record.address
    if record.kind not in _KINDS or not address.lower().startswith(_PAGES) or _ROBOTS.match(address):
        return None
    media_type, body = record.headers.get("content-type", ""), record.block
    stream: BinaryIO = body  # type: ignore[assignment]
    if record.kind == "response":
        stream = io.BufferedReader(body, CHUNK)
        status = stream.readline(_LINE)
        if _GONE.match(status):
            key = f"url:{given.source.name}/{address}"
            return Gone((key,), address, given.source, "its address answered 410 Gone")
        if not re.match(rb"HTTP/\d(?:\.\d)? 200\b", status):
            if not status.startswith(b"HTTP/"):
                raise InvalidFormat("it is a response without a status line", origin=address)
            return None
        headers = _headers(lambda: stream.readline(_LINE))
        media_type = headers.get("content-type", "")
        if not _TEXTS.match(media_type.lower()):
            return None
        coded = _decoded(stream, headers, address)
        if isinstance(coded, Unread):
            return coded
        stream = coded
    elif not _TEXTS.match(media_type.lower()):
        return None
    key, dated = f"url:{given.source.name}/{address}", record.headers.get("warc-date")
    where = replace(given, key=key, origin=address, media_type=media_type, dated=dated)
    try:
        data = read_exactly(stream, limit + 1)
    except InvalidFormat as error:
        if body.left:
            raise  # the record itself is cut
        return Unread(InvalidFormat(error.reason, origin=address))
    if len(data) > limit:
        return Unread(over(limit, address))
    made = replace(where, data=data)
    cut = record.headers.get("warc-truncated") or record.headers.get("warc-segment-number")
    if cut:
        return Unread(InvalidFormat(f"the crawler kept a part of the page only ({cut})", origin=address), made)
    return made


def _decoded(stream: BinaryIO, headers: dict[str, str], address: str) -> BinaryIO | Unread:
    """The body without its codings (RFC 9112 section 7.1, RFC 9110 section 8.4).

    Some crawlers undo a coding and leave its header, so the bytes must show it too.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        first = stream.readline(_LINE)
        back: BinaryIO = io.BufferedReader(Replayed(first, stream), CHUNK)
        stream = io.BufferedReader(_Chunked(back, address), CHUNK) if _CHUNK_SIZE.match(first) else back
    codings = [one.strip() for one in headers.get("content-encoding", "").lower().split(",")]
    for coding in reversed([one for one in codings if one not in ("", "identity", "none", "utf-8")]):
        first = read_exactly(stream, 4)
        stream = io.BufferedReader(Replayed(first, stream), CHUNK)
        if coding in ("gzip", "x-gzip"):
            if first.startswith(GZIP.magic):
                stream = io.BufferedReader(Inflated(stream, GZIP, address), CHUNK)
        elif coding == "deflate":
            wrapped = len(first) > 1 and first[0] & 15 == 8 and not (first[0] << 8 | first[1]) % 31
            stream = io.BufferedReader(Inflated(stream, ZLIB if wrapped else DEFLATE, address), CHUNK)
        elif not first.lstrip().startswith((b"<", b"{", b"[")):
            reason = f"its content coding {coding!r} is not read; record the archive without it"
            return Unread(InvalidFormat(reason, origin=address))
    return stream


class _Chunked(io.RawIOBase):
    """The bytes of a chunked body. Raises :class:`kg.errors.InvalidFormat` where a chunk is damaged or missing."""

    def __init__(self, stream: BinaryIO, origin: str) -> None:
        super().__init__()
        self.stream, self.origin = stream, origin
        self.left, self.ended = 0, False

    def readable(self) -> bool:
        return True

    def readinto(self, target: object) -> int:
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        if not self.left and not self.ended:
            line = self.stream.readline(_LINE)
            found = _CHUNK_SIZE.match(line)
            if found is None:
                raise InvalidFormat("the response's chunks are damaged or cut", origin=self.origin)
            self.left = int(found[1], 16)
            self.ended = not self.left
        if self.ended:
            return 0
        data = self.stream.read(min(self.left, len(view)))
        if not data:
            raise InvalidFormat("the response is cut inside a chunk", origin=self.origin)
        self.left -= len(data)
        if not self.left:
            self.stream.readline(2)
        view[: len(data)] = data
        return len(data)
