"""One worker process seen from outside: started, asked, measured and stopped."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
from dataclasses import asdict
from pathlib import Path

from kg.engine.frames import json_frame, read_frame
from kg.engine.request import Limits, Request
from kg.errors import EngineUnavailable, KgError, QueryCrashed, QueryTooLarge

__all__ = ["Process"]

_PAGE = os.sysconf("SC_PAGE_SIZE")
#: Bytes that the pipe from a worker holds: it writes on while others have the processor.
_PIPE = 2**20


class Process:
    """A worker. Its pipes belong to the thread that asks it; :meth:`stop` may be called from any other."""

    __slots__ = ("_popen", "_stdin", "_stdout", "answered", "opened", "since", "snapshot")

    def __init__(self, store: Path, limits: Limits) -> None:
        self._popen = subprocess.Popen(
            [
                *(sys.executable, "-m", "kg.engine.worker"),
                *(str(store), str(limits.memory_mb), json.dumps(asdict(limits))),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._stdin, self._stdout = self._popen.stdin, self._popen.stdout
        with contextlib.suppress(OSError, AttributeError):  # where the system has no such call, or allows no more
            fcntl.fcntl(self._stdout, fcntl.F_SETPIPE_SZ, _PIPE)
        self.answered = False
        self.opened = False
        self.snapshot = ""
        self.since = 0.0

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._popen.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._popen.poll() is None

    def ask(self, request: Request) -> None:
        """Send the request. Raises OSError where the process has ended."""
        self.opened = bool(self.snapshot) and request.snapshot == self.snapshot  # another one is told when it is open
        self._stdin.write(json_frame(b"Q", request.to_json()))
        self._stdin.flush()

    def message(self) -> tuple[bytes, bytes] | None:
        """The next message, waited for; None where the process has ended or writes nonsense."""
        return read_frame(self._stdout.read)

    def unread(self) -> bool:
        """Whether it has not taken the request, or not all of it; for the thread that asks it."""
        try:
            return any(fcntl.ioctl(self._stdin, termios.FIONREAD, bytes(4)))
        except OSError:
            return False

    def resident_mb(self) -> float:
        """Resident memory in MiB; 0 where the system does not tell."""
        try:
            return int(Path(f"/proc/{self._popen.pid}/statm").read_bytes().split()[1]) * _PAGE / 2**20
        except (OSError, IndexError, ValueError):
            return 0.0

    def stop(self) -> None:
        """End it now; returns when it is gone (or after 5 seconds in which the system could not end it)."""
        self._popen.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(5)

    def close(self) -> None:
        """End it and let go of its pipes; only for the thread that reads them."""
        self.stop()
        with contextlib.suppress(OSError):  # what it did not take of a question
            self._stdin.close()
        self._stdout.close()

    def death(self) -> KgError:
        """Why it ended by itself: at open it is the store's fault, later the query's."""
        code = self._popen.wait()
        if not self.opened:
            return EngineUnavailable(f"a query worker ended with status {code} before it could open the snapshot")
        # An allocation that RLIMIT_DATA refuses aborts; the system's own killer sends SIGKILL.
        if code in (-signal.SIGKILL, -signal.SIGABRT):
            return QueryTooLarge(
                f"the query's worker ended with {_named(code)}, most likely out of memory; ask for less"
            )
        return QueryCrashed(
            f"the query made the engine crash ({_named(code)}); queries with thousands of terms or brackets in one "
            "expression do that: split it. Other queries are not touched"
        )


def _named(code: int) -> str:
    """An exit status in words."""
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"status {code}"
