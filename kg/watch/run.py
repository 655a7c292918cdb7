"""The loop: poll each source when it is due, publish what it brings, and only then remember it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kg.config import Settings, SourceSettings
from kg.errors import FetchError, InputError, StoreLocked
from kg.fetch import Fetcher
from kg.model import Document, Gone, Unread
from kg.pipeline import Ingest, Outcome, lexical
from kg.pipeline.documents import source_value
from kg.watch.arrivals import steps
from kg.watch.poll import Ending, Poll, Step, admitted
from kg.watch.state import Item, SourceState, State

__all__ = ["Polled", "Stopped", "Watch", "backed_off"]

_BATCH, _BYTES = 50, 32 * 2**20  # steps, and bytes of documents, that are published at once
_PAGES, _SHARE = 100, 300.0  # pages that one poll fetches, and seconds it takes before the others have their turn
_LONGEST = 86400.0  # seconds a failing source is left alone at most
_IDLE = 60.0  # seconds the loop sleeps at most, so that the end of an embargo is noticed
_LOCKED = (1.0, 2.0, 5.0, 10.0)  # seconds between two tries while another publisher is at work


class Stopped(Exception):
    """Raised by ``sleep`` when the loop is told to stop meanwhile."""


def backed_off(name: str, interval: float, failures: int) -> float:
    """The seconds until a source that failed so often in a row is polled again, at most a day.

    Doubled with each failure, and spread by a tenth so that sources that failed together do not come back together;
    by the name, not by chance.
    """
    wait = min(interval * 2.0 ** min(failures - 1, 30), _LONGEST)
    drawn = hashlib.sha256(f"{name} {failures}".encode()).digest()
    return min(wait * (0.9 + 0.2 * drawn[0] / 255), _LONGEST)


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll came to: outcomes by status, and why it failed where it did."""

    source: str
    counts: dict[str, int] = field(default_factory=dict)
    error: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the source could not be read, or something of it was refused."""
        return self.error is not None or bool(self.counts.get("refused"))


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything the loop needs. ``stopped`` is asked between two steps; ``outcome`` is called with each outcome."""

    settings: Settings
    state: State
    fetcher: Fetcher
    ingest: Ingest
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    stopped: Callable[[], bool]
    outcome: Callable[[Outcome], None]
    polled: Callable[[Polled], None]

    def once(self, sources: Sequence[SourceSettings], *, patiently: bool) -> tuple[Polled, ...]:
        """Each source polled once; ``patiently`` leaves those alone that failed and are not due yet."""
        made = []
        self.release()
        for source in sources:
            before = self.state.source(source.name)
            if self.stopped():
                break
            if patiently and before.failures and (before.due or "") > lexical(self.now()):
                continue
            made.append(self.poll(source))
        return tuple(made)

    def forever(self, sources: Sequence[SourceSettings]) -> None:
        """Each source polled whenever it is due, until ``stopped``."""
        while not self.stopped():
            self.release()
            time = lexical(self.now())
            due = sorted((self.state.source(one.name).due or "", place) for place, one in enumerate(sources))
            ready = [sources[place] for moment, place in due if moment <= time]
            for source in ready:
                if self.stopped():
                    return
                self.poll(source)
            if not ready and not self.stopped():
                with suppress(Stopped):
                    self.sleep(self._until(due[0][0]) if due else _IDLE)

    def release(self) -> None:
        """Publish what waited for the end of an embargo that is over."""
        if any(True for _ in self.ingest.waiting.due(self.now())):
            for one in self._published(()):
                self.outcome(one)

    def poll(self, source: SourceSettings) -> Polled:
        """One source polled now, and what became of it remembered."""
        before = self.state.source(source.name)
        work = _Work(self, replace(before, polled=lexical(self.now())))
        ended, error = Ending(kind=before.kind), None
        walking = steps(self._poll(source, before), self.settings)
        try:
            while True:
                work.add(next(walking))
        except StopIteration as stop:
            ended = stop.value
        except InputError as failure:
            error = failure
        except Stopped:
            ended = Ending(before.kind, complete=False)
        work.settle()
        self.state.record(self._after(source, work.state, ended, error))
        made = Polled(source.name, dict(sorted(work.counts.items())), None if error is None else str(error))
        self.polled(made)
        return made

    def _poll(self, source: SourceSettings, before: SourceState) -> Poll:
        now = self.now()
        return Poll(
            source=source,
            value=source_value(source),
            fetcher=self.fetcher,
            now=now,
            before=before,
            item=lambda key: self.state.item(source.name, key),
            due=lambda: self.state.due(source.name, lexical(now)),
            numbered=lambda: self.state.numbered(source.name),
            limit=self.settings["limits.document_bytes"],
            pages=_PAGES,
            stopped=self.stopped,
            late=lambda: (self.now() - now).total_seconds() > _SHARE,
        )

    def _after(
        self, source: SourceSettings, state: SourceState, ended: Ending, error: InputError | None
    ) -> SourceState:
        """The source's state after a poll: when it is due again, and what makes the next poll cheap."""
        now = self.now()
        if error is None and not ended.complete and self.stopped():
            return replace(state, due=lexical(now))  # stopped in the middle: neither a success nor a failure
        if error is not None:
            failures = state.failures + 1
            wait = backed_off(source.name, source.interval, failures)
            status = error.status if isinstance(error, FetchError) else None
            if isinstance(error, FetchError) and error.retry_after is not None:
                wait = max(wait, error.retry_after)
            return replace(
                state,
                status=status,
                failures=failures,
                due=lexical(now + timedelta(seconds=wait)),
                error=error.reason,
                error_origin=error.origin or None,
                error_time=lexical(now),
            )
        state = replace(
            state,
            kind=ended.kind,
            status=ended.status,
            succeeded=lexical(now),
            failures=0,
            error=None,
            error_origin=None,
            error_time=None,
            cursor=ended.cursor if ended.cursor is not None else state.cursor,
            due=lexical(now + timedelta(seconds=0 if ended.more else source.interval)),
        )
        # What a list still holds for the next poll must not be answered with "not modified".
        kept = (ended.etag, ended.last_modified) if ended.complete else (None, None)
        return replace(state, etag=kept[0], last_modified=kept[1])

    def _until(self, due: str) -> float:
        left = (datetime.fromisoformat(due) - self.now()).total_seconds() if due else 0.0
        return min(max(left, 1.0), _IDLE)

    def _published(self, documents: Iterable[Document | Unread | Gone]) -> Iterator[Outcome]:
        """The outcomes of these documents; another publisher is waited for."""
        given = list(documents)
        for number in range(10**9):
            try:
                with self.ingest.journal.start(("kg watch",)) as journal:  # spares reading what is published as it is
                    outcomes = list(self.ingest.run(given, batch=max(len(given), 1), journal=journal))
                    journal.finish()
                yield from outcomes
            except StoreLocked:
                self.sleep(_LOCKED[min(number, len(_LOCKED) - 1)])
            else:
                return


class _Work:
    """The steps of a poll that wait to be published together, and the counts so far."""

    def __init__(self, watch: Watch, state: SourceState) -> None:
        self.watch = watch
        self.state = state
        self.counts: Counter[str] = Counter()
        self._steps: list[Step] = []
        self._size = 0

    def add(self, step: Step) -> None:
        """Take one more step, and publish when there are enough."""
        self._steps.append(step)
        self._size += len(step.thing.data) if isinstance(step.thing, Document) else 0
        if len(self._steps) >= _BATCH or self._size >= _BYTES:
            self.settle()

    def settle(self) -> None:
        """Publish what waits; then, in one transaction, remember it."""
        things = [admitted(step.thing) for step in self._steps if step.thing is not None]
        counts: Counter[str] = Counter()
        for outcome in self.watch._published(things) if things else ():
            counts[outcome.status] += 1
            self.watch.outcome(outcome)
            if outcome.written:
                self.state = replace(self.state, changed=lexical(self.watch.now()))
        items: dict[str, Item] = {step.item.key: step.item for step in self._steps if step.item is not None}
        cursor = next((step.cursor for step in reversed(self._steps) if step.cursor is not None), self.state.cursor)
        self.state = replace(self.state.counted(counts), cursor=cursor)
        self.watch.state.record(self.state, items.values())
        self.counts += counts
        self._steps, self._size = [], 0
