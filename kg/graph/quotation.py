"""Words of speakers, printed as theirs or reported (the facts graph)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Triple

from kg.graph import terms
from kg.graph.frame import Frame, Stated
from kg.vocab import NKG, RDF, SCHEMA

__all__ = ["stated"]

_KINDS = {"direct": NKG.DirectQuotation, "indirect": NKG.IndirectQuotation}


def stated(frame: Frame) -> Iterator[Stated]:
    """Every quotation with its text, its spans and, where they are known, its speakers."""
    for number, quotation in enumerate(frame.annotated.quotations, start=1):
        node = frame.part(f"quote-{number}")
        yield Stated(Triple(node, RDF.type, SCHEMA.Quotation))
        if quotation.kind in _KINDS:
            yield Stated(Triple(node, RDF.type, _KINDS[quotation.kind]))
        yield Stated(Triple(node, SCHEMA.isPartOf, frame.node))
        yield Stated(Triple(node, SCHEMA.position, terms.integer(number)))
        if not frame.withheld or len(quotation.text) <= frame.policy.quotation:
            yield Stated(Triple(node, SCHEMA.text, frame.text(quotation.text)))
        else:
            yield Stated(Triple(node, NKG.textWithheld, terms.boolean(True)))
        for triple in frame.quoted_from(node, quotation.spans):
            yield Stated(triple)
        for about in quotation.about:
            yield Stated(Triple(node, SCHEMA.about, frame.thing(about)))
        for id_ in () if quotation.speaker is None else (quotation.speaker, *quotation.others):
            speaker = frame.thing(id_)
            if frame.vocabulary.gives(SCHEMA.spokenByCharacter, frame.types.get(speaker, ())):
                rests = (quotation.attribution,) if quotation.attribution else quotation.spans[:1]
                yield Stated(Triple(node, SCHEMA.spokenByCharacter, speaker), rests, quotation.score, quotation.by)
                yield Stated(Triple(node, SCHEMA.creator, speaker))
