"""What a dataset says of keys, pages and graphs: index look-ups, the same for drafts and for snapshots."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Store, Triple

from kg.iris import Iris, hex_digest
from kg.vocab import NKG

__all__ = ["described", "holds", "key_node", "keys_of", "live", "lookup", "published", "retired", "revision", "state"]

_DEFAULT = DefaultGraph()


def key_node(iris: Iris, key: str) -> NamedNode:
    """The row of a key. The key itself is hashed: it may be a private path."""
    return NamedNode(f"{iris.base}/keys/{hex_digest(key, 32)}")


def lookup(rdf: Store, iris: Iris, key: str) -> str | None:
    """The IRI that the key identifies, or None."""
    found = next(rdf.quads_for_pattern(key_node(iris, key), NKG.identifies, None, iris.keys_graph), None)
    return found.object.value if found is not None and isinstance(found.object, NamedNode) else None


def keys_of(rdf: Store, iris: Iris, page: str) -> bool:
    """Whether a key row names the page or the thing it is about."""
    return any(
        next(rdf.quads_for_pattern(None, NKG.identifies, node, iris.keys_graph), None) is not None
        for node in (NamedNode(page), iris.of_page(page))
    )


def revision(rdf: Store, iris: Iris, page: str) -> str | None:
    """The id of the last snapshot that changed what the page shows, or None for a page never published."""
    found = next(rdf.quads_for_pattern(NamedNode(page), NKG.revision, None, iris.revisions_graph), None)
    return found.object.value if found is not None and isinstance(found.object, Literal) else None


def described(rdf: Store, iris: Iris, page: str) -> bool:
    """Whether the default graph says anything of the thing the page is about."""
    return next(rdf.quads_for_pattern(iris.of_page(page), None, None, _DEFAULT), None) is not None


def state(rdf: Store, iris: Iris, page: str) -> str | None:
    """``live``, ``gone`` (minted or published once, described no more) or None (never heard of)."""
    if described(rdf, iris, page):
        return "live"
    pages = (page, iris.tombstone(page))  # a purge may have left nothing but a tombstone without the page's name
    return "gone" if any(keys_of(rdf, iris, one) or revision(rdf, iris, one) is not None for one in pages) else None


def live(rdf: Store, iris: Iris) -> Iterator[str]:
    """The pages of all published articles, in the store's order."""
    prefix, suffix = f"{iris.base}/graphs/articles/", "/content"
    for graph in rdf.named_graphs():
        if graph.value.startswith(prefix) and graph.value.endswith(suffix):
            yield f"{iris.base}/articles/{graph.value[len(prefix) : -len(suffix)]}"


def holds(rdf: Store, iris: Iris, triple: Triple, *, annotations: bool) -> bool:
    """Whether a published named graph holds the triple."""
    return any(
        published(rdf, iris, quad.graph_name, annotations=annotations)
        for quad in rdf.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
    )


def published(
    rdf: Store, iris: Iris, graph: NamedNode | BlankNode | DefaultGraph | Triple, *, annotations: bool
) -> bool:
    """Whether the default graph is made of this graph among others."""
    if not isinstance(graph, NamedNode):
        return False
    if graph == iris.things_graph:
        return True
    if not graph.value.startswith(f"{iris.base}/graphs/articles/"):
        return False
    kind = graph.value.rpartition("/")[2]
    if kind == "facts":
        return not retired(rdf, iris, graph)
    return kind == "content" or (annotations and kind == "annotations")


def retired(rdf: Store, iris: Iris, graph: NamedNode) -> bool:
    """Whether the facts graph was retracted: there by name, not in the default graph."""
    return next(rdf.quads_for_pattern(graph, NKG.retired, None, iris.revisions_graph), None) is not None
