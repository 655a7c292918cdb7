"""The one query supervisor of a host: it owns the pool, and web workers reach it over a Unix socket.

A pool inside each web worker could not keep one limit for the host (docs/decisions/0005-query-workers.md). Run as
``python -m kg.engine.supervisor STORE SOCKET LIMITS_JSON``; it ends when its parent closes its standard input.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import socketserver
import sys
import threading
from pathlib import Path
from typing import cast

from kg.engine.frames import error_of, frame, json_frame, read_frame
from kg.engine.pool import Pool
from kg.engine.request import Limits, Request
from kg.errors import KgError, QueryError

__all__ = ["main"]


class _Connection(socketserver.StreamRequestHandler):
    """One query of one web worker."""

    def handle(self) -> None:
        pool = cast("_Server", self.server).pool
        message = read_frame(self.rfile.read)
        if message is None:
            return
        try:
            with pool.run(Request.from_json(json.loads(message[1])), left=self.left) as answer:
                head = {"media_type": answer.media_type, "snapshot": answer.snapshot}
                self.wfile.write(json_frame(b"H", head))
                for chunk in answer:
                    self.wfile.write(frame(b"D", chunk))
                self.wfile.write(json_frame(b"Z", {}))
        except KgError as error:
            with contextlib.suppress(OSError):
                self.wfile.write(json_frame(b"E", error_of(error)))
        except (OSError, ValueError, TypeError, KeyError) as error:
            with contextlib.suppress(OSError):
                self.wfile.write(json_frame(b"E", error_of(QueryError(f"the query could not be run: {error}"))))

    def left(self) -> bool:
        """Whether the web worker hung up: its end is readable and holds nothing."""
        if not select.select([self.connection], [], [], 0)[0]:
            return False
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: str, pool: Pool) -> None:
        super().__init__(path, _Connection)
        self.pool = pool


def main() -> None:
    """Serve until standard input ends."""
    store, path, limits = sys.argv[1:4]
    pool = Pool(Path(store), Limits(**json.loads(limits)))
    with _Server(path, pool) as server:
        Path(path).chmod(0o600)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print("ready", flush=True)  # noqa: T201 the parent waits for this line
        sys.stdin.buffer.read()
        server.shutdown()
    pool.close()


if __name__ == "__main__":
    main()
