"""The description of the endpoint (SPARQL 1.1 Service Description): what it can do, and what bounds it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from kg.graph import terms
from kg.vocab import RDF, RDFS, SCHEMA, XSD, Namespace

__all__ = ["Service", "service"]

_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
#: Names of formats in the registry at http://www.w3.org/ns/formats/.
_REGISTERED = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/ld+json": "JSON-LD",
    "application/n-triples": "N-Triples",
    "application/rdf+xml": "RDF_XML",
    "application/trig": "TriG",
    "application/n-quads": "N-Quads",
}


@dataclass(frozen=True, slots=True)
class Service:
    """An endpoint as its description names it.

    ``dataset`` and ``default_graph`` are IRIs of what plain queries see. ``bounds`` are (name, value, the same in
    words), ``functions`` and ``properties`` IRIs beyond the SPARQL specification. ``updates`` says whether anybody may
    update, ``federated`` whether SERVICE may call somewhere. ``notes`` are what clients may take for granted and
    cannot here.
    """

    endpoint: str
    dataset: str
    default_graph: str
    media_types: Sequence[str]
    bounds: Sequence[tuple[str, float, str]] = ()
    functions: Sequence[str] = ()
    properties: Sequence[str] = ()
    updates: bool = False
    federated: bool = False
    notes: Sequence[str] = ()
    more: Sequence[str] = ()


def service(about: Service) -> tuple[Triple, ...]:
    """What the endpoint can do, in canonical order. The service's own IRI is the endpoint's with ``#service``."""
    return terms.ordered({*_service(about), *_bounds(about)})


def _service(about: Service) -> Iterator[Triple]:
    node, dataset, graph = (NamedNode(one) for one in (_own(about, "service"), about.dataset, about.default_graph))
    formats = (_REGISTERED[one] for one in about.media_types)
    languages = [_SD.SPARQL10Query, _SD.SPARQL11Query, *([_SD.SPARQL11Update] if about.updates else [])]
    rows: list[tuple[NamedNode, Iterable[NamedNode | Literal]]] = [
        (RDF.type, [_SD.Service]),
        (_SD.endpoint, [NamedNode(about.endpoint)]),
        (_SD.supportedLanguage, languages),
        (_SD.feature, [_SD.BasicFederatedQuery] if about.federated else []),
        (
            _SD.resultFormat,
            [NamedNode(f"http://www.w3.org/ns/formats/{one}") for one in formats],
        ),
        (_SD.extensionFunction, [NamedNode(one) for one in about.functions]),
        (_SD.propertyFeature, [NamedNode(one) for one in about.properties]),
        (_SD.defaultDataset, [dataset]),
        (SCHEMA.additionalProperty, [NamedNode(_bound(about, name)) for name, _, _ in about.bounds]),
        (RDFS.comment, [Literal(one, language="en") for one in about.notes]),
        (RDFS.seeAlso, [NamedNode(one) for one in about.more]),
    ]
    yield from (Triple(node, predicate, value) for predicate, values in rows for value in values)
    yield Triple(dataset, RDF.type, _SD.Dataset)
    yield Triple(dataset, _SD.defaultGraph, graph)
    yield Triple(graph, RDF.type, _SD.Graph)
    yield from (Triple(NamedNode(one), RDF.type, _SD.Function) for one in about.functions)
    yield from (Triple(NamedNode(one), RDF.type, _SD.Feature) for one in about.properties)


def _bounds(about: Service) -> Iterator[Triple]:
    """Limits as schema:PropertyValue: the vocabulary of service descriptions has no word for them."""
    for name, value, words in about.bounds:
        node = NamedNode(_bound(about, name))
        number = Literal(value) if isinstance(value, int) else Literal(f"{value:f}", datatype=XSD.decimal)
        yield Triple(node, RDF.type, SCHEMA.PropertyValue)
        yield Triple(node, SCHEMA.propertyID, Literal(name))
        yield Triple(node, SCHEMA.value, number)
        yield Triple(node, SCHEMA.description, Literal(words, language="en"))


def _own(about: Service, name: str) -> str:
    return f"{about.endpoint}#{name}"


def _bound(about: Service, name: str) -> str:
    return _own(about, name.replace(".", "-").replace("_", "-"))
