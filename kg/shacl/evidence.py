"""The words of an article that a result's value was read from (docs/decisions/0016-graph-economy.md).

A fact has an ``rdf:Statement`` that names the spans it rests on; a span has its words in ``nif:anchorOf``, or they
follow from its offsets. What is looked at is the graph that was checked: of a withheld text it holds no words, and of a
text that is marked as withheld none are given even where the graph still holds them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store, Triple

from kg.shacl.view import Node, StoreView, View
from kg.vocab import ITSRDF, NIF, NKG, PROV, RDF

if TYPE_CHECKING:
    from kg.shacl.report import Result

__all__ = ["AllGraphs", "Evidence", "Words"]

#: Statements, mentions and spans that are looked at for one result, whatever the store holds.
_ASKED = 2_000
#: Words given for one result, and the longest text of one, in characters: longer ones are no evidence of one value.
_GIVEN, _LONGEST = 3, 5_000

_DEFAULT = DefaultGraph()


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of an article: its ``text``, the span's IRI, and the IRI of the article (or of the image whose caption
    it is); the latter is empty where the graph does not say."""

    text: str
    span: str
    article: str = ""


class AllGraphs:
    """Every graph of a store, for look-ups: where the annotations are no part of the default graph."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def objects(self, subject: Node, predicate: NamedNode) -> Iterable[Node]:
        """The objects of a subject and predicate, each once."""
        if isinstance(subject, Literal | Triple):
            return ()
        return dict.fromkeys(quad.object for quad in self.store.quads_for_pattern(subject, predicate, None, None))

    def subjects(self, predicate: NamedNode, object: Node) -> Iterable[Node]:
        """The subjects of a predicate and object, each once, as far as is looked at."""
        quads = self.store.quads_for_pattern(None, predicate, object, None)
        return dict.fromkeys(quad.subject for quad in itertools.islice(quads, 2 * _ASKED))


class Evidence:
    """The words behind results about one view. What was looked up for a focus node is kept as long as this is."""

    def __init__(self, view: View | AllGraphs) -> None:
        self.view = view
        self._stated: dict[Node, dict[tuple[Node, Node], list[Node]]] = {}

    def __call__(self, result: Result) -> tuple[Words, ...]:
        """The words that the result's value rests on, else those that the focus node itself rests on; at most three."""
        found: dict[Words, None] = {}
        for span in itertools.islice(dict.fromkeys(self._spans(result)), _ASKED):
            words = self._words(span)
            if words is not None:
                found[words] = None
                if len(found) == _GIVEN:
                    break
        return tuple(found)

    # from the result to spans -------------------------------------------------------------------------------------

    def _spans(self, result: Result) -> Iterator[Node]:
        """The most telling ones first."""
        fact = _fact(result)
        if fact is not None:
            focus, wanted, value = fact
            for (predicate, stated), nodes in self._of(focus).items():
                if predicate == wanted and (value is None or stated == value):
                    for one in nodes:
                        yield from _ordered(self.view.objects(one, PROV.wasDerivedFrom))
        if isinstance(result.value, Literal):
            yield from self._named(result.focus, result.value)
        for node in (result.value, result.focus):
            if isinstance(node, NamedNode):
                yield from self._own(node)

    def _of(self, focus: Node) -> dict[tuple[Node, Node], list[Node]]:
        """The evidence nodes of what is stated of a focus node, by predicate and object."""
        known = self._stated.get(focus)
        if known is None:
            known = self._stated[focus] = {}
            for node in _ordered(_some(self.view, RDF.subject, focus)):
                for predicate in self.view.objects(node, RDF.predicate):
                    for value in self.view.objects(node, RDF.object):
                        known.setdefault((predicate, value), []).append(node)
        return known

    def _named(self, focus: Node, value: Literal) -> Iterator[Node]:
        """The mentions of the focus node that have exactly the value's words."""
        for span in _ordered(_some(self.view, NIF.anchorOf, Literal(value.value))):
            if focus in self.view.objects(span, ITSRDF.taIdentRef):
                yield span

    def _own(self, node: NamedNode) -> Iterator[Node]:
        """The node where it is a span, and the spans it was quoted or derived from."""
        yield node
        yield from _ordered(self.view.objects(node, PROV.wasQuotedFrom))
        yield from _ordered(self.view.objects(node, PROV.wasDerivedFrom))

    # from a span to its words -------------------------------------------------------------------------------------

    def _words(self, span: Node) -> Words | None:
        view = self.view
        if not isinstance(span, NamedNode):
            return None
        context = next((c for c in view.objects(span, NIF.referenceContext) if isinstance(c, NamedNode)), None)
        if context is not None and self._withheld(context):
            return None
        stated = next((o.value for o in view.objects(span, NIF.anchorOf) if isinstance(o, Literal)), None)
        text = stated if stated is not None else self._cut(span, context) if context is not None else None
        if not text or len(text) > _LONGEST:
            return None
        owner = next((o for o in view.objects(context, NKG.textOf)), None) if context is not None else None
        return Words(text, span.value, owner.value if isinstance(owner, NamedNode) else "")

    def _withheld(self, context: NamedNode) -> bool:
        marked = [context, *self.view.objects(context, NKG.textOf)]
        return any(Literal(True) in self.view.objects(node, NKG.textWithheld) for node in marked)

    def _cut(self, span: NamedNode, context: NamedNode) -> str | None:
        """The words by the span's offsets (code points, end exclusive)."""
        text = next((o.value for o in self.view.objects(context, NIF.isString) if isinstance(o, Literal)), None)
        begin, end = (self._index(span, name) for name in (NIF.beginIndex, NIF.endIndex))
        if text is None or begin is None or end is None:
            return None
        return text[begin : min(end, begin + _LONGEST + 1)]

    def _index(self, span: NamedNode, name: NamedNode) -> int | None:
        texts = (o.value for o in self.view.objects(span, name) if isinstance(o, Literal))
        found = next(texts, "")
        return int(found) if found.isascii() and found.isdigit() and len(found) < 12 else None


def _fact(result: Result) -> tuple[Node, NamedNode, Node | None] | None:
    """Subject, predicate and object (None: any) of what a result is about, where its path is one step."""
    path, value = result.path, result.value
    if path is None:
        return None
    if path.kind == "inversePath" and path.parts[0].iri is not None and value is not None:
        return value, path.parts[0].iri, result.focus
    return None if path.iri is None else (result.focus, path.iri, value)


def _some(view: View | AllGraphs, predicate: NamedNode, object: Node) -> Iterable[Node]:
    """Subjects of a predicate and object, no more than are looked at: a well-known thing has many thousands."""
    if isinstance(view, StoreView):
        quads = view.store.quads_for_pattern(None, predicate, object, _DEFAULT)
        return [quad.subject for quad in itertools.islice(quads, _ASKED)]
    return itertools.islice(view.subjects(predicate, object), _ASKED)


def _ordered(nodes: Iterable[Node]) -> list[Node]:
    """The nodes in an order that does not depend on how they are stored."""
    return sorted(nodes, key=str)
