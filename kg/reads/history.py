"""The versions of an article and the rights its source gives it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from kg.iris import Iris
from kg.reads.view import Snapshot, View
from kg.vocab import NKG, PROV, RDFS, SCHEMA, TDM

__all__ = ["Rights", "VersionRow", "rights", "version_quads", "versions"]

#: Most versions and most statements about one version that a page reads.
_VERSIONS, _STATEMENTS = 500, 200


@dataclass(frozen=True, slots=True)
class Rights:
    """What may be done with an article: ``licence`` is an IRI, ``reserved`` whether text and data mining is reserved
    (None: nothing is said), ``indexed`` whether search engines may list its page."""

    licence: str | None = None
    reserved: bool | None = None
    indexed: bool = True


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One ingested version: ``time`` is when it was read, ``modified`` the date it gives itself, ``sha256`` that of the
    bytes it was read from."""

    iri: str
    number: int
    time: str | None = None
    modified: str | None = None
    software: str | None = None
    sha256: str | None = None
    newest: bool = False


def rights(reader: Snapshot, page: str) -> Rights:
    """The rights of an article, as its content graph states them."""
    view, node = View.of(reader), Iris.of_page(page)
    licence, reserved = view.value(node, SCHEMA.license), view.value(node, TDM.reservation)
    taken_back = view.value(node, SCHEMA.creativeWorkStatus) is not None
    return Rights(
        licence=licence if licence and licence.startswith(("http://", "https://")) else None,
        reserved=reserved == "1" if reserved in ("0", "1") else None,
        indexed=not taken_back and not view.true(node, NKG.textWithheld),
    )


def versions(reader: Snapshot, page: str) -> tuple[VersionRow, ...]:
    """The article's versions, newest first; empty for what was never published."""
    view, prov = View.of(reader), reader.iris.prov_graph
    found = []
    for node in view.subjects(PROV.specializationOf, Iris.of_page(page), prov, _VERSIONS):
        number = view.value(node, SCHEMA.version, prov)
        if isinstance(node, NamedNode) and number is not None and number.isdigit():
            found.append((int(number), node))
    found.sort(key=lambda one: (-one[0], one[1].value))
    return tuple(_row(view, node, number, newest=not place) for place, (number, node) in enumerate(found))


def _row(view: View, node: NamedNode, number: int, *, newest: bool) -> VersionRow:
    prov = view.iris.prov_graph
    time = software = sha256 = None
    for activity in view.objects(node, PROV.wasGeneratedBy, prov):
        time = view.value(activity, PROV.endedAtTime, prov) or time
        for agent in view.objects(activity, PROV.wasAssociatedWith, prov):
            name, version = view.text(agent, RDFS.label, prov), view.text(agent, SCHEMA.softwareVersion, prov)
            software = " ".join(words.text for words in (name, version) if words) or None
    for source in view.objects(node, PROV.wasDerivedFrom, prov):
        sha256 = view.value(source, SCHEMA.sha256, prov) or sha256
    return VersionRow(node.value, number, time, view.value(node, SCHEMA.dateModified, prov), software, sha256, newest)


def version_quads(reader: Snapshot, iri: str) -> tuple[Quad, ...]:
    """What the provenance graph says of a version, of its source bytes and of how it was made; empty for no version."""
    view, prov = View.of(reader), reader.iris.prov_graph

    def about(node: object) -> Iterator[Quad]:
        return itertools.islice(view.rdf.quads_for_pattern(node, None, None, prov), _STATEMENTS)  # type: ignore[arg-type]

    try:
        own = tuple(about(NamedNode(iri)))
    except ValueError:
        return ()
    if not any(q.predicate == PROV.specializationOf for q in own):
        return ()
    near = {q.object for q in own if q.predicate in (PROV.wasDerivedFrom, PROV.wasGeneratedBy)}
    far = {q for node in near if not isinstance(node, Literal) for q in about(node)}
    agents = {q.object for q in far if q.predicate == PROV.wasAssociatedWith}
    return tuple(sorted({*own, *far, *(q for agent in agents for q in about(agent))}, key=str))
