"""The RDF of a draft: articles, things, keys and provenance, and a default graph that is a true set.

The default graph is a copy of the published named graphs (docs/decisions/0010-default-graph.md): each article's
content and facts, its annotations where the publication says so, and the things graph. A triple leaves the default
graph only when no published graph holds it any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from kg.errors import UsageError
from kg.iris import Iris
from kg.model import ArticleGraphs
from kg.store import annotators
from kg.store.changes import Log, line
from kg.store.contents import described, holds, key_node, lookup, published, retired
from kg.store.seen import Seen
from kg.vocab import DCTERMS, NKG, PROV, RDF, XSD

__all__ = ["KINDS", "Changed", "Dataset"]

#: The kinds of an article's own graphs.
KINDS = ("content", "facts", "annotations", "report")

_DEFAULT = DefaultGraph()
#: Quads that are cleared at a time.
_CLEARED = 20_000


@dataclass(frozen=True, slots=True)
class Changed:
    """How many quads an operation added and removed, bookkeeping aside; both 0 when nothing was new."""

    added: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


class Dataset:
    """The operations on a draft's RDF. Every change is logged as the store sees it, after normalisation."""

    __slots__ = ("_before", "_ensembles", "_log", "_rdf", "_seen", "_undo", "annotations", "iris", "touched")

    def __init__(self, rdf: Store, log: Log, iris: Iris, *, annotations: bool) -> None:
        self._rdf = rdf
        self._log = log
        self._before: dict[str, bool] = {}
        self._ensembles: dict[str, str | None] = {}
        self._undo: list[tuple[str, list[Quad]]] | None = None
        self._seen: list[Seen] = []
        self.iris = iris
        self.annotations = annotations
        #: pages whose revision the publish will be
        self.touched: dict[str, None] = {}

    @property
    def rdf(self) -> Store:
        """The quads, for reading."""
        return self._rdf

    # operations -----------------------------------------------------------------------------------------------
    def put(self, graphs: ArticleGraphs) -> Changed:
        """Replace the article's own graphs and add its provenance; a retracted article is published again."""
        page = self._article(graphs.page)
        self._remember(page)
        old: dict[Quad, None] = {}
        new: dict[Quad, None] = {}
        for kind, triples in graphs.by_kind():
            name = self.iris.graph(page, kind)
            old.update(dict.fromkeys(self._rdf.quads_for_pattern(None, None, None, name)))
            new.update(dict.fromkeys(Quad(t.subject, t.predicate, t.object, name) for t in triples))
        new = dict.fromkeys(_as_stored(new))
        changed = self._apply([quad for quad in new if quad not in old], [quad for quad in old if quad not in new])
        facts = self.iris.graph(page, "facts")
        if retired(self._rdf, self.iris, facts):
            self._book(remove=self._rdf.quads_for_pattern(facts, NKG.retired, None, self.iris.revisions_graph))
            back = {q.triple for q in new if q.graph_name == facts}
            changed = Changed(changed.added + self._join(back), changed.removed)
        if changed:
            self.touch(page, *graphs.things, *self._things(old), *self._things(new))
        return self._plus(changed, self.provenance(graphs.provenance, page=page))

    def remove(self, page: str, *, time: str, reason: str) -> Changed:
        """Take the article's graphs away and leave a tombstone in the provenance graph (PROV-O, section 3.2).

        ``time`` is the lexical form of an xsd:dateTime. Raises :class:`kg.errors.UsageError` when the store has no
        such article.
        """
        old = self._own(page)
        if not old:
            raise UsageError(f"{page}: no published article has this IRI; nothing was removed")
        things = self._things(old)
        changed = self._apply([], old)
        facts = self.iris.graph(page, "facts")
        self._book(remove=self._rdf.quads_for_pattern(facts, NKG.retired, None, self.iris.revisions_graph))
        self.touch(page, *things)
        return self._plus(changed, self._invalidate(self.iris.of_page(page), page, time=time, reason=reason))

    def retire(self, page: str, *, time: str, reason: str) -> Changed:
        """Retract the article's facts: they leave the default graph and stay in their named graph, marked as invalid.

        Raises :class:`kg.errors.UsageError` when the store has no such article.
        """
        old = self._own(page)
        if not old:
            raise UsageError(f"{page}: no published article has this IRI; nothing was retracted")
        facts = self.iris.graph(page, "facts")
        if retired(self._rdf, self.iris, facts):
            return Changed()
        things = self._things(old)
        self._book(add=[Quad(facts, NKG.retired, Literal(time, datatype=XSD.dateTime), self.iris.revisions_graph)])
        left = self._leave({q.triple for q in old if q.graph_name == facts})
        self.touch(page, *things)
        return self._plus(Changed(0, left), self._invalidate(facts, page, time=time, reason=reason))

    def put_thing(self, triples: Iterable[Triple]) -> Changed:
        """Add statements about things to the things graph."""
        quads = [Quad(t.subject, t.predicate, t.object, self.iris.things_graph) for t in triples]
        return self._with_things(add=quads)

    def remove_thing(self, triples: Iterable[Triple]) -> Changed:
        """Take statements out of the things graph; one that is not there is fine."""
        quads = [Quad(t.subject, t.predicate, t.object, self.iris.things_graph) for t in triples]
        return self._with_things(remove=quads)

    def provenance(self, triples: Iterable[Triple], *, page: str | None = None) -> Changed:
        """Add to the provenance graph, which only grows and is no part of the default graph."""
        quads = [Quad(t.subject, t.predicate, t.object, self.iris.prov_graph) for t in triples]
        changed = self.change(add=quads)
        if changed and page is not None:
            self.touch(page)
        return changed

    def claim(self, key: str, iri: str) -> None:
        """Bind the key to the IRI for ever. Raises :class:`kg.errors.UsageError` when it is bound to another one."""
        known = lookup(self._rdf, self.iris, key)
        if known is not None and known != iri:
            raise UsageError(f"the key of {iri} already identifies {known}; a minted IRI never changes")
        if known is None:
            row = Quad(key_node(self.iris, key), NKG.identifies, NamedNode(iri), self.iris.keys_graph)
            self._book(add=[row])

    def change(self, *, add: Iterable[Quad] = (), remove: Iterable[Quad] = ()) -> Changed:
        """Add and remove quads of named graphs; the default graph follows.

        Raises :class:`kg.errors.UsageError` for a quad of the default graph itself, which is a copy.
        """
        gone = [q for q in _as_stored(remove) if q in self._rdf]
        fresh = [q for q in _as_stored(add) if q not in self._rdf]
        if any(isinstance(quad.graph_name, DefaultGraph) for quad in (*gone, *fresh)):
            raise UsageError("the default graph is a copy of the named graphs; write to a named graph")
        return self._apply(fresh, gone)

    def _apply(self, fresh: list[Quad], gone: list[Quad]) -> Changed:
        self._delete(gone)
        self._insert(fresh)
        shown: dict[NamedNode | BlankNode | DefaultGraph | Triple, bool] = {}
        for quad in (*gone, *fresh):
            if quad.graph_name not in shown:
                shown[quad.graph_name] = published(self._rdf, self.iris, quad.graph_name, annotations=self.annotations)
        self._leave({q.triple for q in gone if shown[q.graph_name]})
        self._join({q.triple for q in fresh if shown[q.graph_name]})
        self._forget_empty(gone)
        return Changed(len(fresh), len(gone))

    def clear(self, name: NamedNode) -> Changed:
        """Empty a graph that the default graph is not made of, however long it is, in bounded memory.

        Raises :class:`kg.errors.UsageError` inside an attempt and for a graph of another kind.
        """
        if self._undo is not None or published(self._rdf, self.iris, name, annotations=self.annotations):
            raise UsageError(f"{name} cannot be cleared at once; remove its quads")
        found = self._rdf.quads_for_pattern(None, None, None, name)
        count = 0
        while lines := sorted(line(quad) for quad in islice(found, _CLEARED)):
            self._log.remove_lines(lines)
            count += len(lines)
        del found
        part = f"SELECT ?s ?p ?o {{ GRAPH {name} {{ ?s ?p ?o }} }} LIMIT {_CLEARED}"
        while not _empty(self._rdf, name):  # one by one would take three times as long, all at once the memory for all
            self._rdf.update(f"DELETE {{ GRAPH {name} {{ ?s ?p ?o }} }} WHERE {{ {part} }}")
        self._forget_empty([Quad(name, RDF.type, name, name)])
        return Changed(0, count)

    def rewrite(self, *, add: Iterable[Quad] = (), remove: Iterable[Quad] = ()) -> Changed:
        """:meth:`change`, and every article and thing that quads of our own graphs speak of gets a new revision."""
        add, remove = list(add), list(remove)
        changed = self.change(add=add, remove=remove)
        add, remove = ([quad for quad in part if self._shown(quad.graph_name)] for part in (add, remove))
        if changed and (add or remove):
            articles = f"{self.iris.base}/articles/"
            subjects = (quad.subject for quad in (*add, *remove))
            pages = {self.iris.page_of(s.value) for s in subjects if isinstance(s, NamedNode)}
            self.touch(
                *sorted(page for page in pages if page.startswith(articles) and "/" not in page[len(articles) :]),
                *self._things((*add, *remove)),
            )
        return changed

    def _shown(self, graph: object) -> bool:
        """Whether pages show what the graph says; other graphs are reached by their names only."""
        return isinstance(graph, NamedNode) and graph.value.startswith(f"{self.iris.base}/graphs/")

    def touch(self, *pages: str) -> None:
        """The pages show something new, so the publish becomes their revision."""
        self.touched.update(dict.fromkeys(pages))

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that is undone when the block raises."""
        if self._undo is not None:
            raise UsageError("an attempt is under way; attempts do not nest")
        self._undo = []
        touched = dict(self.touched)
        try:
            yield
        except BaseException:
            steps, self._undo = self._undo, None
            for sign, quads in reversed(steps):
                if sign == "+":
                    self._delete(quads)
                    self._forget_empty(quads)
                else:
                    self._insert(quads)
            self.touched = touched
            raise
        finally:
            self._undo = None

    @contextmanager
    def watching(self) -> Iterator[Seen]:
        """What the block changes of the default graph, up to date at any time inside it and complete after it."""
        seen = Seen()
        self._seen.append(seen)
        try:
            yield seen
        finally:
            self._seen.remove(seen)

    def release(self) -> None:
        """Drop the store, so that it can be closed."""
        del self._rdf

    # at commit ------------------------------------------------------------------------------------------------
    def revise(self, id: str) -> tuple[str, ...]:
        """Write the revision of every touched page and return the pages, in order."""
        pages = tuple(sorted(self.touched))
        rows: list[Quad] = []
        for page in pages:
            node = NamedNode(page)
            rows.extend(self._rdf.quads_for_pattern(node, NKG.revision, None, self.iris.revisions_graph))
        graph = self.iris.revisions_graph
        self._book(remove=rows, add=[Quad(NamedNode(page), NKG.revision, Literal(id), graph) for page in pages])
        return pages

    def turned(self) -> tuple[dict[str, bool], int, int]:
        """What came or went as a whole: pages with their new state, and the change in articles and in things."""
        moved: dict[str, bool] = {}
        articles = things = 0
        for page, before in self._before.items():
            now = described(self._rdf, self.iris, page)
            if now == before:
                continue
            moved[page] = now
            step = 1 if now else -1
            if page.startswith(f"{self.iris.base}/articles/"):
                articles += step
            elif page.startswith(f"{self.iris.base}/things/"):
                things += step
        return moved, articles, things

    def reattributed(self) -> dict[str, int]:
        """How many articles each ensemble of annotators gained; fewer where it lost some."""
        change: Counter[str] = Counter()
        for page, before in self._ensembles.items():
            now = annotators.of_page(self._rdf, self.iris, page)
            if now != before:
                change.update([now] if now else [])
                change.subtract([before] if before else [])
        return dict(change)

    # inside ---------------------------------------------------------------------------------------------------
    def _remember(self, page: str) -> None:
        """Who annotated the article before this draft; called before anything of it changes."""
        if page not in self._ensembles:
            self._ensembles[page] = annotators.of_page(self._rdf, self.iris, page)

    def _article(self, page: str) -> str:
        prefix = f"{self.iris.base}/articles/"
        if not page.startswith(prefix) or "#" in page or len(page) == len(prefix):
            raise UsageError(f"{page}: not an article page of this publication ({prefix}…)")
        return page

    def _own(self, page: str) -> list[Quad]:
        self._article(page)
        return [
            quad
            for kind in KINDS
            for quad in self._rdf.quads_for_pattern(None, None, None, self.iris.graph(page, kind))
        ]

    def _things(self, quads: Iterable[Quad]) -> dict[str, None]:
        prefix = f"{self.iris.base}/things/"
        found: dict[str, None] = {}
        for quad in quads:
            for term in (quad.subject, quad.object):
                if isinstance(term, NamedNode) and term.value.startswith(prefix):
                    found[self.iris.page_of(term.value)] = None
        return dict.fromkeys(sorted(found))

    def _notice(self, triples: Iterable[Triple]) -> None:
        """Remember whether pages were described before this draft; called before the default graph changes."""
        for triple in triples:
            subject = triple.subject
            if isinstance(subject, NamedNode) and subject.value.endswith("#id"):
                page = self.iris.page_of(subject.value)
                if page not in self._before:
                    self._before[page] = described(self._rdf, self.iris, page)
                    if page.startswith(f"{self.iris.base}/articles/"):
                        self._remember(page)

    def _with_things(self, *, add: Iterable[Quad] = (), remove: Iterable[Quad] = ()) -> Changed:
        add, remove = list(add), list(remove)
        pages = self._things([*add, *remove])
        changed = self.change(add=add, remove=remove)
        if changed:
            self.touch(*pages)
        return changed

    def _invalidate(self, what: NamedNode, page: str, *, time: str, reason: str) -> Changed:
        activity = self.iris.activity(f"invalidate {what.value} {time} {reason}")
        moment = Literal(time, datatype=XSD.dateTime)
        return self.provenance(
            (
                Triple(what, PROV.invalidatedAtTime, moment),
                Triple(what, PROV.wasInvalidatedBy, activity),
                Triple(activity, RDF.type, PROV.Activity),
                Triple(activity, PROV.endedAtTime, moment),
                Triple(activity, DCTERMS.description, Literal(reason)),
            ),
            page=page,
        )

    def _leave(self, triples: set[Triple]) -> int:
        self._notice(triples)
        leaving = [
            Quad(t.subject, t.predicate, t.object, _DEFAULT)
            for t in triples
            if not holds(self._rdf, self.iris, t, annotations=self.annotations)
        ]
        leaving = [quad for quad in leaving if quad in self._rdf]
        self._delete(leaving)
        return len(leaving)

    def _join(self, triples: set[Triple]) -> int:
        self._notice(triples)
        joining = [Quad(t.subject, t.predicate, t.object, _DEFAULT) for t in triples]
        joining = [quad for quad in joining if quad not in self._rdf]
        self._insert(joining)
        return len(joining)

    def _book(self, *, add: Iterable[Quad] = (), remove: Iterable[Quad] = ()) -> None:
        self._delete(list(remove))
        self._insert([quad for quad in add if quad not in self._rdf])

    def _insert(self, quads: list[Quad]) -> None:
        if quads:
            self._rdf.extend(quads)
            self._log.add_lines(sorted(map(line, quads)))
            if self._undo is not None:
                self._undo.append(("+", quads))
            for seen in self._seen:
                seen.note("+", quads)

    def _delete(self, quads: list[Quad]) -> None:
        for quad in quads:
            self._rdf.remove(quad)
        self._log.remove_lines(sorted(map(line, quads)))
        if self._undo is not None and quads:
            self._undo.append(("-", quads))
        for seen in self._seen:
            seen.note("-", quads)

    def _forget_empty(self, quads: Iterable[Quad]) -> None:
        """Named graphs without a quad are not listed."""
        for graph in {quad.graph_name: None for quad in quads}:
            if isinstance(graph, NamedNode | BlankNode) and _empty(self._rdf, graph):
                self._rdf.remove_graph(graph)

    @staticmethod
    def _plus(one: Changed, other: Changed) -> Changed:
        return Changed(one.added + other.added, one.removed + other.removed)


def _as_stored(quads: Iterable[Quad]) -> list[Quad]:
    """The quads as the store gives them back: literals normalised (``01`` becomes ``1``), each quad once."""
    quads = list(quads)
    if not quads:
        return []
    scratch = Store()
    scratch.extend(quads)
    return list(scratch)


def _empty(rdf: Store, graph: NamedNode | BlankNode) -> bool:
    return next(rdf.quads_for_pattern(None, None, None, graph), None) is None
