"""What the kept snapshots know of an article: its key rows, its versions, its source bytes, what it named.

Logs are read beside the quads: after a restore or a pruning a log may be the only place that still tells.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from kg.iris import Iris
from kg.store import changes, erasure
from kg.store.reader import Reader
from kg.vocab import NKG, PROV, SCHEMA

__all__ = ["Survey"]

_NI = "ni:///sha-256;"


@dataclass(slots=True)
class Survey:
    """What was found of the article so far. ``rows`` maps key rows to what follows the page's IRI in their object;
    ``digests`` are SHA-256 in hexadecimal; ``number`` is the newest version's."""

    iris: Iris
    page: str
    seen: bool = False
    rows: dict[str, str] = field(default_factory=dict)
    things: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    number: int = 0

    def add(self, reader: Reader) -> None:
        """Look through one more snapshot. Raises :class:`kg.errors.StoreError` for a damaged one."""
        self.seen = self.seen or erasure.known(reader.rdf, self.iris, self.page)
        self.things |= erasure.things_of(reader.rdf, self.iris, self.page)
        self._take(self._quads(reader))
        logged = tuple(self._logged(reader))
        self.seen = self.seen or bool(logged)
        self._take(logged)

    def _quads(self, reader: Reader) -> Iterator[Quad]:
        rdf, node = reader.rdf, self.iris.of_page(self.page)
        for one in (NamedNode(self.page), node):
            yield from rdf.quads_for_pattern(None, NKG.identifies, one, self.iris.keys_graph)
        for row in rdf.quads_for_pattern(None, PROV.specializationOf, node, self.iris.prov_graph):
            yield from rdf.quads_for_pattern(row.subject, None, None, self.iris.prov_graph)

    def _logged(self, reader: Reader) -> Iterator[Quad]:
        """The quads of the log that are about the article."""
        log, name = reader.folder / changes.FILE, self.page.removeprefix(f"{self.iris.base}/articles/")
        if log.is_file() and reader.info.changes:
            for _, quad in changes.read(log, having=name):
                terms = (quad.subject, quad.object, quad.graph_name)
                if any(isinstance(term, NamedNode) and self._mine(term) for term in terms):
                    yield quad

    def _mine(self, term: NamedNode) -> bool:
        return erasure.within(term, self.page) or term.value.startswith(self.iris.graph(self.page, "").value)

    def _take(self, quads: Iterable[Quad]) -> None:
        for quad in quads:
            subject, found = quad.subject, quad.object
            self.things |= erasure.things_named(self.iris, self.page, (quad,))
            if not isinstance(subject, NamedNode):
                continue
            if quad.predicate == NKG.identifies and isinstance(found, NamedNode) and erasure.within(found, self.page):
                self.rows[subject.value] = found.value[len(self.page) :]
            elif quad.predicate == SCHEMA.version and isinstance(found, Literal) and self._mine(subject):
                self.number = max(self.number, int(found.value) if found.value.isdecimal() else 0)
            elif quad.predicate == PROV.wasDerivedFrom and isinstance(found, NamedNode) and self._mine(subject):
                self.digests |= {_digest(found.value)} - {""}


def _digest(iri: str) -> str:
    """The SHA-256 that an ``ni`` IRI names, in hexadecimal (RFC 6920, section 3), or nothing."""
    if not iri.startswith(_NI):
        return ""
    try:
        return base64.urlsafe_b64decode(iri[len(_NI) :] + "=").hex()
    except (ValueError, binascii.Error):
        return ""
