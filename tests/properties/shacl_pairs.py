"""The same question asked of the closures, the whole store and pySHACL, and what each answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pyoxigraph import Quad, RdfFormat, Store, Triple, parse
from shacl_strategies import COMPONENTS, PREFIXES

from kg.shacl import ShapesGraph
from kg.shacl.alone import Alone
from kg.shacl.oracle import find
from kg.shacl.shape import Root
from kg.shacl.stamp import Finding, Stamp
from kg.shacl.view import MemoryView, Node
from kg.shacl.whole import Whole

#: A node of the data in Turtle.
_NODE = re.compile(r"(?<![\w'])(?:ex:[a-e]|_:[xy])(?!\w)")
#: The components of the shapes' own that have an ASK validator.
ASKED = frozenset({"http://example.org/LongerComponent", "http://example.org/LinkedComponent"})
#: What is compared of a result: focus node, path, value, component, severity and source shape.
Row = tuple[str, str, str, str, str, str]


def triples(turtle: str) -> tuple[Triple, ...]:
    """The triples of a data graph, blank nodes by their labels."""
    return tuple(q.triple for q in parse((PREFIXES + turtle).encode(), format=RdfFormat.TURTLE))


def shapes_graph(data: str, *parts: str) -> ShapesGraph:
    """The shapes graphs as one, read with the class hierarchy of the data (all given in Turtle without prefixes)."""
    sources = [("shapes.ttl", (PREFIXES + COMPONENTS + "".join(parts)).encode())]
    return ShapesGraph.parse(sources, ontology=[("data.ttl", (PREFIXES + data).encode())])


def copies(data: str, number: int) -> str:
    """A data graph and copies of it with nodes of their own, of the same classes."""
    return data + "".join(_NODE.sub(rf"\g<0>{copy}", data) for copy in range(number))


def stored(data: tuple[Triple, ...]) -> Store:
    """A store in memory with the triples in its default graph."""
    store = Store()
    store.extend(Quad(*t) for t in data)
    return store


def rows(findings: Iterable[Finding]) -> Counter[Row]:
    """The results as a multiset."""
    return Counter(
        (str(focus), str(path or ""), _text(value), said.component, said.severity, _text(said.source))
        for focus, path, value, said in findings
    )


def differences(mine: Counter[Row], other: Counter[Row]) -> str:
    """What one has and the other has not, for people; empty when they are equal."""
    return "".join(
        f"\n  {sign} {' | '.join(row)} ×{n}"
        for sign, found in (("too much", mine - other), ("missing", other - mine))
        for row, n in sorted(found.items())
    )


def by_closures(roots: tuple[Root, ...], data: tuple[Triple, ...]) -> Counter[Row]:
    """What the closures say of one set of triples. Raises Unsupported rather than leave something to pySHACL."""
    return rows(Alone(roots).check(MemoryView(data)))


def by_store(roots: tuple[Root, ...], store: Store) -> Counter[Row]:
    """What the whole-store back end says of a store. Raises Unsupported rather than leave something to pySHACL."""
    return rows(Whole(roots).check(store))


def by_oracle(shapes: ShapesGraph, data: tuple[Triple, ...]) -> Counter[Row]:
    """What pySHACL says of a set of triples."""
    return rows(find(shapes, data, lambda shape, component, _: Stamp("", "", "", "", component, shape)))


def as_by_oracle(found: Counter[Row]) -> Counter[Row]:
    """The rows without the values that pySHACL leaves out: those that an ASK validator refuses at a property shape."""
    said: Counter[Row] = Counter()
    for (focus, path, value, component, severity, source), number in found.items():
        asked = component in ASKED and path
        said[focus, path, "" if asked else value, component, severity, source] += number
    return said


def _text(node: Node | None) -> str:
    return "" if node is None else str(node)
