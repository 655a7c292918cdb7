"""A replica that answers queries in the place of our own engine, as far as it can.

An answer is for one snapshot: the replica's mark is read before and after, and an answer during which it moved is asked
again, or broken off. What a replica cannot do is our own engine's, where there is one beside it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from kg.engine.patterns import leaves
from kg.engine.prepare import windowed
from kg.engine.request import Answer, Engine, Limits, Request, State
from kg.engine.running import named
from kg.engine.search import MAY_SEARCH
from kg.engine.writing import Window
from kg.errors import (
    EngineBusy,
    EngineUnavailable,
    KgError,
    QueryCancelled,
    QueryIdTaken,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    StoreError,
)
from kg.queries import form, refuse_remote
from kg.queries.extensions import PROPERTIES
from kg.queries.reading import SHORT, edited, read
from kg.queries.tokens import decoded, tokens
from kg.replicas import marker
from kg.replicas.answers import Pump, accept
from kg.replicas.marker import Held
from kg.replicas.serving import LACKS
from kg.store.remote import Exchange, Remote
from kg.vocab import XSD

__all__ = ["RemoteEngine"]

_LOOK = 0.1
_HELD = 2**20
_TRIES = 3
#: Names of functions and pragmas that Virtuoso adds to SPARQL; they reach its files, its SQL and the network.
_PREFIXES = frozenset({"bif", "sql"})
_SPACES = ("bif:", "sql:", "http://www.openlinksw.com/schemas/bif", "http://www.openlinksw.com/schemas/sql")


@dataclass(slots=True)
class _Run:
    """One query while it waits or runs."""

    id: str
    snapshot: str
    exchange: Exchange
    asked: float
    seconds: float
    status: str = "waiting"
    bytes: int = 0
    begun: bool = False
    done: bool = False


class RemoteEngine:
    """An :class:`kg.engine.Engine` over one replica. ``embedded`` is asked for what the replica cannot answer, or not
    now; without one such a query is refused."""

    def __init__(
        self,
        name: str,
        remote: Remote,
        base: str,
        limits: Limits,
        *,
        default_graph: str | None = None,
        rows: int | None = None,
        embedded: Engine | None = None,
    ) -> None:
        """``rows`` is what the server is known to answer at most."""
        self.name, self.remote, self.base, self.limits = name, remote, base, limits
        self.default_graph, self.rows, self.embedded = default_graph, rows, embedded
        self._runs: dict[str, _Run] = {}
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(limits.concurrent)
        self._waiting = 0

    def lacks(self) -> tuple[str, ...]:
        """Who answers what, in words, for the service description."""
        instead = "refused are" if self.embedded is None else "the engine of this host answers for"
        return (f"Queries are answered by a replica, {self.name}; {instead}: {'; '.join(LACKS)}.",)

    # the protocol of engines -----------------------------------------------------------------------------------

    def run(self, request: Request, *, left: Callable[[], bool] = lambda: False) -> Answer:
        """The answer, from its first bytes on. Raises what :meth:`kg.engine.Pool.run` raises."""
        kind = form(request.query)
        if kind == "update":
            raise QueryRefused("this is an update; only queries are answered here")
        try:
            reason = self._unable(request)
            if reason is not None:
                raise QueryRefused(f"replica {self.name} cannot answer this: {reason}")
            held = self._at_rest(request, kind)
            return self._run(replace(request, snapshot=held.snapshot), kind, held, left)
        except (QuerySyntaxError, EngineUnavailable, EngineBusy, QueryRefused, StoreError) as error:
            return self._instead(request, left, error)

    def state(self, id: str) -> State | None:
        """What is known of a query that waits or runs."""
        with self._lock:
            run = self._runs.get(id)
        if run is not None:
            return self._shown(run)
        return self.embedded.state(id) if self.embedded is not None else None

    def cancel(self, id: str) -> bool:
        """Stop a query; whether there was one to stop."""
        with self._lock:
            run = self._runs.get(id)
        if run is None:
            return self.embedded is not None and self.embedded.cancel(id)
        run.exchange.stop(QueryCancelled("the query was cancelled"))
        return True

    def running(self) -> tuple[State, ...]:
        """The queries that wait or run, oldest first."""
        with self._lock:
            runs = sorted(self._runs.values(), key=lambda run: run.asked)
        own = tuple(map(self._shown, runs))
        return (*own, *self.embedded.running()) if self.embedded is not None else own

    def close(self) -> None:
        """End what runs."""
        with self._lock:
            runs = tuple(self._runs.values())
        for run in runs:
            run.exchange.stop(QueryCancelled("the server is being stopped"))
        if self.embedded is not None:
            self.embedded.close()

    # whether the replica may be asked --------------------------------------------------------------------------

    def _instead(self, request: Request, left: Callable[[], bool], error: KgError) -> Answer:
        if self.embedded is None:
            raise error
        return self.embedded.run(request, left=left)

    def _unable(self, request: Request) -> str | None:
        """Why only our own engine can answer, told from the text. A query that another server might read in its own
        way never leaves: its judge is our engine. Raises :class:`kg.errors.QuerySyntaxError`."""
        if len(request.query) > SHORT:
            return f"it has more than {SHORT:,} characters; so much is read only where it can be stopped"
        try:
            refuse_remote(request.query)
        except QueryRefused as error:
            return error.message
        if self.embedded is not None and (request.rows is not None or request.skip):
            return "the parts of an answer must be of one order"
        for text in (request.query, decoded(request.query)):
            for token in tokens(text):
                if token.kind == "word" and token.text.lower() == "define":
                    return "it holds a pragma"
                if token.kind == "name" and token.text.partition(":")[0].lower() in _PREFIXES:
                    return f"{token.text} is a function of one server"
                if token.kind == "iri" and token.text[1:].lower().startswith(_SPACES):
                    return f"{token.text} is a function of one server"
                if token.kind == "broken" or token.text == "`":
                    return "it is not plain SPARQL 1.1"
        reading = read(request.query)
        if reading is None:
            raise QuerySyntaxError("the query does not parse")
        if MAY_SEARCH.search(request.query) and any(reading.iri(one) in PROPERTIES for one in leaves(reading.tree)):
            return "it searches texts"
        for call in reading.calls:
            if ":" in call.function and not call.function.startswith(XSD.iri):
                return f"it calls <{call.function}>"
        return None

    def _at_rest(self, request: Request, kind: str) -> Held:
        """What the replica holds. Raises :class:`kg.errors.EngineBusy` while it is changed, and
        :class:`kg.errors.QueryRefused` for another snapshot than that, and for a graph that may be cut."""
        held = marker.read(self.remote, self.base)
        if held is None or held.base != self.base or held.snapshot is None:
            raise EngineBusy(f"replica {self.name} is not loaded yet; ask again later", retry_after=10)
        if held.target is not None:
            raise EngineBusy(f"replica {self.name} is being changed to a new snapshot; ask again", retry_after=2)
        if request.snapshot is not None and request.snapshot != held.snapshot:
            raise QueryRefused(f"replica {self.name} holds snapshot {held.snapshot} and no other")
        # Virtuoso cuts graphs at its limit of rows and, other than for solutions, says nothing.
        unknown = self.rows is None or self.rows <= self.limits.rows
        if kind in ("construct", "describe") and unknown and "virtuoso" in self.remote.software.lower():
            raise QueryRefused(
                f"replica {self.name} may cut graphs without a word; say in the settings how many rows it answers at "
                f"most, and let it be more than {self.limits.rows}: rows = …"
            )
        return held

    # one query -------------------------------------------------------------------------------------------------

    def _run(self, request: Request, kind: str, held: Held, left: Callable[[], bool]) -> Answer:
        most = max(self.limits.seconds, self.limits.trusted_seconds) if request.trusted else self.limits.seconds
        seconds = min(request.seconds or self.limits.seconds, most)
        run = _Run(named(request.id), held.snapshot or "", Exchange(), time.monotonic(), seconds)
        with self._lock:
            if run.id in self._runs:
                raise QueryIdTaken("a query of this id runs already; choose another")
            self._runs[run.id] = run
        closers: list[Callable[[], None]] = [lambda: self._forget(run)]
        try:
            self._enter(run, left)
            closers.append(self._free.release)
            threading.Thread(target=self._watch, args=[run, left], name="replica-watch", daemon=True).start()
            for _ in range(_TRIES):
                pump = self._asked(request, kind, run)
                closers.append(pump.close)
                blocks = self._counted(pump, run)
                first, ended = _first(blocks)
                if not ended or self._moved(held) is None:
                    break
                closers.pop()()
                held = self._at_rest(replace(request, snapshot=None), kind)
            else:
                raise EngineBusy(f"replica {self.name} changes faster than it answers; ask again", retry_after=2)
        except BaseException:
            while closers:
                closers.pop()()
            raise
        run.begun = True
        graph = kind in ("construct", "describe")
        answer = Answer(
            media_type=request.graph if graph else request.solutions,
            snapshot=held.snapshot or "",
            chunks=iter(()),
            id=run.id,
            cut=pump.cut if ended else None,
        )
        answer.chunks = iter(first) if ended else self._rest(answer, first, blocks, pump, held)
        answer.closers.extend(closers)
        return answer

    def _asked(self, request: Request, kind: str, run: _Run) -> Pump:
        if run.exchange.reason is not None:
            raise run.exchange.reason
        text, default, named_graphs = self._text(request), request.default_graphs, request.named_graphs
        if self.default_graph is not None and not default:
            reading = read(request.query)
            if not named_graphs and not (reading is not None and reading.datasets):
                default = (self.default_graph,)
        reply = self.remote.ask(
            text,
            accept=accept(kind),
            seconds=run.seconds,
            kind=kind,
            default_graphs=default,
            named_graphs=named_graphs,
            exchange=run.exchange,
        )
        media = request.graph if kind in ("construct", "describe") else request.solutions
        return Pump(reply, run.exchange, kind, media, Window.of(request, self.limits))

    def _text(self, request: Request) -> str:
        """The query with the limits and the base that the replica does not know."""
        text = request.query
        reading = read(text)
        if reading is not None:
            # Virtuoso sorts no more than 10,000 rows for a LIMIT, and any number without one.
            sorted_ = any(token.kind == "word" and token.text.lower() == "order" for token in tokens(text))
            most = self.limits.rows if request.rows is None and not sorted_ else request.rows
            text = edited(text, windowed(reading, replace(request, rows=most), self.limits))
        relative = any(t.kind == "iri" and ":" not in t.text.partition("/")[0] for t in tokens(text))
        return f"BASE <{request.base}>\n{text}" if request.base is not None and relative else text

    def _enter(self, run: _Run, left: Callable[[], bool]) -> None:
        """Wait for a turn, no longer than the deadline and only where the queue has room."""
        if not self._free.acquire(blocking=False):
            with self._lock:
                if self._waiting >= self.limits.queued:
                    raise EngineBusy(
                        f"{self.limits.concurrent} queries run and {self.limits.queued} wait; ask again in a moment",
                        retry_after=max(1, int(run.seconds / 4)),
                    )
                self._waiting += 1
            try:
                while not self._free.acquire(timeout=_LOOK):
                    if run.exchange.reason is not None:
                        raise run.exchange.reason
                    if left():
                        raise QueryCancelled("the client left while the query waited")
                    if time.monotonic() - run.asked > run.seconds:
                        raise EngineBusy(f"no turn was free within {run.seconds:g} s; ask again later", retry_after=5)
            finally:
                with self._lock:
                    self._waiting -= 1
        run.status = "running"

    def _watch(self, run: _Run, left: Callable[[], bool]) -> None:
        """End the query at its deadline, and while nothing has come yet when nobody waits for it any more."""
        end = time.monotonic() + run.seconds
        while not run.done:
            if time.monotonic() > end:
                run.exchange.stop(
                    QueryTimeout(
                        f"the query ran longer than {run.seconds:g} s and was stopped; ask for less, or split it",
                        seconds=run.seconds,
                    )
                )
                return
            if not run.begun and _has_left(left):
                run.exchange.stop(QueryCancelled("the client left; the query was stopped"))
                return
            time.sleep(_LOOK)

    def _counted(self, pump: Pump, run: _Run) -> Iterator[bytes]:
        for block in pump.blocks():
            run.bytes += len(block)
            if run.bytes > self.limits.answer_bytes:
                raise QueryTooLarge(
                    f"the answer passed {self.limits.answer_bytes} bytes and was stopped; ask for less (LIMIT)",
                    limit=self.limits.answer_bytes,
                    unit="bytes",
                )
            yield block

    def _rest(
        self, answer: Answer, first: list[bytes], blocks: Iterator[bytes], pump: Pump, held: Held
    ) -> Iterator[bytes]:
        yield from first
        last: bytes | None = None
        for block in blocks:
            if last is not None:
                yield last
            last = block
        moved = self._moved(held)
        if moved is not None:  # before the last block, so that the answer has no end
            raise EngineUnavailable(f"replica {self.name} moved on while it answered; the answer is cut, ask again")
        if last is not None:
            yield last
        answer.cut = pump.cut

    def _moved(self, held: Held) -> Held | None:
        """What the replica holds now, where that is something else; the same mark before and after is one snapshot."""
        now = marker.read(self.remote, self.base)
        return None if now == held else now or Held(self.base, None)

    def _forget(self, run: _Run) -> None:
        run.done = True
        with self._lock:
            self._runs.pop(run.id, None)

    def _shown(self, run: _Run) -> State:
        seconds = time.monotonic() - run.asked
        return State(run.id, run.status, run.snapshot, seconds, run.seconds, run.bytes)


def _first(blocks: Iterator[bytes]) -> tuple[list[bytes], bool]:
    """The blocks that are held back, and whether they are all."""
    found: list[bytes] = []
    size = 0
    for block in blocks:
        found.append(block)
        size += len(block)
        if size >= _HELD:
            return found, False
    return found, True


def _has_left(left: Callable[[], bool]) -> bool:
    try:
        return left()
    except (OSError, ValueError):
        return True
