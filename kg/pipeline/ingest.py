"""Documents in, published articles out: read → annotate → name → build → check → publish, in batches.

Reading and annotating run in parallel; naming, building, checking and publishing follow document order, so the same
documents in the same order give the same N-Quads for every ``jobs`` and every batch size (decision 13).
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from time import sleep

from kg.config import Settings
from kg.errors import ConfigError, InputError, StoreLocked
from kg.model import Document, Gone, Unread
from kg.pipeline import journal as journals
from kg.pipeline import quality
from kg.pipeline.archive import archive_of
from kg.pipeline.batch import Batch, How, Unit
from kg.pipeline.chain import Learnt
from kg.pipeline.documents import today
from kg.pipeline.memory import trim
from kg.pipeline.news import still_published
from kg.pipeline.outcome import Outcome, Quarantine
from kg.pipeline.prepare import BATCH, Choice, Prepared, grouped, prepare
from kg.pipeline.waiting import Waiting
from kg.plugins import Authority
from kg.review import Decisions, Journal
from kg.shacl import Gate, Report
from kg.store import Draft, Store

__all__ = ["Ingest", "lexical"]

#: How often, and with what pause in seconds, a later batch asks again for the lock another publisher holds.
_PATIENCE, _PAUSE = 600, 0.1


def lexical(time: datetime) -> str:
    """The time as an xsd:dateTime in UTC, to the second, as the store writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Ingest:
    """The whole path for one store. ``now`` gives the time of a publish."""

    store: Store
    settings: Settings
    gate: Gate
    table: Authority
    now: Callable[[], datetime]
    holder: str = "kg ingest"

    @property
    def quarantine(self) -> Quarantine:
        """Where refused documents go."""
        return Quarantine(self.settings.store / "quarantine")

    @property
    def journal(self) -> journals.Journal:
        """What became of documents in earlier runs."""
        return journals.Journal(self.settings.store / "runs")

    @property
    def decisions(self) -> Decisions:
        """What reviewers decided, as the journal has it now."""
        return Decisions.of(Journal.of(self.store.path).read())

    @property
    def waiting(self) -> Waiting:
        """Where documents wait for the end of their embargo."""
        return Waiting(self.settings.store / "waiting")

    def run(
        self,
        documents: Iterable[Document | Unread | Gone],
        *,
        jobs: int = 1,
        batch: int = BATCH,
        again: bool = False,
        dry_run: bool = False,
        republish: bool = False,
        choice: Choice | None = None,
        journal: journals.Run | None = None,
    ) -> Iterator[Outcome]:
        """One outcome per article, in document order, each after the batch that holds it was published.

        Documents whose embargo has ended come first. ``again`` rebuilds articles whose bytes did not change;
        ``dry_run`` publishes nothing; a withdrawn article stays withdrawn, whatever its bytes, unless ``republish``
        says otherwise. ``choice`` says what is taken of the documents. ``journal`` is told of each batch, and knows
        which documents need not be read again; the outcomes are the same without it. Raises
        :class:`kg.errors.ConfigError` where the store was made for another base IRI, and
        :class:`kg.errors.StoreError` when a publish fails. What reviewers decided holds for every article; decisions
        that wait to be published come first.
        """
        if self.store.base_iri != self.settings.base_iri:
            raise ConfigError(
                f"the store at {self.settings.store} was made for {self.store.base_iri}, the settings say "
                f"{self.settings.base_iri}; base_iri is fixed when a store is made",
                setting="base_iri",
            )
        if not dry_run:
            from kg.pipeline.reviewing import catch_up  # it publishes in the same way

            catch_up(self, jobs=jobs)
        due = () if again or dry_run else tuple(self.waiting.due(self.now()))
        waited = (replace(one.document, source=today(one.document.source, self.settings)) for one in due)
        given = itertools.chain(waited, documents)
        choice = choice or Choice()
        with self.store.reader() as reader:  # for the whole run: what it publishes teaches the next
            decisions = self.decisions
            learnt = Learnt(decisions.lessons, archive_of(reader, self.table, decisions))
        how = How(again, dry_run, republish, choice, learnt)
        known = journal.known if journal is not None and not (again or republish or choice.since) else None
        reading = prepare(given, self.table, self.settings, jobs=jobs, choice=choice, known=known, learnt=learnt)
        published = False
        with closing(reading) as prepared:  # an interrupted run leaves no process behind
            for number, group in enumerate(grouped(prepared, batch)):
                outcomes = self._unchanged(group) or self._publish(group, how, patience=_PATIENCE if number else 0)
                published = published or any(one.snapshot for one in outcomes)
                if journal is not None and not dry_run:
                    journal.record(_by_document(group, outcomes))
                yield from outcomes
        for one in due:
            self.waiting.done(one)
        if published and self.store.settle_due():
            # What is published can be read already; compacting now spares a later publish from doing it.
            self.store.settle()

    # one batch ------------------------------------------------------------------------------------------------
    def _begin(self, time: datetime, patience: int) -> Draft:
        """The next draft. Who publishes between two batches of this run is waited for; the run goes on after it."""
        for _ in range(patience):
            try:
                return self.store.begin(time=time, holder=self.holder)
            except StoreLocked:
                sleep(_PAUSE)
        return self.store.begin(time=time, holder=self.holder)

    def _unchanged(self, group: Sequence[Prepared]) -> list[Outcome]:
        """The outcomes of a batch that is published already, document by document; none where any is not."""
        if not all(one.pages for one in group):
            return []
        with self.store.reader() as reader:
            places = [(one.document, page, number) for one in group for number, page in enumerate(one.pages)]
            same = all(still_published(reader.rdf, reader.lookup, reader.iris, *place) for place in places)
        return [Outcome(document.origin, "unchanged", page) for document, page, _ in places] if same else []

    def _publish(self, group: Sequence[Prepared], how: How, *, patience: int) -> list[Outcome]:
        time = self.now()
        outcomes: list[Outcome] = []
        with self._begin(time, patience) as draft:
            work = Batch(self, draft, time, lexical(time), how, self.decisions)
            pending: list[Unit] = [(one, i) for one in group for i in range(_units(one))]
            while pending:
                done = work.advance(pending)
                outcomes += done
                pending = pending[len(done) :]
            if how.dry_run:
                return outcomes
            over = [key for key, waits in work.waiting.items() if waits is None]
            for key, waits in work.waiting.items():
                if waits is not None:
                    self.waiting.put(key, *waits)
            if not work.changed:
                self.waiting.drop(*over)
                return outcomes
            for prepared in work.stored:
                self.store.sources.keep(prepared.document, fetched=lexical(time))
            left_out: Counter[str] = Counter()
            for one in group:
                left_out.update(dict(one.dropped))
            said = {"dropped": dict(sorted(left_out.items()))} if left_out else {}
            info = draft.commit(work.summary | said, quality=quality.measured)
        self.waiting.drop(*over)
        self._prune(time)
        trim()
        return [replace(one, snapshot=info.id) if one.written else one for one in outcomes]

    def _prune(self, time: datetime) -> None:
        """Keep the snapshots the policy keeps; what a reader holds stays until the next publish."""
        keep = {"keep_last": self.settings["snapshots.keep_last"], "keep_daily": self.settings["snapshots.keep_daily"]}
        with suppress(StoreLocked):  # another publisher was quicker; it prunes too
            self.store.prune(**keep, time=time, holder=self.holder)

    def refuse(self, document: Document, error: InputError, report: Report | None, *, dry_run: bool) -> Outcome:
        """The outcome of a refused document, which is kept in quarantine with its report."""
        kept = None if dry_run else self.quarantine.keep(document, error, report)
        return Outcome(document.origin, "refused", reason=str(error), quarantine=kept)


def _units(prepared: Prepared) -> int:
    """How many outcomes a document has."""
    return max(1, len(prepared.pages or prepared.articles))


def _by_document(
    group: Sequence[Prepared], outcomes: Sequence[Outcome]
) -> Iterator[tuple[Document, Sequence[Outcome]]]:
    place = 0
    for one in group:
        count = _units(one)
        yield one.document, outcomes[place : place + count]
        place += count
