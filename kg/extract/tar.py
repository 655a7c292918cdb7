"""Tar archives (POSIX.1-2001 ustar and pax, GNU long names), read front to back from any stream.

The standard library's reader takes extended headers of any size into memory and stops at the first damaged header;
archives that newsrooms are sent deserve neither.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from kg.errors import InputError, InvalidFormat
from kg.extract.archive import CHUNK, Member, Slice, drain, member, name_of, read_exactly, refusal, wanted, whole
from kg.model import Document, Unread

__all__ = ["TarArchive"]

_BLOCK = 512
#: An extended header that says more than this is no header.
_HEADER_LIMIT = 1 << 20
_FILE, _FOLDER, _LINKS, _DEVICES = b"0\0007", b"5", b"12", b"346"


@dataclass(slots=True)
class _Header:
    """One header block, with what extended headers before it said."""

    name: str
    size: int
    kind: bytes
    target: str


@dataclass(slots=True)
class _Extended:
    """What extended headers say of the next member."""

    name: str | None = None
    size: int | None = None
    sparse: bool = False
    values: dict[str, str] = field(default_factory=dict)


class TarArchive:
    """A tar archive that is not compressed (:class:`kg.extract.compressed.Compressed` takes that layer off)."""

    name = "tar"

    def recognises(self, head: bytes, media_type: str | None) -> float:  # noqa: ARG002 the content tells
        """1 where the first block is a header whose checksum is right."""
        return 1.0 if len(head) >= _BLOCK and _sound(head[:_BLOCK]) else 0.0

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread]:
        """The members of at most ``limit`` bytes."""
        return whole(self.members(stream, given), limit)

    def members(self, stream: BinaryIO, given: Document) -> Iterator[Member | Unread]:
        """The files in the archive. A damaged header is said once, and the next sound one goes on."""
        place, lost, extended = 0, False, _Extended()
        while True:
            try:
                block = read_exactly(stream, _BLOCK)
            except InputError as error:
                yield Unread(error)
                return
            if not block or not any(block):  # the end, with or without the two blocks of zeros that mark it
                return
            if len(block) < _BLOCK or not _sound(block):
                if not lost:
                    yield Unread(_damaged(given, place, cut=len(block) < _BLOCK))
                lost, place = True, place + len(block)
                if len(block) < _BLOCK:
                    return
                continue
            lost = False
            header = _header(block, extended)
            size = header.size
            body = Slice(stream, size, f"{given.origin}!/{header.name}")
            if header.kind in (b"x", b"g", b"L", b"K"):
                try:
                    _extend(extended, header.kind, body)
                except InputError as error:
                    yield Unread(error)
                    return
            else:
                sparse, extended = extended.sparse or header.kind == b"S", _Extended()
                taken = _taken(header, given, body, sparse=sparse)
                if taken is not None:
                    yield taken
            told = body.failed
            try:
                drain(body)  # type: ignore[arg-type]
                read_exactly(stream, -size % _BLOCK)
            except InputError as error:
                if not told:
                    yield Unread(error)
                return
            place += _BLOCK + size + -size % _BLOCK


def _taken(header: _Header, given: Document, body: Slice, *, sparse: bool) -> Member | Unread | None:
    """The member of a header, why it cannot be taken, or None where it is no document at all."""
    if header.kind == _FOLDER or header.kind in _DEVICES or not wanted(header.name):
        return None
    if header.kind in _LINKS:
        return refusal(given, header.name, f"is a link to {header.target!r}; links in archives are not followed")
    if sparse:
        return refusal(given, header.name, "is stored as a sparse file, which no document is; pack it without --sparse")
    return Member(member(given, header.name), io.BufferedReader(body, CHUNK))


def _damaged(given: Document, place: int, *, cut: bool) -> InvalidFormat:
    what = "is cut" if cut else "has a damaged header"
    return InvalidFormat(f"the tar archive {what} at byte {place:,}; what is there was read", origin=given.origin)


def _sound(block: bytes) -> bool:
    """Whether the block's checksum, the sum of its bytes with the checksum's own field as spaces, is right."""
    try:
        told = _number(block[148:156])
    except ValueError:
        return False
    own = sum(block[:148]) + 8 * 32 + sum(block[156:])
    try:
        return told == own and bool(block[0]) and 0 <= _number(block[124:136]) < 2**60
    except ValueError:
        return False


def _number(raw: bytes) -> int:
    """A number field: octal digits, or base 256 where the first bit says so (GNU)."""
    if raw and raw[0] & 0x80:
        if raw[0] == 0xFF:
            raise ValueError("a negative number")
        return int.from_bytes(bytes((raw[0] & 0x7F,)) + raw[1:], "big")
    text = raw.split(b"\0", 1)[0].strip()
    if text and not text.isdigit():
        raise ValueError("not an octal number")
    return int(text, 8) if text else 0


def _text(raw: bytes) -> bytes:
    return raw.split(b"\0", 1)[0]


def _header(block: bytes, extended: _Extended) -> _Header:
    kind = block[156:157]
    name = _text(block[:100])
    if block[257:263] == b"ustar\0" and (prefix := _text(block[345:500])):
        name = prefix + b"/" + name
    size = _number(block[124:136])
    if kind in (b"x", b"g", b"L", b"K"):
        return _Header(kind.decode("ascii"), size, kind, "")
    shown = name_of(name, encoding="latin-1") if extended.name is None else extended.name
    size = size if extended.size is None else extended.size
    if kind in (b"1", b"2", b"3", b"4", b"5", b"6"):
        size = 0
    return _Header(shown, size, kind, name_of(_text(block[157:257]), encoding="latin-1"))


def _extend(extended: _Extended, kind: bytes, body: Slice) -> None:
    """Take in an extended header. Raises :class:`kg.errors.InvalidFormat` where it is none."""
    if body.size > _HEADER_LIMIT:
        raise InvalidFormat(f"an extended header of {body.size:,} bytes is no header", origin=body.origin)
    data = read_exactly(body, body.size)  # type: ignore[arg-type]
    if kind == b"L":
        extended.name = name_of(_text(data), encoding="latin-1")
        return
    if kind != b"x":
        return
    place = 0
    while place < len(data):
        space = data.find(b" ", place, place + 20)
        digits = data[place:space] if space >= 0 else b""
        length = int(digits) if digits.isdigit() else 0
        record = data[space + 1 : place + length]
        key, equals, value = record.rstrip(b"\n").partition(b"=")
        if length <= 0 or place + length > len(data) or not equals:
            return
        place += length
        if key == b"path":
            extended.name = name_of(value, encoding="latin-1")
        elif key == b"size" and value.isdigit() and len(value) < 19:
            extended.size = int(value)
        elif key.startswith(b"GNU.sparse."):
            extended.sparse = True
