"""Processes that read and annotate documents, one document each at a time, so that a document can cost no more than
itself: one that kills its process, or takes for ever, is refused with the reason, and a new process goes on.

An executor of the standard library would end the whole run there: its pool is broken when one process dies, and a
process that hangs cannot be stopped.
"""

from __future__ import annotations

import pickle
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any

from kg.errors import InputError, UsageError
from kg.model import Document

__all__ = ["DEADLINE", "Workers"]

#: Seconds one document may take in a worker, and a worker to load what it needs.
DEADLINE = 120.0
_START = 300.0
_READY = b""

#: Makes, in a worker, the function that turns a document into something that can be pickled.
Make = Callable[[], Callable[[Document], Any]]


class Workers:
    """``jobs`` processes, each with a thread here that feeds it; ``make`` is pickled and called once in each.

    ``deadline`` is in seconds. Leaving the context stops everything at once.
    """

    def __init__(self, jobs: int, make: Make, *, deadline: float = DEADLINE) -> None:
        self._tasks: queue.SimpleQueue[tuple[Document, Future[Any]] | None] = queue.SimpleQueue()
        self._seats = [_Seat(self._tasks, make, deadline, number) for number in range(jobs)]

    def __enter__(self) -> Workers:
        for seat in self._seats:
            seat.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for seat in self._seats:
            seat.closed = True
        for _ in self._seats:
            self._tasks.put(None)
        for seat in self._seats:
            seat.stop()
        for seat in self._seats:
            seat.thread.join()

    def submit(self, document: Document) -> Future[Any]:
        """What becomes of the document; :class:`kg.errors.InputError` where it killed its worker or ran too long."""
        future: Future[Any] = Future()
        self._tasks.put((document, future))
        return future


class _Seat:
    """One worker's place: its process, renewed when it dies, and the thread that feeds it."""

    def __init__(
        self, tasks: queue.SimpleQueue[tuple[Document, Future[Any]] | None], make: Make, deadline: float, number: int
    ) -> None:
        self.tasks, self.make, self.deadline = tasks, make, deadline
        self.closed = False
        self.process: BaseProcess | None = None
        self.pipe: Connection | None = None
        self.thread = threading.Thread(target=self._serve, name=f"worker-{number}", daemon=True)
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End the process, whatever it does. The lock keeps a new one from starting meanwhile."""
        with self._lock:
            if self.process is not None:
                self.process.kill()

    def _serve(self) -> None:
        while (task := self.tasks.get()) is not None:
            document, future = task
            try:
                future.set_result(self._one(document))
            except BaseException as error:  # noqa: BLE001 whoever waits for the future must be told, whatever it is
                future.set_exception(error)
        self.stop()
        self._forget()

    def _one(self, document: Document) -> Any:
        try:
            pipe = self._sent(pickle.dumps(document))
            if not pipe.poll(self.deadline):
                self.stop()
                self._forget()
                raise InputError(
                    f"reading it took longer than {self.deadline:g} seconds and was stopped", origin=document.origin
                )
            return pickle.loads(pipe.recv_bytes())  # noqa: S301 our own worker process wrote it
        except (EOFError, OSError):
            raise InputError(f"reading it ended its process ({self._forget()})", origin=document.origin) from None

    def _sent(self, packed: bytes) -> Connection:
        """The pipe of a worker that was given the document. Raises OSError where that worker ended meanwhile."""
        pipe = self._started()
        try:
            pipe.send_bytes(packed)
        except OSError:  # the worker ended while it had nothing to do, which is no document's fault
            self._forget()
            pipe = self._started()
            pipe.send_bytes(packed)
        return pipe

    def _started(self) -> Connection:
        """The pipe to a worker that is ready. Raises :class:`kg.errors.UsageError` where it cannot start."""
        if self.pipe is not None:
            return self.pipe
        # Spawned, not forked: a fork would copy the threads' locks and the writer lock of a draft that is open.
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        with self._lock:
            if self.closed:
                raise InputError("the run was stopped")
            self.process = context.Process(target=_work, args=(theirs, self.make), daemon=True)
            self.process.start()
        theirs.close()
        try:
            said = ours.recv_bytes() if ours.poll(_START) else b"it did not start in time"
        except (EOFError, OSError):
            said = b"it ended while it was starting"
        if said != _READY:
            ours.close()
            self.stop()
            self._forget()
            raise UsageError(f"a process that reads documents cannot start: {said.decode('utf-8', 'replace')}")
        self.pipe = ours
        return ours

    def _forget(self) -> str:
        """Clear the seat; how the process ended, in words."""
        if self.pipe is not None:
            self.pipe.close()
        process, self.pipe, self.process = self.process, None, None
        if process is None:
            return "it was stopped"
        process.join(5)
        if process.exitcode is None:
            process.kill()
            process.join()
        code = process.exitcode or 0
        process.close()
        if code >= 0:
            return f"exit code {code}"
        name = signal.Signals(-code).name if -code in signal.valid_signals() else str(-code)
        return f"signal {name}" + (": out of memory, perhaps" if name == "SIGKILL" else "")


def _work(pipe: Connection, make: Make) -> None:
    """The worker's whole life: it ends when its parent does, and leaves Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        read = make()
    except Exception as error:  # noqa: BLE001 the parent says it
        pipe.send_bytes(str(error).encode("utf-8", "replace") or b"for an unknown reason")
        return
    pipe.send_bytes(_READY)
    while True:
        try:
            packed = pipe.recv_bytes()
        except EOFError:
            return
        document: Document = pickle.loads(packed)  # noqa: S301 our own parent process wrote it
        try:
            made = pickle.dumps(read(document))
        except Exception as error:  # noqa: BLE001 what cannot be sent back is the document's fault
            made = pickle.dumps(InputError(f"what was read cannot be passed on: {error}", origin=document.origin))
        pipe.send_bytes(made)
