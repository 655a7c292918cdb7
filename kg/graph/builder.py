"""Annotated → ArticleGraphs: every part's triples, gathered, without duplicates and in canonical order."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pyoxigraph import Triple

from kg.errors import InputError, IriError
from kg.graph import (
    annotator,
    article,
    claim,
    entity,
    event,
    evidence,
    image,
    mention,
    provenance,
    quotation,
    terms,
    topic,
)
from kg.graph.frame import Frame, Stated
from kg.graph.withheld import Policy
from kg.iris import Iris
from kg.model import Annotated, ArticleGraphs, Document, Naming, Run
from kg.plugins import Authority, Thing
from kg.vocab import PROV

__all__ = ["build", "facts_only"]


def build(
    annotated: Annotated,
    naming: Naming,
    *,
    document: Document,
    iris: Iris,
    run: Run,
    detail: Literal["full", "facts"] = "full",
    authority: Authority | None = None,
    authority_language: str = "en",
    excerpt: int = 200,
) -> ArticleGraphs:
    """The article as RDF: content, facts and annotations graphs and its share of the provenance graph.

    Each graph is free of duplicates and in the order of its N-Triples lines: the same input gives the same graphs.
    ``detail="facts"`` leaves the annotations graph empty. Where the source's rights withhold the text, the
    words stay out of all graphs but for ``excerpt`` characters of the abstract, and ``nkg:textWithheld`` marks what
    they are missing from. ``authority`` supplies the name a linked thing goes by, in ``authority_language``.

    Raises :class:`kg.errors.InputError` for an annotation that cannot become RDF: an entity, event or author without
    an IRI in ``naming``, a role or fact whose property has an unknown prefix.
    """
    try:
        return _build(
            Frame(
                annotated=annotated,
                naming=naming,
                document=document,
                iris=iris,
                run=run,
                policy=Policy(excerpt=excerpt),
                linked=_linked(annotated, authority),
                authority_language=authority_language.lower(),
            ),
            detail,
        )
    except IriError as error:
        raise InputError(error.message, origin=document.origin) from error


def _build(frame: Frame, detail: Literal["full", "facts"]) -> ArticleGraphs:
    stated = tuple(_stated(frame))
    graphs = ArticleGraphs(
        page=frame.naming.page,
        content=terms.ordered({*article.triples(frame), *image.triples(frame)}),
        facts=terms.ordered({one.triple for one in stated}),
        annotations=terms.ordered(_annotations(frame, stated)) if detail == "full" else (),
        provenance=terms.ordered(set(provenance.triples(frame, ("content", "facts", "annotations")))),
        things=_things(frame),
    )
    return graphs if detail == "full" else facts_only(graphs, frame.iris)


def facts_only(graphs: ArticleGraphs, iris: Iris) -> ArticleGraphs:
    """The same article without its annotations graph and that graph's provenance: smaller, and no longer checkable
    against its text, so check the full graphs first."""
    gone = iris.graph(graphs.page, "annotations")
    kept = tuple(t for t in graphs.provenance if t.subject != gone)
    return replace(graphs, annotations=(), provenance=kept)


def _stated(frame: Frame) -> list[Stated]:
    return [
        *entity.stated(frame),
        *event.stated(frame),
        *quotation.stated(frame),
        *claim.stated(frame),
        *topic.stated(frame),
    ]


def _annotations(frame: Frame, stated: tuple[Stated, ...]) -> set[Triple]:
    quoted = [span for one in frame.annotated.quotations for span in one.spans]
    claimed = [one.span for one in frame.annotated.claims]
    found = {
        *mention.contexts(frame),
        *mention.paragraphs(frame),
        *mention.mentions(frame),
        *mention.spans(frame, frame.places((*quoted, *claimed))),
        *evidence.triples(frame, stated),
    }
    found.update(annotator.parts(frame))
    if any(t.predicate == PROV.wasGeneratedBy for t in found):
        # the provenance graph is not part of the default graph; who extracted a fact should be askable there
        found.add(Triple(frame.activity, PROV.wasAssociatedWith, frame.agent))
        found.update(annotator.steps(frame, {one.by for one in stated if one.spans}))
    return found


def _linked(annotated: Annotated, authority: Authority | None) -> dict[str, Thing]:
    if authority is None:
        return {}
    rows = ((one.id, authority.get(one.authority)) for one in annotated.entities if one.authority is not None)
    return {key: row for key, row in rows if row is not None}


def _things(frame: Frame) -> tuple[str, ...]:
    """The pages of the shared things the article's graphs speak of."""
    nodes = [frame.thing(one.id) for one in frame.annotated.entities]
    nodes += [frame.thing(one.id) for one in frame.annotated.events]
    nodes += [frame.thing(f"author:{one.name}") for one in frame.article.authors]
    if frame.article.publisher and "publisher:" in frame.naming.things:
        nodes.append(frame.thing("publisher:"))
    return tuple(sorted({page for n in nodes if (page := Iris.page_of(n.value)) != frame.naming.page}))
