"""Assertions that someone makes according to the article: allegations stay claims, never facts (the facts graph)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Triple

from kg.graph import terms
from kg.graph.frame import Frame, Stated
from kg.vocab import NKG, RDF, SCHEMA

__all__ = ["stated"]


def stated(frame: Frame) -> Iterator[Stated]:
    """Every claim with its text, its claimants, what it is about and the quotation it is made in."""
    for number, claim in enumerate(frame.annotated.claims, start=1):
        node = frame.part(f"claim-{number}")
        yield Stated(Triple(node, RDF.type, SCHEMA.Claim))
        yield Stated(Triple(node, SCHEMA.appearance, frame.node))
        if not frame.withheld or len(claim.text) <= frame.policy.quotation:
            yield Stated(Triple(node, SCHEMA.text, frame.text(claim.text)))
        else:
            yield Stated(Triple(node, NKG.textWithheld, terms.boolean(True)))
        for triple in frame.quoted_from(node, (claim.span,)):
            yield Stated(triple)
        for about in claim.about:
            yield Stated(Triple(node, SCHEMA.about, frame.thing(about)))
        for claimant in claim.claimants:
            who = frame.thing(claimant)
            if frame.vocabulary.gives(SCHEMA.author, frame.types.get(who, ())):
                yield Stated(Triple(node, SCHEMA.author, who), (claim.span,), claim.score, claim.by)
        if claim.quotation is not None and 0 <= claim.quotation < len(frame.annotated.quotations):
            quote = frame.part(f"quote-{claim.quotation + 1}")
            yield Stated(Triple(quote, SCHEMA.interpretedAsClaim, node))
