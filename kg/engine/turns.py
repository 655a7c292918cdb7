"""Whose query runs next: places to run, a bounded line before them, and one client's share of both."""

from __future__ import annotations

import math
import threading
from collections import Counter, OrderedDict, deque

from kg.engine.request import Limits
from kg.engine.running import Run
from kg.errors import EngineBusy, KgError, TooManyQueries

__all__ = ["Turns"]


class Turns:
    """Places for ``limits.concurrent`` queries and a line of ``limits.queued``.

    Clients that wait take turns, whoever of them came first: a client with a hundred queries in line delays another
    one by at most one of them. One client may run ``client_concurrent`` (0: all), and has at most half of the line.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._guard = threading.Lock()
        self._free = limits.concurrent
        self._runs: Counter[str] = Counter()
        #: Who waits: each client's own line, the client whose turn is next first.
        self._lines: OrderedDict[str, deque[Run]] = OrderedDict()
        self._waits: Counter[str] = Counter()
        self._waiting = 0

    @property
    def _most(self) -> int:
        """How many of one client's queries may wait."""
        return max(1, self._limits.queued // 2) if self._limits.queued else 0

    @property
    def _share(self) -> int:
        return self._limits.client_concurrent or self._limits.concurrent

    def enter(self, run: Run) -> None:
        """Return when the query may run.

        Raises :class:`kg.errors.EngineBusy` where the line is full, :class:`kg.errors.TooManyQueries` where the
        client's share of it is, and the reason why the query was stopped while it waited.
        """
        with self._guard:
            if self._free and self._runs[run.client] < self._share and not self._blocked():
                self._begin(run)
                return
            self._count_in(run.client)
            self._lines.setdefault(run.client, deque()).append(run)
        run.woken.wait()
        with self._guard:
            if not run.admitted:
                self._count_out(run.client)
                line = self._lines.get(run.client, deque())
                if run in line:
                    line.remove(run)
                if not line:
                    self._lines.pop(run.client, None)
        if run.reason is not None:
            self.leave(run)
            raise run.reason

    def leave(self, run: Run) -> None:
        """Give the query's place to whoever is next; nothing where it has none (any more)."""
        with self._guard:
            if not run.admitted:
                return
            run.admitted = False
            self._free += 1
            self._runs[run.client] -= 1
            if not self._runs[run.client]:
                del self._runs[run.client]
            while self._free and (found := self._next()) is not None:
                self._count_out(found.client)
                self._begin(found)
                found.woken.set()

    def join(self, run: Run) -> None:
        """Count a query among those that wait, although it waits for another one's answer. Raises as :meth:`enter`."""
        with self._guard:
            self._count_in(run.client)

    def part(self, run: Run) -> None:
        """The end of :meth:`join`."""
        with self._guard:
            self._count_out(run.client)

    def _begin(self, run: Run) -> None:
        self._free -= 1
        self._runs[run.client] += 1
        run.admitted = True

    def _blocked(self) -> bool:
        """Whether somebody waits who could run now."""
        return any(self._runs[client] < self._share for client in self._lines)

    def _next(self) -> Run | None:
        for client, line in self._lines.items():
            if self._runs[client] < self._share:
                run = line.popleft()
                if line:
                    self._lines.move_to_end(client)
                else:
                    del self._lines[client]
                return run
        return None

    def _count_in(self, client: str) -> None:
        refused = self._refused(client)
        if refused is not None:
            raise refused
        self._waiting += 1
        self._waits[client] += 1

    def _count_out(self, client: str) -> None:
        self._waiting -= 1
        self._waits[client] -= 1
        if not self._waits[client]:
            del self._waits[client]

    def _refused(self, client: str) -> KgError | None:
        limits = self._limits
        if self._waiting >= limits.queued:
            return EngineBusy(
                f"{limits.concurrent} queries run and {limits.queued} wait; ask again in a moment",
                retry_after=max(1, math.ceil(limits.seconds / 4)),
            )
        if client and self._waits[client] >= self._most:
            return TooManyQueries(
                f"{self._waits[client]} of your queries wait already, and one client may not fill the line; ask again "
                "when one has ended",
                retry_after=max(1, math.ceil(limits.seconds / 4)),
            )
        return None
