"""The page of one article, read from its own three graphs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg import jsonld
from kg.graph import terms
from kg.iris import Iris, slug
from kg.reads.evidence import Articles, capped, facts_of
from kg.reads.happening import claim_row, event_row, is_event, quotation_row
from kg.reads.labels import KINDS
from kg.reads.lists import article_row
from kg.reads.passage import Mark, outermost, pieces
from kg.reads.rows import (
    ArticlePage,
    ArticleRow,
    Capped,
    ClaimRow,
    EventRow,
    FactRow,
    Finding,
    Group,
    ImageRow,
    Link,
    Piece,
    Provenance,
    QuotationRow,
    Tally,
)
from kg.reads.view import Node, Snapshot, View
from kg.vocab import ITSRDF, NIF, NKG, PROV, RDF, RDFS, SCHEMA, SH

__all__ = ["article", "block"]

#: Most rows of each list on the page.
_THINGS, _QUOTATIONS, _EVENTS, _FACTS, _WARNINGS, _COPIES = 60, 60, 40, 80, 20, 20
#: Spans of one article that are read.
_SPANS = 20_000


@dataclass(slots=True)
class _Marks:
    """Mentions and quotations of an article, by the text they lie in."""

    mentions: dict[str, list[Mark]]
    quotes: dict[str, list[tuple[int, int, str]]]
    counts: Counter[str]


def article(reader: Snapshot, page: str) -> ArticlePage | None:
    """Everything the page of the article shows, or None when the snapshot has no such article."""
    view = View.of(reader)
    node = Iris.of_page(page)
    if next(view.quads(node, SCHEMA.headline, None, view.iris.graph(page, "content")), None) is None:
        return None
    row, articles = article_row(view, page), Articles(view)
    retracted = view.retracted(page)
    annotations = view.iris.graph(page, "annotations")
    quotes = [] if retracted else _quotes(view, page)
    marks = _marks(view, page, quotes)
    rights, words = view.text(node, SCHEMA.copyrightNotice), view.value(node, SCHEMA.wordCount)
    other = view.text(node, SCHEMA.alternativeHeadline)
    events = [] if retracted else _events(view, page)
    lead, copies = _copies(view, page)
    return ArticlePage(
        row=row,
        section_slug=slug(row.section, fallback="section") if row.section else None,
        alternative_headline=other.text if other else None,
        authors=tuple(view.link(o) for o in view.objects(node, SCHEMA.author) if isinstance(o, NamedNode)),
        url=_web(view.value(node, SCHEMA.url)),
        licence=_web(view.value(node, SCHEMA.license)),
        rights=rights.text if rights else None,
        words=int(words) if words and words.isdigit() else None,
        body=_body(view, node, annotations, marks),
        images=_images(view, node, annotations, marks),
        corrections=_corrections(view, node),
        topics=_topics(view, node),
        groups=_groups(view, page, marks.counts),
        quotations=Capped() if retracted else _quotation_rows(view, quotes),
        claims=Capped() if retracted else _claims(view, page),
        events=capped(events, _EVENTS),
        facts=Capped() if retracted else _facts(view, page, articles),
        warnings=_warnings(view, page),
        texts=_texts(view, page),
        provenance=_provenance(view, page),
        retracted=retracted,
        status=view.value(node, SCHEMA.creativeWorkStatus),
        lead=lead,
        copies=capped(copies, _COPIES),
    )


def _copies(view: View, page: str) -> tuple[ArticleRow | None, list[ArticleRow]]:
    """The article that leads this one's group (None where it leads itself), and the group's other members."""
    node = Iris.of_page(page)
    lead = next((o for o in view.objects(node, NKG.copyOf) if isinstance(o, NamedNode)), node)
    members = {Iris.page_of(n.value) for n in view.subjects(NKG.copyOf, lead) if isinstance(n, NamedNode)}
    rows = [article_row(view, one) for one in sorted(members - {page, Iris.page_of(lead.value)})]
    return None if lead == node else article_row(view, Iris.page_of(lead.value)), rows


def _web(value: str | None) -> str | None:
    return value if value and value.startswith(("http://", "https://")) else None


def block(reader: Snapshot, page: str) -> dict[str, Any]:
    """The JSON-LD that the article's page embeds: what it shows, with what authorities say of the things in it."""
    view = View.of(reader)
    node = Iris.of_page(page)
    graphs = [view.iris.graph(page, "content")]
    if not view.retracted(page):
        graphs.append(view.iris.graph(page, "facts"))
    found = {t.triple for graph in graphs for t in view.quads(None, None, None, graph, _SPANS)}
    for predicate in (SCHEMA.about, SCHEMA.mentions, SCHEMA.publisher):
        for thing in view.objects(node, predicate):
            for known in (SCHEMA.name, SCHEMA.sameAs, RDF.type):
                found |= {q.triple for q in view.quads(thing, known, None)}
    return jsonld.page_block(jsonld.block(terms.ordered(found), node))


# ---- texts ------------------------------------------------------------------------------------------------------


def _marks(view: View, page: str, quotes: list[NamedNode]) -> _Marks:
    graph = view.iris.graph(page, "annotations")
    mentions: dict[str, list[Mark]] = {}
    counts: Counter[str] = Counter()
    for quad in view.quads(None, ITSRDF.taIdentRef, None, graph, _SPANS):
        place = view.place(quad.subject, graph)
        if isinstance(quad.object, NamedNode):
            counts[quad.object.value] += 1
            if place is not None:
                mentions.setdefault(place[0].value, []).append((place[1], place[2], view.link(quad.object)))
    spans: dict[str, list[tuple[int, int, str]]] = {}
    for quote in quotes:
        for span in view.objects(quote, PROV.wasQuotedFrom, view.iris.graph(page, "facts")):
            place = view.place(span, graph)
            if place is not None:
                spans.setdefault(place[0].value, []).append((place[1], place[2], quote.value.rpartition("#")[2]))
    for key, found in spans.items():
        kept: list[tuple[int, int, str]] = []
        for one in sorted(found, key=lambda s: (s[0], -s[1], s[2])):
            if not kept or one[0] >= kept[-1][1]:
                kept.append(one)
        spans[key] = kept
    return _Marks({key: outermost(found) for key, found in mentions.items()}, spans, counts)


def _context(view: View, owner: Node, property: NamedNode, graph: NamedNode) -> NamedNode | None:
    for text in view.subjects(NKG.textOf, owner, graph):
        if isinstance(text, NamedNode) and property in view.objects(text, NKG.textProperty, graph):
            return text
    return None


def _passage(
    view: View, owner: Node, property: NamedNode, graph: NamedNode, marks: _Marks
) -> tuple[tuple[Piece, ...], ...]:
    """A text as paragraphs of pieces: from its context, else (where annotations are not stored) from the literal."""
    context = _context(view, owner, property, graph)
    text = view.context(context, graph) if context is not None else None
    key = context.value if context is not None else ""
    if text is None:
        literal = view.text(owner, property)
        text, key = (literal.text, "") if literal else ("", "")
    made = []
    at = 0
    for paragraph in text.split("\n\n"):
        if paragraph:
            end = at + len(paragraph)
            made.append(pieces(text, at, end, marks.mentions.get(key, ()), marks.quotes.get(key, ())))
        at += len(paragraph) + 2
    return tuple(made)


def _body(view: View, node: NamedNode, graph: NamedNode, marks: _Marks) -> tuple[tuple[Piece, ...], ...]:
    return _passage(view, node, SCHEMA.articleBody, graph, marks)


def _images(view: View, node: NamedNode, graph: NamedNode, marks: _Marks) -> tuple[ImageRow, ...]:
    rows = []
    for image in view.objects(node, SCHEMA.image):
        if not isinstance(image, NamedNode):
            continue
        caption = _passage(view, image, SCHEMA.caption, graph, marks)
        credit, described = view.text(image, SCHEMA.creditText), view.text(image, SCHEMA.description)
        position = view.value(image, SCHEMA.position) or ""
        row = ImageRow(
            caption=tuple(piece for paragraph in caption for piece in paragraph),
            credit=credit.text if credit else None,
            url=_web(view.value(image, SCHEMA.contentUrl)),
            description=described.text if described else None,
            withheld=view.true(image, NKG.textWithheld),
        )
        rows.append((int(position) if position.isdigit() else 0, image.value, row))
    return tuple(row for _, _, row in sorted(rows, key=lambda r: r[:2]))


def _corrections(view: View, node: NamedNode) -> tuple[str, ...]:
    found = (view.text(note, SCHEMA.text) for note in view.objects(node, SCHEMA.correction))
    return tuple(words.text if words else "A correction was made; its text is not ours to show." for words in found)


def _texts(view: View, page: str) -> tuple[tuple[str, str], ...]:
    """The article's texts that may be read on their own: (field, path below the page)."""
    graph = view.iris.graph(page, "annotations")
    found = []
    for quad in view.quads(None, RDF.type, NIF.Context, graph):
        if isinstance(quad.subject, NamedNode) and view.context(quad.subject, graph) is not None:
            name = quad.subject.value.rpartition("/")[2]
            found.append((name.rpartition("-")[0], quad.subject.value))
    return tuple(sorted(found))


# ---- things and statements ---------------------------------------------------------------------------------------


def _topics(view: View, node: NamedNode) -> tuple[Link, ...]:
    found = [view.link(o) for o in view.objects(node, SCHEMA.about) if isinstance(o, NamedNode)]
    return tuple(sorted((one for one in found if one.page is None), key=lambda one: one.name))


def _groups(view: View, page: str, counts: Counter[str]) -> tuple[Group, ...]:
    node = Iris.of_page(page)
    tallies: dict[str, list[Tally]] = {}
    for predicate in (SCHEMA.about, SCHEMA.mentions):
        for thing in view.objects(node, predicate):
            if isinstance(thing, NamedNode) and (link := view.link(thing)).page not in (None, page):
                row = Tally(link, counts[thing.value], predicate == SCHEMA.about)
                tallies.setdefault(link.kind, []).append(row)
    made = []
    for kind, title in KINDS.items():
        rows = sorted(tallies.get(kind, ()), key=lambda t: (not t.about, -t.count, t.link.name))
        if rows and kind != "Event":
            made.append(Group(kind, title, capped(rows, _THINGS)))
    return tuple(made)


def _quotes(view: View, page: str) -> list[NamedNode]:
    facts = view.iris.graph(page, "facts")
    found = [n for n in view.subjects(RDF.type, SCHEMA.Quotation, facts) if isinstance(n, NamedNode)]
    return sorted(found, key=lambda n: (_number(view.value(n, SCHEMA.position, facts)), n.value))


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


def _quotation_rows(view: View, quotes: list[NamedNode]) -> Capped[QuotationRow]:
    shown = capped(quotes, _QUOTATIONS)
    return Capped(tuple(quotation_row(view, one) for one in shown.rows), shown.more)


def _claims(view: View, page: str) -> Capped[ClaimRow]:
    found = view.subjects(RDF.type, SCHEMA.Claim, view.iris.graph(page, "facts"))
    ordered = sorted((n for n in found if isinstance(n, NamedNode)), key=lambda n: (len(n.value), n.value))
    shown = capped(ordered, _QUOTATIONS)
    return Capped(tuple(claim_row(view, one) for one in shown.rows), shown.more)


def _events(view: View, page: str) -> list[EventRow]:
    facts = view.iris.graph(page, "facts")
    nodes = [n for n in view.subjects(RDF.type, SCHEMA.Event, facts) if isinstance(n, NamedNode)]
    rows = [event_row(view, node, graph=facts) for node in nodes]
    return sorted(rows, key=lambda e: (e.date is None, e.date or "", e.link.name))


def _facts(view: View, page: str, articles: Articles) -> Capped[FactRow]:
    facts = view.iris.graph(page, "facts")
    subjects = {
        quad.subject
        for quad in view.quads(None, None, None, facts, _SPANS)
        if isinstance(quad.subject, NamedNode) and Iris.page_of(quad.subject.value) != page
    }
    rows: list[FactRow] = []
    for subject in sorted(subjects, key=lambda s: (view.link(s).name, s.value)):
        if not is_event(view, subject):
            rows.extend(facts_of(view, subject, articles, only=page))
    return capped(rows, _FACTS)


# ---- about the graphs ----------------------------------------------------------------------------------------------


def _warnings(view: View, page: str) -> Capped[Finding]:
    counts: Counter[tuple[str, str]] = Counter()
    for kind in ("report", "annotations"):
        graph = view.iris.graph(page, kind)
        for result in view.subjects(RDF.type, SH.ValidationResult, graph):
            message, code = view.text(result, SH.resultMessage, graph), view.value(result, SCHEMA.identifier, graph)
            words = message.text if message else "a warning without a message"
            counts[code or "", words.removeprefix(f"{code} ")] += 1
    rows = [Finding(message, code or None, count) for (code, message), count in sorted(counts.items())]
    return capped(rows, _WARNINGS)


def _provenance(view: View, page: str) -> Provenance:
    prov, graph = view.iris.prov_graph, view.iris.graph(page, "content")
    times = [o.value for o in view.objects(graph, PROV.generatedAtTime, prov) if isinstance(o, Literal)]
    software = None
    newest = max(times, default=None)
    for activity in view.objects(graph, PROV.wasGeneratedBy, prov):
        ended = view.value(activity, PROV.endedAtTime, prov)
        for agent in view.objects(activity, PROV.wasAssociatedWith, prov):
            name, version = view.text(agent, RDFS.label, prov), view.text(agent, SCHEMA.softwareVersion, prov)
            if name and (ended == newest or software is None):
                software = f"{name.text} {version.text}" if version else name.text
    source = view.value(Iris.of_page(page), PROV.wasDerivedFrom)
    return Provenance(newest, software, source)
