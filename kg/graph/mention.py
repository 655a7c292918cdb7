"""Texts, paragraphs, mentions and every other span that something rests on (the annotations graph; NIF core).

Left out because it follows from what is there: nif:Phrase (a string with an identity reference), begin and end of a
context (0 and its length), the words of a paragraph (docs/decisions/0016-graph-economy.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from kg.graph import annotator, terms
from kg.graph.frame import Frame, Place
from kg.model import Entity, Mention
from kg.vocab import ITSRDF, NIF, NKG, RDF, SCHEMA

__all__ = ["contexts", "mentions", "paragraphs", "spans"]

_PROPERTY = {
    "headline": SCHEMA.headline,
    "alternative-headline": SCHEMA.alternativeHeadline,
    "abstract": SCHEMA.abstract,
    "body": SCHEMA.articleBody,
}
#: Forms that are written only where an entity has no other: a role noun or a pronoun names nothing by itself.
_WEAK = frozenset({"nominal", "pronoun"})


def contexts(frame: Frame) -> Iterator[Triple]:
    """Each text field as a resource that says what it is the text of, and who names the things in it."""
    usual = annotator.usual(frame)
    for name, words in frame.fields.items():
        if not words:
            continue
        node = frame.context(name)
        yield Triple(node, RDF.type, NIF.Context)
        yield Triple(node, NKG.textOf, frame.owner(name))
        yield Triple(node, NKG.textProperty, _PROPERTY.get(name, SCHEMA.caption))
        if usual:
            yield Triple(node, ITSRDF.taAnnotatorsRef, annotator.node(frame.iris, usual))
        if frame.withheld:
            yield Triple(node, NKG.textWithheld, terms.boolean(True))
        else:
            yield Triple(node, NIF.isString, terms.plain(words))


def paragraphs(frame: Frame) -> Iterator[Triple]:
    """Each paragraph of the body as a span, so that a repeated one can be found without back-references."""
    for section in frame.annotated.text.of_kind("paragraph", "block_quote"):
        place = frame.place(section.span)
        if place is not None:
            yield Triple(place.iri, RDF.type, NIF.Paragraph)
            yield from _string(place)


def mentions(frame: Frame) -> Iterator[Triple]:
    """Each mention: where it is, what it names, in which form, how sure that is, and who says so where it is not the
    annotator that its text names."""
    usual = annotator.usual(frame)
    for entity in frame.annotated.entities:
        node = frame.thing(entity.id)
        for mention in _published(entity):
            place = frame.place(mention.span)
            if place is None:
                continue
            yield Triple(place.iri, ITSRDF.taIdentRef, node)
            yield Triple(place.iri, NKG.mentionForm, terms.plain(mention.form))
            for by in mention.votes or (mention.by,):
                if (by and by != usual) or len(mention.votes) > 1:
                    yield Triple(place.iri, ITSRDF.taAnnotatorsRef, annotator.node(frame.iris, by))
            if mention.score < 1:
                yield Triple(place.iri, ITSRDF.taConfidence, terms.decimal(max(mention.score, 0)))
            yield from spans(frame, (place,))


def spans(frame: Frame, places: Iterable[Place]) -> Iterator[Triple]:
    """The places as offset-based strings with their words, which stay out when the text is withheld."""
    for place in places:
        yield from _string(place)
        if not frame.withheld:
            yield Triple(place.iri, NIF.anchorOf, terms.plain(place.words))


def _string(place: Place) -> Iterator[Triple]:
    node: NamedNode = place.iri
    yield Triple(node, RDF.type, NIF.OffsetBasedString)
    yield Triple(node, NIF.referenceContext, place.context)
    yield Triple(node, NIF.beginIndex, terms.integer(place.start))
    yield Triple(node, NIF.endIndex, terms.integer(place.end))


def _published(entity: Entity) -> tuple[Mention, ...]:
    strong = tuple(m for m in entity.mentions if m.form not in _WEAK)
    return strong or entity.mentions
