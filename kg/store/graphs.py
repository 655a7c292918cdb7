"""The named graphs of a dataset: which are the store's own, which belong to articles, and who may be written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from kg.errors import IriError, QueryRefused
from kg.iris import Iris
from kg.store import contents

__all__ = ["belongs", "exists", "held", "of_article", "own", "quads", "told", "writable"]

#: The kinds of an article's own graphs.
_KINDS = ("content", "facts", "annotations", "report")


def own(iris: Iris) -> frozenset[NamedNode]:
    """The graphs that only the store writes: the key table, revisions, what copies are found by, and provenance."""
    return frozenset((iris.keys_graph, iris.revisions_graph, iris.copies_graph, iris.prov_graph))


def of_article(iris: Iris, name: NamedNode) -> str | None:
    """The page of the article that the graph is one of, or None for a graph of another kind."""
    prefix = f"{iris.base}/graphs/articles/"
    page, _, kind = name.value.removeprefix(prefix).rpartition("/")
    if not name.value.startswith(prefix) or kind not in _KINDS or not page:
        return None
    return f"{iris.base}/articles/{page}"


def told(iris: Iris, iri: str) -> str:
    """The IRI as it may be kept for ever: without an article's name, which a removal would have to find again."""
    prefix = f"{iris.base}/graphs/articles/"
    return f"{prefix}…/{iri.rpartition('/')[2]}" if iri.startswith(prefix) else iri


def belongs(iris: Iris, name: NamedNode | DefaultGraph) -> bool:
    """Whether the graph is part of the publication: the default graph, the things graph, or an article's."""
    return isinstance(name, DefaultGraph) or name == iris.things_graph or of_article(iris, name) is not None


def writable(rdf: Store, iris: Iris, name: NamedNode) -> None:
    """Nothing where clients may write the graph.

    Raises :class:`kg.errors.QueryRefused` for the store's own, and for one of an article that the store does not have.
    """
    if name in own(iris):
        raise QueryRefused(f"the graph {name} is kept by the store; leave it out of what you write")
    page = of_article(iris, name)
    if page is None:
        if name.value.startswith(f"{iris.base}/graphs/articles/"):
            raise QueryRefused(f"{name} is no graph of an article; they end in /content, /facts or /annotations")
    elif contents.state(rdf, iris, page) is None and not exists(rdf, name):
        raise QueryRefused(f"there is no article {page}; articles come in with: kg ingest")


def exists(rdf: Store, name: NamedNode | DefaultGraph) -> bool:
    """Whether the graph holds a triple; a graph without one is not kept, and the default graph is always there."""
    return isinstance(name, DefaultGraph) or next(quads(rdf, name), None) is not None


def held(rdf: Store, iri: str | None, most: int) -> tuple[Quad, ...] | None:
    """The quads of a graph (None: the default graph), at most ``most`` and one more; None where it does not exist.

    Raises :class:`kg.errors.IriError` for what is no absolute IRI.
    """
    try:
        name = DefaultGraph() if iri is None else NamedNode(iri)
    except ValueError as error:
        raise IriError(f"{(iri or '')[:200]!r} is no absolute IRI: {error}", text=iri or "") from None
    found = tuple(islice(quads(rdf, name), most + 1))
    return found if found or isinstance(name, DefaultGraph) else None


def quads(rdf: Store, name: NamedNode | DefaultGraph) -> Iterator[Quad]:
    """The quads of the graph, in the store's order."""
    return iter(rdf.quads_for_pattern(None, None, None, name))
