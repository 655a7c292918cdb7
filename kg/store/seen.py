"""What a stretch of a publish makes of the default graph, for who has to look at it."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import DefaultGraph, Quad, Triple

__all__ = ["Seen"]

_DEFAULT = DefaultGraph()


class Seen:
    """What became of the default graph while somebody watched: the triples that came and those that went.

    Both are kept net: what came and went again, or was undone, is in neither.
    """

    __slots__ = ("_added", "_removed")

    def __init__(self) -> None:
        self._added: dict[Triple, None] = {}
        self._removed: dict[Triple, None] = {}

    @property
    def added(self) -> tuple[Triple, ...]:
        """The triples that are there now and were not before."""
        return tuple(self._added)

    @property
    def removed(self) -> tuple[Triple, ...]:
        """The triples that were there before and are not any more."""
        return tuple(self._removed)

    def note(self, sign: str, quads: Iterable[Quad]) -> None:
        """Quads came (``+``) or went (``-``); only those of the default graph count."""
        here, there = (self._added, self._removed) if sign == "+" else (self._removed, self._added)
        for quad in quads:
            if quad.graph_name == _DEFAULT:
                triple = quad.triple
                if triple in there:
                    del there[triple]
                else:
                    here[triple] = None
