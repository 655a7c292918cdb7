"""A snapshot as a page sees it: index look-ups over the default graph and over an article's own graphs.

Nothing here is a SPARQL string: every read is one pattern on an index, and every list has a bound.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from kg.graph import vocabulary
from kg.iris import Iris
from kg.reads.labels import kind_of
from kg.reads.rows import Link, Words
from kg.vocab import NIF, NKG, RDF, SCHEMA

__all__ = ["CONTEXT", "SCAN", "Snapshot", "View"]

#: Most rows one index look-up reads for a page, whatever the store holds.
SCAN = 2_000
#: Characters shown before and after a stretch of text.
CONTEXT = 80

_DEFAULT = DefaultGraph()
#: A quad's subject or object; pyoxigraph's own union has no name.
Node = Any


class Snapshot(Protocol):
    """What the reads need of an open snapshot (:class:`kg.store.Reader`)."""

    @property
    def rdf(self) -> Store:
        """The quads."""

    @property
    def iris(self) -> Iris:
        """The publication's IRI patterns."""


@dataclass(slots=True)
class View:
    """Look-ups on one snapshot; what was read of a text or a thing is kept as long as the view."""

    rdf: Store
    iris: Iris
    _texts: dict[str, str | None] = field(default_factory=dict)
    _links: dict[str, Link] = field(default_factory=dict)

    @classmethod
    def of(cls, reader: Snapshot) -> View:
        """A fresh view of the snapshot."""
        return cls(reader.rdf, reader.iris)

    # look-ups -------------------------------------------------------------------------------------------------
    def quads(self, s: Node, p: NamedNode | None, o: Node, graph: Node = _DEFAULT, limit: int = SCAN) -> Iterator[Quad]:
        """The quads that match, at most ``limit`` of them; the default graph unless another (or None) is given."""
        return itertools.islice(self.rdf.quads_for_pattern(s, p, o, graph), limit)

    def objects(self, s: Node, p: NamedNode, graph: Node = _DEFAULT) -> list[Node]:
        """The objects, in the order of their N-Triples form."""
        return sorted({quad.object for quad in self.quads(s, p, None, graph)}, key=str)

    def subjects(self, p: NamedNode, o: Node, graph: Node = _DEFAULT, limit: int = SCAN) -> list[Node]:
        """The subjects, in the order of their N-Triples form."""
        return sorted({quad.subject for quad in self.quads(None, p, o, graph, limit)}, key=str)

    def text(self, s: Node, p: NamedNode, graph: Node = _DEFAULT) -> Words | None:
        """The literal, English first where there are several, then in order; None where there is none."""
        return best([o for o in self.objects(s, p, graph) if isinstance(o, Literal)])

    def value(self, s: Node, p: NamedNode, graph: Node = _DEFAULT) -> str | None:
        """The lexical form of the first object: a literal's text or an IRI."""
        found = self.objects(s, p, graph)
        return found[0].value if found and isinstance(found[0], (Literal, NamedNode)) else None

    def true(self, s: Node, p: NamedNode, graph: Node = _DEFAULT) -> bool:
        """Whether the property is stated as true."""
        return self.value(s, p, graph) == "true"

    # things ---------------------------------------------------------------------------------------------------
    def types(self, node: Node) -> tuple[str, ...]:
        """The classes of a node, as IRIs in order."""
        return tuple(o.value for o in self.objects(node, RDF.type) if isinstance(o, NamedNode))

    def link(self, node: NamedNode) -> Link:
        """A thing as pages link to it: name, kind and, where it is ours, the page it has."""
        found = self._links.get(node.value)
        if found is None:
            types = self.types(node)
            name = self.text(node, SCHEMA.name) or self.text(node, SCHEMA.headline)
            found = Link(
                iri=node.value,
                page=self.iris.page_of(node.value) if self.iris.owns(node.value) else None,
                name=name.text if name else _tail(node.value),
                kind=kind_of(types),
            )
            self._links[node.value] = found
        return found

    def above(self, node: Node) -> frozenset[str]:
        """The classes of a node and all classes above them."""
        return vocabulary.load().above([NamedNode(t) for t in self.types(node)])

    # texts ----------------------------------------------------------------------------------------------------
    def context(self, node: Node, graph: Node) -> str | None:
        """The whole text of a ``nif:Context``; None when it is withheld or not stored."""
        key = node.value
        if key not in self._texts:
            self._texts[key] = self.value(node, NIF.isString, graph)
        return self._texts[key]

    def place(self, span: Node, graph: Node) -> tuple[NamedNode, int, int] | None:
        """The text a span lies in and its offsets (code points, end exclusive)."""
        text = next((o for o in self.objects(span, NIF.referenceContext, graph) if isinstance(o, NamedNode)), None)
        begin, end = self.value(span, NIF.beginIndex, graph), self.value(span, NIF.endIndex, graph)
        if text is None or begin is None or end is None or not (begin.isdigit() and end.isdigit()):
            return None
        return text, int(begin), int(end)

    def anchor(self, span: Node, graph: Node) -> str | None:
        """The words of a span; None when they are withheld."""
        stated = self.value(span, NIF.anchorOf, graph)
        if stated is not None:
            return stated
        place = self.place(span, graph)
        text = self.context(place[0], graph) if place else None
        return text[place[1] : place[2]] if text is not None and place is not None else None

    def around(self, span: Node, graph: Node) -> tuple[str, str, str] | None:
        """What stands before a span in its paragraph, its words, and what stands after; None when withheld."""
        place = self.place(span, graph)
        text = self.context(place[0], graph) if place else None
        if text is None or place is None:
            return None
        _, begin, end = place
        before = text[max(0, begin - CONTEXT) : begin].rpartition("\n\n")[2]
        after = text[end : end + CONTEXT].partition("\n\n")[0]
        if begin > CONTEXT and len(before) == CONTEXT:
            before = "…" + before.partition(" ")[2]
        if len(after) == CONTEXT and end + CONTEXT < len(text):
            after = after.rpartition(" ")[0] + "…"
        return before, text[begin:end], after

    # articles -------------------------------------------------------------------------------------------------
    def page_of_graph(self, graph: Node) -> str | None:
        """The article whose own graph this is; None for the default graph and every other one."""
        prefix = f"{self.iris.base}/graphs/articles/"
        if not isinstance(graph, NamedNode) or not graph.value.startswith(prefix):
            return None
        return f"{self.iris.base}/articles/{graph.value[len(prefix) :].rpartition('/')[0]}"

    def retracted(self, page: str) -> bool:
        """Whether the article's facts were taken out of the default graph."""
        facts = self.iris.graph(page, "facts")
        return next(self.quads(facts, NKG.retired, None, self.iris.revisions_graph), None) is not None


def best(literals: Iterable[Literal]) -> Words | None:
    """One literal of several: English first, then the shortest language tag, then in order of the text."""
    ranked = sorted(literals, key=lambda o: (o.language not in ("en", None), o.language or "", o.value))
    return Words(ranked[0].value, ranked[0].language) if ranked else None


def _tail(iri: str) -> str:
    """The last part of an IRI, for what has no name."""
    return iri.removesuffix("#id").rstrip("/").rpartition("#" if "#" in iri.removesuffix("#id") else "/")[2] or iri
