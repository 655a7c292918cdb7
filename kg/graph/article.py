"""The article and its page: what the source says about itself (the content graph)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from kg.graph import terms, withheld
from kg.graph.frame import Frame
from kg.model import Rights
from kg.vocab import NKG, PROV, RDF, SCHEMA, TDM

__all__ = ["triples"]


def triples(frame: Frame) -> Iterator[Triple]:
    """The article, its page, its publisher, its authors, its corrections and what it is about."""
    node, page, article = frame.node, frame.page, frame.article
    yield Triple(page, RDF.type, SCHEMA.WebPage)
    yield Triple(page, SCHEMA.mainEntity, node)
    yield Triple(node, RDF.type, SCHEMA.NewsArticle)
    yield Triple(node, SCHEMA.mainEntityOfPage, page)
    headline = frame.fields.get("headline", article.headline)
    yield Triple(
        node, SCHEMA.headline, frame.text(withheld.headline(headline, frame.policy) if frame.withheld else headline)
    )
    yield Triple(node, PROV.wasDerivedFrom, frame.source)
    words = frame.fields.get("alternative-headline", article.alternative_headline or "")
    if words and frame.may_show(words) and not (frame.withheld and len(words) > frame.policy.headline):
        yield Triple(node, SCHEMA.alternativeHeadline, frame.text(words))
    if article.section and article.section.strip() and frame.may_show(article.section):
        yield Triple(node, SCHEMA.articleSection, frame.text(article.section))
    if article.dateline and frame.may_show(article.dateline):
        yield Triple(node, SCHEMA.dateline, frame.text(article.dateline))
    if frame.language:
        yield Triple(node, SCHEMA.inLanguage, terms.plain(frame.language))
    for dated, day in (
        (SCHEMA.datePublished, terms.date(article.date_published)),
        (SCHEMA.dateModified, terms.date(article.date_modified)),
    ):
        if day is not None:
            yield Triple(node, dated, day)
    yield from _texts(frame)
    yield from _agents(frame)
    yield from _rights(frame)
    yield from _corrections(frame)
    yield from _topics(frame)
    yield from _keywords(frame)
    for number in range(1, len(frame.annotated.quotations) + 1):
        yield Triple(node, SCHEMA.hasPart, frame.part(f"quote-{number}"))


def _texts(frame: Frame) -> Iterator[Triple]:
    node, article = frame.node, frame.article
    body = frame.fields.get("body", article.body)
    if body:
        yield Triple(node, SCHEMA.wordCount, terms.integer(len(body.split())))
    abstract = frame.fields.get("abstract", article.abstract or "")
    if not frame.withheld:
        if body:
            yield Triple(node, SCHEMA.articleBody, frame.text(body))
        if abstract:
            yield Triple(node, SCHEMA.abstract, frame.text(abstract))
        return
    yield Triple(node, NKG.textWithheld, terms.boolean(True))
    unlike = "\n\n".join(w for name, w in frame.fields.items() if name == "body" or name.startswith("caption-"))
    shown = withheld.excerpt(abstract, unlike or body, frame.policy)
    if shown:
        yield Triple(node, SCHEMA.abstract, frame.text(shown))


def _agents(frame: Frame) -> Iterator[Triple]:
    article = frame.article
    if article.publisher and "publisher:" in frame.naming.things:
        publisher = frame.thing("publisher:")
        yield Triple(frame.node, SCHEMA.publisher, publisher)
        yield Triple(publisher, RDF.type, SCHEMA.NewsMediaOrganization)
        yield frame.called(publisher, frame.text(article.publisher))
    for author in article.authors:
        who = frame.thing(f"author:{author.name}")
        yield Triple(frame.node, SCHEMA.author, who)
        yield Triple(who, RDF.type, SCHEMA.Organization if author.type == "Organization" else SCHEMA.Person)
        yield frame.called(who, frame.text(author.name))
        page = terms.web(author.url)
        if page is not None and not _ours(frame, page):
            yield Triple(who, SCHEMA.url, page)


def _rights(frame: Frame) -> Iterator[Triple]:
    url, source = terms.web(frame.article.url), frame.document.source
    if url is not None and not _ours(frame, url):
        yield Triple(frame.node, SCHEMA.url, url)
        if source.rights is not Rights.OWN:  # a copy of what was published there
            yield Triple(frame.node, SCHEMA.isBasedOn, url)
    if source.licence:
        licence = terms.web(source.licence)
        if licence is not None:
            yield Triple(frame.node, SCHEMA.license, licence)
        else:  # schema:license takes no text
            yield Triple(frame.node, SCHEMA.copyrightNotice, terms.plain(source.licence))
    notice = frame.article.copyright_notice
    if notice and frame.may_show(notice):
        yield Triple(frame.node, SCHEMA.copyrightNotice, frame.text(notice))
    reserved = source.reserved if source.reserved is not None else source.rights is not Rights.OWN or None
    if reserved is not None:  # TDM Reservation Protocol, section 4: 1 is reserved, 0 is not
        yield Triple(frame.node, TDM.reservation, terms.integer(int(reserved)))


def _ours(frame: Frame, iri: NamedNode) -> bool:
    """Whether somebody else's article takes the address of an article or thing of ours for its own."""
    named = tuple(f"{frame.iris.base}/{kind}/" for kind in ("articles", "things"))
    return frame.document.source.rights is not Rights.OWN and iri.value.startswith(named)


def _corrections(frame: Frame) -> Iterator[Triple]:
    for number, words in enumerate(frame.article.corrections, start=1):
        note = frame.part(f"correction-{number}")
        yield Triple(frame.node, SCHEMA.correction, note)
        yield Triple(note, RDF.type, SCHEMA.CorrectionComment)
        if not frame.withheld or len(words) <= frame.policy.quotation:
            yield Triple(note, SCHEMA.text, frame.text(words))
        else:
            yield Triple(note, NKG.textWithheld, terms.boolean(True))


def _topics(frame: Frame) -> Iterator[Triple]:
    """About and mentions are disjoint: what the article is about is not also merely mentioned."""
    about: set[NamedNode] = set()
    mentions: set[NamedNode] = set()
    for entity in frame.annotated.entities:
        (about if entity.about else mentions).add(frame.thing(entity.id))
    for event in frame.annotated.events:
        (about if event.about else mentions).add(frame.thing(event.id))
    for node in about:
        yield Triple(frame.node, SCHEMA.about, node)
    for node in mentions - about:
        yield Triple(frame.node, SCHEMA.mentions, node)


def _keywords(frame: Frame) -> Iterator[Triple]:
    """The subjects its source files the article under: concepts where the source gives their IRIs, else words."""
    for keyword in frame.article.keywords:
        concept = terms.web(keyword.iri)
        if not keyword.name or not frame.may_show(keyword.name):
            continue
        yield Triple(frame.node, SCHEMA.keywords, frame.text(keyword.name))
        if concept is not None and not frame.iris.owns(concept.value):  # our own things are named by us alone
            yield Triple(frame.node, SCHEMA.about, concept)
            yield Triple(concept, RDF.type, SCHEMA.DefinedTerm)
            yield Triple(concept, SCHEMA.name, frame.text(keyword.name))
