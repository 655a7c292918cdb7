"""Ways to fail a shape as SPARQL graph patterns, and how several of them go together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.shacl.path import Path
from kg.shacl.shape import Shape

__all__ = ["COMBINATIONS", "THIS", "Inner", "Key", "Proof", "Way", "Ways", "both", "fail_all", "fail_one", "only"]

#: The variable that stands for the focus node.
THIS = "?this"
#: A property shape and the number of one of its ways to fail.
Key = tuple[Shape, int]
#: Combinations of ways that are worth a query each, at most.
COMBINATIONS = 24


@dataclass(frozen=True, slots=True)
class Proof:
    """Two counts that are equal only when no node at all fails in some way.

    Without ``among`` every node, in the variable :data:`THIS`, has one match of ``pattern`` at most; with it every node
    that matches ``among`` also matches ``pattern``. An empty ``among`` stands for the targets.
    """

    pattern: str
    among: str | None = None


@dataclass(frozen=True, slots=True)
class Inner:
    """Values that may fail a shape of their own: the query for them, the way they fail, and the path to them."""

    query: str
    key: Key
    path: Path


@dataclass(frozen=True, slots=True)
class Way:
    """One way to fail: the graph pattern ``head + body + tail`` over one variable.

    ``binds``: the pattern finds the nodes by itself; otherwise something before it must bind the variable. Targets go
    between head and body. ``predicate`` is the one it reads from end to end when nothing binds the variable, None when
    that is not one. ``few`` is a body that is quicker for few nodes. ``spared`` is a pattern that keeps nodes of which
    none fails this way, None when there is none. ``proof`` can show that nothing fails this way. ``key`` is what the
    same way has wherever its shape is used; ``inner`` says that the way leads to values that fail in a way of theirs.
    """

    body: str
    binds: bool
    spared: str | None = None
    head: str = ""
    tail: str = ""
    predicate: NamedNode | None = None
    few: str | None = None
    proof: Proof | None = None
    key: Key | None = None
    inner: Inner | None = None

    @property
    def pattern(self) -> str:
        """The whole pattern."""
        return self.head + self.body + self.tail


#: Every way in which a node can fail, none when it cannot; None when nothing is known: every node may fail.
Ways = tuple[Way, ...] | None


def fail_one(parts: Iterable[Ways]) -> Ways:
    """The ways to fail one of several."""
    found: list[Way] = []
    for part in parts:
        if part is None:
            return None
        found.extend(part)
    return tuple(found)


def fail_all(parts: Iterable[Ways]) -> Ways:
    """The ways to fail all of several: one way of each, at once. Leaving one out can only find more."""
    known = [p for p in parts if p is not None]
    if not known:
        return None
    if not all(known):
        return ()
    known.sort(key=len)
    found: list[tuple[Way, ...]] = [()]
    for part in known:
        if len(found) * len(part) > COMBINATIONS:
            break
        found = [(*before, way) for before in found for way in part]
    if not found[0]:
        return known[0]
    return tuple(_chained(chain) for chain in found)


def _chained(chain: tuple[Way, ...]) -> Way:
    if len(chain) == 1:
        return chain[0]
    ordered = sorted(chain, key=lambda w: not w.binds)
    return Way(" ".join(w.pattern for w in ordered), binds=ordered[0].binds)


def only(pattern: tuple[str, bool]) -> Ways:
    """The one way that is a (pattern, whether it binds); None for an empty pattern, which says nothing."""
    text, binds = pattern
    return (Way(text, binds),) if text else None


def both(a: tuple[str, bool], b: tuple[str, bool]) -> tuple[str, bool]:
    """Two (pattern, whether it binds) at once, the one that binds first."""
    first, second = (a, b) if a[1] or not b[1] else (b, a)
    return " ".join(t for t in (first[0], second[0]) if t), first[1] or second[1]
