"""Our own exports, taken apart by article: N-Quads, TriG and JSON-LD with the named graphs of a publication.

Every article becomes a document of its own, in N-Quads: its graphs, its share of the provenance graph, and what the
things graph says of what it names. What belongs to no article (tombstones, curated things that nothing names) is the
last document. The pipeline publishes such graphs as they are (:mod:`kg.pipeline.imported`).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, parse

from kg.errors import InvalidFormat
from kg.extract.archive import over
from kg.model import Document, Gone, Unread
from kg.vocab import DCTERMS, PROV

__all__ = ["MEDIA_TYPE", "Dataset"]

#: What the pipeline knows one article's graphs by.
MEDIA_TYPE = "application/n-quads;profile=newsgraph"

_GRAPH = re.compile(r"^(https?://[^<>\"\s]+)/graphs/articles/([^/\s]+)/(content|facts|annotations|report)$")
_QUAD = re.compile(rb"^\s*(?:<[^<>\s]+>|_:\S+)\s+<[^<>\s]+>\s+\S.*<https?://[^<>\s]+/graphs/[^<>\s]+>\s*\.\s*$", re.M)
_TRIG = re.compile(rb"^@prefix nkg:|^PREFIX nkg:|/graphs/articles/[^<>\s]+>\s*\{", re.M)
#: Quads and characters of literals that are read at once, and statements that are followed from one node.
_CHUNK, _CHUNK_TEXT, _FOLLOWED = 100_000, 16 * 2**20, 10_000


class Dataset:
    """Takes an export apart; bigger ones than memory are sorted in a temporary store on disk."""

    name = "export"

    def recognises(self, head: bytes, media_type: str | None) -> float:
        """1 for quads in graphs named as a publication names them."""
        if media_type == MEDIA_TYPE:
            return 0.0  # one article, already taken out
        return 1.0 if _format(head) is not None else 0.0

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread | Gone]:
        """One document for each article, in order of the IRIs, and one for the rest."""
        head = stream.read(1 << 16)
        kind = _format(head)
        if kind is None:
            raise InvalidFormat("is no export of a publication", origin=given.origin)
        with tempfile.TemporaryDirectory(prefix="newsgraph-") as folder:
            rdf = Store(str(Path(folder) / "rdf"))
            try:
                for chunk in _chunks(parse(cast(BinaryIO, _Joined(head, stream)), format=kind)):
                    rdf.bulk_extend(chunk)
            except SyntaxError as error:
                raise InvalidFormat(
                    f"does not parse: {error.msg}; nothing of it was read", origin=given.origin, line=error.lineno
                ) from None
            for one in _documents(rdf, given):
                yield one if len(one.data) <= limit else Unread(over(limit, one.origin), replace(one, data=b""))


def _format(head: bytes) -> RdfFormat | None:
    if b"/graphs/" not in head:
        return None
    if _TRIG.search(head):
        return RdfFormat.TRIG
    if head.lstrip()[:1] in (b"{", b"[") and b"/graphs/articles/" in head and b'"@graph"' in head:
        return RdfFormat.JSON_LD
    first = head[: head.rfind(b"\n") + 1] or head
    return RdfFormat.N_QUADS if _QUAD.search(first) and not first.lstrip().startswith((b"{", b"[", b"@")) else None


class _Joined:
    """A stream with its first bytes put back."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        if self._head:
            taken, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return taken + (self._rest.read() if size < 0 else b"")
        return self._rest.read(size)


def _chunks(quads: Iterable[Quad]) -> Iterator[list[Quad]]:
    chunk: list[Quad] = []
    size = 0
    for quad in quads:
        chunk.append(quad)
        size += len(quad.object.value) if isinstance(quad.object, Literal) else 0
        if len(chunk) >= _CHUNK or size >= _CHUNK_TEXT:
            yield chunk
            chunk, size = [], 0
    yield chunk


def _documents(rdf: Store, given: Document) -> Iterator[Document]:
    articles: dict[str, tuple[str, list[NamedNode]]] = {}
    others: list[NamedNode] = []
    for graph in sorted(rdf.named_graphs(), key=str):
        found = _GRAPH.match(graph.value) if isinstance(graph, NamedNode) else None
        if found is not None and isinstance(graph, NamedNode):
            page = f"{found[1]}/articles/{found[2]}"
            articles.setdefault(page, (found[1], []))[1].append(graph)
        elif isinstance(graph, NamedNode):
            others.append(graph)
    told: set[Quad] = set()
    for page in sorted(articles):
        base, graphs = articles[page]
        quads = set(_article(rdf, base, page, graphs))
        told.update(q for q in quads if q.graph_name not in graphs)
        data = _lines(quads)
        origin = f"{given.origin}#{page.rpartition('/')[2]}"
        yield Document(data, f"url:{given.source.name}/{page}", origin, given.source, MEDIA_TYPE)
    rest = [q for graph in others for q in rdf.quads_for_pattern(None, None, None, graph) if q not in told]
    if rest:
        yield Document(_lines(rest), f"{given.key}#rest", f"{given.origin}#rest", given.source, MEDIA_TYPE)


def _article(rdf: Store, base: str, page: str, graphs: list[NamedNode]) -> Iterator[Quad]:
    """An article's own graphs, what the provenance graph says of them, and what the things graph says of its things."""
    prov, things = NamedNode(f"{base}/graphs/prov"), NamedNode(f"{base}/graphs/things")
    node = NamedNode(f"{page}#id")
    named: set[NamedNode] = set()
    for graph in graphs:
        for quad in rdf.quads_for_pattern(None, None, None, graph):
            yield quad
            for term in (quad.subject, quad.object):
                if isinstance(term, NamedNode) and term.value.startswith(f"{base}/things/"):
                    named.add(term)
    for thing in sorted(named, key=str):
        yield from rdf.quads_for_pattern(thing, None, None, things)
    yield from rdf.quads_for_pattern(node, None, None, things)
    versions = [q.subject for q in rdf.quads_for_pattern(None, PROV.specializationOf, node, prov)]
    todo: list[object] = [node, *graphs, *versions, *(NamedNode(f"{graph.value}") for graph in graphs)]
    seen: set[object] = set()
    while todo and len(seen) < _FOLLOWED:
        one = todo.pop()
        if one in seen or not isinstance(one, (NamedNode, BlankNode)):
            continue
        seen.add(one)
        for quad in rdf.quads_for_pattern(one, None, None, prov):
            yield quad
            # what it was made of, by and in; not what it is about, nor the versions of other articles
            if not isinstance(quad.object, Literal) and quad.predicate in _WAY:
                todo.append(quad.object)


_WAY = frozenset(
    {
        PROV.wasDerivedFrom,
        PROV.wasGeneratedBy,
        PROV.wasInvalidatedBy,
        PROV.wasAssociatedWith,
        PROV.wasAttributedTo,
        DCTERMS.hasPart,
        PROV.used,
        PROV.wasRevisionOf,
    }
)


def _lines(quads: Iterable[Quad]) -> bytes:
    return "".join(sorted(f"{quad} .\n" for quad in quads)).encode()
