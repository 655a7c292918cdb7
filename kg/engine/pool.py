"""The pool of killable workers: slots, a bounded queue, a hard deadline, a memory cap.

Plain threads and ``select``: each running query is watched by the thread that asked for it, which kills the worker at
the deadline, above the memory cap, when the answer grows too long or when the caller leaves.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from kg.engine.frames import LIMIT, json_frame, to_error
from kg.engine.request import Answer, Limits, Request
from kg.errors import (
    EngineBusy,
    EngineUnavailable,
    KgError,
    QueryCancelled,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
)
from kg.queries import form, refuse_remote

__all__ = ["Pool"]

#: Seconds between two samples of a worker's resident memory.
_SAMPLE = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")


class _Process:
    """One worker process and what has arrived from it."""

    def __init__(self, store: Path, memory_mb: int) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "kg.engine.worker", str(store), str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        self.stdin, self.stdout = self.popen.stdin, self.popen.stdout
        self.buffer = bytearray()
        self.opened = False

    @property
    def alive(self) -> bool:
        return self.popen.poll() is None

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.popen.kill()
        self.popen.wait()
        self.stdin.close()
        self.stdout.close()

    def resident_mb(self) -> float:
        """Resident memory in MiB; 0 where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self.popen.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return 0.0
        return pages * _PAGE / 2**20

    def message(self) -> tuple[bytes, bytes] | None:
        """The next whole message in the buffer."""
        if len(self.buffer) < 5:
            return None
        length = int.from_bytes(self.buffer[1:5], "big")
        if length > LIMIT:
            raise EngineUnavailable("a query worker sent a broken message; it was stopped, ask again")
        if len(self.buffer) < 5 + length:
            return None
        kind, payload = bytes(self.buffer[:1]), bytes(self.buffer[5 : 5 + length])
        del self.buffer[: 5 + length]
        return kind, payload


class Pool:
    """Workers over one store. :meth:`run` is safe to call from many threads.

    ``left`` (per call) tells whether the one who asked has gone; it is looked at ten times a second.
    """

    def __init__(self, store: Path, limits: Limits) -> None:
        self.store = store
        self.limits = limits
        self._idle: list[_Process] = []
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(limits.concurrent)
        self._waiting = 0
        self._closed = False

    def run(self, request: Request, *, left: Callable[[], bool] = lambda: False) -> Answer:
        """The answer from its header on.

        Raises :class:`kg.errors.QueryRefused`, :class:`kg.errors.QuerySyntaxError`, :class:`kg.errors.EngineBusy`
        or another :class:`kg.errors.QueryError` when it fails before the first byte.
        """
        refuse_remote(request.query)
        if form(request.query) == "update":
            raise QueryRefused("this is an update; only queries are answered here, the graph changes by publishing")
        seconds = min(request.seconds or self.limits.seconds, self.limits.seconds)
        deadline = time.monotonic() + seconds
        self._enter(deadline, seconds, left)
        try:
            process = self._take()
            steps = self._steps(process, request, deadline, seconds, left)
            header = next(steps)
        except BaseException:
            self._free.release()
            raise
        made = json.loads(header)
        answer = Answer(media_type=made["media_type"], snapshot=made["snapshot"], chunks=steps)
        answer.closers.append(self._free.release)
        answer.closers.append(steps.close)
        return answer

    def close(self) -> None:
        """Stop every idle worker; running ones end with their queries."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for process in idle:
            process.kill()

    def _enter(self, deadline: float, seconds: float, left: Callable[[], bool]) -> None:
        """Wait for a slot, no longer than the deadline and only where the queue has room."""
        if self._free.acquire(blocking=False):
            return
        with self._lock:
            if self._waiting >= self.limits.queued:
                raise EngineBusy(
                    f"{self.limits.concurrent} queries run and {self.limits.queued} wait; ask again in a moment",
                    retry_after=max(1, int(seconds / 4)),
                )
            self._waiting += 1
        try:
            while not self._free.acquire(timeout=_SAMPLE):
                if left():
                    raise QueryCancelled("the client left while the query waited")
                if time.monotonic() > deadline:
                    raise EngineBusy(f"no worker was free within {seconds:g} s; ask again later", retry_after=5)
        finally:
            with self._lock:
                self._waiting -= 1

    def _take(self) -> _Process:
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.alive:
                    return process
                process.kill()
        return _Process(self.store, self.limits.memory_mb)

    def _give_back(self, process: _Process) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < self.limits.concurrent:
                self._idle.append(process)
                return
        process.kill()

    def _steps(
        self, process: _Process, request: Request, deadline: float, seconds: float, left: Callable[[], bool]
    ) -> Generator[bytes, None, None]:
        """First the header's payload, then the data; the worker is given back only after a clean end."""
        whole = False
        process.opened = False
        sent = 0
        try:
            try:
                process.stdin.write(json_frame(b"Q", request.to_json()))
            except OSError:
                raise EngineUnavailable("a query worker could not be reached; ask again") from None
            for kind, payload in self._messages(process, deadline, seconds, left):
                if kind == b"O":
                    process.opened = True
                elif kind == b"H":
                    yield payload
                elif kind == b"D":
                    sent += len(payload)
                    if sent > self.limits.answer_bytes:
                        raise QueryTooLarge(
                            f"the answer passed {self.limits.answer_bytes} bytes and was stopped; ask for less (LIMIT)"
                        )
                    yield payload
                elif kind == b"Z":
                    whole = True
                    return
                else:
                    whole = True
                    raise to_error(json.loads(payload))
        finally:
            if whole:
                self._give_back(process)
            else:
                process.kill()

    def _messages(
        self,
        process: _Process,
        deadline: float,
        seconds: float,
        left: Callable[[], bool],
    ) -> Iterator[tuple[bytes, bytes]]:
        while True:
            while (message := process.message()) is not None:
                yield message
            if time.monotonic() > deadline:
                raise QueryTimeout(
                    f"the query ran longer than {seconds:g} s and was stopped; ask for less, or split it",
                    seconds=seconds,
                )
            if left():
                raise QueryCancelled("the client left; the query was stopped")
            used = process.resident_mb()
            if used > self.limits.memory_mb:
                raise QueryTooLarge(
                    f"the query used more than {self.limits.memory_mb} MiB of memory and was stopped; ask for less"
                )
            if not select.select([process.stdout], [], [], _SAMPLE)[0]:
                continue
            chunk = os.read(process.stdout.fileno(), 256 * 1024)
            if not chunk:
                raise self._death(process)
            process.buffer += chunk

    @staticmethod
    def _death(process: _Process) -> KgError:
        """Why a worker ended by itself: at open it is the store's fault, later the query's."""
        code = process.popen.wait()
        if not process.opened:
            return EngineUnavailable(f"a query worker ended with status {code} before it could open the snapshot")
        return QueryTooLarge(f"the query's worker ended with status {code}, most likely out of memory; ask for less")
