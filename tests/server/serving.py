"""``kg serve`` as people start it, for tests: a process of its own on a free port, and what runs below it."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


def kg(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """The command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", "from kg.cli import main; main()", *arguments],
        cwd=cwd,
        env={**{k: v for k, v in os.environ.items() if not k.startswith("KG_")}, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str, cwd: Path) -> tuple[int, str]:
    """Exit code and what was said."""
    with kg(*arguments, cwd=cwd) as process:
        out, said = process.communicate(timeout=120)
    return process.returncode, out + said


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    port: int
    said: list[str]

    def get(self, address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self.ask("GET", address, **headers)

    def ask(self, method: str, address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, address, headers=headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()


@contextlib.contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Served]:
    """``kg serve`` on a free port until the block ends; it must then stop by itself, with exit code 0."""
    with kg("serve", "--port", "0", *options, cwd=folder, **environment) as process:
        assert process.stderr is not None
        said: list[str] = []
        try:
            for line in process.stderr:
                said.append(line)
                if "/sparql" in line:
                    break
            found = re.search(r"http://127\.0\.0\.1:(\d+)/sparql", said[-1] if said else "")
            assert found, said
            drain = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
            drain.start()
            yield Served(process, int(found[1]), said)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            drain.join(10)
        assert process.returncode == 0, said


def below(pid: int) -> list[int]:
    """The process's children, and theirs."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = file.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid:
                child = int(file.parent.name)
                found += [child, *below(child)]
    return found


def workers(pid: int) -> set[int]:
    """The query workers below a process."""
    return {one for one in below(pid) if b"kg.engine.worker" in command(one)}


def command(pid: int) -> bytes:
    """What a process was started with; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MiB; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, IndexError):
        return 0.0


def until(check: Callable[[], object], seconds: float = 30) -> bool:
    """Whether the check came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.05)
    return False
