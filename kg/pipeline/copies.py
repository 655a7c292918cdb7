"""Copies of one report: found, grouped around a lead, never dropped (docs/decisions/0020-copies.md).

Two articles are copies when their texts resemble each other: the Jaccard index of their sets of word pairs, estimated
from bottom-k sketches (A. Z. Broder, On the resemblance and containment of documents, 1997, section 4). Every copy
points to the lead of its group with ``nkg:copyOf``; what no article points from and none points to stands alone.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg.iris import Iris
from kg.model import Article, Rights, Source
from kg.store import Draft
from kg.store.dataset import Dataset
from kg.vocab import NKG

__all__ = ["Row", "group", "leave", "regroup", "resemblance", "sketch"]

#: Hashes in a sketch: the estimate's standard error is at most sqrt(0.25 / 128) = 0.044.
SKETCH = 128
#: The smallest of them, under which an article is found again.
KEYS = 16
#: Word pairs that a text needs: of shorter ones too many resemble each other by chance.
FEWEST = 40
#: The resemblance from which two articles are copies. On texts with one word in five replaced it is 0.48 (0.44 for one
#: in a hundred of them); among 21,736 pairs of different articles of one press it reached 0.23.
COPIES = 0.33
#: A key that more articles share says nothing: it is a phrase of the language.
SHARED = 256

_WORD = re.compile(r"\w+")
_RANK = {Rights.OWN: 2, Rights.LICENSED: 1, Rights.THIRD_PARTY: 0}


def sketch(article: Article) -> tuple[int, ...]:
    """The smallest hashes of the body's word pairs, at most :data:`SKETCH`, ascending; empty for a short text."""
    words = _WORD.findall(article.body.casefold())
    pairs = {f"{one} {other}" for one, other in itertools.pairwise(words)}
    if len(pairs) < FEWEST:
        return ()
    return tuple(sorted({_hash(pair) for pair in pairs})[:SKETCH])


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest())


def resemblance(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The estimated Jaccard index, from 0 to 1, of the sets that two sketches were made of."""
    if not one or not other:
        return 0.0
    both = set(one) & set(other)
    union = sorted(set(one) | set(other))[:SKETCH]
    return sum(value in both for value in union) / len(union)


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of an article for finding its copies: who may lead, and the sketch."""

    priority: int
    rank: int
    date: str
    values: tuple[int, ...]

    @classmethod
    def of(cls, article: Article, source: Source) -> Row:
        """The row of an article."""
        return cls(source.priority, _RANK[source.rights], article.date_published or "", sketch(article))

    @classmethod
    def read(cls, text: str) -> Row:
        """The row that :meth:`text` wrote."""
        priority, rank, date, packed = text.split("|")
        data = base64.b64decode(packed)
        values = tuple(int.from_bytes(data[at : at + 4]) for at in range(0, len(data), 4))
        return cls(int(priority), int(rank), date, values)

    def text(self) -> str:
        """The row as one literal."""
        packed = base64.b64encode(b"".join(value.to_bytes(4) for value in self.values)).decode()
        return f"{self.priority}|{self.rank}|{self.date}|{packed}"

    @property
    def keys(self) -> tuple[str, ...]:
        """Under what the article is found by its copies."""
        return tuple(f"{value:08x}" for value in self.values[:KEYS])

    def before(self, page: str) -> tuple[int, int, bool, str, str]:
        """What leads comes first: source priority, then rights, then the earlier date, then the IRI."""
        return -self.priority, -self.rank, not self.date, self.date, page


def group(draft: Draft, page: str, article: Article, source: Source) -> frozenset[str]:
    """Put a published article among its copies; the pages whose group changed.

    It joins the group of the article it resembles most, so that a chain of small differences does not join what has
    nothing in common; the one whose source has the highest priority leads.
    """
    row = Row.of(article, source)
    known = _row(draft, page)
    if known == row:
        return frozenset()
    # Without a row it is in no group, or leads one that came with an export and whose texts are withheld.
    changed = leave(draft, page) if known is not None else frozenset()
    if not row.values:
        return changed
    best = _nearest(draft, row)
    node, graph = NamedNode(page), draft.iris.copies_graph
    draft.change(
        add=[
            Quad(node, NKG.sketch, Literal(row.text()), graph),
            *(Quad(node, NKG.sketchKey, Literal(key), graph) for key in row.keys),
        ]
    )
    if best is None:
        return changed
    members = {page, *_members(draft, best)}
    return changed | _led(draft, members)


def leave(draft: Draft, page: str) -> frozenset[str]:
    """Take an article out of its group and forget its sketch; the pages whose group changed."""
    node, graph = NamedNode(page), draft.iris.copies_graph
    members = _members(draft, page)
    draft.change(remove=list(draft.rdf.quads_for_pattern(node, None, None, graph)))
    if len(members) == 1:
        return frozenset()
    _point(draft, members, None)
    _led(draft, members - {page})
    draft.touch(*sorted(members))
    return frozenset(members)


def regroup(draft: Dataset, members: Iterable[str]) -> None:
    """Let the first of the members lead the others, when the article that led them is no more."""
    _led(cast("Draft", draft), members)  # what is asked of a draft here, its dataset can do


def _row(draft: Draft, page: str) -> Row | None:
    found = next(draft.rdf.quads_for_pattern(NamedNode(page), NKG.sketch, None, draft.iris.copies_graph), None)
    return Row.read(found.object.value) if found is not None and isinstance(found.object, Literal) else None


def _nearest(draft: Draft, row: Row) -> str | None:
    """The article that resembles the row most, or None where none is a copy."""
    graph = draft.iris.copies_graph
    shared: Counter[str] = Counter()
    for key in row.keys:
        quads = draft.rdf.quads_for_pattern(None, NKG.sketchKey, Literal(key), graph)
        pages = [q.subject.value for q in itertools.islice(quads, SHARED + 1) if isinstance(q.subject, NamedNode)]
        if len(pages) <= SHARED:
            shared.update(pages)
    found = []
    for page in sorted(shared):
        other = _row(draft, page)
        alike = resemblance(row.values, other.values) if other is not None else 0.0
        if alike >= COPIES:
            found.append((-alike, page))
    return min(found)[1] if found else None


def _members(draft: Draft, page: str) -> set[str]:
    """The pages of the group that an article is in, itself included."""
    rdf, graph = draft.rdf, draft.iris.things_graph
    node = Iris.of_page(page)
    lead = next((q.object for q in rdf.quads_for_pattern(node, NKG.copyOf, None, graph)), node)
    copies = (q.subject for q in rdf.quads_for_pattern(None, NKG.copyOf, lead, graph))
    return {Iris.page_of(n.value) for n in (node, lead, *copies) if isinstance(n, NamedNode)}


def _led(draft: Draft, members: Iterable[str]) -> frozenset[str]:
    """Let the first of the members lead the others; all of them."""
    rows = {page: row for page in members if (row := _row(draft, page)) is not None}
    if len(rows) < 2:
        return frozenset(rows)
    lead = min(rows, key=lambda page: rows[page].before(page))
    _point(draft, rows, lead)
    draft.touch(*sorted(rows))
    return frozenset(rows)


def _point(draft: Draft, members: Iterable[str], lead: str | None) -> None:
    """Let the members point to the lead, or to none."""
    wanted = set() if lead is None else {Triple(n, NKG.copyOf, Iris.of_page(lead)) for n in _nodes(members, lead)}
    held = {
        quad.triple
        for node in _nodes(members, None)
        for quad in draft.rdf.quads_for_pattern(node, NKG.copyOf, None, draft.iris.things_graph)
    }
    draft.remove_thing(sorted(held - wanted, key=str))
    draft.put_thing(sorted(wanted - held, key=str))


def _nodes(members: Iterable[str], without: str | None) -> Iterator[NamedNode]:
    return (Iris.of_page(page) for page in sorted(members) if page != without)
