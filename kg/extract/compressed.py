"""Data compressed as one stream (gzip RFC 1952, bzip2, xz): read on, never unpacked whole.

A stream may consist of several compressed members one after another, as ``cat a.gz b.gz`` makes them.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from kg.errors import InputError, InvalidFormat
from kg.extract.archive import CHUNK, Member, whole
from kg.model import Document, Unread

__all__ = ["BZIP2", "DEFLATE", "GZIP", "XZ", "ZLIB", "Coding", "Compressed", "Inflated"]

#: Where the bounds against decompression bombs begin, and where everything ends, in bytes.
_FREE, _CAP = 10 * 2**20, 50 * 2**30


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Zlib:
    """zlib with the interface of the other two."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)
        self.fed = b""

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        self.fed = self._inner.unconsumed_tail + data
        return self._inner.decompress(self.fed, max_length)


@dataclass(frozen=True, slots=True)
class Coding:
    """A way of compressing. ``ratio`` is how many bytes one byte may become on average beyond the first 10 MiB.

    Text shrinks 3 to 30 times, and a single member of an archive hardly more: 100. A whole stream of pages that repeat
    each other reaches 200 by gzip, and more by bzip2 and xz, which find repeats over megabytes; zeros reach 1,000
    by deflate and many thousands by the other two.
    """

    name: str
    magic: bytes
    start: Callable[[], _Decompressor]
    ratio: int
    members: bool = True


#: zlib's own wrapping (RFC 1950), which HTTP calls deflate.
ZLIB = Coding("deflate", b"", lambda: _Zlib(15), 100, members=False)
GZIP = Coding("gzip", b"\x1f\x8b\x08", lambda: _Zlib(31), 400)
BZIP2 = Coding("bzip2", b"BZh", bz2.BZ2Decompressor, 1000)
XZ = Coding("xz", b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=256 * 2**20), 1000)
DEFLATE = Coding("deflate", b"", lambda: _Zlib(-15), 100, members=False)


class Inflated(io.RawIOBase):
    """The decompressed bytes of a stream, made as they are read.

    Reading raises :class:`kg.errors.InvalidFormat` where the data is damaged or cut, or grows like a bomb.
    ``leftover`` holds what was read beyond the end, where ``coding`` has one member only; ``begun`` is how many bytes
    the current member gave.
    """

    def __init__(self, stream: BinaryIO, coding: Coding, origin: str) -> None:
        super().__init__()
        self.stream, self.coding, self.origin = stream, coding, origin
        self.taken = self.given = self.begun = 0
        self.leftover = b""
        self._decompressor = coding.start()
        self._ended = False

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def readinto(self, target: object) -> int:
        """Fill the buffer; 0 at the end."""
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        while not self._ended and len(view):
            made = self._some(len(view))
            if made:
                self.given += len(made)
                self.begun += len(made)
                self._guard()
                view[: len(made)] = made
                return len(made)
        return 0

    def _some(self, size: int) -> bytes:
        """Some bytes, or none where more input is needed or a member ended."""
        inner = self._decompressor
        if inner.eof:
            self._next_member()
            return b""
        data = b""
        if inner.needs_input:
            data = self.leftover or self._more()
            self.leftover = b""
        made = self._decompress(data, size)
        if not data and not made and inner.needs_input and not inner.eof:
            raise self._damage("is cut: its end is missing; get it again whole")
        return made

    def _decompress(self, data: bytes, size: int) -> bytes:
        try:
            return self._decompressor.decompress(data, size)
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError) as error:
            raise self._damage(f"is damaged: {error}") from None

    def _more(self) -> bytes:
        data = self.stream.read(CHUNK) or b""
        self.taken += len(data)
        return data

    def _next_member(self) -> None:
        """Go on with the next member, or end; zeros that fill up a block and bytes after the end are no members."""
        self.leftover = self._decompressor.unused_data
        if not self.coding.members:
            self._ended = True
            return
        rest = self.leftover.lstrip(b"\0")
        while len(rest) < len(self.coding.magic) and (more := self._more()):
            rest = (rest + more).lstrip(b"\0")
        if rest.startswith(self.coding.magic):
            self._decompressor, self.leftover, self.begun = self.coding.start(), rest, 0
        else:
            self._ended = True

    def resume(self) -> bool:
        """After damage: go on at the next place that begins like a member; False where there is none."""
        rest = getattr(self._decompressor, "fed", b"")[1:]
        while (place := rest.find(self.coding.magic)) < 0:
            more = self._more()
            if not more:
                return False
            rest = rest[1 - len(self.coding.magic) :] + more
        self._decompressor, self.leftover, self._ended = self.coding.start(), rest[place:], False
        self.begun = 0
        return True

    def _guard(self) -> None:
        if self.given > _FREE and (self.given > _CAP or self.given > self.coding.ratio * max(self.taken, 1)):
            self._ended = True
            raise InvalidFormat(
                f"{self.taken:,} compressed bytes became {self.given:,} and more: that is how a decompression bomb "
                "grows; unpack it yourself if you trust it",
                origin=self.origin,
            )

    def _damage(self, what: str) -> InvalidFormat:
        self._ended = True
        return InvalidFormat(f"the {self.coding.name} data {what} (about byte {self.taken:,})", origin=self.origin)


class Compressed:
    """A single compressed file. What is in it keeps the file's key and origin: compressing changes no article."""

    def __init__(self, coding: Coding) -> None:
        self.name, self.coding = coding.name, coding

    def recognises(self, head: bytes, media_type: str | None) -> float:  # noqa: ARG002 the content tells
        """1 where the bytes begin as the coding says, and decompress."""
        if not head.startswith(self.coding.magic):
            return 0.0
        try:
            Inflated(io.BytesIO(head), self.coding, "").read(1)
        except InputError:
            return 0.4
        return 0.9

    def members(self, stream: BinaryIO, given: Document) -> Iterator[Member | Unread]:
        """The one decompressed stream."""
        inflated = Inflated(stream, self.coding, given.origin)
        yield Member(given, io.BufferedReader(inflated, CHUNK))

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread]:
        """The decompressed data as one document."""
        return whole(self.members(stream, given), limit)
