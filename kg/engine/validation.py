"""Posted graphs checked against the shapes, in a process of their own that can be stopped.

What strangers send may be made to be slow: queries in shapes can take time that grows with the square of the graph. As
with queries, the process is what is stopped at the deadline, and its memory has a cap (docs/decisions/0005).
Started as ``python -m kg.engine.validation``; questions on standard input, answers on standard output.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kg import errors
from kg.engine.confined import no_network
from kg.errors import EngineBusy, EngineUnavailable, InputError, KgError, QueryTimeout, QueryTooLarge

if TYPE_CHECKING:
    from kg.shacl import Gate, Report

__all__ = ["Bounds", "Validator", "main"]

#: Results that a report may have; a graph with more is better looked at in parts.
_RESULTS = 10_000
#: Seconds that a request waits for its turn, and how many may wait: each holds a thread of the server.
_WAIT, _WAITING = 5.0, 2


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one check may use: ``triples`` of the graph, ``seconds`` of wall time, ``memory_mb`` of address space."""

    triples: int = 50_000
    seconds: float = 20.0
    memory_mb: int = 2048


class Validator:
    """Checks graphs against one set of shapes, one at a time. Safe to call from many threads.

    ``shapes`` and ``classes`` are Turtle documents: the shapes, and the class hierarchy they are read with. The process
    starts with the first graph and waits for the next one; a stopped one is replaced when it is needed.
    """

    def __init__(self, shapes: bytes, classes: bytes, bounds: Bounds) -> None:
        self.bounds = bounds
        self._parts = shapes, classes
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(1 + _WAITING)
        self._process: _Process | None = None

    def check(self, data: bytes, media_type: str, *, base: str) -> Report:
        """The report of a document; ``base`` is what its relative IRIs are resolved against.

        Raises :class:`kg.errors.InputError` for a document that cannot be read or is too large,
        :class:`kg.errors.QueryTimeout`, :class:`kg.errors.QueryTooLarge` for too many results or too much memory,
        :class:`kg.errors.EngineBusy` while another one is checked, and :class:`kg.errors.EngineUnavailable` where the
        process does not start or fails.
        """
        from kg.shacl import Report

        busy = EngineBusy("other graphs are being checked; ask again in a moment", retry_after=5)
        if not self._places.acquire(blocking=False):
            raise busy
        try:
            if not self._turn.acquire(timeout=_WAIT):
                raise busy
            try:
                said, body = self._ask(data, media_type, base)
            finally:
                self._turn.release()
        finally:
            self._places.release()
        if "error" in said:
            raise _error(said)
        return Report.from_turtle(body)

    def close(self) -> None:
        """Stop the process."""
        with self._turn:
            self._stop()

    def _ask(self, data: bytes, media_type: str, base: str) -> tuple[dict[str, Any], bytes]:
        deadline = time.monotonic() + self.bounds.seconds
        whole = False
        try:
            process = self._started(deadline)
            process.send({"media_type": media_type, "base": base}, data)
            answer = process.answer(deadline)
            whole = True
        except TimeoutError:
            raise QueryTimeout(
                f"checking the graph took longer than {self.bounds.seconds:g} s and was stopped; send it in parts, or "
                "check it with kg check",
                seconds=self.bounds.seconds,
            ) from None
        except (EOFError, BrokenPipeError):
            if self._process is None or self._process.failed:
                raise EngineUnavailable("graphs cannot be checked now; the operator's log says why") from None
            raise QueryTooLarge(
                "checking the graph ended before there was a report, most likely out of memory; send it in parts"
            ) from None
        finally:
            if not whole:
                self._stop()
        return answer

    def _started(self, deadline: float) -> _Process:
        if self._process is None or not self._process.alive:
            self._stop()
            self._process = _Process()
            self._process.send(asdict(self.bounds), *self._parts)
            self._process.answer(deadline)
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()


class _Process:
    """The process that checks, seen from outside. A message is a line of JSON, which says how long the parts after it
    are."""

    def __init__(self) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "kg.engine.validation"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    @property
    def failed(self) -> bool:
        """Whether it ended with an error of its own, which it has written to the log; else a signal ended it."""
        return self._popen.wait() > 0

    def send(self, head: dict[str, Any], *parts: bytes) -> None:
        """Raises BrokenPipeError where the process has ended."""
        assert self._popen.stdin is not None
        message = memoryview(_message(head, *parts))
        while message:
            message = message[self._popen.stdin.write(message) or 0 :]

    def answer(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        """Raises TimeoutError at the deadline, and EOFError where the process has ended."""
        assert self._popen.stdout is not None
        found = bytearray()
        wanted: int | None = None
        head: dict[str, Any] = {}
        while wanted is None or len(found) < wanted:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._popen.stdout], [], [], left)[0]:
                raise TimeoutError
            chunk = os.read(self._popen.stdout.fileno(), 2**18)
            if not chunk:
                raise EOFError
            found += chunk
            if wanted is None and b"\n" in found:
                line, _, rest = bytes(found).partition(b"\n")
                head, found = json.loads(line), bytearray(rest)
                wanted = sum(head["lengths"])
        return head, bytes(found)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                pipe.close()


def _message(head: dict[str, Any], *parts: bytes) -> bytes:
    return json.dumps(head | {"lengths": [len(part) for part in parts]}).encode() + b"\n" + b"".join(parts)


def _error(said: dict[str, Any]) -> KgError:
    kind: Any = getattr(errors, str(said["error"]), None)
    if not (isinstance(kind, type) and issubclass(kind, KgError)):
        return KgError(str(said["message"]))
    if issubclass(kind, InputError):
        made = kind(str(said["message"]), origin=str(said["origin"]))
        made.message = str(said["whole"])
        made.line = said["line"]
        return made
    return kind(str(said["message"]))


# ---- inside the process --------------------------------------------------------------------------------------------


def main() -> None:
    """Read the shapes, then answer one question after the other until standard input ends."""
    bounds, (shapes, classes) = _heard() or ({}, (b"", b""))
    if not bounds:
        return
    cap = int(bounds["memory_mb"]) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    no_network()
    from kg.shacl import Gate, ShapesGraph

    gate = Gate(ShapesGraph.parse([("the shapes", shapes)], ontology=[("the classes", classes)]))
    _say({})
    while (heard := _heard()) is not None:
        asked, (data,) = heard
        # should nobody be left to stop it: the signal ends the process
        signal.setitimer(signal.ITIMER_REAL, float(bounds["seconds"]) + 2)
        head: dict[str, Any] = {}
        body = b""
        try:
            body = _checked(gate, data, asked, int(bounds["triples"]))
        except KgError as error:
            head = {"error": type(error).__name__, "message": error.message}
            if isinstance(error, InputError):
                head |= {"message": error.reason, "whole": error.message, "origin": error.origin, "line": error.line}
        except MemoryError:
            head = {"error": "QueryTooLarge", "message": "checking the graph took too much memory; send it in parts"}
        signal.setitimer(signal.ITIMER_REAL, 0)
        _say(head, body)


def _say(head: dict[str, Any], *parts: bytes) -> None:
    sys.stdout.buffer.write(_message(head, *parts))
    sys.stdout.buffer.flush()


def _heard() -> tuple[dict[str, Any], list[bytes]] | None:
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        return None
    head: dict[str, Any] = json.loads(line)
    return head, [sys.stdin.buffer.read(length) for length in head["lengths"]]


def _checked(gate: Gate, data: bytes, asked: dict[str, Any], limit: int) -> bytes:
    from kg.formats import by_media_type
    from kg.shacl import posted
    from kg.shacl.view import MemoryView

    triples = posted.read(data, by_media_type(asked["media_type"]), base=asked["base"], limit=limit)
    view = MemoryView(triples)
    report = gate.knowing(triples).check_view(view)
    if len(report.results) > _RESULTS:
        raise QueryTooLarge(
            f"the report has {len(report.results):,} results and may have {_RESULTS:,}; send the graph in parts, or "
            "check it with kg check"
        )
    return report.with_words(view).to_turtle().encode("utf-8")


if __name__ == "__main__":
    main()
