"""A query as it is sent to the pool, its answer as it comes back, and what is known of it while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from types import TracebackType
from typing import Any, Protocol

__all__ = ["Answer", "Cut", "Engine", "Limits", "Request", "State"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What queries may use, one by one and together.

    One query: ``seconds`` of wall time (a trusted one may ask for up to ``trusted_seconds``), ``answer_bytes``,
    ``rows`` of solutions, ``memory_mb`` of resident memory.
    The host: ``concurrent`` queries run and ``queued`` wait. One client: ``client_concurrent`` run at a time, and
    ``client_seconds`` of running time are spent in a minute; 0 sets no such limit. ``cache_mb`` is kept of answers.
    ``federation`` are the endpoints that SERVICE may call; ``federation_private`` opens private networks to it.
    """

    seconds: float = 30.0
    answer_bytes: int = 256 * 2**20
    rows: int = 1_000_000
    memory_mb: int = 2048
    concurrent: int = 2
    queued: int = 16
    client_concurrent: int = 0
    client_seconds: float = 0.0
    cache_mb: int = 64
    federation: tuple[str, ...] = ()
    trusted_seconds: float = 0.0
    federation_private: bool = False

    @classmethod
    def from_json(cls, made: dict[str, Any]) -> Limits:
        """The limits from the plain values of their fields."""
        return cls(**{**made, "federation": tuple(made.get("federation", ()))})


@dataclass(frozen=True, slots=True)
class Request:
    """One read-only SPARQL query.

    ``solutions`` and ``graph`` are the media types for SELECT or ASK and for CONSTRUCT or DESCRIBE; which one is used
    depends on the query's form. ``snapshot`` is an id, or None for the current one. ``seconds`` may only lower the
    pool's deadline, unless the request is ``trusted`` (a token's role says so), which may also raise it. ``rows`` is
    where the client asks for the answer to be cut, and ``skip`` how many rows an earlier answer had; without ``rows``
    an answer longer than the limit is an error, never a short answer. ``client`` tells clients apart, ``id`` names the
    query while it runs (made by the pool where empty). ``base`` is what relative IRIs of the query are resolved
    against.
    """

    query: str
    solutions: str = "application/sparql-results+json"
    graph: str = "text/turtle"
    snapshot: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    seconds: float | None = None
    rows: int | None = None
    skip: int = 0
    client: str = ""
    id: str = ""
    trusted: bool = False
    base: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values for the wire."""
        return {name: getattr(self, name) for name in _FIELDS}

    @classmethod
    def from_json(cls, made: dict[str, Any]) -> Request:
        """The request :meth:`to_json` wrote."""
        graphs = {key: tuple(made[key]) for key in ("default_graphs", "named_graphs")}
        return cls(**{**made, **graphs})


#: Every field holds plain values or tuples of them, so that none need be copied.
_FIELDS = tuple(one.name for one in fields(Request))


@dataclass(frozen=True, slots=True)
class Cut:
    """Where an answer ends although the query has more: after ``rows`` solutions; the rest begins at ``skip``."""

    rows: int
    skip: int


@dataclass(frozen=True, slots=True)
class State:
    """A query that waits or runs: ``status`` is ``waiting`` or ``running``, ``seconds`` since it was asked,
    ``limit`` the seconds it may take, ``bytes`` and ``memory_mb`` what it used so far."""

    id: str
    status: str
    snapshot: str
    seconds: float
    limit: float
    bytes: int = 0
    memory_mb: float = 0.0


@dataclass(slots=True)
class Answer:
    """An answer being streamed: ``media_type``, ``snapshot`` it holds for, and the bytes in chunks.

    Iterating raises a :class:`kg.errors.QueryError` when the query is stopped half-way, so that a cut answer never
    looks complete. Leaving the ``with`` block early stops the query. ``cut`` is set, at the latest when the chunks
    are used up, on an answer that was asked to end after so many rows and did. ``cached`` answers ran before.
    """

    media_type: str
    snapshot: str
    chunks: Iterator[bytes]
    closers: list[Any] = field(default_factory=list)
    id: str = ""
    cut: Cut | None = None
    cached: bool = False

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

    def state(self, id: str) -> State | None:
        """What is known of a query that waits or runs; None for one that has ended or never was."""

    def cancel(self, id: str) -> bool:
        """Stop a query; whether there was one to stop. Whoever asked gets :class:`kg.errors.QueryCancelled`."""

    def running(self) -> tuple[State, ...]:
        """The queries that wait or run, oldest first."""

    def close(self) -> None:
        """Let go of workers and connections."""
