"""Documents in, published articles out: read → annotate → name → build → check → publish, in batches.

Reading and annotating run in parallel; naming, building, checking and publishing follow document order, so the same
documents in the same order give the same N-Quads for every ``jobs`` and every batch size (decision 13).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from time import sleep

from pyoxigraph import Quad, Triple

from kg import __version__, graph
from kg.config import Settings
from kg.errors import ConfigError, InputError, Refused, StoreLocked
from kg.model import Annotated, ArticleGraphs, Document, Gone, Run, Unread
from kg.pipeline.differences import changes
from kg.pipeline.naming import Names, Register
from kg.pipeline.outcome import Outcome, Quarantine
from kg.pipeline.prepare import Prepared, prepare
from kg.pipeline.textrows import article_row, thing_rows
from kg.pipeline.versions import newest
from kg.plugins import Authority
from kg.shacl import Gate, Report
from kg.store import Draft, Store

__all__ = ["BATCH", "Ingest", "lexical"]

#: Documents per publish: large enough to amortize the flip, small enough to lose little to a crash.
BATCH = 200
#: Articles the gate checks at once.
_CHECKED = 64
#: How often, and with what pause in seconds, a later batch asks again for the lock another publisher holds.
_PATIENCE, _PAUSE = 600, 0.1
#: The graphs whose change makes a rebuilt article a new version.
_COMPARED = ("content", "facts", "annotations")


def lexical(time: datetime) -> str:
    """The time as an xsd:dateTime in UTC, to the second, as the store writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class _Staged:
    """One article named and built, not yet checked; ``mark`` is where the register stood before its ``claims``."""

    prepared: Prepared
    annotated: Annotated
    graphs: ArticleGraphs
    links: tuple[tuple[str, str], ...]
    status: str
    mark: tuple[int, frozenset[str]]
    claims: tuple[tuple[str, str], ...]


#: An article's place in a group: the document and the number of the article in it.
_Unit = tuple[Prepared, int]


@dataclass(frozen=True, slots=True)
class _How:
    """The options of one run."""

    again: bool
    dry_run: bool
    republish: bool


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

    def run(
        self,
        documents: Iterable[Document | Unread | Gone],
        *,
        jobs: int = 1,
        batch: int = BATCH,
        again: bool = False,
        dry_run: bool = False,
        republish: bool = False,
    ) -> Iterator[Outcome]:
        """One outcome per article, in document order, each after the batch that holds it was published.

        ``again`` rebuilds articles whose bytes did not change; ``dry_run`` publishes nothing; a withdrawn article stays
        withdrawn, whatever its bytes, unless ``republish`` says otherwise. Raises
        :class:`kg.errors.ConfigError` where the store was made for another base IRI, and
        :class:`kg.errors.StoreError` when a publish fails.
        """
        if self.store.base_iri != self.settings.base_iri:
            raise ConfigError(
                f"the store at {self.settings.store} was made for {self.store.base_iri}, the settings say "
                f"{self.settings.base_iri}; base_iri is fixed when a store is made",
                setting="base_iri",
            )
        prepared = prepare(documents, self.table, self.settings, jobs=jobs)
        published = False
        how = _How(again, dry_run, republish)
        for number in itertools.count():
            if not (group := list(itertools.islice(prepared, batch))):
                break
            outcomes = self._publish(group, how, patience=_PATIENCE if number else 0)
            published = published or any(one.snapshot for one in outcomes)
            yield from outcomes
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

    def _publish(self, group: Sequence[Prepared], how: _How, *, patience: int) -> list[Outcome]:
        time = self.now()
        outcomes: list[Outcome] = []
        with self._begin(time, patience) as draft:
            work = _Batch(self, draft, lexical(time), how)
            pending: list[_Unit] = [(one, i) for one in group for i in range(max(1, len(one.articles)))]
            while pending:
                done = work.advance(pending)
                outcomes += done
                pending = pending[len(done) :]
            if how.dry_run or not work.stored:
                return outcomes
            for prepared in work.stored:
                self.store.sources.keep(prepared.document, fetched=lexical(time))
            info = draft.commit(work.summary)
        self._prune(time)
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


class _Batch:
    """One publish while it is filled: names against the draft, checks, puts, in document order."""

    def __init__(self, ingest: Ingest, draft: Draft, time: str, how: _How) -> None:
        self.ingest = ingest
        self.draft = draft
        self.again = how.again
        self.dry_run = how.dry_run
        self.republish = how.republish
        self.register = Register(draft.lookup, draft.taken)
        self.names = Names(ingest.settings.iris, self.register, ingest.table)
        self.run = Run(agent="newsgraph", version=__version__, time=time, tables=ingest.table.digest)
        self.stored: list[Prepared] = []
        self.warned: dict[str, int] = {}

    @property
    def summary(self) -> dict[str, object]:
        """What the manifest says of the publish."""
        return {"articles": len(self.stored), "warnings": dict(sorted(self.warned.items()))}

    def advance(self, pending: Sequence[_Unit]) -> list[Outcome]:
        """The outcomes of the first few pending articles: as many as can be named before one is refused.

        A refused article's claims are taken back, and what was named after it is named again in the next call, so
        that no published IRI rests on an article that never was.
        """
        staged: list[_Staged | Outcome] = []
        pages: set[str] = set()
        for prepared, number in pending[:_CHECKED]:
            one = self._stage(prepared, number, pages)
            if one is None:
                break
            staged.append(one)
            if isinstance(one, _Staged):
                pages.add(one.graphs.page)
        reports = iter(self.ingest.gate.check([one.graphs for one in staged if isinstance(one, _Staged)]))
        outcomes: list[Outcome] = []
        for one in staged:
            outcome = one if isinstance(one, Outcome) else self._settle(one, next(reports))
            outcomes.append(outcome)
            if isinstance(one, _Staged) and outcome.status == "refused":
                self.register.rollback(one.mark)
                break
        return outcomes

    def _stage(self, prepared: Prepared, number: int, pages: set[str]) -> _Staged | Outcome | None:
        """The article named and built, its outcome where that is known already, or None where the same article is
        staged just before and must be settled first."""
        document, ingest = prepared.document, self.ingest
        if prepared.error is not None:
            return ingest.refuse(document, prepared.error, None, dry_run=self.dry_run or not prepared.kept)
        mark = self.register.mark()
        annotated = prepared.articles[number]
        page = self.names.page(document, annotated.article.headline, number)
        if page in pages:
            return None
        last = newest(self.draft.rdf, ingest.settings.iris, page)
        if last is not None and last.withdrawn and not self.republish:
            kept = f"withdrawn on {last.withdrawn}; --republish would publish it again"
            return Outcome(document.origin, "unchanged", page, reason=kept)
        if last is not None and last.live and last.sha256 == document.sha256.hex() and not self.again:
            return Outcome(document.origin, "unchanged", page)
        naming, links = self.names.naming(
            annotated, page, version=1 if last is None else last.number + 1, previous=last.iri if last else None
        )
        try:
            graphs = graph.build(
                annotated,
                naming,
                document=document,
                iris=ingest.settings.iris,
                run=self.run,
                authority=ingest.table,
                excerpt=ingest.settings["excerpt"],
            )
        except InputError as error:
            self.register.rollback(mark)
            return ingest.refuse(document, error, None, dry_run=self.dry_run)
        claims = self.register.since(mark)
        return _Staged(prepared, annotated, graphs, links, "updated" if last else "stored", mark, claims)

    def _settle(self, staged: _Staged, report: Report) -> Outcome:
        """Put a checked article into the draft, and take it out again where it breaks a constraint across articles."""
        document, ingest = staged.prepared.document, self.ingest
        if report.violations:
            return ingest.refuse(document, _refusal(document, report), report, dry_run=self.dry_run)
        graphs = replace(staged.graphs, warnings=report.triples(f"{staged.graphs.page}#check-"))
        if ingest.settings["detail"] == "facts":
            # The gate needs the annotations to check the facts; what is published may go without them.
            graphs = graph.facts_only(graphs, ingest.settings.iris)
        compared = self.again or self.dry_run
        before = {kind: self._published(graphs.page, kind) for kind in _COMPARED} if compared else {}
        linked = self._linked(staged) if compared else ()
        if self.again and not linked and all(before[kind] == frozenset(getattr(graphs, kind)) for kind in _COMPARED):
            return Outcome(document.origin, "unchanged", graphs.page)
        try:
            with self.draft.attempt():
                self._put(staged, graphs)
                across = self._across(graphs)
                if across.violations:
                    raise _refusal(document, across)
        except Refused as error:
            return ingest.refuse(document, error, across, dry_run=self.dry_run)
        self.stored.append(staged.prepared)
        codes = tuple(dict.fromkeys(result.code for result in report.warnings))
        for code in codes:
            self.warned[code] = self.warned.get(code, 0) + 1
        # What the annotations say follows from the text and the facts.
        differences = changes(before["content"] | before["facts"], graphs, linked) if compared else ()
        return Outcome(document.origin, staged.status, graphs.page, warnings=codes, changes=differences)

    def _put(self, staged: _Staged, graphs: ArticleGraphs) -> None:
        draft = self.draft
        for key, iri in staged.claims:
            draft.claim(key, iri)
        draft.put(graphs)
        for row, iri in staged.links:
            thing = self.ingest.table.get(row)
            if thing is not None:
                draft.put_thing(graph.authority_triples(thing, iri))
        draft.index(article_row(graphs))
        for text in thing_rows(draft, graphs.things):
            draft.index(text)

    def _across(self, graphs: ArticleGraphs) -> Report:
        focus = [page + "#id" for page in (graphs.page, *graphs.things)]
        return self.ingest.gate.check_store(self.draft.rdf, focus=focus, of_dataset=True)

    def _linked(self, staged: _Staged) -> tuple[Triple, ...]:
        """What the authority says of the article's things and the things graph does not hold yet."""
        graph_name = self.ingest.settings.iris.things_graph
        rows = ((self.ingest.table.get(row), iri) for row, iri in staged.links)
        said = (t for row, iri in rows if row is not None for t in graph.authority_triples(row, iri))
        return tuple(t for t in said if Quad(t.subject, t.predicate, t.object, graph_name) not in self.draft.rdf)

    def _published(self, page: str, kind: str) -> frozenset[Triple]:
        graph = self.ingest.settings.iris.graph(page, kind)
        return frozenset(quad.triple for quad in self.draft.rdf.quads_for_pattern(None, None, None, graph))


def _refusal(document: Document, report: Report) -> Refused:
    first = report.violations[0]
    more = len(report.violations) - 1
    rest = f" (and {more} more)" if more else ""
    return Refused(f"refused by the gate: {first.message}{rest}", origin=document.origin, codes=report.codes())
