"""The description of the endpoint (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode, Triple

from kg.graph import terms
from kg.vocab import RDF, Namespace

__all__ = ["service"]

_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
#: Names of formats in the registry at http://www.w3.org/ns/formats/; those it lacks are left out.
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


def service(endpoint: str, media_types: Iterable[str]) -> tuple[Triple, ...]:
    """What the endpoint can do (SPARQL 1.1 Service Description): queries over one dataset, nothing federated."""
    node, dataset, graph = (NamedNode(endpoint + part) for part in ("#service", "#dataset", "#default"))
    formats = [_REGISTERED[one] for one in media_types if one in _REGISTERED]
    return terms.ordered(
        {
            Triple(node, RDF.type, _SD.Service),
            Triple(node, _SD.endpoint, NamedNode(endpoint)),
            Triple(node, _SD.supportedLanguage, _SD.SPARQL11Query),
            Triple(node, _SD.defaultDataset, dataset),
            Triple(dataset, RDF.type, _SD.Dataset),
            Triple(dataset, _SD.defaultGraph, graph),
            Triple(graph, RDF.type, _SD.Graph),
            *(Triple(node, _SD.resultFormat, NamedNode(f"http://www.w3.org/ns/formats/{one}")) for one in formats),
        }
    )
