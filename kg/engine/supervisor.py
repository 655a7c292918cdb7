"""The one query supervisor of a host: it owns the pool, and web workers reach it over a Unix socket.

A pool inside each web worker could not keep one limit for the host (docs/decisions/0005-query-workers.md). Run as
``python -m kg.engine.supervisor STORE SOCKET LIMITS_JSON``; it ends when its parent closes its standard input.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socketserver
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from kg.engine.channel import Channel
from kg.engine.frames import error_of, frame, json_frame
from kg.engine.pool import Pool
from kg.engine.request import Answer, Limits, Request
from kg.errors import KgError, QueryError

__all__ = ["main"]

#: Seconds between two looks at whether the parent is still there.
_LOOK = 0.5


class _Connection(socketserver.BaseRequestHandler):
    """One connection of a web worker: one question after the other."""

    def handle(self) -> None:
        pool = cast("_Server", self.server).pool
        channel = Channel(self.request)
        with contextlib.suppress(OSError):  # the web worker hung up; leaving the block has stopped its query
            while (message := channel.message()) is not None:
                kind, payload = message
                try:
                    if kind == b"Q":
                        _query(pool, channel, Request.from_json(json.loads(payload)))
                    else:
                        channel.send_json(b"R", _told(pool, kind, json.loads(payload)))
                except KgError as error:
                    channel.send_json(b"E", error_of(error))
                except (ValueError, TypeError, KeyError) as error:
                    channel.send_json(b"E", error_of(QueryError(f"the query could not be run: {error}")))


def _query(pool: Pool, channel: Channel, request: Request) -> None:
    with pool.run(request, left=channel.gone) as answer:
        # What is known to be whole goes out in one piece; the pool has read that far ahead.
        if not answer.closers:
            body = b"".join(answer.chunks)
            end = json_frame(b"Z", {"cut": _cut(answer)})
            data = frame(b"D", body) if body else b""
            channel.socket.sendall(b"".join((json_frame(b"H", _head(answer, whole=True)), data, end)))
            return
        channel.send_json(b"H", _head(answer, whole=False))
        for chunk in answer:
            channel.send(b"D", chunk)
        channel.send_json(b"Z", {"cut": _cut(answer)})


def _head(answer: Answer, *, whole: bool) -> dict[str, Any]:
    return {
        "media_type": answer.media_type,
        "snapshot": answer.snapshot,
        "id": answer.id,
        "cached": answer.cached,
        "whole": whole,
    }


def _cut(answer: Answer) -> dict[str, int] | None:
    return asdict(answer.cut) if answer.cut is not None else None


def _told(pool: Pool, kind: bytes, asked: Any) -> Any:
    if kind == b"K":
        return pool.cancel(asked["id"])
    if kind == b"I":
        state = pool.state(asked["id"])
        return asdict(state) if state is not None else None
    if kind == b"L":
        return [asdict(state) for state in pool.running()]
    raise ValueError(f"no message is called {kind!r}")


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, path: str, pool: Pool) -> None:
        super().__init__(path, _Connection)
        self.pool = pool


def main() -> None:
    """Serve until standard input ends."""
    store, path, limits = sys.argv[1:4]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pool = Pool(Path(store), Limits.from_json(json.loads(limits)), warm=True)
    server = _Server(path, pool)
    Path(path).chmod(0o600)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    gc.freeze()  # what is loaded stays
    print("ready", flush=True)  # noqa: T201 the parent waits for this line
    # The parent's forks hold the other end of standard input too, so that it may stay open when the parent is killed.
    parent = os.getppid()
    while os.getppid() == parent and not select.select([sys.stdin], [], [], _LOOK)[0]:
        pass
    pool.close()
    # Threads may still hold connections; nothing that they could say is waited for.
    os._exit(0)


if __name__ == "__main__":
    main()
