"""Property paths as triple patterns of a query (SPARQL 1.1, section 9)."""

from __future__ import annotations

from collections.abc import Callable

from kg.shacl.path import Path

__all__ = ["begins_with_a_triple", "is_reflexive", "is_triple", "pattern_of"]


def pattern_of(path: Path, x: str, y: str, fresh: Callable[[], str]) -> str:
    """The patterns that lead from ``x`` to ``y``; ``fresh`` gives variables for what is in between."""
    if path.kind == "inversePath" and path.parts[0].iri is not None:
        return f"{y} {path.parts[0].iri} {x} ."
    if path.kind == "sequencePath":
        nodes = [x, *(fresh() for _ in path.parts[1:]), y]
        return " ".join(pattern_of(part, a, b, fresh) for part, a, b in zip(path.parts, nodes, nodes[1:], strict=False))
    return f"{x} {path} {y} ."


def is_triple(path: Path) -> bool:
    """Whether the path is one triple pattern."""
    return path.iri is not None or (path.kind == "inversePath" and path.parts[0].iri is not None)


def begins_with_a_triple(path: Path) -> bool:
    """Whether a pattern of the path binds its first node cheaply: it begins with a triple."""
    if path.kind == "alternativePath":
        return all(map(begins_with_a_triple, path.parts))
    if path.kind in ("zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"):
        return False
    if path.kind == "inversePath":
        return is_triple(path)
    return path.iri is not None or begins_with_a_triple(path.parts[0])


def is_reflexive(path: Path) -> bool:
    """Whether every node leads to itself along the path."""
    if path.kind in ("zeroOrMorePath", "zeroOrOnePath"):
        return True
    if path.kind == "alternativePath":
        return any(map(is_reflexive, path.parts))
    return path.iri is None and all(map(is_reflexive, path.parts))
