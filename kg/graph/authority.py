"""What an authority table says of a thing (the things graph): its own statements, kept apart from any article's."""

from __future__ import annotations

from pyoxigraph import NamedNode, Triple

from kg.graph import terms, vocabulary
from kg.plugins import Thing
from kg.vocab import RDF, SCHEMA, schema_http

__all__ = ["triples"]


def triples(
    thing: Thing, iri: NamedNode | str, *, language: str = "en", contained_in: NamedNode | str | None = None
) -> tuple[Triple, ...]:
    """The authority's statements about the thing that goes by ``iri``, in canonical order.

    ``contained_in`` is the IRI of the place around it, when that has one here. Raises
    :class:`kg.errors.IriError` for a type that cannot be an IRI.
    """
    node, known, tag = _node(iri), vocabulary.load(), terms.language_tag(language)
    kind = terms.term(thing.type)
    if kind in SCHEMA and not known.is_class(kind):
        kind = SCHEMA.Thing
    name = terms.text(thing.name, tag)
    found = {Triple(node, RDF.type, kind), Triple(node, SCHEMA.name, name)}
    for broad in (SCHEMA.Person, SCHEMA.Place, SCHEMA.Organization, SCHEMA.CreativeWork):
        if broad.value in known.above([kind]) - known.above([SCHEMA.Thing]):
            found.add(Triple(node, RDF.type, broad))
    for alias in thing.aliases:
        other = terms.text(alias, tag)
        if alias.strip() and other != name:
            found.add(Triple(node, SCHEMA.alternateName, other))
    for same in thing.same_as:
        other_iri = terms.web(schema_http(same))
        if other_iri is not None:
            found.add(Triple(node, SCHEMA.sameAs, other_iri))
    if thing.description:
        found.add(Triple(node, SCHEMA.description, terms.text(thing.description, tag)))
    if known.takes([kind], SCHEMA.latitude):
        if thing.latitude is not None and thing.longitude is not None:
            found.add(Triple(node, SCHEMA.latitude, terms.decimal(thing.latitude, 6)))
            found.add(Triple(node, SCHEMA.longitude, terms.decimal(thing.longitude, 6)))
        if contained_in is not None and known.takes([kind], SCHEMA.containedInPlace):
            found.add(Triple(node, SCHEMA.containedInPlace, _node(contained_in)))
    return terms.ordered(found)


def _node(iri: NamedNode | str) -> NamedNode:
    return iri if isinstance(iri, NamedNode) else NamedNode(iri)
