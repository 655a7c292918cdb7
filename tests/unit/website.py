"""A web site on this machine for tests of fetching: what each path answers is set by the test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

START = datetime(2026, 3, 12, 8, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """An answer; a ``body`` that is no bytes is written chunk by chunk."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: bool = True


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    headers: Message


@dataclass
class Site:
    """A running site. ``pages`` maps a path with its query to an answer, or to a function of the request."""

    port: int
    pages: dict[str, Answer | Callable[[Asked], Answer]]
    asked: list[Asked]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [one.path for one in self.asked if one.path != "/robots.txt"]


def tagged(body: bytes, etag: str, media_type: str = "text/html; charset=utf-8") -> Callable[[Asked], Answer]:
    """A page with an ETag, which answers 304 to whoever has it."""

    def answer(asked: Asked) -> Answer:
        headers = {"ETag": etag, "Content-Type": media_type}
        same = asked.headers.get("If-None-Match") == etag
        return Answer(status=304, headers=headers) if same else Answer(body, headers=headers)

    return answer


@contextmanager
def site(pages: Mapping[str, Any] | None = None) -> Iterator[Site]:
    """A site that runs as long as the block; what it has no page for is 404."""
    made: Site

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = Asked(self.path, self.headers)
            made.asked.append(asked)
            page = made.pages.get(self.path, Answer(b"not here", 404))
            answer = page(asked) if callable(page) else page
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            whole = isinstance(answer.body, bytes)
            if whole and answer.length and answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body)))
            elif answer.status != 304:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            try:
                for chunk in [answer.body] if whole else answer.body:
                    self.wfile.write(chunk)
                    self.wfile.flush()
            except OSError:
                self.close_connection = True  # the client had enough

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # the client hung up

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Site(server.server_port, dict(pages or {}), [])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Clock:
    """A clock that only moves when it is told to, or when somebody sleeps."""

    passed: float = 0.0
    slept: list[float] = field(default_factory=list)
    step: float = 0.0

    def now(self) -> datetime:
        return (START + timedelta(seconds=self.passed)).replace(microsecond=0)

    def monotonic(self) -> float:
        self.passed += self.step
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds

    def later(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self.passed += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
