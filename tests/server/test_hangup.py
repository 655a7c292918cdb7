"""A query nobody waits for any more does not go on, through the real server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from publication import Publication, document, page

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def workers(pid: int) -> int:
    """Query workers below a process."""
    found = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in found.splitlines()]
    below = {str(pid)}
    for _ in range(4):
        below |= {row[0] for row in rows if row[1] in below}
    return sum("kg.engine.worker" in row[2] for row in rows if row[0] in below)


def until(check: object, seconds: float = 20) -> bool:
    """Whether the check came true in time."""
    assert callable(check)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.1)
    return False


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


def test_a_client_that_hangs_up_stops_its_query(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path, limits__query_seconds=60)
    publication.add(document(page()))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "KG_BASE_IRI": publication.settings.base_iri,
        "KG_STORE": str(publication.settings.store),
        "KG_LIMITS_QUERY_SECONDS": "60",
    }
    command = [sys.executable, "-c", "from kg.cli import main; main()", "serve", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        assert until(lambda: answers(port)), (tmp_path / "log").read_text()
        asking = socket.create_connection(("127.0.0.1", port))
        asking.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert until(lambda: workers(server.pid) == 1)
        asking.close()
        assert until(lambda: workers(server.pid) == 0)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
