"""Which versions of an article the provenance graph knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import Literal, NamedNode, Store

from kg.iris import Iris
from kg.model import Source
from kg.vocab import NKG, PROV, SCHEMA

__all__ = ["Version", "before", "newest", "source_of"]


@dataclass(frozen=True, slots=True)
class Version:
    """One ingested version: ``iri``, ``number`` from 1, the SHA-256 of its source bytes in hexadecimal, whether the
    article is published now, and the time it was withdrawn where it is not.

    ``digest`` is that of what the article says, ``modified`` the date it gives for its last change, ``status`` is
    ``Retracted`` or ``Withheld`` where its source took it back. ``settings`` is the digest of its source's settings
    when it was published.
    """

    iri: str
    number: int
    sha256: str
    live: bool
    withdrawn: str | None = None
    digest: str | None = None
    modified: str | None = None
    status: str | None = None
    settings: str | None = None

    def made_with(self, source: Source) -> bool:
        """Whether the source has the settings that the version was published with, as far as is known."""
        return self.settings in (None, source.digest)

    def newer_than(self, modified: str | None) -> bool:
        """Whether this version says that it was changed after ``modified``; False where one of them says nothing."""
        return before(modified, self.modified)


def before(one: str | None, other: str | None) -> bool:
    """Whether a date lies before another (lexical forms of xsd:date or xsd:dateTime).

    False where one is missing or is no date. Where one has no time, or no zone, only the days are compared.
    """
    if not one or not other:
        return False
    try:
        first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    except ValueError:
        return False
    if "T" not in one or "T" not in other or (first.tzinfo is None) != (second.tzinfo is None):
        return first.date() < second.date()
    return first < second


def newest(rdf: Store, iris: Iris, page: str) -> Version | None:
    """The article's version with the highest number, or None for an article never published."""
    versions: list[tuple[int, str, str]] = []
    for quad in rdf.quads_for_pattern(None, PROV.specializationOf, iris.of_page(page), iris.prov_graph):
        version = quad.subject
        number = next(rdf.quads_for_pattern(version, SCHEMA.version, None, iris.prov_graph), None)
        if isinstance(version, NamedNode) and number is not None and isinstance(number.object, Literal):
            versions.append((int(number.object.value), version.value, source_of(rdf, iris, version)))
    if not versions:
        return None
    number_, iri, sha256 = max(versions)
    content = iris.graph(page, "content")
    live = next(rdf.quads_for_pattern(None, None, None, content), None) is not None
    times = rdf.quads_for_pattern(iris.of_page(page), PROV.invalidatedAtTime, None, iris.prov_graph)
    withdrawn = max((q.object.value for q in times if isinstance(q.object, Literal)), default=None)
    return Version(
        iri=iri,
        number=number_,
        sha256=sha256,
        live=live,
        withdrawn=None if live else withdrawn,
        digest=_literal(rdf, NamedNode(iri), NKG.contentDigest, iris.prov_graph),
        modified=_literal(rdf, NamedNode(iri), SCHEMA.dateModified, iris.prov_graph),
        status=_literal(rdf, iris.of_page(page), SCHEMA.creativeWorkStatus, content),
        settings=_literal(rdf, NamedNode(iri), NKG.settingsDigest, iris.prov_graph),
    )


def _literal(rdf: Store, subject: NamedNode, predicate: NamedNode, graph: NamedNode) -> str | None:
    values = rdf.quads_for_pattern(subject, predicate, None, graph)
    return min((q.object.value for q in values if isinstance(q.object, Literal)), default=None)


def source_of(rdf: Store, iris: Iris, version: NamedNode) -> str:
    """The SHA-256 of the bytes a version was made from, in hexadecimal; empty where it is not recorded."""
    for derived in rdf.quads_for_pattern(version, PROV.wasDerivedFrom, None, iris.prov_graph):
        if not isinstance(derived.object, NamedNode):
            continue
        for digest in rdf.quads_for_pattern(derived.object, SCHEMA.sha256, None, iris.prov_graph):
            if isinstance(digest.object, Literal):
                return digest.object.value
    return ""
