"""Whole answers kept by what was asked of which snapshot: exact, because a snapshot never changes."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass

from kg.engine.request import Cut, Request

__all__ = ["LARGEST", "Cache", "Kept", "key_of", "lasting"]

#: Bytes of the longest answer that is kept.
LARGEST = 2**20
#: What one entry costs beside its bytes, about.
_ENTRY = 500
#: What no two runs need agree on, or what another endpoint says. A comment may stand before the bracket, and an
#: escape may hide each of the words.
_VOLATILE = re.compile(r"(?:NOW|RAND|UUID|BNODE)\s*[(#]|SERVICE|\\[uU]", re.IGNORECASE)
#: What of a request does not change its answer.
_ASIDE = ("client", "id", "seconds", "trusted")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, whole."""

    media_type: str
    snapshot: str
    body: bytes
    cut: Cut | None


def key_of(request: Request, place: tuple[int, int]) -> bytes:
    """What the answer depends on, as a digest. ``place`` tells a snapshot from one that has taken its name: a purge
    makes snapshots again without what it removes."""
    made = request.to_json()
    for name in _ASIDE:
        del made[name]
    return hashlib.blake2b(json.dumps([made, place]).encode(), digest_size=32).digest()


def lasting(query: str) -> bool:
    """Whether two runs over one snapshot are known to give the same answer; a long text is not read for it."""
    if not _VOLATILE.search(query):
        return True
    from kg.queries.reading import SHORT, read

    reading = read(query) if len(query) <= SHORT else None
    return reading is not None and not reading.volatile and not reading.services


class Cache:
    """Answers up to so many bytes in all; the one that was not asked for longest goes first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._guard = threading.Lock()
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()
        self._bytes = 0

    def get(self, key: bytes) -> Kept | None:
        """The answer, or None."""
        with self._guard:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: bytes, answer: Kept) -> None:
        """Keep the answer, if it is not too long."""
        cost = len(answer.body) + _ENTRY
        if len(answer.body) > LARGEST or cost > self._size:
            return
        with self._guard:
            self._drop(key)
            self._kept[key] = answer
            self._bytes += cost
            while self._bytes > self._size:
                self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        """Forget every answer."""
        with self._guard:
            self._kept.clear()
            self._bytes = 0

    def _drop(self, key: bytes) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._bytes -= len(found.body) + _ENTRY
