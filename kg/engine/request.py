"""A query as it is sent to the pool, and its answer as it comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any, Protocol

__all__ = ["Answer", "Engine", "Limits", "Request"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may use: ``seconds`` of wall time, ``answer_bytes``, ``memory_mb`` of resident memory."""

    seconds: float = 30.0
    answer_bytes: int = 256 * 2**20
    memory_mb: int = 2048
    concurrent: int = 2
    queued: int = 16


@dataclass(frozen=True, slots=True)
class Request:
    """One read-only SPARQL query.

    ``solutions`` and ``graph`` are the media types for SELECT or ASK and for CONSTRUCT or DESCRIBE; which one is used
    depends on the query's form. ``snapshot`` is an id, or None for the current one. ``seconds`` may only lower the
    pool's deadline.
    """

    query: str
    solutions: str = "application/sparql-results+json"
    graph: str = "text/turtle"
    snapshot: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    seconds: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values for the wire."""
        return asdict(self)

    @classmethod
    def from_json(cls, made: dict[str, Any]) -> Request:
        """The request :meth:`to_json` wrote."""
        graphs = {key: tuple(made[key]) for key in ("default_graphs", "named_graphs")}
        return cls(**{**made, **graphs})


@dataclass(slots=True)
class Answer:
    """An answer being streamed: ``media_type``, ``snapshot`` it holds for, and the bytes in chunks.

    Iterating raises a :class:`kg.errors.QueryError` when the query is stopped half-way, so that a cut answer never
    looks complete. Leaving the ``with`` block early stops the query.
    """

    media_type: str
    snapshot: str
    chunks: Iterator[bytes]
    closers: list[Any] = field(default_factory=list)

    def __iter__(self) -> Iterator[bytes]:
        return self.chunks

    def read(self) -> bytes:
        """The whole answer."""
        with self:
            return b"".join(self.chunks)

    def close(self) -> None:
        """Stop the query if it still runs and give its worker back."""
        while self.closers:
            self.closers.pop()()

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.close()


class Engine(Protocol):
    """What runs queries: the pool itself, or a client of the supervisor that owns it."""

    def run(self, request: Request, *, left: Callable[[], bool] = ...) -> Answer:
        """The answer, from its first bytes on. Raises :class:`kg.errors.QueryError`.

        ``left`` says whether whoever asked has gone; it is looked at ten times a second until the answer begins, and
        a query nobody waits for is stopped.
        """

    def close(self) -> None:
        """Let go of workers and connections."""
