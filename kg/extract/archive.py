"""What every archive shares: its members as streams, their names as keys, and the bounds that hold against bombs.

Members are read as streams and never written to disk, so their names are only words in keys and messages.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol, TypeGuard, runtime_checkable

from kg.errors import InputError, InvalidFormat, TooLarge
from kg.model import Document, Unread

__all__ = [
    "CHUNK",
    "Archive",
    "Member",
    "Replayed",
    "Slice",
    "drain",
    "is_archive",
    "member",
    "name_of",
    "over",
    "read_exactly",
    "refusal",
    "wanted",
    "whole",
]

#: Bytes that are moved at once.
CHUNK = 1 << 16
#: Characters of a member's name; file systems take 4,096 bytes at most.
_NAME = 1000
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_NOT_ARTICLES = frozenset({"readme.md", "license", "license.txt", "license.md"})
_LITTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an archive; ``stream`` is read before the next member is asked for.

    ``given`` says where it came from, with empty ``data``. Reading the stream raises
    :class:`kg.errors.InvalidFormat` where the archive is damaged or cut.
    """

    given: Document
    stream: BinaryIO


@runtime_checkable
class Archive(Protocol):
    """A container whose items may themselves be larger than memory: they come as streams."""

    name: str

    def recognises(self, head: bytes, media_type: str | None) -> float:
        """How sure it is, from 0 to 1, that bytes which begin like this are its kind."""

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread]:
        """The members of at most ``limit`` bytes as documents."""

    def members(self, stream: BinaryIO, given: Document) -> Iterator[Member | Unread]:
        """The members in their order; what cannot be taken is an :class:`kg.model.Unread`, and the rest goes on."""


def is_archive(container: object) -> TypeGuard[Archive]:
    """Whether a container gives its members as streams (asking the protocol itself takes a tenth of a millisecond)."""
    return hasattr(container, "members")


class Slice(io.RawIOBase):
    """The next ``size`` bytes of a stream. Raises :class:`kg.errors.InvalidFormat` where the stream ends before.

    ``failed`` says whether reading raised, so that one damage is told once.
    """

    def __init__(self, stream: BinaryIO, size: int, origin: str) -> None:
        super().__init__()
        self.stream, self.left, self.size, self.origin = stream, size, size, origin
        self.failed = False

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def readinto(self, target: object) -> int:
        """Fill the buffer; 0 at the end."""
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        wanted = min(len(view), self.left)
        if not wanted:
            return 0
        try:
            data = self.stream.read(wanted)
        except InputError:
            self.failed = True
            raise
        if not data:
            self.failed = True
            raise InvalidFormat(
                f"the archive is cut: {self.size - self.left:,} of the member's {self.size:,} bytes are there; "
                "get it again whole",
                origin=self.origin,
            )
        view[: len(data)] = data
        self.left -= len(data)
        return len(data)


class Replayed(io.RawIOBase):
    """A stream with the bytes that were read of it put back in front."""

    def __init__(self, head: bytes, stream: BinaryIO | io.RawIOBase) -> None:
        super().__init__()
        self.head, self.place, self.stream = head, 0, stream

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def readinto(self, target: object) -> int:
        """Fill the buffer; 0 at the end."""
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        if self.place < len(self.head):
            data = self.head[self.place : self.place + len(view)]
            self.place += len(data)
        else:
            self.head, self.place = b"", 0
            data = self.stream.read(len(view)) or b""
        view[: len(data)] = data
        return len(data)


def member(given: Document, name: str) -> Document:
    """Where a member of the archive ``given`` came from: ``<archive>!/<member>`` as key and as origin."""
    return replace(given, key=f"{given.key}!/{name}", origin=f"{given.origin}!/{name}", media_type=None)


def refusal(given: Document, name: str, reason: str) -> Unread:
    """A member that cannot be taken."""
    return Unread(InvalidFormat(reason, origin=f"{given.origin}!/{name}"))


def name_of(raw: bytes, *, encoding: str = "cp437") -> str:
    """A member's name as text with single slashes: UTF-8, else the archive's old encoding.

    Nothing is resolved: a name with ``..`` or at the root leads nowhere, for nothing is ever written under it. Control
    characters are written as ``%07``, and of a name that no file system would take only the ends are kept.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode(encoding, errors="backslashreplace")
    text = _HIDDEN.sub(lambda bad: f"%{ord(bad.group()):02X}", text.replace("\\", "/"))
    if len(text) > _NAME:
        text = f"{text[: _NAME // 2]}…{hashlib.sha256(raw).hexdigest()[:16]}…{text[-_NAME // 2 :]}"
    parts = (part for part in text.split("/") if part not in ("", "."))
    return "/".join(parts) + ("/" if text.endswith("/") else "")


def wanted(name: str) -> bool:
    """Whether a member may be an article: hidden files, read-mes, licences and litter of file managers are not."""
    parts = name.split("/")
    if not parts[-1] or any(part.startswith(".") and part != ".." for part in parts):
        return False
    return parts[-1].lower() not in _NOT_ARTICLES and not any(part.lower() in _LITTER for part in parts)


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    """The next ``size`` bytes, fewer only at the end of the stream."""
    parts: list[bytes] = []
    while size > 0 and (data := stream.read(min(size, 1 << 20))):
        parts.append(data)
        size -= len(data)
    return b"".join(parts)


def drain(stream: BinaryIO) -> None:
    """Read to the end and forget. Raises :class:`kg.errors.InputError` as reading does."""
    while stream.read(CHUNK):
        pass


def whole(members: Iterator[Member | Unread], limit: int) -> Iterator[Document | Unread]:
    """The members read whole, for who wants documents rather than streams."""
    for one in members:
        if isinstance(one, Unread):
            yield one
            continue
        try:
            data = read_exactly(one.stream, limit + 1)
        except InputError as error:
            yield Unread(error)
            continue
        if len(data) > limit:
            yield Unread(over(limit, one.given.origin))
        else:
            yield replace(one.given, data=data)


def over(limit: int, origin: str) -> InputError:
    """The error of a document above the size limit."""
    return TooLarge(
        f"it has more bytes than the limit of {limit:,}; split it or raise limits.document_bytes",
        origin=origin,
        size=limit + 1,
        limit=limit,
    )
