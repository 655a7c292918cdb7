"""One end of a connection between a web worker and the supervisor: messages in, messages out, used again and again."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

from kg.engine.frames import HEAD, LIMIT, frame, json_frame

__all__ = ["Channel"]

_READ = 256 * 1024


def _never() -> bool:
    return False


class Channel:
    """A connected socket and what has arrived on it. Used by one thread at a time, but for :meth:`gone`."""

    __slots__ = ("_buffer", "_start", "socket")

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self._buffer = bytearray()
        self._start = 0

    def send(self, kind: bytes, payload: bytes) -> None:
        """Send one message. Raises OSError."""
        self.socket.sendall(frame(kind, payload))

    def send_json(self, kind: bytes, value: Any) -> None:
        """Send one message whose payload is JSON. Raises OSError."""
        self.socket.sendall(json_frame(kind, value))

    def message(self, wait: Callable[[], bool] = _never) -> tuple[bytes, bytes] | None:
        """The next message, or None where the other side has hung up.

        On a socket with a timeout, ``wait`` is asked at each one whether to give up: then :class:`TimeoutError`.
        """
        while True:
            have = len(self._buffer) - self._start
            if have >= HEAD.size:
                kind, length = HEAD.unpack_from(self._buffer, self._start)
                if length > LIMIT:
                    return None
                end = self._start + HEAD.size + length
                if end <= len(self._buffer):
                    payload = bytes(memoryview(self._buffer)[self._start + HEAD.size : end])
                    self._start = end
                    if end == len(self._buffer):
                        self._buffer, self._start = bytearray(), 0
                    return kind, payload
            if self._start:
                del self._buffer[: self._start]
                self._start = 0
            try:
                chunk = self.socket.recv(_READ)
            except TimeoutError:
                if wait():
                    raise
                continue
            except OSError:
                return None
            if not chunk:
                return None
            self._buffer += chunk

    def read_json(self, wait: Callable[[], bool] = _never) -> tuple[bytes, Any] | None:
        """The next message with its payload read as JSON."""
        found = self.message(wait)
        return (found[0], json.loads(found[1])) if found is not None else None

    def gone(self) -> bool:
        """Whether the other side has hung up; for a socket without a timeout, from any thread."""
        try:
            return not self.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        """Hang up."""
        self.socket.close()
