"""A publication behind a real HTTP server, with what graphs a suite needs, and the client that asks it."""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import Quad
from werkzeug.serving import WSGIRequestHandler, make_server

from kg import config
from kg.engine import Limits, Pool
from kg.store import Store
from server import create_app

#: The secret of the one token there is, whose role is admin. It is made up for tests.
SECRET = "ngt_a-secret-of-the-conformance-tests"


@dataclass(frozen=True, slots=True)
class Got:
    """An answer as it came: header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Client:
    """One connection that is kept, and opened again where the server closed it."""

    def __init__(self, host: str, port: int) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=60)
        self.authority = f"{host}:{port}"

    def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Got:
        try:
            return self._ask(method, target, headers or {}, body)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()
            return self._ask(method, target, headers or {}, body)

    def _ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Got:
        connection = self._connection
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body or method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        return Got(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    def close(self) -> None:
        self._connection.close()


class _Kept(WSGIRequestHandler):
    """HTTP/1.1, so that connections are kept, and no log."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        pass


@contextmanager
def serving(
    folder: Path, states: Iterable[Iterable[Quad]] = (), *, federation: tuple[str, ...] = ()
) -> Iterator[tuple[Client, Store]]:
    """A server over a new store; each of the states is a snapshot with just these quads in named graphs. ``federation``
    are the endpoints that SERVICE may call."""
    server = make_server("127.0.0.1", 0, _nothing, threaded=True, request_handler=_Kept)
    with ExitStack() as ends:
        ends.callback(server.server_close)
        base = f"http://127.0.0.1:{server.server_port}"
        store = Store.create(folder / "store", base)
        before: tuple[Quad, ...] = ()
        for number, state in enumerate(states):
            quads = tuple(state)
            with store.begin(time=datetime(2026, 1, 1 + number, tzinfo=UTC), holder="tests") as draft:
                draft.change(add=quads, remove=before)
                draft.commit()
            before = quads
        made = config.load(flags={"base_iri": base, "store": str(folder / "store"), "federation": list(federation)})
        token = config.TokenSettings("suite", hashlib.sha256(SECRET.encode()).hexdigest(), "admin")
        made = replace(made, tokens=(token,))
        limits = Limits(seconds=30, concurrent=1, federation=federation, federation_private=True)
        app = create_app(made, store=store, engine=Pool(folder / "store", limits))
        ends.callback(app.extensions["newsgraph"].close)
        server.app = app
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        ends.callback(thread.join)
        ends.callback(server.shutdown)
        client = Client("127.0.0.1", server.server_port)
        ends.callback(client.close)
        yield client, store


def _nothing(_environ: object, _start: object) -> Iterable[bytes]:
    return ()
