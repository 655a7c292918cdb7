"""Text cut into runs at the edges of mentions and quotations, so that a template only loops and prints."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from kg.reads.rows import Link, Piece, Run

__all__ = ["Mark", "outermost", "pieces"]

#: A stretch of text (code points, end exclusive) and what it stands for.
Mark = tuple[int, int, Link]


def outermost(marks: Iterable[Mark]) -> list[Mark]:
    """The marks that lie inside no other one, in order; of two that cross, the one that begins first."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m[0], -m[1], m[2].iri)):
        if not kept or mark[0] >= kept[-1][1]:
            kept.append(mark)
    return kept


def pieces(
    text: str, begin: int, end: int, mentions: Sequence[Mark], quotes: Sequence[tuple[int, int, str]]
) -> tuple[Piece, ...]:
    """The stretch ``begin`` to ``end`` of the text as pieces; the runs joined are the stretch itself.

    ``mentions`` do not overlap each other, nor do ``quotes`` (:func:`outermost`); a mention that crosses the edge of
    a quotation is cut in two.
    """
    edges = {begin, end}
    for mark in (*mentions, *quotes):
        edges.update(at for at in mark[:2] if begin < at < end)
    cuts = sorted(edges)
    made: list[tuple[str | None, list[Run]]] = []
    for start, stop in itertools.pairwise(cuts):
        link = next((m[2] for m in mentions if m[0] <= start and stop <= m[1]), None)
        quote = next((q[2] for q in quotes if q[0] <= start and stop <= q[1]), None)
        if not made or made[-1][0] != quote:
            made.append((quote, []))
        made[-1][1].append(Run(text[start:stop], link))
    return tuple(Piece(tuple(runs), quote) for quote, runs in made)
