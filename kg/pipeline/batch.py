"""One publish while it is filled: what becomes of each article, in document order.

Naming, building and checking follow document order, so the same documents in the same order give the same N-Quads for
every ``jobs`` and every batch size (docs/decisions/0013-identity.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad, Triple

from kg import __version__, annotate, graph
from kg.errors import IncompleteArticle, InputError, Refused
from kg.model import Article, ArticleGraphs, Document, Run, Status
from kg.pipeline import copies, identity, takeback, waiting
from kg.pipeline.across import Across, refusal
from kg.pipeline.chain import Learnt
from kg.pipeline.differences import changes
from kg.pipeline.imported import imported, is_import
from kg.pipeline.naming import Names, Register
from kg.pipeline.news import Known, still_published
from kg.pipeline.outcome import Outcome
from kg.pipeline.prepare import Choice, Prepared, Preparer
from kg.pipeline.takeback import Taken
from kg.pipeline.textrows import article_row, thing_rows
from kg.pipeline.versions import Version, newest
from kg.review import NONE, Decisions
from kg.shacl import Report
from kg.store import Draft, attributed
from kg.vocab import PROV

if TYPE_CHECKING:
    from kg.pipeline.ingest import Ingest

__all__ = ["Batch", "How", "Unit"]

#: Articles the gate checks at once.
_CHECKED = 64
#: The graphs whose change makes a rebuilt article a new version.
_COMPARED = ("content", "facts", "annotations")
#: An article's place in a group: the document and the number of the article in it.
Unit = tuple[Prepared, int]


@dataclass(frozen=True, slots=True)
class How:
    """The options of one run. ``again`` rebuilds what did not change, ``republish`` brings back what was withdrawn,
    ``learnt`` is what linking knows beside the tables."""

    again: bool
    dry_run: bool
    republish: bool
    choice: Choice
    learnt: Learnt | None = None


@dataclass(frozen=True, slots=True)
class _Staged:
    """One article named and built, not yet checked; ``mark`` is where the register stood before its ``claims``.

    Of an export come ``things``, rows of the things graph, ``ends``, provenance of what ended, and ``retired``, when
    and why its source took the article back.
    """

    prepared: Prepared
    article: Article
    graphs: ArticleGraphs
    links: tuple[tuple[str, str], ...]
    status: str
    mark: tuple[int, frozenset[str]]
    claims: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]
    things: tuple[Triple, ...] = ()
    ends: tuple[Triple, ...] = ()
    retired: tuple[datetime, str] | None = None
    silence: str | None = None

    @property
    def standing(self) -> ArticleGraphs:
        """The graphs that are held to the shapes: of an article that was taken back only what it still says."""
        return replace(self.graphs, facts=(), annotations=(), things=()) if self.retired else self.graphs


class Batch:
    """The articles of one publish. ``stored`` are the documents whose bytes are to be kept.

    ``waiting`` says, for each identity key that the documents have a say in, what waits under it when they were all
    heard: a document with its embargo, or None for nothing any more. The last word counts.
    """

    def __init__(
        self, ingest: Ingest, draft: Draft, now: datetime, time: str, how: How, decisions: Decisions = NONE
    ) -> None:
        self.ingest = ingest
        self.draft = draft
        self.how = how
        self.now = now
        self.iris = ingest.settings.iris
        self.register = Register(draft.lookup, draft.taken)
        self.names = Names(self.iris, self.register, ingest.table, decisions)
        self.run = Run(agent="newsgraph", version=__version__, time=time, tables=ingest.table.digest)
        self.stored: list[Prepared] = []
        self.waiting: dict[str, tuple[Document, str] | None] = {}
        self.across = Across.of(ingest.gate, ingest.settings)
        self.warned: dict[str, int] = {}
        #: violations that articles left behind when they were taken back, by code
        self.broken: dict[str, int] = {}
        self.dated: dict[str, str | None] = {}
        self.retracted = 0
        self.kept = 0

    @property
    def changed(self) -> bool:
        """Whether there is anything to publish."""
        return bool(self.stored or self.retracted or self.kept)

    @property
    def summary(self) -> dict[str, object]:
        """What the manifest says of the publish."""
        said: dict[str, object] = {"articles": len(self.stored), "warnings": dict(sorted(self.warned.items()))}
        said |= self.across.summary(self.warned, self.broken)
        return said | ({"retracted": self.retracted} if self.retracted else {})

    def advance(self, pending: Sequence[Unit]) -> list[Outcome]:
        """The outcomes of the first few pending articles: as many as can be named before one is refused.

        A refused article's claims are taken back, and what was named after it is named again in the next call, so
        that no published IRI rests on an article that never was.
        """
        staged: list[_Staged | Taken | Outcome] = []
        pages: set[str] = set()
        for prepared, number in pending[:_CHECKED]:
            one = self._stage(prepared, number, pages)
            if one is None:
                break
            staged.append(one)
            if isinstance(one, _Staged):
                pages.add(one.graphs.page)
            elif isinstance(one, Taken):
                pages.add(one.page)
        reports = iter(self.ingest.gate.check([one.standing for one in staged if isinstance(one, _Staged)]))
        outcomes: list[Outcome] = []
        for one in staged:
            if isinstance(one, Taken):
                outcomes.append(self._take_back(one))
                continue
            outcome = one if isinstance(one, Outcome) else self._settle(one, next(reports))
            outcomes.append(outcome)
            if isinstance(one, _Staged) and outcome.status == "refused":
                self.register.rollback(one.mark)
                break
        return outcomes

    # before the gate ------------------------------------------------------------------------------------------
    def _stage(self, prepared: Prepared, number: int, pages: set[str]) -> _Staged | Taken | Outcome | None:
        """The article named and built, its outcome where that is known already, or None where the same article is
        staged just before and must be settled first."""
        document = prepared.document
        if prepared.pages:
            if prepared.pages[number] in pages:
                return None
            place = document, prepared.pages[number], number
            if still_published(self.draft.rdf, self.register.find, self.iris, *place):
                return Outcome(document.origin, "unchanged", prepared.pages[number])
            # Something changed the article since: the document must be read after all.
            names = self.ingest.settings["annotators"]
            prepared = Preparer.of(self.ingest.table, names, self.how.learnt).choosing(self.how.choice)(document)
            if prepared.articles and number >= len(prepared.articles):
                return Outcome(document.origin, "skipped", reason="holds no article")
        if prepared.gone is not None:
            return self._gone(prepared, pages)
        if is_import(document):
            return self._imported(prepared, pages)
        if prepared.error is not None:
            return self.ingest.refuse(document, prepared.error, None, dry_run=self.how.dry_run or not prepared.kept)
        if not prepared.articles:
            return Outcome(document.origin, "skipped", reason="holds no article")
        if prepared.passed and (why := prepared.passed[number]) is not None:
            return Outcome(document.origin, "skipped", reason=why)
        annotated = prepared.articles[number]
        article = annotated.article
        if article.kind != "article":
            return Outcome(document.origin, "skipped", reason=f"is no article: the item's kind is {article.kind}")
        keys = identity.keys(document, article, number)
        page = self.names.known(keys)
        if page is not None and page in pages:
            return None
        last = newest(self.draft.rdf, self.iris, page) if page is not None else None
        if last is not None and last.withdrawn and not self.how.republish:
            # before anything that would keep its bytes: it may have been removed for good
            why = f"withdrawn on {last.withdrawn}; --republish would publish it again"
            return Outcome(document.origin, "unchanged", page, reason=why)
        if article.status is not Status.USABLE:
            self._over(keys)
            return takeback.canceled(prepared, number, keys, page, last)
        if not article.headline:
            if not article.paragraphs and not article.abstract:
                return Outcome(document.origin, "skipped", reason="holds neither a headline nor a text")
            error = IncompleteArticle("there is no headline; an article needs one", origin=document.origin)
            return self.ingest.refuse(document, error, None, dry_run=self.how.dry_run)
        if article.embargo and not waiting.over(article.embargo, self.now):
            self.waiting[keys[0]] = document, article.embargo
            return Outcome(document.origin, "waiting", page, reason=f"under embargo until {article.embargo}")
        if last is not None and page is not None:
            why = self._nothing_new(document, article, number, page, last)
            if why is not None:
                return Outcome(document.origin, "unchanged", page, reason=why or None)
        return self._named(prepared, number, keys, last)

    def _nothing_new(self, document: Document, article: Article, number: int, page: str, last: Version) -> str | None:
        """Why there is nothing to publish, empty where it is the same; None where there is."""
        how = self.how
        if not last.live:
            return None
        if how.again or how.republish:
            return f"{last.status.lower()} by its source" if last.status and how.again else None
        known = Known(self.register.find, self.ingest.store.sources, self.dated)
        return known.why(document, article, number, page, last)

    def _named(self, prepared: Prepared, number: int, keys: tuple[str, ...], last: Version | None) -> _Staged | Outcome:
        document, ingest = prepared.document, self.ingest
        mark = self.register.mark()
        page = self.names.page(keys, prepared.articles[number].article.headline)
        annotated = self.names.decided(prepared.articles[number], page)
        version = 1 if last is None else last.number + 1
        naming, links = self.names.naming(annotated, page, version=version, previous=last.iri if last else None)
        annotated = self.names.called(annotated, naming)
        try:
            graphs = graph.build(
                annotated,
                naming,
                document=document,
                iris=self.iris,
                run=self.run,
                authority=ingest.table,
                excerpt=ingest.settings["excerpt"],
            )
        except InputError as error:
            self.register.rollback(mark)
            return ingest.refuse(document, error, None, dry_run=self.how.dry_run)
        self.register.claim(identity.arrival(document.key, document.sha256.hex(), document.source, number), graphs.page)
        claims = self.register.since(mark)
        status = "updated" if last else "stored"
        silence = annotate.silence(annotated.text)
        return _Staged(prepared, annotated.article, graphs, links, status, mark, claims, keys, silence=silence)

    def _imported(self, prepared: Prepared, pages: set[str]) -> _Staged | Outcome | None:
        """An article of an export: its graphs as they are, under the IRIs that they were published with."""
        document = prepared.document
        try:
            made = imported(document, self.iris)
        except InputError as error:
            return self.ingest.refuse(document, error, None, dry_run=self.how.dry_run)
        if made.graphs is None:
            try:
                with self.across.unit(self.draft, document.origin):
                    changed = self.draft.put_thing(made.things), self.draft.provenance(made.provenance)
            except Refused as error:
                return self.ingest.refuse(document, error, None, dry_run=self.how.dry_run)
            self.kept += any(changed)
            what = "what belongs to no article: tombstones and curated things"
            return Outcome(document.origin, "stored" if any(changed) else "unchanged", reason=what)
        page = made.graphs.page
        if page in pages:
            return None
        last = newest(self.draft.rdf, self.iris, page)
        how = self.how
        if last is not None and last.withdrawn and not how.republish:
            return Outcome(document.origin, "unchanged", page, reason=f"withdrawn on {last.withdrawn}")
        if last is not None and last.live and not how.republish:
            same = all(self._published(page, kind) == frozenset(getattr(made.graphs, kind)) for kind in _COMPARED)
            if same or last.number >= made.version:
                reason = None if same else f"version {last.number} is published, the export holds {made.version}"
                return Outcome(document.origin, "unchanged", page, reason=reason)
        mark = self.register.mark()
        for key, iri in made.keys:
            self.register.claim(key, iri)
        status, claims = "updated" if last else "stored", self.register.since(mark)
        known = made.things, made.provenance, made.retired
        return _Staged(prepared, made.article, made.graphs, (), status, mark, claims, (), *known)

    # after the gate -------------------------------------------------------------------------------------------
    def _settle(self, staged: _Staged, report: Report) -> Outcome:
        """Put a checked article into the draft, and take it out again where it breaks a constraint across articles."""
        document, ingest, how = staged.prepared.document, self.ingest, self.how
        if report.violations:
            return ingest.refuse(document, refusal(document.origin, report), report, dry_run=how.dry_run)
        graphs = staged.graphs
        if staged.retired is None:
            graphs = replace(graphs, warnings=report.triples(f"{graphs.page}#check-"))
        if ingest.settings["detail"] == "facts":
            # The gate needs the annotations to check the facts; what is published may go without them.
            graphs = graph.facts_only(graphs, self.iris)
        compared = how.again or how.dry_run
        before = {kind: self._published(graphs.page, kind) for kind in _COMPARED} if compared else {}
        linked = self._linked(staged) if compared else ()
        same = compared and all(before[kind] == frozenset(getattr(graphs, kind)) for kind in _COMPARED)
        if how.again and not linked and same and _annotators(graphs) == attributed(self.draft, graphs.page):
            return Outcome(document.origin, "unchanged", graphs.page)
        try:
            with self.draft.attempt(), self.draft.watching() as seen:
                self._put(staged, graphs)
                across = self.across.broken(self.draft, seen, alone=graphs.page)
                if across.violations:
                    raise refusal(document.origin, across)
        except Refused as error:
            return ingest.refuse(document, error, across, dry_run=how.dry_run)
        self.stored.append(staged.prepared)
        self.dated[graphs.page] = document.dated
        self._over(staged.keys)
        codes = tuple(dict.fromkeys(result.code for result in report.warnings))
        for code in codes:
            self.warned[code] = self.warned.get(code, 0) + 1
        # What the annotations say follows from the text and the facts.
        differences = changes(before["content"] | before["facts"], graphs, linked) if compared else ()
        return Outcome(document.origin, staged.status, graphs.page, staged.silence, codes, changes=differences)

    def _put(self, staged: _Staged, graphs: ArticleGraphs) -> None:
        draft = self.draft
        for key, iri in staged.claims:
            draft.claim(key, iri)
        draft.put(graphs)
        draft.provenance(staged.ends)
        if staged.retired is not None:
            time, reason = staged.retired
            draft.retire(graphs.page, reason=reason, time=time)
        draft.put_thing(staged.things)
        if staged.article.body:  # an imported article whose text is withheld stays in the group it came with
            copies.group(draft, graphs.page, staged.article, staged.prepared.document.source)
        for row, iri in staged.links:
            thing = self.ingest.table.get(row)
            if thing is not None:
                draft.put_thing(graph.authority_triples(thing, iri))
        draft.index(article_row(staged.standing))
        for text in thing_rows(draft, graphs.things):
            draft.index(text)

    def _linked(self, staged: _Staged) -> tuple[Triple, ...]:
        """What the authority says of the article's things and the things graph does not hold yet."""
        graph_name = self.iris.things_graph
        rows = ((self.ingest.table.get(row), iri) for row, iri in staged.links)
        said = (t for row, iri in rows if row is not None for t in graph.authority_triples(row, iri))
        return tuple(t for t in said if Quad(t.subject, t.predicate, t.object, graph_name) not in self.draft.rdf)

    def _over(self, keys: Sequence[str]) -> None:
        self.waiting |= dict.fromkeys(keys)

    def _published(self, page: str, kind: str) -> frozenset[Triple]:
        name = self.iris.graph(page, kind)
        return frozenset(quad.triple for quad in self.draft.rdf.quads_for_pattern(None, None, None, name))

    # taking back ----------------------------------------------------------------------------------------------
    def _gone(self, prepared: Prepared, pages: set[str]) -> Taken | Outcome | None:
        said = prepared.gone
        assert said is not None
        page = self.names.known(said.keys)
        if page is not None and page in pages:
            return None
        self._over(said.keys)  # what waits under its embargo is gone too
        return takeback.gone(said, page, newest(self.draft.rdf, self.iris, page) if page is not None else None)

    def _take_back(self, taken: Taken) -> Outcome:
        with self.draft.watching() as seen:
            rows = takeback.take_back(self.draft, taken, time=self.run.time)
        # Its source's word goes before what others say, so it is told and not refused.
        left = self.across.broken(self.draft, seen).violations
        self.broken.update(Counter(self.broken) + Counter(one.code for one in left))
        for row in rows:
            if self.register.find(row) is None:
                self.register.claim(row, taken.page)
                self.draft.claim(row, taken.page)
        self.retracted += 1
        if taken.prepared is not None:
            self.stored.append(taken.prepared)
        self._over(taken.keys)
        codes = tuple(dict.fromkeys(one.code for one in left))
        reason = f"{taken.reason} Left broken: {left[0].message} (in {len(left)} places)." if left else taken.reason
        return Outcome(taken.origin, "retracted", taken.page, reason=reason, warnings=codes)


def _annotators(graphs: ArticleGraphs) -> str | None:
    """The ensemble of annotators that made the graphs, by its IRI."""
    by = (t.object for t in graphs.provenance if t.predicate == PROV.wasAttributedTo)
    return next((one.value for one in by if isinstance(one, NamedNode)), None)
