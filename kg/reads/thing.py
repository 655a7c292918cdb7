"""The page of one thing: what articles and authorities say of it, with the words, and where it is named."""

from __future__ import annotations

import itertools
from collections import Counter

from pyoxigraph import Literal, NamedNode

from kg.iris import Iris
from kg.reads.evidence import Articles, capped, facts_of, snippet
from kg.reads.happening import ROLES, claim_row, event_row, is_event, quotation_row
from kg.reads.labels import kind_of, type_labels
from kg.reads.lists import Catalogue
from kg.reads.rows import (
    ArticleRow,
    Capped,
    ClaimRow,
    EventRow,
    MentionRow,
    QuotationRow,
    Tally,
    ThingPage,
    ThingRow,
    Words,
)
from kg.reads.view import Snapshot, View
from kg.vocab import DCTERMS, ITSRDF, RDF, SCHEMA

__all__ = ["thing"]

#: Outside IRIs that pages link to: others (javascript:, data:) are names only.
_WEB = ("http://", "https://")

#: Most rows of each list on the page, and how many articles the co-mentions are counted in.
_ARTICLES, _QUOTATIONS, _EVENTS, _FACTS, _TOGETHER, _COUNTED = 20, 20, 40, 60, 12, 100
#: Most articles, quotations or claims of one thing that are put in order.
_NAMED = 20_000


def thing(reader: Snapshot, page: str, *, known: Catalogue | None = None) -> ThingPage | None:
    """Everything the page of the thing shows, or None when the snapshot says nothing of it.

    With the snapshot's catalogue the newest articles of a much-named thing are found without reading each one's date.
    """
    view = View.of(reader)
    node = Iris.of_page(page)
    if next(view.quads(node, None, None), None) is None:
        return None
    articles = Articles(view, known.dates if known else None)
    named = _named(view, node)
    dated = articles.dated(named)
    name = view.link(node).name
    types = view.types(node)
    described = view.text(node, SCHEMA.description, view.iris.things_graph)
    replaced = next((o for o in view.objects(node, DCTERMS.isReplacedBy) if isinstance(o, NamedNode)), None)
    return ThingPage(
        row=ThingRow(page, name, kind_of(types), type_labels(types), len(named)),
        other_names=_other_names(view, node, name),
        description=described.text if described else None,
        same_as=tuple(
            iri for o in view.objects(node, SCHEMA.sameAs) if (iri := str(getattr(o, "value", ""))).startswith(_WEB)
        ),
        replaced_by=view.link(replaced) if replaced is not None else None,
        event=_own_event(view, node),
        facts=capped(facts_of(view, node, articles), _FACTS),
        timeline=_timeline(view, node, articles),
        quotations=_quotations(view, node, articles),
        claims=_claims(view, node, articles),
        articles=_mentions(view, node, dated, named, articles),
        together=_together(view, node, dated),
    )


def _own_event(view: View, node: NamedNode) -> EventRow | None:
    """What is known of the thing as a happening; None when that is nothing."""
    row = event_row(view, node) if is_event(view, node) else None
    return row if row and (row.date or row.printed or row.status or row.roles) else None


def _other_names(view: View, node: NamedNode, name: str) -> tuple[Words, ...]:
    found = {
        Words(o.value, o.language)
        for predicate in (SCHEMA.name, SCHEMA.alternateName)
        for o in view.objects(node, predicate)
        if isinstance(o, Literal) and o.value != name
    }
    return tuple(sorted(found, key=lambda w: (w.text.casefold(), w.text, w.language or "")))


def _named(view: View, node: NamedNode) -> dict[str, bool]:
    """The pages of the articles that name the thing, and whether they are about it."""
    found: dict[str, bool] = {}
    for predicate in (SCHEMA.about, SCHEMA.mentions):
        for quad in view.quads(None, predicate, node, limit=_NAMED):
            if isinstance(quad.subject, NamedNode) and (page := _article(view, quad.subject)) is not None:
                found[page] = found.get(page, False) or predicate == SCHEMA.about
    return found


def _article(view: View, node: NamedNode) -> str | None:
    """The article's page when the node is an article itself, not a part of one."""
    inside = node.value.startswith(f"{view.iris.base}/articles/") and node.value.endswith("#id")
    return Iris.page_of(node.value) if inside else None


def _mentions(
    view: View, node: NamedNode, dated: list[str], named: dict[str, bool], articles: Articles
) -> Capped[MentionRow]:
    rows = []
    for page in dated[:_ARTICLES]:
        graph = view.iris.graph(page, "annotations")
        spans = view.subjects(ITSRDF.taIdentRef, node, graph)
        body = sorted(spans, key=lambda s: ("/text/body-" not in str(s), _begin(view, s, graph), str(s)))
        shown = snippet(view, body[0], graph) if body else None
        rows.append(MentionRow(articles(page), len(spans), shown, named[page]))
    return Capped(tuple(rows), max(0, len(dated) - _ARTICLES), open_ended=len(named) >= _NAMED)


def _begin(view: View, span: object, graph: NamedNode) -> int:
    place = view.place(span, graph)
    return place[1] if place else 0


def _quotations(view: View, node: NamedNode, articles: Articles) -> Capped[QuotationRow]:
    parts = _parts(view, SCHEMA.spokenByCharacter, node, articles)
    shown = _of_type(view, parts, SCHEMA.Quotation)
    rows = tuple(quotation_row(view, part, articles(Iris.page_of(part.value))) for part in shown)
    return Capped(rows, len(parts) - len(shown), open_ended=len(parts) >= _NAMED)


def _claims(view: View, node: NamedNode, articles: Articles) -> Capped[ClaimRow]:
    parts = _parts(view, SCHEMA.author, node, articles)
    shown = _of_type(view, parts, SCHEMA.Claim)
    rows = tuple(claim_row(view, part, articles(Iris.page_of(part.value))) for part in shown)
    more = len(parts) - len(shown) if len(shown) == _QUOTATIONS else 0
    return Capped(rows, more, open_ended=len(parts) >= _NAMED)


def _parts(view: View, predicate: NamedNode, node: NamedNode, articles: Articles) -> list[NamedNode]:
    """The parts of articles that point to the thing, those of the newest articles first."""
    found = {
        quad.subject
        for quad in view.quads(None, predicate, node, limit=_NAMED)
        if isinstance(quad.subject, NamedNode) and not quad.subject.value.endswith("#id")
    }
    order = {page: number for number, page in enumerate(articles.dated(Iris.page_of(p.value) for p in found))}
    return sorted(found, key=lambda p: (order[Iris.page_of(p.value)], len(p.value), p.value))


def _of_type(view: View, parts: list[NamedNode], type: NamedNode) -> list[NamedNode]:
    """The first of the parts that are of the type, as many as a page shows."""
    return list(itertools.islice((p for p in parts if type in view.objects(p, RDF.type)), _QUOTATIONS))


def _timeline(view: View, node: NamedNode, articles: Articles) -> Capped[EventRow]:
    """The events it has a part in, in order, undated ones last; of many the latest. Each with an article that tells."""
    events: set[NamedNode] = set()
    for predicate in ROLES:
        for subject in view.subjects(predicate, node):
            if isinstance(subject, NamedNode) and Iris.page_of(subject.value).startswith(f"{view.iris.base}/things/"):
                events.add(subject)
    dates = {one: view.value(one, SCHEMA.startDate) or "" for one in events if is_event(view, one)}
    latest = sorted(sorted(dates, key=str), key=lambda one: dates[one], reverse=True)[:_EVENTS]
    rows = [event_row(view, one, article=_teller(view, one, articles)) for one in latest]
    rows.sort(key=lambda e: (e.date is None, e.date or "", e.link.name))
    return Capped(tuple(rows), max(0, len(dates) - _EVENTS))


def _teller(view: View, event: NamedNode, articles: Articles) -> ArticleRow | None:
    pages = articles.dated(_named(view, event))
    return articles(pages[0]) if pages else None


def _together(view: View, node: NamedNode, dated: list[str]) -> Capped[Tally]:
    """The things that the newest articles name beside it, events apart."""
    counts: Counter[str] = Counter()
    for page in dated[:_COUNTED]:
        article = Iris.of_page(page)
        for predicate in (SCHEMA.about, SCHEMA.mentions):
            for other in view.objects(article, predicate):
                if isinstance(other, NamedNode) and other != node:
                    counts[other.value] += 1
    rows = []
    for iri, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        link = view.link(NamedNode(iri))
        if link.page is not None and link.kind != "Event":
            rows.append(Tally(link, count))
        if len(rows) == _TOGETHER:
            break
    return Capped(tuple(rows))
