"""The complete graph of one page: what every format of it serializes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from kg.graph import geometry, terms
from kg.iris import Iris
from kg.reads.happening import ROLES
from kg.reads.view import Snapshot, View
from kg.vocab import ITSRDF, SCHEMA

__all__ = ["INBOUND", "describe", "quads"]

#: Most inbound statements of one kind (mentions, quotations, events in one role) that describe a thing.
INBOUND = 200

_DEFAULT = DefaultGraph()


def describe(reader: Snapshot, page: str) -> tuple[Triple, ...]:
    """The page's graph in canonical order, without duplicates; empty when the snapshot says nothing of it.

    An article is its content, facts and annotations graphs (retracted facts left out). A thing is everything the
    default graph says of it and of its geometry, and for at most :data:`INBOUND` quotations, mentions and events each
    what leads to it.
    """
    return terms.ordered({Triple(q.subject, q.predicate, q.object) for q in quads(reader, page)})


def quads(reader: Snapshot, page: str) -> tuple[Quad, ...]:
    """The same statements, an article's in their named graphs; a thing's stand in the default graph."""
    view = View.of(reader)
    found = _article(view, page) if page.startswith(f"{view.iris.base}/articles/") else _thing(view, page)
    return tuple(sorted(set(found), key=str))


def _article(view: View, page: str) -> Iterator[Quad]:
    for kind in ("content", "facts", "annotations"):
        if kind != "facts" or not view.retracted(page):
            yield from view.rdf.quads_for_pattern(None, None, None, view.iris.graph(page, kind))


def _thing(view: View, page: str) -> Iterator[Quad]:
    node = Iris.of_page(page)
    yield from view.rdf.quads_for_pattern(node, None, None, _DEFAULT)
    for part in (NamedNode(page), geometry(node)):
        yield from view.rdf.quads_for_pattern(part, None, None, _DEFAULT)
    for predicate in (SCHEMA.spokenByCharacter, ITSRDF.taIdentRef, SCHEMA.about, SCHEMA.mentions, *ROLES):
        yield from itertools.islice(view.rdf.quads_for_pattern(None, predicate, node, _DEFAULT), INBOUND)
    for quad in itertools.islice(view.rdf.quads_for_pattern(None, SCHEMA.spokenByCharacter, node, _DEFAULT), INBOUND):
        for predicate in (SCHEMA.text, SCHEMA.isPartOf):
            yield from view.rdf.quads_for_pattern(quad.subject, predicate, None, _DEFAULT)
