"""Posted graphs checked against the shapes, in a process of their own that can be stopped.

What strangers send may be made to be slow: queries in shapes can take time that grows with the square of the graph. As
with queries, the process is what is stopped at the deadline, and its memory has a cap (docs/decisions/0005).
Started as ``python -m kg.engine.validation``; one question on standard input, one answer on standard output.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kg import errors
from kg.errors import EngineBusy, InputError, KgError, QueryTimeout, QueryTooLarge

if TYPE_CHECKING:
    from kg.shacl import Report

__all__ = ["Bounds", "Validator", "main"]

#: Results that a report may have; a graph with more is better looked at in parts.
_RESULTS = 10_000
#: Seconds that a request waits for its turn.
_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one check may use: ``triples`` of the graph, ``seconds`` of wall time, ``memory_mb`` of address space."""

    triples: int = 50_000
    seconds: float = 20.0
    memory_mb: int = 2048


class Validator:
    """Checks graphs against one set of shapes, one at a time. Safe to call from many threads.

    ``shapes`` and ``classes`` are Turtle documents: the shapes, and the class hierarchy they are read with.
    """

    def __init__(self, shapes: bytes, classes: bytes, bounds: Bounds) -> None:
        self.bounds = bounds
        self._parts = shapes, classes
        self._turn = threading.Lock()

    def check(self, data: bytes, media_type: str, *, base: str) -> Report:
        """The report of a document; ``base`` is what its relative IRIs are resolved against.

        Raises :class:`kg.errors.InputError` for a document that cannot be read or is too large,
        :class:`kg.errors.QueryTimeout`, :class:`kg.errors.QueryTooLarge` for too many results or too much memory, and
        :class:`kg.errors.EngineBusy` while another one is checked.
        """
        from kg.shacl import Report

        if not self._turn.acquire(timeout=_WAIT):
            raise EngineBusy("another graph is being checked; ask again in a moment", retry_after=5)
        try:
            said, body = self._ask(data, media_type, base)
        finally:
            self._turn.release()
        if "error" in said:
            raise _error(said)
        return Report.from_turtle(body)

    def _ask(self, data: bytes, media_type: str, base: str) -> tuple[dict[str, Any], bytes]:
        parts = (*self._parts, data)
        asked = {**asdict(self.bounds), "media_type": media_type, "base": base, "lengths": [len(p) for p in parts]}
        question = json.dumps(asked).encode() + b"\n" + b"".join(parts)
        command = [sys.executable, "-m", "kg.engine.validation"]
        seconds = self.bounds.seconds
        try:
            done = subprocess.run(command, input=question, stdout=subprocess.PIPE, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            raise QueryTimeout(
                f"checking the graph took longer than {seconds:g} s and was stopped; send it in parts, or check it "
                "with kg check",
                seconds=seconds,
            ) from None
        head, _, body = done.stdout.partition(b"\n")
        try:
            said: dict[str, Any] = json.loads(head)
        except ValueError:
            raise QueryTooLarge(
                f"checking the graph ended with status {done.returncode}, most likely out of memory; send it in parts"
            ) from None
        return said, body


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


def main() -> None:
    """Answer the one question on standard input."""
    asked = json.loads(sys.stdin.buffer.readline())
    cap = int(asked["memory_mb"]) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    seconds = int(asked["seconds"]) + 2  # should nobody be left to stop it
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    shapes, classes, data = (sys.stdin.buffer.read(length) for length in asked["lengths"])
    try:
        body = _checked(shapes, classes, data, asked)
        said: dict[str, Any] = {}
    except KgError as error:
        said, body = {"error": type(error).__name__, "message": error.message}, b""
        if isinstance(error, InputError):
            said |= {"message": error.reason, "whole": error.message, "origin": error.origin, "line": error.line}
    except MemoryError:
        said, body = {"error": "QueryTooLarge", "message": "checking the graph took too much memory; send parts"}, b""
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + body)


def _checked(shapes: bytes, classes: bytes, data: bytes, asked: dict[str, Any]) -> bytes:
    from kg.formats import by_media_type
    from kg.shacl import Gate, ShapesGraph, posted
    from kg.shacl.view import MemoryView

    # read before the shapes are compiled: most of what is refused is refused here
    triples = posted.read(data, by_media_type(asked["media_type"]), base=asked["base"], limit=asked["triples"])
    gate = Gate(ShapesGraph.parse([("the shapes", shapes)], ontology=[("the classes", classes)]))
    view = MemoryView(triples)
    report = gate.check_views([view])[0]
    if len(report.results) > _RESULTS:
        raise QueryTooLarge(
            f"the report has {len(report.results):,} results and may have {_RESULTS:,}; send the graph in parts, or "
            "check it with kg check"
        )
    return report.with_words(view).to_turtle().encode("utf-8")


if __name__ == "__main__":
    main()
