"""Bytes taken apart into documents: archives in archives, feeds in archives, and plain documents as they are.

Whatever the container, at most one document is in memory at a time, and every item that cannot be taken is an
:class:`kg.model.Unread` beside those that can.
"""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, TypeVar

from kg.errors import InputError, InvalidFormat
from kg.extract.archive import CHUNK, Member, Replayed, is_archive, over, read_exactly
from kg.extract.compressed import Compressed
from kg.extract.readers import CONTAINERS
from kg.model import Document, Gone, Unread
from kg.plugins import Container

__all__ = ["DEPTH", "HEAD", "unpack"]

#: Bytes that containers are shown to recognise their kind.
HEAD = 1 << 16
#: Containers that may lie in each other; a compressed container counts once.
DEPTH = 3
#: Where an input ends whatever it holds: bytes of documents, and documents.
_BYTES, _ITEMS = 50 * 2**30, 5_000_000
_MARK = b"\xef\xbb\xbf"

T = TypeVar("T", bound=Document | Unread | Gone)


def unpack(
    stream: BinaryIO, given: Document, *, limit: int, containers: Sequence[Container] = CONTAINERS
) -> Iterator[Document | Unread | Gone]:
    """The documents in a stream, in order: what is in the container that is surest of it, else the bytes themselves.

    ``given`` says where the stream came from (its ``data`` is empty; an empty ``key`` is filled with a digest);
    ``limit`` is the size of one document in bytes. Raises nothing for what it reads: a document above the limit, a
    damaged archive or containers nested deeper than :data:`DEPTH` are :class:`kg.model.Unread`. OSError of the stream
    itself is passed on.
    """
    return _Unpacking(limit, tuple(containers)).open(stream, given, ())


@dataclass(slots=True)
class _Unpacking:
    """One input while it is taken apart; ``size`` and ``count`` are what came out so far."""

    limit: int
    containers: tuple[Container, ...]
    size: int = 0
    count: int = 0
    full: bool = False

    def open(
        self, stream: BinaryIO, given: Document, chain: tuple[Container, ...]
    ) -> Iterator[Document | Unread | Gone]:
        """The documents in a stream that lies in the containers ``chain``."""
        try:
            head, stream = _head(stream, self.limit)
            container = self._best(head, given.media_type, chain)
            if container is None:
                yield self._document(stream, given)
                return
        except InputError as error:
            yield Unread(error)
            return
        if _depth((*chain, container)) > DEPTH:
            yield Unread(_too_deep(given))
            return
        if not given.key:
            given = replace(given, key="sha256:" + hashlib.sha256(head).hexdigest())
        yield from self._items(container, stream, given, (*chain, container))

    def _items(
        self, container: Container, stream: BinaryIO, given: Document, chain: tuple[Container, ...]
    ) -> Iterator[Document | Unread | Gone]:
        archive = is_archive(container)
        try:
            found: Iterator[Member | Document | Unread | Gone] = (
                container.members(stream, given)
                if is_archive(container)
                else container.documents(stream, given, limit=self.limit)
            )
            for one in found:
                if isinstance(one, Unread | Gone):
                    yield self._counted(one)
                elif isinstance(one, Member):
                    yield from self.open(one.stream, one.given, chain)
                else:
                    yield from self._again(one, chain)
                if self.full:
                    return
                if self.count >= _ITEMS or self.size >= _BYTES:
                    self.full = True
                    yield Unread(_too_much(given))
                    return
        except InputError as error:
            yield Unread(error)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 one container's mistake must not end a run over a million others
            what = "archive" if archive else "file"
            reason = f"the {what} cannot be taken apart ({container.name}: {type(error).__name__}: {error})"
            yield Unread(InvalidFormat(reason, origin=given.origin))

    def _again(self, item: Document, chain: tuple[Container, ...]) -> Iterator[Document | Unread | Gone]:
        """An item that came whole; it may be a container of another kind (a WARC record that is a feed)."""
        head = item.data[:HEAD]
        if self._best(head, item.media_type, chain) is None:
            yield self._counted(item)
        else:
            yield from self.open(io.BytesIO(item.data), replace(item, data=b""), chain)

    def _best(self, head: bytes, media_type: str | None, chain: tuple[Container, ...]) -> Container | None:
        """The container that is surest. An item that stands for itself is no container of the kind it came out of."""
        best, sure = None, 0.0
        for container in self.containers:
            if container in chain and not is_archive(container):
                continue
            score = _score(container, head, media_type)
            if score > sure:
                best, sure = container, score
        return best

    def _document(self, stream: BinaryIO, given: Document) -> Document | Unread:
        data = read_exactly(stream, self.limit + 1)
        if len(data) > self.limit:
            return self._counted(Unread(over(self.limit, given.origin)))
        key = given.key or "sha256:" + hashlib.sha256(data).hexdigest()
        return self._counted(replace(given, data=data, key=key))

    def _counted(self, one: T) -> T:
        self.count += 1
        self.size += len(one.data) if isinstance(one, Document) else 0
        return one


def _score(container: Container, head: bytes, media_type: str | None) -> float:
    try:
        return container.recognises(head, media_type)
    except Exception:  # noqa: BLE001 what cannot look at the bytes does not recognise them
        return 0.0


def _head(stream: BinaryIO, limit: int) -> tuple[bytes, BinaryIO]:
    """The first bytes, and a stream that still begins with them.

    Of JSON without line ends as much is read as shows whether a second line follows: one object, or JSON Lines.
    """
    head = read_exactly(stream, HEAD)
    text = head.removeprefix(_MARK).lstrip()
    if len(head) == HEAD and text.startswith(b"{") and b"\n" not in text:
        parts = [head]
        while sum(map(len, parts)) <= limit and (more := stream.read(HEAD)):
            parts.append(more)
            if b"\n" in more:
                parts.append(read_exactly(stream, 256))
                break
        head = b"".join(parts)
    if stream.seekable():
        stream.seek(-len(head), io.SEEK_CUR)
        return head, stream
    return head, io.BufferedReader(Replayed(head, stream), CHUNK)


def _depth(chain: Sequence[Container]) -> int:
    """The containers in each other; one layer of compression around another container is no layer of its own."""
    layers: list[bool] = [False, *(isinstance(one, Compressed) for one in chain)]
    return sum(not layer or before for before, layer in itertools.pairwise(layers))


def _too_deep(given: Document) -> InputError:
    return InvalidFormat(
        f"containers lie in each other deeper than {DEPTH}; unpack the outer ones first", origin=given.origin
    )


def _too_much(given: Document) -> InputError:
    return InvalidFormat(
        f"more than {_ITEMS:,} documents or {_BYTES:,} bytes are in it; the rest is not read", origin=given.origin
    )
