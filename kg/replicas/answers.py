"""A replica's answer in the format that was asked for, read to its end before it counts as whole.

Servers write each format in their own way (Virtuoso's TSV has no terms in it, its ASK is a table), and some end an
answer that they stopped as if it were whole. So each is asked in the one format whose end can be told, JSON or
N-Triples, and written again by our own serializers, which count rows and cut them as for our own engine.
"""

from __future__ import annotations

import gc
import queue
import threading
import traceback
from collections.abc import Iterator
from typing import IO, cast

import pyoxigraph as ox

from kg import formats
from kg.engine import writing
from kg.engine.request import Cut
from kg.engine.writing import Window
from kg.errors import EngineUnavailable, KgError, QueryCancelled, QueryError, QueryTimeout
from kg.store.remote import CANCELLED, Exchange, Reply

__all__ = ["Pump", "accept"]

_JSON, _NT = "application/sparql-results+json", "application/n-triples"
#: Blocks that may wait for the client before reading stops: what is not read, the server holds.
_WAITING = 8
_TAIL = 256


def accept(kind: str) -> str:
    """What a replica is asked for, by the query's form."""
    return _NT if kind in ("construct", "describe") else _JSON


class _Stopped(Exception):
    """The exchange was ended: a signal to ourselves through the serializers."""


class _Stream:
    """The answer's bytes as a file; the last of them are kept."""

    def __init__(self, reply: Reply) -> None:
        self._chunks = reply.chunks()
        self._rest = b""
        self.tail = b""
        self.error: KgError | None = None

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            try:
                self._rest = next(self._chunks, b"")
            except KgError as error:
                self.error = error  # the parser would wrap it
                raise OSError(error.message) from None
            self.tail = (self.tail + self._rest)[-_TAIL:]
        found, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return found


class Pump:
    """Reads a replica's answer in a thread of its own, because results of pyoxigraph are used up where they are made,
    and hands on blocks of the format that was asked for."""

    def __init__(self, reply: Reply, exchange: Exchange, kind: str, media_type: str, window: Window) -> None:
        self._reply, self._exchange, self._kind = reply, exchange, kind
        self._format, self._window = formats.by_media_type(media_type), window
        self._blocks: queue.Queue[bytes | KgError | None] = queue.Queue(_WAITING)
        self._gone = threading.Event()
        self._ended = False
        self.cut: Cut | None = None
        self._thread = threading.Thread(target=self._work, name="replica-answer", daemon=True)
        self._thread.start()

    def blocks(self) -> Iterator[bytes]:
        """The blocks. Raises what ends the answer before its end."""
        while True:
            one = self._blocks.get()
            if one is None:
                return
            if isinstance(one, KgError):
                raise one
            yield one

    def close(self) -> None:
        """Break off what still runs."""
        self._gone.set()
        if not self._ended:
            self._exchange.stop(QueryCancelled("nobody waits for the answer any more"))
        self._thread.join(5)

    def _put(self, one: bytes | KgError | None) -> None:
        while not self._gone.is_set():
            try:
                self._blocks.put(one, timeout=0.2)
            except queue.Full:
                if self._exchange.reason is None:
                    continue
                raise _Stopped from None
            return
        raise _Stopped

    def _send(self, block: bytes) -> None:
        if self._exchange.reason is not None:
            raise _Stopped
        self._put(block)

    def _work(self) -> None:
        end: KgError | None = None
        stream = _Stream(self._reply)
        try:
            with self._reply:
                self.cut = self._written(stream)
        except _Stopped:
            end = self._exchange.reason or QueryCancelled("nobody waits for the answer any more")
        except KgError as error:
            end = _alone(error)
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            end = self._exchange.reason or stream.error or _unfinished(stream.tail, error)
        except BaseException as error:  # noqa: BLE001 the thread's end must reach whoever waits
            end = QueryError(f"the replica's answer could not be written: {error}")
        if end is not None:
            gc.collect()  # the results may be dropped in no other thread
        self._last(end)

    def _last(self, end: KgError | None) -> None:
        """The end always arrives, even when no room is left for it."""
        self._ended = True
        while not self._gone.is_set():
            try:
                self._blocks.put(end, timeout=0.2)
            except queue.Full:
                if end is None or self._exchange.reason is None:
                    continue
                self._blocks.get_nowait()
                continue
            return

    def _written(self, stream: _Stream) -> Cut | None:
        source = cast("IO[bytes]", stream)
        if self._kind in ("construct", "describe"):
            return self._triples(source)
        found = ox.parse_query_results(source, format=ox.QueryResultsFormat.JSON)
        if self._kind == "ask" and isinstance(found, ox.QuerySolutions):
            found = _truth(found)
        if (self._kind == "ask") != isinstance(found, ox.QueryBoolean):
            raise EngineUnavailable("the replica's answer is of another form than the query")
        return writing.write(found, self._format, self._window, self._send)

    def _triples(self, source: IO[bytes]) -> Cut | None:
        if not self._reply.framed:
            raise EngineUnavailable("the replica does not tell where its answer ends, so it cannot be seen to be whole")
        quads = ox.parse(source, format=ox.RdfFormat.N_TRIPLES)
        found = (quad.triple for quad in quads)
        return writing.write_triples(found, self._format, self._window, self._send)


def _alone(error: KgError) -> KgError:
    """The error without the frames it came through: it goes to another thread, and the results may not go with it."""
    found: BaseException | None = error
    while found is not None:
        traceback.clear_frames(found.__traceback__)
        found.__traceback__ = None
        before = found.__context__
        found.__context__ = None
        found = before
    return error


def _truth(found: ox.QuerySolutions) -> ox.QueryBoolean:
    """ASK as Virtuoso answers it in some cases: a table that has a row where the answer is yes."""
    names = [one.value for one in found.variables]
    if names != ["__ASK_RETVAL"]:
        raise EngineUnavailable("the replica answers ASK with a table")
    yes = next(found, None) is not None
    made = ox.parse_query_results(
        b'{"head":{},"boolean":%s}' % (b"true" if yes else b"false"), format=ox.QueryResultsFormat.JSON
    )
    assert isinstance(made, ox.QueryBoolean)
    return made


def _unfinished(tail: bytes, error: Exception) -> KgError:
    if CANCELLED in tail:
        return QueryTimeout("the replica ran into its own deadline in the middle of the answer; ask for less")
    return EngineUnavailable(f"the replica's answer is not whole: {' '.join(str(error).split())[:200]}")
