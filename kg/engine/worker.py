"""One killable query worker: a process that answers one query at a time over a read-only snapshot.

``pyoxigraph.Store.query`` has no timeout, no cancel and no memory cap (docs/decisions/0005-query-workers.md), so the
process is the unit that is stopped. Started as ``python -m kg.engine.worker STORE MEMORY_MB LIMITS_JSON``; requests
come on standard input, answers leave on standard output, both framed (:mod:`kg.engine.frames`).
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import resource
import select
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph as ox

from kg import formats
from kg.engine import described, writing
from kg.engine.confined import no_network
from kg.engine.frames import error_of, frame, json_frame, read_frame
from kg.engine.merged import Graphs, merged
from kg.engine.prepare import Prepared, prepared
from kg.engine.request import Limits, Request
from kg.errors import KgError, QueryError, QuerySyntaxError
from kg.queries.faults import reason
from kg.store import Reader, Store

__all__ = ["main"]

_PLACE = re.compile(r"\bat (\d+):(\d+)")
_UNKNOWN = re.compile(r"custom function <([^>]*)> is not supported")
#: Blocks of an answer that are shorter in bytes wait for the next one.
_SHORT = 16 * 1024


class _Worker:
    """The open snapshot between queries, so that most queries open nothing."""

    def __init__(self, store: Store, limits: Limits, out: BinaryIO) -> None:
        self.store = store
        self.limits = limits
        self.out = out
        self.kept: list[bytes] = []
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
        """Send now, with what was kept."""
        kept, self.kept = [*self.kept, message], []
        self.out.write(b"".join(kept))
        self.out.flush()

    def data(self, block: bytes) -> None:
        """Send a block of the answer; a short one waits for what follows, so that a short answer is one message."""
        message = frame(b"D", block)
        if len(block) < _SHORT:
            self.kept.append(message)
        else:
            self.send(message)

    def answer(self, request: Request) -> None:
        """Send the answer whole. Raises what is to be sent in place of the rest of it."""
        before = self.reader.info.id if self.reader is not None else None
        reader = self.open(request.snapshot)
        if request.snapshot is None or before != reader.info.id:  # else the pool knows
            self.send(json_frame(b"O", {"snapshot": reader.info.id}))
        made = prepared(request, reader, self.limits)
        try:
            extra = described.beside(made.text, made.dataset, reader)
            results = evaluated(made, reader.rdf, base=request.base, beside=extra)
            media = request.graph if isinstance(results, ox.QueryTriples) else request.solutions
            self.kept.append(json_frame(b"H", {"media_type": media, "snapshot": reader.info.id}))
            window = writing.Window.of(request, self.limits)
            cut = writing.write(results, formats.by_media_type(media), window, self.data)
        except SyntaxError as error:
            raise unparsed(made.text, error) from None
        except (RuntimeError, ValueError, OSError) as error:
            raise QueryError(f"the query failed: {error}") from None
        self.send(json_frame(b"Z", {"cut": None if cut is None else asdict(cut)}))


def evaluated(
    query: Prepared, rdf: ox.Store, *, base: str | None = None, beside: Graphs | None = None
) -> writing.Results:
    """The results of a prepared query; ``beside`` are graphs of its dataset that are not in the store.

    A function that is not known is an error in the expression that calls it, and the rest of the query goes on
    (SPARQL 1.1, section 17.6); Oxigraph refuses the whole query, so such a function is given to it as one whose every
    call is an error. Raises what pyoxigraph raises.
    """
    chosen: dict[str, Any] = {}
    if query.dataset is not None:
        chosen = query.dataset.arguments()
        if len(query.dataset.default) > 1 or beside:
            rdf = merged(rdf, query.dataset, named=_may_name(query.text), beside=beside or {})
            chosen["default_graph"] = ox.DefaultGraph()
    unknown: dict[ox.NamedNode, Any] = {}
    while True:
        try:
            return rdf.query(query.text, base_iri=base, custom_functions=unknown, **chosen)
        except RuntimeError as error:
            found = _UNKNOWN.search(str(error))
            if found is None or ox.NamedNode(found[1]) in unknown:
                raise
            unknown[ox.NamedNode(found[1])] = _no_value


def _may_name(query: str) -> bool:
    """Whether the query may look into named graphs: with GRAPH, or with an escape that may hide it."""
    return "graph" in query.lower() or "\\u" in query.lower()


def _no_value(*terms: object) -> None:
    """No value, which is an error in SPARQL."""
    del terms


def unparsed(query: str, error: SyntaxError) -> QuerySyntaxError:
    """Where the query stops making sense, with the words around it; the parser's own message lists every token that
    could have come next, which can be hundreds."""
    place = _PLACE.search(str(error))
    if place is None:
        return QuerySyntaxError(f"the query does not parse: {' '.join(str(error).split())[:200]}")
    line, column = int(place[1]), int(place[2])
    lines = query.split("\n")
    text = lines[min(line, len(lines)) - 1]
    near = f"{text[: column - 1][-30:]}←here→{text[column - 1 :][:30]}"
    at = sum(len(one) + 1 for one in lines[: line - 1]) + column - 1
    why = reason(query, at, str(error))
    return QuerySyntaxError(
        f"the query does not parse at line {line}, column {column}: {near}{why and f' ({why})'}",
        line=line,
        column=column,
    )


def _limits(memory_mb: str, text: str = "{}") -> Limits:
    made = json.loads(text)
    return Limits(**{"memory_mb": int(memory_mb), **made, "federation": tuple(made.get("federation", ()))})


def _leave() -> None:
    """End this process when whoever asks is gone: in the middle of a query nothing else would notice."""
    asked = select.poll()
    asked.register(sys.stdin, 0)  # a hang-up is always told
    asked.poll()
    os._exit(0)


def main() -> None:
    """Answer requests until standard input ends."""
    path, limits = sys.argv[1], _limits(*sys.argv[2:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):
        # A backstop only: the supervisor samples resident memory. RLIMIT_AS would count mapped files.
        resource.setrlimit(resource.RLIMIT_DATA, (limits.memory_mb * 2 * 2**20, resource.RLIM_INFINITY))
    if not limits.federation:
        no_network()  # before any thread starts: a filter holds for those that follow
    threading.Thread(target=_leave, daemon=True).start()
    worker = _Worker(Store.open(Path(path)), limits, sys.stdout.buffer)
    gc.freeze()  # what is loaded stays
    while (message := read_frame(sys.stdin.buffer.read)) is not None:
        failed = False
        try:
            worker.answer(Request.from_json(json.loads(message[1])))
        except KgError as error:
            worker.kept = []  # what waits to be sent is not the beginning of an answer any more
            worker.send(json_frame(b"E", error_of(error)))
            failed = True
        if failed:
            gc.collect()  # an error keeps the frames it came through, and they keep the results


if __name__ == "__main__":
    main()
