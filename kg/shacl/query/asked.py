"""Expressions that Oxigraph evaluates: rare functions whose details are better had from one place."""

from __future__ import annotations

from functools import lru_cache

from pyoxigraph import QuerySolutions, Store, Variable

from kg.shacl.view import Node

__all__ = ["asked"]

_NAMES = ("a", "b", "c", "d")


@lru_cache(maxsize=1)
def _store() -> Store:
    return Store()


@lru_cache(maxsize=1024)
def asked(expression: str, *args: Node) -> Node | None:
    """The value of an expression over ``?a``, ``?b`` …; None for an error."""
    names = _NAMES[: len(args)]
    head = " ".join(f"?{name}" for name in names)
    answer = _store().query(
        f"SELECT {head} ({expression} AS ?answer) WHERE {{}}",
        substitutions={Variable(name): value for name, value in zip(names, args, strict=True)},
    )
    assert isinstance(answer, QuerySolutions)
    found: dict[str, Node | None] = {"answer": next(answer)["answer"]}
    return found["answer"]
