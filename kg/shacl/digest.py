"""What a graph says as one hash, whatever its blank nodes are called and in whatever order it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from pyoxigraph import BlankNode, Triple

from kg.shacl.view import Node

__all__ = ["digest"]


def digest(triples: Sequence[Triple], more: Iterable[str] = ()) -> str:
    """SHA-256 of the triples and of the lines ``more``, as 64 hexadecimal digits.

    A blank node counts as what is said of it, so two that say the same count once. In a circle of blank nodes, which
    shapes do not have, one is only told to be one: such graphs may differ and have one digest.
    """
    marks = _marks(triples)
    lines = {f"{_mark(t.subject, marks)} {t.predicate} {_mark(t.object, marks)}" for t in triples}
    return sha256("\n".join(sorted(lines.union(more))).encode()).hexdigest()


def _mark(node: Node, marks: Mapping[Node, str]) -> str:
    return marks.get(node, "_:") if isinstance(node, BlankNode) else str(node)


def _marks(triples: Sequence[Triple]) -> dict[Node, str]:
    """For each blank node what is said of it, hashed: equal for equal descriptions, whatever the node is called.

    A node that is described by itself, in a circle, is only told to be one.
    """
    rows: dict[Node, list[Triple]] = {}
    for t in triples:
        if isinstance(t.subject, BlankNode):
            rows.setdefault(t.subject, []).append(t)
    marks: dict[Node, str] = {}
    for start in rows:
        stack: list[tuple[Node, bool]] = [(start, False)]
        open_: set[Node] = set()
        while stack:
            node, ready = stack.pop()
            if ready:
                text = "\n".join(sorted(f"{t.predicate} {_mark(t.object, marks)}" for t in rows[node]))
                marks[node] = "_:" + sha256(text.encode()).hexdigest()
            elif node not in marks and node not in open_:
                open_.add(node)
                stack.append((node, True))
                stack.extend((t.object, False) for t in rows[node] if t.object in rows)
    return marks
