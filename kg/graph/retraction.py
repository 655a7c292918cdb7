"""What stays of an article that its source took back: that it was published, by whom, when, and that it was taken back.

schema.org has a correction and no retraction: ``nkg:RetractionNotice`` is a ``schema:CorrectionComment``, and the
article's ``schema:creativeWorkStatus`` says ``Retracted`` (canceled or deleted at the source) or ``Withheld`` (until
further notice). Its words, pictures and topics go; its facts leave the default graph and are marked as invalid.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode, Triple

from kg.graph import terms
from kg.graph.provenance import version_iri
from kg.iris import Iris, digest_iri
from kg.model import Document
from kg.vocab import NKG, PROV, RDF, SCHEMA, TDM

__all__ = ["STATUSES", "retraction", "retraction_provenance"]

STATUSES = ("Retracted", "Withheld")

#: What is kept of the article's own statements.
_KEPT = frozenset(
    {
        RDF.type,
        PROV.wasDerivedFrom,
        SCHEMA.mainEntity,
        SCHEMA.mainEntityOfPage,
        SCHEMA.headline,
        SCHEMA.inLanguage,
        SCHEMA.datePublished,
        SCHEMA.publisher,
        SCHEMA.author,
        SCHEMA.articleSection,
        SCHEMA.url,
        SCHEMA.isBasedOn,
        SCHEMA.license,
        SCHEMA.copyrightNotice,
        TDM.reservation,
    }
)


def retraction(published: Iterable[Triple], page: str, *, status: str, reason: str, time: str) -> tuple[Triple, ...]:
    """The content graph of the retracted article, made of the ``published`` one, in canonical order.

    ``status`` is one of :data:`STATUSES`, ``reason`` what readers are told, ``time`` the lexical form of an
    xsd:dateTime.
    """
    node, document = Iris.of_page(page), NamedNode(page)
    own: set[Triple] = set()
    rest: list[Triple] = []
    for triple in published:
        if triple.subject in (node, document):
            if triple.predicate in _KEPT:
                own.add(triple)
        else:
            rest.append(triple)
    agents = {t.object for t in own if t.predicate in (SCHEMA.publisher, SCHEMA.author)}
    own.update(t for t in rest if t.subject in agents)
    note = Iris.part(page, "retraction")
    moment = terms.date(time)
    own.update(
        (
            Triple(node, SCHEMA.creativeWorkStatus, terms.plain(status)),
            Triple(node, SCHEMA.correction, note),
            Triple(note, RDF.type, NKG.RetractionNotice),
            Triple(note, RDF.type, SCHEMA.CorrectionComment),
            Triple(note, SCHEMA.text, terms.text(reason, "en")),
        )
    )
    if moment is not None:
        own.add(Triple(note, SCHEMA.datePublished, moment))
    return terms.ordered(own)


def retraction_provenance(document: Document, page: str, number: int, previous: str) -> tuple[Triple, ...]:
    """The version that the taking back is, made of the document that says so."""
    version, source = version_iri(page, number), NamedNode(digest_iri(document.sha256))
    return terms.ordered(
        {
            Triple(version, RDF.type, PROV.Entity),
            Triple(version, RDF.type, SCHEMA.CreativeWork),
            Triple(version, PROV.specializationOf, Iris.of_page(page)),
            Triple(version, PROV.wasDerivedFrom, source),
            Triple(version, PROV.wasRevisionOf, NamedNode(previous)),
            Triple(version, SCHEMA.version, terms.integer(number)),
            Triple(source, RDF.type, PROV.Entity),
            Triple(source, RDF.type, SCHEMA.MediaObject),
            Triple(source, SCHEMA.contentSize, terms.plain(f"{len(document.data)} bytes")),
            Triple(source, SCHEMA.sha256, terms.plain(document.sha256.hex())),
        }
    )
