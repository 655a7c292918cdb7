"""The same queries asked of an Oxigraph store: one focus node at a time, or all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Store

from kg.shacl.path import Path
from kg.shacl.shape import Query
from kg.shacl.shapes import Unsupported
from kg.shacl.view import Node

__all__ = ["set_form", "solve_in_store"]


def solve_in_store(
    store: Store, query: Query, prebound: Mapping[str, Node], path: Path | None = None
) -> Iterator[dict[str, Node]]:
    """The solutions over the store's default graph with ``prebound`` bound in every group (SHACL, Appendix A).

    An ASK query gives one empty solution for true and none for false. Raises ``IllFormed`` and ``Unsupported`` as
    :func:`kg.shacl.query.prepare` does.
    """
    raise Unsupported("queries in a store are being written")


def set_form(query: Query, target_patterns: Sequence[str]) -> str | None:
    """One query with the solutions of all focus nodes, ``?this`` among its variables; None when that cannot be proved
    to give the same as one query for each focus node.

    ``target_patterns`` are group graph patterns without braces that bind ``?this``, one for each target.
    """
    return None
