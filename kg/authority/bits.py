"""A set of words' beginnings in a few bits each: it says *no* or *perhaps*, never *no* to what is in it.

One bit per beginning, at a place that CRC-32 gives (the same on every machine and in every process). A set of a million
rows takes 16 MiB, is mapped from its file and shared by all processes that read it.
"""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from kg.authority.finder import core, runs
from kg.authority.matcher import fold

__all__ = ["Bits", "Marks", "marks", "spot"]

#: Bytes of the largest set and of the smallest.
MOST, LEAST = 2**25, 2**10
#: Bytes of a set that is begun for a table of which nothing is known.
_BEGUN: Final = 2**20
#: What may follow a beginning: more words (nothing is appended), the end, a capital-less start.
_END, _SMALL = b"\0", b"\1"
#: At least so many bits for each that is set.
_SPARSE: Final = 20


class Marks(NamedTuple):
    """Where a surface stands: the hash of all its words, and what of it is in the set."""

    whole: int
    beginnings: tuple[int, ...]


def spot(words: str) -> int:
    """The hash of folded words."""
    return crc32(words.encode("utf-8", "surrogatepass"))


def marks(surface: str) -> Marks | None:
    """The marks of a surface, or None for one without letters and digits."""
    _, words, _ = core(fold(surface))
    if not words:
        return None
    parts = runs(words)
    places = [spot(part) for part in parts]
    whole = places[-1]
    places.append(crc32(_END, whole))
    if not surface[0].isupper():
        places.append(crc32(_SMALL, places[0]))
    return Marks(whole, tuple(places))


class Bits:
    """The set, in memory while it is made and mapped from its file afterwards."""

    __slots__ = ("_bytes", "_mask")

    def __init__(self, data: bytearray | mmap.mmap) -> None:
        self._bytes = data
        self._mask = len(data) * 8 - 1

    @classmethod
    def empty(cls, size: int = _BEGUN) -> Bits:
        """A set to fill, of so many bytes (a power of two)."""
        return cls(bytearray(size))

    @classmethod
    def open(cls, file: Path) -> Bits:
        """The set in a file, for reading."""
        descriptor = os.open(file, os.O_RDONLY)
        try:
            return cls(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
        finally:
            os.close(descriptor)

    def add(self, beginnings: tuple[int, ...]) -> None:
        """Put the beginnings of a surface in."""
        data, mask = self._bytes, self._mask
        assert isinstance(data, bytearray)
        for at in beginnings:
            at &= mask
            data[at >> 3] |= 1 << (at & 7)

    def begins(self, words: str) -> bool:
        """Whether a surface perhaps begins with these words."""
        return self._has(spot(words))

    def ends(self, words: str) -> bool:
        """Whether a surface perhaps has exactly these words."""
        return self._has(crc32(_END, spot(words)))

    def small(self, words: str) -> bool:
        """Whether a surface that starts without a capital perhaps begins with this run."""
        return self._has(crc32(_SMALL, spot(words)))

    def state(self, words: str) -> int:
        """0 where no surface begins with these words, 1 where one perhaps does, 2 and 3 where one perhaps ends there
        (3: and begins so): :meth:`begins` and :meth:`ends` at once, for the inner loop."""
        data, mask = self._bytes, self._mask
        whole = crc32(words.encode("utf-8", "surrogatepass"))
        at, end = whole & mask, crc32(_END, whole) & mask
        return (data[at >> 3] >> (at & 7) & 1) | (data[end >> 3] >> (end & 7) & 1) << 1

    def _has(self, place: int) -> bool:
        at = place & self._mask
        return bool(self._bytes[at >> 3] >> (at & 7) & 1)

    def changeable(self) -> Bits:
        """A copy that can be added to."""
        return Bits(bytearray(self._bytes))

    @property
    def crowded(self) -> bool:
        """Whether so many bits are set that the set should be made anew, larger."""
        return len(self._bytes) < MOST and self._count() * _SPARSE > 2 * 8 * len(self._bytes)

    def packed(self) -> bytes:
        """The bytes of the smallest set that is sparse still: a place is a hash modulo the size, so halves fold."""
        value, size = int.from_bytes(self._bytes, "little"), len(self._bytes)
        while size > LEAST and value.bit_count() * _SPARSE < 8 * size // 2:
            size //= 2
            value = (value >> (8 * size)) | (value & ((1 << (8 * size)) - 1))
        return value.to_bytes(size, "little")

    def _count(self) -> int:
        return int.from_bytes(self._bytes, "little").bit_count()
