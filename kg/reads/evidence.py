"""Facts with the words they rest on: from a statement to its evidence, its spans and their texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Quad

from kg.reads.labels import label
from kg.reads.lists import article_row
from kg.reads.rows import ArticleRow, Capped, Evidence, FactRow, FactValue, Link, Snippet
from kg.reads.view import SCAN, Node, View
from kg.vocab import FOAF, ITSRDF, NKG, PROV, RDF, SCHEMA

__all__ = ["Articles", "capped", "facts_of", "names_apart", "snippet"]

Row = TypeVar("Row")

#: Sources shown for one value, and words shown for one source.
_SOURCES, _SPANS = 5, 2

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
        NKG.textWithheld,
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
    """Article rows by page, each read once; ``dated`` orders pages newest first."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._rows: dict[str, ArticleRow] = {}

    def __call__(self, page: str) -> ArticleRow:
        if page not in self._rows:
            self._rows[page] = article_row(self.view, page)
        return self._rows[page]

    def dated(self, pages: Iterable[str]) -> list[str]:
        """The pages, newest first, then in order."""
        dates = {page: self.view.value(self.view.iris.of_page(page), SCHEMA.datePublished) or "" for page in set(pages)}
        return sorted(sorted(dates), key=lambda page: dates[page], reverse=True)


def names_apart(predicate: str) -> bool:
    """Whether a statement with this predicate is shown elsewhere than among the facts."""
    return predicate in _APART


def facts_of(view: View, subject: NamedNode, articles: Articles, *, only: str | None = None) -> list[FactRow]:
    """Every property of the thing with its values side by side and what each rests on.

    ``only`` is an article's page: then what that article says, and nothing else.
    """
    graph = view.iris.graph(only, "facts") if only is not None else None
    stated: dict[str, dict[Node, set[str | None]]] = {}
    for quad in view.quads(subject, None, None, graph):
        if names_apart(quad.predicate.value):
            continue
        source = _source(view, quad)
        if source is not _ELSEWHERE:
            stated.setdefault(quad.predicate.value, {}).setdefault(quad.object, set()).add(source)
    if not stated:
        return []
    proofs = _proofs(view, subject, only)
    rows = []
    for predicate in sorted(stated, key=lambda p: (label(p), p)):
        values = [
            _value(view, predicate, o, stated[predicate][o], proofs, articles)
            for o in sorted(stated[predicate], key=str)
        ]
        kinds = {type(o) for o in stated[predicate]}
        rows.append(
            FactRow(
                subject=view.link(subject),
                property=predicate,
                label=label(predicate),
                values=tuple(values),
                differ=predicate in _ONE and len(values) > 1 and len(kinds) == 1,
            )
        )
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


def _proofs(view: View, subject: NamedNode, only: str | None) -> dict[tuple[str, str, str], list[NamedNode]]:
    """The evidence nodes of statements about the subject: (page, predicate, object) → nodes."""
    graph = view.iris.graph(only, "annotations") if only is not None else None
    found: dict[tuple[str, str, str], list[NamedNode]] = {}
    for quad in view.quads(None, RDF.subject, subject, graph, SCAN):
        page = view.page_of_graph(quad.graph_name)
        if page is None or not isinstance(quad.subject, NamedNode):
            continue
        predicate = view.value(quad.subject, RDF.predicate, quad.graph_name)
        for value in view.objects(quad.subject, RDF.object, quad.graph_name):
            found.setdefault((page, predicate or "", str(value)), []).append(quad.subject)
    return found


def _value(
    view: View,
    predicate: str,
    value: Node,
    sources: set[str | None],
    proofs: dict[tuple[str, str, str], list[NamedNode]],
    articles: Articles,
) -> FactValue:
    evidence = [Evidence(None)] if None in sources else []
    dated = articles.dated(page for page in sources if page)
    evidence += [
        _evidence(view, page, proofs.get((page, predicate, str(value)), []), articles) for page in dated[:_SOURCES]
    ]
    shown = Capped(tuple(evidence), max(0, len(dated) - _SOURCES))
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
