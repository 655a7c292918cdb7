"""SPARQL updates as changes: what an update would do is found on a copy, checked, and then done through the log.

``pyoxigraph.Store.update`` says nothing of its effects and takes no dataset, and the default graph here is a copy of
the named graphs. So the update runs on a hard-linked copy of the draft, and the difference is what is applied.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple
from pyoxigraph import Store as Rdf

from kg.errors import QueryRefused, QuerySyntaxError
from kg.iris import Iris
from kg.store import contents, durable

__all__ = ["effects", "placed"]


def effects(rdf: Rdf, scratch: Path, text: str) -> tuple[list[Quad], list[Quad]]:
    """The quads that the update adds and removes; ``rdf`` is only read. Takes time in proportion to the store.

    The caller refuses SERVICE and LOAD before: pyoxigraph would fetch. Raises :class:`kg.errors.QuerySyntaxError`,
    :class:`kg.errors.QueryRefused` when the update cannot be evaluated, and OSError.
    """
    other: Rdf | None = None
    try:
        rdf.backup(str(scratch))
        other = Rdf(str(scratch))
        try:
            other.update(text)
        except SyntaxError as error:
            raise QuerySyntaxError(f"the update does not parse: {error}") from error
        except (RuntimeError, ValueError) as error:
            raise QueryRefused(f"the update cannot be evaluated: {error}") from error
        added = [quad for quad in other if quad not in rdf]
        removed = [quad for quad in rdf if quad not in other]
        return added, removed
    finally:
        other = None  # closed first: its threads must not write where we delete
        durable.remove_tree(scratch)


def placed(
    rdf: Rdf, iris: Iris, added: Iterable[Quad], removed: Iterable[Quad], *, annotations: bool
) -> tuple[list[Quad], list[Quad]]:
    """The same effects with every default-graph quad as one of the named graph it belongs to.

    A triple added to the default graph goes to the things graph; one removed from it is removed from the things
    graph. Raises :class:`kg.errors.QueryRefused` when another graph states it, and for writes to the store's own
    graphs (keys and revisions; the provenance graph only grows).
    """
    removed, added = list(removed), list(added)
    own = {iris.keys_graph, iris.revisions_graph}
    for quad in (*added, *removed):
        if quad.graph_name in own or (quad.graph_name == iris.prov_graph and quad in rdf):
            raise QueryRefused(f"the graph {quad.graph_name} is kept by the store; leave it out of the update")
    going = {quad for quad in removed if not isinstance(quad.graph_name, DefaultGraph)}
    for quad in removed:
        if isinstance(quad.graph_name, DefaultGraph):
            triple = Triple(quad.subject, quad.predicate, quad.object)
            going.update(_stated(rdf, iris, triple, going, annotations=annotations))
    coming = [
        Quad(quad.subject, quad.predicate, quad.object, iris.things_graph)
        if isinstance(quad.graph_name, DefaultGraph)
        else quad
        for quad in added
    ]
    return coming, sorted(going, key=str)


def _stated(rdf: Rdf, iris: Iris, triple: Triple, going: set[Quad], *, annotations: bool) -> list[Quad]:
    found = []
    for quad in rdf.quads_for_pattern(triple.subject, triple.predicate, triple.object, None):
        graph = quad.graph_name
        if quad in going or not contents.published(rdf, iris, graph, annotations=annotations):
            continue
        if isinstance(graph, NamedNode) and graph != iris.things_graph:
            raise QueryRefused(
                f"{triple} is stated by {graph}; the default graph is a copy of the named graphs, so delete it there"
            )
        found.append(quad)
    return found
