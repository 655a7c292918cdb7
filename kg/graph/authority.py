"""What an authority table says of a thing (the things graph): its own statements, kept apart from any article's."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, Triple

from kg.graph import terms, vocabulary
from kg.plugins import Thing
from kg.vocab import GEO, RDF, SCHEMA, schema_http

__all__ = ["geometry", "triples"]


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
            north, east = terms.decimal(thing.latitude, 6), terms.decimal(thing.longitude, 6)
            found |= {Triple(node, SCHEMA.latitude, north), Triple(node, SCHEMA.longitude, east)}
            found |= _point(node, north, east)
        if contained_in is not None and known.takes([kind], SCHEMA.containedInPlace):
            found.add(Triple(node, SCHEMA.containedInPlace, _node(contained_in)))
    return terms.ordered(found)


def geometry(iri: NamedNode | str) -> NamedNode:
    """The IRI of the place's geometry: the fragment ``geo`` of the document that describes the place."""
    return NamedNode(f"{_node(iri).value.partition('#')[0]}#geo")


def _point(node: NamedNode, north: Literal, east: Literal) -> set[Triple]:
    """The place as a GeoSPARQL feature with a point (GeoSPARQL 1.1, sections 8.4 and 8.5; WGS 84, east before north).

    The general property stands beside the special one, since nothing is inferred here. That the place is a geo:Feature
    is left to inference: a page shows its types.
    """
    point = geometry(node)
    return {
        Triple(node, GEO.hasGeometry, point),
        Triple(node, GEO.hasDefaultGeometry, point),
        Triple(point, RDF.type, GEO.Geometry),
        Triple(point, GEO.asWKT, Literal(f"POINT({east.value} {north.value})", datatype=GEO.wktLiteral)),
    }


def _node(iri: NamedNode | str) -> NamedNode:
    return iri if isinstance(iri, NamedNode) else NamedNode(iri)
