"""What has to leave one snapshot so that an article was never in it, and the tombstone that takes its place.

A plan follows from the snapshot's quads alone, so that every snapshot can be planned, rewritten and checked by itself
(docs/decisions/0019-purge.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad
from pyoxigraph import Store as Rdf

from kg.iris import Iris
from kg.store import contents
from kg.vocab import DCTERMS, NKG, OWL, PROV, RDF, SCHEMA, XSD

__all__ = ["Order", "Plan", "about", "known", "plan", "things_named", "things_of", "within"]

_DEFAULT = DefaultGraph()


@dataclass(frozen=True, slots=True)
class Order:
    """One purge: the article's page, when and why, and what is known of it from all kept snapshots.

    ``keys`` are the rows of the key table that lead to it, as (row, what follows the page's IRI in the row's object).
    ``number`` is its newest version: a republication counts on from there. ``things`` are the pages of everything the
    article ever named, ``digests`` the SHA-256 of its source bytes, in hexadecimal. ``id`` is the snapshot that is
    published without it. ``forget`` says that not even the page's IRI may stay.
    """

    id: str
    page: str
    time: str
    reason: str
    forget: bool = False
    keys: tuple[tuple[str, str], ...] = ()
    number: int = 0
    things: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()

    def target(self, iris: Iris) -> str:
        """The page that the tombstone stands on."""
        return iris.tombstone(self.page) if self.forget else self.page


@dataclass(frozen=True, slots=True)
class Plan:
    """What leaves a snapshot with the article of the page, and what comes. ``articles`` and ``things`` are how many
    fewer are described then; ``orphans`` are the pages of things that nothing names any more, ``touched`` those of
    things and articles that stay and show something else."""

    page: str
    remove: frozenset[Quad]
    add: tuple[Quad, ...]
    articles: int = 0
    things: int = 0
    orphans: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()


def known(rdf: Rdf, iris: Iris, page: str) -> bool:
    """Whether the snapshot holds anything of the article, were it only a key or a tombstone."""
    node = iris.of_page(page)
    return (
        contents.state(rdf, iris, page) is not None
        or next(iter(_graphs(rdf, iris, page)), None) is not None
        or next(rdf.quads_for_pattern(node, None, None, iris.prov_graph), None) is not None
    )


def things_of(rdf: Rdf, iris: Iris, page: str) -> set[str]:
    """The pages of the things that the article names or, once it was withdrawn, of those that went with it."""
    found = things_named(iris, page, (quad for graph in _graphs(rdf, iris, page) for quad in _of_graph(rdf, graph)))
    revision = contents.revision(rdf, iris, page)
    if revision is not None and not contents.described(rdf, iris, page):
        prefix = f"{iris.base}/things/"
        for row in rdf.quads_for_pattern(None, NKG.revision, Literal(revision), iris.revisions_graph):
            other = row.subject.value if isinstance(row.subject, NamedNode) else ""
            if other.startswith(prefix) and not contents.described(rdf, iris, other):
                found.add(other)
    return found


def plan(rdf: Rdf, iris: Iris, order: Order, *, annotations: bool) -> Plan:
    """What leaves the snapshot and what comes; quads of other articles are in neither, but for their links to a page
    whose IRI is to be forgotten."""
    graphs = set(_graphs(rdf, iris, order.page))
    own = {quad for graph in graphs for quad in _of_graph(rdf, graph)}
    said = set(_about(rdf, iris, order.page))
    gone = own | said
    gone.update(_leaving(rdf, iris, own | said, annotations=annotations))
    gone.update(_provenance(rdf, iris, order.page, own, graphs))
    for graph in graphs:
        gone.update(rdf.quads_for_pattern(graph, None, None, iris.revisions_graph))
    named = sorted({*order.things, *things_named(iris, order.page, own)})
    undescribed = [t for t in named if contents.described(rdf, iris, t) and not _described(rdf, iris, t, gone)]
    decided = {thing: frozenset(_decided(rdf, iris, thing)) for thing in named}
    orphans = tuple(thing for thing in named if _orphan(rdf, iris, thing, gone, decided[thing]))
    for thing in orphans:
        gone.update(decided[thing])
        for one in (thing, *_merged(rdf, iris, thing)):
            gone.update(_rows(rdf, iris, one))
    come = dict.fromkeys(_tombstone(iris, order))
    if order.forget:
        moved = _moved(rdf, iris, order, gone)
        gone.update(moved)
        come |= dict.fromkeys(moved.values())
    stay = [quad for quad in come if quad not in rdf]
    gone.difference_update(come)
    return Plan(
        page=order.page,
        remove=frozenset(gone),
        add=tuple(stay),
        articles=int(contents.described(rdf, iris, order.page)),
        things=len(undescribed),
        orphans=orphans,
        touched=(
            *(thing for thing in named if thing not in orphans and contents.state(rdf, iris, thing)),
            *sorted({page for quad in said for page in _others(iris, order.page, quad)}),
        ),
    )


def about(rdf: Rdf, node: NamedNode) -> Iterator[Quad]:
    """Every quad that says something of the node, in whatever graph."""
    yield from rdf.quads_for_pattern(node, None, None, None)
    yield from rdf.quads_for_pattern(None, None, node, None)


# ---- what is the article's ----------------------------------------------------------------------------------------


def _graphs(rdf: Rdf, iris: Iris, page: str) -> Iterator[NamedNode]:
    """The article's named graphs, of whatever kind."""
    prefix = iris.graph(page, "").value
    return (g for g in rdf.named_graphs() if isinstance(g, NamedNode) and g.value.startswith(prefix))


def _of_graph(rdf: Rdf, graph: NamedNode) -> Iterator[Quad]:
    return rdf.quads_for_pattern(None, None, None, graph)


def things_named(iris: Iris, page: str, quads: Iterable[Quad]) -> set[str]:
    """The pages of the things that the quads of the article's graphs speak of; other quads are passed over."""
    prefix, graphs = f"{iris.base}/things/", iris.graph(page, "").value
    found = set()
    for quad in quads:
        if not isinstance(quad.graph_name, NamedNode) or not quad.graph_name.value.startswith(graphs):
            continue
        for term in (quad.subject, quad.object):
            if isinstance(term, NamedNode) and term.value.startswith(prefix):
                found.add(iris.page_of(term.value))
    return found


def _about(rdf: Rdf, iris: Iris, page: str) -> Iterator[Quad]:
    """What the publication's own graphs say of the article (that it is a copy of another, say, or has copies)."""
    books, articles = (iris.prov_graph, iris.keys_graph, iris.revisions_graph), f"{iris.base}/graphs/articles/"
    for node in (NamedNode(page), iris.of_page(page)):
        for quad in about(rdf, node):
            graph = quad.graph_name
            if isinstance(graph, NamedNode) and graph not in books and not graph.value.startswith(articles):
                yield quad


def _others(iris: Iris, page: str, quad: Quad) -> Iterator[str]:
    """The other articles that the quad is about."""
    prefix = f"{iris.base}/articles/"
    nodes = (term for term in (quad.subject, quad.object) if isinstance(term, NamedNode) and not within(term, page))
    return (iris.page_of(node.value) for node in nodes if node.value.startswith(prefix))


def _leaving(rdf: Rdf, iris: Iris, own: set[Quad], *, annotations: bool) -> Iterator[Quad]:
    """The article's triples of the default graph that no other published graph holds."""
    shown = {g: contents.published(rdf, iris, g, annotations=annotations) for g in {quad.graph_name for quad in own}}
    for triple in {quad.triple for quad in own if shown[quad.graph_name]}:
        others = rdf.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        copy = Quad(triple.subject, triple.predicate, triple.object, _DEFAULT)
        if copy in rdf and not any(
            other not in own and contents.published(rdf, iris, other.graph_name, annotations=annotations)
            for other in others
        ):
            yield copy


def _provenance(rdf: Rdf, iris: Iris, page: str, own: set[Quad], graphs: set[NamedNode]) -> Iterator[Quad]:
    """What the provenance graph says of the article, its versions, its graphs, and of the activities and bytes that
    nothing else rests on."""
    node, prov = iris.of_page(page), iris.prov_graph
    nodes: set[NamedNode] = {NamedNode(page), node, *graphs}
    nodes.update(t for q in own for t in (q.subject, q.object) if isinstance(t, NamedNode) and within(t, page))
    for quad in rdf.quads_for_pattern(None, PROV.specializationOf, node, prov):
        if isinstance(quad.subject, NamedNode):
            nodes.add(quad.subject)
    behind = _behind(rdf, iris, nodes)
    while True:  # what something else rests on stays, and with it what that one rests on
        kept = {n for n in behind if _elsewhere(rdf, n, own, nodes | behind)}
        if not kept:
            break
        behind -= kept
    for one in nodes | behind:
        yield from rdf.quads_for_pattern(one, None, None, prov)


def _behind(rdf: Rdf, iris: Iris, nodes: set[NamedNode]) -> set[NamedNode]:
    """The activities and source bytes that the nodes lead to."""
    lasting = (PROV.wasAssociatedWith, PROV.wasAttributedTo, PROV.specializationOf)
    published = (f"{iris.base}/articles/", f"{iris.base}/things/", f"{iris.base}/graphs/")
    found: set[NamedNode] = set()
    todo = list(nodes)
    while todo:
        for quad in rdf.quads_for_pattern(todo.pop(), None, None, iris.prov_graph):
            other = quad.object
            if not isinstance(other, NamedNode) or other in nodes or other in found:
                continue
            if not quad.predicate.value.startswith(PROV.iri) or quad.predicate in lasting:
                continue
            if not other.value.startswith(published):
                found.add(other)
                todo.append(other)
    return found


def _elsewhere(rdf: Rdf, node: NamedNode, own: set[Quad], nodes: set[NamedNode]) -> bool:
    """Whether something that stays speaks of the node. The default graph copies what the named graphs say."""
    return any(
        quad not in own and quad.subject not in nodes and not isinstance(quad.graph_name, DefaultGraph)
        for quad in rdf.quads_for_pattern(None, None, node, None)
    )


# ---- what it named ------------------------------------------------------------------------------------------------


def _described(rdf: Rdf, iris: Iris, thing: str, gone: set[Quad]) -> bool:
    return any(quad not in gone for quad in rdf.quads_for_pattern(iris.of_page(thing), None, None, _DEFAULT))


def _decided(rdf: Rdf, iris: Iris, thing: str) -> Iterator[Quad]:
    """What reviewers decided about the thing (their activities in the provenance graph), and the things that were
    merged into it: all that is left of those is that they are it."""
    prov = iris.prov_graph
    for page in (thing, *_merged(rdf, iris, thing)):
        node = iris.of_page(page)
        ties = (
            *(quad.object for quad in rdf.quads_for_pattern(node, PROV.wasInfluencedBy, None, prov)),
            *(quad.subject for quad in rdf.quads_for_pattern(None, PROV.used, node, prov)),
        )
        for activity in ties:
            if isinstance(activity, NamedNode):
                yield from rdf.quads_for_pattern(activity, None, None, prov)
                yield from rdf.quads_for_pattern(None, None, activity, prov)
        for predicate in (OWL.sameAs, DCTERMS.isReplacedBy):
            yield from rdf.quads_for_pattern(None, predicate, node, None)


def _merged(rdf: Rdf, iris: Iris, thing: str) -> Iterator[str]:
    """The pages of the things that were merged into the thing, over any number of steps."""
    seen, todo = {thing}, [thing]
    while todo:
        node = iris.of_page(todo.pop())
        for quad in rdf.quads_for_pattern(None, DCTERMS.isReplacedBy, node, iris.things_graph):
            page = iris.page_of(quad.subject.value) if isinstance(quad.subject, NamedNode) else thing
            if page not in seen:
                seen.add(page)
                todo.append(page)
                yield page


def _orphan(rdf: Rdf, iris: Iris, thing: str, gone: set[Quad], decided: frozenset[Quad]) -> bool:
    """Whether nothing that stays names the thing; the key table and the revisions only keep books, and what reviewers
    ``decided`` about it goes with it."""
    books = (iris.keys_graph, iris.revisions_graph)
    return not any(
        quad not in gone and quad not in decided and quad.graph_name not in books
        for node in (NamedNode(thing), iris.of_page(thing))
        for quad in about(rdf, node)
    )


def _rows(rdf: Rdf, iris: Iris, thing: str) -> Iterator[Quad]:
    for node in (NamedNode(thing), iris.of_page(thing)):
        yield from rdf.quads_for_pattern(None, None, node, iris.keys_graph)
        yield from rdf.quads_for_pattern(node, None, None, iris.revisions_graph)


# ---- what stays of it ---------------------------------------------------------------------------------------------


def _tombstone(iris: Iris, order: Order) -> Iterator[Quad]:
    """When and why (PROV-O, section 3.2), the key rows, and the version's number, which is never given out again."""
    page = order.target(iris)
    node, prov = iris.of_page(page), iris.prov_graph
    activity = iris.activity(f"purge {node.value} {order.time}")
    moment = Literal(order.time, datatype=XSD.dateTime)
    yield Quad(node, PROV.invalidatedAtTime, moment, prov)
    yield Quad(node, PROV.wasInvalidatedBy, activity, prov)
    yield Quad(activity, RDF.type, PROV.Activity, prov)
    yield Quad(activity, PROV.endedAtTime, moment, prov)
    yield Quad(activity, DCTERMS.description, Literal(order.reason), prov)
    if order.number:
        version = NamedNode(f"{page}/v/{order.number}")
        yield Quad(version, RDF.type, PROV.Entity, prov)
        yield Quad(version, PROV.specializationOf, node, prov)
        yield Quad(version, SCHEMA.version, Literal(str(order.number), datatype=XSD.integer), prov)
    for row, suffix in order.keys:
        yield Quad(NamedNode(row), NKG.identifies, NamedNode(page + suffix), iris.keys_graph)


def within(term: NamedNode, page: str) -> bool:
    """Whether the term is the page, the article or a part of it."""
    rest = term.value[len(page) :] if term.value.startswith(page) else "-"
    return not rest or rest[0] in "#/"


def _moved(rdf: Rdf, iris: Iris, order: Order, gone: set[Quad]) -> dict[Quad, Quad]:
    """Every quad that stays and holds the page's IRI, as it reads without it. Takes time in proportion to the store."""
    target, graphs = order.target(iris), iris.graph(order.page, "").value

    def renamed(term: object) -> object:
        if not isinstance(term, NamedNode):
            return term
        if within(term, order.page):
            return NamedNode(target + term.value[len(order.page) :])
        if term.value.startswith(graphs):
            return NamedNode(iris.graph(target, "").value + term.value[len(graphs) :])
        return term

    found: dict[Quad, Quad] = {}
    name = order.page.removeprefix(f"{iris.base}/articles/")
    for quad in rdf:
        if name in str(quad) and quad not in gone:
            terms = (quad.subject, quad.object, quad.graph_name)
            made = [renamed(term) for term in terms]
            if any(one is not other for one, other in zip(made, terms, strict=True)):
                found[quad] = Quad(made[0], quad.predicate, made[1], made[2])  # type: ignore[arg-type]
    return found
