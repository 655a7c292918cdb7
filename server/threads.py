"""gunicorn's threaded worker, whose threads wait a moment for the next request on the connection they have.

Handing a connection back to the main thread between two requests costs more than most answers from the cache.
"""

from __future__ import annotations

import select
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

__all__ = ["Threads"]

#: Milliseconds that a thread waits.
_MOMENT = 5


class Threads(ThreadWorker):  # type: ignore[misc]
    """The worker class of ``kg serve``."""

    def handle(self, conn: Any) -> Any:
        """Answer the requests on a connection until it is quiet, or another one waits for a thread."""
        while True:
            again = super().handle(conn)
            # What is not plainly True has a meaning of its own for the caller; so have bytes read ahead.
            if again is not True or not self.alive or self.tpool._work_queue.qsize():
                return again
            if conn.parser.unreader.buf.getvalue() or not _readable(conn.sock):
                return again


def _readable(connection: Any) -> bool:
    look = select.poll()
    look.register(connection, select.POLLIN)
    return bool(look.poll(_MOMENT))
