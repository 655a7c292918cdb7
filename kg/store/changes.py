"""The log of a publish: which quads came and which went, in order, and the digest that follows from them.

One gzip file of N-Quads lines (RDF 1.1 N-Quads) with ``+`` or ``-`` before each. Replaying a log on its parent
gives the snapshot, so replicas, diffs and compacted copies follow without reading the whole store.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Literal

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, parse

from kg.errors import StoreError

__all__ = ["FILE", "Change", "Log", "line", "quad_digest", "read", "replay"]

#: The log's name in a snapshot's directory.
FILE = "changes.nq.gz"

#: One step of a log.
Change = tuple[Literal["+", "-"], Quad]

_MODULUS = 1 << 256


def line(quad: Quad) -> str:
    """The quad as one N-Quads line without its newline."""
    return f"{quad} ."


def quad_digest(text: str) -> int:
    """What one N-Quads line adds to a digest."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest(), "big")


class Log:
    """A log being written. Quads must be as the store gives them back, since the store normalises literals."""

    __slots__ = ("_digest", "_file", "_noting", "_text", "added", "noted", "path", "removed")

    def __init__(self, path: Path, digest: str, *, noting: str = "") -> None:
        """A new log that carries the parent's digest (hexadecimal) forward. Lines with the characters ``noting`` are
        kept in ``noted``."""
        self.path = path
        self._noting = noting
        self.noted: dict[str, None] = {}
        self.added = 0
        self.removed = 0
        self._digest = int(digest, 16)
        # mtime=0 and no name: the same changes give the same bytes
        self._file = path.open("wb")
        packed = gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=self._file, mtime=0)
        self._text = TextIOWrapper(packed, encoding="utf-8", newline="\n")

    def add(self, quads: Iterable[Quad]) -> None:
        """The quads came; none of them was there."""
        self.add_lines([line(quad) for quad in quads])

    def remove(self, quads: Iterable[Quad]) -> None:
        """The quads went; each of them was there."""
        self.remove_lines([line(quad) for quad in quads])

    def add_lines(self, lines: Sequence[str]) -> None:
        """:meth:`add` for quads whose lines are known."""
        self._write("+", lines)
        self._digest += sum(map(quad_digest, lines))
        self.added += len(lines)

    def remove_lines(self, lines: Sequence[str]) -> None:
        """:meth:`remove` for quads whose lines are known."""
        self._write("-", lines)
        self._digest -= sum(map(quad_digest, lines))
        self.removed += len(lines)

    def _write(self, sign: str, lines: Sequence[str]) -> None:
        # One write for all: every write through the text layer has a price of its own.
        if lines:
            text = sign + f"\n{sign}".join(lines) + "\n"
            self._text.write(text)
            if self._noting and self._noting in text:
                self.noted.update((line, None) for line in lines if self._noting in line)

    @property
    def digest(self) -> str:
        """The digest after all changes so far, 64 hexadecimal digits."""
        return f"{self._digest % _MODULUS:064x}"

    def close(self) -> None:
        """The file is complete and on disk."""
        if not self._file.closed:
            self._text.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def abandon(self) -> None:
        """The file is closed, complete or not, and errors do not matter any more."""
        with contextlib.suppress(OSError, ValueError):
            self._text.close()
        with contextlib.suppress(OSError, ValueError):
            self._file.close()


def read(path: Path, *, having: str = "") -> Iterator[Change]:
    """The changes in order, or only those whose line has these characters.

    Raises FileNotFoundError and :class:`kg.errors.StoreError` for a log that is cut.
    """
    if not path.stat().st_size:  # gzip takes an empty file for an empty stream
        raise StoreError(f"{path}: the log is damaged (it is empty)")
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
            for number, text in enumerate(file, 1):
                sign: Literal["+", "-"] = "+" if text[0] == "+" else "-"
                if text[0] not in "+-" or not text.endswith("\n"):
                    raise StoreError(f"{path}:{number}: not a change")
                if having not in text:
                    continue
                yield sign, next(iter(parse(text[1:], format=RdfFormat.N_QUADS)))
    except (EOFError, gzip.BadGzipFile, SyntaxError, StopIteration) as error:
        raise StoreError(f"{path}: the log is damaged ({error})") from error


def replay(rdf: Store, log: Iterable[Change]) -> None:
    """Apply the changes to the store, in order; named graphs that end up empty are forgotten."""
    pending: list[Quad] = []
    emptied: dict[object, None] = {}
    for sign, quad in log:
        if sign == "+":
            pending.append(quad)
            continue
        if pending:
            rdf.extend(pending)
            pending = []
        rdf.remove(quad)
        emptied[quad.graph_name] = None
    if pending:
        rdf.extend(pending)
    for graph in emptied:
        if (
            isinstance(graph, NamedNode | BlankNode)
            and next(rdf.quads_for_pattern(None, None, None, graph), None) is None
        ):
            rdf.remove_graph(graph)
