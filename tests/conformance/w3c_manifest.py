"""The W3C test manifests as values: which cases a suite has, and the files of each.

Nothing of a suite is kept in this repository; see docs/conformance.md for where the suites are published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

#: Files get IRIs of a scheme that no HTTP client knows, so that nothing a test mentions can be fetched.
BASE = "suite://w3c/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "rdf": RdfFormat.RDF_XML,
}
#: Manifests of these kinds are about servers (SPARQL Protocol and the like) or about entailment, which is not offered.
NOT_RUN = ("entailment", "protocol", "graph-store-protocol", "service-description", "http-rdf-update")

Term = NamedNode | BlankNode | Literal


class Graph:
    """Triples by subject and predicate, in the file's order."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.quads = tuple(quads)
        self._objects: dict[tuple[object, object], list[Term]] = {}
        for quad in self.quads:
            self._objects.setdefault((quad.subject, quad.predicate), []).append(quad.object)

    @classmethod
    def read(cls, file: Path, base: str) -> Graph:
        """The triples of an RDF file whose own IRI is ``base``."""
        quads = parse(file.read_bytes(), format=FORMATS[file.suffix[1:]], base_iri=base)
        return cls(quads)

    def all(self, subject: Term, predicate: NamedNode) -> list[Term]:
        return self._objects.get((subject, predicate), [])

    def one(self, subject: Term, predicate: NamedNode) -> Term | None:
        found = self.all(subject, predicate)
        return found[0] if found else None

    def members(self, head: Term) -> Iterator[Term]:
        while head != NamedNode(RDF + "nil"):
            yield self._objects[head, NamedNode(RDF + "first")][0]
            head = self._objects[head, NamedNode(RDF + "rest")][0]


@dataclass(frozen=True, slots=True)
class Dataset:
    """The files of a default graph, as (base IRI, file), and of named graphs, as (name, file)."""

    default: tuple[tuple[str, Path], ...] = ()
    named: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One SPARQL test: ``kind`` is the local name of its class; ``result`` is a file or, for updates, a dataset."""

    id: str
    kind: str
    request: Path
    base: str
    data: Dataset
    result: Path | Dataset | None
    lax: bool

    @property
    def suite(self) -> str:
        """What figures are given for: the version of SPARQL and the kind of test."""
        what = "syntax" if "Syntax" in self.kind else "update evaluation" if "Update" in self.kind else "evaluation"
        return f"SPARQL {self.id[6]}.{self.id[7]} {what}"


class Suite:
    """A folder of a suite, and the IRIs that its files are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def iri(self, file: Path) -> str:
        return BASE + file.relative_to(self.folder).as_posix()

    def file(self, iri: Term | None) -> Path:
        assert isinstance(iri, NamedNode)
        assert iri.value.startswith(BASE), iri
        return self.folder / iri.value[len(BASE) :].partition("#")[0]

    def manifests(self, start: Path) -> Iterator[tuple[Path, Graph]]:
        """A manifest and those it includes, each once."""
        seen: dict[Path, None] = {}
        queue = [start]
        while queue:
            file = queue.pop(0)
            if file in seen:
                continue
            seen[file] = None
            graph = Graph.read(file, self.iri(file))
            yield file, graph
            for quad in graph.quads:
                if quad.predicate.value == MF + "include":
                    if isinstance(quad.object, BlankNode):
                        queue.extend(self.file(m) for m in graph.members(quad.object))
                    else:
                        queue.append(self.file(quad.object))


@cache
def sparql_cases(folder: Path) -> dict[str, tuple[Case, ...]]:
    """The SPARQL query and update tests of ``rdf-tests/sparql``, by group (``sparql11/aggregates``)."""
    suite = Suite(folder)
    groups: dict[str, tuple[Case, ...]] = {}
    for version in ("sparql10", "sparql11", "sparql12"):
        name = "manifest-all.ttl" if version == "sparql11" else "manifest.ttl"
        for file, graph in suite.manifests(folder / version / name):
            if file.parent.name in NOT_RUN:
                continue
            cases = tuple(_cases(suite, file, graph))
            if cases:
                groups[file.parent.relative_to(folder).as_posix()] = cases
    return groups


def _cases(suite: Suite, file: Path, graph: Graph) -> Iterator[Case]:
    group = file.parent.relative_to(suite.folder).as_posix()
    for quad in graph.quads:
        if quad.predicate.value != MF + "entries":
            continue
        for test in graph.members(quad.object):
            kind = graph.one(test, NamedNode(RDF + "type"))
            action = graph.one(test, NamedNode(MF + "action"))
            assert isinstance(test, NamedNode)
            assert isinstance(kind, NamedNode), test
            assert action is not None, test
            kind_name = kind.value.rpartition("#")[2]
            request = action
            for key in (QT + "query", UT + "request"):
                request = graph.one(action, NamedNode(key)) or request
            path = suite.file(request)
            result = graph.one(test, NamedNode(MF + "result"))
            updates = kind_name == "UpdateEvaluationTest"
            data = _dataset(suite, graph, action, UT if updates else QT)
            if kind_name in ("QueryEvaluationTest", "CSVResultFormatTest") and data == Dataset():
                data = _declared(suite, path)
            yield Case(
                id=f"{group}/{test.value.rpartition('#')[2]}",
                kind=kind_name,
                request=path,
                base=suite.iri(path),
                data=data,
                result=None
                if result is None
                else _dataset(suite, graph, result, UT)
                if updates
                else suite.file(result),
                lax=graph.one(test, NamedNode(MF + "resultCardinality")) == NamedNode(MF + "LaxCardinality"),
            )


def _dataset(suite: Suite, graph: Graph, node: Term, terms: str) -> Dataset:
    files = [suite.file(f) for f in graph.all(node, NamedNode(terms + "data"))]
    default = tuple((suite.iri(f), f) for f in files)
    named = []
    for item in graph.all(node, NamedNode(terms + "graphData")):
        inner = graph.one(item, NamedNode(terms + "graph"))
        file = suite.file(inner or item)
        label = graph.one(item, LABEL)
        named.append((label.value if isinstance(label, Literal) else suite.iri(file), file))
    return Dataset(default, tuple(named))


def _declared(suite: Suite, query: Path) -> Dataset:
    """The files that FROM and FROM NAMED of a query speak of, as named graphs of the store."""
    names = re.findall(r"FROM\s+(?:NAMED\s+)?<([^>:]+)>", query.read_text(encoding="utf-8"))
    files = [query.parent / name for name in dict.fromkeys(names)]
    return Dataset((), tuple((suite.iri(file), file) for file in files))
