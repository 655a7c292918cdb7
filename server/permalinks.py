"""Queries kept under the hash of their text, in ``queries/`` of the store's folder, so that they have short addresses.

A kept query never changes and is never deleted by a program; what bounds the folder is the size of a query, the number
of queries, and how many new ones a client may add in a minute.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kg.errors import TooLarge, TooManyQueries

__all__ = ["LONGEST", "Permalinks"]

#: Bytes of a query.
LONGEST = 64 * 1024
#: Characters of the hash that an address has: the first, unless another text has them already.
_LENGTHS = (10, 16, 26, 52)
_NAME = re.compile(r"[a-z2-7]{10}(?:[a-z2-7]{6}|[a-z2-7]{16}|[a-z2-7]{42})?", re.ASCII)
#: New queries of one client in a minute, and clients that are remembered.
_NEW, _MINUTE, _CLIENTS = 30, 60.0, 10_000


class Permalinks:
    """The kept queries of one store."""

    def __init__(self, folder: Path, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """``most`` is how many queries may be kept."""
        self._folder, self._most, self._clock = folder, most, clock
        self._guard = threading.Lock()
        self._added: dict[str, tuple[float, int]] = {}

    def save(self, text: str, client: str = "") -> str | None:
        """The name of the query, which is kept if it is not already; None where the folder is full.

        Line ends are line feeds: forms send others. Raises :class:`kg.errors.TooLarge`,
        :class:`kg.errors.TooManyQueries` and OSError.
        """
        data = text.replace("\r\n", "\n").encode("utf-8", "surrogatepass")
        if len(data) > LONGEST:
            raise TooLarge(f"the query has {len(data):,} bytes; a permalink takes up to {LONGEST:,}")
        digest = base64.b32encode(hashlib.sha256(data).digest()).decode("ascii").lower()
        for length in _LENGTHS:
            kept = self._read(digest[:length])
            if kept == data:
                return digest[:length]
            if kept is None:
                break
        self._folder.mkdir(exist_ok=True)
        if sum(1 for _ in os.scandir(self._folder)) >= self._most:
            return None
        self._admit(client)
        return self._write(digest, data)

    def find(self, name: str) -> str | None:
        """The text of the query of that name, or None."""
        data = self._read(name) if _NAME.fullmatch(name) else None
        return None if data is None else data.decode("utf-8", "surrogatepass")

    def _read(self, name: str) -> bytes | None:
        try:
            return (self._folder / f"{name}.rq").read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _write(self, digest: str, data: bytes) -> str:
        """The file appears whole or not at all, and never takes another's place."""
        number, made = tempfile.mkstemp(dir=self._folder, prefix=".")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            for length in _LENGTHS:
                try:
                    os.link(made, self._folder / f"{digest[:length]}.rq")
                except FileExistsError:
                    if self._read(digest[:length]) != data:
                        continue
                return digest[:length]
            raise FileExistsError(digest)  # two texts of one SHA-256
        finally:
            Path(made).unlink(missing_ok=True)

    def _admit(self, client: str) -> None:
        with self._guard:
            now = self._clock()
            begun, count = self._added.pop(client, (now, 0))
            if now - begun >= _MINUTE:
                begun, count = now, 0
            self._added[client] = begun, min(count + 1, _NEW)  # last in the order: the oldest is forgotten first
            if len(self._added) > _CLIENTS:
                del self._added[next(iter(self._added))]
            if count >= _NEW:
                wait = max(1, round(_MINUTE - (now - begun)))
                raise TooManyQueries(f"{_NEW} new permalinks were made in a minute; wait {wait} s", retry_after=wait)
