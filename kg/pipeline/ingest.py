"""Documents in, published articles out: read → annotate → name → build → check → publish, in batches.

Reading and annotating run in parallel; naming, building, checking and publishing follow document order, so the same
documents in the same order give the same N-Quads for every ``jobs`` and every batch size (decision 13).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from kg import __version__, annotate, authority, extract, graph
from kg.config import Settings
from kg.errors import ConfigError, InputError, KgError, Refused
from kg.model import Annotated, ArticleGraphs, Document, Run
from kg.pipeline.naming import Names, Register
from kg.pipeline.outcome import Outcome, Quarantine
from kg.pipeline.versions import Version, newest
from kg.plugins import Authority
from kg.shacl import Gate, Report, Result
from kg.store import Draft, Store

__all__ = ["BATCH", "Ingest", "Prepared", "prepare"]

#: Documents per publish: large enough to amortize the flip, small enough to lose little to a crash.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with everything recognised in it, or the reason it cannot be read."""

    document: Document
    articles: tuple[Annotated, ...] = ()
    error: InputError | None = None


def prepare(document: Document, table: Authority) -> Prepared:
    """Read and annotate one document; an input error becomes part of the value, so that a batch goes on."""
    try:
        articles = extract.read(document)
        return Prepared(document, tuple(annotate.annotate(one, authority=table) for one in articles))
    except InputError as error:
        return Prepared(document, error=error)


_TABLE: list[Authority] = []


def _start(paths: Sequence[Any]) -> None:
    """Load the authority once per process."""
    _TABLE[:] = [authority.load(paths)]


def _prepare(document: Document) -> Prepared:
    return prepare(document, _TABLE[0])


@dataclass(frozen=True, slots=True)
class _Item:
    """One article ready to be published."""

    prepared: Prepared
    annotated: Annotated
    graphs: ArticleGraphs
    status: str
    report: Report
    claims: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ingest:
    """The whole path for one store. ``now`` gives the time of a batch as an xsd:dateTime in UTC."""

    store: Store
    settings: Settings
    gate: Gate
    table: Authority
    now: Callable[[], str]
    holder: str = "kg ingest"

    @property
    def quarantine(self) -> Quarantine:
        """Where refused documents go."""
        return Quarantine(self.settings.store / "quarantine")

    def run(
        self, documents: Iterable[Document], *, jobs: int = 1, batch: int = BATCH, again: bool = False
    ) -> Iterator[Outcome]:
        """One outcome per article, in document order, each after the batch that holds it was published.

        ``again`` rebuilds articles whose bytes did not change (for ``kg reannotate``).
        """
        self._check_base()
        pairs = self._prepared(documents, jobs, again)
        while group := list(itertools.islice(pairs, batch)):
            yield from self._publish(group, again)

    def _check_base(self) -> None:
        if self.store.base_iri != self.settings.base_iri:
            raise ConfigError(
                f"the store at {self.settings.store} was made for {self.store.base_iri}, the settings say "
                f"{self.settings.base_iri}; base_iri is fixed when a store is made",
                setting="base_iri",
            )

    def _prepared(self, documents: Iterable[Document], jobs: int, again: bool) -> Iterator[Prepared]:
        """Read and annotate ahead, at most a few documents per job, so that memory stays bounded."""
        if jobs <= 1:
            yield from (prepare(document, self.table) for document in documents)
            return
        with ProcessPoolExecutor(jobs, initializer=_start, initargs=(self.settings.authority,)) as pool:
            queue: list[Any] = []
            for document in documents:
                queue.append(pool.submit(_prepare, document))
                if len(queue) >= jobs * 8:
                    yield queue.pop(0).result()
            while queue:
                yield queue.pop(0).result()

    # one batch ------------------------------------------------------------------------------------------------
    def _publish(self, group: Sequence[Prepared], again: bool) -> Iterator[Outcome]:
        """Publish a batch; a document that breaks a constraint across articles is taken out and the rest retried."""
        refused: dict[int, tuple[Refused, Report]] = {}
        while True:
            time = self.now()
            with self.store.begin(time=time, holder=self.holder) as draft:
                outcomes, items = self._stage(draft, group, time, again, refused)
                if not items:
                    break
                culprit = self._across(draft, items)
                if culprit is None:
                    for item in items:
                        self.store.sources.keep(item.prepared.document)
                    info = draft.commit(_summary(items))
                    outcomes = [
                        replace(o, snapshot=info.id) if o.status in ("stored", "updated") else o for o in outcomes
                    ]
                    break
                number, report = culprit
                refused[number] = (_refusal(group[number].document, report), report)
        yield from outcomes

    def _stage(
        self,
        draft: Draft,
        group: Sequence[Prepared],
        time: str,
        again: bool,
        refused: dict[int, tuple[Refused, Report]],
    ) -> tuple[list[Outcome], list[_Item]]:
        register = Register(draft.lookup, draft.taken)
        names = Names(self.settings.iris, register, self.table)
        outcomes: list[Outcome] = []
        items: list[_Item] = []
        for number, prepared in enumerate(group):
            document = prepared.document
            if prepared.error is not None:
                outcomes.append(self._refuse(document, prepared.error, None))
                continue
            if number in refused:
                outcomes.append(self._refuse(document, *refused[number]))
                continue
            for index, annotated in enumerate(prepared.articles):
                mark = register.mark()
                try:
                    made = self._one(draft, names, prepared, annotated, index, time, again)
                except InputError as error:
                    register.rollback(mark)
                    outcomes.append(self._refuse(document, error, None))
                    continue
                if isinstance(made, Outcome):
                    outcomes.append(made)
                    continue
                if made.report.violations:
                    register.rollback(mark)
                    outcomes.append(self._refuse(document, _refusal(document, made.report), made.report))
                    continue
                claims = tuple(list(register.claims.items())[mark[0] :])
                self._put(draft, made, claims)
                items.append(replace(made, claims=claims))
                warnings = tuple(dict.fromkeys(r.code for r in made.report.warnings))
                outcomes.append(Outcome(document.origin, made.status, made.graphs.page, warnings=warnings))
        return outcomes, items

    def _one(
        self,
        draft: Draft,
        names: Names,
        prepared: Prepared,
        annotated: Annotated,
        index: int,
        time: str,
        again: bool,
    ) -> _Item | Outcome:
        document = prepared.document
        page = names.page(document, annotated.article.headline, index)
        last = newest(draft.rdf, self.settings.iris, page)
        if last is not None and last.live and last.sha256 == document.sha256.hex() and not again:
            return Outcome(document.origin, "unchanged", page)
        version = _next(last)
        naming = names.naming(annotated, page, version=version, previous=last.iri if last else None)
        run = Run(agent="newsgraph", version=__version__, time=time, tables=self.table.digest)
        graphs = graph.build(
            annotated,
            naming,
            document=document,
            iris=self.settings.iris,
            run=run,
            detail=self.settings["detail"],
            authority=self.table,
            excerpt=self.settings["excerpt"],
        )
        (report,) = self.gate.check([graphs])
        graphs = replace(graphs, warnings=report.triples(page) if not report.violations else ())
        return _Item(prepared, annotated, graphs, "updated" if last else "stored", report, ())

    def _put(self, draft: Draft, item: _Item, claims: Sequence[tuple[str, str]]) -> None:
        for key, iri in claims:
            draft.claim(key, iri)
        draft.put(item.graphs, text=graph.search_rows(item.graphs))
        for entity_id, iri in graph.linked(item.annotated, self.table, claims):
            thing = self.table.get(entity_id)
            if thing is not None:
                draft.put_thing(graph.authority_triples(thing, iri))

    def _across(self, draft: Draft, items: Sequence[_Item]) -> tuple[int, Report] | None:
        """The document to take out because it breaks a constraint across articles, with the report; None when clean."""
        touched = sorted({page for item in items for page in (item.graphs.page, *item.graphs.things)})
        report = self.gate.check_store(draft.rdf, focus=[page + "#id" for page in touched])
        if not report.violations:
            return None
        raise KgError("across-article violations")  # placeholder replaced below

    def _refuse(self, document: Document, error: InputError, report: Report | None) -> Outcome:
        where = self.quarantine.keep(document, error, report)
        return Outcome(document.origin, "refused", reason=error.reason, quarantine=where)


def _next(last: Version | None) -> int:
    return 1 if last is None else last.number + 1


def _refusal(document: Document, report: Report) -> Refused:
    first: Result = report.violations[0]
    more = len(report.violations) - 1
    rest = f" (and {more} more)" if more else ""
    codes = [r.code for r in report.violations]
    return Refused(f"refused by the gate: {first.message}{rest}", origin=document.origin, codes=codes)


def _summary(items: Sequence[_Item]) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for item in items:
        for result in item.report.warnings:
            counts[result.code] = counts.get(result.code, 0) + 1
    return {"articles": len(items), "warnings": dict(sorted(counts.items()))}
