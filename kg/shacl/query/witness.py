"""Patterns that only ask whether something is there, written so that an engine stops at the first.

Distinct solutions do not say how often they were found. So a triple pattern with a variable that is neither shown nor
used but in filters can stand in an ``EXISTS``, with these filters. Two things that share a value are then found by one
look each, where joining every one with every other takes time quadratic in how many share it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from kg.queries.syntax import Branch

__all__ = ["applied", "witnesses"]

_PLAIN = frozenset({"triples_block", "filter"})
_NESTED = frozenset({"exists_func", "not_exists_func", "group_graph_pattern"})


def witnesses(body: Branch, shown: Collection[str]) -> tuple[tuple[int, int, str], ...]:
    """What to write in place of which bytes of the text, for a group of triple patterns and filters.

    ``shown`` are the variables whose values matter. Empty where nothing can be said: the group has other parts, or
    every variable matters.
    """
    if any(part.kind not in _PLAIN for part in body.named()):
        return ()
    triples = [t for block in body.all("triples_block") for t in block.all("triples_same_subject")]
    filters = [f for f in body.all("filter") if not any(b.kind in _NESTED for b in f.walk())]
    everywhere = Counter(_names(body))
    edits: list[tuple[int, int, str]] = []
    for triple in triples:
        for name in dict.fromkeys(_names(triple)):
            tests = [f for f in filters if name in _names(f)]
            here = sum(n == name for n in _names(triple))
            if (
                name in shown
                or here != 1
                or everywhere[name] != here + sum(n == name for f in tests for n in _names(f))
            ):
                continue
            kept = {n for t in triples if t is not triple and not _within(t, edits) for n in _names(t)}
            needed = {n for part in (triple, *tests) for n in _names(part)} - {name}
            if not _single(triple) or not needed <= kept or any(_within(f, edits) for f in tests):
                continue
            inner = " ".join((f"{triple.text} .", *(f.text for f in tests)))
            edits.append((triple.start, triple.end, f"FILTER EXISTS {{ {inner} }}"))
            edits.extend((f.start, f.end, "") for f in tests)
            break
    return tuple(edits)


def _names(branch: Branch) -> list[str]:
    return [b.text[1:] for b in branch.walk() if b.kind == "var"]


def _single(triple: Branch) -> bool:
    """Whether it is one triple pattern: one predicate, one object, nothing in brackets."""
    kinds = Counter(b.kind for b in triple.walk())
    objects = [b for b in triple.walk() if b.kind == "object_list"]
    return kinds["property"] == 1 and len(objects) == 1 and len(objects[0].named()) == 1 and "[" not in kinds


def _within(branch: Branch, edits: Collection[tuple[int, int, str]]) -> bool:
    return any(start <= branch.start < end for start, end, _ in edits)


def applied(source: bytes, edits: Collection[tuple[int, int, str]]) -> bytes:
    """The bytes with the edits made."""
    for start, end, text in sorted(edits, reverse=True):
        source = source[:start] + text.encode() + source[end:]
    return source
