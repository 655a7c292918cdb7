"""Real SPARQL servers for tests: Oxigraph's own server and Virtuoso, each in a folder and on a port of its own.

A test that needs one skips, with the line that installs it, where it is absent.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

import pytest

#: Generous: how long a server may take to answer for the first time, on a busy machine.
_UP = 90.0


def free_port() -> int:
    """A port of the loopback interface that nothing listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """A SPARQL server as a process. ``kill`` is what a crash is; ``start`` brings it back with the data it kept."""

    kind = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._popen: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def query(self) -> str:
        raise NotImplementedError

    @property
    def update(self) -> str:
        raise NotImplementedError

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._log = (self.folder / "server.log").open("ab")
        self._popen = subprocess.Popen(
            self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )
        end = time.monotonic() + _UP
        while not self.answers():
            if self._popen.poll() is not None or time.monotonic() > end:
                said = (self.folder / "server.log").read_text(errors="replace")[-2000:]
                self.kill()
                raise RuntimeError(f"{self.kind} did not start: {said}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether it answers a query."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                path = self.query.removeprefix(self.address) + "?query=" + quote("ASK {}")
                connection.request("GET", path, headers={"Accept": "application/sparql-results+json"})
                return connection.getresponse().status == 200
            finally:
                connection.close()
        return False

    def kill(self) -> None:
        """End it as a crash would: nothing is flushed, nobody is told."""
        if self._popen is not None:
            self._popen.kill()
            self._popen.wait()
            self._popen = None
        if self._log is not None:
            self._log.close()
            self._log = None

    stop = kill


class Oxigraph(Server):
    """``oxigraph serve`` of the package ``oxigraph``."""

    kind = "oxigraph"

    def __init__(self, folder: Path, *, seconds: int = 60, union: bool = False) -> None:
        found = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
        if found is None:
            pytest.skip("there is no oxigraph server here; install it with: pip install oxigraph")
        super().__init__(folder)
        self.program, self.seconds, self.union = found, seconds, union

    @property
    def query(self) -> str:
        return f"{self.address}/query"

    @property
    def update(self) -> str:
        return f"{self.address}/update"

    @property
    def graphs(self) -> str:
        return f"{self.address}/store"

    def command(self) -> list[str]:
        more = ["--union-default-graph"] if self.union else []
        where = ["-l", str(self.folder / "data"), "-b", f"127.0.0.1:{self.port}", "--timeout-s", str(self.seconds)]
        return [self.program, "serve", *where, *more]


_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = {seconds}
"""


class Virtuoso(Server):
    """Virtuoso Open Source 7, whose updates need the user ``dba`` (HTTP Digest)."""

    kind = "virtuoso"
    user, secret = "dba", "dba"

    def __init__(self, folder: Path, *, seconds: int = 60, rows: int = 1_000_000) -> None:
        if shutil.which("virtuoso-t") is None or shutil.which("isql-vt") is None:
            pytest.skip("there is no Virtuoso here; install it with: apt-get install virtuoso-opensource-7")
        super().__init__(folder)
        self.sql = free_port()
        text = _INI.format(sql=self.sql, http=self.port, rows=rows, seconds=seconds)
        (folder / "virtuoso.ini").write_text(text)

    @property
    def query(self) -> str:
        return f"{self.address}/sparql"

    @property
    def update(self) -> str:
        return f"{self.address}/sparql-auth"

    @property
    def graphs(self) -> str:
        return f"{self.address}/sparql-graph-crud-auth"

    def command(self) -> list[str]:
        return ["virtuoso-t", "-f", "-c", "virtuoso.ini"]

    def kill(self) -> None:
        super().kill()
        (self.folder / "virtuoso.lck").unlink(missing_ok=True)

    def run(self, statement: str) -> str:
        """What ``isql`` prints for an SQL statement."""
        call = ["isql-vt", f"127.0.0.1:{self.sql}", self.user, self.secret, f"exec={statement}"]
        return subprocess.run(call, capture_output=True, text=True, timeout=60, check=False).stdout
