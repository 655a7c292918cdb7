"""The vocabularies in use, as namespaces of :class:`pyoxigraph.NamedNode`.

Inside, schema.org is ``http://schema.org/`` because the official JSON-LD context expands to it; https input is
rewritten on the way in (:func:`schema_http`).
"""

from __future__ import annotations

from pyoxigraph import NamedNode

__all__ = [
    "DCTERMS",
    "FOAF",
    "GEO",
    "ITSRDF",
    "MEDTOP",
    "NIF",
    "NKG",
    "OWL",
    "PREFIXES",
    "PROV",
    "RDF",
    "RDFS",
    "SCHEMA",
    "SH",
    "SKOS",
    "TDM",
    "WD",
    "XSD",
    "Namespace",
    "compact",
    "schema_http",
]


class Namespace:
    """A namespace IRI; ``SCHEMA.headline`` and ``SCHEMA["headline"]`` are terms in it."""

    #: Terms are kept as attributes, where Python finds them fastest; ``iri`` has a slot, so no term can take its place.
    __slots__ = ("__dict__", "iri")

    def __init__(self, iri: str) -> None:
        object.__setattr__(self, "iri", iri)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a namespace does not change")

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> NamedNode:
        known: dict[str, NamedNode] = self.__dict__
        found = known.get(name)
        if found is None:
            found = known[name] = NamedNode(self.iri + name)
        return found

    def __contains__(self, node: object) -> bool:
        return isinstance(node, NamedNode) and node.value.startswith(self.iri)

    def __repr__(self) -> str:
        return f"Namespace({self.iri!r})"

    iri: str


SCHEMA = Namespace("http://schema.org/")
NKG = Namespace("https://w3id.org/newsgraph#")
NIF = Namespace("http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#")
ITSRDF = Namespace("http://www.w3.org/2005/11/its/rdf#")
PROV = Namespace("http://www.w3.org/ns/prov#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
DCTERMS = Namespace("http://purl.org/dc/terms/")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
SH = Namespace("http://www.w3.org/ns/shacl#")
WD = Namespace("http://www.wikidata.org/entity/")
MEDTOP = Namespace("http://cv.iptc.org/newscodes/mediatopic/")
TDM = Namespace("http://www.w3.org/ns/tdmrep#")

#: Prefixes for every text serialization, the editor and the examples; one list so that they agree.
PREFIXES: dict[str, str] = {
    "dcterms": DCTERMS.iri,
    "foaf": FOAF.iri,
    "geo": GEO.iri,
    "itsrdf": ITSRDF.iri,
    "medtop": MEDTOP.iri,
    "nif": NIF.iri,
    "nkg": NKG.iri,
    "owl": OWL.iri,
    "prov": PROV.iri,
    "rdf": RDF.iri,
    "rdfs": RDFS.iri,
    "schema": SCHEMA.iri,
    "sh": SH.iri,
    "skos": SKOS.iri,
    "tdm": TDM.iri,
    "wd": WD.iri,
    "xsd": XSD.iri,
}


def compact(iri: str) -> str:
    """The IRI as a prefixed name where one of :data:`PREFIXES` fits, else the IRI itself.

    >>> compact("http://schema.org/headline")
    'schema:headline'
    """
    for prefix, namespace in PREFIXES.items():
        rest = iri[len(namespace) :]
        if iri.startswith(namespace) and rest.replace("_", "").replace("-", "").isalnum():
            return f"{prefix}:{rest}"
    return iri


def schema_http(iri: str) -> str:
    """The IRI with https schema.org written as http, so that input and store name the same terms."""
    return "http" + iri[5:] if iri.startswith("https://schema.org/") else iri
