"""One killable query worker: a process that answers one query at a time over a read-only snapshot.

``pyoxigraph.Store.query`` has no timeout, no cancel and no memory cap (docs/decisions/0005-query-workers.md), so the
process is the unit that is stopped. Started as ``python -m kg.engine.worker STORE MEMORY_MB``; requests come on
standard input, answers leave on standard output, both framed (:mod:`kg.engine.frames`).
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import resource
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph as ox

from kg import formats
from kg.engine.frames import error_of, frame, json_frame, read_frame
from kg.engine.request import Request
from kg.errors import KgError, QueryError, QuerySyntaxError
from kg.store import Reader, Store
from kg.vocab import PREFIXES

__all__ = ["main"]

_CHUNK = 64 * 1024
_PLACE = re.compile(r"\bat (\d+):(\d+)")


class _Worker:
    """The open snapshot between queries, so that most queries open nothing."""

    def __init__(self, store: Store, out: BinaryIO) -> None:
        self.store = store
        self.out = out
        self.stack = contextlib.ExitStack()
        self.reader: Reader | None = None

    def open(self, snapshot: str | None) -> Reader:
        wanted = snapshot or self.store.current_id()
        if self.reader is None or self.reader.info.id != wanted:
            self.reader = None
            self.stack.close()
            self.reader = self.stack.enter_context(self.store.reader(wanted))
        return self.reader

    def send(self, message: bytes) -> None:
        self.out.write(message)
        self.out.flush()

    def answer(self, request: Request) -> None:
        reader = self.open(request.snapshot)
        self.send(json_frame(b"O", {"snapshot": reader.info.id}))
        try:
            results = reader.rdf.query(
                request.query,
                default_graph=[ox.NamedNode(g) for g in request.default_graphs] or None,
                named_graphs=[ox.NamedNode(g) for g in request.named_graphs]
                if request.named_graphs or request.default_graphs
                else None,
            )
            media = request.graph if isinstance(results, ox.QueryTriples) else request.solutions
            self.send(json_frame(b"H", {"media_type": media, "snapshot": reader.info.id}))
            with io.BufferedWriter(_Frames(self), _CHUNK) as out:
                _write(results, media, out)
        except SyntaxError as error:
            raise _unparsed(request.query, error) from None
        except (RuntimeError, ValueError, OSError) as error:
            raise QueryError(f"the query failed: {error}") from None
        self.send(json_frame(b"Z", {}))


def _unparsed(query: str, error: SyntaxError) -> QuerySyntaxError:
    """Where the query stops making sense, with the words around it; the parser's own message lists every token that
    could have come next, which can be hundreds."""
    place = _PLACE.search(str(error))
    if place is None:
        return QuerySyntaxError(f"the query does not parse: {' '.join(str(error).split())[:200]}")
    line, column = int(place[1]), int(place[2])
    text = (query.splitlines() or [""])[min(line, len(query.splitlines()) or 1) - 1]
    near = f"{text[: column - 1][-30:]}←here→{text[column - 1 :][:30]}"
    return QuerySyntaxError(
        f"the query does not parse at line {line}, column {column}: {near}", line=line, column=column
    )


def _write(results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, media: str, out: BinaryIO) -> None:
    """The results in the format of the media type. Raises ValueError for one that is for the other kind of results."""
    kind = formats.by_media_type(media).oxigraph
    if isinstance(results, ox.QueryTriples):
        if not isinstance(kind, ox.RdfFormat):
            raise ValueError(f"{media} is no format for triples")
        ox.serialize(results, out, format=kind, prefixes=PREFIXES)
    else:
        if not isinstance(kind, ox.QueryResultsFormat):
            raise ValueError(f"{media} is no format for solutions")
        results.serialize(out, format=kind)


class _Frames(io.RawIOBase):
    """What is written becomes data messages. The engine writes in blocks of 8 KiB, a buffer in front makes them 64."""

    def __init__(self, worker: _Worker) -> None:
        self.worker = worker

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.worker.send(frame(b"D", bytes(data)))
        return len(data)


def main() -> None:
    """Answer requests until standard input ends."""
    path, memory_mb = sys.argv[1], int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):
        # A backstop only: the supervisor samples resident memory. RLIMIT_AS would count mapped files.
        resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 2 * 2**20, resource.RLIM_INFINITY))
    worker = _Worker(Store.open(Path(path)), sys.stdout.buffer)
    while (message := read_frame(sys.stdin.buffer.read)) is not None:
        try:
            worker.answer(Request.from_json(json.loads(message[1])))
        except KgError as error:
            worker.send(json_frame(b"E", error_of(error)))


if __name__ == "__main__":
    main()
