"""Whether the client of a request has closed its end."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["watch"]


def watch(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """A function that says whether the client has gone; it never has, where the server does not show its socket."""
    connection: socket.socket | None = environ.get("gunicorn.socket")

    def gone() -> bool:
        if connection is None:
            return False
        try:
            return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    return gone
