"""A process that can make no connection, whatever it evaluates."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from publication import Publication, document, page

from kg.engine import Limits, Pool, Request

ASKED: list[str] = []
PROGRAM = """
import socket, sys
import pyoxigraph as ox
from kg.engine.confined import no_network

def asks():
    try:
        list(ox.Store().query(f"SELECT * {{ SERVICE <http://127.0.0.1:{sys.argv[1]}/> {{}} }}"))
    except OSError as error:
        return error
    return None

before = asks()
assert no_network()
after = asks()
print(type(before).__name__, "denied" in str(after))
for family in (socket.AF_INET, socket.AF_INET6):
    try:
        socket.socket(family).close()
        print("open")
    except PermissionError:
        print("closed")
socket.socket(socket.AF_UNIX).close()
"""


@pytest.fixture
def port() -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ASKED.append(self.path)
            self.send_error(404)

        do_POST = do_GET  # noqa: N815 the name that the server looks for

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    ASKED.clear()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def confined(process: int) -> bool:
    """Whether the kernel filters the system calls of a process (proc_pid_status(5))."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return ["Seccomp:", "2"] in [line.split() for line in lines]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the filter is Linux's")
def test_the_engine_cannot_connect_where_the_network_is_closed(port: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(port)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["OSError", "True", "closed", "closed"]
    assert len(ASKED) == 1, "only the request before the network was closed arrived"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the filter is Linux's")
def test_a_worker_is_closed_off_unless_endpoints_are_listed(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    publication.add(document(page()))
    for federation, closed in ((), True), (("https://a.example/sparql",), False):
        pool = Pool(publication.settings.store, Limits(federation=federation))
        try:
            pool.run(Request("ASK {}")).read()
            (process,) = pool._idle
            assert confined(process._popen.pid) is closed
        finally:
            pool.close()
