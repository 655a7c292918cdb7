"""Content codings undone while the bytes arrive, within a bound (RFC 9110, section 8.4)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from kg.errors import FetchError, TooLarge

__all__ = ["ACCEPTED", "decoded"]

#: What is asked for. Brotli and zstd would need more libraries, for little.
ACCEPTED = "gzip"
_PIECE = 2**18  # bytes
_MOST = 2  # codings one after the other


def decoded(chunks: Iterable[bytes], encoding: str, *, limit: int, origin: str) -> bytes:
    """The bytes without their content codings.

    Raises :class:`kg.errors.TooLarge` as soon as there are more than ``limit`` bytes, packed or unpacked, and
    :class:`kg.errors.FetchError` for a coding that was not asked for and for a stream that is damaged or cut.
    """
    stream: Iterator[bytes] = _bounded(chunks, limit, origin)
    names = [name.strip().lower() for name in encoding.split(",")]
    codings = [name for name in reversed(names) if name not in ("", "identity")]
    if len(codings) > _MOST:
        raise FetchError(f"the answer is coded {len(codings)} times over; not read", origin=origin)
    for name in codings:
        if name not in ("gzip", "x-gzip", "deflate"):
            raise FetchError(f"the answer has the content coding {name[:20]!r}, which was not asked for", origin=origin)
        stream = _bounded(_inflated(stream, name, origin), limit, origin)
    return b"".join(stream)


def _bounded(chunks: Iterable[bytes], limit: int, origin: str) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(
                f"the answer is over the limit of {limit:,} bytes; raise limits.document_bytes to take it",
                origin=origin,
                size=size,
                limit=limit,
            )
        yield chunk


def _inflated(chunks: Iterable[bytes], name: str, origin: str) -> Iterator[bytes]:
    """``deflate`` means zlib, and many senders mean it bare (RFC 9110, section 8.4.1.2)."""
    inflate, first, ended = None, True, True
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if inflate is None:
                    if not first and not rest.strip(b"\0"):
                        break  # padding after the last member
                    bare = name == "deflate" and (rest[0] & 0x0F) != 8
                    inflate = zlib.decompressobj(
                        -zlib.MAX_WBITS if bare else zlib.MAX_WBITS | (16 if name != "deflate" else 0)
                    )
                    first, ended = False, False
                piece = inflate.decompress(rest, _PIECE)
                if piece:
                    yield piece
                if inflate.eof:
                    rest, inflate, ended = inflate.unused_data, None, True
                else:
                    rest = inflate.unconsumed_tail
    except zlib.error as error:
        raise FetchError(f"the compressed answer is damaged ({error})", origin=origin) from None
    if not ended:
        raise FetchError("the compressed answer ends in the middle", origin=origin)
