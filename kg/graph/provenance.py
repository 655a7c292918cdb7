"""Where an article's graphs come from: source bytes, activity, software, version (the provenance graph; PROV-O)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from kg.graph import annotator, terms
from kg.graph.frame import Frame
from kg.vocab import DCTERMS, NKG, PROV, RDF, RDFS, SCHEMA

__all__ = ["triples", "version_iri"]


def version_iri(page: str, number: int) -> NamedNode:
    """One ingested version of an article: ``…/v/{n}``."""
    return NamedNode(f"{page}/v/{number}")


def triples(frame: Frame, kinds: Iterable[str]) -> Iterator[Triple]:
    """The provenance of the article's graphs of these kinds, of this version and of its source bytes."""
    activity, source, run = frame.activity, frame.source, frame.run
    ended = terms.date(run.time)
    for kind in kinds:
        graph = frame.iris.graph(frame.naming.page, kind)
        yield Triple(graph, RDF.type, PROV.Entity)
        yield Triple(graph, DCTERMS.subject, frame.node)
        yield Triple(graph, PROV.wasDerivedFrom, source)
        yield Triple(graph, PROV.wasGeneratedBy, activity)
        if ended is not None:
            yield Triple(graph, PROV.generatedAtTime, ended)
    yield Triple(activity, RDF.type, PROV.Activity)
    yield Triple(activity, PROV.used, source)
    yield Triple(activity, PROV.wasAssociatedWith, frame.agent)
    if ended is not None:
        yield Triple(activity, PROV.endedAtTime, ended)
    yield Triple(frame.agent, RDF.type, PROV.SoftwareAgent)
    yield Triple(frame.agent, RDF.type, SCHEMA.SoftwareApplication)
    yield Triple(frame.agent, RDFS.label, terms.plain(run.agent))
    yield Triple(frame.agent, SCHEMA.softwareVersion, terms.plain(run.version))
    yield from _source(frame)
    yield from _version(frame)


def _source(frame: Frame) -> Iterator[Triple]:
    """The bytes as they arrived. Not where from: a path of this machine is nobody's business."""
    source, document = frame.source, frame.document
    yield Triple(source, RDF.type, PROV.Entity)
    yield Triple(source, RDF.type, SCHEMA.MediaObject)
    yield Triple(source, SCHEMA.contentSize, terms.plain(f"{len(document.data)} bytes"))
    yield Triple(source, SCHEMA.sha256, terms.plain(document.sha256.hex()))
    if document.media_type:
        yield Triple(source, SCHEMA.encodingFormat, terms.plain(document.media_type.partition(";")[0].strip().lower()))


def _version(frame: Frame) -> Iterator[Triple]:
    naming = frame.naming
    version = version_iri(naming.page, naming.version)
    yield Triple(version, RDF.type, PROV.Entity)
    yield Triple(version, RDF.type, SCHEMA.CreativeWork)
    yield Triple(version, PROV.specializationOf, frame.node)
    yield Triple(version, PROV.wasDerivedFrom, frame.source)
    yield Triple(version, PROV.wasGeneratedBy, frame.activity)
    yield Triple(version, SCHEMA.version, terms.integer(naming.version))
    yield Triple(version, NKG.contentDigest, terms.plain(frame.article.digest(frame.document.source)))
    yield Triple(version, NKG.settingsDigest, terms.plain(frame.document.source.digest))
    everyone = frame.annotated.annotators
    if everyone:
        yield Triple(version, PROV.wasAttributedTo, annotator.ensemble(frame.iris, everyone))
        yield from annotator.described(frame.iris, everyone)
    modified = terms.date(frame.article.date_modified)
    if modified is not None:
        yield Triple(version, SCHEMA.dateModified, modified)
    if naming.previous:
        yield Triple(version, PROV.wasRevisionOf, NamedNode(naming.previous))
