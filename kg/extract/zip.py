"""ZIP archives (PKWARE APPNOTE 6.3), by their directory where the stream can seek, else front to back.

The directory is read entry by entry, so that an archive of a million files needs no more memory than one of ten. An
archive whose directory is missing (cut, or piped in) is read by the headers in front of its members.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from kg.errors import InputError, InvalidFormat
from kg.extract.archive import CHUNK, Member, Slice, drain, member, name_of, read_exactly, refusal, wanted, whole
from kg.extract.compressed import BZIP2, DEFLATE, Coding, Inflated
from kg.model import Document, Unread

__all__ = ["ZipArchive"]

_LOCAL, _CENTRAL, _END, _DESCRIPTOR = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x07\x08"
_END64, _LOCATOR = b"PK\x06\x06", b"PK\x06\x07"
_LOCAL_HEAD, _CENTRAL_HEAD = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I")
_FULL = 0xFFFFFFFF
_STORED = 0
#: What all members together may become beyond the first 100 MiB: a member of text grows 3 to 30 times.
_FREE, _RATIO = 100 * 2**20, 100
_CODINGS = {8: DEFLATE, 12: Coding("bzip2", BZIP2.magic, BZIP2.start, BZIP2.ratio, members=False)}
# Office documents and e-books are ZIP archives too; these are the names their first member may have.
_DOCUMENTS = (b"[Content_Types].xml", b"mimetype", b"_rels/", b"docProps/", b"word/", b"ppt/", b"xl/", b"META-INF/")


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a header says of one member. ``start`` is where its local header is, or -1 for the next byte."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    link: bool = False
    start: int = -1

    @property
    def described(self) -> bool:
        """Whether sizes and checksum stand behind the data."""
        return bool(self.flags & 8)


class ZipArchive:
    """A ZIP archive of documents."""

    name = "zip"

    def recognises(self, head: bytes, media_type: str | None) -> float:  # noqa: ARG002 the content tells
        """1 for an archive, 0 for an office document or an e-book, which is one document."""
        if head.startswith(_END):
            return 1.0
        if not head.startswith(_LOCAL) or len(head) < _LOCAL_HEAD.size:
            return 0.0
        length = _LOCAL_HEAD.unpack_from(head)[9]
        return 0.0 if head[30 : 30 + length].startswith(_DOCUMENTS) else 1.0

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread]:
        """The members of at most ``limit`` bytes."""
        return whole(self.members(stream, given), limit)

    def members(self, stream: BinaryIO, given: Document) -> Iterator[Member | Unread]:
        """The files in the archive, in the order of its directory."""
        if not stream.seekable():
            yield from _forward(stream, given)
            return
        place = _directory(stream)
        if place is None:
            stream.seek(0)
            yield from _forward(stream, given)
            yield Unread(InvalidFormat("the ZIP archive is cut: its directory is missing", origin=given.origin))
            return
        sum_, length = _Sum(), stream.seek(0, io.SEEK_END)
        for entry in _entries(stream, *place):
            if entry is None:
                yield Unread(InvalidFormat("the ZIP archive's directory is damaged or cut", origin=given.origin))
                return
            sum_.packed += entry.packed
            if sum_.packed > length:
                reason = "the members of the ZIP archive lie over each other, which is how a decompression bomb is made"
                yield Unread(InvalidFormat(reason, origin=given.origin))
                return
            yield from _seek(stream, entry, given, sum_)


@dataclass(slots=True)
class _Sum:
    """What an archive's members were and became so far, in bytes: many small bombs are a large one."""

    packed: int = 0
    given: int = 0

    def add(self, count: int, origin: str) -> None:
        """Count what a member gave. Raises :class:`kg.errors.InvalidFormat` where it is too much altogether."""
        self.given += count
        if self.given > _FREE and self.given > _RATIO * self.packed:
            raise InvalidFormat(
                f"{self.packed:,} compressed bytes became {self.given:,} and more: that is how a decompression bomb "
                "grows; unpack it yourself if you trust it",
                origin=origin,
            )


# by the directory --------------------------------------------------------------------------------------------------


def _directory(stream: BinaryIO) -> tuple[int, int, int] | None:
    """Where the directory starts, its bytes, and how far everything is shifted by what stands before the archive."""
    length = stream.seek(0, io.SEEK_END)
    tail_start = max(0, length - 65557 - 20)
    stream.seek(tail_start)
    tail = read_exactly(stream, length - tail_start)
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < 22:
        return None
    size, offset = struct.unpack_from("<2I", tail, end + 12)
    before = tail_start + end
    if end >= 20 and tail[end - 20 : end - 16] == _LOCATOR:
        (at,) = struct.unpack_from("<Q", tail, end - 12)
        for place in (at, before - 20 - 56):  # as told, or right before where the archive is shifted
            stream.seek(min(place, length))
            found = read_exactly(stream, 56)
            if len(found) == 56 and found.startswith(_END64):
                size, offset = struct.unpack_from("<2Q", found, 40)
                before = place
                break
    shift = before - size - offset
    if shift < 0 or size > length:
        return None
    return offset + shift, size, shift


def _entries(stream: BinaryIO, start: int, size: int, shift: int) -> Iterator[_Entry | None]:
    """The entries of the directory, and None where it is damaged."""
    data, place, read = b"", 0, 0
    while True:
        if len(data) - place < _CENTRAL_HEAD.size + 3 * 0xFFFF and read < size:
            stream.seek(start + read)
            more = read_exactly(stream, min(1 << 18, size - read))
            if not more:
                yield None
                return
            data, place, read = data[place:] + more, 0, read + len(more)
        if place == len(data):
            return
        if data[place : place + 4] != _CENTRAL or len(data) - place < _CENTRAL_HEAD.size:
            if data[place : place + 4] != _END64:
                yield None
            return
        head = _CENTRAL_HEAD.unpack_from(data, place)
        flags, method, crc, packed, full = head[3], head[4], head[7], head[8], head[9]
        names, extras, comments = head[10:13]
        at = place + _CENTRAL_HEAD.size
        if at + names + extras + comments > len(data):
            yield None
            return
        extra = data[at + names : at + names + extras]
        full, packed, offset = _wide(extra, full, packed, head[16])
        link = head[15] >> 16 & 0o170000 == 0o120000
        yield _Entry(name_of(data[at : at + names]), flags, method, crc, packed, full, link, offset + shift)
        place = at + names + extras + comments


def _wide(extra: bytes, *values: int) -> tuple[int, ...]:
    """The 64-bit values that an extra field holds for those that did not fit (APPNOTE 4.5.3)."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind == 1:
            field, made = extra[place + 4 : place + 4 + length], []
            for value in values:
                if value == _FULL and len(field) >= 8:
                    made.append(int.from_bytes(field[:8], "little"))
                    field = field[8:]
                else:
                    made.append(value)
            return tuple(made)
        place += 4 + length
    return values


def _seek(stream: BinaryIO, entry: _Entry, given: Document, sum_: _Sum) -> Iterator[Member | Unread]:
    if not wanted(entry.name):
        return
    bad = _refused(entry, given)
    if bad is not None:
        yield bad
        return
    stream.seek(entry.start)
    head = read_exactly(stream, _LOCAL_HEAD.size)
    if len(head) < _LOCAL_HEAD.size or not head.startswith(_LOCAL):
        yield refusal(given, entry.name, f"is not at byte {entry.start:,}, where the directory says it is")
        return
    names, extras = _LOCAL_HEAD.unpack(head)[9:]
    stream.seek(names + extras, io.SEEK_CUR)
    where = member(given, entry.name)
    body = Slice(stream, entry.packed, where.origin)
    yield Member(where, io.BufferedReader(_Checked(_plain(body, entry, where), entry.crc, where.origin, sum_), CHUNK))


def _refused(entry: _Entry, given: Document) -> Unread | None:
    if entry.flags & 1:
        return refusal(given, entry.name, "is encrypted; unpack the archive with its password and give the files")
    if entry.link:
        return refusal(given, entry.name, "is a link; links in archives are not followed")
    if entry.method != _STORED and entry.method not in _CODINGS:
        return refusal(given, entry.name, f"is compressed by method {entry.method}, which is not read; pack it again")
    return None


def _plain(body: io.RawIOBase, entry: _Entry, where: Document) -> io.RawIOBase:
    if entry.method == _STORED:
        return body
    return Inflated(body, _CODINGS[entry.method], where.origin)  # type: ignore[arg-type]


class _Checked(io.RawIOBase):
    """A member's bytes; its end raises :class:`kg.errors.InvalidFormat` where their checksum is another."""

    def __init__(self, inner: io.RawIOBase, crc: int | None, origin: str, sum_: _Sum) -> None:
        super().__init__()
        self.sum = sum_
        self.inner, self.crc, self.origin, self.own = inner, crc, origin, 0
        self.failed = False

    def readable(self) -> bool:
        return True

    def readinto(self, target: object) -> int:
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        try:
            count = self.inner.readinto(view) or 0
            self.sum.add(count, self.origin)
        except InputError:
            self.failed = True
            raise
        if count:
            self.own = zlib.crc32(view[:count], self.own)
        elif len(view) and self.crc is not None and self.own != self.crc:
            self.crc, self.failed = None, True
            raise InvalidFormat(
                "is damaged: the checksum of its bytes is another; get the archive again", origin=self.origin
            )
        return count


# front to back -----------------------------------------------------------------------------------------------------


class _Pushed(io.RawIOBase):
    """A stream into which bytes that were read too far are put back. ``place`` is the byte it stands at."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self.stream, self.back, self.place = stream, b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: object) -> int:
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        if self.back:
            data, self.back = self.back[: len(view)], self.back[len(view) :]
        else:
            data = self.stream.read(len(view)) or b""
        view[: len(data)] = data
        self.place += len(data)
        return len(data)

    def push(self, data: bytes) -> None:
        self.back = data + self.back
        self.place -= len(data)


def _forward(stream: BinaryIO, given: Document) -> Iterator[Member | Unread]:
    """The members by their own headers; ends at the directory, and with what is wrong where one is damaged."""
    source, sum_ = _Pushed(stream), _Sum()
    reader: BinaryIO = source  # type: ignore[assignment]
    while True:
        try:
            head = read_exactly(reader, 4)
            if head in (_CENTRAL, _END, _END64) or not head:
                return
            head += read_exactly(reader, _LOCAL_HEAD.size - 4)
            if len(head) < _LOCAL_HEAD.size or not head.startswith(_LOCAL):
                raise InvalidFormat(f"the ZIP archive is damaged or cut at byte {source.place:,}", origin=given.origin)
            _, _, flags, method, _, _, crc, packed, size, names, extras = _LOCAL_HEAD.unpack(head)
            name = name_of(read_exactly(reader, names))
            size, packed = _wide(read_exactly(reader, extras), size, packed)
        except InputError as error:
            yield Unread(error)
            return
        entry = _Entry(name, flags, method, crc, packed, size)
        where = member(given, name)
        if entry.described and method != 8:
            why = "does not say where it ends; save the archive to a file and give that"
            yield refusal(given, name, f"{why} (byte {source.place:,})")
            return
        limited: io.RawIOBase = source if entry.described else Slice(reader, packed, where.origin)
        refused = _refused(entry, given)
        body = limited if refused is not None and not entry.described else _plain(limited, entry, where)
        sum_.packed = source.place + packed
        checked = _Checked(body, None if entry.described else crc, where.origin, sum_)
        if refused is not None and wanted(name):
            yield refused
        elif wanted(name):
            yield Member(where, io.BufferedReader(checked, CHUNK))
        told = checked.failed
        try:
            drain(body)  # type: ignore[arg-type]
            if entry.described and isinstance(body, Inflated):
                source.push(body.leftover)
                _descriptor(source)
            else:
                drain(limited)  # type: ignore[arg-type]
        except InputError as error:
            if not told:
                yield Unread(error)
            return


def _descriptor(source: _Pushed) -> None:
    """Pass over the sizes behind a member: with or without a signature, of 32 or of 64 bits."""
    found = read_exactly(source, 28)  # type: ignore[arg-type]
    signed = 4 if found.startswith(_DESCRIPTOR) else 0
    for length in (12 + signed, 20 + signed):
        follows = found[length : length + 4]
        if follows in (_LOCAL, _CENTRAL, _END, _END64) or not follows:
            source.push(found[length:])
            return
    source.push(found)  # what follows is no header, and the next look says so
