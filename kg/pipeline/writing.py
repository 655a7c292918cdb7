"""What clients with a token write: SPARQL updates and whole graphs, through the publish transaction and the gate.

One request is one publish. What it makes is checked as a change of the whole store (docs/decisions/0031): where it
makes a violation nothing of it is published. Named graphs of clients are reached by their names only, so the shapes,
which speak of the default graph, do not look at them (docs/decisions/0010).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from kg.config import Settings
from kg.engine import search
from kg.errors import AccessDenied, EngineBusy, InvalidFormat, IriError, Refused, StoreLocked, TooLarge
from kg.formats import JSONLD, RDFXML, by_media_type
from kg.iris import Iris
from kg.model import ArticleGraphs
from kg.pipeline.across import Across, refusal
from kg.pipeline.orders import Order, Part, Written
from kg.pipeline.textrows import article_row, thing_rows
from kg.queries import refuse_remote
from kg.shacl import Gate, posted
from kg.store import Draft, contents, graphs
from kg.store import Store as Snapshots
from kg.store.ledger import lexical
from kg.store.update import Using
from kg.vocab import DCTERMS, PROV, RDF, RDFS, XSD

__all__ = ["Publisher"]

#: Quads written at a time, so that a long graph is never whole in memory.
_CHUNK = 20_000
#: Bytes of one statement: what the engine's parser of N-Triples and Turtle holds at once.
_STATEMENT = 2**24
#: Bytes up to which what replaces a graph is compared with what is there; and bytes a JSON-LD document may have,
#: which cannot be read bit by bit.
_COMPARED, _WHOLE = 8 * 2**20, 32 * 2**20
#: Graphs that the provenance of a write names.
_NAMED = 50
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Publisher:
    """Carries out orders in one store."""

    store: Snapshots
    gate: Gate
    settings: Settings

    def write(self, order: Order, *, committing: Callable[[], None] = lambda: None) -> Written:
        """Publish what the order asks for, wholly or not at all. ``committing`` is called before it becomes visible.

        Raises :class:`kg.errors.Refused` with the report, :class:`kg.errors.QuerySyntaxError`,
        :class:`kg.errors.QueryRefused`, :class:`kg.errors.InvalidFormat` for a body that is none,
        :class:`kg.errors.AccessDenied`, :class:`kg.errors.EngineBusy` while somebody else publishes, and
        :class:`kg.errors.StoreError`.
        """
        if order.kind == "update":
            refuse_remote(order.text)
            search.refuse(order.text)
        across = Across.of(self.gate, self.settings)
        scope = _Scope(order, self.store.iris)
        with self._begin(order) as draft:
            if order.parent not in ("", draft.parent.id):
                raise EngineBusy("something else was published meanwhile; look again, and ask again", retry_after=1)
            with draft.watching() as seen:
                created = _write(draft, order, scope)
                report = across.broken(draft, seen)
            if report.violations:
                said = refusal("", report)
                raise Refused(said.reason, codes=said.codes, report=report)
            if not scope.added and not scope.removed:
                return Written(draft.parent.id)
            draft.provenance(_provenance(order, scope, draft.iris))
            _index(draft)
            what = {
                "id": order.id,
                "token": order.token,
                "kind": order.kind,
                "graph": graphs.told(self.store.iris, order.graph or ""),
            }
            counts = {"added": scope.added, "removed": scope.removed}
            committing()
            info = draft.commit(across.summary({}, {}) | {"write": what | counts})
        keep = {name: self.settings[f"snapshots.{name}"] for name in ("keep_last", "keep_daily")}
        with suppress(StoreLocked):  # another publisher was quicker; it prunes too
            self.store.prune(**keep, time=order.time, holder=_holder(order))
        return Written(info.id, scope.added, scope.removed, created, changed=True)

    def _begin(self, order: Order) -> Draft:
        until = monotonic() + order.wait
        while True:
            try:
                return self.store.begin(time=order.time, holder=_holder(order))
            except StoreLocked:
                if monotonic() >= until:
                    raise EngineBusy("somebody else publishes now; ask again in a moment", retry_after=10) from None
                sleep(_PAUSE)


def _holder(order: Order) -> str:
    return f"{order.kind} by {order.token}"


class _Scope:
    """What the role reaches, what was written of it so far, and in which graphs."""

    def __init__(self, order: Order, iris: Iris) -> None:
        self.order = order
        self.iris = iris
        self.names: dict[NamedNode, None] = {}
        self.added = self.removed = 0

    def __call__(self, coming: list[Quad], going: list[Quad]) -> None:
        """Raises :class:`kg.errors.AccessDenied` where the role does not reach these quads."""
        names = dict.fromkeys(quad.graph_name for quad in (*coming, *going))
        own = [name for name in names if isinstance(name, NamedNode) and graphs.belongs(self.iris, name)]
        if self.order.role != "admin" and own:
            raise AccessDenied(f"{own[0]} is part of the publication; an admin token may write it", role="admin")
        if self.order.role != "admin" and going and self.order.kind != "put":
            raise AccessDenied("the update takes statements out; an admin token may do that", role="admin")
        self.names.update(dict.fromkeys(name for name in names if isinstance(name, NamedNode)))


# ---- the draft ------------------------------------------------------------------------------------------------------


def _write(draft: Draft, order: Order, scope: _Scope) -> bool:
    """Do it; whether a graph came into being."""
    if order.kind == "update":
        changed = draft.update(
            order.text, base=order.base or None, using=Using(order.using.default, order.using.named), allow=scope
        )
        scope.added, scope.removed = changed.added, changed.removed
        return False
    name = _named(order.graph)
    there = graphs.exists(draft.rdf, name)
    if isinstance(name, NamedNode):
        graphs.writable(draft.rdf, draft.iris, name)
    if order.kind == "delete":
        _remove(draft, scope, name)
        return False
    if order.kind == "put":
        size = sum(Path(part.path).stat().st_size for part in order.parts)
        short = (graphs.held(draft.rdf, order.graph, _CHUNK) or ()) if there and size <= _COMPARED else ()
        _remove(draft, scope, name, keeping=_stored(order, name) if 0 < len(short) <= _CHUNK else None)
    found = _statements(order, name)
    while chunk := list(islice(found, _CHUNK)):
        _changed(draft, scope, chunk, [])
    return bool(scope.added) and not there


def _remove(
    draft: Draft, scope: _Scope, name: NamedNode | DefaultGraph, *, keeping: frozenset[Quad] | None = None
) -> None:
    """Take out the graph's statements, but for those that would come again."""
    if isinstance(name, NamedNode) and not graphs.belongs(draft.iris, name) and not keeping:
        scope.names[name] = None
        scope.removed += draft.clear(name).removed
        return
    kept = keeping or frozenset()
    while True:
        waiting = (quad for quad in graphs.quads(draft.rdf, name) if quad not in kept)
        chunk = list(islice(waiting, _CHUNK))
        if not chunk:
            return
        _changed(draft, scope, [], chunk)


def _changed(draft: Draft, scope: _Scope, add: list[Quad], remove: list[Quad]) -> None:
    changed = draft.write(add, remove, allow=scope)
    scope.added += changed.added
    scope.removed += changed.removed


def _named(iri: str | None) -> NamedNode | DefaultGraph:
    if iri is None:
        return DefaultGraph()
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise IriError(f"{iri[:200]!r} is no absolute IRI: {error}", text=iri) from None


def _stored(order: Order, name: NamedNode | DefaultGraph) -> frozenset[Quad]:
    """What is sent, as the store would give it back: literals are normalised there."""
    scratch = Store()
    scratch.extend(_statements(order, name))
    return frozenset(scratch)


def _statements(order: Order, name: NamedNode | DefaultGraph) -> Iterator[Quad]:
    """The statements of all parts, as they are read. Blank nodes of two parts, and of two requests, stay apart."""
    for part in order.parts:
        form = by_media_type(part.media_type)
        assert isinstance(form.oxigraph, RdfFormat)
        if form is JSONLD:
            found: Iterator[Any] = iter(_jsonld(part, order.base))
        else:
            found = iter(
                parse(
                    path=part.path,
                    format=form.oxigraph,
                    base_iri=order.base or None,
                    without_named_graphs=True,
                    rename_blank_nodes=True,
                )
            )
        while True:
            try:
                one = next(found, None)
            except SyntaxError as error:
                raise InvalidFormat(
                    f"this is no valid {form.name}: {error.msg}", origin="the graph", line=error.lineno
                ) from None
            except ValueError as error:
                raise InvalidFormat(f"this is no valid {form.name}: {error}", origin="the graph") from None
            except MemoryError as error:
                if "buffer" not in str(error):
                    raise
                raise _too_long() from None
            if one is None:
                break
            # the other parsers hold no more than that; XML has entities, which make much of little
            if form is RDFXML and isinstance(one.object, Literal) and len(one.object.value) >= _STATEMENT:
                raise _too_long()
            yield Quad(one.subject, one.predicate, one.object, name)


def _too_long() -> TooLarge:
    return TooLarge(
        f"one statement of the graph has more than {_STATEMENT:,} bytes, the most that one may have; keep the text "
        "elsewhere and link to it",
        limit=_STATEMENT,
    )


def _jsonld(part: Part, base: str) -> tuple[Triple, ...]:
    size = Path(part.path).stat().st_size
    if size > _WHOLE:
        raise TooLarge(
            f"a JSON-LD document may have {_WHOLE:,} bytes here, this one has {size:,}; send N-Triples, which is read "
            "bit by bit",
            size=size,
            limit=_WHOLE,
        )
    return posted.read(Path(part.path).read_bytes(), JSONLD, base=base, limit=size + 1)


# ---- what is said of it ---------------------------------------------------------------------------------------------


def _provenance(order: Order, scope: _Scope, iris: Iris) -> Iterator[Triple]:
    """An activity with who was responsible, and the clients' graphs that it touched (PROV-O, section 3.1)."""
    node = iris.activity(f"write {order.id}")
    agent = iris.agent(f"token {order.token}")
    yield Triple(node, RDF.type, PROV.Activity)
    yield (
        Triple(node, RDFS.label, Literal(f"SPARQL update by {order.token}", language="en"))
        if (order.kind == "update")
        else Triple(node, RDFS.label, Literal(f"Graph written by {order.token}", language="en"))
    )
    yield Triple(node, PROV.endedAtTime, Literal(lexical(order.time), datatype=XSD.dateTime))
    counts = f"{scope.added} statements added, {scope.removed} removed"
    yield Triple(node, DCTERMS.description, Literal(counts, language="en"))
    yield Triple(node, PROV.wasAssociatedWith, agent)
    yield Triple(agent, RDF.type, PROV.Agent)
    yield Triple(agent, RDFS.label, Literal(order.token))
    others = [name for name in scope.names if graphs.of_article(iris, name) is None]
    for name in sorted(others, key=str)[:_NAMED]:
        yield Triple(name, PROV.wasInfluencedBy, node)


def _index(draft: Draft) -> None:
    """The text index follows the pages that show something new."""
    things = f"{draft.iris.base}/things/"
    for row in thing_rows(draft, [page for page in draft.touched if page.startswith(things)]):
        draft.index(row)
    for page in draft.touched:
        if not page.startswith(f"{draft.iris.base}/articles/"):
            continue
        facts = draft.iris.graph(page, "facts")
        content = _triples(draft, draft.iris.graph(page, "content"))
        said = () if contents.retired(draft.rdf, draft.iris, facts) else _triples(draft, facts)
        if content:
            draft.index(article_row(ArticleGraphs(page, content, said, (), ())))


def _triples(draft: Draft, name: NamedNode) -> tuple[Triple, ...]:
    return tuple(quad.triple for quad in graphs.quads(draft.rdf, name))
