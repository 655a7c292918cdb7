"""Reports as RDF: ``sh:ValidationReport`` and ``sh:ValidationResult`` written and read (SHACL, section 3.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.iris import hex_digest
from kg.shacl.evidence import Words
from kg.shacl.shapes import ShapesGraph, code_of
from kg.shacl.view import Node
from kg.vocab import NIF, PROV, RDF, SCHEMA, SH

if TYPE_CHECKING:
    from kg.shacl.report import Report, Result

__all__ = ["kept", "read", "write"]

#: Longest literal, in characters, that a stored result repeats.
_REPEATED = 200
_SHACL = frozenset({"Violation", "Warning", "Info"})
_SUFFIX = "ConstraintComponent"


def write(report: Report) -> tuple[Triple, ...]:
    """The whole report, its results as blank nodes.

    Of a shape without an IRI, ``sh:sourceShape`` is the nearest shape around it that has one, else a blank node. The
    words a value rests on are the text of the spans that the result is derived from.
    """
    fresh = _fresh(report.results)
    shapes: dict[Node | None, BlankNode] = {}
    head = next(fresh)
    made = [Triple(head, RDF.type, SH.ValidationReport), Triple(head, SH.conforms, Literal(report.conforms))]
    for result in report.results:
        node = next(fresh)
        made.append(Triple(head, SH.result, node))
        made.extend(_describe(node, result, fresh, longest=None))
        if not result.shape:
            if result.source not in shapes:
                shapes[result.source] = next(fresh)
            made.append(Triple(node, SH.sourceShape, shapes[result.source]))
        for words in result.words:
            made.extend(_rests(node, words))
    return tuple(made)


def kept(results: Iterable[Result], iri_base: str) -> tuple[Triple, ...]:
    """The results under IRIs that begin with ``iri_base`` and follow from what they say."""
    results = tuple(results)
    fresh = _fresh(results)
    made: list[Triple] = []
    for result in results:
        node = NamedNode(iri_base + hex_digest("\n".join(result.key[2:]), 12))
        made.extend(_describe(node, result, fresh, longest=_REPEATED))
    return tuple(made)


def read(data: bytes | str) -> list[Result]:
    """The results of a report in Turtle. Raises ``ValueError`` when there is no report in it, or a broken one."""
    try:
        triples = tuple(q.triple for q in parse(data, format=RdfFormat.TURTLE))
    except SyntaxError as error:
        raise ValueError(f"the report is no valid Turtle: {error}") from error
    graph = ShapesGraph(triples)
    heads = tuple(graph.view.subjects(RDF.type, SH.ValidationReport))
    if len(heads) != 1:
        raise ValueError(f"{len(heads)} sh:ValidationReport found; one is needed")
    return [_read(graph, node) for node in graph.objects(heads[0], "result")]


# ---- writing -------------------------------------------------------------------------------------------------------


def _describe(
    node: NamedNode | BlankNode, result: Result, fresh: Iterator[BlankNode], *, longest: int | None
) -> Iterator[Triple]:
    own = result.severity if result.severity not in _SHACL else None
    yield Triple(node, RDF.type, SH.ValidationResult)
    yield Triple(node, SH.resultSeverity, NamedNode(own) if own else SH[result.severity])
    yield Triple(node, SH.focusNode, result.focus)
    if result.path is not None:
        head, made = result.path.triples(fresh)
        yield Triple(node, SH.resultPath, head)
        yield from made
    value = result.value
    if value is not None and not (longest and isinstance(value, Literal) and len(value.value) > longest):
        yield Triple(node, SH.value, value)
    for message in result.messages or (Literal(result.message),):
        yield Triple(node, SH.resultMessage, message)
    if result.shape:
        yield Triple(node, SH.sourceShape, NamedNode(result.shape))
    yield Triple(node, SH.sourceConstraintComponent, _component(result.component))
    yield Triple(node, SCHEMA.identifier, Literal(result.code))


def _component(name: str) -> NamedNode:
    return NamedNode(name) if ":" in name else SH[name + _SUFFIX]


def _rests(node: BlankNode, words: Words) -> Iterator[Triple]:
    span = NamedNode(words.span)
    yield Triple(node, PROV.wasDerivedFrom, span)
    yield Triple(span, NIF.anchorOf, Literal(words.text))
    if words.article:
        yield Triple(span, SCHEMA.isPartOf, NamedNode(words.article))


def _fresh(results: Collection[Result]) -> Iterator[BlankNode]:
    """Blank nodes that no result speaks of."""
    taken = {node.value for r in results for node in (r.focus, r.value) if isinstance(node, BlankNode)}
    return (BlankNode(name) for n in count() if (name := f"nkgresult{n}") not in taken)


# ---- reading -------------------------------------------------------------------------------------------------------


def _read(graph: ShapesGraph, node: Node) -> Result:
    from kg.shacl.report import Result

    def term(name: str) -> str:
        value = graph.one(node, name)
        return value.value if isinstance(value, NamedNode) else ""

    focus, place = graph.one(node, "focusNode"), graph.one(node, "resultPath")
    if focus is None:
        raise ValueError("a sh:ValidationResult has no sh:focusNode; it needs one")
    texts = [m for m in graph.objects(node, "resultMessage") if isinstance(m, Literal)]
    messages = tuple(sorted(texts, key=lambda m: ((m.language or "en") != "en", m.language or "", m.value)))
    message = messages[0].value if messages else ""
    codes = tuple(graph.view.objects(node, SCHEMA.identifier))
    return Result(
        code=codes[0].value if codes and isinstance(codes[0], Literal) else code_of(message) or "",
        severity=_local(term("resultSeverity")),
        focus=focus,
        path=None if place is None else graph.read_path(node, place),
        value=graph.one(node, "value"),
        message=message,
        shape=term("sourceShape"),
        component=_local(term("sourceConstraintComponent")),
        messages=messages,
        words=tuple(_words(graph, node)),
    )


def _local(iri: str) -> str:
    """The local name of a term of SHACL; the whole IRI of another one."""
    return iri[len(SH.iri) :].removesuffix(_SUFFIX) if iri.startswith(SH.iri) else iri


def _words(graph: ShapesGraph, node: Node) -> Iterator[Words]:
    for span in graph.view.objects(node, PROV.wasDerivedFrom):
        text = next((o for o in graph.view.objects(span, NIF.anchorOf) if isinstance(o, Literal)), None)
        owner = next((o for o in graph.view.objects(span, SCHEMA.isPartOf) if isinstance(o, NamedNode)), None)
        if isinstance(span, NamedNode) and text is not None:
            yield Words(text.value, span.value, owner.value if owner is not None else "")
