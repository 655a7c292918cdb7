"""Quads as SPARQL updates: bounded, and with terms that no server can read in another way.

Blank nodes may not stand in DELETE DATA (SPARQL 1.1 Update, section 3.1.3.2), and one blank node sent in two requests
is two. So they become IRIs on the way, always the same ones (RDF 1.1 Concepts, section 3.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

__all__ = ["BYTES", "asking", "batches", "data", "skolem", "term", "triples"]

#: Most bytes of one update, unless a single quad has more.
BYTES = 512 * 1024

#: An escape of an N-Triples string; the first kind is an escaped backslash before a u.
_ESCAPE = re.compile(r"\\\\([uU])|\\.", re.DOTALL)


def term(value: NamedNode | BlankNode | Literal | Triple) -> str:
    """The term as SPARQL text.

    SPARQL resolves ``\\uXXXX`` before it reads strings (section 19.2), N-Triples inside them. A server that does it
    blindly reads the escaped backslash of ``\\\\u0022`` as half of an escape, and the string ends early. So a ``u``
    after an escaped backslash is itself escaped, which both readings take for the same text.
    """
    return _ESCAPE.sub(lambda found: f"\\\\\\u{ord(found[1]):04X}" if found[1] else found[0], str(value))


def skolem(quad: Quad, base: str) -> Quad:
    """The quad with IRIs for its blank nodes, below ``base/.well-known/genid/``."""
    parts = (quad.subject, quad.object, quad.graph_name)
    if not any(isinstance(one, BlankNode) for one in parts):
        return quad
    made = [NamedNode(f"{base}/.well-known/genid/{p.value}") if isinstance(p, BlankNode) else p for p in parts]
    return Quad(made[0], quad.predicate, made[1], made[2])  # type: ignore[arg-type]


def triples(quads: Iterable[Quad]) -> bytes:
    """The quads' triples as N-Triples (RDF 1.1 N-Triples), for a graph store."""
    return "".join(f"{quad.triple} .\n" for quad in quads).encode("utf-8")


def data(keyword: str, quads: Iterable[Quad], default_graph: str | None) -> str:
    """``INSERT DATA`` or ``DELETE DATA`` of the quads; ``default_graph`` names the graph that stands for that one.

    Each graph has a DELETE DATA of its own: in one for several graphs Virtuoso 7 passes over literals with a language.
    """
    blocks: list[str] = []
    for name, group in groupby(quads, key=lambda quad: quad.graph_name):
        if isinstance(name, DefaultGraph):
            graph = None if default_graph is None else f"<{default_graph}>"
        else:
            graph = term(name)
        rows = "\n".join(f"{term(q.subject)} {term(q.predicate)} {term(q.object)} ." for q in group)
        blocks.append(rows if graph is None else f"GRAPH {graph} {{\n{rows}\n}}")
    if keyword == "DELETE":
        return " ;\n".join(f"DELETE DATA {{\n{block}\n}}" for block in blocks)
    return f"{keyword} DATA {{\n" + "\n".join(blocks) + "\n}"


def asking(quads: Iterable[Quad], default_graph: str | None) -> str:
    """A query whose solution is the number of a quad that is there, if one is."""
    parts: list[str] = []
    for number, quad in enumerate(quads):
        triple = f"{term(quad.subject)} {term(quad.predicate)} {term(quad.object)}"
        name = f"<{default_graph}>" if default_graph else None
        graph = name if isinstance(quad.graph_name, DefaultGraph) else term(quad.graph_name)
        parts.append(f"{{ {triple if graph is None else f'GRAPH {graph} {{ {triple} }}'} BIND ({number} AS ?n) }}")
    return f"SELECT ?n {{ {' UNION '.join(parts)} }} LIMIT 1"


def batches(quads: Iterable[Quad], size: int, most: int = BYTES) -> Iterator[list[Quad]]:
    """The quads in order, in lists of at most ``size`` quads and about ``most`` bytes."""
    found: list[Quad] = []
    weight = 0
    for quad in quads:
        length = len(str(quad))
        if found and (len(found) >= size or weight + length > most):
            yield found
            found, weight = [], 0
        found.append(quad)
        weight += length
    if found:
        yield found
