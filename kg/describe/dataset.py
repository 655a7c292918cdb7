"""The description of the whole dataset: what it is made of (VoID), what it is and where it can be had (DCAT), its
prefixes, and the competency questions as queries that run (SHACL Advanced Features: ``sh:SPARQLExecutable``).

What it is made of is counted by one query (``kg/queries/void.rq``) that reads the whole snapshot, so it is not part of
a publish (docs/decisions/0036-dataset-description.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg import formats, queries
from kg.formats import Format
from kg.graph import terms
from kg.iris import Iris
from kg.queries import Example
from kg.vocab import DCTERMS, FOAF, OWL, PREFIXES, RDF, RDFS, SCHEMA, SH, XSD, Namespace

__all__ = ["PART", "Dataset", "Triples", "counting", "dataset", "parts"]

Triples = tuple[Triple, ...]

#: What :func:`counting` answers in.
PART = formats.NT

_VOID = Namespace("http://rdfs.org/ns/void#")
_DCAT = Namespace("http://www.w3.org/ns/dcat#")
_FORMAT = "http://www.w3.org/ns/formats/"
_MEDIA = "https://www.iana.org/assignments/media-types/"
_PROTOCOL = NamedNode("http://www.w3.org/TR/sparql11-protocol/")
#: Names in the registry at http://www.w3.org/ns/formats/.
_FEATURES = {
    "text/turtle": "Turtle",
    "application/ld+json": "JSON-LD",
    "application/n-triples": "N-Triples",
    "application/rdf+xml": "RDF_XML",
    "application/trig": "TriG",
    "application/n-quads": "N-Quads",
}
_FORMS = {
    "select": ("SPARQLSelectExecutable", SH.select),
    "ask": ("SPARQLAskExecutable", SH.ask),
    "construct": ("SPARQLConstructExecutable", SH.construct),
}


@dataclass(frozen=True, slots=True)
class Dataset:
    """A snapshot as its description names it. ``issued`` is when something was first published, ``modified`` when this
    snapshot was; ``licence`` and the publisher's ``url`` and ``logo`` are IRIs. ``pages`` are formats of each document,
    ``samples`` things to look at."""

    iris: Iris
    name: str
    snapshot: str
    issued: str | None = None
    modified: str | None = None
    url: str | None = None
    logo: str | None = None
    licence: str | None = None
    language: tuple[str, ...] = ()
    documents: int | None = None
    pages: Sequence[Format] = ()
    samples: Sequence[str] = ()

    @property
    def page(self) -> str:
        """The document that describes it."""
        return f"{self.iris.base}/dataset"

    @property
    def iri(self) -> NamedNode:
        """The dataset itself."""
        return NamedNode(f"{self.page}#id")

    @property
    def endpoint(self) -> NamedNode:
        """Where it is queried."""
        return NamedNode(f"{self.iris.base}/sparql")

    def part(self, name: str) -> NamedNode:
        """A part of the description."""
        return NamedNode(f"{self.page}#{name}")


def counting(iris: Iris) -> str:
    """The query that counts classes, properties and graphs of a snapshot. It reads the whole snapshot."""
    page = f"{iris.base}/dataset"
    return queries.bind(
        queries.load("void"),
        dataset=NamedNode(f"{page}#id"),
        parts=NamedNode(f"{page}#"),
        graphs=NamedNode(f"{iris.base}/graphs/"),
    )


def parts(answer: bytes) -> Triples:
    """The triples of :func:`counting`'s answer, in order and each once."""
    return terms.ordered({quad.triple for quad in parse(answer, format=RdfFormat.N_TRIPLES)})


def dataset(about: Dataset, examples: Iterable[Example], counted: Iterable[Triple] = ()) -> Triples:
    """The whole description, in canonical order; ``counted`` are the triples of :func:`parts`, where they are known."""
    return terms.ordered(
        {
            *counted,
            *_dataset(about),
            *_publisher(about),
            *_service(about),
            *_prefixes(about),
            *_examples(about, examples),
        }
    )


def _dataset(of: Dataset) -> Iterator[Triple]:
    node, page = of.iri, NamedNode(of.page)

    def literal(value: str | None, type: NamedNode = XSD.string) -> Literal | None:
        return None if value is None else Literal(value, datatype=type)

    rows: list[tuple[NamedNode, NamedNode | Literal | None]] = [
        (RDF.type, _VOID.Dataset),
        (RDF.type, _DCAT.Dataset),
        (DCTERMS.title, Literal(of.name)),
        (
            DCTERMS.description,
            Literal(f"News articles of {of.name} and what they tell, as linked data.", language="en"),
        ),
        (DCTERMS.publisher, of.part("publisher")),
        (DCTERMS.identifier, Literal(of.snapshot)),
        (_DCAT.version, Literal(of.snapshot)),
        (DCTERMS.issued, literal(of.issued, XSD.dateTime)),
        (DCTERMS.modified, literal(of.modified, XSD.dateTime)),
        (DCTERMS.license, terms.web(of.licence)),
        (
            DCTERMS.rights,
            Literal("Each article states its own rights; texts of third parties are left out.", language="en"),
        ),
        (FOAF.homepage, NamedNode(f"{of.iris.base}/")),
        (FOAF.page, page),
        (_DCAT.landingPage, page),
        (_VOID.sparqlEndpoint, of.endpoint),
        (_VOID.uriSpace, Literal(f"{of.iris.base}/")),
        (_VOID.documents, None if of.documents is None else Literal(of.documents)),
        (_DCAT.distribution, of.part("sparql")),
    ]
    yield from (Triple(node, predicate, value) for predicate, value in rows if value is not None)
    for tag in of.language:
        yield Triple(node, DCTERMS.language, Literal(tag))
    for sample in of.samples:
        yield Triple(node, _VOID.exampleResource, NamedNode(sample))
    for namespace in PREFIXES.values():
        yield Triple(node, _VOID.vocabulary, NamedNode(namespace))
    for one in of.pages:
        made = of.part(f"as-{one.suffix}")
        yield Triple(node, _DCAT.distribution, made)
        yield Triple(made, RDF.type, _DCAT.Distribution)
        yield Triple(
            made, DCTERMS.title, Literal(f"One document for each article and thing, in {one.name}", language="en")
        )
        yield Triple(made, _DCAT.accessURL, NamedNode(f"{of.iris.base}/"))
        yield Triple(made, _DCAT.mediaType, NamedNode(_MEDIA + one.media_type))
        if one.media_type in _FEATURES:
            yield Triple(node, _VOID.feature, NamedNode(_FORMAT + _FEATURES[one.media_type]))
    yield Triple(page, RDF.type, _VOID.DatasetDescription)
    yield Triple(page, FOAF.primaryTopic, node)
    yield Triple(page, DCTERMS.title, Literal(f"Description of the dataset of {of.name}", language="en"))


def _publisher(of: Dataset) -> Iterator[Triple]:
    node = of.part("publisher")
    yield Triple(node, RDF.type, FOAF.Organization)
    yield Triple(node, FOAF.name, Literal(of.name))
    for predicate, value in ((FOAF.homepage, of.url), (FOAF.logo, of.logo)):
        found = terms.web(value)
        if found is not None:
            yield Triple(node, predicate, found)


def _service(of: Dataset) -> Iterator[Triple]:
    """The endpoint, as a way to have the dataset and as a service over it (DCAT 3, sections 6.8 and 6.9)."""
    way, service = of.part("sparql"), of.part("service")
    yield Triple(way, RDF.type, _DCAT.Distribution)
    yield Triple(way, DCTERMS.title, Literal("SPARQL endpoint", language="en"))
    yield Triple(way, _DCAT.accessURL, of.endpoint)
    yield Triple(way, _DCAT.accessService, service)
    yield Triple(service, RDF.type, _DCAT.DataService)
    yield Triple(service, DCTERMS.title, Literal("SPARQL endpoint", language="en"))
    yield Triple(service, _DCAT.endpointURL, of.endpoint)
    yield Triple(service, _DCAT.endpointDescription, of.endpoint)
    yield Triple(service, _DCAT.servesDataset, of.iri)
    yield Triple(service, DCTERMS.conformsTo, _PROTOCOL)


def _prefixes(of: Dataset) -> Iterator[Triple]:
    owner = of.part("prefixes")
    yield Triple(owner, RDF.type, OWL.Ontology)
    for prefix, namespace in PREFIXES.items():
        node = of.part(f"prefix-{prefix}")
        yield Triple(owner, SH.declare, node)
        yield Triple(node, SH.prefix, Literal(prefix))
        yield Triple(node, SH.namespace, Literal(namespace, datatype=XSD.anyURI))


def _examples(of: Dataset, examples: Iterable[Example]) -> Iterator[Triple]:
    for example in examples:
        form = _FORMS.get(queries.form(example.text))
        if form is None:  # SHACL has no class for DESCRIBE
            continue
        node = of.part(f"example-{example.id}")
        yield Triple(node, RDF.type, SH.SPARQLExecutable)
        yield Triple(node, RDF.type, SH[form[0]])
        yield Triple(node, RDFS.label, Literal(example.title, language="en"))
        yield Triple(node, RDFS.comment, Literal(example.title, language="en"))
        yield Triple(node, form[1], Literal(example.text))
        yield Triple(node, SH.prefixes, of.part("prefixes"))
        yield Triple(node, SCHEMA.target, of.endpoint)
        yield Triple(node, SCHEMA.keywords, Literal(example.group, language="en"))
