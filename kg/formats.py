"""The formats RDF and query results are written in, and the only way RDF text leaves.

Output is deterministic: triples in canonical order, prefixes sorted. What a format cannot hold is an error here,
not a broken document there (rdflib and pyoxigraph both write RDF/XML and Turtle that they cannot read again for some
literals and predicates).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg import jsonld
from kg.errors import UsageError
from kg.vocab import PREFIXES, RDF

__all__ = [
    "CSV",
    "FORMATS",
    "JSON",
    "JSONLD",
    "NQ",
    "NT",
    "RDFXML",
    "TRIG",
    "TSV",
    "TURTLE",
    "XML",
    "Format",
    "by_media_type",
    "by_suffix",
    "check_xml",
    "serialize",
]


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``oxigraph`` is pyoxigraph's own name for it; ``datasets`` says whether it holds named graphs,
    ``results`` whether it is for the solutions of a query instead of triples."""

    name: str
    media_type: str
    suffix: str
    oxigraph: ox.RdfFormat | ox.QueryResultsFormat
    datasets: bool = False
    results: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The media type with its charset parameter where the registration has one."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


TURTLE = Format("Turtle", "text/turtle", "ttl", ox.RdfFormat.TURTLE, aliases=("application/x-turtle",))
NT = Format("N-Triples", "application/n-triples", "nt", ox.RdfFormat.N_TRIPLES, aliases=("text/plain",))
NQ = Format("N-Quads", "application/n-quads", "nq", ox.RdfFormat.N_QUADS, datasets=True, aliases=("text/x-nquads",))
TRIG = Format("TriG", "application/trig", "trig", ox.RdfFormat.TRIG, datasets=True, aliases=("application/x-trig",))
RDFXML = Format("RDF/XML", "application/rdf+xml", "rdf", ox.RdfFormat.RDF_XML)
JSONLD = Format("JSON-LD", "application/ld+json", "jsonld", ox.RdfFormat.JSON_LD, datasets=True)

_RESULTS = ox.QueryResultsFormat
JSON = Format(
    "SPARQL results (JSON)",
    "application/sparql-results+json",
    "json",
    _RESULTS.JSON,
    results=True,
    aliases=("application/json",),
)
XML = Format(
    "SPARQL results (XML)",
    "application/sparql-results+xml",
    "xml",
    _RESULTS.XML,
    results=True,
    aliases=("application/xml", "text/xml"),
)
CSV = Format("CSV", "text/csv", "csv", _RESULTS.CSV, results=True)
TSV = Format("TSV", "text/tab-separated-values", "tsv", _RESULTS.TSV, results=True)

#: Every format on offer, the preferred one of each kind first.
FORMATS: tuple[Format, ...] = (TURTLE, JSONLD, NT, RDFXML, TRIG, NQ, JSON, XML, CSV, TSV)

_BY_SUFFIX = {f.suffix: f for f in FORMATS} | {"srj": JSON, "srx": XML}
_BY_MEDIA_TYPE = {alias: f for f in FORMATS for alias in f.aliases} | {f.media_type: f for f in FORMATS}


def by_suffix(suffix: str) -> Format:
    """The format of a file name's ending, with or without the dot. Raises :class:`kg.errors.UsageError`."""
    found = _BY_SUFFIX.get(suffix.lower().removeprefix("."))
    if found is None:
        raise UsageError(f"format {suffix!r} is unknown; known are {', '.join(f.suffix for f in FORMATS)}")
    return found


def by_media_type(media_type: str) -> Format:
    """The format of a media type; parameters are ignored. Raises :class:`kg.errors.UsageError`."""
    found = _BY_MEDIA_TYPE.get(media_type.partition(";")[0].strip().lower())
    if found is None:
        known = ", ".join(f.media_type for f in FORMATS)
        raise UsageError(f"media type {media_type!r} is unknown; known are {known}")
    return found


def serialize(
    statements: Iterable[Triple | Quad],
    format: Format,
    *,
    prefixes: Mapping[str, str] = PREFIXES,
    context_iri: str | None = None,
    root: NamedNode | None = None,
) -> bytes:
    """The statements as a UTF-8 document, the same bytes for the same set of statements.

    A format without named graphs writes the union of all graphs. ``prefixes`` are for Turtle, TriG and RDF/XML (those
    in use are declared); ``context_iri`` and ``root`` are for JSON-LD, see :func:`kg.jsonld.document`. Raises
    :class:`kg.errors.UsageError` when the format cannot hold a statement, or is one for query results.
    """
    if not isinstance(format.oxigraph, ox.RdfFormat):
        raise UsageError(
            f"{format.name} holds query results, not triples; choose one of ttl, nt, rdf, jsonld, trig, nq"
        )
    found: Sequence[Triple | Quad]
    if format.datasets:
        found = sorted(set(statements), key=_order)
    else:
        found = sorted({s.triple if isinstance(s, Quad) else s for s in statements}, key=_order)
    if format is JSONLD:
        made = jsonld.document(found, context_iri=context_iri, root=root)
        return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
    if format is RDFXML:
        check_xml(found)
    used = _used(found, prefixes) if format in (TURTLE, TRIG, RDFXML) else {}
    written: bytes = ox.serialize(found, format=format.oxigraph, prefixes=used)  # type: ignore[arg-type, assignment]
    if format is RDFXML:
        return _xml_carriage_returns(written)
    return _sorted_header(written) if used else written


def _order(statement: Triple | Quad) -> tuple[str, str, bool, str]:
    """By graph and subject, types first, then as in N-Triples."""
    graph = str(statement.graph_name) if isinstance(statement, Quad) else "DEFAULT"
    return (
        "" if graph == "DEFAULT" else graph,
        str(statement.subject),
        statement.predicate != RDF.type,
        f"{statement.predicate} {statement.object}",
    )


def _used(statements: Iterable[Triple | Quad], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes some IRI of the statements begins with."""
    iris: set[str] = set()
    for s in statements:
        for node in (s.subject, s.predicate, s.object, s.graph_name if isinstance(s, Quad) else None):
            if isinstance(node, NamedNode):
                iris.add(node.value)
            elif isinstance(node, Literal):
                iris.add(node.datatype.value)
    return {p: ns for p, ns in prefixes.items() if any(iri.startswith(ns) for iri in iris)}


def _sorted_header(written: bytes) -> bytes:
    """The document with its ``@prefix`` lines in order; the serializer's own order is that of a hash table."""
    lines = written.split(b"\n")
    count = next((i for i, line in enumerate(lines) if not line.startswith(b"@prefix ")), len(lines))
    return b"\n".join([*sorted(lines[:count]), *lines[count:]])


# ---- RDF/XML -----------------------------------------------------------------------------------------------------

_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
    "\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
)
_ENDS_IN_NAME = re.compile(f"[{_NAME_START}][{_NAME_START}0-9.\u00b7-]*$")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def check_xml(statements: Iterable[Triple | Quad]) -> None:
    """Raises for what RDF/XML cannot hold (RDF 1.1 XML Syntax, section 6.1.4: a predicate must end in an NCName)."""
    for s in statements:
        if not _ENDS_IN_NAME.search(s.predicate.value):
            raise UsageError(
                f"RDF/XML cannot hold the predicate {s.predicate}: it does not end in a name; ask for Turtle or JSON-LD"
            )
        if isinstance(s.object, Triple) or isinstance(s.subject, Triple):
            raise UsageError(f"RDF/XML cannot hold the triple term in {s}; ask for Turtle or N-Triples")
        if isinstance(s.object, Literal) and (bad := _NOT_XML.search(s.object.value)):
            raise UsageError(
                f"RDF/XML cannot hold U+{ord(bad[0]):04X} in {s.predicate} of {s.subject}; ask for Turtle or JSON-LD"
            )


def _xml_carriage_returns(written: bytes) -> bytes:
    """Carriage returns as character references: an XML reader turns bare ones into line feeds (XML 1.0, 2.11)."""
    return written.replace(b"\r", b"&#xD;")
