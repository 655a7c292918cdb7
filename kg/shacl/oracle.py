"""pySHACL as the oracle: what tests compare the compilers with, and what runs the shapes they do not know.

The only home of rdflib and pySHACL. Known traps and what is done about them: pySHACL sets process-wide switches of
rdflib and leaves them set after a failure (a lock, and they are put back whatever happens); it adds triples to the
shapes graph (each call gets a fresh one) and keeps what it read of one under the address of that graph, where the next
may come to lie; rdflib rewrites literals when it makes them (terms are made with that off).
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib.plugins.sparql import prepareQuery
from rdflib.term import IdentifiedNode

from kg.errors import ConfigError
from kg.shacl.shapes import ShapesGraph
from kg.shacl.stamp import Finding, Stamp
from kg.shacl.view import Node
from kg.vocab import RDF, RDFS, SH, XSD

__all__ = ["find"]

_LOCK = threading.Lock()
_TARGETS = frozenset({SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf, SH.target})
_BOOLEAN = rdflib.XSD.boolean


def find(
    shapes: ShapesGraph,
    triples: Iterable[Triple],
    stamp: Callable[[Node, str, Node | None], Stamp],
    *,
    roots: Collection[Node] | None = None,
) -> tuple[Finding, ...]:
    """What pySHACL finds in the triples, for all shapes or only the ``roots``.

    ``stamp`` gives a result's code and message from its shape, component and SPARQL constraint; severity, component and
    source shape are what pySHACL says. Raises :class:`kg.errors.ConfigError` when pySHACL refuses the shapes, and for
    ``sh:js``.
    """
    import pyshacl

    used = {t.predicate for t in shapes.triples}
    if SH.js in used:
        # Without its JavaScript engine pySHACL skips these constraints, with it it runs whatever the shapes say.
        raise ConfigError("sh:js is not supported: it runs JavaScript; write it in SPARQL instead", setting="shapes")
    # Both are of SHACL-AF, which pySHACL has behind a switch (it also makes it run rules: they are taken out).
    advanced = not used.isdisjoint((SH.target, SH.expression))

    with _LOCK, _untouched():
        terms = _Terms()
        shape_graph = terms.graph(_only(shapes, roots))
        data = terms.graph((*triples, *shapes.subclasses), _Asked())
        try:
            _, report, text = pyshacl.validate(data, shacl_graph=shape_graph, inference="none", advanced=advanced)
        except Exception as error:
            raise ConfigError(f"the shapes cannot be used: {error}", setting="shapes") from error
        if not isinstance(report, rdflib.Graph):
            raise ConfigError(f"the shapes cannot be used: {text}", setting="shapes")
        return tuple(_findings(shapes, report, terms, stamp))


def _only(shapes: ShapesGraph, roots: Collection[Node] | None) -> Iterator[Triple]:
    """The shapes without rules, and with the targets of all but the roots taken away."""
    for t in shapes.triples:
        if t.predicate == SH.rule:
            continue
        if roots is not None and t.subject not in roots:
            if t.predicate in _TARGETS:
                continue
            if t.predicate == RDF.type and t.object in (RDFS.Class,):
                continue
        yield t


def _findings(
    shapes: ShapesGraph, report: rdflib.Graph, terms: _Terms, stamp: Callable[[Node, str, Node | None], Stamp]
) -> Iterator[Finding]:
    sh = rdflib.SH
    for result in report.objects(None, sh.result):
        shape = terms.back(report.value(result, sh.sourceShape))
        focus = terms.back(report.value(result, sh.focusNode))
        assert shape is not None
        assert focus is not None
        component = _local(report.value(result, sh.sourceConstraintComponent))
        where = terms.back(report.value(result, sh.resultPath))
        said = stamp(shape, component, terms.back(report.value(result, sh.sourceConstraint)))
        severity = _local(report.value(result, sh.resultSeverity))
        yield (
            focus,
            None if where is None else shapes.read_path(shape, where),
            terms.back(report.value(result, sh.value)),
            replace(said, severity=severity, component=component, source=shape),
        )


def _local(term: object) -> str:
    """The name results give a severity or component: of SHACL's the local name, of others the IRI."""
    name = str(term)
    return name.removeprefix(SH.iri).removesuffix("ConstraintComponent") if name.startswith(SH.iri) else name


class _Asked(rdflib.Graph):
    """A graph that reads each query once: pySHACL asks the same one for every focus node, as text."""

    def query(self, query_object: Any, *args: Any, **options: Any) -> rdflib.query.Result:
        """The answer of rdflib."""
        if isinstance(query_object, str):
            known = self.__dict__.setdefault("_read", {})
            if query_object not in known:
                known[query_object] = prepareQuery(query_object, initNs=dict(self.namespaces()))
            query_object = known[query_object]
        return super().query(query_object, *args, **options)


class _Terms:
    """Terms of pyoxigraph as terms of rdflib and back, without rewriting either."""

    def __init__(self) -> None:
        self._known: dict[rdflib.term.Node, Node] = {}

    def graph(self, triples: Iterable[Triple], into: rdflib.Graph | None = None) -> rdflib.Graph:
        """A graph in memory, a fresh one by default: pySHACL is wrong and slow over other stores."""
        graph = rdflib.Graph() if into is None else into
        for s, p, o in triples:
            subject, target = self._forth(s), self._forth(o)
            if isinstance(subject, IdentifiedNode) and target is not None:
                graph.add((subject, rdflib.URIRef(p.value), target))
        return graph

    def back(self, term: object) -> Node | None:
        """The pyoxigraph term that an rdflib term was made from."""
        if term is None:
            return None
        if isinstance(term, rdflib.term.Node) and term in self._known:
            return self._known[term]
        if isinstance(term, rdflib.URIRef):
            return NamedNode(str(term))
        if isinstance(term, rdflib.BNode):
            return BlankNode(str(term))
        if isinstance(term, rdflib.Literal):
            if term.language:
                return Literal(str(term), language=term.language)
            return Literal(str(term), datatype=NamedNode(str(term.datatype))) if term.datatype else Literal(str(term))
        return None

    def _forth(self, term: Node) -> rdflib.term.IdentifiedNode | rdflib.Literal | None:
        made: rdflib.term.IdentifiedNode | rdflib.Literal
        if isinstance(term, NamedNode):
            made = rdflib.URIRef(term.value)
        elif isinstance(term, BlankNode):
            made = rdflib.BNode(term.value)
        elif isinstance(term, Literal):
            if term.language:
                made = rdflib.Literal(term.value, lang=term.language)
            elif term.datatype == XSD.string:
                made = rdflib.Literal(term.value)
            else:
                made = rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
        else:
            return None
        self._known[made] = term
        return made


@contextmanager
def _untouched() -> Iterator[None]:
    """Puts rdflib's process-wide switches back to what they were, keeps it quiet about ill-typed literals, and makes
    pySHACL forget the shapes graph."""
    from pyshacl.constraints.sparql import sparql_based_constraint_components as components
    from pyshacl.rdfutil import stringify

    log = logging.getLogger("rdflib.term")
    mapping = rdflib.term._toPythonMapping
    normalize, boolean = rdflib.NORMALIZE_LITERALS, mapping.get(_BOOLEAN)
    disabled, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.disabled = disabled
        rdflib.NORMALIZE_LITERALS = normalize
        if boolean is not None:
            mapping[_BOOLEAN] = boolean
        components.SPARQLConstraintComponentValidator.validator_cache.clear()
        stringify.stringify_blank_node.dict_cache = {}
