"""The SHACL tests as values, and one of them run through the gate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple
from w3c_compare import Row, same
from w3c_manifest import MF, RDF, Graph, Suite

from kg.errors import ConfigError
from kg.shacl import Gate, Report, ShapesGraph
from kg.vocab import RDFS

SH = "http://www.w3.org/ns/shacl#"
SHT = "http://www.w3.org/ns/shacl-test#"
FAILURE = NamedNode(SHT + "Failure")


@dataclass(frozen=True, slots=True)
class Validation:
    """One ``sht:Validate`` test. ``conforms`` is None where the suite wants the engine to refuse the shapes.

    ``messages`` are the expected (focus node, source shape, message), for the results that the suite gives one for.
    """

    id: str
    data: tuple[Triple, ...]
    shapes: tuple[Triple, ...]
    conforms: bool | None
    results: tuple[Row, ...]
    messages: tuple[Row, ...]


@cache
def validations(folder: Path) -> dict[str, Validation]:
    """The tests of ``data-shapes/tests`` by name (``core/node/and-001``)."""
    suite = Suite(folder)
    found: dict[str, Validation] = {}
    for part in ("core", "sparql"):
        for file, graph in suite.manifests(folder / part / "manifest.ttl"):
            for quad in graph.quads:
                if quad.predicate.value == MF + "entries":
                    for test in graph.members(quad.object):
                        made = _validation(suite, file, graph, test)
                        found[made.id] = made
    return found


def _validation(suite: Suite, file: Path, graph: Graph, test: object) -> Validation:
    assert isinstance(test, NamedNode)
    action = graph.one(test, NamedNode(MF + "action"))
    result = graph.one(test, NamedNode(MF + "result"))
    assert action is not None
    assert result is not None
    parts = []
    for name in ("dataGraph", "shapesGraph"):
        other = suite.file(graph.one(action, NamedNode(SHT + name)))
        read = graph if other == file else Graph.read(other, suite.iri(other))
        parts.append(tuple(q.triple for q in read.quads))
    data, shapes = parts
    conforms = graph.one(result, NamedNode(SH + "conforms"))
    lookup = ShapesGraph(tuple(q.triple for q in graph.quads if _of_path(q.predicate.value)))

    def rows() -> Iterator[Row]:
        for node in graph.all(result, NamedNode(SH + "result")):
            path = graph.one(node, NamedNode(SH + "resultPath"))
            yield (
                graph.one(node, NamedNode(SH + "focusNode")),
                None if path is None else str(lookup.read_path(node, path)),
                graph.one(node, NamedNode(SH + "value")),
                _component(graph.one(node, NamedNode(SH + "sourceConstraintComponent"))),
                _severity(graph.one(node, NamedNode(SH + "resultSeverity"))),
                _place(graph.one(node, NamedNode(SH + "sourceShape"))),
            )

    def messages() -> Iterator[Row]:
        for node in graph.all(result, NamedNode(SH + "result")):
            for message in graph.all(node, NamedNode(SH + "resultMessage")):
                source = _place(graph.one(node, NamedNode(SH + "sourceShape")))
                yield (graph.one(node, NamedNode(SH + "focusNode")), source, _text(message))

    return Validation(
        id=f"{file.parent.relative_to(suite.folder).as_posix()}/{test.value.rpartition('/')[2]}",
        data=data,
        shapes=shapes,
        conforms=None if result == FAILURE else isinstance(conforms, Literal) and conforms.value == "true",
        results=tuple(rows()),
        messages=tuple(messages()),
    )


def _of_path(term: str) -> bool:
    return term in (RDF + "first", RDF + "rest") or (term.startswith(SH) and term.endswith("Path"))


def _component(term: object) -> str:
    """The component as results name it: SHACL's by local name, others by IRI."""
    assert isinstance(term, NamedNode)
    return term.value.removeprefix(SH).removesuffix("ConstraintComponent") if term.value.startswith(SH) else term.value


def _severity(term: object) -> str:
    assert isinstance(term, NamedNode)
    return term.value.removeprefix(SH)


def _place(shape: object) -> str:
    """A source shape as text. Blank nodes are compared by identity: the expected results of every case with such a
    shape stand in the file of the shapes, where both have the same label."""
    return str(shape)


def _text(message: object) -> str:
    assert isinstance(message, Literal)
    return message.value


def check(case: Validation, *, in_store: bool) -> str | None:
    """What the gate says that the suite does not, or None. ``in_store`` asks a store instead of a set of triples."""
    try:
        subclasses = tuple(t for t in case.data if t.predicate == RDFS.subClassOf)
        gate = Gate(ShapesGraph(case.shapes, subclasses))
        if in_store:
            store = Store()
            store.extend(Quad(t.subject, t.predicate, t.object) for t in case.data)
            report = gate.check_store(store)
        else:
            report = gate.check_triples(case.data)
    except ConfigError as error:
        return None if case.conforms is None else f"the shapes are refused: {error}"
    if case.conforms is None:
        return f"the shapes must be refused; {len(report.results)} results instead"
    if report.conforms != case.conforms:
        return f"conforms is {report.conforms} instead of {case.conforms}"
    found, expected = _rows(report), case.results
    if in_store:
        found, expected = _as_kept(found), _as_kept(expected)
    if not same(found, expected):
        return f"{_shown(found, expected)} too much, {_shown(expected, found)} missing"
    said = {(r.focus, _place(r.source), r.message) for r in report.results}
    missing = tuple(row for row in case.messages if row not in said)
    return f"{_shown(missing, ())} not said" if missing else None


def _as_kept(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows with literals as a store keeps them: it changes their spelling and makes xsd:byte an xsd:integer."""

    def kept(value: object) -> object:
        if not isinstance(value, Literal):
            return value
        store = Store()
        store.add(Quad(FAILURE, FAILURE, value))
        return next(iter(store)).object

    return tuple((*map(kept, row),) for row in rows)


def fallbacks(case: Validation) -> tuple[tuple[str, str], ...]:
    """The shapes of a test that run in the oracle, with the construct that sends them there."""
    subclasses = tuple(t for t in case.data if t.predicate == RDFS.subClassOf)
    return Gate(ShapesGraph(case.shapes, subclasses)).fallbacks


def _rows(report: Report) -> tuple[Row, ...]:
    return tuple(
        (r.focus, None if r.path is None else str(r.path), r.value, r.component, r.severity, _place(r.source))
        for r in report.results
    )


def _shown(these: tuple[Row, ...], without: tuple[Row, ...]) -> str:
    rest = [row for row in these if row not in without or any(isinstance(v, BlankNode) for v in row)]
    return str([" ".join(str(v) for v in row) for row in rest])[:400]
