"""The process that writes: what clients with a token ask for is carried out where it can be stopped.

pyoxigraph cannot be interrupted, and a web process must not hold a store open for writing. So updates and graphs go to
a process of their own, started with the first one; it is killed at the deadline and above the memory cap, which leaves
the current snapshot whole (docs/decisions/0002-snapshots.md). Started as ``python -m kg.pipeline.writer``; orders on
standard input, outcomes on standard output, framed (:mod:`kg.engine.frames`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.engine.frames import frame, read_frame
from kg.errors import (
    EngineBusy,
    EngineUnavailable,
    InputError,
    KgError,
    QueryCrashed,
    QueryTimeout,
    QueryTooLarge,
    StoreError,
)
from kg.pipeline.orders import Order, Written
from kg.pipeline.writes import Row, Writes
from kg.store import graphs

if TYPE_CHECKING:
    from kg.config import Settings
    from kg.store import Store

__all__ = ["Writer", "main"]

#: Seconds that a request waits for its turn, and how many may wait: each holds a thread of the server.
_WAIT, _WAITING = 20.0, 4
#: Seconds between two looks at a process that works, and after the deadline for a publish that is at its last step.
_LOOK, _GRACE = 0.1, 60.0
#: Seconds without an order after which the process ends.
_IDLE = 300.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Writer:
    """Carries out writes in one store, one at a time. Safe to call from many threads.

    Several may exist for a store, one in each process of a server: the store's writer lock keeps them apart.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(1 + _WAITING)
        self._process: _Process | None = None

    def write(self, order: Order) -> Written:
        """Carry the order out and keep it in the journal of writes, whatever becomes of it.

        Raises what :meth:`kg.pipeline.writing.Publisher.write` raises, :class:`kg.errors.QueryTimeout` and
        :class:`kg.errors.QueryTooLarge` where it was stopped, :class:`kg.errors.EngineBusy` where too many wait, and
        :class:`kg.errors.EngineUnavailable` where the process does not start or fails.
        """
        row = self._row(order)
        try:
            written = self._write(order)
        except KgError as error:
            codes = tuple(getattr(error, "codes", ()))
            self._note(replace(row, outcome=type(error).__name__, codes=codes, reason=_short(error)))
            raise
        outcome = "published" if written.changed else "unchanged"
        done = replace(row, outcome=outcome, snapshot=written.snapshot, added=written.added, removed=written.removed)
        self._note(done)
        return written

    def deny(self, order: Order, error: KgError) -> None:
        """Keep in the journal that the order was refused before it was given."""
        self._note(replace(self._row(order), outcome=type(error).__name__, reason=_short(error)))

    def close(self) -> None:
        """Stop the process, once it has nothing under way."""
        with self._turn:
            self._stop()

    # the journal ----------------------------------------------------------------------------------------------
    def _row(self, order: Order) -> Row:
        sent = [Path(part.path) for part in order.parts]
        digests = [_digest(file) for file in sent]
        size = sum(file.stat().st_size for file in sent)
        if order.text:
            data = order.text.encode("utf-8", "surrogatepass")
            digests, size = [hashlib.sha256(data).hexdigest()], len(data)
        graph = "" if order.kind == "update" else graphs.told(self.store.iris, order.graph or "default")
        time = order.time.strftime("%Y-%m-%dT%H:%M:%SZ")
        return Row(order.id, time, order.token, order.role, order.kind, "", graph, tuple(digests), size)

    def _note(self, row: Row) -> None:
        Writes.of(self.store.path).append(row)

    # the process ----------------------------------------------------------------------------------------------
    def _write(self, order: Order) -> Written:
        busy = EngineBusy("other writes are under way; ask again in a moment", retry_after=10)
        if not self._places.acquire(blocking=False):
            raise busy
        try:
            if not self._turn.acquire(timeout=_WAIT):
                raise busy
            try:
                return self._ask(order)
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _ask(self, order: Order) -> Written:
        seconds: float = self.settings["limits.update_seconds"]
        whole = False
        process = None
        try:
            process = self._started()
            try:
                process.send(b"Q", order)
            except BrokenPipeError:  # it had waited long enough and was about to end
                self._stop()
                process = self._started()
                process.send(b"Q", order)
            answer = process.answer(time.monotonic() + seconds, float(self.settings["limits.query_memory_mb"]))
            whole = True
        except TimeoutError:
            return self._after(order, process) or _raise(
                QueryTimeout(
                    f"the write took longer than {seconds:g} s and was stopped; nothing was written: send it in parts",
                    seconds=seconds,
                )
            )
        except MemoryError:
            return self._after(order, process) or _raise(
                QueryTooLarge(
                    "the write used more memory than it may and was stopped; nothing was written: send it in parts"
                )
            )
        except (EOFError, BrokenPipeError):
            crashed = process is not None and process.crashed
            return self._after(order, process) or _raise(
                QueryCrashed("the write makes the process that does it crash; nothing was written: ask in another way")
                if crashed
                else EngineUnavailable("the process that writes ended before it was done; nothing was written")
            )
        finally:
            if not whole:
                self._stop()
        if isinstance(answer, KgError):
            raise answer
        return answer

    def _after(self, order: Order, process: _Process | None) -> Written | None:
        """What was written after all: a process may die between publishing and saying so."""
        self._stop()
        if process is None or not process.committing:
            return None
        with contextlib.suppress(StoreError):
            info = self.store.current()
            said = info.summary.get("write", {})
            if said.get("id") == order.id:
                return Written(info.id, said["added"], said["removed"], changed=True)
        return None

    def _started(self) -> _Process:
        if self._process is None or not self._process.alive:
            self._stop()
            self._process = _Process()
            self._process.send(b"S", (self.store.path, replace(self.settings, tokens=())))
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()


def _raise(error: KgError) -> Any:
    raise error


def _short(error: KgError) -> str:
    """The reason without the words of what was sent, which a removal would have to find again."""
    if isinstance(error, InputError) and not getattr(error, "codes", ()):
        return error.reason.partition(":")[0][:200]
    return error.message.partition(":")[0][:200]


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _Process:
    """The process that writes, seen from outside."""

    def __init__(self) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "kg.pipeline.writer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        assert self._popen.stdout is not None
        self._poll = select.poll()  # select() knows only 1,024 files
        self._poll.register(self._popen.stdout, select.POLLIN)
        self._buffer = bytearray()
        #: whether a publish was at its last step when it was last heard of
        self.committing = False

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    @property
    def crashed(self) -> bool:
        """Whether it ended of itself, by a fault: a text nested so deeply that the engine's stack overflows, say."""
        return self._popen.wait() in (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS)

    def send(self, kind: bytes, value: Any) -> None:
        """Raises BrokenPipeError where the process has ended."""
        assert self._popen.stdin is not None
        message = memoryview(frame(kind, pickle.dumps(value)))
        while message:
            message = message[self._popen.stdin.write(message) or 0 :]

    def answer(self, deadline: float, memory_mb: float) -> Written | KgError:
        """Raises TimeoutError at the deadline, MemoryError above the cap, and EOFError where the process has ended."""
        assert self._popen.stdout is not None
        self.committing = False
        while True:
            while (message := self._message()) is not None:
                kind, payload = message
                if kind != b"C":
                    answer: Written | KgError = pickle.loads(payload)  # noqa: S301 our own process wrote it
                    return answer
                self.committing = True
                deadline += _GRACE
            if time.monotonic() > deadline:
                raise TimeoutError
            if not self.committing and self._resident_mb() > memory_mb:
                raise MemoryError
            if self._poll.poll(_LOOK * 1000):
                chunk = os.read(self._popen.stdout.fileno(), 2**16)
                if not chunk:
                    raise EOFError
                self._buffer += chunk

    def _message(self) -> tuple[bytes, bytes] | None:
        found = bytes(self._buffer[:5])
        length = int.from_bytes(found[1:], "big")
        if len(found) < 5 or len(self._buffer) < 5 + length:
            return None
        payload = bytes(self._buffer[5 : 5 + length])
        del self._buffer[: 5 + length]
        return found[:1], payload

    def _resident_mb(self) -> float:
        """Resident memory in MiB; 0 where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self._popen.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return 0.0
        return pages * _PAGE / 2**20

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                pipe.close()


# ---- inside the process --------------------------------------------------------------------------------------------


def main() -> None:
    """Hear which store it is, then carry out one order after the other until standard input ends or nothing comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    first = read_frame(_heard)
    if first is None:
        return
    path, settings = pickle.loads(first[1])  # noqa: S301 our own parent process wrote it
    from kg.pipeline.writing import Publisher
    from kg.shacl import Gate, profiles
    from kg.store import Store

    try:
        publisher = Publisher(Store.open(path, settings.base_iri), Gate(profiles.load(settings)), settings)
    except KgError as error:
        _say(b"E", error)
        return
    grace = float(settings["limits.update_seconds"]) + 5
    with publisher.store.settling() as published:
        while select.select([0], [], [], _IDLE)[0]:
            message = read_frame(_heard)
            if message is None:
                return
            # should nobody be left to stop it: the signal ends the process, but for a publish at its last step
            signal.setitimer(signal.ITIMER_REAL, grace)
            _say(*_done(publisher, pickle.loads(message[1])))  # noqa: S301 our own parent process wrote it
            signal.setitimer(signal.ITIMER_REAL, 0)
            published.set()


def _done(publisher: Any, order: Order) -> tuple[bytes, object]:
    def committing() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _say(b"C", None)

    try:
        return b"Z", publisher.write(order, committing=committing)
    except KgError as error:
        return b"E", error
    except MemoryError:
        return b"E", QueryTooLarge("the write took too much memory; nothing was written: send it in parts")


def _heard(count: int) -> bytes:
    """So many bytes of standard input, fewer at its end; nothing is read ahead, so that select tells the truth."""
    found = b""
    while len(found) < count and (more := os.read(0, count - len(found))):
        found += more
    return found


def _say(kind: bytes, value: object) -> None:
    sys.stdout.buffer.write(frame(kind, pickle.dumps(value)))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
