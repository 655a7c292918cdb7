"""What the text index holds of an article and of the things it names: public text only, read off its graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from kg.iris import Iris
from kg.model import ArticleGraphs
from kg.store import TextDocument
from kg.vocab import RDF, SCHEMA, compact

__all__ = ["Dataset", "article_row", "thing_rows"]


class Dataset(Protocol):
    """What is read here of a draft or of an open snapshot."""

    @property
    def rdf(self) -> Store:
        """The quads."""

    @property
    def iris(self) -> Iris:
        """The publication's IRI patterns."""


def article_row(graphs: ArticleGraphs) -> TextDocument:
    """The article as the index knows it."""
    node = graphs.iri
    own: dict[NamedNode, list[str]] = {}
    named: dict[object, str] = {}
    publisher: object = None
    for triple in (*graphs.content, *graphs.facts):
        if isinstance(triple.object, Literal):
            if triple.subject == node:
                own.setdefault(triple.predicate, []).append(triple.object.value)
            elif triple.predicate == SCHEMA.name:
                named.setdefault(triple.subject, triple.object.value)
        elif triple.subject == node and triple.predicate == SCHEMA.publisher:
            publisher = triple.object
    return TextDocument(
        page=graphs.page,
        kind="article",
        title=_first(own.get(SCHEMA.headline)),
        text="\n\n".join([*own.get(SCHEMA.abstract, ()), *own.get(SCHEMA.articleBody, ())]),
        names=tuple(dict.fromkeys(named.values())),
        type="schema:NewsArticle",
        date=_first(own.get(SCHEMA.datePublished)),
        section=_first(own.get(SCHEMA.articleSection)),
        publisher=named.get(publisher, ""),
    )


def thing_rows(draft: Dataset, pages: Iterable[str]) -> Iterator[TextDocument]:
    """One document for each thing that has a name, made of everything published about it."""
    for page in pages:
        node = draft.iris.of_page(page)
        names: list[str] = []
        others: list[str] = []
        types: list[str] = []
        for quad in draft.rdf.quads_for_pattern(node, None, None, DefaultGraph()):
            if isinstance(quad.object, Literal):
                if quad.predicate == SCHEMA.name:
                    names.append(quad.object.value)
                elif quad.predicate == SCHEMA.alternateName:
                    others.append(quad.object.value)
            elif quad.predicate == RDF.type and isinstance(quad.object, NamedNode):
                types.append(compact(quad.object.value))
        if names:
            every = tuple(dict.fromkeys([*sorted(names), *sorted(others)]))
            yield TextDocument(
                page=page, kind="thing", title=every[0], names=every, type=min(types, default="schema:Thing")
            )


def _first(values: list[str] | None) -> str:
    return values[0] if values else ""
