"""The pool of killable workers: who runs when, for how long, and what is kept of the answers.

Each query is answered in the thread that asks, which waits for its worker's bytes; :class:`kg.engine.running.Running`
watches from outside and kills the worker at the deadline, above the memory cap or when nobody waits any more. The first
megabyte is read ahead, so that a short answer frees its worker however slowly it is read by its client.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.engine.budget import Budget
from kg.engine.cache import LARGEST, Cache, Kept, key_of, lasting
from kg.engine.frames import to_error
from kg.engine.process import Process
from kg.engine.request import Answer, Cut, Limits, Request, State
from kg.engine.running import Run, Running, named
from kg.engine.turns import Turns
from kg.errors import EngineUnavailable, KgError, QueryCancelled, QueryRefused, QueryTooLarge
from kg.queries import form, refuse_remote
from kg.queries.reading import SHORT

if TYPE_CHECKING:
    from kg.store.layout import Layout

__all__ = ["Pool"]

#: Words of which an update holds one; an escape may hide it.
_WRITING = re.compile(r"INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH|\\[uU]", re.IGNORECASE)
#: Seconds in which a query cannot have filled much memory.
_LONG = 0.05
#: Seconds that a worker may stay idle over a snapshot that is not the current one: its lease holds up a purge.
_STALE = 5.0


class Pool:
    """Workers over one store. :meth:`run`, :meth:`cancel` and :meth:`state` are safe to call from many threads.

    A ``warm`` pool starts its workers before they are asked, and another one for each that it stops.
    """

    def __init__(self, store: Path, limits: Limits, *, warm: bool = False) -> None:
        self.store = store
        self.limits = limits
        self._warm = warm
        self._guard = threading.Lock()
        self._idle: list[Process] = []
        self._busy: set[Process] = set()
        self._closed = False
        self._layout: Layout | None = None
        self._turns = Turns(limits)
        self._budget = Budget(limits.client_seconds)
        self._cache = Cache(limits.cache_mb * 2**20)
        self._running = Running(self._tidy)
        #: What is being answered, and the queries that wait for the same.
        self._flights: dict[bytes, list[Run]] = {}
        self._refill()

    def run(self, request: Request, *, left: Callable[[], bool] = lambda: False) -> Answer:
        """The answer, from its first bytes on.

        Raises :class:`kg.errors.QueryRefused`, :class:`kg.errors.QuerySyntaxError`, :class:`kg.errors.EngineBusy`,
        :class:`kg.errors.TooManyQueries` or another :class:`kg.errors.QueryError` when it fails before its first
        megabyte is whole; :class:`kg.errors.UsageError` for an id that is none, and :class:`kg.errors.QueryIdTaken`.
        """
        name = named(request.id)
        key = self._key(request)
        self._running.free(name)
        if key is not None and (kept := self._cache.get(key)) is not None:
            return _again(kept, name)
        _refuse(request.query, self.limits.federation)
        if key is not None and not lasting(request.query):
            key = None
        run = Run(name, replace(request, id=name), self.limits, left=left, stopped=self._killed)
        self._running.add(run)
        leads = False
        try:
            if key is not None:
                leads, kept = self._same(key, run)
                if kept is not None:
                    self._end(run, key if leads else None)
                    return _again(kept, name)
            self._budget.check(run.client)
            self._turns.enter(run)
            return self._answered(run, key if leads else None)
        except BaseException:
            self._end(run, key if leads else None)
            raise

    def state(self, id: str) -> State | None:
        """What is known of a query that waits or runs; None for one that has ended or never was."""
        run = self._running.get(id)
        return run.state() if run is not None else None

    def cancel(self, id: str) -> bool:
        """Stop a query; whether there was one to stop. Its worker is gone when this returns."""
        run = self._running.get(id)
        if run is None or not run.stop(QueryCancelled("the query was stopped, as somebody asked who knows its id")):
            return False
        self._running.remove(run)
        return True

    def running(self) -> tuple[State, ...]:
        """The queries that wait or run, oldest first."""
        return tuple(run.state() for run in self._running.all())

    def close(self) -> None:
        """Stop every query and every worker."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        self._running.close()
        for process in idle:
            process.close()

    # ---- one answer ------------------------------------------------------------------------------------------------

    def _answered(self, run: Run, key: bytes | None) -> Answer:
        """The answer of a query that has its turn, whole or begun."""
        steps = self._steps(run)
        held: list[bytes] = []
        size, whole = 0, True
        try:
            head = json.loads(next(steps))
            for chunk in steps:
                held.append(chunk)
                size += len(chunk)
                if size > LARGEST:
                    whole = False
                    break
        except BaseException:
            steps.close()
            raise
        answer = Answer(media_type=head["media_type"], snapshot=head["snapshot"], chunks=iter(held), id=run.id)
        if whole:
            body = b"".join(held)
            answer.chunks, answer.cut = iter((body,) if body else ()), run.cut
            if key is not None:
                self._cache.put(key, Kept(answer.media_type, answer.snapshot, body, run.cut))
            self._end(run, key)
            return answer
        self._landed(key)  # too long to be kept: whoever waits for it asks for itself
        answer.chunks = _streamed(answer, run, held, steps)
        answer.closers += [lambda: self._end(run, None), steps.close]
        return answer

    def _steps(self, run: Run) -> Generator[bytes, None, None]:
        """First the header's payload, then the data; the worker is given back only after a clean end."""
        process = self._asked(run)
        whole = False
        try:
            while True:
                message = process.message()
                if message is None:
                    if process.answered and run.reason is None and (not process.opened or process.unread()):
                        self._settle(process, whole=False)  # it died after the query before this one
                        process = self._asked(run)
                        continue
                    raise run.reason or process.death()
                kind, payload = message
                if kind == b"D":
                    run.bytes += len(payload)
                    if run.bytes > self.limits.answer_bytes:
                        raise QueryTooLarge(
                            f"the answer passed {self.limits.answer_bytes} bytes and was stopped; ask for less (LIMIT)",
                            limit=self.limits.answer_bytes,
                            unit="bytes",
                        )
                    yield payload
                elif kind == b"H":
                    yield payload
                elif kind == b"O":
                    process.opened = True
                    process.snapshot = json.loads(payload)["snapshot"]
                elif kind == b"Z":
                    cut = json.loads(payload).get("cut")
                    run.cut = Cut(**cut) if cut else None
                    whole = True
                    return
                else:
                    whole = kind == b"E"
                    raise (
                        to_error(json.loads(payload))
                        if whole
                        else EngineUnavailable("a query worker sent a broken message; it was stopped, ask again")
                    )
        finally:
            run.end()
            long = run.started is not None and time.monotonic() - run.started > _LONG
            self._settle(process, whole=whole and run.reason is None, long=long)
            self._freed(run)

    def _asked(self, run: Run) -> Process:
        """A worker that has the query. One that has died since its last query is passed over."""
        while True:
            process = self._take()
            try:
                run.begin(process)
                process.ask(run.request)
            except OSError:
                fresh = not process.answered
                self._settle(process, whole=False)
                if run.reason is not None:
                    raise run.reason from None
                if fresh:
                    raise EngineUnavailable("a query worker could not be reached; ask again") from None
            except BaseException:
                self._settle(process, whole=process.alive)
                raise
            else:
                return process

    def _killed(self, run: Run, process: Process) -> None:
        """The query was stopped: its place is free, although its thread may still hand out what it had."""
        with self._guard:
            self._busy.discard(process)
        self._freed(run)
        self._refill()

    def _freed(self, run: Run) -> None:
        """The query's worker is free or gone: the next one's turn. A second call does nothing."""
        with self._guard:
            if run.ended or run.started is None:
                return
            run.ended = True
        self._budget.spend(run.client, time.monotonic() - run.started)
        self._turns.leave(run)

    def _end(self, run: Run, key: bytes | None) -> None:
        self._running.remove(run)
        self._freed(run)
        self._turns.leave(run)
        self._landed(key)

    # ---- the same query at the same time ---------------------------------------------------------------------------

    def _same(self, key: bytes, run: Run) -> tuple[bool, Kept | None]:
        """Whether this query is the first of its kind now, else the first one's answer once it is there and kept."""
        with self._guard:
            others = self._flights.get(key)
            if others is None:
                self._flights[key] = []
                return True, self._cache.get(key)
            self._turns.join(run)
            others.append(run)
        run.woken.wait()
        self._turns.part(run)
        run.woken.clear()
        if run.reason is not None:
            raise run.reason
        return False, self._cache.get(key)

    def _landed(self, key: bytes | None) -> None:
        if key is None:
            return
        with self._guard:
            others = self._flights.pop(key, [])
        for run in others:
            run.woken.set()

    def _key(self, request: Request) -> bytes | None:
        """The key of the answer; None where none is kept."""
        if not self.limits.cache_mb or request.snapshot is None:
            return None
        if self._layout is None:
            from kg.store.layout import Layout

            try:
                self._layout = Layout.read(self.store)
            except KgError:
                return None  # the worker says what is wrong with the store
        try:
            found = os.stat(f"{self._layout.root}/{request.snapshot}")  # noqa: PTH116 a Path costs more than the call
        except (OSError, ValueError):
            return None
        return key_of(request, (found.st_ino, found.st_ctime_ns))

    # ---- workers ---------------------------------------------------------------------------------------------------

    def _take(self) -> Process:
        with self._guard:
            process = None
            while self._idle and process is None:
                process = self._idle.pop()
                if not process.alive:
                    process.close()
                    process = None
            if process is None:
                process = Process(self.store, self.limits)
            self._busy.add(process)
            return process

    def _settle(self, process: Process, *, whole: bool, long: bool = False) -> None:
        """Keep a worker that ended its query well, and has not grown; end any other."""
        # Memory that a query needed is not always given back, and would count against the next one.
        keep = whole and (not long or process.resident_mb() <= self.limits.memory_mb / 4)
        process.answered = process.answered or whole
        process.since = time.monotonic()
        with self._guard:
            self._busy.discard(process)
            keep = keep and not self._closed and len(self._idle) < self.limits.concurrent
            if keep:
                self._idle.append(process)
        if not keep:
            process.close()
            self._refill()

    def _refill(self) -> None:
        """Start the workers that are missing."""
        if not self._warm:
            return
        with self._guard:
            while not self._closed and len(self._idle) + len(self._busy) < self.limits.concurrent:
                self._idle.insert(0, Process(self.store, self.limits))  # one that is ready is taken first

    def _tidy(self) -> None:
        """End idle workers over snapshots that are not the current one."""
        if self._layout is None:
            return
        current, now = self._layout.pointed(), time.monotonic()
        with self._guard:
            stale = [p for p in self._idle if p.snapshot not in ("", current) and now - p.since > _STALE]
            self._idle = [p for p in self._idle if p not in stale]
        for process in stale:
            process.close()
        self._refill()


def _streamed(answer: Answer, run: Run, held: list[bytes], steps: Iterator[bytes]) -> Iterator[bytes]:
    while held:
        yield held.pop(0)
    yield from steps
    answer.cut = run.cut


def _again(kept: Kept, id: str) -> Answer:
    chunks = iter((kept.body,) if kept.body else ())
    return Answer(kept.media_type, kept.snapshot, chunks, id=id, cut=kept.cut, cached=True)


def _refuse(query: str, federation: Sequence[str]) -> None:
    """Raises :class:`kg.errors.QueryRefused` for what would write, or fetch from elsewhere than it may. A long text is
    judged in the worker, which can be stopped (:func:`kg.engine.prepare.prepared`)."""
    if len(query) <= SHORT:
        refuse_remote(query, federation=federation)
    if _WRITING.search(query) and form(query) == "update":
        raise QueryRefused("this is an update; only queries are answered here, the graph changes by publishing")
