"""Lists over a whole snapshot: its catalogue, the newest articles, things by how many articles name them, counts.

The catalogue is read once per snapshot (snapshots never change) and kept by whoever serves it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from kg.iris import Iris, slug
from kg.reads.labels import KINDS, kind_of, type_labels
from kg.reads.rows import ArticleRow, Counts, Link, Tally, ThingRow
from kg.reads.view import Snapshot, View
from kg.vocab import NKG, RDF, SCHEMA

__all__ = ["Catalogue", "article_row", "articles_in", "catalogue", "latest", "most_named", "thing_row", "things"]

_DEFAULT = DefaultGraph()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What lists need of a snapshot: article pages newest first, thing pages by kind with the most named first.

    ``dates`` maps article pages to their date as stored; ``sections`` maps a section's slug to its name as printed
    and its article pages, newest first; ``named`` counts the articles that name a thing.
    """

    articles: tuple[str, ...]
    dates: dict[str, str]
    sections: dict[str, tuple[str, tuple[str, ...]]]
    kinds: dict[str, tuple[str, ...]]
    named: dict[str, int]
    quotations: int

    @property
    def things(self) -> tuple[str, ...]:
        """All thing pages, kind by kind."""
        return tuple(page for kind in KINDS for page in self.kinds.get(kind, ()))

    @property
    def counts(self) -> Counts:
        """How much there is."""
        kinds = tuple((kind, len(self.kinds[kind])) for kind in KINDS if self.kinds.get(kind))
        return Counts(len(self.articles), sum(n for _, n in kinds), self.quotations, kinds)


def catalogue(reader: Snapshot) -> Catalogue:
    """The snapshot's catalogue: one pass over five predicates, nothing else is read."""
    view = View.of(reader)
    articles = [q.subject.value for q in _all(view, SCHEMA.mainEntity) if isinstance(q.subject, NamedNode)]
    dates: dict[str, str] = {}
    for quad in _all(view, SCHEMA.datePublished):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            dates[Iris.page_of(quad.subject.value)] = quad.object.value
    ordered = tuple(sorted(sorted(set(articles)), key=lambda page: dates.get(page, ""), reverse=True))
    kinds, named = _things(view)
    return Catalogue(
        articles=ordered,
        dates={page: dates[page] for page in ordered if page in dates},
        sections=_sections(view, ordered),
        kinds=kinds,
        named=named,
        quotations=sum(1 for _ in view.rdf.quads_for_pattern(None, RDF.type, SCHEMA.Quotation, _DEFAULT)),
    )


def _all(view: View, predicate: NamedNode) -> Iterator[Quad]:
    return view.rdf.quads_for_pattern(None, predicate, None, _DEFAULT)


def _sections(view: View, ordered: tuple[str, ...]) -> dict[str, tuple[str, tuple[str, ...]]]:
    rank = {page: number for number, page in enumerate(ordered)}
    found: dict[str, tuple[str, list[str]]] = {}
    rows = sorted(
        (q.object.value, Iris.page_of(q.subject.value))
        for q in _all(view, SCHEMA.articleSection)
        if isinstance(q.object, Literal) and isinstance(q.subject, NamedNode)
    )
    for name, page in rows:
        if page in rank:
            found.setdefault(slug(name, fallback="section"), (name, []))[1].append(page)
    return {
        key: (name, tuple(sorted(dict.fromkeys(pages), key=rank.__getitem__)))
        for key, (name, pages) in sorted(found.items())
    }


def _things(view: View) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
    """Thing pages by kind, and how many articles name each."""
    prefix = f"{view.iris.base}/things/"
    types: dict[str, list[str]] = {}
    for quad in _all(view, RDF.type):
        subject, class_ = quad.subject, quad.object
        if isinstance(subject, NamedNode) and isinstance(class_, NamedNode) and subject.value.startswith(prefix):
            types.setdefault(Iris.page_of(subject.value), []).append(class_.value)
    named: Counter[str] = Counter()
    for predicate in (SCHEMA.about, SCHEMA.mentions):
        for quad in _all(view, predicate):
            subject, thing = quad.subject, quad.object
            if not isinstance(subject, NamedNode) or not isinstance(thing, NamedNode):
                continue
            # quotations and claims are about things too; only articles count here
            if thing.value.startswith(prefix) and _is_article(subject.value, view.iris):
                named[Iris.page_of(thing.value)] += 1
    kinds: dict[str, list[str]] = {}
    memo: dict[tuple[str, ...], str] = {}
    for page in sorted(types):
        key = tuple(sorted(types[page]))
        if key not in memo:
            memo[key] = kind_of(key)
        kinds.setdefault(memo[key], []).append(page)
    ordered = {k: tuple(sorted(pages, key=lambda page: (-named[page], page))) for k, pages in kinds.items()}
    return ordered, dict(named)


def _is_article(iri: str, iris: Iris) -> bool:
    return iri.startswith(f"{iris.base}/articles/") and iri.endswith("#id")


# ---- rows -------------------------------------------------------------------------------------------------------


def article_row(view: View, page: str) -> ArticleRow:
    """The article as lists show it."""
    node = Iris.of_page(page)
    headline = view.text(node, SCHEMA.headline)
    publisher = next((o for o in view.objects(node, SCHEMA.publisher) if isinstance(o, NamedNode)), None)
    abstract, section = view.text(node, SCHEMA.abstract), view.text(node, SCHEMA.articleSection)
    return ArticleRow(
        page=page,
        headline=headline.text if headline else page,
        language=view.value(node, SCHEMA.inLanguage) or (headline.language if headline else None),
        date=view.value(node, SCHEMA.datePublished),
        modified=view.value(node, SCHEMA.dateModified),
        section=section.text if section else None,
        publisher=view.link(publisher) if publisher is not None else None,
        abstract=abstract.text if abstract else None,
        withheld=view.true(node, NKG.textWithheld),
    )


def thing_row(view: View, page: str, named: int = 0) -> ThingRow:
    """The thing as lists show it."""
    node = Iris.of_page(page)
    types = view.types(node)
    return ThingRow(page, view.link(node).name, kind_of(types), type_labels(types), named)


def latest(reader: Snapshot, limit: int = 20, offset: int = 0, *, known: Catalogue | None = None) -> list[ArticleRow]:
    """The articles by date, newest first, undated ones last."""
    return articles_in(reader, (known or catalogue(reader)).articles, limit, offset)


def articles_in(reader: Snapshot, pages: tuple[str, ...], limit: int, offset: int = 0) -> list[ArticleRow]:
    """The rows of some of these articles."""
    view = View.of(reader)
    return [article_row(view, page) for page in pages[offset : offset + limit]]


def things(
    reader: Snapshot, kind: str | None = None, limit: int = 50, offset: int = 0, *, known: Catalogue | None = None
) -> list[ThingRow]:
    """The things of a kind (None: of every kind), the ones that most articles name first."""
    view, made = View.of(reader), known or catalogue(reader)
    pages = made.things if kind is None else made.kinds.get(kind, ())
    return [thing_row(view, page, made.named.get(page, 0)) for page in pages[offset : offset + limit]]


def most_named(reader: Snapshot, kind: str, limit: int = 10, *, known: Catalogue | None = None) -> list[Tally]:
    """The things of a kind that most articles name."""
    view, made = View.of(reader), known or catalogue(reader)
    pages = [page for page in made.kinds.get(kind, ())[:limit] if made.named.get(page)]
    return [Tally(_link(view, page), made.named[page]) for page in pages]


def _link(view: View, page: str) -> Link:
    return view.link(Iris.of_page(page))
