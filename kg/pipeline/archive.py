"""What the published articles linked, counted for the linker: the newest articles, read once when a run begins."""

from __future__ import annotations

import heapq
from collections import Counter
from itertools import combinations
from typing import Final, Protocol

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from kg.annotate.archive import Archive
from kg.iris import Iris
from kg.plugins import Authority
from kg.review import NONE, Decisions
from kg.vocab import SCHEMA

__all__ = ["NEWEST", "archive_of"]

#: So many articles are counted, the newest by their date.
NEWEST: Final = 2_000
#: Rows of one article that are paired with each other, in the order of their names; more say little.
_PAIRED: Final = 25
#: Rows that were named together less often than this may have been so by chance.
_OFTEN: Final = 2
_NAMES: Final = (SCHEMA.name, SCHEMA.alternateName)


class Published(Protocol):
    """What is read here of a draft or of an open snapshot."""

    @property
    def rdf(self) -> Store:
        """The quads."""

    @property
    def iris(self) -> Iris:
        """The publication's IRI patterns."""

    def lookup(self, key: str) -> str | None:
        """The IRI that the key identifies."""


def archive_of(published: Published, table: Authority, decisions: Decisions = NONE, *, newest: int = NEWEST) -> Archive:
    """How often each surface was linked to each row, and which rows were named together, in the ``newest`` articles.

    What reviewers decided about a thing goes before its keys: a link they rejected teaches nothing, one they accepted
    does. Only things that were linked count, so an article that names none adds nothing.
    """
    rows = _Rows(published, table, decisions)
    meant: dict[str, Counter[str]] = {}
    together: dict[str, Counter[str]] = {}
    for page in _newest(published, newest):
        linked: dict[str, tuple[str, ...]] = {}
        for thing, names in _called(published, page).items():
            row = rows.of(thing, names)
            if row is not None:
                linked[row] = names
        for row, names in linked.items():
            for surface in names:
                meant.setdefault(surface, Counter())[row] += 1
        for one, other in combinations(sorted(linked)[:_PAIRED], 2):
            together.setdefault(one, Counter())[other] += 1
    return Archive({surface: dict(sorted(meant[surface].items())) for surface in sorted(meant)}, _both_ways(together))


def _both_ways(together: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for one in sorted(together):
        for other, count in sorted(together[one].items()):
            if count >= _OFTEN:
                found.setdefault(one, {})[other] = count
                found.setdefault(other, {})[one] = count
    return found


def _newest(published: Published, most: int) -> list[str]:
    """The pages of the newest articles that have a date, by date and IRI."""
    prefix = f"{published.iris.base}/articles/"
    dated = (
        (quad.object.value, quad.subject.value)
        for quad in published.rdf.quads_for_pattern(None, SCHEMA.datePublished, None, DefaultGraph())
        if isinstance(quad.object, Literal)
        and isinstance(quad.subject, NamedNode)
        and quad.subject.value.startswith(prefix)
        and quad.subject.value.endswith("#id")
    )
    return [iri.removesuffix("#id") for _, iri in heapq.nlargest(most, dated)]


def _called(published: Published, page: str) -> dict[str, tuple[str, ...]]:
    """What the article calls each thing, by the thing's IRI."""
    prefix = f"{published.iris.base}/articles/"
    facts = NamedNode(f"{published.iris.base}/graphs/articles/{page.removeprefix(prefix)}/facts")
    found: dict[str, set[str]] = {}
    for predicate in _NAMES:
        for quad in published.rdf.quads_for_pattern(None, predicate, None, facts):
            if isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode):
                found.setdefault(quad.subject.value, set()).add(quad.object.value)
    return {thing: tuple(sorted(found[thing])) for thing in sorted(found)}


class _Rows:
    """Which row a thing was linked to; found by its names, as keys cannot be read backwards."""

    def __init__(self, published: Published, table: Authority, decisions: Decisions) -> None:
        self._published, self._table, self._decisions = published, table, decisions
        self._known: dict[str, str | None] = {}

    def of(self, thing: str, names: tuple[str, ...]) -> str | None:
        """The row's id, or None where the thing has none."""
        if thing not in self._known:
            self._known[thing] = self._found(thing, names)
        return self._known[thing]

    def _found(self, thing: str, names: tuple[str, ...]) -> str | None:
        if thing in self._decisions.rows:
            return self._decisions.rows[thing]
        if self._published.lookup(f"linked:{thing}") is None:
            return None
        for name in names:
            for one in self._table.candidates(name):
                key = self._decisions.key(f"authority:{one.id}")
                if self._published.lookup(key) == thing and not self._decisions.judged(thing, one.id):
                    return one.id
        return None
