"""The queries that wait or run, by id, and the one thread that looks after them."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable

from kg.engine.process import Process
from kg.engine.request import Cut, Limits, Request, State
from kg.errors import (
    EngineBusy,
    EngineUnavailable,
    KgError,
    QueryCancelled,
    QueryIdTaken,
    QueryTimeout,
    QueryTooLarge,
    UsageError,
)

__all__ = ["Run", "Running", "named"]

#: Seconds between two looks at each query: its deadline, its memory, and whether somebody waits for it.
_LOOK = 0.1
#: Seconds without a query after which the looks become seldom, and how seldom.
_IDLE = 5.0
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def named(id: str) -> str:
    """The id that a client chose, or a new one that cannot be guessed: who knows it may stop the query.

    Raises :class:`kg.errors.UsageError`.
    """
    if not id:
        return secrets.token_hex(16)
    if not _ID.fullmatch(id):
        raise UsageError("a query's id is 8 to 64 letters, digits and hyphens")
    return id


class Run:
    """One query from the moment it was asked.

    ``woken`` is set when it may go on or was stopped, ``reason`` says why it was stopped; ``admitted`` belongs to
    :class:`kg.engine.turns.Turns`.
    """

    __slots__ = (
        *("_guard", "_left", "_stopped", "admitted", "asked", "bytes", "client", "cut", "ended", "id", "limits"),
        *("memory_mb", "process", "reason", "request", "seconds", "started", "woken"),
    )

    def __init__(
        self,
        id: str,
        request: Request,
        limits: Limits,
        *,
        left: Callable[[], bool],
        stopped: Callable[[Run, Process], None],
    ) -> None:
        """``left`` tells whether whoever asked has gone; ``stopped`` is called when the process was ended."""
        self.id = id
        self.request = request
        self.client = request.client
        self.limits = limits
        self._left = left
        self._stopped = stopped
        most = max(limits.seconds, limits.trusted_seconds) if request.trusted else limits.seconds
        self.seconds = min(request.seconds or limits.seconds, most)
        self.asked = time.monotonic()
        self.started: float | None = None
        self.ended = False
        self.bytes = 0
        self.memory_mb = 0.0
        self.cut: Cut | None = None
        self.process: Process | None = None
        self.reason: KgError | None = None
        self.admitted = False
        self.woken = threading.Event()
        self._guard = threading.Lock()

    def begin(self, process: Process) -> None:
        """The query runs in this process from now on. Raises the reason where it was stopped before."""
        with self._guard:
            if self.reason is None:
                self.process = process
                if self.started is None:
                    self.started = time.monotonic()
                return
        raise self.reason

    def end(self) -> None:
        """The process is the query's no more; it cannot be stopped through it after this."""
        with self._guard:
            self.process = None

    def stop(self, reason: KgError) -> bool:
        """End the query for this reason; its process is gone afterwards. False where it has ended or was stopped."""
        with self._guard:
            if self.reason is not None:
                return False
            self.reason = reason
            process = self.process
            if process is not None:
                process.stop()
        self.woken.set()
        if process is not None:
            self._stopped(self, process)
        return True

    def left(self) -> bool:
        """Whether whoever asked has gone."""
        try:
            return self._left()
        except (OSError, ValueError):  # a connection that was closed under the look
            return True

    def look(self, now: float) -> KgError | None:
        """Why the query must end now, if it must."""
        if self.left():
            return QueryCancelled("the client left; the query was stopped")
        if self.started is None:
            if now - self.asked <= self.seconds:
                return None
            return EngineBusy(f"no worker was free within {self.seconds:g} s; ask again later", retry_after=5)
        if now - self.started > self.seconds:
            return QueryTimeout(
                f"the query ran longer than {self.seconds:g} s and was stopped; ask for less, or split it",
                seconds=self.seconds,
            )
        with self._guard:
            self.memory_mb = self.process.resident_mb() if self.process is not None else self.memory_mb
        if self.memory_mb > self.limits.memory_mb:
            return QueryTooLarge(
                f"the query used more than {self.limits.memory_mb} MiB of memory and was stopped; ask for less",
                limit=self.limits.memory_mb,
                unit="MiB",
            )
        return None

    def state(self) -> State:
        """What is known of it."""
        return State(
            id=self.id,
            status="waiting" if self.started is None else "running",
            snapshot=self.request.snapshot or "",
            seconds=round(time.monotonic() - self.asked, 3),
            limit=self.seconds,
            bytes=self.bytes,
            memory_mb=round(self.memory_mb, 1),
        )


class Running:
    """The table of :class:`Run`. Its thread starts with the first query.

    ``idle`` is called now and then while nothing runs. A query is looked at from outside, so that its own thread can
    wait for bytes, or for a slow reader, without a clock.
    """

    def __init__(self, idle: Callable[[], None]) -> None:
        self._idle = idle
        self._guard = threading.Lock()
        self._runs: dict[str, Run] = {}
        self._watch: threading.Thread | None = None
        self._parked = False
        self._wake = threading.Event()
        self._closed = False

    def add(self, run: Run) -> None:
        """Look after the query. Raises :class:`kg.errors.QueryIdTaken`."""
        with self._guard:
            if self._closed:
                raise EngineUnavailable("the query engine is being stopped")
            self._check(run.id)
            self._runs[run.id] = run
            if self._watch is None:
                self._watch = threading.Thread(target=self._look_after, name="queries", daemon=True)
                self._watch.start()
            elif self._parked:
                self._wake.set()

    def free(self, id: str) -> None:
        """Nothing, where no query has the id. Raises :class:`kg.errors.QueryIdTaken`."""
        with self._guard:
            self._check(id)

    def _check(self, id: str) -> None:
        if id in self._runs:
            raise QueryIdTaken(f"a query with the id {id} waits or runs; choose another id", id=id)

    def remove(self, run: Run) -> None:
        """The query has ended."""
        with self._guard:
            if self._runs.get(run.id) is run:
                del self._runs[run.id]

    def get(self, id: str) -> Run | None:
        """The query of that id that waits or runs."""
        with self._guard:
            return self._runs.get(id)

    def all(self) -> tuple[Run, ...]:
        """Every query that waits or runs, oldest first."""
        with self._guard:
            return tuple(self._runs.values())

    def close(self) -> None:
        """Stop every query, and the thread."""
        with self._guard:
            self._closed = True
        self._wake.set()
        for run in self.all():
            run.stop(EngineUnavailable("the query engine was stopped"))

    def _look_after(self) -> None:
        quiet = 0.0
        while not self._closed:
            runs = self.all()
            now = time.monotonic()
            for run in runs:
                reason = run.look(now)
                if reason is not None:
                    run.stop(reason)
            quiet = 0.0 if runs else quiet + _LOOK
            if quiet < _IDLE:
                self._wake.wait(_LOOK)
                continue
            self._idle()
            with self._guard:
                self._parked = not self._runs
            if self._parked:
                self._wake.wait(_IDLE)
            with self._guard:
                self._parked = False
                if not self._closed:
                    self._wake.clear()
