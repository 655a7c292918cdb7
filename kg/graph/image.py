"""The pictures an article shows (the content graph)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Triple

from kg.graph import terms
from kg.graph.frame import Frame
from kg.model import Span
from kg.vocab import FOAF, NKG, RDF, SCHEMA

__all__ = ["triples"]

_WORD = re.compile(r"[^\W\d_]+")

#: What may stand between the names in a caption that only names: conjunctions, places on the picture, "'s".
_BETWEEN = frozenset(
    ["and", "with", "of", "the", "former", "left", "right", "centre", "center", "from", "in", "at", "s"]
)


def triples(frame: Frame) -> Iterator[Triple]:
    """Each image with caption, credit and file as far as they are printed, and the things its caption names."""
    captions = {one.name: one.span for one in frame.annotated.text.fields}
    for number, image in enumerate(frame.article.images):
        node, field = frame.part(f"image-{number}"), f"caption-{number}"
        yield Triple(frame.node, SCHEMA.image, node)
        yield Triple(node, RDF.type, SCHEMA.ImageObject)
        yield Triple(node, SCHEMA.isPartOf, frame.node)
        yield Triple(node, SCHEMA.position, terms.integer(number))
        if number == 0 and frame.article.hero:
            yield Triple(node, SCHEMA.representativeOfPage, terms.boolean(True))
            yield Triple(frame.page, SCHEMA.primaryImageOfPage, node)
        file = terms.web(image.url)
        if file is not None:
            yield Triple(node, SCHEMA.contentUrl, file)
        if image.credit and image.credit.strip() and frame.may_show(image.credit):
            yield Triple(node, SCHEMA.creditText, frame.text(image.credit))
        caption = frame.fields.get(field, image.caption or "")
        if caption and frame.withheld:
            yield Triple(node, NKG.textWithheld, terms.boolean(True))
        elif caption:
            yield Triple(node, SCHEMA.caption, frame.text(caption))
        alt = (image.alt or "").strip()
        if alt and not frame.withheld and alt not in {caption, frame.article.headline}:
            yield Triple(node, SCHEMA.description, frame.text(alt))
        if field in captions:
            yield from _named(frame, number, captions[field])


def _named(frame: Frame, number: int, caption: Span) -> Iterator[Triple]:
    node = frame.part(f"image-{number}")
    spans: list[Span] = []
    people: list[str] = []
    for entity in frame.annotated.entities:
        inside = [mention.span for mention in entity.mentions if caption.covers(mention.span)]
        if inside:
            yield Triple(node, SCHEMA.about, frame.thing(entity.id))
            spans += inside
            if entity.kind == "Person":
                people.append(entity.id)
    if people and _only_names(frame.annotated.text.text, caption, spans):
        for person in people:
            yield Triple(node, FOAF.depicts, frame.thing(person))


def _only_names(text: str, caption: Span, names: list[Span]) -> bool:
    """Whether the caption does nothing but name: names, their titles in capitals, and the words between.

    A caption that tells something ("X criticized Y") does not say who is on the picture.
    """
    rest, at = "", caption.start
    for span in sorted(names):
        rest += text[at : max(at, span.start)] + " "
        at = max(at, span.end)
    rest += text[at : caption.end]
    return all(word[0].isupper() or word.casefold() in _BETWEEN for word in _WORD.findall(rest))
