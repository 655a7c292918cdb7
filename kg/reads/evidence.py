"""Facts with the words they rest on: from a statement to its evidence, its spans and their texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Quad

from kg.reads.labels import label
from kg.reads.lists import article_row
from kg.reads.rows import ArticleRow, Capped, Evidence, FactRow, FactValue, Link, Snippet
from kg.reads.view import Node, View
from kg.vocab import FOAF, GEO, ITSRDF, NKG, PROV, RDF, SCHEMA, SKOS

__all__ = ["Articles", "capped", "facts_of", "names_apart", "snippet"]

Row = TypeVar("Row")

#: Sources shown for one value, and words shown for one source.
_SOURCES, _SPANS = 5, 2
#: Quads that are looked at for the sources of one statement.
_ASKED = 200

#: Statements that pages show in a place of their own, so they are no rows in the list of facts.
_APART = frozenset(
    p.value
    for p in (
        RDF.type,
        SCHEMA.name,
        SCHEMA.alternateName,
        SCHEMA.sameAs,
        SCHEMA.mainEntityOfPage,
        SCHEMA.image,
        FOAF.depicts,
        GEO.hasDefaultGeometry,  # the page shows latitude and longitude
        GEO.hasGeometry,
        NKG.textWithheld,
        SKOS.inScheme,
        SKOS.prefLabel,
    )
)
#: Properties of which a thing has one value at a time: different ones are a contradiction between sources.
_ONE = frozenset(
    p.value
    for p in (
        SCHEMA.actionStatus,
        SCHEMA.birthDate,
        SCHEMA.birthPlace,
        SCHEMA.deathDate,
        SCHEMA.duration,
        SCHEMA.endDate,
        SCHEMA.foundingDate,
        SCHEMA.startDate,
    )
)


def capped(rows: Sequence[Row], limit: int) -> Capped[Row]:
    """The first rows, and how many more there are."""
    return Capped(tuple(rows[:limit]), max(0, len(rows) - limit))


class Articles:
    """Article rows by page, each read once; ``dates`` are the catalogue's where there is one, else read one by one."""

    def __init__(self, view: View, dates: Mapping[str, str] | None = None) -> None:
        self.view = view
        self._dates = dates
        self._rows: dict[str, ArticleRow] = {}

    def __call__(self, page: str) -> ArticleRow:
        if page not in self._rows:
            self._rows[page] = article_row(self.view, page)
        return self._rows[page]

    def date(self, page: str) -> str:
        """When the article was published, as stored; empty where it does not say."""
        if self._dates is not None:
            return self._dates.get(page, "")
        return self.view.value(self.view.iris.of_page(page), SCHEMA.datePublished) or ""

    def dated(self, pages: Iterable[str]) -> list[str]:
        """The pages, newest first, then in order."""
        dates = {page: self.date(page) for page in set(pages)}
        return sorted(sorted(dates), key=lambda page: dates[page], reverse=True)


def names_apart(predicate: str) -> bool:
    """Whether a statement with this predicate is shown elsewhere than among the facts."""
    return predicate in _APART


def facts_of(view: View, subject: NamedNode, articles: Articles, *, only: str | None = None) -> list[FactRow]:
    """Every property of the thing with its values side by side and what each rests on.

    ``only`` is an article's page: then what that article says, and nothing else.
    """
    stated: dict[str, set[Node]] = {}
    graph = () if only is None else (view.iris.graph(only, "facts"),)
    for quad in view.quads(subject, None, None, *graph):
        if not names_apart(quad.predicate.value):
            stated.setdefault(quad.predicate.value, set()).add(quad.object)
    proofs = _Proofs(view, subject)
    rows = []
    for predicate in sorted(stated, key=lambda p: (label(p), p)):
        objects = sorted(stated[predicate], key=str)
        values = tuple(_value(view, subject, predicate, o, only, proofs, articles) for o in objects)
        differ = predicate in _ONE and len(values) > 1 and len({type(o) for o in objects}) == 1
        rows.append(FactRow(view.link(subject), predicate, label(predicate), values, differ))
    return rows


_ELSEWHERE = ""


def _source(view: View, quad: Quad) -> str | None:
    """The article whose facts or content hold the quad, None for the authority table, else ``_ELSEWHERE``."""
    graph = quad.graph_name
    if graph == view.iris.things_graph:
        return None
    page = view.page_of_graph(graph)
    if page is None or graph not in (view.iris.graph(page, "facts"), view.iris.graph(page, "content")):
        return _ELSEWHERE
    if graph == view.iris.graph(page, "facts") and view.retracted(page):
        return _ELSEWHERE
    return page


class _Proofs:
    """The evidence nodes of statements about one thing, read article by article as they are asked for."""

    def __init__(self, view: View, subject: NamedNode) -> None:
        self._view, self._subject = view, subject
        self._pages: dict[str, dict[tuple[str | None, str], list[NamedNode]]] = {}

    def of(self, page: str, predicate: str, value: Node) -> list[NamedNode]:
        """What the article gives as evidence for the statement."""
        if page not in self._pages:
            self._pages[page] = self._read(page)
        return self._pages[page].get((predicate, str(value)), [])

    def _read(self, page: str) -> dict[tuple[str | None, str], list[NamedNode]]:
        view, graph = self._view, self._view.iris.graph(page, "annotations")
        found: dict[tuple[str | None, str], list[NamedNode]] = {}
        for node in view.subjects(RDF.subject, self._subject, graph):
            if isinstance(node, NamedNode):
                predicate = view.value(node, RDF.predicate, graph)
                for value in view.objects(node, RDF.object, graph):
                    found.setdefault((predicate, str(value)), []).append(node)
        return found


def _sources(view: View, subject: NamedNode, predicate: str, value: Node) -> set[str | None]:
    """Who says so: article pages, and None for the authority table; at most :data:`_ASKED` are looked at."""
    quads = view.quads(subject, NamedNode(predicate), value, None, _ASKED)
    return {source for quad in quads if (source := _source(view, quad)) != _ELSEWHERE}


def _value(
    view: View,
    subject: NamedNode,
    predicate: str,
    value: Node,
    only: str | None,
    proofs: _Proofs,
    articles: Articles,
) -> FactValue:
    sources = _sources(view, subject, predicate, value) if only is None else {only}
    dated = articles.dated(page for page in sources if page)
    evidence = [Evidence(None)] if None in sources else []
    evidence += [_evidence(view, page, proofs.of(page, predicate, value), articles) for page in dated[:_SOURCES]]
    shown = Capped(tuple(evidence), max(0, len(dated) - _SOURCES), open_ended=len(sources) >= _ASKED // 2)
    link: Link | None = None
    href: str | None = None
    if isinstance(value, NamedNode):
        named = view.link(value)
        link = named if named.page is not None else None
        text = named.name if link is not None else label(value.value)
        if link is None and not value.value.startswith((SCHEMA.iri, NKG.iri)):
            text = href = value.value
    else:
        text = value.value if isinstance(value, Literal) else str(value)
    return FactValue(text, link, shown, href if href and href.startswith(("http://", "https://")) else None)


def _evidence(view: View, page: str, nodes: list[NamedNode], articles: Articles) -> Evidence:
    graph = view.iris.graph(page, "annotations")
    row = articles(page)
    snippets: list[Snippet] = []
    scores: list[float] = []
    for node in nodes:
        score = view.value(node, ITSRDF.taConfidence, graph)
        if score is not None:
            scores.append(float(score))
        for span in view.objects(node, PROV.wasDerivedFrom, graph):
            made = snippet(view, span, graph)
            if made is not None and made not in snippets:
                snippets.append(made)
    return Evidence(row, tuple(snippets[:_SPANS]), min(scores, default=None), row.withheld)


def snippet(view: View, span: Node, graph: Node) -> Snippet | None:
    """The words of a span with what stands around them; None when the text is withheld."""
    made = view.around(span, graph)
    if made is not None:
        return Snippet(*made)
    words = view.anchor(span, graph)
    return Snippet("", words, "") if words is not None else None
