"""The journal of writes: who asked for which change over HTTP, when, and what became of it, refused ones too.

``writes.jsonl`` in the store's directory, one JSON line each, only ever added to and on disk before the client hears.
It is readable by its owner only and never served. It holds neither secrets nor what was written: of a text and of a
graph that was sent it keeps the SHA-256 and the size.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.errors import StoreError

__all__ = ["FILE", "Row", "Writes"]

FILE: Final = "writes.jsonl"


@dataclass(frozen=True, slots=True)
class Row:
    """One write. ``time`` is an xsd:dateTime in UTC; ``kind`` is ``update``, ``put``, ``post`` or ``delete``, ``graph``
    an IRI or ``default``; ``outcome`` is ``published``, ``unchanged`` or the name of the error, with its ``reason``.

    ``digests`` and ``bytes`` are of what was sent; ``added`` and ``removed`` count statements of named graphs.
    """

    id: str
    time: str
    token: str
    role: str
    kind: str
    outcome: str
    graph: str = ""
    digests: tuple[str, ...] = ()
    bytes: int = 0
    snapshot: str = ""
    added: int = 0
    removed: int = 0
    codes: tuple[str, ...] = ()
    reason: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """The row as one line of JSON; what is empty is left out."""
        told = {name: getattr(self, name) for name in self.__slots__ if name != "more"}
        kept = {name: value for name, value in told.items() if value not in ("", (), 0) or name == "id"}
        return json.dumps(kept | self.more, ensure_ascii=True)


@dataclass(frozen=True, slots=True)
class Writes:
    """The file. Several processes may add to it at the same time."""

    path: Path

    @classmethod
    def of(cls, store: Path) -> Writes:
        """The journal of the store in this directory; the file is made with the first row."""
        return cls(store / FILE)

    def append(self, row: Row) -> None:
        """The row is on disk afterwards. Raises :class:`kg.errors.StoreError`."""
        data = row.line().encode("ascii") + b"\n"
        try:
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                end = os.fstat(file).st_size
                if end and os.pread(file, 1, end - 1) != b"\n":  # a crash left half a line: it spoils only itself
                    data = b"\n" + data
                while data:
                    data = data[os.write(file, data) :]
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise StoreError(f"{self.path}: the journal of writes cannot be written: {error}") from error

    def read(self) -> Iterator[dict[str, Any]]:
        """The rows, oldest first; half a line is passed over."""
        try:
            with self.path.open("rb") as file:
                for line in file:
                    try:
                        row = json.loads(line)
                    except ValueError:
                        continue
                    if isinstance(row, dict):
                        yield row
        except FileNotFoundError:
            return
